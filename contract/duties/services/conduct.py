"""Misconduct (18), force majeure (16), and excuses that two people give."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.duties.models import ForceMajeureEvent, Misconduct
from kit.errors import Conflict

EVENT_TEXTS = frozenset({"title", "description"})


@transaction.atomic
def report_correction(*, misconduct: Misconduct, correction: str, on: date) -> Misconduct:
    """The vendor says how it stopped and corrected misconduct."""
    row = records.untaken(misconduct, "corrected_on", _("It was corrected on %(day)s already."))
    return records.step(row, correction=records.required(correction, "correction"), corrected_on=on)


@transaction.atomic
def correct_correction(*, misconduct: Misconduct, correction: str) -> Misconduct:
    """The vendor corrects what it wrote of a correction; its day stays."""
    row = records.locked(misconduct)
    if row.corrected_on is None:
        raise Conflict(_("Nothing was corrected yet."))
    return records.step(row, correction=records.required(correction, "correction"))


@transaction.atomic
def prove_event(*, event: ForceMajeureEvent, document: str, issuer: str, on: date) -> ForceMajeureEvent:
    """An authority's proof of a force majeure event has arrived."""
    row = records.untaken(event, "proof_arrived_on", _("The proof arrived on %(day)s already."))
    return records.step(row, proof_document=document, proof_issuer=issuer, proof_arrived_on=on)


@transaction.atomic
def end_event(*, event: ForceMajeureEvent, on: date) -> ForceMajeureEvent:
    """The effect of an event is over; `on` is its last day. Excuses end with it."""
    row = records.untaken(event, "ended_on", _("Its effect ended on %(day)s already."))
    return records.step(row, ended_on=on)


@transaction.atomic
def correct_event(*, event: ForceMajeureEvent, **texts: str) -> ForceMajeureEvent:
    """Correct what was written of an event; the days of event and notice stay."""
    return records.step(_standing(event), **{name: texts[name] for name in EVENT_TEXTS & set(texts)})


@transaction.atomic
def withdraw_event(*, event: ForceMajeureEvent, on: date, reason: str) -> ForceMajeureEvent:
    """Withdraw a report that was wrong. What was excused by it stands again."""
    row = _standing(event)
    row._change_reason = records.required(reason, "reason")[:100]  # type: ignore[attr-defined]
    return records.step(row, withdrawn_on=on)


def _standing(event: ForceMajeureEvent) -> ForceMajeureEvent:
    return records.untaken(event, "withdrawn_on", _("This report was withdrawn on %(day)s."))
