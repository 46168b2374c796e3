"""Values in force from a day on: what a contract said, as it said it then."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contract.terms import Definition


class NoValue(KeyError):
    """The contract gives no value for `key` on `day`; `label` is what people call it."""

    def __init__(self, key: str, day: date, label: Any) -> None:
        super().__init__(f"no value of {key!r} is in force on {day}")
        self.key = key
        self.day = day
        self.label = label


@dataclass(frozen=True)
class DatedValue:
    """One value, in force from `effective_from` until the next one of the same key."""

    key: str
    effective_from: date
    value: Any
    confirmed: bool = True
    amended: bool = False
    """Whether an amendment brought it (of a term)."""


@dataclass(frozen=True)
class Book:
    """The dated values of one contract: `book.on(day, "headcount")`.

    Where nothing is recorded for a key the definition's default holds (a policy has one, a
    term of the contract may not: then NoValue, a KeyError, names the key). So it is where the contract says
    that it agrees on none: `row` tells the two apart.
    """

    definitions: Mapping[str, Definition]
    rows: Iterable[DatedValue] = ()
    _by_key: dict[str, list[DatedValue]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in sorted(self.rows, key=lambda row: row.effective_from):
            self._by_key.setdefault(row.key, []).append(row)

    def on(self, day: date, key: str) -> Any:
        """The value of `key` in force on `day`, already of its type."""
        row = self.row(day, key)
        if row is not None:
            if row.value is None:
                raise NoValue(key, day, self.definitions[key].label)
            return row.value
        definition = self.definitions[key]
        if definition.default is None:
            raise NoValue(key, day, definition.label)
        return definition.default

    def row(self, day: date, key: str) -> DatedValue | None:
        """The recorded row behind `on`, or None where the default holds."""
        rows = self._by_key.get(key)
        if not rows:
            return None
        if len(rows) == 1:  # most values never change, and are asked for day by day
            return rows[0] if rows[0].effective_from <= day else None
        index = bisect_right(rows, day, key=lambda row: row.effective_from)
        return rows[index - 1] if index else None

    def confirmed(self, day: date, key: str) -> bool:
        """Whether both sides have confirmed the value of `key` in writing."""
        row = self.row(day, key)
        return row is not None and row.confirmed

    def changes(self, key: str) -> list[DatedValue]:
        """Every recorded value of `key`, oldest first."""
        return list(self._by_key.get(key, []))
