"""Facts for the rules of the contract's own duties, and days as short as they are read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contract.dated import Book, DatedValue
from contract.law.calendar import DEFAULT
from contract.registry import ContractFacts
from contract.terms import POLICIES, TERMS, Definition
from tests.factories import TERMS as FIGURES

CALENDAR = DEFAULT
STARTS, ENDS = date(2024, 10, 1), date(2025, 9, 30)


def day(text: str) -> date:
    return date.fromisoformat(text)


def facts(
    terms: Mapping[str, Any] | None = None, policies: Mapping[str, Any] | None = None, **fields: Any
) -> ContractFacts:
    """A contract in the figures of the reference one; None leaves a figure out."""
    starts_on = fields.setdefault("starts_on", STARTS)
    figures = {k: v for k, v in (FIGURES | dict(terms or {})).items() if v is not None}
    return ContractFacts(
        **({"pk": 1, "number": "T-1", "title": "示例", "ends_on": ENDS} | fields),
        terms=_book(TERMS, figures, starts_on),
        policies=_book(POLICIES, policies or {}, starts_on),
    )


def _book(definitions: Mapping[str, Definition], values: Mapping[str, Any], first: date) -> Book:
    return Book(
        definitions,
        [DatedValue(key, first, definitions[key].parse(str(v))) for key, v in values.items()],
    )
