"""A contract made from something: its source gives everything but what is its own."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from billing.models import Deposit
from confidentiality.models import Undertaking
from contract.models import Contract, Party
from contract.registry import checks
from contract.setup import drafting
from contract.setup.needs import NEEDS
from contract.setup.renewal import checklist
from staffing.choices import EndReason
from staffing.models import Assignment, Post
from tests.factories import make_assignment, make_contract, make_party, set_policy, set_term

pytestmark = pytest.mark.django_db
FIGURES = {"headcount": "3", "annual_fee": "480000", "payment_cycle_months": "3"}


@pytest.fixture
def parties() -> tuple[Party, Party]:
    return make_party("示例市政务服务中心"), make_party("示例话务有限公司")


def start(parties: tuple[Party, Party], **facts: Any) -> drafting.Start:
    values: dict[str, Any] = {
        "number": "H-1",
        "title": "热线服务合同",
        "office": parties[0],
        "vendor": parties[1],
        "signed_on": date(2025, 9, 20),
        "starts_on": date(2025, 10, 1),
        "ends_on": date(2026, 9, 30),
        "figures": FIGURES,
    }
    return drafting.Start(**(values | facts))


def figures(contract: Contract) -> dict[str, str]:
    return {row.key: row.value for row in contract.term_rows.all()}


def test_every_check_says_what_it_needs() -> None:
    assert NEEDS.keys() == checks().keys()


def test_from_the_reference_it_has_all_clauses_and_checks_and_its_own_figures(parties: tuple[Party, Party]) -> None:
    contract = drafting.begin(drafting.reference(), start(parties))
    carried = {check for clause in drafting.reference()["clauses"] for check in clause.get("checks", ())}
    assert set(contract.obligations.values_list("check_id", flat=True)) == carried <= set(checks())
    assert (contract.office, contract.vendor, contract.title) == (*parties, "热线服务合同")
    assert FIGURES.items() <= figures(contract).items()
    assert {row.effective_from for row in contract.term_rows.all()} == {date(2025, 10, 1)}


def test_from_nothing_it_has_the_figures_that_it_was_given_and_the_defaults(parties: tuple[Party, Party]) -> None:
    contract = drafting.begin(drafting.empty(), start(parties))
    assert (contract.clauses.count(), contract.obligations.count()) == (0, 0)
    assert figures(contract) == FIGURES
    assert not contract.policy_rows.filter(confirmed_on__isnull=False).exists()


def test_from_another_contract_it_takes_what_was_in_force_last_and_no_confirmation(
    parties: tuple[Party, Party],
) -> None:
    other = make_contract()
    set_term(other, "backfill_days", 10, date(2025, 1, 1))
    policy = set_policy(other, "answer_days", 9)
    policy.confirmed_on = date(2025, 1, 1)
    policy.save()
    contract = drafting.begin(drafting.as_document(other), start(parties))
    assert figures(contract)["backfill_days"] == "10"
    assert contract.obligations.count() == other.obligations.count()
    taken = contract.policy_rows.get(key="answer_days")
    assert (taken.value, taken.confirmed_on) == ("9", None)


def test_a_number_that_another_contract_bears_is_refused_and_nothing_is_written(parties: tuple[Party, Party]) -> None:
    make_contract(number="H-1")
    with pytest.raises(ValidationError) as refused:
        drafting.begin(drafting.reference(), start(parties))
    assert "number" in refused.value.message_dict
    assert Contract.objects.count() == 1


def test_a_day_of_use_outside_the_term_is_refused_and_nothing_is_written(parties: tuple[Party, Party]) -> None:
    with pytest.raises(ValidationError):
        drafting.begin(drafting.empty(), start(parties, in_use_from=date(2027, 1, 1)))
    assert not Contract.objects.exists()


# --- The next term ------------------------------------------------------------------------------


@pytest.fixture
def old(parties: tuple[Party, Party]) -> Contract:
    return make_contract(office=parties[0], vendor=parties[1])


def renew(old: Contract, parties: tuple[Party, Party]) -> Contract:
    return drafting.begin(drafting.as_document(old), start(parties), continues=old)


def test_the_next_term_is_linked_and_takes_over_posts_and_who_serves_to_the_end(
    old: Contract, parties: tuple[Party, Party]
) -> None:
    post = Post.objects.create(contract=old, code="A", name="坐席", planned_headcount=2)
    stays = make_assignment(old, starts_on=old.starts_on, post=post)
    left = make_assignment(old, starts_on=old.starts_on, ends_on=date(2025, 5, 1), end_reason=EndReason.RESIGNATION)
    new = renew(old, parties)
    assert (new.predecessor, old.successor) == (old, new)
    assert [post.code for post in new.posts.all()] == ["A"]
    (row,) = new.assignments.all()
    assert (row.operator, row.starts_on, row.post.code) == (stays.operator, new.starts_on, "A")
    stays.refresh_from_db()
    assert (stays.ends_on, stays.end_reason) == (old.ends_on, EndReason.TERM_END)
    assert not Assignment.objects.filter(contract=new, operator=left.operator).exists()


def test_a_deposit_is_owed_again_and_not_by_the_days_of_the_old_term(
    old: Contract, parties: tuple[Party, Party]
) -> None:
    Deposit.objects.create(contract=old, title="保证金", kind="deposit", amount=1000, due_on=old.starts_on)
    (row,) = renew(old, parties).deposits.all()
    assert (row.amount, row.due_on, row.return_due_on) == (1000, None, None)


def test_a_contract_is_continued_once(old: Contract, parties: tuple[Party, Party]) -> None:
    renew(old, parties)
    with pytest.raises(ValidationError):
        drafting.begin(drafting.as_document(old), start(parties, number="H-2"), continues=old)


def asked(contract: Contract, title: str, today: date = date(2025, 10, 2)) -> Any:
    return next(one for one in checklist(contract, today) if title in one.title)


def test_undertakings_are_signed_again_for_the_next_term_by_the_day_before_it(
    old: Contract, parties: tuple[Party, Party]
) -> None:
    stays = make_assignment(old, starts_on=old.starts_on)
    Undertaking.objects.create(contract=old, operator=stays.operator, signed_on=old.starts_on)
    assert "1人" in asked(old, "保密承诺书").text and asked(old, "保密承诺书").settled is None
    new = renew(old, parties)
    question = asked(old, "保密承诺书")  # what was signed for the old term does not count for the new one
    assert question.settled is False
    assert "已签署0人" in question.text and "2025-09-30" in question.text and stays.operator.name in question.text
    Undertaking.objects.create(contract=new, operator=stays.operator, signed_on=date(2025, 9, 30))
    assert asked(old, "保密承诺书").settled is True


def test_who_does_not_go_on_hands_back_and_the_money_stays_open(old: Contract, parties: tuple[Party, Party]) -> None:
    make_assignment(old, starts_on=old.starts_on)
    make_assignment(old, starts_on=old.starts_on, ends_on=date(2025, 9, 30), end_reason=EndReason.RESIGNATION)
    renew(old, parties)
    question = asked(old, "数据与设备")
    assert question.settled is False and "已离岗1人" in question.text  # one of them serves on: that one has not left
    assert asked(old, "本期款项").settled is False
