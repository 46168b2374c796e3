"""Quantities that one side reports and the other confirms or disputes: only a confirmed one makes an amount."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Instalment, PaymentItem, Quantity
from billing.services.base import keep, lock, require, withdraw
from billing.services.instalments import amount_is_settled, generate_instalments
from contract.choices import PartySide
from contract.models import Contract, Membership
from contract.records import reason_given
from kit.errors import Conflict


@transaction.atomic
def report_quantity(
    *, instalment: Instalment, item: PaymentItem, quantity: Decimal, document: str, actor: Any, today: date
) -> Quantity:
    """Report how much there was of an item in a period that is over. It counts once the other side confirms.

    Raises ValidationError by field, Conflict where a quantity stands already or the amount is settled.
    """
    require(actor, "billing.add_quantity")
    row = lock(instalment)
    if today < row.period_end:
        raise ValidationError(
            {"instalment": _("The period runs until %(day)s; report it afterwards.") % {"day": row.period_end}}
        )
    _refuse_settled(row)
    report = Quantity(
        instalment=row,
        item=item,
        quantity=quantity,
        document=reason_given(document, "document"),
        reported_side=side_of(actor, row.contract),
        reported_on=today,
    )
    keep(report, actor)
    return report


@transaction.atomic
def answer_quantity(*, quantity: Quantity, confirm: bool, actor: Any, today: date, reason: str = "") -> Quantity:
    """The other side confirms the figure, and the instalments follow; or disputes it with its reason.

    A disputed one stands no more: another may be reported.
    """
    require(actor, "billing.answer_quantity")
    instalment = lock(quantity.instalment)
    row = Quantity.objects.select_related("item").get(pk=quantity.pk)
    if not row.stands or row.is_confirmed is not None:
        raise Conflict(_("This quantity is answered or withdrawn already. Reload the page."))
    if side_of(actor, instalment.contract) == row.reported_side:
        raise PermissionDenied(_("The other side confirms a quantity, not the one that reported it."))
    _refuse_settled(instalment)
    row.is_confirmed, row.answered_on, row.answered_by = confirm, today, actor
    row.answer_reason = "" if confirm else reason_given(reason, "reason")
    keep(row, actor)
    if confirm:
        generate_instalments(contract=instalment.contract, today=today)
    return row


@transaction.atomic
def withdraw_quantity(*, quantity: Quantity, reason: str, actor: Any, at: datetime, today: date) -> Quantity:
    """Take back a quantity that was reported by mistake, by the side that reported it; the instalments follow."""
    require(actor, "billing.add_quantity")
    instalment = lock(quantity.instalment)
    row = Quantity.objects.get(pk=quantity.pk)
    if side_of(actor, instalment.contract) != row.reported_side:
        raise PermissionDenied(_("Only the side that reported a quantity withdraws it."))
    _refuse_settled(instalment)
    withdraw(row, reason=reason, actor=actor, at=at)
    if row.is_confirmed:
        generate_instalments(contract=instalment.contract, today=today)
    return row


def side_of(actor: Any, contract: Contract) -> PartySide:
    """Whom a person acts for in a contract. Raises PermissionDenied for somebody of neither side."""
    if actor is not None and not actor.is_superuser:
        parties = set(Membership.objects.filter(user=actor).values_list("party_id", flat=True))
        if contract.vendor_id in parties:
            return PartySide.VENDOR
        if contract.office_id not in parties:
            raise PermissionDenied(_("You act for neither side of this contract."))
    return PartySide.OFFICE


def _refuse_settled(instalment: Instalment) -> None:
    if amount_is_settled(instalment):
        raise Conflict(
            _("This instalment is invoiced, accepted, stated or paid already: its quantities do not change any more.")
        )
