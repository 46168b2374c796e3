"""`manage.py restore`: a backup into an empty database and an empty folder, compared with its manifest."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.keeping import backups, restoring
from kit import faults

SHOWN = 100


class Command(BaseCommand):
    help = "Restore the backup FOLDER (or the newest one in it) into an empty place, and say what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--key-file", help="a file with the key (base64 of 32 bytes); default: BACKUP_KEY")

    def handle(self, *args: Any, folder: Path, key_file: str | None, **options: Any) -> None:
        found = backups.newest_in(folder.absolute())
        self.stdout.write(_("Restoring %(folder)s") % {"folder": found})
        try:
            problems = restoring.restore(found, backups.key_from(key_file), self.stdout.write)
        except OSError as error:
            raise CommandError(faults.sentence(error)) from error
        for text in problems[:SHOWN]:
            self.stdout.write(self.style.ERROR(text))
        if len(problems) > SHOWN:
            self.stdout.write(_("… and %(count)d more") % {"count": len(problems) - SHOWN})
        if problems:
            raise SystemExit(1)
        self.stdout.write(
            self.style.SUCCESS(_("Rows, sums, documents and chain are those of the manifest. Next: manage.py migrate"))
        )
