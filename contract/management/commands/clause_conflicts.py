"""`manage.py clause_conflicts`: where the clauses of a contract collide, before it goes live."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from contract import selectors
from contract.batch import ContractFacts
from contract.findings import plain
from contract.loading import reference_document
from contract.models import Contract
from contract.rules.conflicts import Conflict, conflicts
from contract.terms import POLICIES, TERMS, Definition
from contract.values import Book, DatedValue
from kit.clock import today
from kit.terminal.tables import table
from law.calendar import DEFAULT


class Command(BaseCommand):
    help = (
        "Replay a contract's own figures and readings and show where its clauses collide, with the "
        "readings that remove the collision. Without --contract it speaks of the reference "
        "contract, from its document where it is not loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", metavar="NUMBER", help="number of a loaded contract")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        found = find(options["contract"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([as_dict(row) for row in found], ensure_ascii=False, indent=2))
            return
        self.stdout.write(
            table(
                [_("Articles"), _("Result"), _("Scenario")],
                [
                    [", ".join(row.clauses), _("collides") if row.collides else _("no collision"), row.code]
                    for row in found
                ],
            )
        )
        for row in found:
            self.stdout.write(f"\n{', '.join(row.clauses)}  {row.statement}")
            for reading in row.readings:
                self.stdout.write(f"  → {reading}")


def find(number: str | None) -> list[Conflict]:
    """The scenarios of a loaded contract or, without a number, of the reference contract.

    CommandError names the loaded contracts where there is none of this number.
    """
    document = reference_document()
    wanted = number or document["contract"]["number"]
    try:
        contract = Contract.objects.filter(number=wanted).first()
        if contract is not None:
            facts = selectors.contract_facts(contract.pk, today())
            return conflicts(facts, selectors.calendar())
        known = list(Contract.objects.values_list("number", flat=True))
    except DatabaseError:  # no table yet: the document needs none
        known = []
    if number and number != document["contract"]["number"]:
        raise CommandError(
            _("There is no contract %(number)s. Loaded: %(known)s")
            % {"number": number, "known": ", ".join(known) or "–"}
        )
    return conflicts(facts_of(document), DEFAULT)


def facts_of(document: Mapping[str, Any]) -> ContractFacts:
    """The facts of a contract that is written down but not loaded."""
    own = document["contract"]
    starts_on = date.fromisoformat(own["starts_on"])
    return ContractFacts(
        pk=0,
        number=own["number"],
        title=own["title"],
        starts_on=starts_on,
        ends_on=date.fromisoformat(own["ends_on"]),
        terms=_book(TERMS, document["terms"], starts_on),
        policies=_book(POLICIES, document["policies"], starts_on, confirmed=False),
        obligations={check: row["ref"] for row in document["clauses"] for check in row.get("checks", ())},
    )


def as_dict(row: Conflict) -> dict[str, Any]:
    """A scenario for programs, its sentences in the language of the command."""
    return {
        "code": row.code,
        "clauses": list(row.clauses),
        "collides": row.collides,
        "statement": str(row.statement),
        "readings": [str(reading) for reading in row.readings],
        "policies": list(row.policies),
        "figures": plain(row.figures),
    }


def _book(
    definitions: Mapping[str, Definition], rows: Iterable[Mapping[str, Any]], starts_on: date, confirmed: bool = True
) -> Book:
    return Book(
        definitions,
        [
            DatedValue(
                row["key"],
                date.fromisoformat(row.get("effective_from") or starts_on.isoformat()),
                definitions[row["key"]].parse(row["value"]),
                confirmed,
            )
            for row in rows
        ],
    )
