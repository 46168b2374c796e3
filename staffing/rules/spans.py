"""Hours of a shift as minutes of the day on which it begins: "20:00-08:00" is 1200 to 1920."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from law.periods import BEIJING
from staffing.choices import ShiftKind

DAY_MINUTES = 24 * 60
SPANS_AT_MOST = 4
_CLOCK = r"([01]?[0-9]|2[0-4]):([0-5][0-9])"
# Hyphens, dashes and minus signs of every width, as people and input methods type them.
_DASH = r"\s*(?:[-\u2010-\u2015\u2212~\u301c\u2500至到])+\s*"
_NEXT = r"(次日|翌日|第二天|次晨)?\s*"
_TEXT = re.compile(_CLOCK + _DASH + _NEXT + _CLOCK)


@dataclass(frozen=True, order=True)
class Span:
    """From a minute of a day to another one; beyond 1440 it lies on the next day."""

    start: int
    end: int
    kind: str = ShiftKind.DUTY

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY_MINUTES and self.start < self.end):
            raise ValueError(f"a shift begins within its day and ends later: {self}")
        if self.end - self.start > DAY_MINUTES:
            raise ValueError(f"a shift lasts 24 hours at most: {self}")

    @property
    def minutes(self) -> int:
        return self.end - self.start

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end % DAY_MINUTES or DAY_MINUTES)}"


def parse(text: str, kind: str = ShiftKind.DUTY) -> Span:
    """The span that "08:00-20:00", "20:00-08:00" or "20:00-次日08:00" means; else ValueError.

    Without 次日 an end before the beginning lies on the next morning.
    """
    match = _TEXT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        raise ValueError(text)
    hour, minute, to_hour, to_minute = (int(match[place]) for place in (1, 2, 4, 5))
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if max(start, end) > DAY_MINUTES or start == DAY_MINUTES:
        raise ValueError(text)
    return Span(start, end + DAY_MINUTES if match[3] or end <= start else end, kind)


def instants(day: date, span: Span) -> tuple[datetime, datetime]:
    """The instants at which a span of a Beijing day begins and ends."""
    midnight = datetime.combine(day, time(), tzinfo=BEIJING)
    return midnight + timedelta(minutes=span.start), midnight + timedelta(minutes=span.end)


def span_of(day: date, starts_at: datetime, ends_at: datetime, kind: str) -> Span:
    """The span that two instants are, seen from the Beijing day on which they begin."""
    midnight = datetime.combine(day, time(), tzinfo=BEIJING)
    minute = timedelta(minutes=1)
    return Span((starts_at - midnight) // minute, (ends_at - midnight) // minute, kind)


def overlapping(days: Mapping[date, Iterable[Span]]) -> set[date]:
    """The days of one person on which a shift begins before an earlier one has ended."""
    found: set[date] = set()
    ends = 0
    for start, end, day in sorted(
        (day.toordinal() * DAY_MINUTES + span.start, day.toordinal() * DAY_MINUTES + span.end, day)
        for day, spans in days.items()
        for span in spans
    ):
        if start < ends:
            found.add(day)
        ends = max(ends, end)
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
