"""Gaps are made good in time: both edges, holidays, and what cannot be proved."""

from datetime import date, timedelta

import pytest

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding
from law.calendar import DEFAULT
from staffing.rules.backfill import backfill
from staffing.rules.facts import GapFact
from tests.staffing.helpers import LAST, facts

ONE = timedelta(days=1)
DEC1 = date(2024, 12, 1)


def gap(event: date, **fields: object) -> GapFact:
    """A proven absence from `event` on."""
    given = {"cause": "sickness", "opened_on": event, "proven": ((event, None),)} | fields
    return GapFact(pk=5, name="张三", event_on=event, **given)  # type: ignore[arg-type]


def departure(last: date, **fields: object) -> GapFact:
    return gap(last, cause="resignation", opened_on=last + ONE, departed_on=last, **fields)  # type: ignore[arg-type]


def judge(fact: GapFact, as_of: date, contract: ContractFacts | None = None) -> Finding:
    [finding] = backfill(contract or facts(), [fact], as_of, DEFAULT)
    return finding


def test_it_stays_pending_on_the_last_day() -> None:
    finding = judge(gap(DEC1), date(2024, 12, 16))
    assert finding.outcome == Outcome.PENDING
    assert finding.today["days_left"] == 0
    assert (finding.nominal_due_on, finding.legal_due_on) == (date(2024, 12, 16),) * 2


def test_it_is_not_met_the_day_after() -> None:
    finding = judge(gap(DEC1), date(2024, 12, 17))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.today["days_late"] == 1


def test_another_night_of_the_same_gap_is_no_new_finding() -> None:
    """Days left and days late only count: what is recorded stays the same meanwhile."""
    first, second = (judge(gap(DEC1), date(2024, 12, day)) for day in (10, 11))
    assert first.today["days_left"] - second.today["days_left"] == 1
    assert first.fingerprint == second.fingerprint
    late, later = (judge(gap(DEC1), date(2024, 12, day)) for day in (17, 30))
    assert (late.today["days_late"], later.today["days_late"]) == (1, 14)
    assert late.fingerprint == later.fingerprint != first.fingerprint
    assert late.figures["late_since"] == date(2024, 12, 16)
    filled = judge(gap(DEC1, backfilled_on=date(2024, 12, 31)), LAST)
    assert filled.figures["days_late"] == 15 and "late_since" not in filled.figures


def test_filled_on_the_last_day_is_in_time() -> None:
    finding = judge(gap(DEC1, backfilled_on=date(2024, 12, 16)), LAST)
    assert (finding.outcome, finding.figures["closed_by"]) == (Outcome.MET, "backfill")


def test_filled_one_day_late_is_late_for_good() -> None:
    finding = judge(gap(DEC1, backfilled_on=date(2024, 12, 17)), LAST)
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["days_late"] == 1
    assert finding.measured == "2024-12-17"


def test_between_the_nominal_and_the_legal_day_it_is_at_risk() -> None:
    event = date(2024, 11, 1)
    assert judge(gap(event), date(2024, 11, 16)).outcome == Outcome.PENDING
    assert judge(gap(event), date(2024, 11, 17)).outcome == Outcome.AT_RISK
    assert judge(gap(event), date(2024, 11, 18)).outcome == Outcome.AT_RISK
    assert judge(gap(event), date(2024, 11, 19)).outcome == Outcome.NOT_MET


def test_filled_on_the_last_legal_day_after_the_holiday_is_in_time() -> None:
    event = date(2025, 4, 16)
    finding = judge(gap(event, backfilled_on=date(2025, 5, 6)), LAST)
    assert finding.outcome == Outcome.MET
    assert (finding.nominal_due_on, finding.legal_due_on) == (date(2025, 5, 1), date(2025, 5, 6))
    assert judge(gap(event, backfilled_on=date(2025, 5, 7)), LAST).outcome == Outcome.NOT_MET


def test_the_roll_is_a_policy() -> None:
    never = facts(policies={"deadline_roll": "never"})
    finding = judge(gap(date(2024, 11, 1)), date(2024, 11, 17), never)
    assert finding.outcome == Outcome.NOT_MET


def test_the_days_are_a_term() -> None:
    short = facts(terms={"backfill_days": 10})
    assert judge(gap(DEC1), date(2024, 12, 12), short).outcome == Outcome.NOT_MET


def test_the_time_of_a_resignation_runs_from_the_last_day_in_post() -> None:
    finding = judge(departure(date(2024, 12, 16)), date(2024, 12, 17))
    assert finding.nominal_due_on == date(2024, 12, 31)
    assert finding.figures["opened_on"] == date(2024, 12, 17)


def test_a_gap_that_has_not_opened_yet_gives_nothing() -> None:
    fact = departure(date(2024, 12, 16))
    assert list(backfill(facts(), [fact], date(2024, 12, 16), DEFAULT)) == []


def test_a_leave_of_one_day_closes_itself() -> None:
    event = date(2024, 11, 5)
    fact = gap(event, proven=((event, event),), returned_on=event + ONE)
    finding = judge(fact, LAST)
    assert (finding.outcome, finding.figures["closed_by"]) == (Outcome.MET, "return")
    assert finding.figures["empty_days"] == 1
    assert finding.nominal_due_on == date(2024, 11, 20)


def test_what_happens_after_the_day_has_not_happened() -> None:
    fact = gap(DEC1, returned_on=date(2024, 12, 10))
    finding = judge(fact, date(2024, 12, 9))
    assert (finding.outcome, finding.measured) == (Outcome.PENDING, "")


def test_without_a_proof_of_return_it_is_undetermined_after_its_time() -> None:
    fact = gap(DEC1, proven=((DEC1, DEC1),), maybe_closed_on=DEC1 + ONE)
    assert judge(fact, date(2024, 12, 16)).outcome == Outcome.PENDING
    finding = judge(fact, date(2024, 12, 17))
    assert (finding.outcome, finding.figures["closed_by"]) == (Outcome.UNDETERMINED, "unproven")


def test_a_late_proof_of_return_leaves_it_undetermined() -> None:
    back = date(2024, 12, 20)
    fact = gap(DEC1, proven=((DEC1, DEC1),), maybe_closed_on=DEC1 + ONE, returned_on=back)
    assert judge(fact, LAST).outcome == Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("last", "outcome"), [(date(2024, 12, 15), Outcome.UNDETERMINED), (date(2024, 12, 16), Outcome.NOT_MET)]
)
def test_a_proven_span_that_outlasts_the_time_is_a_breach(last: date, outcome: Outcome) -> None:
    """Empty on the whole of the last day, so not made good by then."""
    fact = gap(DEC1, proven=((DEC1, last),), maybe_closed_on=last + ONE)
    assert judge(fact, date(2024, 12, 30)).outcome == outcome


def test_a_second_proven_span_counts_from_its_own_first_day() -> None:
    second = date(2024, 12, 10)
    fact = gap(DEC1, proven=((DEC1, DEC1), (second, None)), maybe_closed_on=DEC1 + ONE)
    assert judge(fact, date(2024, 12, 17)).outcome == Outcome.UNDETERMINED
    assert judge(fact, date(2024, 12, 25)).outcome == Outcome.UNDETERMINED
    assert judge(fact, date(2024, 12, 26)).outcome == Outcome.NOT_MET


def test_a_departure_needs_no_further_proof() -> None:
    fact = departure(DEC1)
    assert judge(fact, date(2024, 12, 17)).outcome == Outcome.NOT_MET


def test_a_post_that_was_given_up_in_time_ends_without_a_breach() -> None:
    fact = gap(DEC1, lapsed_on=date(2024, 12, 16), proven=((DEC1, date(2024, 12, 15)),))
    assert judge(fact, date(2024, 12, 15)).outcome == Outcome.PENDING
    finding = judge(fact, LAST)
    assert finding.outcome == Outcome.MET
    assert "days_left" not in finding.figures


def test_a_post_that_was_given_up_the_day_after_the_last_one_was_not_made_good_by_midnight() -> None:
    fact = gap(DEC1, lapsed_on=date(2024, 12, 17), proven=((DEC1, date(2024, 12, 16)),))
    assert judge(fact, LAST).outcome == Outcome.NOT_MET


def test_a_post_that_was_given_up_too_late_is_a_breach() -> None:
    fact = gap(DEC1, lapsed_on=date(2024, 12, 18), proven=((DEC1, date(2024, 12, 17)),))
    finding = judge(fact, LAST)
    assert (finding.outcome, finding.figures["days_late"]) == (Outcome.NOT_MET, 1)


def test_the_end_of_the_contract_ends_a_time_that_still_runs() -> None:
    fact = gap(date(2025, 9, 16))
    assert judge(fact, date(2025, 9, 30)).outcome == Outcome.PENDING
    assert judge(fact, date(2025, 10, 1)).outcome == Outcome.MET


def test_a_time_that_runs_out_on_the_contracts_last_day_was_not_kept_at_midnight() -> None:
    fact = gap(date(2025, 9, 15))  # 15 days end on 30 September (Civil Code 203)
    assert judge(fact, date(2025, 9, 30)).outcome == Outcome.PENDING
    assert judge(fact, date(2025, 10, 1)).outcome == Outcome.NOT_MET
    filled = gap(date(2025, 9, 15), backfilled_on=date(2025, 9, 30))
    assert judge(filled, date(2025, 10, 1)).outcome == Outcome.MET


def test_the_end_of_the_contract_does_not_heal_a_breach() -> None:
    finding = judge(gap(date(2025, 9, 1)), date(2025, 12, 1))
    assert finding.outcome == Outcome.NOT_MET
    assert finding.figures["days_late"] == 14


def test_an_unpublished_calendar_leaves_it_undetermined_after_the_nominal_day() -> None:
    contract = facts(starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31))
    fact = gap(date(2026, 12, 20))
    assert judge(fact, date(2027, 1, 4), contract).outcome == Outcome.PENDING
    finding = judge(fact, date(2027, 1, 5), contract)
    assert (finding.outcome, finding.legal_due_on) == (Outcome.UNDETERMINED, None)


def test_the_key_stays_the_same_for_the_life_of_the_gap() -> None:
    one = judge(gap(DEC1), DEC1)
    two = judge(gap(DEC1, returned_on=date(2024, 12, 20)), LAST)
    assert one.key == two.key == "staffing.Gap:5:"
