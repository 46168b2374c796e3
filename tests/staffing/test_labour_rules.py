"""Article 20: wages proved month by month, labour matters settled. Article 18: injuries."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contract.choices import Outcome
from law.calendar import DEFAULT
from staffing.rules.labour_matters import MatterFact, labour_dispute
from staffing.rules.pay import PayFact, wages_paid
from tests.staffing.helpers import facts

MARCH = date(2025, 3, 1)
EVERY_MONTH = {date(2024 + (m > 12), (m - 1) % 12 + 1, 1): True for m in range(10, 22)}


def wages(as_of: date, arrived: date | None = None, **contract: Any) -> Any:
    """The finding about March; wages are due with proof 20 days after the month."""
    proofs = {MARCH: PayFact(1, "代发清单3月", date(2025, 4, 15), arrived)} if arrived else {}
    found = wages_paid(facts(**contract), EVERY_MONTH, proofs, as_of, DEFAULT)
    return next((f for f in found if f.period and f.period[0] == MARCH), None)


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (date(2025, 3, 31), None),
        (date(2025, 4, 1), Outcome.PENDING),
        (date(2025, 4, 20), Outcome.PENDING),  # a Sunday: due on Monday
        (date(2025, 4, 21), Outcome.AT_RISK),
        (date(2025, 4, 22), Outcome.UNDETERMINED),
    ],
)
def test_a_missing_wage_proof_is_asked_for_once_its_day_has_passed(as_of: date, outcome: Outcome | None) -> None:
    finding = wages(as_of)
    assert (finding.outcome if finding else None) == outcome


@pytest.mark.parametrize(("arrived", "late"), [(date(2025, 4, 21), False), (date(2025, 4, 22), True)])
def test_a_late_proof_still_proves_the_payment(arrived: date, late: bool) -> None:
    finding = wages(date(2025, 5, 10), arrived)
    assert finding.outcome == Outcome.MET and finding.figures["late"] is late
    assert ("2025-04-21" in str(finding.message)) is (late or arrived == date(2025, 4, 21))


def test_before_it_arrives_a_proof_is_not_known() -> None:
    assert wages(date(2025, 4, 23), date(2025, 4, 24)).outcome == Outcome.UNDETERMINED


def test_the_last_month_is_still_asked_for_after_the_contract_has_ended() -> None:
    assert wages(date(2025, 5, 1), terminated_on=date(2025, 3, 10)).period == (MARCH, date(2025, 3, 10))


def test_nothing_is_owed_for_a_month_in_which_nobody_served() -> None:
    assert list(wages_paid(facts(), {}, {}, date(2025, 12, 1), DEFAULT)) == []


# --- Labour matters ---------------------------------------------------------------------------

MATTER = MatterFact(1, "工资争议", "dispute", "", occurred_on=date(2025, 3, 1), known_on=date(2025, 3, 3))


def judge(as_of: date, **changed: Any) -> Any:
    return labour_dispute(facts(), replace(MATTER, **changed), DEFAULT, as_of)


@pytest.mark.parametrize(
    ("reported", "outcome"), [(date(2025, 3, 6), Outcome.PENDING), (date(2025, 3, 7), Outcome.NOT_MET)]
)
def test_the_vendor_tells_the_office_within_three_days(reported: date, outcome: Outcome) -> None:
    finding = judge(date(2025, 3, 10), reported_on=reported)
    assert finding.outcome == outcome


@pytest.mark.parametrize(
    ("as_of", "outcome"), [(date(2025, 3, 6), Outcome.PENDING), (date(2025, 3, 7), Outcome.NOT_MET)]
)
def test_what_was_not_reported_is_late_on_the_day_after(as_of: date, outcome: Outcome) -> None:
    assert judge(as_of).outcome == outcome


@pytest.mark.parametrize(("settled", "outcome"), [(date(2025, 5, 6), Outcome.MET), (date(2025, 5, 7), Outcome.NOT_MET)])
def test_it_is_settled_within_sixty_days(settled: date, outcome: Outcome) -> None:
    """60 days after 3 March: 2 May, in the holidays; the 6th is a working day."""
    reported = date(2025, 3, 4)
    assert judge(date(2025, 5, 9), reported_on=reported, settled_on=settled).outcome == outcome


def test_an_effect_that_the_office_feels_is_at_risk_until_it_is_removed() -> None:
    told = {"reported_on": date(2025, 3, 4), "effect": "两日接通率下降"}
    assert judge(date(2025, 3, 10), **told).outcome == Outcome.AT_RISK
    removed = told | {"effect_removed_on": date(2025, 3, 9)}
    assert judge(date(2025, 3, 10), **removed).outcome == Outcome.PENDING
    settled = removed | {"settled_on": date(2025, 3, 20)}
    assert judge(date(2025, 3, 20), **settled).outcome == Outcome.MET
    late = settled | {"effect_removed_on": date(2025, 5, 7)}
    assert judge(date(2025, 6, 1), **late).outcome == Outcome.NOT_MET


def test_what_occurred_in_its_life_is_judged_after_it_and_what_came_later_is_not_its_own() -> None:
    ended = facts(terminated_on=date(2025, 3, 1))
    late = date(2025, 3, 20)
    assert labour_dispute(ended, MATTER, DEFAULT, late).outcome == Outcome.NOT_MET
    later = replace(MATTER, occurred_on=date(2025, 3, 2))
    assert labour_dispute(ended, later, DEFAULT, late) is None


def test_what_lies_ahead_is_not_known_yet() -> None:
    assert judge(date(2025, 3, 2)) is None
    done = {"reported_on": date(2025, 3, 4), "settled_on": date(2025, 3, 20)}
    assert judge(date(2025, 3, 19), **done).outcome == Outcome.PENDING
