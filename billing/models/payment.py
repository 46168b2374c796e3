"""Money that left the office's account."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.base import STANDING, Withdrawable, money
from billing.models.instalment import Instalment


class Payment(Withdrawable):
    """A payment on one instalment, whole or in part, recorded once."""

    PART_OF = "instalment"

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="payments", verbose_name=_("instalment"))
    paid_on = models.DateField(_("paid on"))
    amount = money(_("amount (yuan)"), validators=[MinValueValidator(Decimal("0.01"))])
    reference = models.CharField(
        _("voucher number"), max_length=60, help_text=_("Number of the payment voucher at the bank or the treasury.")
    )

    class Meta(Withdrawable.Meta):
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_positive",
                violation_error_message=_("A payment is more than zero."),
            ),
            models.UniqueConstraint(
                fields=["instalment", "reference"],
                condition=STANDING,
                name="payment_once_per_voucher",
                violation_error_message=_("This voucher is recorded for this instalment already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount:,.2f}"
