"""Seat logs, taken in by the office: all days of a file or none; what differs keeps its old row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from contract import records
from contract.models import Contract
from contract.records import correct, enter, withdraw
from hotline.intake.seats import SeatDayRead, SeatsRead
from hotline.models import Platform, SeatDay, SeatLogin
from hotline.services.figures import refuse_days
from kit.workbooks.taking_in import ListResult
from staffing.models import Assignment

__all__ = ["by_number", "correct", "enter", "take_in", "take_in_file", "withdraw"]

FIELDS = ["told_from", "told_to", "sessions", "calls"]


@transaction.atomic
def take_in(
    *, contract: Contract, days: Sequence[SeatDayRead], today: date, platform: Platform | None = None
) -> ListResult:
    """Write the seat logs of days that are over. A day that is on record more fully stays as it is.

    Raises RowErrors with every day at fault, and then nothing is written.
    """
    records.lock_contract(contract.pk)
    refuse_days(contract, days, today)
    known = {row.day: row for row in SeatDay.objects.filter(contract=contract, day__in=[one.day for one in days])}
    new: list[SeatDay] = []
    changed: list[SeatDay] = []
    for one in days:
        row = known.get(one.day)
        before = row.content if row else None
        if row is None:
            row = SeatDay(contract=contract, day=one.day, taken_in_on=today)
        elif one.told[1] - one.told[0] < row.told_to - row.told_from:
            continue
        row.told_from, row.told_to = one.told
        row.sessions = [list(session) for session in one.sessions]
        row.calls = {login: list(own) for login, own in sorted(one.calls.items())}
        if row.content != before:
            row.platform = platform or row.platform
            (new if before is None else changed).append(row)
    if new:
        bulk_create_with_history(new, SeatDay, batch_size=200)
    if changed:
        for row in changed:  # bulk_update asks no field for its value
            row.updated_at = SeatDay._meta.get_field("updated_at").pre_save(row, add=False)
        bulk_update_with_history(changed, SeatDay, [*FIELDS, "platform", "updated_at"], batch_size=200)
    return ListResult(len(new), len(changed), len(days) - len(new) - len(changed))


@dataclass(frozen=True)
class Taken:
    """What a file of the seats has written: days, and logins that are the number of an employee."""

    result: ListResult
    entered: Sequence[SeatLogin]


@transaction.atomic
def take_in_file(*, platform: Platform, read: SeatsRead, today: date) -> Taken:
    """A file of a platform: its days, and whose those of its logins are that are employee numbers."""
    contract = platform.contract
    result = take_in(contract=contract, days=read.days, today=today, platform=platform)
    return Taken(result, by_number(contract=contract, logins=sorted(read.logins), today=today))


@transaction.atomic
def by_number(*, contract: Contract, logins: Sequence[str], today: date) -> list[SeatLogin]:
    """Enter the logins that are the employee number of somebody assigned, from the first day of the assignment on."""
    rows = Assignment.objects.filter(contract=contract, withdrawn_on__isnull=True, operator__employee_number__in=logins)
    first = {row.operator.employee_number: row for row in rows.select_related("operator").order_by("-starts_on")}
    taken = set(SeatLogin.objects.filter(contract=contract, withdrawn_on__isnull=True).values_list("login", flat=True))
    return [
        enter(SeatLogin(contract=contract, login=login, operator=row.operator, from_day=row.starts_on), today=today)
        for login, row in sorted(first.items())
        if login not in taken
    ]
