"""`manage.py seed_sample`: the sample year on the reference contract."""

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from kit.terminal.tables import table
from sample.loading import LOGINS, Loaded, freeze_day, load
from sample.year.team import END


class Command(BaseCommand):
    help = (
        "Load a year of invented people, attendance, gaps, invoices and payments onto the "
        "reference contract, as docs/sample-year.md tells it. Safe to run again. Not for "
        "production."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-replay",
            action="store_true",
            help="enter the records only: no nightly evaluations, reviews and statements",
        )

    def handle(self, *args: Any, no_replay: bool, **options: Any) -> None:
        loaded = load(replay=not no_replay, progress=self.show if self.stdout.isatty() else None)
        freeze_day()
        for line in (self.sentence(loaded), *loaded.remarks):
            self.stdout.write(line)
        header = [_("User"), _("Password"), _("Who")]
        self.stdout.write(table(header, [[x.username, x.password, str(x.role)] for x in LOGINS]))

    def show(self, day: date) -> None:
        """A sign of life each time a month is through."""
        if (day + timedelta(days=1)).day == 1:
            self.stdout.write(f"\r{day:%Y-%m} ", ending="\n" if day == END else "")
            self.stdout.flush()

    def sentence(self, loaded: Loaded) -> str:
        facts = {"contract": loaded.contract.number, "nights": loaded.nights, "day": END}
        if not loaded.fresh:
            return _("%(contract)s: the sample year is there already, nothing written.") % facts
        if not loaded.nights:
            return _("%(contract)s: sample year entered; its last day is %(day)s.") % facts
        return _("%(contract)s: sample year entered and %(nights)d nights evaluated, up to %(day)s.") % facts
