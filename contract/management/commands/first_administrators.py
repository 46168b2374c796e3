"""`manage.py first_administrators`: the three administrators of an empty installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.access import accounts
from kit.terminal.tables import table


class Command(BaseCommand):
    help = (
        "Make the accounts of the system, the security and the audit administrator, three persons, each with a "
        "password that is shown once. None of them sees a case, and there is no superuser."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs=3, metavar="NAME", help="system, security and audit administrator")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        try:
            made = accounts.administrators(names)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(table([_("Role"), _("User"), _("Password")], [list(row) for row in made]))
        self.stdout.write(
            _("The passwords are shown this once. Each administrator changes theirs at the first sign-in.")
        )
