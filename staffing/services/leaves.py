"""Leaves: recorded, corrected, cancelled, never deleted."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from staffing.models import Leave, Operator
from staffing.services.locks import apply, fresh, lock_contract, lock_operator, save
from staffing.services.roll_up import settle

LEAVE_FIELDS = frozenset({"kind", "starts_on", "ends_on", "reported_at"})


def record_leave(
    *, contract: Contract, operator: Operator, kind: str, starts_on: date, ends_on: date, reported_at: datetime
) -> Leave:
    """Record that a person is away; both days are included."""
    with transaction.atomic():
        contract = lock_contract(contract.pk)
        leave = Leave(
            contract=contract,
            operator=lock_operator(operator.pk),
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            reported_at=reported_at,
        )
        save(leave)
        settle(contract, {leave.operator_id}, starts_on, ends_on)
    return leave


def correct_leave(*, leave: Leave, **changes: Any) -> Leave:
    """Correct a leave (fields of `LEAVE_FIELDS`); equal values write nothing."""
    with transaction.atomic():
        contract = lock_contract(leave.contract_id)
        lock_operator(leave.operator_id)
        current, before = fresh(leave), fresh(leave)
        _require_live(current)
        if apply(current, LEAVE_FIELDS, changes):
            save(current)
            settle(
                contract,
                {current.operator_id},
                min(current.starts_on, before.starts_on),
                max(current.ends_on, before.ends_on),
            )
    return current


def cancel_leave(*, leave: Leave, on: date, reason: str) -> Leave:
    """Cancel a leave: it stays readable and counts no more."""
    with transaction.atomic():
        contract = lock_contract(leave.contract_id)
        current = fresh(leave)
        _require_live(current)
        if not reason.strip():
            raise ValidationError({"cancel_reason": _("State the reason.")})
        current.cancelled_on, current.cancel_reason = on, reason.strip()
        save(current)
        settle(contract, {current.operator_id}, current.starts_on, current.ends_on)
    return current


def _require_live(leave: Leave) -> None:
    if leave.cancelled_on is not None:
        raise ValidationError(_("This leave was cancelled on %(day)s; enter a new one.") % {"day": leave.cancelled_on})
