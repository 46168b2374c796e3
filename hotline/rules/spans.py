"""Windows of the indicators, and what is counted in one: sums of days or months, or any 24 hours within a month."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from hotline.choices import Window
from hotline.figures import HALVES, OF_A_MONTH
from hotline.rules.facts import Count, IndicatorFacts, Reading, ServiceFacts, counted
from law.periods import contract_quarters, last_day_of_term, month_windows

ONE_DAY = timedelta(days=1)
Span = tuple[date, date]


@lru_cache(maxsize=256)
def windows(window: str, first: date, last: date) -> list[Span]:
    """The windows between two days. Days and any 24 hours are judged one by one and told by the month."""
    if window == Window.QUARTER:
        return contract_quarters(first, last)
    if window == Window.YEAR:
        return list(_years(first, last))
    if window == Window.WEEK:
        return list(_weeks(first, last))
    return month_windows(first, last)


def _years(first: date, last: date) -> Iterator[Span]:
    day, number = first, 1
    while day <= last:
        end = last_day_of_term(first, years=number)
        yield day, min(end, last)
        day, number = end + ONE_DAY, number + 1


def _weeks(first: date, last: date) -> Iterator[Span]:
    while first <= last:
        sunday = first + timedelta(days=6 - first.weekday())
        yield first, min(sunday, last)
        first = sunday + ONE_DAY


def days_of(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@dataclass(frozen=True)
class Tally:
    """What is known of a span by one reading; `missing` are its days (or first days of months) without figures."""

    count: Count
    missing: tuple[date, ...] = ()


def tally(facts: ServiceFacts, reading: Reading, first: date, last: date, lost: Iterable[date] = ()) -> Tally:
    """The sums of a span, without the days that are lost (to force majeure).

    What mixes figures of days and of a month is counted by whole months.
    """
    total, missing, gone = Count(), [], frozenset(lost)
    if reading.names() & set(OF_A_MONTH):
        for start, figures in _by_month(facts, reading, first, last):
            found = counted(reading, figures)
            if found is None:
                missing.append(start)
            else:
                total += found
        return Tally(total, tuple(missing))
    for day in days_of(first, last):
        if day in gone:
            continue
        known = facts.days.get(day)
        found = counted(reading, known.figures) if known else None
        if found is None:
            missing.append(day)
        else:
            total += found
    return Tally(total, tuple(missing))


def _by_month(
    facts: ServiceFacts, reading: Reading, first: date, last: date
) -> Iterator[tuple[date, dict[str, int | None]]]:
    by_day = reading.names() - set(OF_A_MONTH)
    for start, end in month_windows(first.replace(day=1), last):
        known = facts.months.get(start)
        figures: dict[str, int | None] = dict(known.figures) if known else {}
        for name in by_day:
            own = [facts.days[day].figures.get(name) for day in days_of(start, end) if day in facts.days]
            complete = len(own) == (end - start).days + 1 and None not in own
            figures[name] = sum(number for number in own if number is not None) if complete else None
        yield start, figures


@dataclass(frozen=True)
class Pieces:
    """The days, or any 24 hours, that end within a span: how many are known and below, and the worst.

    `worst` is the piece with the lowest (or highest) rate and where it begins: day and half hour.
    """

    known: int = 0
    below: int = 0
    worst: Count | None = None
    begins: tuple[date, int] | None = None
    missing: tuple[date, ...] = ()
    by_day_only: bool = False


def pieces(
    facts: ServiceFacts, indicator: IndicatorFacts, reading: Reading, first: date, last: date, lost: Iterable[date] = ()
) -> Pieces:
    """Every piece that ends between two days. Pieces that touch a lost day, or have too few cases, are not judged."""
    rolling = indicator.window == Window.ANY_24_HOURS
    gone = frozenset(lost)
    missing, whole_only, below, number = [], False, 0, 0
    worst: tuple[int, int, date, int] | None = None
    least = max(indicator.minimum, 1)
    over, under = (indicator.floor or Decimal(0)).as_integer_ratio()
    sign = 1 if indicator.at_least else -1
    yesterday = _halves(reading, facts, first - ONE_DAY, gone) if rolling else None
    for day in days_of(first, last):
        today = None
        if day not in gone:
            known = facts.days.get(day)
            count = counted(reading, known.figures) if known else None
            today = _halves(reading, facts, day, gone) if rolling else None
            if count is None:
                missing.append(day)
            else:
                whole_only = whole_only or (rolling and today is None)
                for part, whole, begins_on, half in (
                    _rolling(day, yesterday, today) if yesterday and today else [(count.part, count.whole, day, 0)]
                ):
                    if whole < least:
                        continue
                    number += 1
                    below += sign * (100 * part * under - whole * over) < 0
                    if worst is None or sign * (part * worst[1] - worst[0] * whole) < 0:
                        worst = (part, whole, begins_on, half)
        yesterday = today
    return Pieces(
        number,
        below if indicator.floor is not None else 0,
        Count(worst[0], worst[1]) if worst else None,
        worst[2:] if worst else None,
        tuple(missing),
        whole_only,
    )


def _halves(
    reading: Reading, facts: ServiceFacts, day: date, lost: frozenset[date]
) -> tuple[list[int], list[int]] | None:
    """Part and whole of each half hour; None where the platform gives too little, or the day is lost."""
    known = facts.days.get(day)
    if known is None or day in lost or not reading.names() <= set(known.halves):
        return None
    part, whole = (
        [sum(row) for row in zip(*([sign * n for n in known.halves[name]] for name, sign in formula), strict=True)]
        for formula in (reading.part, reading.whole)
    )
    return part, whole


def _rolling(
    day: date, yesterday: tuple[list[int], list[int]], today: tuple[list[int], list[int]]
) -> Iterator[tuple[int, int, date, int]]:
    """The 48 stretches of 24 hours that end within a day, at each half hour: part, whole and where it begins."""
    part, whole = sum(yesterday[0]), sum(yesterday[1])
    before = day - ONE_DAY
    for half in range(HALVES - 1):
        part += today[0][half] - yesterday[0][half]
        whole += today[1][half] - yesterday[1][half]
        yield part, whole, before, half + 1
    yield sum(today[0]), sum(today[1]), day, 0
