"""`manage.py clauses`: every article with its duties, its checks or its written exemption."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contract import registry
from contract.choices import Side
from contract.loading import reference_document
from contract.models import Clause, Contract
from contract.wording import article_label, heading
from law.references import contract_article


class Command(BaseCommand):
    help = (
        "List the articles of a contract: clauses, who owes them, checks, exemptions. Without "
        "--contract it speaks of the reference contract, from its document where it is not loaded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", metavar="NUMBER", help="number of a loaded contract")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        articles = list(by_article(read_clauses(options["contract"])))
        if options["format"] == "json":
            self.stdout.write(json.dumps(articles, ensure_ascii=False, indent=2))
        else:
            self.table(articles)

    def table(self, articles: Iterable[dict[str, Any]]) -> None:
        for article in articles:
            for clause in article["clauses"]:
                side = Side(clause["owed_by"]).label
                head = article_label(clause["ref"])
                self.stdout.write(self.style.MIGRATE_HEADING(f"{head} {clause['title']} [{side}]"))
                for check in clause["checks"]:
                    state = "" if check["registered"] else f" ({_('not registered')})"
                    sources = _(", ").join(check["references"])
                    self.stdout.write(f"    {check['id']}{state}  {sources}")
                if clause["exemption"]:
                    self.stdout.write(f"    {_('No check:')} {clause['exemption']}")


def read_clauses(number: str | None) -> list[dict[str, Any]]:
    """The clauses of a loaded contract; without a number, of the reference contract.

    CommandError names the loaded contracts where there is none of this number.
    """
    document = reference_document()
    wanted = number or document["contract"]["number"]
    try:
        contract = Contract.objects.filter(number=wanted).first()
        if contract is not None:
            return _loaded(contract)
        known = list(Contract.objects.values_list("number", flat=True))
    except DatabaseError:  # no table yet: the document needs none
        known = []
    if number and number != document["contract"]["number"]:
        raise CommandError(
            _("There is no contract %(number)s. Loaded: %(known)s")
            % {"number": number, "known": ", ".join(known) or "–"}
        )
    return [_written(clause) for clause in document["clauses"]]


def by_article(clauses: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Clauses grouped into articles, in the order of the contract.

    `exemption` is given for an article without any check; clauses carry their own.
    """

    articles: dict[str, list[dict[str, Any]]] = {}
    for clause in clauses:
        articles.setdefault(heading(clause["ref"]), []).append(clause)
    for article, rows in articles.items():
        owers = {row["owed_by"] for row in rows}
        checks = [check for row in rows for check in row["checks"]]
        yield {
            "article": int(article) if article.isdecimal() else article,
            "refs": [row["ref"] for row in rows],
            "owed_by": owers.pop() if len(owers) == 1 else Side.BOTH.value,
            "title": _("; ").join(row["title"] for row in rows),
            "checks": checks,
            "exemption": "" if checks else " ".join(row["exemption"] for row in rows),
            "clauses": rows,
        }


def _loaded(contract: Contract) -> list[dict[str, Any]]:
    clauses = Clause.objects.filter(contract=contract).prefetch_related("obligations")
    return [
        {
            "ref": clause.ref,
            "owed_by": clause.owed_by,
            "title": clause.local_title,
            "checks": [
                _check(obligation.check_id, clause.ref, clause.owed_by) for obligation in clause.obligations.all()
            ],
            "exemption": clause.local_exemption,
        }
        for clause in clauses
    ]


def _written(clause: dict[str, Any]) -> dict[str, Any]:
    local = "" if _chinese() else "_en"
    return {
        "ref": clause["ref"],
        "owed_by": clause["owed_by"],
        "title": clause.get(f"title{local}") or clause["title"],
        "checks": [_check(c, clause["ref"], clause["owed_by"]) for c in clause.get("checks", ())],
        "exemption": clause.get(f"exemption{local}") or clause.get("exemption", ""),
    }


def _check(check_id: str, ref: str, owed_by: str) -> dict[str, Any]:
    """A check as the program knows it; one that is not registered is owed as its clause says."""
    check = registry.checks().get(check_id)
    references = check.references if check else ()
    language: Any = "zh-hans" if _chinese() else "en"
    own = contract_article(ref)
    return {
        "id": check_id,
        "registered": check is not None,
        "owed_by": str(check.owed_by if check else owed_by),
        "references": [r.label(language) for r in (own, *(r for r in references if r != own))],
    }


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")
