"""`manage.py digest`: what today's digest says to somebody. Nothing is sent."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.delivery.services.digest import preview
from kit import clock


class Command(BaseCommand):
    help = "Show a person's daily digest as text, as of a day (today by default). Sends nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="YYYY-MM-DD")

    def handle(self, *args: Any, username: str, on: date | None, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(_("There is no user “%(name)s”.") % {"name": username})
        text = preview(user=user, on=on or clock.today())
        self.stdout.write(text or _("Nothing to tell: no mail would be sent."))
