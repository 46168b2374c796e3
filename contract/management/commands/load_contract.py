"""`manage.py load_contract FILE`: load a contract that is written down as data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contract.loading import Loaded, load, read_document


class Command(BaseCommand):
    help = "Load a contract from a JSON document; see contract/reference/hotline_2024.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        self.load(options["file"])

    def load(self, path: Path) -> Loaded:
        """Load one file and say what it brought, or every error in it."""
        try:
            loaded = load(read_document(path))
        except ValidationError as error:
            head = ngettext(
                "%(file)s: %(count)s error, nothing was written",
                "%(file)s: %(count)s errors, nothing was written",
                len(error.messages),
            ) % {"file": path, "count": len(error.messages)}
            raise CommandError("\n  ".join([head, *error.messages])) from error
        if loaded.created:
            created = _(", ").join(f"{name} {count}" for name, count in loaded.created.items())
            self.say(_("%(contract)s: created %(created)s"), loaded, created=created)
        else:
            self.say(_("%(contract)s: already loaded, nothing written"), loaded)
        for line in loaded.kept:
            self.stdout.write(f"  {line}")
        return loaded

    def say(self, sentence: str, loaded: Loaded, **params: str) -> None:
        self.stdout.write(self.style.SUCCESS(sentence % {"contract": loaded.contract, **params}))
