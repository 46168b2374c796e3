"""`manage.py create_roles`: the groups of permissions for office, finance, vendor and audit."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from contract.roles import create_roles


class Command(BaseCommand):
    help = "Make the groups of permissions, or bring them back to what the program defines."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in create_roles().items():
            self.stdout.write(_("%(group)s: %(count)d permissions") % {"group": name, "count": count})
