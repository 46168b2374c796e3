"""`manage.py backup`: the database and the documents into a folder, while the program goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.keeping import backups
from kit import faults


class Command(BaseCommand):
    help = "Write a backup (database, documents, manifest) into a new folder inside FOLDER."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--key-file", help="a file with the key (base64 of 32 bytes); default: BACKUP_KEY")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="remove all but the newest N afterwards")

    def handle(self, *args: Any, folder: Path, key_file: str | None, keep: int, **options: Any) -> None:
        key = backups.key_from(key_file)
        try:
            record = backups.write(folder.absolute(), key)
            gone = backups.prune(folder, keep)
        except OSError as error:
            raise CommandError(faults.sentence(error)) from error
        self.stdout.write(
            _("Backup %(folder)s: %(documents)d documents, %(size)d bytes, %(sealed)s.")
            % {
                "folder": record.folder,
                "documents": record.documents,
                "size": record.size,
                "sealed": _("encrypted") if key else _("not encrypted"),
            }
        )
        self.stdout.write(_("Head of the chain, to be kept outside: %(head)s") % {"head": record.head})
        for name in gone:
            self.stdout.write(_("Removed: %(name)s") % {"name": name})
