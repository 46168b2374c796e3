"""Misconduct (18), force majeure (16), and excuses that two people give."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from contract.duties.models import ForceMajeureEvent, Misconduct
from contract.records import fresh, keep, required
from kit.errors import Conflict

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
def prove_event(*, event: ForceMajeureEvent, document: str, issuer: str, on: date) -> ForceMajeureEvent:
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
