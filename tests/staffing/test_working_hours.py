"""Articles 8 and 11: hours that the vendor is asked to explain, and those that are paid extra."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.choices import Outcome
from contract.findings import Finding
from law import labour
from law.calendar import DEFAULT
from staffing.rules.hours import ApprovalFact, Hours, Worker, assigned_months, by_clock, overtime_minutes
from staffing.rules.pay import PayFact, overtime_pay
from staffing.rules.people import Span
from staffing.rules.working_hours import working_hours
from tests.staffing.helpers import FIRST, LAST, facts, span

ONE = timedelta(days=1)
AFTER = date(2025, 12, 1)
PERSON = Worker(1, "某某 (E1)", (Span(1, FIRST, None, 7),))
YEAR = ApprovalFact(1, "综合工时批复1号", None, FIRST, LAST, FIRST)
WEEKDAYS_OF_MARCH = [day for day in span(date(2025, 3, 1), date(2025, 3, 31)) if day.weekday() < 5]


def hours(
    minutes: Mapping[date, int],
    as_of: date = AFTER,
    approvals: list[ApprovalFact] | None = None,
    worker: Worker = PERSON,
) -> Hours:
    worked = {day: {"1": each} for day, each in minutes.items() if day < as_of}
    return Hours(worked, {1: worker}, approvals or [], DEFAULT, as_of)


def judge(minutes: Mapping[date, int], as_of: date = AFTER, **more: Any) -> dict[str, Finding]:
    """The findings by month ("2025-03"), or "" for the months without hours."""
    seen = hours(minutes, as_of, **more)
    on = facts()
    assigned = assigned_months(on, seen.workers.values())
    return {f"{f.period[0]:%Y-%m}" if f.period else "": f for f in working_hours(on, seen, assigned, as_of)}


def pay(
    minutes: Mapping[date, int], as_of: date = AFTER, proofs: Mapping[date, PayFact] | None = None, **more: Any
) -> dict[str, Finding]:
    seen = hours(minutes, as_of, **more)
    on = facts(policies={"overtime_proof_days": 30})
    assigned = assigned_months(on, seen.workers.values())
    return {f"{f.period[0]:%Y-%m}": f for f in overtime_pay(on, seen, assigned, proofs or {}, as_of) if f.period}


def rotating(first: date = FIRST, last: date = LAST) -> dict[date, int]:
    """Twelve hours on two of four days."""
    return {day: 720 for day in span(first, last) if day.toordinal() % 4 < 2}


# --- Article 8 --------------------------------------------------------------------------------


def test_office_hours_are_met_once_the_month_is_over() -> None:
    days = dict.fromkeys(WEEKDAYS_OF_MARCH, 480)
    assert judge(days, date(2025, 3, 31))["2025-03"].outcome == Outcome.PENDING
    finding = judge(days, date(2025, 4, 1))["2025-03"]
    assert (finding.outcome, finding.measured) == (Outcome.MET, "0")


@pytest.mark.parametrize(("minutes", "outcome"), [(660, Outcome.MET), (661, Outcome.UNDETERMINED)])
def test_a_day_of_eleven_hours_is_lawful_and_a_minute_more_a_signal(minutes: int, outcome: Outcome) -> None:
    finding = judge({date(2025, 3, 12): minutes})["2025-03"]
    assert finding.outcome == outcome
    if outcome == Outcome.UNDETERMINED:
        assert finding.evidence[0].text == "某某 (E1): 2025-03-12 11.02 > 11 h"


@pytest.mark.parametrize(("extra", "outcome"), [(0, Outcome.MET), (1, Outcome.UNDETERMINED)])
def test_thirty_six_hours_of_overtime_in_a_month_are_lawful(extra: int, outcome: Outcome) -> None:
    days = dict.fromkeys(WEEKDAYS_OF_MARCH, 480)
    for day in WEEKDAYS_OF_MARCH[:18]:
        days[day] = 600  # 18 times 2 hours
    days[WEEKDAYS_OF_MARCH[20]] += extra
    finding = judge(days)["2025-03"]
    assert finding.outcome == outcome
    if extra:
        assert finding.figures["by_kind"] == {labour.MONTH_TOO_LONG: 1}


@pytest.mark.parametrize(("days", "outcome"), [(6, Outcome.MET), (7, Outcome.UNDETERMINED)])
def test_six_days_a_week_are_lawful_and_seven_a_signal(days: int, outcome: Outcome) -> None:
    monday = date(2025, 3, 10)
    week = {monday + n * ONE: 60 for n in range(days)}
    assert judge(week)["2025-03"].outcome == outcome


def test_a_week_across_two_months_belongs_to_that_of_its_sunday() -> None:
    monday = date(2025, 3, 31)
    found = judge({monday + n * ONE: 60 for n in range(7)})
    assert found["2025-03"].outcome == Outcome.MET
    assert found["2025-04"].outcome == Outcome.UNDETERMINED
    assert found["2025-04"].figures["by_kind"] == {labour.NO_REST_DAY: 1}


def test_long_shifts_are_signals_without_an_approval_and_none_with_it() -> None:
    days = rotating()
    assert judge(days)["2025-03"].outcome == Outcome.UNDETERMINED
    assert {f.outcome for f in judge(days, approvals=[YEAR]).values()} == {Outcome.MET}


def test_an_approval_counts_from_the_day_on_which_its_copy_arrived() -> None:
    late = ApprovalFact(1, "批复", None, FIRST, LAST, date(2025, 4, 10))
    assert judge(rotating(), date(2025, 4, 9), approvals=[late])["2025-03"].outcome == (Outcome.UNDETERMINED)
    assert judge(rotating(), date(2025, 4, 10), approvals=[late])["2025-03"].outcome == Outcome.MET


def test_an_approval_covers_its_own_days_and_post() -> None:
    ends = ApprovalFact(1, "批复", None, FIRST, date(2025, 2, 28), FIRST)
    found = judge(rotating(), approvals=[ends])
    assert (found["2025-02"].outcome, found["2025-03"].outcome) == (Outcome.MET, Outcome.UNDETERMINED)
    same, other = (ApprovalFact(1, "批复", post, FIRST, LAST, FIRST) for post in (7, 8))
    assert judge(rotating(), approvals=[same])["2025-03"].outcome == Outcome.MET
    assert judge(rotating(), approvals=[other])["2025-03"].outcome == Outcome.UNDETERMINED


@pytest.mark.parametrize(("extra", "outcome"), [(0, Outcome.MET), (1, Outcome.UNDETERMINED)])
def test_a_quarter_may_exceed_its_normal_hours_by_108(extra: int, outcome: Outcome) -> None:
    """496 and 108 hours from 2025 on, holidays apart: 60 days of 10 hours and 4 hours more."""
    quarter = [d for d in span(date(2025, 4, 1), date(2025, 6, 30)) if d.weekday() < 6]
    quarter = [d for d in quarter if not DEFAULT.is_statutory_holiday(d)]
    days = dict.fromkeys(quarter[:60], 600)
    days[quarter[65]] = 240 + extra
    holiday = {date(2025, 5, 1): 720}
    found = judge(days | holiday, approvals=[YEAR])
    assert found["2025-06"].outcome == outcome
    assert found["2025-04"].outcome == Outcome.MET


def test_a_closed_month_of_a_quarter_does_not_change_with_the_following_one() -> None:
    heavy = {day: 660 for day in span(date(2025, 4, 1), date(2025, 6, 30))}
    before = judge(heavy, date(2025, 6, 1), approvals=[YEAR])["2025-05"]
    after = judge(heavy, date(2025, 7, 1), approvals=[YEAR])
    assert before.fingerprint == after["2025-05"].fingerprint
    assert after["2025-06"].outcome == Outcome.UNDETERMINED
    assert after["2025-06"].figures["by_kind"] == {labour.QUARTER_TOO_LONG: 1}


def test_past_months_without_hours_are_one_question_and_no_pass() -> None:
    [finding] = judge({}, date(2025, 1, 1)).values()
    assert finding.outcome == Outcome.UNDETERMINED
    assert finding.figures["months"] == ["2024-10", "2024-11", "2024-12"]
    assert judge({}, date(2024, 10, 31)) == {}


def test_the_wording_addresses_the_vendor_and_nobody_else() -> None:
    finding = judge({date(2025, 3, 12): 700})["2025-03"]
    assert "乙方" in str(finding.message) and "某某" not in str(finding.message)


@given(st.dictionaries(st.dates(date(2025, 1, 1), date(2025, 2, 28)), st.integers(1, 24 * 6).map(lambda n: n * 10)))
def test_minutes_and_the_pure_functions_of_the_law_say_the_same(days: dict[date, int]) -> None:
    """For who works by the public calendar."""
    seen = hours(days)
    worked = [labour.WorkedDay(day, Decimal(minutes) / 60) for day, minutes in days.items()]
    exact = labour.standard_overtime(worked, DEFAULT).total
    assert abs(Decimal(overtime_minutes(seen, days)) / 60 - exact) < Decimal("1e-20")


# --- Article 11 -------------------------------------------------------------------------------


def test_office_hours_on_working_days_owe_no_proof() -> None:
    assert "2025-03" not in pay(dict.fromkeys(WEEKDAYS_OF_MARCH, 480))


def test_the_new_holidays_of_2025_are_paid_at_300_percent_and_those_days_before_are_not() -> None:
    eve, second_of_may = date(2025, 1, 28), date(2025, 5, 2)
    found = pay({eve: 600, second_of_may: 600, date(2024, 10, 4): 480}, approvals=[YEAR])
    assert found["2025-01"].figures["hours_300"] == "10"
    assert found["2025-05"].figures["hours_300"] == "10"
    assert "2024-10" not in found  # 4 October is a day off and no statutory holiday


def test_a_holiday_is_owed_under_both_systems_and_a_rest_day_under_the_standard_one() -> None:
    sunday, holiday = date(2025, 3, 16), date(2025, 4, 4)
    standard = pay({sunday: 480, holiday: 720})
    assert standard["2025-03"].figures["hours_200"] == "8"
    assert standard["2025-04"].figures["hours_300"] == "12"
    approved = pay({sunday: 480, holiday: 720}, approvals=[YEAR])
    assert "2025-03" not in approved
    assert approved["2025-04"].figures["hours_300"] == "12"


@pytest.mark.parametrize(("extra", "owed"), [(0, None), (60, "1")])
def test_hours_beyond_the_quarter_are_owed_at_its_end(extra: int, owed: str | None) -> None:
    days = {day: 480 for day in span(date(2025, 7, 1), date(2025, 8, 31))}  # 62 days: 496 hours
    days[date(2025, 8, 31)] += extra
    found = pay(days, approvals=[YEAR])
    assert "2025-08" not in found
    assert (found["2025-09"].figures["hours_150"] if owed else found.get("2025-09")) == owed


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [
        (date(2025, 4, 30), None),
        (date(2025, 5, 1), Outcome.PENDING),
        (date(2025, 5, 30), Outcome.PENDING),
        (date(2025, 6, 3), Outcome.UNDETERMINED),
    ],
)
def test_a_missing_proof_is_asked_for_and_is_no_arrears(as_of: date, outcome: Outcome | None) -> None:
    """30 days after 30 April: 30 May, a Friday. The 31st to the 2nd are days off."""
    found = pay({date(2025, 4, 4): 720}, as_of).get("2025-04")
    assert (found.outcome if found else None) == outcome


def test_between_the_nominal_and_the_legal_day_it_is_at_risk() -> None:
    """30 days after 31 January: 2 March, a Sunday; due on Monday."""
    outcomes = [
        pay({date(2025, 1, 29): 720}, day)["2025-01"].outcome
        for day in (date(2025, 3, 2), date(2025, 3, 3), date(2025, 3, 4))
    ]
    assert outcomes == [Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED]


@pytest.mark.parametrize(("arrived", "late"), [(date(2025, 5, 30), False), (date(2025, 6, 5), True)])
def test_a_proof_meets_it_and_says_when_it_was_late(arrived: date, late: bool) -> None:
    proof = PayFact(5, "发放凭证5号", date(2025, 5, 12), arrived)
    finding = pay({date(2025, 4, 4): 720}, proofs={date(2025, 4, 1): proof})["2025-04"]
    assert (finding.outcome, finding.measured) == (Outcome.MET, arrived.isoformat())
    assert finding.figures["late"] is late


def test_a_proof_that_has_not_arrived_yet_is_not_known() -> None:
    proof = PayFact(5, "发放凭证5号", date(2025, 5, 12), date(2025, 6, 5))
    found = pay({date(2025, 4, 4): 720}, date(2025, 6, 4), {date(2025, 4, 1): proof})
    assert found["2025-04"].outcome == Outcome.UNDETERMINED


def test_a_month_with_a_holiday_and_without_a_rota_owes_a_proof_too() -> None:
    found = pay({}, date(2025, 6, 10))
    assert {"2024-10", "2025-01", "2025-04", "2025-05"} == set(found)
    assert all(f.figures["without_rota"] for f in found.values())


def test_an_unpublished_calendar_is_said_and_not_guessed() -> None:
    worker = Worker(1, "某某 (E1)", (Span(1, date(2027, 1, 1), None, 7),))
    on = facts(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    seen = Hours({date(2027, 1, 5): {"1": 720}}, {1: worker}, [], DEFAULT, date(2027, 3, 1))
    assigned = assigned_months(on, [worker])
    for found in (
        list(working_hours(on, seen, assigned, date(2027, 2, 1))),
        list(overtime_pay(on, seen, assigned, {}, date(2027, 2, 1))),
    ):
        assert [f.outcome for f in found] == [Outcome.UNDETERMINED]
        assert "2027" in str(found[0].message)


# --- 300 % by the clock of each day (Labour Law 44) -----------------------------------------------


def paid_at_300(begins: date, minutes: int, after_midnight: int, *, approved: bool) -> str:
    """The hours at 300 % of May 2025 for one shift; 1 and 2 May are statutory holidays."""
    worked = {begins: {"1": minutes}}
    clocked = by_clock(worked, {begins: {"1": after_midnight}}, date(2025, 9, 30))
    days = {day: people["1"] for day, people in clocked.items() if people}
    approvals = [ApprovalFact(1, "批复", None, date(2024, 10, 1), date(2025, 9, 30), date(2024, 10, 1))]
    found = pay(days, approvals=approvals if approved else []).get("2025-05")
    return str(found.figures["hours_300"]) if found else "0"


@pytest.mark.parametrize("approved", [True, False])
@pytest.mark.parametrize(
    ("begins", "hours"),
    [
        (date(2025, 4, 29), "0"),  # 20:00 to 08:00 on 30 April
        (date(2025, 4, 30), "8"),  # eight hours lie on 1 May
        (date(2025, 5, 1), "12"),  # four on the first, eight on the second
        (date(2025, 5, 2), "4"),  # what lies after midnight is the third
        (date(2025, 5, 3), "0"),
    ],
)
def test_a_night_shift_is_paid_at_300_percent_for_what_lies_on_the_holiday(
    begins: date, hours: str, approved: bool
) -> None:
    """Labour Law art. 44 (3): by the clock of each day, whenever the shift began."""
    assert paid_at_300(begins, 720, 480, approved=approved) == hours


def test_of_who_was_away_nothing_moves_and_the_contracts_last_night_stays_on_its_day() -> None:
    last = date(2025, 9, 30)
    assert by_clock({last: {"1": 720}}, {last: {"1": 480, "2": 480}}, last) == {last: {"1": 720}}
    eve = date(2025, 4, 30)
    assert by_clock({eve: {"1": 720}}, {eve: {"1": 480, "2": 480}}, last) == {
        eve: {"1": 240},
        date(2025, 5, 1): {"1": 480},
    }
