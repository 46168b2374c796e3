"""Reporting, replacement on demand, and changes without consent."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from contract.choices import Outcome
from contract.findings import Finding
from law.calendar import DEFAULT
from staffing.rules.changes import unapproved_change
from staffing.rules.facts import ChangeFact, DemandFact
from staffing.rules.replacement import replacement
from staffing.rules.reporting import attendance_reported
from tests.staffing.helpers import FIRST, LAST, counts, facts

ONE = timedelta(days=1)
NOV, NOV_END = date(2024, 11, 1), date(2024, 11, 30)
BEIJING = timezone(timedelta(hours=8))


# --- Attendance reported ----------------------------------------------------------------------


def reported(as_of: date, **missing: dict[date, int]) -> Finding:
    days = counts(FIRST, min(as_of, LAST), **missing)
    found = attendance_reported(facts(), days, as_of)
    return next(finding for finding in found if finding.period == (NOV, NOV_END))


def test_a_month_wholly_reported_is_met() -> None:
    finding = reported(NOV_END)
    assert (finding.outcome, finding.measured) == (Outcome.MET, "1350/1350")


def test_an_absence_is_reported_too() -> None:
    assert reported(LAST, absent={NOV: 45}).outcome == Outcome.MET


def test_a_missing_report_waits_until_its_time_has_passed() -> None:
    missing = {date(2024, 11, 10): 2}
    assert reported(date(2024, 11, 13), unreported=missing).outcome == Outcome.PENDING
    finding = reported(date(2024, 11, 14), unreported=missing)
    assert finding.outcome == Outcome.UNDETERMINED
    assert finding.figures["missing"] == 2
    assert finding.evidence[0].text == "2024-11-10 2"


def test_missing_reports_are_never_a_breach() -> None:
    finding = reported(LAST, unreported={NOV: 45})
    assert finding.outcome == Outcome.UNDETERMINED


def test_a_running_month_is_pending_and_a_month_ahead_gives_nothing() -> None:
    assert reported(date(2024, 11, 29)).outcome == Outcome.PENDING
    found = list(attendance_reported(facts(), counts(FIRST, LAST), date(2024, 10, 31)))
    assert len(found) == 1


def test_a_month_with_nobody_assigned_owes_no_reports() -> None:
    assert list(attendance_reported(facts(), {}, LAST)) == []


# --- Replacement on demand --------------------------------------------------------------------


def demand(**fields: object) -> DemandFact:
    given = {"arrived_at": datetime(2025, 3, 8, 0, 1, tzinfo=BEIJING)} | fields
    return DemandFact(pk=9, name="张三", **given)  # type: ignore[arg-type]


def judge(fact: DemandFact, as_of: date) -> Finding:
    [finding] = replacement(facts(), [fact], as_of, DEFAULT)
    return finding


def test_the_time_runs_from_the_beijing_day_of_arrival() -> None:
    finding = judge(demand(), date(2025, 3, 8))
    assert finding.figures["arrived_on"] == date(2025, 3, 8)
    assert finding.nominal_due_on == finding.legal_due_on == date(2025, 3, 11)


def test_before_midnight_in_beijing_is_the_day_before() -> None:
    fact = demand(arrived_at=datetime(2025, 3, 7, 15, 59, tzinfo=UTC))
    assert judge(fact, LAST).figures["arrived_on"] == date(2025, 3, 7)


def test_it_is_pending_on_the_third_day_and_not_met_after() -> None:
    assert judge(demand(), date(2025, 3, 11)).outcome == Outcome.PENDING
    late = judge(demand(), date(2025, 3, 12))
    assert (late.outcome, late.today["days_late"]) == (Outcome.NOT_MET, 1)
    later = judge(demand(), date(2025, 3, 20))
    assert (later.today["days_late"], later.fingerprint) == (9, late.fingerprint)


@pytest.mark.parametrize(
    ("left_on", "substitute_from", "outcome"),
    [
        (date(2025, 3, 10), date(2025, 3, 11), Outcome.MET),
        (date(2025, 3, 11), date(2025, 3, 11), Outcome.MET),
        (date(2025, 3, 11), date(2025, 3, 9), Outcome.MET),
        (date(2025, 3, 12), date(2025, 3, 11), Outcome.NOT_MET),
        (date(2025, 3, 8), date(2025, 3, 12), Outcome.NOT_MET),
        (None, date(2025, 3, 9), Outcome.NOT_MET),
        (date(2025, 3, 8), None, Outcome.NOT_MET),
    ],
)
def test_replaced_means_the_other_is_gone_and_the_substitute_there(
    left_on: date | None, substitute_from: date | None, outcome: Outcome
) -> None:
    fact = demand(left_on=left_on, substitute_from=substitute_from)
    assert judge(fact, LAST).outcome == outcome


@pytest.mark.parametrize(("day", "outcome"), [(27, Outcome.NOT_MET), (28, Outcome.MET)])
def test_a_time_that_runs_out_on_the_contracts_last_day_is_not_met_one_after_it_lapses(
    day: int, outcome: Outcome
) -> None:
    """Three days from 27 September 2025 end on the 30th (Civil Code 203), from the 28th on 1 October."""
    fact = demand(arrived_at=datetime(2025, 9, day, 9, tzinfo=BEIJING))
    assert judge(fact, LAST).outcome == Outcome.PENDING
    assert judge(fact, LAST + ONE).outcome == outcome


def test_a_last_day_on_a_holiday_rolls() -> None:
    fact = demand(arrived_at=datetime(2025, 4, 1, 9, tzinfo=BEIJING))
    assert judge(fact, date(2025, 4, 5)).outcome == Outcome.AT_RISK
    assert judge(fact, date(2025, 4, 7)).outcome == Outcome.AT_RISK
    assert judge(fact, date(2025, 4, 8)).outcome == Outcome.NOT_MET


def test_a_demand_that_has_not_arrived_starts_nothing() -> None:
    assert list(replacement(facts(), [demand(arrived_at=None)], LAST, DEFAULT)) == []
    assert list(replacement(facts(), [demand()], date(2025, 3, 7), DEFAULT)) == []


def test_a_withdrawn_demand_owes_nothing_from_its_withdrawal() -> None:
    fact = demand(withdrawn_on=date(2025, 3, 20))
    assert judge(fact, date(2025, 3, 19)).outcome == Outcome.NOT_MET
    assert judge(fact, date(2025, 3, 20)).outcome == Outcome.MET


def test_the_end_of_the_contract_ends_a_demand_still_in_time() -> None:
    fact = demand(arrived_at=datetime(2025, 9, 29, 9, tzinfo=BEIJING))
    assert judge(fact, LAST + 30 * ONE).outcome == Outcome.MET
    early = demand(arrived_at=datetime(2025, 9, 20, 9, tzinfo=BEIJING))
    assert judge(early, LAST + 30 * ONE).outcome == Outcome.NOT_MET


# --- Changes without consent ------------------------------------------------------------------


def change(**fields: object) -> Finding:
    fact = ChangeFact(3, "张三", "transfer", NOV, **fields)  # type: ignore[arg-type]
    [finding] = unapproved_change(facts(), [fact], LAST)
    return finding


def test_a_change_without_consent_is_not_met() -> None:
    assert change().outcome == Outcome.NOT_MET


def test_a_consent_on_the_day_of_the_change_is_in_time_and_a_day_later_is_not() -> None:
    assert change(consent_ref="函1", consented_on=NOV).outcome == Outcome.MET
    late = change(consent_ref="函1", consented_on=NOV + ONE)
    assert (late.outcome, late.measured) == (Outcome.NOT_MET, "2024-11-02")


def test_an_exchange_that_the_office_demanded_has_its_consent() -> None:
    assert change(demanded=True).outcome == Outcome.MET


def test_a_change_ahead_gives_nothing_yet() -> None:
    fact = ChangeFact(3, "张三", "transfer", NOV)
    assert list(unapproved_change(facts(), [fact], NOV - ONE)) == []
