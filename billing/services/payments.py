"""Payments are recorded once and never beyond what is payable of the instalment."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.models import Instalment, Payment, PaymentException
from billing.models.invoice import STANDING
from billing.selectors.quarter_file import missing_papers
from billing.services.base import keep, lock, require, require_not_vendor, withdraw
from contract.models.refusals import ahead, refuse
from contract.services.steps import who
from kit.errors import Conflict

PAPERS = {"invoice": gettext_noop("a valid invoice"), "acceptance": gettext_noop("a passed acceptance")}


@transaction.atomic
def record_payment(
    *,
    instalment: Instalment,
    paid_on: date,
    amount: Decimal,
    reference: str,
    actor: Any,
    today: date,
    exception: PaymentException | None = None,
) -> Payment:
    """Record a payment (yuan) that left the office's account.

    Of two people who record the same one, the second is told by Conflict who was first. Raises
    ValidationError by field for everything else. A person needs the papers that a payment file needs, an
    invoice and a passed acceptance; without them only what two people have let through
    as an `exception` is recorded: it happened, and the check says what is wrong with it.
    """
    require(actor, "billing.add_payment")
    row = lock(instalment)
    require_not_vendor(actor, row)
    refuse(ahead({"paid_on": paid_on}, today))
    if paid_on < row.contract.signed_on:
        raise ValidationError(
            {"paid_on": _("This day lies before the contract was signed (%(day)s).") % {"day": row.contract.signed_on}}
        )
    payment = Payment(instalment=row, paid_on=paid_on, amount=amount, reference=reference.strip())
    payment.clean_fields()
    twin = row.payments.filter(withdrawn_at=None, reference=payment.reference).first()
    if twin is not None or row.outstanding == 0:
        raise Conflict(_recorded(twin or row.payments.filter(withdrawn_at=None).first()))
    if row.payable == 0:
        raise Conflict(
            _(
                "The undisputed part is paid: %(paid)s yuan. %(withheld)s yuan wait for a claim; "
                "they are payable once it is withdrawn or settled."
            )
            % {"paid": f"{row.paid_amount:,.2f}", "withheld": f"{row.withheld_amount:,.2f}"}
        )
    if amount > row.payable:
        text = _("Only %(open)s yuan of this instalment are open. Enter at most that.")
        if row.withheld_amount:
            text += _(" Another %(withheld)s yuan wait for a claim: only the undisputed part is payable.") % {
                "withheld": f"{row.withheld_amount:,.2f}"
            }
        raise ValidationError({"amount": text % {"open": f"{row.payable:,.2f}"}})
    invoiced = sum((invoice.remaining for invoice in row.invoices.filter(STANDING)), Decimal(0))
    if actor is not None and exception is None and 0 < invoiced < row.paid_amount + amount:
        text = _(
            "Red-letter invoices have left %(left)s yuan of the invoice, %(paid)s yuan are paid. Pay at most the rest."
        )
        figures = {"left": f"{invoiced:,.2f}", "paid": f"{row.paid_amount:,.2f}"}
        raise ValidationError({"amount": text % figures})
    if actor is not None and exception is None and (missing := missing_papers(row)):
        raise ValidationError(
            {
                "instalment": _(
                    "Missing: %(names)s. Without them a payment is recorded only with a reason and by a second "
                    "person: enter it under “Payments without papers”."
                )
                % {"names": papers_named(missing)}
            }
        )
    keep(payment, actor)
    row.paid_amount += amount
    keep(row, actor)
    return payment


@transaction.atomic
def withdraw_payment(*, payment: Payment, reason: str, actor: Any, at: datetime) -> Payment:
    """Take back a payment that was recorded by mistake; it stays on record."""
    require(actor, "billing.change_payment")
    row = lock(payment.instalment)
    require_not_vendor(actor, row)
    locked = Payment.objects.get(pk=payment.pk)
    withdraw(locked, reason=reason, actor=actor, at=at)
    row.paid_amount -= locked.amount
    keep(row, actor)
    return locked


def papers_named(missing: Iterable[str]) -> str:
    """Papers by their names, as people list them."""
    return _(", ").join(_(PAPERS[one]) for one in missing)


def _recorded(payment: Payment | None) -> str:
    if payment is None:  # an instalment of zero
        return _("Nothing is to be paid on this instalment.")
    first = payment.history.earliest()
    return _(
        "Recorded already: %(amount)s yuan on %(day)s, voucher %(reference)s, by %(who)s. Nothing was recorded twice."
    ) % {
        "amount": f"{payment.amount:,.2f}",
        "day": payment.paid_on,
        "reference": payment.reference,
        "who": who(first.history_user) if first.history_user else "–",
    }
