"""Months that are over, worked out once from the same facts (contract/batch.py, `Memory`).

A month that is over says the same on every later night, as long as the rota and the reports of its days, the people,
and whatever else it is worked out from are the same. Its facts are told by the marks of its days, which are kept with
the roll-up; only a month whose facts have another digest is worked out anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contract.batch import Memory
from contract.findings import plain
from staffing.rules.presence import Span

Window = tuple[date, date]


@dataclass(frozen=True)
class Months:
    """Of one contract and check: what was worked out of its months before (`known`), and the way to keep more."""

    known: Mapping[Window, Any] = field(default_factory=dict)
    keep: Callable[[Window, Any], None] = lambda window, value: None
    """Keep what was worked out of a month: of one that is over; of any other it does nothing."""


NOTHING_KNOWN = Months()


def recalled(
    memory: Memory | None,
    contract_id: int,
    check_id: str,
    windows: list[Window],
    marks: Mapping[date, str],
    base: str,
    since: Callable[[date], date],
) -> Months:
    """The months among `windows` that are known; others are kept, but for one with a day that has no mark.

    `since` tells from the first day of a month back to which day the marks bear on it; `base` is the rest of what all
    of them rest on.
    """
    if memory is None:
        return NOTHING_KNOWN
    facts: dict[Window, str] = {}
    known = {}
    for window in windows:
        days = [(day, marks[day]) for day in Span(since(window[0]), window[1]).days() if day in marks]
        if all(mark for _day, mark in days):
            facts[window] = base + " ".join(f"{day}{mark}" for day, mark in days)
            value = memory.recall(contract_id, check_id, window[0], facts[window])
            if value is not None:
                known[window] = value

    def keep(window: Window, value: Any) -> None:
        if window in facts:
            memory.keep(contract_id, check_id, window[0], facts[window], plain(value))

    return Months(known, keep)
