"""`manage.py hotline_figures`: the files of a platform, of any size, as sums; shown first, written with --write."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from hotline.intake import files
from hotline.models import Platform
from hotline.services import figures
from kit import clock
from kit.errors import RowErrors
from kit.files.spreadsheets import SpreadsheetError
from kit.terminal.tables import table


class Command(BaseCommand):
    help = (
        "Read the files of a hotline's platform, the older one first, and show what they say. "
        "With --write the figures are taken in: all days or none."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--contract", required=True, metavar="NUMBER")
        parser.add_argument("--platform", required=True, metavar="NAME")
        parser.add_argument("--write", action="store_true")
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        platform = Platform.objects.filter(
            contract__number=options["contract"], name=options["platform"], withdrawn_on=None
        ).first()
        if platform is None:
            raise CommandError(_("There is no such platform of this contract."))
        try:
            with ExitStack() as stack:
                read = files.read(platform, [stack.enter_context(Path(name).open("rb")) for name in options["files"]])
            names = ("offered", "answered", "answered_in_time", "short_abandoned")
            rows = [[str(one.day), *(str(one.figures.get(name, "–")) for name in names)] for one in read.days]
            self.stdout.write(table(["day", *names], rows))
            self.stdout.write(
                _("%(calls)d calls; no end %(unfinished)d, begun before %(begun_before)d, passed over %(passed_over)d.")
                % vars(read)
            )
            if options["write"]:
                taken = figures.take_in(
                    contract=platform.contract, days=read.days, today=clock.today(), platform=platform
                )
                said = _("Taken in: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
                self.stdout.write(said % vars(taken.result))
        except SpreadsheetError as error:
            raise CommandError(str(error)) from error
        except RowErrors as error:
            raise CommandError(
                "\n".join(f"{row.index + 1} {row.field} {row.message}" for row in error.errors)
            ) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
