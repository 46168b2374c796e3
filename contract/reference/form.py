"""Reads a contract document: refuses what it does not understand, and collects every error with its path."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contract.reference.readers import Field, Group, Reader, Rows
from contract.reference.sections import added, sections
from contract.registry import checks
from contract.terms import POLICIES, TERMS, Definition

FULL = Decimal(100)


class Form:
    """What was wrong so far; the parts of a document as they are read."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def fail(self, path: str, message: str) -> None:
        self.errors.append(f"{path}: {message}")

    def finish(self) -> None:
        """Raise ValidationError if anything was wrong so far."""
        if self.errors:
            raise ValidationError(self.errors)

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a document, typed: by section what could be read, empty where it is left out."""
        known = sections()
        for name in document.keys() - known.keys():
            self.fail(name, _("this field is not known"))
        data: dict[str, Any] = {
            name: self.read(name, document.get(name), section.kind)
            if section.required or name in document
            else _empty(section.kind)
            for name, section in known.items()
        }
        self._parties(data["contract"], data["parties"])
        self._clauses(data["clauses"])
        self._figures(data)
        for section in added():
            if section.check is not None:
                section.check(self, data)
        return data

    def read(self, path: str, value: Any, kind: Reader | Group | Rows) -> Any:
        """A value of any shape. What cannot be read is an error; then None, or what is left of it."""
        if isinstance(kind, Group):
            return self._group(path, value, kind.fields)
        if isinstance(kind, Rows):
            return self._rows(path, value, kind)
        try:
            return kind.read(value)
        except ValueError as error:
            self.fail(path, str(error))
            return None

    def once(self, path: str, keys: Iterable[Any]) -> None:
        """No key stands twice."""
        found = list(keys)
        for key in sorted({key for key in found if key and found.count(key) > 1}):
            self.fail(path, _("“%(key)s” stands twice") % {"key": key})

    def whole(self, path: str, shares: Iterable[Decimal | None]) -> None:
        """Shares, weights or percentages add up to 100; those that could not be read have their own error."""
        found = list(shares)
        total = sum((share for share in found if share is not None), Decimal(0))
        if found and None not in found and total != FULL:
            self.fail(path, _("together these are %(total)s, they must be 100") % {"total": total})

    def refers(self, path: str, ref: str | None, data: Mapping[str, Any]) -> None:
        """A clause that is referred to is one of the contract."""
        if ref is not None and ref not in {row.get("ref") for row in data["clauses"]}:
            self.fail(path, _("there is no such clause"))

    def _group(self, path: str, value: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(path, _("must be an object: {…}"))
            return {}
        for name in value.keys() - fields.keys():
            self.fail(f"{path}.{name}", _("this field is not known"))
        record: dict[str, Any] = {}
        for name, field in fields.items():
            if name in value:
                before = len(self.errors)
                found = self.read(f"{path}.{name}", value[name], field.kind)
                if len(self.errors) == before or not isinstance(field.kind, Reader):
                    record[name] = found
            elif field.required:
                self.fail(f"{path}.{name}", _("is missing"))
        return record

    def _rows(self, path: str, value: Any, kind: Rows) -> list[Any]:
        if not isinstance(value, list):
            self.fail(path, _("must be a list: […]"))
            return []
        if len(value) < kind.least:
            self.fail(path, _("must have at least %(least)d entries") % {"least": kind.least})
        return [self.read(f"{path}[{i}]", row, kind.of) for i, row in enumerate(value)]

    def _parties(self, contract: Mapping[str, Any], parties: Mapping[str, Any]) -> None:
        codes = [party.get("credit_code") for party in parties.values()]
        if len(codes) > 1 and codes[0] and codes[0] == codes[1]:
            self.fail("contract", _("Office and vendor must be two parties."))
        first, last, ended = (contract.get(name) for name in ("starts_on", "ends_on", "terminated_on"))
        if first and last and last < first:
            self.fail("contract", _("The last day lies before the first day."))
        if first and ended and ended < first:
            self.fail("contract", _("The termination lies before the first day."))

    def _clauses(self, clauses: list[dict[str, Any]]) -> None:
        self.once("clauses", [row.get("ref") for row in clauses])
        self.once("clauses.checks", [c for row in clauses for c in row.get("checks", ())])
        for position, row in enumerate(clauses):
            if row.get("unchecked") and (row.get("checks") or row.get("exemption")):
                self.fail(f"clauses[{position}].unchecked", _("the clause has a check or an exemption"))
            elif not row.get("checks") and not row.get("exemption") and not row.get("unchecked"):
                self.fail(f"clauses[{position}].exemption", _("a clause without checks needs a written exemption"))

    def _figures(self, data: Mapping[str, Any]) -> None:
        last: date | None = data["contract"].get("ends_on")
        for name, definitions in (("terms", TERMS), ("policies", POLICIES)):
            self.once(name, [f"{row.get('key')} {row.get('effective_from', '')}".strip() for row in data[name]])
            for position, row in enumerate(data[name]):
                path = f"{name}[{position}]"
                self.refers(f"{path}.clause", row.get("clause"), data)
                if last and row.get("effective_from") and row["effective_from"] > last:
                    self.fail(f"{path}.effective_from", _("lies after the contract's last day"))
                if row.get("confirmation") and not row.get("confirmed_on"):
                    self.fail(f"{path}.confirmed_on", _("a written confirmation has its day"))
                definition = definitions.get(row.get("key", ""))
                if definition is not None and row.get("value") is not None:
                    self._value(f"{path}.value", row["value"], definition)

    def _value(self, path: str, written: str, definition: Definition) -> None:
        try:
            value = definition.parse(written)
        except ValueError as error:
            self.fail(path, str(error))
            return
        if definition.kind == "days_by_check" and (unknown := sorted(set(value) - set(checks()) - {"*"})):
            self.fail(path, _("There is no such check: %(ids)s.") % {"ids": ", ".join(unknown)})


def _empty(kind: Group | Rows) -> Any:
    return [] if isinstance(kind, Rows) else {}
