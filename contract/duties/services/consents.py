"""Consents: asked for by the vendor, answered in writing by the office."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.choices import ConsentDecision
from contract.duties.models import Consent


def request_consent(*, consent: Consent) -> Consent:
    """Write a request of the vendor. It carries no answer yet."""
    if consent.decision:
        raise ValidationError({"decision": _("A request does not answer itself.")})
    return save_consent(consent=consent)


def save_consent(*, consent: Consent) -> Consent:
    """Write a request with or without its answer, as it came on paper."""
    if consent.subject_label and consent.subject_pk:
        row, problems = records.target(consent.subject_label, consent.subject_pk, consent.contract_id)
        vendor_id = getattr(row, "vendor_id", consent.contract.vendor_id)
        if not problems and vendor_id != consent.contract.vendor_id:
            problems = {"subject_pk": _("This belongs to another vendor.")}
        if problems:
            raise ValidationError(problems)
    return records.save(consent)


@transaction.atomic
def decide_consent(
    *,
    consent: Consent,
    decision: ConsentDecision,
    on: date,
    document: str,
    reason: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Consent:
    """Grant or refuse in writing. Granted, it holds from `valid_from` (else its day) on."""
    row = _undecided(consent)
    row.decision, row.decided_on, row.document, row.reason = decision, on, document, reason
    if decision == ConsentDecision.GRANTED:
        row.valid_from, row.valid_to = valid_from or on, valid_to
    row.arrived_on = row.arrived_on or on
    return records.save(row)


@transaction.atomic
def withdraw_request(*, consent: Consent, on: date, reason: str) -> Consent:
    """The vendor takes its request back before the office has decided."""
    why = records.required(reason, "withdrawal_reason")
    return records.step(_undecided(consent), withdrawn_on=on, withdrawal_reason=why)


def _undecided(consent: Consent) -> Consent:
    row = records.untaken(consent, "decided_on", _("The office has decided on %(day)s already."))
    return records.untaken(row, "withdrawn_on", _("The request was withdrawn on %(day)s."))
