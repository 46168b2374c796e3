"""Proofs, trainings, assessments, labour contracts and places: recorded, corrected, withdrawn."""

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from staffing.models import EmploymentContract, QualificationProof, ServicePlace, Training, TrialAssessment
from staffing.models.qualification import PersonRecord
from staffing.services.locks import apply, lock_operator, save

PERSON_FIELDS: dict[type[PersonRecord], frozenset[str]] = {
    QualificationProof: frozenset({"kind", "dated_on", "document", "note"}),
    Training: frozenset({"starts_on", "ends_on", "trial_starts_on", "topic", "hours", "document", "note"}),
    TrialAssessment: frozenset({"assessed_on", "is_passed", "score", "document", "note"}),
    EmploymentContract: frozenset({"signed_on", "starts_on", "ends_on", "document", "note"}),
}
PLACE_FIELDS = frozenset({"name", "address", "designated_on", "closed_on", "document"})

P = TypeVar("P", bound=PersonRecord)


def keep_record(model: type[P], **fields: Any) -> P:
    """Record a proof, training, assessment or labour contract of a person."""
    with transaction.atomic():
        lock_operator(fields["operator"].pk)
        row = model(**fields)
        save(row)
    return row


def correct_record(row: P, **changes: Any) -> P:
    """Correct a record that is not withdrawn; equal values write nothing."""
    with transaction.atomic():
        current = _locked(row)
        if apply(current, PERSON_FIELDS[type(row)], changes):
            save(current)
    return current


def withdraw_record(row: P, *, on: date, reason: str) -> P:
    """Withdraw a record that was wrong: it stays readable and counts no more."""
    with transaction.atomic():
        current = _locked(row)
        if not reason.strip():
            raise ValidationError({"withdrawal_reason": _("State the reason.")})
        current.withdrawn_on, current.withdrawal_reason = on, reason.strip()
        save(current)
    return current


def designate_place(**fields: Any) -> ServicePlace:
    """The office designates a place of service beside the one that the contract names."""
    place = ServicePlace(**fields)
    with transaction.atomic():
        save(place)
    return place


def correct_place(*, place: ServicePlace, **changes: Any) -> ServicePlace:
    """Correct a place or close it (fields of `PLACE_FIELDS`)."""
    with transaction.atomic():
        current = ServicePlace.objects.select_for_update().get(pk=place.pk)
        if apply(current, PLACE_FIELDS, changes):
            save(current)
    return current


def _locked(row: P) -> P:
    current: P = type(row)._default_manager.select_for_update().get(pk=row.pk)  # type: ignore[assignment]
    if current.withdrawn_on is not None:
        raise ValidationError(
            _("This record was withdrawn on %(day)s; enter a new one.") % {"day": current.withdrawn_on}
        )
    return current
