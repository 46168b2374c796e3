"""Payments for which a paper is missing: proposed with the reason, recorded when a second person approves."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Instalment, PaymentException
from billing.selectors.quarter_file import missing_papers
from billing.services.base import keep, lock, require, require_not_vendor
from billing.services.payments import papers_named, record_payment
from contract.models.refusals import ahead, refuse
from contract.records import reason_given
from contract.services.delegations import refuse_for_proposer
from contract.services.steps import who
from kit.errors import Conflict


@transaction.atomic
def propose_exception(
    *, instalment: Instalment, paid_on: date, amount: Decimal, reference: str, reason: str, actor: Any, today: date
) -> PaymentException:
    """Propose to record a payment (yuan) although papers are missing. Nothing counts as paid yet.

    Raises ValidationError by field; where every paper is there, the payment itself is to be recorded.
    """
    require(actor, "billing.add_paymentexception")
    row = lock(instalment)
    require_not_vendor(actor, row)
    refuse(ahead({"paid_on": paid_on}, today))
    lacking = missing_papers(row)
    if not lacking:
        raise ValidationError(
            {"instalment": _("Invoice and acceptance are there: record the payment itself under “Payments”.")}
        )
    if amount > row.payable:
        raise ValidationError(
            {
                "amount": _("Only %(open)s yuan of this instalment are open. Enter at most that.")
                % {"open": f"{row.payable:,.2f}"}
            }
        )
    exception = PaymentException(
        instalment=row,
        paid_on=paid_on,
        amount=amount,
        reference=reference.strip(),
        lacking=" ".join(lacking),
        reason=reason_given(reason, "reason"),
        proposed_by=actor,
    )
    keep(exception, actor)
    return exception


@transaction.atomic
def decide_exception(
    *, exception: PaymentException, approve: bool, reason: str, actor: Any, at: datetime, today: date
) -> PaymentException:
    """The second person approves, and the payment is recorded, or rejects with a reason.

    Raises ValidationError for the proposer, Conflict where it is decided already.
    """
    require(actor, "billing.change_paymentexception")
    require_not_vendor(actor, lock(exception.instalment))
    row = PaymentException.objects.select_for_update(of=("self",)).get(pk=exception.pk)
    if row.decided_by is not None:
        raise Conflict(_("%(who)s has decided already. Reload the page.") % {"who": who(row.decided_by)})
    if row.proposed_by_id == actor.pk:
        raise ValidationError(_("The second person must not be the proposer. Ask a colleague to approve it."))
    refuse_for_proposer(
        actor=actor, permission="billing.change_paymentexception", proposer_id=row.proposed_by_id, today=today
    )
    row.decided_by, row.decided_at, row.is_approved = actor, at, approve
    row.decision_reason = reason.strip() if approve else reason_given(reason, "decision_reason")
    if approve:
        row.payment = record_payment(
            instalment=row.instalment,
            paid_on=row.paid_on,
            amount=row.amount,
            reference=row.reference,
            actor=row.proposed_by,
            today=today,
            exception=row,
        )
    keep(row, actor)
    return row


def lacking_named(exception: PaymentException) -> str:
    """The papers that were missing, by their names."""
    return papers_named(exception.lacking.split())
