"""Calls added up by the half hour in which they entered, with as much memory as a day of them needs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hotline.choices import Clock
from hotline.figures import BY_HALF_HOUR, HALVES
from kit.errors import RowError, RowErrors

NAMES = tuple(BY_HALF_HOUR)
HALF_HOUR, BEIJING_SECONDS = 1800, 8 * 3600
EPOCH = date(1970, 1, 1)
FAULTS_AT_MOST = 20
# What stands behind the day in "2024-11-04 00:39:54": the half hour of the day, and nothing that would move it.
CLOCK = {f"{mark}{minute // 60:02d}:{minute % 60:02d}": minute // 30 for mark in " T" for minute in range(1440)}
SECONDS = {f":{second:02d}": 0 for second in range(60)}
# A call is over, and one with the same name another one, after so many half hours without an event.
HELD = 8
AGAIN = _lazy(
    "The file goes back in time here: two files overlap, are the same, or stand in the wrong order. Give each stretch "
    "of time once, the older file first."
)


@dataclass(frozen=True)
class DayRead:
    """What a file says of a day; a figure that it does not give is missing."""

    day: date
    figures: dict[str, int | None]
    halves: dict[str, list[int]] = field(default_factory=dict)


@dataclass
class Read:
    """What a file says: its days, how many calls, and what has to be asked.

    `unfinished` calls have no end in the file (they count as not answered), `begun_before` none of
    their beginning (they are not counted), `passed_over` are rows of other queues, calls outwards, or calls that
    were counted already. `empty` days stand in the file, or between its days, without a figure.
    """

    days: list[DayRead] = field(default_factory=list)
    calls: int = 0
    unfinished: int = 0
    begun_before: int = 0
    passed_over: int = 0
    empty: list[date] = field(default_factory=list)

    def take(self, days: Iterable[DayRead]) -> None:
        """Keep the days in order, and say which ones lie between them."""
        self.days = sorted(days, key=lambda one: one.day)
        if self.days:
            known, first = {one.day for one in self.days}, self.days[0].day
            between = (first + timedelta(days=n) for n in range((self.days[-1].day - first).days))
            self.empty = sorted({*self.empty, *(day for day in between if day not in known)})


class Sums:
    """A list of seven numbers for each half hour since 1970, by Beijing time."""

    def __init__(self) -> None:
        self.halves: dict[int, list[int]] = {}

    def of(self, half: int) -> list[int]:
        found = self.halves.get(half)
        if found is None:
            found = self.halves[half] = [0] * len(NAMES)
        return found

    def days(self, given: frozenset[str] = frozenset(NAMES)) -> Iterator[DayRead]:
        """The days in order, each with those figures that the file gives."""
        for number in sorted({half // HALVES for half in self.halves}):
            rows = [self.halves.get(number * HALVES + half, ()) for half in range(HALVES)]
            halves = {
                name: [row[place] if row else 0 for row in rows] for place, name in enumerate(NAMES) if name in given
            }
            figures: dict[str, int | None] = {name: sum(numbers) for name, numbers in halves.items()}
            yield DayRead(EPOCH + timedelta(days=number), figures, halves)


class Times:
    """Texts of instants as the half hour in which they lie, and as seconds since 1970. ValueError for no instant."""

    _TEXT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?")

    def __init__(self, clock: str) -> None:
        self.clock = clock
        self.ahead = BEIJING_SECONDS if clock != Clock.BEIJING else 0
        self.minutes: dict[str, int] = {}
        self.days: dict[str, int] = {}

    def between(self, first: str, last: str) -> int:
        """The seconds from one instant to another, a begun one as a whole one."""
        if self.clock == Clock.MILLISECONDS:
            return -((int(float(first)) - int(float(last))) // 1000)
        return self.seconds(last) - self.seconds(first)

    def seconds(self, text: str) -> int:
        """Seconds since 1970 by the clock that the text is written in."""
        if self.clock == Clock.SECONDS:
            return int(float(text))
        if self.clock == Clock.MILLISECONDS:
            return int(float(text)) // 1000
        # "2024-11-04 00:39:54" is what most write: its minute is read once.
        minute = text[:16]
        known = self.minutes.get(minute)
        if known is not None and len(text) == 19:
            return known + int(text[17:])
        match = self._TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minutes, rest = (int(part or 0) for part in match.groups())
        found = int(datetime(year, month, day, hour, minutes, tzinfo=UTC).timestamp())
        if len(self.minutes) > 5_000:
            self.minutes.clear()
        if len(text) == 19:
            self.minutes[minute] = found
        return found + rest

    def half(self, seconds: int) -> int:
        return (seconds + self.ahead) // HALF_HOUR

    def half_of(self, text: str) -> int:
        """The half hour of a text. Where 0:00 of its day lies is kept (`days`): the others of the day are looked up."""
        found = self.half(self.seconds(text))
        if text[10:16] in CLOCK and text[16:] in SECONDS:
            self.days[text[:10]] = found - CLOCK[text[10:16]]
        return found


class Faults:
    """What is wrong with a file's lines; the first twenty are told, and then nothing is taken in."""

    def __init__(self) -> None:
        self.found: list[RowError] = []

    def add(self, line: int, field: str, message: Any) -> None:
        self.found.append(RowError(line - 1, field, message))
        if len(self.found) >= FAULTS_AT_MOST:
            self.finish()

    def finish(self) -> None:
        if self.found:
            raise RowErrors(self.found)


def no_instant(text: str) -> str:
    return _("“%(text)s” is no instant as this platform writes it. Look at the clock of its times.") % {
        "text": text[:40]
    }
