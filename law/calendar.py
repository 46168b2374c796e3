"""Rest days, make-up working days and statutory holidays of mainland China.

Two sets of days that are often confused:

- a **rest day** is any day off: weekends, statutory holidays, and the days that the State Council's
  yearly notice moves around them (Civil Code art. 203 asks for these);
- a **statutory holiday** proper is one of the 11 (until 2024) or 13 (since 2025) days of the
  holiday measures, paid at 300 % (Labour Law art. 44). The days moved around it are not.

The yearly notice appears in the autumn before. A year without one is an error that callers must
show (`CalendarNotPublished`); it is never guessed from weekdays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from operator import itemgetter

import chinese_calendar
import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class CalendarNotPublished(Exception):
    """The holiday notice of `year` is not known, so no answer for a day of it is certain."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the holiday calendar of {year} is not published")
        self.year = year


class DayKind(Enum):
    """What a day is, each day exactly one of these."""

    WORKDAY = "workday"
    MAKEUP_WORKDAY = "makeup_workday"
    """A Saturday or Sunday on which everybody works in exchange for another day off."""
    REST_DAY = "rest_day"
    """A weekend, or a day off that the notice moved here: paid at 200 % if worked."""
    STATUTORY_HOLIDAY = "statutory_holiday"
    """A holiday proper: paid at 300 % if worked. Always a rest day as well."""


@dataclass(frozen=True)
class OverlayDay:
    """What the office recorded for one day; it wins over the libraries."""

    is_rest_day: bool
    is_statutory: bool = False

    def __post_init__(self) -> None:
        if self.is_statutory and not self.is_rest_day:
            raise ValueError("a statutory holiday is a rest day")


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says: what counts, whether the office's table says it, and what the
    libraries say (None: they do not know the year)."""

    day: date
    kind: DayKind
    is_own: bool
    built_in: DayKind | None

    @property
    def contradicts(self) -> bool:
        """Whether the office's table says something else than the libraries."""
        return self.is_own and self.built_in is not None and self.built_in != self.kind


class Calendar:
    """The calendar of the libraries, with the office's own table over it, day by day.

    `overlay` answers for single days, also of a year that nobody has published. `published_years`
    are the years whose notice the table holds completely: there, a day that the table does not
    name follows its weekday and the holiday measures.
    """

    def __init__(self, overlay: Mapping[date, OverlayDay] | None = None, published_years: Collection[int] = ()) -> None:
        self._overlay = dict(overlay or {})
        self._published_years = frozenset(published_years)
        self._kinds: dict[date, DayKind] = {}  # asked for again and again, for each person and month
        self._rests: dict[date, bool] = {}
        self._weeks: dict[date, int] = {}

    @property
    def mark(self) -> str:
        """Equal for two calendars that answer alike, given the same libraries."""
        return f"{sorted(self._overlay.items(), key=itemgetter(0))} {sorted(self._published_years)}"

    def published(self, year: int) -> bool:
        """Whether every day of a year is known."""
        return year in self._published_years or _library_knows(year)

    def kind(self, day: date) -> DayKind:
        """What a day is. Raises CalendarNotPublished where nobody knows."""
        found = self._kinds.get(day)
        if found is None:
            found = self._kinds[day] = self._kind(day)
        return found

    def _kind(self, day: date) -> DayKind:
        if self.is_statutory_holiday(day):
            return DayKind.STATUTORY_HOLIDAY
        if self.is_rest_day(day):
            return DayKind.REST_DAY
        return DayKind.MAKEUP_WORKDAY if _is_weekend(day) else DayKind.WORKDAY

    def is_rest_day(self, day: date) -> bool:
        """Whether a day is a day off for the public. Raises CalendarNotPublished."""
        found = self._rests.get(day)
        if found is None:
            found = self._rests[day] = self._is_rest_day(day)
        return found

    def _is_rest_day(self, day: date) -> bool:
        if entry := self._overlay.get(day):
            return entry.is_rest_day
        if _library_knows(day.year):
            return _library_rest_day(day)
        self._require_published(day.year)
        return _is_weekend(day) or day in statutory_days(day.year)

    def working_days(self, monday: date) -> int:
        """How many days of a week are no rest days. Raises CalendarNotPublished."""
        found = self._weeks.get(monday)
        if found is None:
            week = (monday + timedelta(days=offset) for offset in range(7))
            found = self._weeks[monday] = sum(not self.is_rest_day(day) for day in week)
        return found

    def is_statutory_holiday(self, day: date) -> bool:
        """Whether a day is a holiday proper, paid at 300 %. Raises CalendarNotPublished."""
        if entry := self._overlay.get(day):
            return entry.is_statutory
        self._require_published(day.year)
        return day in statutory_days(day.year)

    def special_days(self, year: int) -> list[SpecialDay]:
        """The days of a year that are not what their weekday says, or that are holidays proper.

        Of a year that nobody has published: those of the office's table alone.
        """
        found = []
        day = date(year, 1, 1)
        while day.year == year:
            own = day in self._overlay
            if own or self.published(year):
                kind = self.kind(day)
                if own or kind is not (DayKind.REST_DAY if _is_weekend(day) else DayKind.WORKDAY):
                    found.append(SpecialDay(day, kind, own, DEFAULT.kind(day) if _library_knows(year) else None))
            day += ONE_DAY
        return found

    def next_working_day(self, day: date) -> date:
        """The day itself if people work on it, else the first later one that they work on.

        Raises CalendarNotPublished when the search leaves the known years.
        """
        while self.is_rest_day(day):
            day += ONE_DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """The day itself if people work on it, else the last earlier one that they work on.

        Raises CalendarNotPublished when the search leaves the known years.
        """
        while self.is_rest_day(day):
            day -= ONE_DAY
        return day

    def next_day_that_is_not_statutory(self, day: date) -> date:
        """The day itself unless it is a holiday proper, else the first later day that is not."""
        while self.is_statutory_holiday(day):
            day += ONE_DAY
        return day

    def _require_published(self, year: int) -> None:
        if not self.published(year):
            raise CalendarNotPublished(year)


def missing_holidays(overlay: Mapping[date, OverlayDay], year: int) -> list[date]:
    """The statutory holidays of a year that a table does not name as days off.

    A year's schedule is complete, and the year published, only where none is missing.
    """
    named = {day for day, entry in overlay.items() if entry.is_rest_day}
    return sorted(statutory_days(year) - named)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


@lru_cache(maxsize=256)
def _library_knows(year: int) -> bool:
    """Whether the library of days off holds a year's notice; it refuses the years that it lacks."""
    try:
        chinese_calendar.is_holiday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=8192)
def _library_rest_day(day: date) -> bool:
    """Whether the library has a day off, of a year that it knows."""
    return bool(chinese_calendar.is_holiday(day))


def holiday_name(day: date) -> str:
    """The holiday that a day off, or a weekend worked for it, belongs to, in Chinese; empty where none is known."""
    name = chinese_calendar.get_holiday_detail(day)[1] if _library_knows(day.year) else None
    return str(chinese_calendar.Holiday(name).chinese) if name else ""


@lru_cache(maxsize=256)
def statutory_days(year: int) -> frozenset[date]:
    """The holidays proper of a year, under the text in force in that year.

    The library also lists days off that were moved (休息日…), days in lieu of a holiday on a
    weekend (…（补假）) and once-only extensions (…延长假期); none of those is a holiday proper.
    """
    listed = holidays.country_holidays("CN", years=year, language="zh_CN")
    return frozenset(
        day
        for day, names in listed.items()
        if day.year == year and any(_is_holiday_proper(name) for name in names.split("; "))
    )


def _is_holiday_proper(name: str) -> bool:
    return not name.startswith("休息日") and not name.endswith(("（补假）", "延长假期"))


DEFAULT = Calendar()
"""The calendar of the libraries alone, without an office's table."""
