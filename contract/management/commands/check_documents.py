"""`manage.py check_documents`: every file that a record names, as it should be; and what nobody names."""

from argparse import ArgumentParser
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from contract.keeping import papers, store


class Command(BaseCommand):
    help = "Hash every document anew: name what is missing, altered, or named by no record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--take-store", action="store_true", help="take this folder, as it is, for the right one")
        parser.add_argument("--remove-unnamed", action="store_true", help="remove files that no record names")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["take_store"]:
            store.take()
        store.establish()
        wrong = papers.look()
        for text in wrong:
            self.stdout.write(self.style.ERROR(text))
        for name in papers.unnamed():
            self.stdout.write(_("No record names %(name)s.") % {"name": name})
            if options["remove_unnamed"] and not wrong:
                default_storage.delete(name)
        if wrong:
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS(_("Every document is there and as it was put there.")))
