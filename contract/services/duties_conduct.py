"""Misconduct (18), force majeure (16), and excuses that two people give."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import registry
from contract.errors import Conflict
from contract.models import Excuse, ForceMajeureEvent, Misconduct
from contract.services.duties_base import (
    fresh,
    keep,
    lock,
    required,
    stored,
    target,
    unchanged,
)

EVENT_TEXTS = frozenset({"title", "description"})


@transaction.atomic
def report_correction(*, misconduct: Misconduct, correction: str, on: date) -> Misconduct:
    """The vendor says how it stopped and corrected misconduct."""
    row = fresh(misconduct)
    if row.corrected_on is not None:
        raise Conflict(_("It was corrected on %(day)s already.") % {"day": row.corrected_on})
    row.correction, row.corrected_on = required(correction, "correction"), on
    return keep(row=row)


@transaction.atomic
def correct_correction(*, misconduct: Misconduct, correction: str) -> Misconduct:
    """The vendor corrects what it wrote of a correction; its day stays."""
    row = fresh(misconduct)
    if row.corrected_on is None:
        raise Conflict(_("Nothing was corrected yet."))
    row.correction = required(correction, "correction")
    return keep(row=row)


@transaction.atomic
def prove_event(
    *, event: ForceMajeureEvent, document: str, issuer: str, on: date
) -> ForceMajeureEvent:
    """An authority's proof of a force majeure event has arrived."""
    row = fresh(event)
    if row.proof_arrived_on is not None:
        raise Conflict(_("The proof arrived on %(day)s already.") % {"day": row.proof_arrived_on})
    row.proof_document, row.proof_issuer = document, issuer
    row.proof_arrived_on = on
    return keep(row=row)


@transaction.atomic
def end_event(*, event: ForceMajeureEvent, on: date) -> ForceMajeureEvent:
    """The effect of an event is over; `on` is its last day. Excuses end with it."""
    row = fresh(event)
    if row.ended_on is not None:
        raise Conflict(_("Its effect ended on %(day)s already.") % {"day": row.ended_on})
    row.ended_on = on
    return keep(row=row)


@transaction.atomic
def correct_event(*, event: ForceMajeureEvent, **texts: str) -> ForceMajeureEvent:
    """Correct what was written of an event; the days of event and notice stay."""
    row = _standing_event(event)
    for name in EVENT_TEXTS & set(texts):
        setattr(row, name, texts[name])
    return keep(row=row)


@transaction.atomic
def withdraw_event(*, event: ForceMajeureEvent, on: date, reason: str) -> ForceMajeureEvent:
    """Take back a report that was wrong. What was excused by it stands again."""
    row = _standing_event(event)
    row.withdrawn_on = on
    row._change_reason = required(reason, "reason")[:100]  # type: ignore[attr-defined]
    return keep(row=row)


def _standing_event(event: ForceMajeureEvent) -> ForceMajeureEvent:
    row = fresh(event)
    if row.withdrawn_on is not None:
        raise Conflict(_("This report was withdrawn on %(day)s.") % {"day": row.withdrawn_on})
    return row


@transaction.atomic
def save_excuse(*, excuse: Excuse, actor: Any) -> Excuse:
    """Propose an excuse, or correct it before it is approved. It has no effect yet."""
    lock(excuse)
    old = stored(excuse)
    if old is None:
        excuse.proposed_by = actor
    elif old.approved_on is not None:
        why = _("This excuse is approved. Revoke it and propose another one.")
        fixed = ("contract", "cause", "event", "check_id", "subject_label", "subject_pk",
                 "from_on", "to_on", "document")  # fmt: skip
        unchanged(excuse, old, *fixed, why=why)
    elif old.proposed_by_id != actor.pk:
        raise ValidationError(
            _("Only who proposed it corrects it; a second person approves or leaves it.")
        )
    _check_target(excuse)
    return keep(row=excuse)


@transaction.atomic
def approve_excuse(*, excuse: Excuse, actor: Any, on: date) -> Excuse:
    """A second person approves an excuse; from `on` it takes effect."""
    if not actor.has_perm("contract.change_excuse"):
        raise PermissionDenied(_("You have no permission for this step."))
    row = fresh(excuse)
    if row.approved_on is not None:
        raise Conflict(_("It was approved on %(day)s already.") % {"day": row.approved_on})
    if row.proposed_by_id == actor.pk:
        raise ValidationError(
            _("The second person must not be the proposer. Ask a colleague to approve it.")
        )
    row.approved_by, row.approved_on = actor, on
    return keep(row=row)


@transaction.atomic
def revoke_excuse(*, excuse: Excuse, on: date) -> Excuse:
    """An excuse no longer holds from `on`; its findings stand again as they are."""
    row = fresh(excuse)
    if row.revoked_on is not None:
        raise Conflict(_("It was revoked on %(day)s already.") % {"day": row.revoked_on})
    row.revoked_on = on
    return keep(row=row)


def _check_target(excuse: Excuse) -> None:
    """The check is one of the program's, the subject a row of the same contract."""
    problems = {}
    if excuse.check_id and excuse.check_id not in registry.checks():
        problems["check_id"] = _("The program has no such check.")
    row, wrong = target(excuse.subject_label, excuse.subject_pk, excuse.contract_id)
    problems |= wrong
    if problems:
        raise ValidationError(problems)
    if not excuse.subject_name:
        excuse.subject_name = str(row)[:120]
