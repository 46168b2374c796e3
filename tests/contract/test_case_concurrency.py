"""Two people at once: one step is taken, the other person is told who was first and when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from contract.choices import AlertStatus
from contract.models import Alert, AlertEvent, Contract, Notification, Review
from contract.services import close, decide_review, propose_review
from kit.errors import Conflict
from tests.billing.concurrency import at_once
from tests.contract.admin_helpers import make_alert
from tests.contract.cases import DAY, at, handler, heard, hr, reviewer, told

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 50


def proposed(contract: Contract, office: User, vendor: User, key: str) -> Review:
    alert = heard(make_alert(contract, key=key), office, vendor)
    return propose_review(
        alert=alert, decision="confirm", reason="属实", actor=office, at=at(DAY), version=alert.version
    )


def decide(review: Review, actor: User, approve: bool) -> Callable[[], Any]:
    """A second person's click, with the page as it stood before either of them clicked."""
    version = Alert.objects.get(pk=review.alert_id).version
    fresh = Review.objects.get(pk=review.pk)
    return lambda: decide_review(
        review=fresh, approve=approve, reason="复核意见", actor=actor, at=at(DAY), version=version
    )


def only_one(results: list[Any], names: set[str]) -> None:
    """One result and one Conflict that names who was first."""
    lost = [result for result in results if isinstance(result, Conflict)]
    won = [result for result in results if not isinstance(result, Exception)]
    assert len(lost) == len(won) == 1, results
    assert any(name in str(lost[0]) for name in names), lost[0]


def test_fifty_times_two_simultaneous_decisions_are_fifty_decisions(contract: Contract, office: User) -> None:
    vendor = hr(contract)
    second, third = reviewer(contract, "second"), reviewer(contract, "third")
    for number in range(ROUNDS):
        review = proposed(contract, office, vendor, str(number))
        results = at_once([decide(review, second, True), decide(review, third, number % 2 == 0)])
        only_one(results, {"second", "third"})
    assert Review.objects.filter(decided_by__isnull=False).count() == ROUNDS
    decided = AlertEvent.objects.filter(from_status=AlertStatus.PROPOSED)
    assert decided.count() == ROUNDS
    for review in Review.objects.select_related("alert"):
        stands = AlertStatus.CONFIRMED if review.is_approved else AlertStatus.ANSWERED
        assert review.alert.status == stands


def test_two_simultaneous_proposals_are_one(contract: Contract, office: User) -> None:
    vendor, other = hr(contract), handler(contract, "other")
    for number in range(5):
        alert = heard(make_alert(contract, key=str(number)), office, vendor)

        def propose(actor: User, alert: Alert = alert) -> Callable[[], Any]:
            return lambda: propose_review(
                alert=alert, decision="confirm", reason="属实", actor=actor, at=at(DAY), version=alert.version
            )

        only_one(at_once([propose(office), propose(other)]), {"office", "other"})
        assert alert.reviews.count() == 1


def test_two_simultaneous_notifications_are_one(contract: Contract, office: User) -> None:
    other = handler(contract, "other")
    for number in range(5):
        alert = make_alert(contract, key=str(number))

        def tell(actor: User, alert: Alert = alert) -> Callable[[], Any]:
            return lambda: told(alert, actor)

        only_one(at_once([tell(office), tell(other)]), {"office", "other"})
    assert Notification.objects.count() == 5


def test_a_case_is_closed_once(contract: Contract, office: User) -> None:
    vendor, other = hr(contract), handler(contract, "other")
    review = proposed(contract, office, vendor, "k")
    decide(review, reviewer(contract), True)()
    alert = Alert.objects.get()

    def shut(actor: User) -> Callable[[], Any]:
        return lambda: close(alert=alert, reason="完毕", actor=actor, at=at(DAY), on=DAY, version=alert.version)

    only_one(at_once([shut(office), shut(other)]), {"office", "other"})
