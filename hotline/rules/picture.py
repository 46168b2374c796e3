"""What the pages show of the service: rates beside their targets, half hours by days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hotline.choices import Window
from hotline.figures import HALVES
from hotline.rules.facts import Count, IndicatorFacts, Reading, ServiceFacts
from hotline.rules.spans import days_of, pieces, tally


def rate_of(
    facts: ServiceFacts,
    indicator: IndicatorFacts,
    reading: Reading,
    first: date,
    last: date,
    *,
    lost: Iterable[date] = (),
    with_counts: bool = False,
) -> str:
    """The rate between two days from what is known; "–" where nothing is, with "*" where days are missing.

    `lost`: days that have left the count (`level.lost_days`). `with_counts`: with its part and whole
    behind it, "42.86%（3/7）": the rate is rounded, they are not.
    """
    if indicator.window in (Window.DAY, Window.ANY_24_HOURS):
        found = pieces(facts, indicator, reading, first, last, lost)
        count, missing = found.worst, found.missing
    else:
        summed = tally(facts, reading, first, last, lost)
        count, missing = summed.count, summed.missing
    if count is None or not count.whole:
        return "–"
    counts = f"（{count.part}/{count.whole}）" if with_counts else ""
    return indicator.rate(count) + ("*" if missing else "") + counts


@dataclass(frozen=True)
class Means:
    """What a span of days adds up to; means in seconds, None where they are not known."""

    offered: int
    answered: int
    waiting: int | None
    talking: int | None
    days: int


def means(facts: ServiceFacts, first: date, last: date) -> Means:
    sums: dict[str, int] = defaultdict(int)
    number = 0
    for day in days_of(first, last):
        known = facts.days.get(day)
        if known is None:
            continue
        number += 1
        for name, figure in known.figures.items():
            sums[name] += figure or 0
    timed = sums["waiting_seconds"], sums["talking_seconds"]
    return Means(
        sums["offered"],
        sums["answered"],
        timed[0] // sums["offered"] if timed[0] and sums["offered"] else None,
        timed[1] // sums["answered"] if timed[1] and sums["answered"] else None,
        number,
    )


def heat(facts: ServiceFacts, reading: Reading, first: date, last: date) -> list[list[Count | None]]:
    """For each half hour what each day counted; None where the platform does not say."""
    names = reading.names()
    rows: list[list[Count | None]] = [[] for _half in range(HALVES)]
    for day in days_of(first, last):
        known = facts.days.get(day)
        halves: Mapping[str, Sequence[int]] = known.halves if known and names <= set(known.halves) else {}
        for half in range(HALVES):
            if not halves:
                rows[half].append(None)
                continue
            part = sum(sign * halves[name][half] for name, sign in reading.part)
            rows[half].append(Count(part, sum(sign * halves[name][half] for name, sign in reading.whole)))
    return rows
