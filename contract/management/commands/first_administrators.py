"""`manage.py first_administrators`: the three administrators of an empty installation."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.roles import ADMINISTRATORS, create_roles
from kit.terminal.tables import table


class Command(BaseCommand):
    help = (
        "Make the accounts of the system, the security and the audit administrator, three persons, each with a "
        "password that is shown once. None of them sees a case, and there is no superuser."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs=3, metavar="NAME", help="system, security and audit administrator")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        if len(set(names)) != len(names):
            raise CommandError(_("The three administrators are three persons: give three names."))
        made = []
        with transaction.atomic():
            create_roles()
            for role, name in zip(ADMINISTRATORS, names, strict=True):
                if User.objects.filter(groups__name=role).exists():
                    raise CommandError(
                        _("There is a %(role)s already: further ones are made in the pages.") % {"role": role}
                    )
                if User.objects.filter(username=name).exists():
                    raise CommandError(_("There is a user “%(name)s” already. Give another name.") % {"name": name})
                password = secrets.token_urlsafe(15)
                user = User(username=name, is_staff=True)
                user.set_password(password)
                user.full_clean(exclude=["password"])
                user.save()
                user.groups.add(Group.objects.get(name=role))
                made.append([role, name, password])
        self.stdout.write(table([_("Role"), _("User"), _("Password")], made))
        self.stdout.write(
            _("The passwords are shown this once. Each administrator changes theirs at the first sign-in.")
        )
