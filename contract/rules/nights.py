"""Which days are still to be evaluated, for which contracts. Pure: today is passed in."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta


def days_due(until: date, evaluated: Mapping[int, date | None]) -> Iterator[tuple[date, list[int]]]:
    """The days to evaluate up to `until`, oldest first, each with its contracts.

    `evaluated` holds the last day of every contract (None: never). A day that a contract missed
    is its own; `until` itself is looked at again by all. A contract that is ahead of `until` is
    left alone, and one that was never evaluated begins there.
    """
    begun = [day for day in evaluated.values() if day is not None and day < until]
    first = min(begun) + timedelta(days=1) if begun else until
    for number in range((until - first).days + 1):
        day = first + timedelta(days=number)
        due = [pk for pk, last in evaluated.items() if _is_due(day, until, last)]
        yield day, due


def _is_due(day: date, until: date, last: date | None) -> bool:
    if day == until:
        return last is None or last <= until
    return last is not None and last < day
