"""`manage.py export_contract NUMBER`: a loaded contract as a document."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.models import Contract
from contract.reference.export import document_of


class Command(BaseCommand):
    help = "Write a loaded contract as a JSON document, which `load_contract` takes; see docs/contract-document.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--out", type=Path, metavar="FILE", help="without it the document is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        contract = Contract.objects.filter(number=options["number"]).first()
        if contract is None:
            known = _(", ").join(Contract.objects.values_list("number", flat=True))
            raise CommandError(
                _("There is no contract %(number)s. Loaded: %(known)s")
                % {"number": options["number"], "known": known or "–"}
            )
        text = json.dumps(document_of(contract), ensure_ascii=False, indent=2) + "\n"
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["out"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(reason)s") % {"file": options["out"], "reason": error.strerror}
            ) from error
