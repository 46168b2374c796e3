"""The form of a contract document: which fields there are, and what each must look like."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contract.choices import Side
from contract.terms import POLICIES, TERMS, Definition

CLAUSE = re.compile(r"[1-9]\d{0,2}(\.[1-9]\d?)?")
CHECK = re.compile(r"[a-z]+\.[a-z_]+")


@dataclass(frozen=True)
class Field:
    """One field: how its value is read, and whether it must be there."""

    read: Callable[[Any], Any]
    required: bool = True


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("must be a text that is not empty"))
    return value.strip()


def figure(value: Any) -> str:
    """A written figure: "2091733.33". A bare decimal number would be rounded by JSON readers."""
    if isinstance(value, bool | float) or not isinstance(value, str | int):
        raise ValueError(_('must be written in quotation marks, such as "98.5"'))
    return str(value).strip()


def day(value: Any) -> date:
    try:
        if len(value) == len("2024-10-01"):
            return date.fromisoformat(value)
    except (TypeError, ValueError):
        pass
    raise ValueError(_('must be a date, such as "2024-10-01"'))


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("must be true or false"))
    return value


def matching(pattern: re.Pattern[str], example: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(_("must be written like %(example)s") % {"example": f'"{example}"'})
        return value

    return read


def one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(_("must be one of: %(choices)s") % {"choices": ", ".join(choices)})
        return str(value)

    return read


def key_of(definitions: Mapping[str, Definition]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in definitions:
            raise ValueError(_("is not known to the program; known: %(keys)s") % {"keys": ", ".join(definitions)})
        return value

    return read


def checks(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError(_("must be a list: […]"))
    return [matching(CHECK, "staffing.headcount")(item) for item in value]


def optional(**readers: Callable[[Any], Any]) -> dict[str, Field]:
    return {name: Field(read, required=False) for name, read in readers.items()}


def required(**readers: Callable[[Any], Any]) -> dict[str, Field]:
    return {name: Field(read) for name, read in readers.items()}


PARTY = required(name=text, credit_code=text) | optional(
    is_small_enterprise=flag, legal_representative=text, address=text, telephone=text, bank_name=text, bank_account=text
)
CONTRACT = required(number=text, title=text, signed_on=day, starts_on=day, ends_on=day) | optional(
    terminated_on=day,
    tender_starts_on=day,
    place_of_service=text,
    arbitration_body=text,
    office_agent=text,
    vendor_agent=text,
)
CLAUSES = required(ref=matching(CLAUSE, "13.4"), owed_by=one_of(*Side.values), title=text, summary=text) | optional(
    title_en=text, summary_en=text, checks=checks, exemption=text, exemption_en=text
)
DATED = required(value=figure) | optional(effective_from=day, note=text)
TERM = required(key=key_of(TERMS)) | DATED | optional(clause=matching(CLAUSE, "13.4"))
POLICY = required(key=key_of(POLICIES)) | DATED | optional(confirmed_on=day, confirmation=text)
SECTIONS = {"notes", "contract", "parties", "terms", "policies", "clauses"}


class Form:
    """Reads a document and collects every error with its path."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def fail(self, path: str, message: str) -> None:
        self.errors.append(f"{path}: {message}")

    def finish(self) -> None:
        """Raise ValidationError if anything was wrong so far."""
        if self.errors:
            raise ValidationError(self.errors)

    def document(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a document, typed. What cannot be read is an error and left out."""
        for name in document.keys() - SECTIONS:
            self.fail(name, _("this field is not known"))
        parties = document.get("parties")
        if not isinstance(parties, Mapping):
            self.fail("parties", _("must be an object: {…}"))
            parties = {}
        data: dict[str, Any] = {
            "contract": self.record("contract", document.get("contract"), CONTRACT),
            "parties": {
                side: self.record(f"parties.{side}", parties.get(side), PARTY) for side in ("office", "vendor")
            },
            "terms": self.rows("terms", document.get("terms"), TERM),
            "policies": self.rows("policies", document.get("policies", []), POLICY),
            "clauses": self.rows("clauses", document.get("clauses"), CLAUSES),
        }
        self.once("clauses", [row.get("ref") for row in data["clauses"]])
        self.once("clauses.checks", [c for row in data["clauses"] for c in row.get("checks", ())])
        for name in ("terms", "policies"):
            self.once(name, [f"{row.get('key')} {row.get('effective_from', '')}".strip() for row in data[name]])
        for position, row in enumerate(data["clauses"]):
            if not row.get("checks") and not row.get("exemption"):
                self.fail(f"clauses[{position}].exemption", _("a clause without checks needs a written exemption"))
        refs = {row.get("ref") for row in data["clauses"]}
        for position, row in enumerate(data["terms"]):
            if "clause" in row and row["clause"] not in refs:
                self.fail(f"terms[{position}].clause", _("there is no such clause"))
        return data

    def rows(self, path: str, value: Any, fields: Mapping[str, Field]) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            self.fail(path, _("must be a list: […]"))
            return []
        return [self.record(f"{path}[{i}]", row, fields) for i, row in enumerate(value)]

    def record(self, path: str, value: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(path, _("must be an object: {…}"))
            return {}
        for name in value.keys() - fields.keys():
            self.fail(f"{path}.{name}", _("this field is not known"))
        record: dict[str, Any] = {}
        for name, spec in fields.items():
            if name not in value:
                if spec.required:
                    self.fail(f"{path}.{name}", _("is missing"))
                continue
            try:
                record[name] = spec.read(value[name])
            except ValueError as error:
                self.fail(f"{path}.{name}", str(error))
        return record

    def once(self, path: str, keys: list[Any]) -> None:
        for key in sorted({key for key in keys if key and keys.count(key) > 1}):
            self.fail(path, _("“%(key)s” stands twice") % {"key": key})
