"""`manage.py rotate_keys`: everything encrypted, and what it is found by, moves to the first key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from contract.keeping import keys, start


class Command(BaseCommand):
    help = "Move encrypted values, current and historical, to the first of FIELD_ENCRYPTION_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--finish", action="store_true", help="the blind indexes too; stop web and worker before")

    def handle(self, *args: Any, finish: bool, **options: Any) -> None:
        start.require_keys()
        keys.move(self.stdout.write)
        if not finish:
            self.stdout.write(_("Next: stop web and worker, then manage.py rotate_keys --finish."))
            return
        text = _("%(count)d rows are found by the new key. Leave only that one in FIELD_ENCRYPTION_KEYS, then start.")
        self.stdout.write(self.style.SUCCESS(text % {"count": keys.finish()}))
