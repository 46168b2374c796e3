"""Platforms, written like every record; the first one of a contract brings the indicators with it."""

from datetime import date, datetime

from django.db import transaction

from contract import records
from contract.records import correct, withdraw
from hotline.models import Indicator, Platform
from hotline.reference import shipped

__all__ = ["correct", "enter", "withdraw"]


@transaction.atomic
def enter(row: Platform, *, today: date | None = None, now: datetime | None = None) -> Platform:
    """Write a platform. A contract without indicators gets those that come with the program, unconfirmed."""
    row = records.enter(row, today=today, now=now)
    if not Indicator.objects.filter(contract=row.contract_id).exists():
        for fields in shipped():
            records.enter(Indicator(contract=row.contract, **fields), today=today, now=now)
    return row
