"""Leaves: entered, corrected, withdrawn, and the days that follow from them."""

from datetime import date
from typing import Any

from django.db import transaction

from contract import records
from staffing.models import Leave
from staffing.services.roll_up import settle


@transaction.atomic
def enter(leave: Leave, **at: Any) -> Leave:
    """Write that a person is away; both days are included."""
    return _settled(records.enter(leave, **at))


@transaction.atomic
def correct(leave: Leave, **changes: Any) -> Leave:
    """Correct a leave that stands; equal values write nothing."""
    before = records.locked(leave)
    now = records.correct(leave, **changes)
    return _settled(now, before) if records.differs(now, before) else now


@transaction.atomic
def withdraw(leave: Leave, *, on: date, reason: str) -> Leave:
    """Withdraw a leave: it stays readable and counts no more."""
    return _settled(records.withdraw(leave, on=on, reason=reason))


def _settled(*versions: Leave) -> Leave:
    """Days and gaps of the person, over all days that the versions of a leave touch."""
    now = versions[0]
    contract = records.lock_contract(now.contract_id)
    first, last = min(one.starts_on for one in versions), max(one.ends_on for one in versions)
    settle(contract, {now.operator_id}, first, last)
    return now
