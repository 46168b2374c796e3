"""Undertakings: recorded, corrected, withdrawn, never deleted."""

from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction

from confidentiality.models import Undertaking
from confidentiality.services.base import not_after, require_standing, withdraw
from contract.models import Contract
from staffing.models import Operator
from staffing.services.locks import apply, fresh, lock_contract, save

UNDERTAKING_FIELDS = frozenset({"signed_on", "document_number", "copy"})


def record_undertaking(
    *,
    contract: Contract,
    operator: Operator,
    signed_on: date,
    today: date,
    document_number: str = "",
    copy: File | None = None,
) -> Undertaking:
    """Record that an operator has signed. ValidationError if one stands already."""
    undertaking = Undertaking(
        contract=contract, operator=operator, signed_on=signed_on,
        document_number=document_number.strip(), copy=copy,
    )  # fmt: skip
    not_after(today, signed_on=signed_on)
    with transaction.atomic():
        lock_contract(contract.pk)
        save(undertaking)
    return undertaking


def correct_undertaking(*, undertaking: Undertaking, today: date, **changes: Any) -> Undertaking:
    """Correct what was typed (fields of `UNDERTAKING_FIELDS`); equal values write nothing."""
    not_after(today, signed_on=changes.get("signed_on"))
    with transaction.atomic():
        lock_contract(undertaking.contract_id)
        current = fresh(undertaking)
        require_standing(current)
        if apply(current, UNDERTAKING_FIELDS, changes):
            save(current)
    return current


def withdraw_undertaking(*, undertaking: Undertaking, today: date, reason: str) -> Undertaking:
    """Withdraw an undertaking: revoked, or entered by mistake. It counts no more."""
    with transaction.atomic():
        lock_contract(undertaking.contract_id)
        current = fresh(undertaking)
        withdraw(current, today, reason)
        save(current)
    return current
