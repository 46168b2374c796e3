"""Contracts made from something: the reference, another contract, a document, or nothing.

Each way ends in one document that `contract.loading` checks and writes, as the command does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.loading import load, reference_document
from contract.models import Contract, Party
from contract.reference.export import document_of, facts, written
from contract.reference.sections import PARTY, added
from contract.signals import renewed
from contract.terms import POLICIES

# What a contract says of itself anew; its parties, clauses, figures and readings come from the source.
OWN = ("number", "title", "signed_on", "starts_on", "ends_on", "tender_starts_on")


@dataclass(frozen=True)
class Start:
    """The facts of a contract that is to begin. `figures` are terms by their key, in writing."""

    number: str
    title: str
    office: Party
    vendor: Party
    signed_on: date
    starts_on: date
    ends_on: date
    figures: Mapping[str, str]
    tender_starts_on: date | None = None
    in_use_from: date | None = None


def as_document(contract: Contract) -> dict[str, Any]:
    """A contract as the source of another: what is in force on its last day, without amendments' days and
    confirmations."""
    document = document_of(contract)
    for name in ("terms", "policies"):
        document[name] = _newest(document[name], contract.last_day)
    for section in added():
        if section.anew is not None and section.name in document:
            document[section.name] = section.anew(document[section.name])
    return document


def reference() -> dict[str, Any]:
    """The reference contract's document: clauses, checks, figures and readings of a hotline contract."""
    return reference_document()


def empty() -> dict[str, Any]:
    """Nothing but the readings with the program's defaults."""
    policies = [{"key": key, "value": d.write(d.default)} for key, d in POLICIES.items() if d.default is not None]
    return {"contract": {}, "parties": {}, "terms": [], "policies": policies, "clauses": []}


@transaction.atomic
def begin(source: Mapping[str, Any], start: Start, *, continues: Contract | None = None) -> Contract:
    """Make a contract of the source's clauses, figures and readings with the facts of its own.

    ValidationError as from `contract.loading.load`; then nothing is written.
    """
    if Contract.objects.filter(number=start.number).exists():
        raise ValidationError({"number": _("There is a contract with this number already.")})
    own = {"office": start.office, "vendor": start.vendor}
    kept = {
        name: value for name, value in source["contract"].items() if name not in (*OWN, "terminated_on", "in_use_from")
    }
    document = {
        **{name: part for name, part in source.items() if name != "notes"},
        "contract": kept | {name: written(getattr(start, name)) for name in OWN if getattr(start, name)},
        "parties": {side: facts(party, PARTY) for side, party in own.items()},
        "terms": _with_figures(source["terms"], start.figures),
        "policies": [_unconfirmed(row) for row in source["policies"]],
    }
    contract = load(document).contract
    contract.in_use_from, contract.predecessor = start.in_use_from, continues
    contract.full_clean()
    contract.save()
    if continues is not None:
        renewed.send(Contract, old=continues, new=contract)
    return contract


def _newest(rows: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """The value of each key in force on a day, without its own day: it is to hold from the first one on."""
    found: dict[str, dict[str, Any]] = {
        row["key"]: {name: row[name] for name in ("key", "value", "note") if name in row}
        for row in rows
        if date.fromisoformat(row["effective_from"]) <= day
    }
    return list(found.values())


def _with_figures(rows: Any, figures: Mapping[str, str]) -> list[dict[str, Any]]:
    kept = [{**row, "value": figures.get(row["key"], row["value"])} for row in rows if "effective_from" not in row]
    known = {row["key"] for row in kept}
    return kept + [{"key": key, "value": value} for key, value in figures.items() if key not in known]


def _unconfirmed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A reading is confirmed for one contract, never for the next."""
    return {name: value for name, value in row.items() if name in ("key", "value", "note")}
