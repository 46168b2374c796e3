"""One person proposes, another decides."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from contract.choices import AlertStatus, Decision, Outcome
from contract.models import Alert, AlertEvent, Assessment, EvaluationRun, Review
from contract.services import decide_review, propose_review
from kit.errors import Conflict
from tests.contract.cases import handler, heard, hr
from tests.factories import make_contract, make_user

pytestmark = pytest.mark.django_db

AT = datetime(2025, 3, 4, 1, 0, tzinfo=UTC)
MAY = ("contract.add_review", "contract.change_review")


def assessment(contract_id: int, outcome: Outcome, old: Assessment | None = None) -> Assessment:
    run = EvaluationRun.objects.create(as_of=date(2025, 3, 3), trigger="command", started_at=AT)
    if old:
        Assessment.objects.filter(pk=old.pk).update(is_current=False)
    return Assessment.objects.create(
        contract_id=contract_id,
        run=run,
        check_id="staffing.backfill",
        clause_ref="13.4",
        owed_by="vendor",
        key="k",
        as_of=run.as_of,
        outcome=outcome,
        subject_label="x.Y",
        subject_pk=1,
        message_id="m",
        fingerprint=str(run.pk),
        created_at=AT,
        supersedes=old,
    )


@pytest.fixture
def alert() -> Alert:
    """One about which the vendor was heard."""
    row = assessment(make_contract().pk, Outcome.NOT_MET)
    alert = Alert.objects.create(
        contract=row.contract,
        check_id=row.check_id,
        clause_ref="13.4",
        owed_by="vendor",
        key="k",
        outcome=row.outcome,
        assessment=row,
        raised_on=row.as_of,
    )
    return heard(alert, handler(row.contract, "teller"), hr(row.contract, "hr"))


@pytest.fixture
def first() -> User:
    return make_user("first", permissions=MAY)


@pytest.fixture
def second() -> User:
    return make_user("second", permissions=MAY)


def propose(alert: Alert, actor: User, decision: str = Decision.CONFIRM) -> Review:
    alert.refresh_from_db()
    return propose_review(
        alert=alert,
        decision=decision,
        reason="到期未补",
        actor=actor,
        at=AT,
        version=alert.version,
        document="豁免〔2025〕1号" if decision == Decision.WAIVE else "",
    )


def test_a_breach_exists_only_after_the_second_person(alert: Alert, first: User, second: User) -> None:
    review = propose(alert, first)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.PROPOSED
    decide_review(review=review, approve=True, actor=second, at=AT)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.CONFIRMED
    decided = AlertEvent.objects.exclude(actor__username__in=["teller", "hr"])
    assert [event.actor for event in decided] == [first, second]


def test_nobody_seconds_their_own_proposal(alert: Alert, first: User) -> None:
    review = propose(alert, first)
    with pytest.raises(ValidationError):
        decide_review(review=review, approve=True, actor=first, at=AT)


def test_a_rejected_proposal_leaves_the_alert_where_it_stood(alert: Alert, first: User, second: User) -> None:
    review = propose(alert, first)
    with pytest.raises(ValidationError):
        decide_review(review=review, approve=False, actor=second, at=AT)
    decide_review(review=review, approve=False, reason="证据不足", actor=second, at=AT)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.ANSWERED


def test_the_second_of_two_proposals_is_told_who_was_first(alert: Alert, first: User, second: User) -> None:
    propose(alert, first)
    with pytest.raises(Conflict, match="first"):
        propose(alert, second)


def test_the_second_of_two_decisions_is_told_who_was_first(alert: Alert, first: User, second: User) -> None:
    review = propose(alert, first)
    decide_review(review=review, approve=True, actor=second, at=AT)
    third = make_user("third", permissions=MAY)
    with pytest.raises(Conflict, match="second"):
        decide_review(review=review, approve=False, reason="不同意", actor=third, at=AT)


def test_a_stale_tab_is_refused(alert: Alert, first: User) -> None:
    with pytest.raises(Conflict):
        propose_review(alert=alert, decision=Decision.WAIVE, reason="x", actor=first, at=AT, version=99)


def test_only_not_met_can_be_confirmed(alert: Alert, first: User) -> None:
    alert.outcome = Outcome.AT_RISK
    alert.save()
    with pytest.raises(ValidationError):
        propose(alert, first)
    assert propose(alert, first, Decision.WAIVE).pk


def test_a_reason_is_required(alert: Alert, first: User) -> None:
    with pytest.raises(ValidationError):
        propose_review(alert=alert, decision=Decision.WAIVE, reason="  ", actor=first, at=AT, version=1)


def found_again(alert: Alert, outcome: Outcome) -> None:
    alert.refresh_from_db()
    alert.assessment = assessment(alert.contract_id, outcome, alert.assessment)
    alert.outcome = outcome
    alert.save()


def test_an_outcome_that_changed_since_the_proposal_can_only_be_rejected(
    alert: Alert, first: User, second: User
) -> None:
    review = propose(alert, first)
    found_again(alert, Outcome.MET)
    with pytest.raises(ValidationError):
        decide_review(review=review, approve=True, actor=second, at=AT)
    decide_review(review=review, approve=False, reason="事实已变", actor=second, at=AT)


def test_another_day_late_does_not_stop_the_second_person(alert: Alert, first: User, second: User) -> None:
    review = propose(alert, first)
    found_again(alert, Outcome.NOT_MET)
    decide_review(review=review, approve=True, actor=second, at=AT)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.CONFIRMED


def test_a_decision_is_corrected_by_another_review(alert: Alert, first: User, second: User) -> None:
    decide_review(review=propose(alert, first), approve=True, actor=second, at=AT)
    correction = propose(alert, second, Decision.DISMISS)
    decide_review(review=correction, approve=True, actor=first, at=AT)
    alert.refresh_from_db()
    assert alert.status == AlertStatus.DISMISSED and alert.reviews.count() == 2


def test_a_rejected_correction_restores_the_earlier_decision(alert: Alert, first: User, second: User) -> None:
    decide_review(review=propose(alert, first), approve=True, actor=second, at=AT)
    correction = propose(alert, second, Decision.DISMISS)
    decide_review(review=correction, approve=False, actor=first, at=AT, reason="维持原决定")
    alert.refresh_from_db()
    assert alert.status == AlertStatus.CONFIRMED


def test_reviewing_takes_a_permission(alert: Alert) -> None:
    with pytest.raises(PermissionDenied):
        propose(alert, make_user("nobody"))
