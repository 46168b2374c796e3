"""Consents: asked for by the vendor, answered in writing by the office."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.choices import ConsentDecision
from contract.duties.models import Consent
from contract.records import fresh, keep, required, target
from kit.errors import Conflict


def request_consent(*, consent: Consent) -> Consent:
    """Write a request of the vendor. It carries no answer yet."""
    if consent.decision:
        raise ValidationError({"decision": _("A request does not answer itself.")})
    return save_consent(consent=consent)


def save_consent(*, consent: Consent) -> Consent:
    """Write a request with or without its answer, as it came on paper."""
    if consent.subject_label and consent.subject_pk:
        row, problems = target(consent.subject_label, consent.subject_pk, consent.contract_id)
        vendor_id = getattr(row, "vendor_id", consent.contract.vendor_id)
        if not problems and vendor_id != consent.contract.vendor_id:
            problems = {"subject_pk": _("This belongs to another vendor.")}
        if problems:
            raise ValidationError(problems)
    return keep(row=consent)


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
    row = fresh(consent)
    if row.decision:
        raise Conflict(_("The office has decided on %(day)s already.") % {"day": row.decided_on})
    if row.withdrawn_on is not None:
        raise Conflict(_("The request was withdrawn on %(day)s.") % {"day": row.withdrawn_on})
    row.decision, row.decided_on, row.document, row.reason = decision, on, document, reason
    if decision == ConsentDecision.GRANTED:
        row.valid_from, row.valid_to = valid_from or on, valid_to
    row.arrived_on = row.arrived_on or on
    return keep(row=row)


@transaction.atomic
def withdraw_request(*, consent: Consent, on: date, reason: str) -> Consent:
    """The vendor takes its request back before the office has decided."""
    row = fresh(consent)
    if row.decision:
        raise Conflict(_("The office has decided on %(day)s already.") % {"day": row.decided_on})
    if row.withdrawn_on is not None:
        raise Conflict(_("The request was withdrawn on %(day)s.") % {"day": row.withdrawn_on})
    row.withdrawn_on, row.withdrawal_reason = on, required(reason, "withdrawal_reason")
    return keep(row=row)
