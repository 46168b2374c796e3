"""Periods under the Civil Code (arts. 200-204): deadlines forward, notices backward, spans of days.

All dates are Beijing days. A deadline has two dates: the nominal one that counting alone gives, and
the legal one after a roll off a rest day (art. 203). An obligation is at risk after the first and
broken only after the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from law.calendar import ONE_DAY, Calendar, CalendarNotPublished

BEIJING = timezone(timedelta(hours=8), "UTC+08:00")

MET = "met"
PENDING = "pending"
AT_RISK = "at_risk"
NOT_MET = "not_met"
UNDETERMINED = "undetermined"

LONGEST_ROLL = timedelta(days=14)
"""No last day has ever moved so far: the longest run of rest days had 10 (2020-01-24 to 02-02)."""

ROLLED_REST_DAY = "rolled_rest_day"
ROLLED_STATUTORY_HOLIDAY = "rolled_statutory_holiday"
SECOND_CLOCK = "second_clock"
TWO_READINGS = "two_readings"
SME_LIMIT = "sme_limit"
LOST_DAYS = "lost_days"


class Roll(StrEnum):
    """What happens to a last day that is a day off; the parties may agree on it (art. 204)."""

    WEEKENDS_AND_HOLIDAYS = "weekends_and_holidays"
    """The common reading: any rest day rolls to the next working day."""
    STATUTORY_HOLIDAYS_ONLY = "statutory_holidays_only"
    """The narrow reading: only a statutory holiday proper rolls, to the first day that is none."""
    NEVER = "never"
    """No roll; such a deadline needs no calendar."""


@dataclass(frozen=True)
class Deadline:
    """The last day of a period.

    `legal` is None while the calendar that decides about a roll is not published. `reasons` are
    codes: `rolled_rest_day`, `rolled_statutory_holiday`, `calendar_not_published:<year>`.
    """

    nominal: date
    legal: date | None
    reasons: tuple[str, ...] = ()

    @property
    def calendar_published(self) -> bool:
        """Whether the legal last day is known."""
        return self.legal is not None

    @property
    def last_day(self) -> date:
        """The last day on which performance is surely in time."""
        return self.legal or self.nominal


@dataclass(frozen=True)
class NoticeDeadline:
    """The last days for a notice that must arrive some time ahead.

    A notice that arrives after `latest_clear` but by `latest_arguable` is at risk, a later one is
    late. `latest_safe` is the day to advise: a working day, or None while its calendar is unknown.
    """

    latest_arguable: date
    latest_clear: date
    latest_safe: date | None


def deadline_after(
    event: date, *, days: int = 0, months: int = 0, years: int = 0, roll: Roll, calendar: Calendar
) -> Deadline:
    """The deadline of a period that an event starts.

    The day of the event is not counted (art. 201); months and years end on the corresponding day
    or, without one, on the month's last day (art. 202); a last day off rolls (art. 203) as `roll`
    says. Make-up working weekends do not roll. Raises ValueError unless the period is positive.
    """
    nominal = event + _length(event, days=days, months=months, years=years)
    try:
        legal = _rolled(nominal, Roll(roll), calendar)
    except CalendarNotPublished as unknown:
        return Deadline(nominal, None, (f"calendar_not_published:{unknown.year}",))
    if legal == nominal:
        return Deadline(nominal, legal)
    narrow = roll == Roll.STATUTORY_HOLIDAYS_ONLY
    return Deadline(nominal, legal, (ROLLED_STATUTORY_HOLIDAY if narrow else ROLLED_REST_DAY,))


def working_days_after(event: date, count: int, calendar: Calendar) -> date:
    """The `count`-th working day after an event, make-up weekends included, its own day not.

    Raises ValueError unless count is positive, CalendarNotPublished beyond the known years.
    """
    _require_day(event)
    if count < 1:
        raise ValueError(f"count at least one working day, not {count}")
    day = event
    for _ in range(count):
        day = calendar.next_working_day(day + ONE_DAY)
    return day


def within_working_days(event: date, count: int, calendar: Calendar) -> Deadline:
    """The deadline of a period of working days: its last day is one, so nothing rolls.

    While a calendar is not published the nominal day is the earliest that it can be, `count` days on.
    """
    try:
        last = working_days_after(event, count, calendar)
    except CalendarNotPublished as unknown:
        return Deadline(event + timedelta(days=count), None, (f"calendar_not_published:{unknown.year}",))
    return Deadline(last, last)


def notice_before(effective: date, *, days: int = 0, months: int = 0, calendar: Calendar) -> NoticeDeadline:
    """The last days for a notice "N days (or months) ahead" of the day a change takes effect.

    Counted backward as arts. 201 and 202 count forward. Whether the day of the notice itself counts
    is disputed, so both readings are given; the advised day leaves N clear days and moves earlier,
    never later, off a rest day. Raises ValueError unless the period is positive.
    """
    arguable = effective - _length(effective, days=days, months=months)
    clear = arguable - ONE_DAY
    try:
        safe = calendar.previous_working_day(clear)
    except CalendarNotPublished:
        return NoticeDeadline(arguable, clear, None)
    return NoticeDeadline(arguable, clear, safe)


def standing(deadline: Deadline, as_of: date, done_on: date | None) -> str:
    """Where an obligation stands on a day: met, pending, at_risk, not_met or undetermined.

    The last day itself is in time (art. 1259). What is done after `as_of` is not done yet. Past the
    nominal day of a calendar that is not published, nothing can be said (undetermined) until no roll
    could matter any more: after LONGEST_ROLL it is practically certain.
    """
    done = done_on if done_on is not None and done_on <= as_of else None
    if (done or as_of) <= deadline.nominal:
        return MET if done else PENDING
    if deadline.legal is None:
        return NOT_MET if (done or as_of) > deadline.nominal + LONGEST_ROLL else UNDETERMINED
    if (done or as_of) <= deadline.legal:
        return MET if done else AT_RISK
    return NOT_MET


def age_on(born: date, day: date) -> int:
    """Full years of age (周岁) on a day; a birthday counts from its first hour.

    Someone born on 29 February has the birthday on the 28th of a common year (art. 202's month's
    last day, by analogy). Raises ValueError for a day before birth.
    """
    _require_day(born, day)
    if day < born:
        raise ValueError(f"not born yet on {day.isoformat()}")
    age = day.year - born.year
    birthday: date = born + relativedelta(years=age)
    return age if birthday <= day else age - 1


def beijing_day(instant: datetime) -> date:
    """The Beijing day of an instant, whatever the host's time zone.

    Raises ValueError for an instant without a time zone.
    """
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone to have a Beijing day")
    return instant.astimezone(BEIJING).date()


def last_day_of_term(start: date, *, months: int = 0, years: int = 0) -> date:
    """The last day of a term of months or years that begins with `start`.

    It ends on the day before the corresponding day or, where that month has no such day, on the month's
    last day (art. 202): a year from 2024-02-29 ends on 2025-02-28, three months from 01-31 on 04-30.
    Raises ValueError unless the term is positive.
    """
    following: date = start + _length(start, days=0, months=months, years=years)
    return following - ONE_DAY if following.day == start.day else following


def month_windows(start: date, end: date) -> list[tuple[date, date]]:
    """The calendar months of a span, first and last day inclusive, clipped to the span.

    Raises ValueError if the span ends before it starts.
    """
    return _windows(start, end, anchor=start.replace(day=1), months=1)


def contract_quarters(start: date, end: date, months: int = 3) -> list[tuple[date, date]]:
    """A term cut into periods of `months`, counted from its first day, ends inclusive.

    The last period ends with the term, so it may be shorter. Raises ValueError if the term ends
    before it starts, or months is not positive.
    """
    if months < 1:
        raise ValueError(f"a period has at least one month, not {months}")
    return _windows(start, end, anchor=start, months=months)


def _windows(start: date, end: date, *, anchor: date, months: int) -> list[tuple[date, date]]:
    _require_day(start, end)
    if end < start:
        raise ValueError(f"the span ends ({end.isoformat()}) before it starts ({start.isoformat()})")
    windows = []
    count, first = 0, start
    while first <= end:
        count += 1
        last = last_day_of_term(anchor, months=months * count)
        windows.append((first, min(last, end)))
        first = last + ONE_DAY
    return windows


def _rolled(day: date, roll: Roll, calendar: Calendar) -> date:
    if roll is Roll.NEVER:
        return day
    if roll is Roll.STATUTORY_HOLIDAYS_ONLY:
        return calendar.next_day_that_is_not_statutory(day)
    return calendar.next_working_day(day)


def _length(anchor: date, *, days: int, months: int, years: int = 0) -> relativedelta:
    _require_day(anchor)
    if min(days, months, years) < 0 or days + months + years == 0:
        raise ValueError("a period has a positive number of days, months or years")
    return relativedelta(days=days, months=months, years=years)


def _require_day(*days: date) -> None:
    """An instant is refused: only `beijing_day` may turn one into a day."""
    if any(isinstance(day, datetime) for day in days):
        raise TypeError("give a Beijing day, not an instant: see beijing_day")
