"""`manage.py withdraw_evaluation`: take back what was recorded for days that have not come."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.history.withdrawal import withdraw
from kit import clock


class Command(BaseCommand):
    help = "Take back every evaluation of a day after today, with reason and author, and catch up to today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, metavar="USER", help="whose correction it is: a user's name")
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept")

    def handle(self, *args: Any, by: str, reason: str, **options: Any) -> None:
        user = get_user_model().objects.filter(username=by, is_active=True).first()
        if user is None:
            raise CommandError(_("--by: there is no active user “%(name)s”.") % {"name": by})
        try:
            found = withdraw(today=clock.today(), at=clock.now(), actor=user, reason=reason)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except PermissionDenied as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            _(
                "Taken back: %(runs)d evaluations, %(assessments)d assessments, %(raised)d alerts raised by them; "
                "%(restored)d alerts stand as before, %(left)d stand where people have brought them since."
            )
            % vars(found)
        )
        call_command("evaluate", summary=True, stdout=self.stdout, stderr=self.stderr)
