"""An account is closed: its open turns go to a colleague who may take them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from contract.access import handover
from contract.access.models import Account
from contract.delivery.models import OutboxMessage
from contract.history.models import AccessEntry
from contract.models import Contract, Delegation
from contract.roles import FINANCE, REVIEWER, STAFF, SYSTEM_ADMIN, VENDOR
from contract.services import delegations
from kit import clock
from tests.contract.admin_helpers import make_alert, signed_in
from tests.factories import make_contract, make_roles
from tests.setup.test_pages import client_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract() -> Contract:
    make_roles()
    return make_contract()


@pytest.fixture
def leaver(contract: Contract) -> User:
    """A handler to whom one case has come that the vendor is to be told of."""
    make_alert(contract)
    return person(STAFF, contract.office, "zhao")


@pytest.fixture
def administrator(contract: Contract) -> User:
    return person(SYSTEM_ADMIN, name="xt")


def close(user: User, by: User, colleague: User | None = None) -> None:
    handover.close(user, colleague=colleague, actor=by, today=clock.today(), at=clock.now())


def test_the_turns_are_those_that_the_person_may_take(contract: Contract, leaver: User) -> None:
    assert [(turn.step.value, turn.count) for turn in handover.turns(leaver)] == [("notify", 1)]
    assert handover.turns(person(FINANCE, contract.office, "li")) == []
    make_alert(contract, key="told", status="notified")
    assert [turn.step.value for turn in handover.turns(person(VENDOR, contract.vendor, "sun"))] == ["answer"]


def test_a_colleague_of_the_same_role_takes_over_and_is_told(
    contract: Contract, leaver: User, administrator: User
) -> None:
    other = person(STAFF, contract.office, "qian")
    other.email = "qian@example.cn"
    other.save()
    close(leaver, administrator, other)
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert [turn.count for turn in handover.turns(User.objects.get(pk=other.pk))] == [1]
    assert OutboxMessage.objects.get(kind="account.handover").address == "qian@example.cn"
    assert "qian" in AccessEntry.objects.filter(row_key=str(leaver.pk)).latest("pk").note


def test_where_somebody_could_take_the_turns_nobody_is_refused(
    contract: Contract, leaver: User, administrator: User
) -> None:
    person(STAFF, contract.office, "qian")
    with pytest.raises(ValidationError) as refused:
        close(leaver, administrator)
    assert "colleague" in refused.value.message_dict
    leaver.refresh_from_db()
    assert leaver.is_active


def test_a_colleague_who_may_not_take_them_is_refused_while_another_may(
    contract: Contract, leaver: User, administrator: User
) -> None:
    person(STAFF, contract.office, "qian")
    with pytest.raises(ValidationError, match=contract.number):
        close(leaver, administrator, person(FINANCE, contract.office, "li"))
    with pytest.raises(ValidationError):
        close(leaver, administrator, person(STAFF, make_contract().office, "foreign"))


def test_the_last_one_with_the_right_is_closed_all_the_same_and_the_page_says_who_is_missing(
    contract: Contract, leaver: User, administrator: User
) -> None:
    person(FINANCE, contract.office, "li")
    page = client_of(administrator).get(f"/admin/contract/contract/people/{leaver.pk}/close/").content.decode()
    assert "其他同事均无权办理" in page
    close(leaver, administrator)
    leaver.refresh_from_db()
    assert not leaver.is_active


def test_a_deputyship_goes_to_the_colleague_for_the_days_that_are_left(
    contract: Contract, leaver: User, administrator: User
) -> None:
    absent, other = person(REVIEWER, contract.office, "absent"), person(STAFF, contract.office, "qian")
    today = clock.today()
    last = date.fromordinal(today.toordinal() + 5)
    delegations.enter(absent=absent, deputy=leaver, starts_on=today, ends_on=last, reason="年休假", today=today)
    close(leaver, administrator, other)
    held = Delegation.objects.get(withdrawn_on__isnull=True)
    assert (held.deputy, held.absent, held.ends_on) == (other, absent, last)


def test_what_a_closed_reviewer_had_lent_ends(contract: Contract, administrator: User) -> None:
    absent, other = person(REVIEWER, contract.office, "absent"), person(STAFF, contract.office, "qian")
    today = clock.today()
    delegations.enter(absent=absent, deputy=other, starts_on=today, ends_on=today, reason="年休假", today=today)
    close(absent, administrator)
    assert not Delegation.objects.filter(withdrawn_on__isnull=True).exists()


def test_nobody_closes_their_own_account_or_a_closed_one(administrator: User, leaver: User) -> None:
    with pytest.raises(ValidationError):
        close(administrator, administrator)
    close(leaver, administrator)
    leaver.refresh_from_db()
    with pytest.raises(ValidationError):
        close(leaver, administrator)


def test_the_page_describes_it_and_the_second_press_closes(
    contract: Contract, leaver: User, administrator: User
) -> None:
    other = person(STAFF, contract.office, "qian")
    url = f"/admin/contract/contract/people/{leaver.pk}/close/"
    first = client_of(administrator).post(url, {"colleague": other.pk}).content.decode()
    assert "立即失效" in first and "→ qian" in first
    leaver.refresh_from_db()
    assert leaver.is_active
    client: Any = signed_in(administrator)
    assert client.post(url, {"colleague": other.pk}).status_code == 302
    leaver.refresh_from_db()
    assert not leaver.is_active


def test_only_who_keeps_accounts_closes_them(contract: Contract, leaver: User) -> None:
    client = client_of(person(REVIEWER, contract.office, "qian"))
    assert client.get(f"/admin/contract/contract/people/{leaver.pk}/close/").status_code == 403


# --- The account's last day is over -------------------------------------------------------------


def night(user: User) -> list[str]:
    """The night after the account's last day."""
    today = clock.today()
    Account.objects.filter(user=user).update(valid_until=today - timedelta(days=1))
    return handover.end_expired(today=today, at=clock.now())


def reachable(user: User) -> User:
    user.email = f"{user.username}@example.cn"
    user.save()
    return user


def told() -> dict[str, str]:
    return {row.address: row.payload["text"] for row in OutboxMessage.objects.filter(kind="account.handover")}


def test_at_night_the_turns_go_to_a_colleague_of_the_same_role(contract: Contract, leaver: User) -> None:
    reachable(person(FINANCE, contract.office, "an"))
    other = reachable(person(STAFF, contract.office, "qian"))
    assert night(leaver) == ["zhao"] and night(leaver) == []
    leaver.refresh_from_db()
    assert not leaver.is_active
    assert told().keys() == {"qian@example.cn"} and contract.number in told()["qian@example.cn"]
    assert [turn.count for turn in handover.turns(User.objects.get(pk=other.pk))] == [1]
    assert "qian" in AccessEntry.objects.filter(row_key=str(leaver.pk)).latest("pk").note


def test_at_night_nothing_goes_to_whose_account_ends_too(contract: Contract, leaver: User) -> None:
    ending, staying = (reachable(person(STAFF, contract.office, name)) for name in ("ending", "staying"))
    Account.objects.filter(user=ending).update(valid_until=clock.today() - timedelta(days=1))
    assert night(leaver) == ["ending", "zhao"]
    assert told().keys() == {"staying@example.cn"}
    assert staying.is_active


def test_at_night_the_last_one_with_the_right_ends_all_the_same(contract: Contract, leaver: User) -> None:
    reachable(person(FINANCE, contract.office, "li"))
    assert night(leaver) == ["zhao"]
    assert told() == {}


def test_at_night_a_deputyship_goes_on_with_a_colleague(contract: Contract, leaver: User) -> None:
    absent, other = person(REVIEWER, contract.office, "absent"), person(STAFF, contract.office, "qian")
    today = clock.today()
    last = today + timedelta(days=5)
    delegations.enter(absent=absent, deputy=leaver, starts_on=today, ends_on=last, reason="年休假", today=today)
    night(leaver)
    held = Delegation.objects.get(withdrawn_on__isnull=True)
    assert (held.deputy, held.ends_on) == (other, last)


def test_a_deputyship_that_can_no_longer_be_lent_ends_and_hinders_nobody(
    contract: Contract, leaver: User, administrator: User
) -> None:
    absent, other = person(REVIEWER, contract.office, "absent"), person(STAFF, contract.office, "qian")
    today = clock.today()
    delegations.enter(absent=absent, deputy=leaver, starts_on=today, ends_on=today, reason="年休假", today=today)
    absent.groups.clear()
    close(leaver, administrator, other)
    assert not Delegation.objects.filter(withdrawn_on__isnull=True).exists()
