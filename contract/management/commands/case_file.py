"""`manage.py case_file`: the case file of an alert, or of several, as a ZIP."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.history.casefile.bundle import build
from contract.models import Alert
from kit.files.whole import write_whole


class Command(BaseCommand):
    help = "Write the case file (ZIP) of one alert, or one bundle for several of one contract."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--alert",
            type=int,
            action="append",
            required=True,
            metavar="NUMBER",
            help="the number of the alert; give it again for a bundle",
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, alert: list[int], out: Path, **options: Any) -> None:
        wanted = set(alert)
        alerts = list(
            Alert.objects.filter(pk__in=[pk for pk in wanted if 0 < pk < 10**18]).select_related(
                "contract__office", "contract__vendor", "assessment"
            )
        )
        if missing := wanted - {found.pk for found in alerts}:
            raise CommandError(
                _("--alert: there is no alert %(numbers)s.") % {"numbers": ", ".join(map(str, sorted(missing)))}
            )
        try:
            built = build(alerts)
            write_whole(out, built.content)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(
                _("--out: %(file)s cannot be written: %(reason)s") % {"file": out, "reason": error.strerror}
            ) from error
        self.stdout.write(
            _("%(name)s: %(size)d bytes, written to %(file)s")
            % {"name": built.name, "size": len(built.content), "file": out}
        )
