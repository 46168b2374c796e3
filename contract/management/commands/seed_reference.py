"""`manage.py seed_reference`: the reference contract and the roles that work on contracts."""

from typing import Any

from django.core.management import call_command, get_commands

from contract.management.commands.load_contract import Command as LoadContract
from contract.reference import REFERENCE


class Command(LoadContract):
    help = "Load the reference contract and create the roles. Safe to run again."

    def add_arguments(self, parser: Any) -> None:
        """None: the document is the project's own."""

    def handle(self, *args: Any, **options: Any) -> None:
        self.say(self.load(REFERENCE))
        if "create_roles" in get_commands():
            call_command("create_roles", stdout=self.stdout, stderr=self.stderr)
