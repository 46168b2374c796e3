"""`manage.py rebuild_staff_days`: the day roll-ups and the gaps anew from the facts; or compare."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from contract.models import Contract
from contract.records import lock_contract
from contract.services.standing import look_again
from staffing.services.duty import differing_duty, refresh_duty
from staffing.services.roll_up import differing_days, refresh_days, sync_gaps

DAYS_NAMED = 10


class Command(BaseCommand):
    help = "Rebuild the roll-ups by contract and day, and the gaps, from assignments and reports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contract", metavar="NUMBER", help="only this contract")
        parser.add_argument(
            "--check",
            action="store_true",
            help="only compare: name the days that differ, write nothing, exit 1 if there are any",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        contracts = Contract.objects.order_by("number")
        if options["contract"]:
            contracts = contracts.filter(number=options["contract"])
            if not contracts.exists():
                raise CommandError(f"there is no contract {options['contract']}")
        total = 0
        for contract in contracts:
            total += self.compare(contract) if options["check"] else self.rebuild(contract)
        self.stdout.write(
            f"{contracts.count()} contracts, {total} "
            + ("differences" if options["check"] else "days and gaps rewritten")
        )
        if options["check"] and total:
            raise SystemExit(1)

    def compare(self, contract: Contract) -> int:
        days = sorted({*differing_days(contract=contract), *differing_duty(contract=contract)})
        if days:
            named = ", ".join(day.isoformat() for day in days[:DAYS_NAMED])
            more = f" … ({len(days)} days)" if len(days) > DAYS_NAMED else ""
            self.stdout.write(f"{contract.number}: {named}{more}")
        with transaction.atomic():
            stale = sync_gaps(contract=contract)
            transaction.set_rollback(True)
        if stale:
            self.stdout.write(f"{contract.number}: {stale} gaps")
        return len(days) + stale

    def rebuild(self, contract: Contract) -> int:
        with transaction.atomic():
            locked = lock_contract(contract.pk)
            look_again([locked.pk])  # the log does not tell of what is derived
            days = refresh_days(contract=locked) + refresh_duty(contract=locked)
            return days + sync_gaps(contract=locked)
