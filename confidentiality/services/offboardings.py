"""Handovers of people who leave: recorded step by step, corrected, withdrawn."""

from datetime import date
from typing import Any

from django.db import transaction

from confidentiality.models import Offboarding
from confidentiality.models.offboarding import STEPS
from confidentiality.services.base import not_after, require_standing, withdraw
from staffing.models import Assignment
from staffing.services.locks import apply, fresh, lock_contract, save

OFFBOARDING_FIELDS = frozenset({*STEPS, "document_number", "copy", "note"})


def record_offboarding(*, assignment: Assignment, today: date, **values: Any) -> Offboarding:
    """Begin the record of a handover, with what is done already (fields of `OFFBOARDING_FIELDS`).

    The remaining steps are added as they are done (`correct_offboarding`).
    """
    _not_after(today, values)
    offboarding = Offboarding(contract=assignment.contract, assignment=assignment)
    apply(offboarding, OFFBOARDING_FIELDS, values)
    with transaction.atomic():
        lock_contract(assignment.contract_id)
        save(offboarding)
    return offboarding


def correct_offboarding(*, offboarding: Offboarding, today: date, **changes: Any) -> Offboarding:
    """Add or correct steps (fields of `OFFBOARDING_FIELDS`); equal values write nothing."""
    _not_after(today, changes)
    with transaction.atomic():
        lock_contract(offboarding.contract_id)
        current = fresh(offboarding)
        require_standing(current)
        if apply(current, OFFBOARDING_FIELDS, changes):
            save(current)
    return current


def withdraw_offboarding(*, offboarding: Offboarding, today: date, reason: str) -> Offboarding:
    """Withdraw a record that was made by mistake. It counts no more."""
    with transaction.atomic():
        lock_contract(offboarding.contract_id)
        current = fresh(offboarding)
        withdraw(current, today, reason)
        save(current)
    return current


def _not_after(today: date, values: dict[str, Any]) -> None:
    not_after(today, **{step: values.get(step) for step in STEPS})
