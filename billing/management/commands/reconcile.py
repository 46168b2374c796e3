"""`manage.py reconcile`: prove that instalments, invoices, payments and claims agree."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.rules.reconciliation import Line, YearClose, sentence
from billing.selectors.reconciliation import Reconciliation, reconciliations
from contract.models import Contract
from kit import clock
from kit.terminal.tables import table

AT_ONCE = 50


class Command(BaseCommand):
    help = (
        "Compare instalments, invoices, payments, claims and statements of each contract, and name "
        "every line that does not agree. Exit code 1 where one does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", metavar="NUMBER", help="this contract only")
        parser.add_argument("--format", choices=["table", "json"], default="table")
        parser.add_argument("--files", action="store_true", help="hash the files of the invoices anew, too")

    def handle(self, *args: Any, **options: Any) -> None:
        contracts = Contract.objects.order_by("number")
        if options["contract"]:
            contracts = contracts.filter(number=options["contract"])
            if not contracts:
                raise CommandError(_("There is no contract %(number)s.") % {"number": options["contract"]})
        rows = list(contracts)
        found: list[Reconciliation] = []
        for start in range(0, len(rows), AT_ONCE):
            found += reconciliations(rows[start : start + AT_ONCE], clock.today(), files=options["files"])
        if options["format"] == "json":
            self.stdout.write(json.dumps([as_dict(one) for one in found], ensure_ascii=False, indent=2))
        else:
            for one in found:
                self._print(one)
        if not all(one.agrees for one in found):
            sys.exit(1)

    def _print(self, one: Reconciliation) -> None:
        bad = one.disagreeing
        head = (
            ngettext("%(count)d line does not agree", "%(count)d lines do not agree", len(bad))
            if bad
            else _("all %(all)d lines agree")
        ) % {"count": len(bad), "all": len(one.lines)}
        style = self.style.ERROR if bad else self.style.SUCCESS
        self.stdout.write(style(f"{one.contract.number}: {head}"))
        for line in bad:
            self.stdout.write(f"  {sentence(line)}")
        if one.years:
            heads = [_("year"), _("open before"), _("fell due"), _("paid"), _("set off"), _("open at the end")]
            self.stdout.write(table(heads, [_year(year) for year in one.years]))
        self.stdout.write("")


def _year(year: YearClose) -> list[str]:
    figures = (year.opening, year.accrued, year.paid, year.deducted, year.closing)
    return [str(year.year), *(f"{figure:,.2f}" for figure in figures)]


def as_dict(one: Reconciliation) -> dict[str, Any]:
    """A contract's reconciliation for programs, its sentences in the command's language."""
    return {
        "contract": one.contract.number,
        "agrees": one.agrees,
        "lines": [_line(line) for line in one.lines],
        "years": [
            {
                "year": year.year,
                "opening": f"{year.opening}",
                "accrued": f"{year.accrued}",
                "paid": f"{year.paid}",
                "deducted": f"{year.deducted}",
                "closing": f"{year.closing}",
            }
            for year in one.years
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "record": {"model": line.subject.label, "pk": line.subject.pk, "name": line.subject.name},
        "expected": line.expected,
        "found": line.found,
        "agrees": line.agrees,
        "sentence": str(sentence(line)),
    }
