"""Not more than the agreed share of people leaves in a contract year."""

from datetime import date
from typing import Any

import pytest

from contract.choices import Outcome
from contract.models import Contract
from contract.services import look
from staffing.services import assignments
from tests.factories import make_assignment, make_contract, make_team

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2024, 10, 1), date(2025, 9, 30)


def team(size: int = 10, left: int = 2, reason: str = "resignation", **policies: Any) -> Contract:
    """A contract that allows 20 % a year, with people of whom some leave, each in another month."""
    contract = make_contract(
        check_ids=["staffing.attrition"], terms={"headcount": size, "attrition_max_percent": 20}, policies=policies
    )
    for place, one in enumerate(make_team(contract, size, starts_on=FIRST)[:left]):
        assignments.correct(one, ends_on=date(2025, 1 + place, 10), end_reason=reason)
    return contract


def found(contract: Contract, as_of: date = LAST) -> Any:
    (one,) = look(as_of=as_of, contract_ids=[contract.pk]).findings
    return one


def test_a_fifth_is_within_a_fifth_and_one_more_is_not() -> None:
    within, over = found(team(left=2)), found(team(left=3))
    assert (within.outcome, within.measured, within.required) == (Outcome.MET, "20.00%", "20%")
    assert (over.outcome, over.measured) == (Outcome.NOT_MET, "30.00%")
    assert len(over.evidence) == 3


def test_what_is_above_the_limit_never_reads_as_the_limit() -> None:
    over = found(team(size=14, left=3))
    assert (over.outcome, over.measured) == (Outcome.NOT_MET, "21.43%")


def test_while_the_year_runs_it_is_open_and_too_many_are_too_many_at_once() -> None:
    assert found(team(left=2), date(2025, 6, 30)).outcome == Outcome.PENDING
    assert found(team(left=3), date(2025, 3, 9)).outcome == Outcome.PENDING
    assert found(team(left=3), date(2025, 3, 10)).outcome == Outcome.NOT_MET


@pytest.mark.parametrize("reason", ["reduction", "backfill_ended"])
def test_an_end_that_is_nobodys_leaving_does_not_count(reason: str) -> None:
    assert found(team(left=3, reason=reason)).measured == "0.00%"


def test_who_goes_on_in_another_post_the_next_day_has_not_left() -> None:
    contract = team(left=0)
    one = contract.assignments.order_by("pk")[0]
    assignments.correct(one, ends_on=date(2025, 2, 10), end_reason="transfer")
    assert found(contract).measured == "10.00%"
    make_assignment(contract, operator=one.operator, starts_on=date(2025, 2, 11))
    assert found(contract).measured == "0.00%"


def test_by_a_reading_only_who_resigned_counts() -> None:
    assert found(team(left=3, reason="dismissal", attrition_counts="resignations")).outcome == Outcome.MET
    assert found(team(left=3, reason="dismissal")).outcome == Outcome.NOT_MET


def test_by_a_reading_the_share_is_that_of_the_people_assigned() -> None:
    contract = team(left=2, attrition_base="assigned")
    one = found(contract)
    assert (one.outcome, one.figures["base"]) == (Outcome.NOT_MET, "8.64")
    assert found(contract, date(2025, 6, 30)).outcome == Outcome.AT_RISK


def test_of_a_contract_without_people_nothing_is_said() -> None:
    assert found(make_contract(check_ids=["staffing.attrition"], terms={"attrition_max_percent": 20})).outcome == (
        Outcome.UNDETERMINED
    )


def test_each_contract_year_is_counted_for_itself() -> None:
    contract = make_contract(
        ends_on=date(2026, 9, 30),
        check_ids=["staffing.attrition"],
        terms={"headcount": 10, "attrition_max_percent": 20},
    )
    people = make_team(contract, 10, starts_on=FIRST)
    for one, day in zip(people, (date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 2)), strict=False):
        assignments.correct(one, ends_on=day, end_reason="resignation")
    findings = look(as_of=date(2025, 12, 31), contract_ids=[contract.pk]).findings
    assert [(one.period[0], one.figures["left"]) for one in findings if one.period] == [
        (FIRST, 1),
        (date(2025, 10, 1), 2),
    ]
