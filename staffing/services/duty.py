"""The daily duty (`DutyDay`), kept in the transaction of every write that changes it."""

from datetime import date
from functools import cached_property
from typing import Any

from contract.models import Contract
from staffing import selectors
from staffing.models import DutyDay
from staffing.rules.duty import DutyCount, count_duty
from staffing.rules.presence import ONE_DAY, Presence, Span

COLUMNS = ("planned", "loose", "steps", "worked", "mark")


class DutyFacts:
    """Who is assigned, away and reported around a span, read once for both daily roll-ups.

    It reaches a day back and a day on: a night shift runs from one day into the next.
    """

    def __init__(self, contract: Contract, first: date, last: date) -> None:
        self.contract = contract
        self.first = max(first, contract.starts_on) - ONE_DAY
        self.last = min(last, contract.last_day) + ONE_DAY

    @cached_property
    def stints(self) -> dict[int, list[Span]]:
        return selectors.stint_spans(self.contract, first=self.first, last=self.last)

    @cached_property
    def presence(self) -> Presence:
        return selectors.presence(self.contract, first=self.first, last=self.last)


def refresh_duty(
    *, contract: Contract, first: date = date.min, last: date = date.max, known: DutyFacts | None = None
) -> int:
    """Rewrite the daily duty where it differs from the facts of a span; returns how many days did.

    A shift of the last day runs into the next one, so that one is looked at too. The number of
    queries depends neither on the span nor on the people.
    """
    first, last = max(first, contract.starts_on), min(last, contract.last_day)
    if first > last:
        return 0
    facts = known or DutyFacts(contract, first, last)
    last = min(last + ONE_DAY, contract.last_day)
    kept = {row.day: row for row in DutyDay.objects.filter(contract=contract, day__range=(first, last))}
    counts = counted_duty(contract, first, last, facts)
    differing = [
        DutyDay(contract=contract, day=day, **_values(count))
        for day, count in counts.items()
        if day not in kept or _row_values(kept[day]) != _values(count)
    ]
    if differing:
        DutyDay.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["contract", "day"], update_fields=list(COLUMNS)
        )
    gone = [row.pk for day, row in kept.items() if day not in counts]
    if gone:
        DutyDay.objects.filter(pk__in=gone).delete()
    return len(differing) + len(gone)


def drop_outside(*, contract: Contract) -> int:
    """Days that no longer lie in the contract's life, after its own dates have changed."""
    rows = DutyDay.objects.filter(contract=contract).exclude(day__range=(contract.starts_on, contract.last_day))
    return rows.delete()[0]


def differing_duty(*, contract: Contract) -> list[date]:
    """The days whose roll-up does not agree with the facts; writes nothing."""
    kept = {row.day: _row_values(row) for row in DutyDay.objects.filter(contract=contract)}
    counts = counted_duty(contract, contract.starts_on, contract.last_day)
    facts = {day: _values(count) for day, count in counts.items()}
    for day, values in kept.items():
        if not values["mark"] and day in facts:  # from before there was one
            values["mark"] = facts[day]["mark"]
    return sorted(day for day in kept | facts if kept.get(day) != facts.get(day))


def counted_duty(contract: Contract, first: date, last: date, known: DutyFacts | None = None) -> dict[date, DutyCount]:
    """The daily duty of a span from the facts (one query without a rota, else four)."""
    shifts = selectors.shifts(contract, first - ONE_DAY, last)
    if not shifts:
        return {}
    known = known or DutyFacts(contract, first, last)
    return count_duty(shifts, known.stints, known.presence, first, last)


def _values(count: DutyCount) -> dict[str, Any]:
    return {
        "planned": count.planned,
        "loose": count.loose,
        "steps": [list(step) for step in count.steps],
        "worked": {str(operator_id): minutes for operator_id, minutes in count.worked.items()},
        "mark": count.mark,
    }


def _row_values(row: DutyDay) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}
