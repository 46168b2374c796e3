"""Approvals, proofs of payment and labour matters: recorded, corrected, withdrawn."""

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.choices import PartySide
from staffing.models import HoursApproval, LabourMatter, PayProof
from staffing.models.labour import LabourRecord
from staffing.services.locks import apply, fresh, lock_contract, save

COMMON = frozenset({"document", "note"})
LABOUR_FIELDS: dict[type[LabourRecord], frozenset[str]] = {
    HoursApproval: COMMON | {"authority", "post", "approved_on", "valid_from", "valid_until", "arrived_on"},
    PayProof: COMMON | {"kind", "month", "paid_on", "declared_by", "arrived_on"},
    LabourMatter: COMMON
    | {
        "kind",
        "title",
        "persons",
        "occurred_on",
        "known_on",
        "reported_on",
        "effect",
        "effect_removed_on",
        "settled_on",
        "settlement",
    },
}
# What has happened by the day on which it is recorded; the other days may lie ahead.
PAST = (
    "approved_on",
    "arrived_on",
    "paid_on",
    "occurred_on",
    "known_on",
    "reported_on",
    "effect_removed_on",
    "settled_on",
)

L = TypeVar("L", bound=LabourRecord)


def record_labour(model: type[L], *, today: date, **fields: Any) -> L:
    """Record an approval, a proof of payment or a labour matter of a contract."""
    with transaction.atomic():
        lock_contract(fields["contract"].pk)
        row = model(**fields)
        _not_ahead(row, today)
        save(row)
    return row


def report_matter(*, today: date, **fields: Any) -> LabourMatter:
    """The vendor tells the office of a labour matter: it is reported on this day."""
    return record_labour(LabourMatter, today=today, reported_on=today, recorded_by=PartySide.VENDOR, **fields)


def correct_labour(row: L, *, today: date, **changes: Any) -> L:
    """Correct a record that is not withdrawn (`LABOUR_FIELDS`); equal values write nothing."""
    with transaction.atomic():
        current = _locked(row)
        if apply(current, LABOUR_FIELDS[type(row)], changes):
            _not_ahead(current, today)
            save(current)
    return current


def withdraw_labour(row: L, *, on: date, reason: str) -> L:
    """Withdraw a record that was wrong: it stays readable and counts no more."""
    with transaction.atomic():
        current = _locked(row)
        if not reason.strip():
            raise ValidationError({"withdrawal_reason": _("State the reason.")})
        current.withdrawn_on, current.withdrawal_reason = on, reason.strip()
        save(current)
    return current


def _locked(row: L) -> L:
    lock_contract(row.contract_id)
    current = fresh(row)
    if current.withdrawn_on is not None:
        raise ValidationError(
            _("This record was withdrawn on %(day)s; enter a new one.") % {"day": current.withdrawn_on}
        )
    return current


def _not_ahead(row: LabourRecord, today: date) -> None:
    """Nothing has happened on a day that has not come."""
    problems = {
        name: _("%(day)s has not come yet (today is %(today)s).") % {"day": day, "today": today}
        for name in PAST
        if isinstance(day := getattr(row, name, None), date) and day > today
    }
    if problems:
        raise ValidationError(problems)
