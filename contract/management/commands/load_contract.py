"""`manage.py load_contract FILE`: load a contract that is written down as data, or only look at it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract import registry
from contract.loading import Loaded, load, read_document
from contract.models import Contract
from contract.reference.keys import tables
from contract.reference.schema import schema
from contract.setup.needs import NEEDS
from contract.terms import POLICIES


class Command(BaseCommand):
    help = "Load a contract from a JSON document; docs/contract-document.md describes the form."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
        parser.add_argument("--check", action="store_true", help="say what it would bring, and write nothing")
        parser.add_argument("--schema", action="store_true", help="print the form as JSON Schema")
        parser.add_argument("--keys", action="store_true", help="print every figure, reading and check it may name")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(schema(), ensure_ascii=False, indent=2))
        elif options["keys"]:
            self.stdout.write(tables(NEEDS), ending="")
        elif options["file"] is None:
            raise CommandError(_("Name the file of the document."))
        elif options["check"]:
            self.check_document(options["file"])
        else:
            self.say(self.load(options["file"]))

    def load(self, path: Path) -> Loaded:
        """Load one file; CommandError with every error in it."""
        try:
            return load(read_document(path))
        except ValidationError as error:
            head = ngettext(
                "%(file)s: %(count)s error, nothing was written",
                "%(file)s: %(count)s errors, nothing was written",
                len(error.messages),
            ) % {"file": path, "count": len(error.messages)}
            raise CommandError("\n  ".join([head, *error.messages])) from error

    def say(self, loaded: Loaded) -> None:
        """What it brought, and where the database says otherwise."""
        if loaded.created:
            sentence = _("%(contract)s: created %(created)s")
        else:
            sentence = _("%(contract)s: already loaded, nothing written")
        self._head(sentence, loaded)

    def check_document(self, path: Path) -> None:
        """What loading would bring, read from the loaded rows; then everything is taken back."""
        with transaction.atomic():
            loaded = self.load(path)
            if loaded.created:
                sentence = _("%(contract)s: would create %(created)s")
            else:
                sentence = _("%(contract)s: unchanged, nothing would be written")
            self._head(sentence, loaded)
            self._clauses(loaded.contract)
            self._uncovered(loaded.contract)
            transaction.set_rollback(True)

    def _head(self, sentence: str, loaded: Loaded) -> None:
        created = _(", ").join(f"{name} {count}" for name, count in loaded.created.items())
        self.stdout.write(self.style.SUCCESS(sentence % {"contract": loaded.contract, "created": created}))
        for line in loaded.kept:
            self.stdout.write(f"  {line}")

    def _clauses(self, contract: Contract) -> None:
        """Every clause with what looks at it."""
        for clause in contract.clauses.prefetch_related("obligations").order_by("position"):
            carried = [row.check_id for row in clause.obligations.all()]
            self.stdout.write(self.style.MIGRATE_HEADING(f"{clause} [{clause.get_owed_by_display()}]"))
            for check_id in carried:
                self.stdout.write(f"    {check_id} {registry.title(check_id)}")
            if not carried:
                reason = clause.local_exemption or _("nobody looks at it; the board says so in red")
                self.stdout.write("    " + _("No check: %(reason)s") % {"reason": reason})

    def _uncovered(self, contract: Contract) -> None:
        """What this contract leaves out: checks that no clause carries, readings that both have not confirmed."""
        carried = set(contract.obligations.values_list("check_id", flat=True))
        free = [check_id for check_id in registry.checks() if check_id not in carried]
        confirmed = set(contract.policy_rows.exclude(confirmed_on=None).values_list("key", flat=True))
        self.stdout.write(_("Not covered: no clause carries these checks (%(count)d)") % {"count": len(free)})
        for check_id in free:
            self.stdout.write(f"    {check_id} {registry.title(check_id)}")
        self.stdout.write(
            _("Readings that both sides have not confirmed: %(count)d of %(all)d")
            % {"count": len(POLICIES) - len(confirmed), "all": len(POLICIES)}
        )
