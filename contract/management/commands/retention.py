"""`manage.py retention`: what may be removed because its time is over; and, confirmed by name, its removal."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from contract.keeping import retention
from kit import clock


class Command(BaseCommand):
    help = "Show which papers and logs have been kept long enough; remove one of them, named twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", metavar="NAME", help="a contract's number, or a log, as listed")
        parser.add_argument("--confirm", metavar="NAME", default="", help="the same name once more")
        parser.add_argument("--by", metavar="USER", default="", help="who decides it")
        parser.add_argument("--reason", default="", help="why; kept with the tombstone")

    def handle(self, *args: Any, remove: str | None, **options: Any) -> None:
        found = list(retention.due(clock.today()))
        if remove is None:
            for one in found:
                self.stdout.write(_("%(name)s: %(count)d, due since %(since)s") % vars(one))
            if not found:
                self.stdout.write(_("Nothing has been kept long enough to be removed."))
            return
        wanted = next((one for one in found if one.name == remove), None)
        if wanted is None:
            raise CommandError(_("“%(name)s” is not due: nothing was removed.") % {"name": remove})
        actor: Any = get_user_model().objects.filter(username=options["by"], is_active=True).first()
        if actor is None or not actor.has_perm("contract.add_tombstone"):
            raise CommandError(_("--by: name an administrator of the system."))
        stones = retention.remove(
            wanted, confirmed=options["confirm"], actor=actor, reason=options["reason"], at=clock.now()
        )
        self.stdout.write(_("Removed; %(count)d tombstones stand in the change log.") % {"count": len(stones)})
