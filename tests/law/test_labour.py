"""Signals about working hours under the standard and the approved comprehensive system."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from law import labour, references
from law.calendar import DEFAULT, CalendarNotPublished
from law.labour import Level, Overtime, WorkedDay


def day(text: str) -> date:
    return date.fromisoformat(text)


def worked(text: str, hours: str | int, rest_day: bool | None = None) -> WorkedDay:
    return WorkedDay(day(text), Decimal(hours), rest_day)


def run_of(first: str, count: int, hours: str | int = 8) -> list[WorkedDay]:
    start = day(first)
    return [WorkedDay(start + timedelta(days=n), Decimal(hours)) for n in range(count)]


def overtime(at_150: str = "0", at_200: str = "0", at_300: str = "0") -> Overtime:
    return Overtime(Decimal(at_150), Decimal(at_200), Decimal(at_300))


# --- the standard system -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "level"),
    [("8", Level.OK), ("10.5", Level.OK), ("11", Level.LIMIT), ("11.25", Level.VIOLATION), ("12", Level.VIOLATION)],
)
def test_a_day_may_have_three_hours_more_than_eight(hours: str, level: Level) -> None:
    assert labour.judge_day(Decimal(hours)) is level


@pytest.mark.parametrize(("hours", "level"), [("35.5", Level.OK), ("36", Level.LIMIT), ("36.5", Level.VIOLATION)])
def test_a_month_may_have_36_hours_of_overtime(hours: str, level: Level) -> None:
    assert labour.judge_month_overtime(Decimal(hours)) is level


@pytest.mark.parametrize(("days", "level"), [(5, Level.OK), (6, Level.LIMIT), (7, Level.VIOLATION)])
def test_a_week_needs_a_rest_day(days: int, level: Level) -> None:
    assert labour.judge_week(days) is level


def test_negative_hours_and_long_weeks_are_refused() -> None:
    with pytest.raises(ValueError):
        labour.judge_day(Decimal(-1))
    with pytest.raises(ValueError):
        labour.judge_week(8)
    with pytest.raises(ValueError):
        worked("2025-03-03", 25)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (worked("2025-03-05", 8), overtime()),
        (worked("2025-03-05", "9.5"), overtime(at_150="1.5")),
        (worked("2025-03-08", 8), overtime(at_200="8")),  # a Saturday
        (worked("2025-02-08", 9), overtime(at_150="1")),  # a make-up Saturday
        (worked("2025-05-01", 8), overtime(at_300="8")),
        (worked("2026-04-06", 8), overtime(at_200="8")),  # in lieu of a holiday: no 300 %
        (worked("2025-03-08", 8, rest_day=False), overtime()),  # worked by rota
        (worked("2025-03-05", 8, rest_day=True), overtime(at_200="8")),  # free by rota
        (worked("2025-05-01", 8, rest_day=False), overtime(at_300="8")),  # a holiday stays one
        (worked("2025-05-01", 8, rest_day=True), overtime(at_300="8")),
    ],
)
def test_overtime_is_split_by_the_kind_of_the_day(entry: WorkedDay, expected: Overtime) -> None:
    assert labour.standard_overtime([entry], DEFAULT) == expected


def test_a_rest_day_given_back_is_not_paid_but_a_holiday_is() -> None:
    saturday = WorkedDay(day("2025-03-08"), Decimal(8), time_off_in_lieu=True)
    holiday = WorkedDay(day("2025-05-01"), Decimal(8), time_off_in_lieu=True)
    assert labour.standard_overtime([saturday, holiday], DEFAULT) == overtime(at_300="8")


def test_two_shifts_of_a_day_are_added_up() -> None:
    shifts = [worked("2025-03-05", 6), worked("2025-03-05", 6)]
    assert labour.standard_overtime(shifts, DEFAULT) == overtime(at_150="4")
    assert [signal.measured for signal in labour.standard_signals(shifts, DEFAULT)] == [12]


def test_a_sixth_day_by_rota_exceeds_forty_hours() -> None:
    week = [WorkedDay(one.day, one.hours, rest_day=False) for one in run_of("2025-03-03", 6)]
    assert labour.standard_overtime(week, DEFAULT) == overtime(at_150="8")


def test_a_week_with_a_make_up_day_lawfully_has_six() -> None:
    week = [*run_of("2025-04-21", 5), worked("2025-04-27", 8)]
    assert labour.standard_overtime(week, DEFAULT) == overtime()


def test_seven_days_from_monday_to_sunday_are_signalled() -> None:
    signals = labour.standard_signals(run_of("2025-03-03", 7), DEFAULT)
    assert [signal.code for signal in signals] == ["week_without_rest_day"]
    assert (signals[0].first, signals[0].last) == (day("2025-03-03"), day("2025-03-09"))
    assert signals[0].references == (references.LABOUR_LAW_38,)


def test_seven_days_across_two_weeks_are_not() -> None:
    assert labour.standard_signals(run_of("2025-03-05", 7), DEFAULT) == []


def test_a_twelve_hour_shift_is_signalled_and_an_eleven_hour_one_is_not() -> None:
    signals = labour.standard_signals([worked("2025-03-05", 11), worked("2025-03-06", 12)], DEFAULT)
    assert [(signal.code, signal.first) for signal in signals] == [("day_overtime_over_limit", day("2025-03-06"))]


def test_a_month_beyond_36_hours_is_signalled_once() -> None:
    twelve_days = [one for one in run_of("2025-03-03", 16, 11) if one.day.weekday() < 5]
    assert len(twelve_days) == 12
    assert labour.standard_signals(twelve_days, DEFAULT) == []
    signals = labour.standard_signals([*twelve_days, worked("2025-03-19", "8.5")], DEFAULT)
    assert [(signal.code, signal.measured) for signal in signals] == [("month_overtime_over_limit", Decimal("36.5"))]


def test_a_year_without_a_calendar_is_an_error_not_a_guess() -> None:
    with pytest.raises(CalendarNotPublished):
        labour.standard_overtime([worked("2027-03-03", 8)], DEFAULT)


# --- the approved comprehensive system ------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "hours"),
    [
        ("2008-01-03", "500"),
        ("2024-10-01", "500"),
        ("2024-12-31", "500"),
        ("2025-01-01", "496"),
        ("2025-04-01", "496"),
        ("2026-09-30", "496"),
    ],
)
def test_the_normal_hours_of_a_quarter_fell_with_2025(on: str, hours: str) -> None:
    assert labour.quarter_normal_hours(day(on)) == Decimal(hours)


def test_a_quarter_before_the_first_circular_is_refused() -> None:
    with pytest.raises(ValueError):
        labour.quarter_normal_hours(day("2007-10-01"))


@pytest.mark.parametrize(
    ("quarter", "hours", "at_150"),
    [
        ("2025-04-01", 495, "0"),
        ("2025-04-01", 496, "0"),
        ("2025-04-01", 497, "1"),
        ("2024-10-01", 500, "0"),
        ("2024-10-01", 501, "1"),
    ],
)
def test_only_hours_beyond_the_quarter_are_overtime(quarter: str, hours: int, at_150: str) -> None:
    assert labour.comprehensive_quarter(day(quarter), Decimal(hours)) == overtime(at_150)


def test_holiday_hours_are_paid_at_300_percent_and_not_counted_twice() -> None:
    found = labour.comprehensive_quarter(day("2025-04-01"), Decimal(505), Decimal(8))
    assert found == overtime(at_150="1", at_300="8")


def test_more_holiday_hours_than_hours_are_refused() -> None:
    with pytest.raises(ValueError):
        labour.comprehensive_quarter(day("2025-04-01"), Decimal(4), Decimal(8))


def test_a_holiday_and_the_next_quarter_do_not_count_towards_the_108_hours() -> None:
    june = [*run_of("2025-06-01", 25, 24), worked("2025-06-26", 4)]
    beside = [worked("2025-05-31", 8), worked("2025-07-01", 8)]
    assert labour.comprehensive_signals([*june, *beside], DEFAULT) == []


def test_a_quarter_beyond_108_hours_of_overtime_is_signalled() -> None:
    at_limit = [one for one in run_of("2025-07-01", 92, 8) if one.day.day <= 31][:75]
    rest = Decimal(496 + 108) - sum(one.hours for one in at_limit)
    last = WorkedDay(day("2025-09-20"), rest)
    assert labour.comprehensive_signals([*at_limit, last], DEFAULT) == []
    signals = labour.comprehensive_signals([*at_limit, last, worked("2025-09-22", 1)], DEFAULT)
    assert [(signal.code, signal.measured) for signal in signals] == [("quarter_overtime_over_limit", Decimal(109))]
