"""`manage.py statement`: the settlement statement of a contract's quarter as a PDF."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from billing import services
from billing.models import Instalment, Statement
from contract.models import Contract
from kit import clock
from kit.errors import Conflict
from kit.files.whole import write_whole


class Command(BaseCommand):
    help = (
        "Write the settlement statement of a payment period as a PDF: the one that was issued, or "
        "a draft while there is none. With --issue it is issued first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", required=True, help="number of the contract")
        parser.add_argument("--quarter", required=True, type=int, help="number of the payment period, from 1")
        parser.add_argument("--out", help="file to write; <document number>.pdf where left out")
        parser.add_argument("--issue", action="store_true", help="issue it where none stands")
        parser.add_argument("--by", help="user name of the person who issues it")

    def handle(self, *args: Any, **options: Any) -> None:
        instalment = find_instalment(options["contract"], options["quarter"])
        try:
            statement = _statement(instalment, options)
            if statement is not None:
                number, content = statement.number, services.read_statement(statement)
            else:
                number = _("draft") + f"-{instalment.contract.number}-{instalment.sequence}"
                content = services.preview_statement(instalment=instalment, as_of=clock.today())
        except (ValidationError, Conflict, PermissionDenied) as error:
            raise CommandError("\n".join(getattr(error, "messages", [str(error)]))) from error
        path = Path(options["out"] or f"{number.replace('/', '-')}.pdf")
        try:
            write_whole(path, content)
        except OSError as error:
            raise CommandError(
                _("--out: %(path)s cannot be written: %(reason)s") % {"path": path, "reason": error.strerror}
            ) from error
        text = (
            _("Statement %(number)s written to %(path)s (SHA-256 %(hash)s).")
            if statement
            else _("No statement is issued yet: a draft was written to %(path)s.")
        )
        names = {"number": number, "path": path, "hash": statement and statement.pdf_sha256}
        self.stdout.write(text % names)


def _statement(instalment: Instalment, options: dict[str, Any]) -> Statement | None:
    standing = instalment.statements.filter(corrected_by=None).first()
    if standing is not None or not options["issue"]:
        return standing
    actor = get_user_model().objects.filter(username=options["by"] or "").first()
    if actor is None:
        raise CommandError(_("--by: name the user who issues the statement."))
    return services.issue_statement(instalment=instalment, actor=actor, at=clock.now(), as_of=clock.today())


def find_instalment(number: str, sequence: int) -> Instalment:
    """The instalment that the options name. CommandError says which there are."""
    contract = Contract.objects.filter(number=number).first()
    if contract is None:
        known = ", ".join(Contract.objects.values_list("number", flat=True)[:20])
        raise CommandError(
            _("--contract: there is no contract “%(number)s”. Known: %(known)s")
            % {"number": number, "known": known or "–"}
        )
    row = contract.instalments.select_related("contract__vendor").filter(sequence=sequence).first()
    if row is None:
        raise CommandError(
            _("--quarter: contract %(contract)s has no period %(number)d; it has %(count)d.")
            % {"contract": number, "number": sequence, "count": contract.instalments.count()}
        )
    return row
