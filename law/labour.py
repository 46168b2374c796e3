"""Working hours: signals that ask the employer for proof, never findings against a person.

The vendor is the employer. From the hours of one person these functions say what the Labour Law
would allow and pay: arts. 36 and 41 (hours), 38 (a rest day a week), 39 (other systems on
approval) and 44 (150 / 200 / 300 %). Hours are Decimal and belong to the Beijing day on which they
were worked; for the limit of a day, give a night shift to the day on which it starts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from law import references
from law.calendar import Calendar, DayKind
from law.comparisons import exceeds
from law.references import Reference

DAY_HOURS = Decimal(8)
DAY_OVERTIME_LIMIT = Decimal(3)
WEEK_DAYS = 5
MONTH_OVERTIME_LIMIT = Decimal(36)
QUARTER_OVERTIME_LIMIT = 3 * MONTH_OVERTIME_LIMIT
QUARTER_WORKING_DAYS = ((date(2025, 1, 1), Decimal(62)), (date(2008, 1, 3), Decimal("62.5")))
"""Normal working days of a quarter, each since a day: (365 - 104 - 13 or 11 holidays) / 4."""

ZERO = Decimal(0)

DAY_TOO_LONG = "day_overtime_over_limit"
NO_REST_DAY = "week_without_rest_day"
MONTH_TOO_LONG = "month_overtime_over_limit"
QUARTER_TOO_LONG = "quarter_overtime_over_limit"
STANDARD = (DAY_TOO_LONG, NO_REST_DAY, MONTH_TOO_LONG)


class Level(StrEnum):
    """How a figure stands to its limit: below it, exactly at it (still lawful), or beyond it."""

    OK = "ok"
    LIMIT = "limit"
    VIOLATION = "violation"


@dataclass(frozen=True)
class WorkedDay:
    """The hours that one person worked on a day.

    `rest_day` says whether it was the person's own rest day under a rota; None asks the public
    calendar. `time_off_in_lieu` means that a worked rest day was or will be given back (art. 44).
    """

    day: date
    hours: Decimal
    rest_day: bool | None = None
    time_off_in_lieu: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.hours <= 24:
            raise ValueError(f"a day has 0 to 24 hours, not {self.hours}")


@dataclass(frozen=True)
class Overtime:
    """Hours to be paid at 150 %, 200 % and 300 % of the wage (art. 44)."""

    at_150: Decimal = ZERO
    at_200: Decimal = ZERO
    at_300: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All of these hours."""
        return self.at_150 + self.at_200 + self.at_300

    def __add__(self, other: Overtime) -> Overtime:
        return Overtime(self.at_150 + other.at_150, self.at_200 + other.at_200, self.at_300 + other.at_300)


@dataclass(frozen=True)
class Signal:
    """A figure beyond its limit over a span of days, for the vendor to explain."""

    code: str
    first: date
    last: date
    measured: Decimal
    limit: Decimal
    references: tuple[Reference, ...] = field(default=())


# --- the standard system -------------------------------------------------------------------------


def judge_day(hours: Decimal) -> Level:
    """A day's hours against 8 and, after consultation, 3 more (arts. 36, 41)."""
    return _level(hours, DAY_HOURS + DAY_OVERTIME_LIMIT)


def judge_month_overtime(hours: Decimal) -> Level:
    """A month's overtime against 36 hours (art. 41)."""
    return _level(hours, MONTH_OVERTIME_LIMIT)


def judge_week(days_worked: int) -> Level:
    """The days worked from Monday to Sunday against one rest day (art. 38)."""
    if not 0 <= days_worked <= 7:
        raise ValueError(f"a week has 0 to 7 days, not {days_worked}")
    return _level(Decimal(days_worked), Decimal(6))


def standard_overtime(worked: Iterable[WorkedDay], calendar: Calendar) -> Overtime:
    """The overtime of one person under the standard system (art. 44).

    Statutory holidays count wholly at 300 %, rest days wholly at 200 % unless given back, and on
    other days what exceeds 8 hours, or 40 hours from Monday to Sunday (of the days given), at
    150 %. A week with make-up working days may lawfully hold more than five days.

    Raises CalendarNotPublished.
    """
    return _overtime(_merged(worked), calendar)


def _overtime(days: Iterable[WorkedDay], calendar: Calendar) -> Overtime:
    at_150 = at_200 = at_300 = ZERO
    normal_hours: dict[date, Decimal] = defaultdict(Decimal)
    for day in days:
        kind = _kind(day, calendar)
        if kind is DayKind.STATUTORY_HOLIDAY:
            at_300 += day.hours
        elif kind is DayKind.REST_DAY:
            if not day.time_off_in_lieu:
                at_200 += day.hours
        else:
            at_150 += max(day.hours - DAY_HOURS, ZERO)
            normal_hours[_monday(day.day)] += min(day.hours, DAY_HOURS)
    for monday, hours in normal_hours.items():
        at_150 += max(hours - _week_hours(monday, calendar), ZERO)
    return Overtime(at_150, at_200, at_300)


def standard_signals(
    worked: Iterable[WorkedDay], calendar: Calendar, codes: Collection[str] = STANDARD
) -> list[Signal]:
    """What one person's hours break under the standard system: days, weeks, then calendar months; or one of these.

    A week that is only partly given is not judged to lack a rest day. Raises CalendarNotPublished.
    """
    days = _merged(worked)
    return [
        *(_long_days(days) if DAY_TOO_LONG in codes else ()),
        *(_weeks_without_rest(days) if NO_REST_DAY in codes else ()),
        *(_long_months(days, calendar) if MONTH_TOO_LONG in codes else ()),
    ]


def _long_days(days: list[WorkedDay]) -> list[Signal]:
    cited = (references.LABOUR_LAW_36, references.LABOUR_LAW_41)
    return [
        Signal(DAY_TOO_LONG, day.day, day.day, day.hours, DAY_HOURS + DAY_OVERTIME_LIMIT, cited)
        for day in days
        if judge_day(day.hours) is Level.VIOLATION
    ]


def _weeks_without_rest(days: list[WorkedDay]) -> list[Signal]:
    return [
        Signal(
            NO_REST_DAY, monday, monday + timedelta(days=6), Decimal(len(week)), Decimal(6), (references.LABOUR_LAW_38,)
        )
        for monday, week in _grouped(days, _monday).items()
        if judge_week(len(week)) is Level.VIOLATION
    ]


def _long_months(days: list[WorkedDay], calendar: Calendar) -> list[Signal]:
    signals = []
    for month in _grouped(days, lambda day: day.replace(day=1)).values():
        overtime = _overtime(month, calendar).total
        if judge_month_overtime(overtime) is Level.VIOLATION:
            signals.append(
                Signal(
                    MONTH_TOO_LONG,
                    month[0].day,
                    month[-1].day,
                    overtime,
                    MONTH_OVERTIME_LIMIT,
                    (references.LABOUR_LAW_41,),
                )
            )
    return signals


# --- the approved comprehensive system, counted by the quarter ------------------------------------


def quarter_normal_hours(day: date) -> Decimal:
    """The normal hours of the calendar quarter of a day: 500 until 2024, 496 since 2025.

    Raises ValueError before the circular of 2008-01-03.
    """
    for since, working_days in QUARTER_WORKING_DAYS:
        if day >= since:
            return working_days * DAY_HOURS
    raise ValueError(f"no normal hours of a quarter are recorded for {day.isoformat()}")


def comprehensive_quarter(day: date, hours: Decimal, holiday_hours: Decimal = ZERO) -> Overtime:
    """A quarter's overtime from its sums: `hours` in all, of which `holiday_hours` on holidays.

    Work on a statutory holiday is paid at 300 % and not counted again; what else exceeds the normal
    hours is paid at 150 %; a rest day is normal work, never 200 % (劳部发〔1995〕309号 no. 62).
    """
    if not 0 <= holiday_hours <= hours:
        raise ValueError("the holiday hours are a part of all hours, and neither is negative")
    ordinary = hours - holiday_hours
    return Overtime(at_150=max(ordinary - quarter_normal_hours(day), ZERO), at_300=holiday_hours)


def comprehensive_signals(worked: Iterable[WorkedDay], calendar: Calendar) -> list[Signal]:
    """Quarters whose 150 % overtime exceeds 36 hours a month on average (108 a quarter).

    Raises CalendarNotPublished.
    """
    cited = (references.LABOUR_LAW_39, references.LABOUR_LAW_41, references.COMPREHENSIVE_HOURS)
    return [
        Signal(QUARTER_TOO_LONG, days[0].day, days[-1].day, overtime.at_150, QUARTER_OVERTIME_LIMIT, cited)
        for overtime, days in _quarter_overtime(_merged(worked), calendar).values()
        if exceeds(overtime.at_150, QUARTER_OVERTIME_LIMIT)
    ]


def _quarter_overtime(days: list[WorkedDay], calendar: Calendar) -> Mapping[date, tuple[Overtime, list[WorkedDay]]]:
    result = {}
    for first, quarter in _grouped(days, _quarter_start).items():
        on_holidays = sum((day.hours for day in quarter if calendar.is_statutory_holiday(day.day)), ZERO)
        in_all = sum((day.hours for day in quarter), ZERO)
        result[first] = (comprehensive_quarter(first, in_all, on_holidays), quarter)
    return result


# --- helpers --------------------------------------------------------------------------------------


def _level(value: Decimal, limit: Decimal) -> Level:
    if value < 0:
        raise ValueError(f"hours cannot be negative: {value}")
    if exceeds(value, limit):
        return Level.VIOLATION
    return Level.LIMIT if value == limit else Level.OK


def _kind(worked: WorkedDay, calendar: Calendar) -> DayKind:
    """The kind of a day for its pay: a holiday proper stays one, whatever the rota says."""
    kind = calendar.kind(worked.day)
    if kind is DayKind.STATUTORY_HOLIDAY or worked.rest_day is None:
        return kind
    return DayKind.REST_DAY if worked.rest_day else DayKind.WORKDAY


def _week_hours(monday: date, calendar: Calendar) -> Decimal:
    return DAY_HOURS * max(calendar.working_days(monday), WEEK_DAYS)


def _merged(worked: Iterable[WorkedDay]) -> list[WorkedDay]:
    """One entry a day in order, several shifts of a day added up, days without hours left out."""
    entries = list(worked)
    days: dict[date, WorkedDay] = {entry.day: entry for entry in entries}
    if len(days) < len(entries):
        days = _added_up(entries)
    return [days[day] for day in sorted(days) if days[day].hours]


def _added_up(entries: Iterable[WorkedDay]) -> dict[date, WorkedDay]:
    days: dict[date, WorkedDay] = {}
    for entry in entries:
        known = days.get(entry.day)
        days[entry.day] = (
            WorkedDay(
                entry.day,
                known.hours + entry.hours,
                entry.rest_day if known.rest_day is None else known.rest_day,
                known.time_off_in_lieu and entry.time_off_in_lieu,
            )
            if known
            else entry
        )
    return days


def _grouped(days: list[WorkedDay], key: Callable[[date], date]) -> dict[date, list[WorkedDay]]:
    groups: dict[date, list[WorkedDay]] = defaultdict(list)
    for day in days:
        groups[key(day.day)].append(day)
    return groups


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter_start(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
