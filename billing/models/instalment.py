"""What the office owes for one period of the contract."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models.base import ends_after_start, fen, money, not_negative
from contract.models import Contract
from contract.models.base import Record


def instalment_label(sequence: int, title: str, *, is_supplement: bool) -> str:
    """A supplement by its number; what is paid once as the contract calls it; else by its number."""
    if is_supplement:
        return gettext("Supplement %(number)d") % {"number": sequence}
    return title or gettext("Instalment %(number)d") % {"number": sequence}


class Instalment(Record):
    """A share of the fee for one payment period.

    `paid_amount`, `deducted_amount` and `withheld_amount` are rolled up from payments and claims in
    the transaction that records these, so that the database itself refuses to pay more than the
    share, or what waits for a claim.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="instalments", verbose_name=_("contract"))
    sequence = models.PositiveSmallIntegerField(_("instalment number"), validators=[MinValueValidator(1)])
    period_start = models.DateField(_("first day of the period"))
    period_end = models.DateField(_("last day of the period"))
    amount = money(_("amount (yuan)"))
    paid_amount = money(_("paid (yuan)"), default=Decimal("0.00"), editable=False)
    is_supplement = models.BooleanField(
        _("supplement"),
        default=False,
        editable=False,
        help_text=_("What an amendment added once every period was settled."),
    )
    rule = models.ForeignKey(
        "billing.PaymentRule",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="instalments",
        verbose_name=_("payment rule"),
        help_text=_("Empty: an equal part of the fee by the payment cycle."),
    )
    title = models.CharField(
        _("title"),
        max_length=60,
        blank=True,
        editable=False,
        help_text=_("Of what is paid once: as the contract calls it. Empty: by its number."),
    )
    lines = models.JSONField(_("calculation"), default=list, blank=True, editable=False)
    is_open = models.BooleanField(
        _("amount not known yet"),
        default=False,
        editable=False,
        help_text=_("A quantity is missing; the amount is none until then."),
    )
    deducted_amount = money(_("set off (yuan)"), default=Decimal("0.00"), editable=False)
    tariff_amount = money(_("agreed deductions (yuan)"), default=Decimal("0.00"), editable=False)
    """The part of what was set off that the contract's own tariff gives: it is not invoiced."""
    withheld_amount = money(_("waiting for a claim (yuan)"), default=Decimal("0.00"), editable=False)

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["contract", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "sequence"], name="instalment_once_per_number"),
            models.UniqueConstraint(
                fields=["contract", "period_start"],
                condition=Q(is_supplement=False, rule=None),
                name="instalment_once_per_period",
            ),
            models.UniqueConstraint(
                fields=["rule", "period_start"], condition=Q(is_supplement=False), name="instalment_once_per_rule"
            ),
            models.CheckConstraint(condition=Q(is_open=False) | Q(amount=0), name="instalment_open_without_amount"),
            ends_after_start("instalment_ends_after_start"),
            *not_negative("instalment", "amount", "paid_amount", "deducted_amount", "tariff_amount", "withheld_amount"),
            models.CheckConstraint(
                condition=Q(
                    GreaterThanOrEqual(fen("amount"), fen("paid_amount", "deducted_amount", "withheld_amount"))
                ),
                name="instalment_not_overpaid",
                violation_error_message=_(
                    "Payments, what is set off and what waits for a claim would exceed the instalment."
                ),
            ),
        ]

    def __str__(self) -> str:
        days = {"number": self.sequence, "title": self.title, "start": self.period_start, "end": self.period_end}
        if self.is_supplement:
            return gettext("Supplement %(number)d, %(start)s to %(end)s") % days
        if self.title:
            return gettext("%(title)s, %(start)s to %(end)s") % days
        return gettext("Instalment %(number)d, %(start)s to %(end)s") % days

    @property
    def label(self) -> str:
        """How it is called without its days."""
        return instalment_label(self.sequence, self.title, is_supplement=self.is_supplement)

    @property
    def invoice_amount(self) -> Decimal:
        """What the invoice is over, in yuan: agreed deductions lower the price."""
        return self.amount - self.tariff_amount

    @property
    def outstanding(self) -> Decimal:
        """What is neither paid nor set off yet, in yuan; part of it may wait for a claim."""
        return self.amount - self.paid_amount - self.deducted_amount

    @property
    def payable(self) -> Decimal:
        """The undisputed part of what is open: only what a claim asks for waits."""
        return self.outstanding - self.withheld_amount
