"""`manage.py forget_second_factor NAME`: for somebody who has lost the telephone and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.choices import AccessKind
from contract.history.access import log
from kit import second_factor


class Command(BaseCommand):
    help = "Remove a user's devices and recovery codes; the next sign-in sets up new ones. Kept in the log of accesses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(_("There is no user “%(name)s”.") % {"name": name})
        with transaction.atomic():
            count = second_factor.forget(user)
            log.note(AccessKind.CHANGED, row=user, text=_("second factor removed"))
        self.stdout.write(_("%(name)s: %(count)d devices removed.") % {"name": name, "count": count})
