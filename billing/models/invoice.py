"""The vendor's invoice."""

from decimal import Decimal
from pathlib import PurePath

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.choices import STANDING_INVOICES, InvoiceKind, InvoiceStatus
from billing.models.base import money, not_negative
from billing.models.instalment import Instalment
from contract.models.base import Kept, Record


def invoice_path(invoice: "Invoice", filename: str) -> str:
    """Named after the invoice, not after what the client called the file."""
    name = invoice.code + invoice.number
    return f"invoices/{invoice.instalment.contract_id}/{name}{PurePath(filename).suffix.lower()}"


STANDING = Q(status__in=STANDING_INVOICES)
"""The invoices that stand for their instalments: neither returned nor cancelled, nor cancelling."""

STANDING_ORIGINAL = Q(reverses__status__in=STANDING_INVOICES)
"""The red-letter invoices over a part: the invoice that they name stands for the rest."""

_AMOUNTS = ("gross", "net", "tax")


class Invoice(Record, Kept):
    """An ordinary VAT invoice over one instalment.

    One number is recorded once, whichever the contract: `code` is '' where there is none, because
    a unique constraint takes two NULLs for different. One invoice stands for an instalment at a
    time; an invoice that was returned stays, and the corrected one has a number of its own. A
    red-letter invoice names the one that it cancels, wholly or by a part, with amounts below zero;
    an invoice of which a part was cancelled stands for the rest.
    """

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="invoices", verbose_name=_("instalment"))
    kind = models.CharField(_("kind of invoice"), max_length=12, choices=InvoiceKind, default=InvoiceKind.ORDINARY)
    code = models.CharField(
        _("invoice code"),
        max_length=12,
        blank=True,
        default="",
        help_text=_("10 or 12 digits; empty for a fully digital invoice."),
    )
    number = models.CharField(_("invoice number"), max_length=20, help_text=_("20 digits (fully digital), or 8."))
    issued_on = models.DateField(pgettext_lazy("invoice", "issued on"))
    received_on = models.DateField(_("received on"), help_text=_("The day from which the time for payment runs."))
    gross = money(_("amount including tax (yuan)"))
    net = money(_("amount without tax (yuan)"))
    tax = money(_("tax (yuan)"))
    vat_rate = models.DecimalField(
        _("VAT rate (%)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(99))],
    )
    buyer_credit_code = models.CharField(_("buyer's credit code"), max_length=18)
    seller_credit_code = models.CharField(_("seller's credit code"), max_length=18)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("cancels the invoice"),
        help_text=_("Only on a red-letter invoice: the invoice that it cancels."),
    )
    qr_text = models.CharField(
        _("text of the QR code"),
        max_length=300,
        blank=True,
        help_text=_("As a scanner reads it from the invoice: 01,32,,number,amount,day,…"),
    )
    file = models.FileField(
        _("invoice file"),
        upload_to=invoice_path,
        max_length=200,
        blank=True,
        help_text=_("PDF, OFD or XML of the invoice."),
    )
    file_sha256 = models.CharField(_("hash of the file (SHA-256)"), max_length=64, blank=True, editable=False)
    reading = models.JSONField(_("what was read from file and QR code"), default=dict, blank=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.SUBMITTED, editable=False
    )
    reason = models.CharField(_("reason of the return"), max_length=300, blank=True, editable=False)
    decided_on = models.DateField(_("handled on"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("handled by"),
    )

    class Meta(Record.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-received_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "number"],
                name="invoice_number_once",
                violation_error_message=_(
                    "This invoice number is recorded already. Each invoice counts once, whichever the contract."
                ),
            ),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=STANDING,
                name="invoice_one_standing",
                violation_error_message=_("An invoice stands for this instalment already. Return it first."),
            ),
            *not_negative("invoice", "vat_rate"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, **{f"{name}__gte": 0 for name in _AMOUNTS})
                | Q(reverses__isnull=False, **{f"{name}__lte": 0 for name in _AMOUNTS}),
                name="invoice_negative_only_red_letter",
                violation_error_message=_("Only a red-letter invoice is over less than zero."),
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=False, status=InvoiceStatus.RED_LETTER)
                | (Q(reverses__isnull=True) & ~Q(status=InvoiceStatus.RED_LETTER)),
                name="invoice_red_letter_names_another",
                violation_error_message=_("A red-letter invoice names the one that it cancels."),
            ),
            models.CheckConstraint(
                condition=~Q(status=InvoiceStatus.RETURNED) | (~Q(reason="") & Q(decided_on__isnull=False)),
                name="invoice_returned_with_reason",
                violation_error_message=_("An invoice is returned with a reason and a day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}".strip()

    @property
    def remaining(self) -> Decimal:
        """What red-letter invoices have left of it (yuan, one query)."""
        return self.gross + sum(self.reversed_by.values_list("gross", flat=True), Decimal(0))

    @property
    def stands(self) -> bool:
        return self.status in STANDING_INVOICES
