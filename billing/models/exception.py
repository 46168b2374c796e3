"""A payment for which a paper is missing: one person gives the reason, a second one approves."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.base import money
from billing.models.instalment import Instalment
from billing.models.payment import Payment
from contract.models.base import Kept, Record


class PaymentException(Record, Kept):
    """What is to be recorded as paid although an invoice or a passed acceptance is missing.

    Nothing counts as paid before the second person has approved; then `payment` is the record.
    """

    instalment = models.ForeignKey(
        Instalment, models.PROTECT, related_name="payment_exceptions", verbose_name=_("instalment")
    )
    paid_on = models.DateField(_("paid on"))
    amount = money(_("amount (yuan)"), validators=[MinValueValidator(Decimal("0.01"))])
    reference = models.CharField(
        _("voucher number"), max_length=60, help_text=_("Number of the payment voucher at the bank or the treasury.")
    )
    lacking = models.CharField(_("missing papers"), max_length=60, editable=False)
    reason = models.TextField(
        _("reason for paying without them"), max_length=2000, help_text=_("It is kept with the record.")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("proposed by")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    is_approved = models.BooleanField(_("approved"), null=True, editable=False)
    decision_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True, editable=False)
    payment = models.OneToOneField(
        Payment,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="exception",
        verbose_name=_("payment"),
    )

    class Meta:
        verbose_name = _("payment without papers")
        verbose_name_plural = _("payments without papers")
        ordering = ["-paid_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")),
                name="payment_exception_by_two_people",
                violation_error_message=_("The second person must not be the proposer."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, is_approved=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, is_approved__isnull=False),
                name="payment_exception_decided_or_open",
            ),
            models.CheckConstraint(
                condition=Q(is_approved=True, payment__isnull=False)
                | (Q(payment=None) & (Q(is_approved=False) | Q(is_approved=None))),
                name="payment_exception_pays_when_approved",
            ),
            models.UniqueConstraint(
                fields=["instalment", "reference"],
                condition=Q(decided_by=None),
                name="payment_exception_once_per_voucher",
                violation_error_message=_("This voucher awaits the second person already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount:,.2f}"
