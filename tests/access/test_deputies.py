"""代理: a named colleague decides while the reviewer is on leave, and never for who has proposed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from contract.history.models import ChangeEntry
from contract.models import Delegation
from contract.roles import REVIEWER, STAFF
from contract.selectors.delegations import DECISIONS
from contract.services import decide_review, delegations, propose_review
from kit import clock
from tests.contract.admin_helpers import make_alert
from tests.factories import make_contract, make_roles, make_user
from tests.test_permissions import member

TODAY = date(2026, 1, 12)
FIRST, LAST = date(2026, 1, 12), date(2026, 1, 16)


@pytest.fixture
def contract(db: None, settings: Any) -> Any:
    settings.DEMONSTRATION_DAY = TODAY.isoformat()
    make_roles()
    return make_contract()


def colleague(contract: Any, role: str) -> User:
    person = member(role, contract.office)
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def reviewer(contract: Any) -> User:
    return colleague(contract, REVIEWER)


@pytest.fixture
def deputy(contract: Any) -> User:
    return colleague(contract, STAFF)


def enter(reviewer: User, named: User, **changes: Any) -> Delegation:
    given = {
        "absent": reviewer,
        "deputy": named,
        "starts_on": FIRST,
        "ends_on": LAST,
        "reason": "年休假",
        "today": TODAY,
    }
    return delegations.enter(**(given | changes))


def anew(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def proposed(contract: Any, by: User) -> Any:
    alert = make_alert(contract)
    return propose_review(
        alert=alert, decision="dismiss", reason="误报", actor=by, at=clock.now(), version=alert.version, on=TODAY
    )


def decide(review: Any, by: User) -> Any:
    return decide_review(review=review, approve=True, actor=by, at=clock.now(), on=clock.today(), reason="同意")


def test_the_deputy_decides_what_a_third_has_proposed(contract: Any, reviewer: User, deputy: User) -> None:
    review = proposed(contract, colleague(contract, STAFF))
    with pytest.raises(PermissionDenied):
        decide(review, anew(deputy))
    enter(reviewer, deputy)
    assert decide(review, anew(deputy)).decided_by == deputy


def test_never_what_the_deputy_has_proposed(contract: Any, reviewer: User, deputy: User) -> None:
    enter(reviewer, deputy)
    with pytest.raises(ValidationError, match="复核人不得为"):
        decide(proposed(contract, deputy), anew(deputy))


def test_never_what_the_absent_person_has_proposed(contract: Any, deputy: User) -> None:
    both = make_user(party=contract.office, permissions=["contract.add_review", "contract.change_review"])
    enter(both, deputy)
    with pytest.raises(ValidationError, match="代理人不得决定"):
        decide(proposed(contract, both), anew(deputy))


@pytest.mark.parametrize("day, holds", [(-1, False), (0, True), (4, True), (5, False)])
def test_it_holds_from_its_first_to_its_last_day(
    contract: Any, reviewer: User, deputy: User, settings: Any, day: int, holds: bool
) -> None:
    enter(reviewer, deputy)
    settings.DEMONSTRATION_DAY = (FIRST + timedelta(days=day)).isoformat()
    assert anew(deputy).has_perm("contract.change_review") is holds


def test_withdrawn_it_ends_at_once_and_stays_on_the_record(contract: Any, reviewer: User, deputy: User) -> None:
    row = enter(reviewer, deputy)
    delegations.withdraw(delegation=row, today=TODAY)
    assert not anew(deputy).has_perm("contract.change_review")
    assert row.history.count() == 2
    assert ChangeEntry.objects.filter(label="contract.Delegation", row_pk=row.pk).count() == 2


def test_it_lends_decisions_and_nothing_else_and_is_not_lent_on(contract: Any, reviewer: User, deputy: User) -> None:
    before = anew(deputy).get_all_permissions()
    enter(reviewer, deputy)
    lent = anew(deputy).get_all_permissions() - before
    assert lent == set(DECISIONS)
    third = colleague(contract, STAFF)
    with pytest.raises(ValidationError):
        enter(anew(deputy), third)


def test_who_may_no_longer_decide_lends_nothing(contract: Any, reviewer: User, deputy: User) -> None:
    enter(reviewer, deputy)
    reviewer.groups.clear()
    assert not anew(deputy).has_perm("contract.change_review")


@pytest.mark.parametrize(
    "field, changes",
    [
        ("deputy", {"deputy": "absent"}),
        ("deputy", {"deputy": "outsider"}),
        ("deputy", {"deputy": "disabled"}),
        ("absent", {"absent": "clerk"}),
        ("ends_on", {"ends_on": FIRST - timedelta(days=1)}),
        ("ends_on", {"ends_on": FIRST + timedelta(days=delegations.DAYS_AT_MOST)}),
    ],
)
def test_what_cannot_be_names_its_field(
    contract: Any, reviewer: User, deputy: User, field: str, changes: dict[str, Any]
) -> None:
    disabled = colleague(contract, STAFF)
    disabled.is_active = False
    disabled.save()
    people = {
        "absent": reviewer,
        "outsider": colleague(make_contract(), STAFF),
        "disabled": disabled,
        "clerk": colleague(contract, STAFF),
    }
    with pytest.raises(ValidationError) as caught:
        enter(reviewer, deputy, **{k: people.get(v, v) if isinstance(v, str) else v for k, v in changes.items()})
    assert field in caught.value.error_dict


def test_a_reviewer_names_a_deputy_on_the_page_for_nobody_else(contract: Any, reviewer: User, deputy: User) -> None:
    client = Client()
    client.force_login(reviewer)
    add = reverse("admin:contract_delegation_add")
    data = {"absent": reviewer.pk, "deputy": deputy.pk, "starts_on": FIRST, "ends_on": LAST, "reason": "年休假"}
    other = colleague(contract, REVIEWER)
    assert client.post(add, data | {"absent": other.pk}).status_code == 200 and not Delegation.objects.exists()
    assert client.post(add, data).status_code == 302
    row = Delegation.objects.get()
    listed = reverse("admin:contract_delegation_changelist")
    assert "有效" in client.get(listed).content.decode()
    client.post(listed, {"action": "withdraw", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.withdrawn_on == TODAY
