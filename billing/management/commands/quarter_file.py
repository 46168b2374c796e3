"""`manage.py quarter_file`: the payment file of a contract's quarter, as PDF or ZIP."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from billing import services
from billing.management.commands.statement import find_instalment
from billing.models import Instalment, QuarterFile
from kit import clock
from kit.errors import Conflict
from kit.files.whole import write_whole


class Command(BaseCommand):
    help = (
        "Write the payment file of a period: the one that was made, or with --by a new one, made "
        "here. The name of --out says which form: .zip, else the merged PDF."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", required=True, help="number of the contract")
        parser.add_argument("--quarter", required=True, type=int, help="number of the payment period, from 1")
        parser.add_argument("--out", required=True, help="file to write: .pdf or .zip")
        parser.add_argument("--by", help="user name of the person who asks for the file")
        parser.add_argument("--reason", default="", help="why it takes an earlier file's place")

    def handle(self, *args: Any, **options: Any) -> None:
        instalment = find_instalment(options["contract"], options["quarter"])
        path = Path(options["out"])
        try:
            file = self.find(instalment, options)
            content = services.read_file(file, "bundle" if path.suffix == ".zip" else "pdf")
        except (ValidationError, Conflict, PermissionDenied) as error:
            raise CommandError("\n".join(getattr(error, "messages", [str(error)]))) from error
        try:
            write_whole(path, content)
        except OSError as error:
            raise CommandError(
                _("--out: %(path)s cannot be written: %(reason)s") % {"path": path, "reason": error.strerror}
            ) from error
        self.stdout.write(_("File %(number)s written to %(path)s.") % {"number": file, "path": path})

    def find(self, instalment: Instalment, options: dict[str, Any]) -> QuarterFile:
        last = instalment.files.filter(replaced_by=None).first()
        if last is not None and last.is_ready and not options["reason"]:
            return last
        if last is not None and last.is_under_way and not options["reason"]:
            return made(last)
        actor = get_user_model().objects.filter(username=options["by"] or "").first()
        if actor is None:
            raise CommandError(_("--by: name the user who asks for the file."))
        replaces = last if last is not None and last.is_ready else None
        file = services.request_file(
            instalment=instalment,
            actor=actor,
            at=clock.now(),
            as_of=clock.today(),
            replaces=replaces,
            reason=options["reason"],
        )
        return made(file)


def made(file: QuarterFile) -> QuarterFile:
    """The file, made here where it still waits. CommandError says why it could not be made."""
    services.make_file(file, clock.now)
    file.refresh_from_db()
    if file.error:
        raise CommandError(file.error)
    return file
