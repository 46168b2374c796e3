"""How a contract is paid: one rule for each kind of instalment, with its items; and quantities that both sides know."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.choices import BandReading, DayKind, ItemKind, QuantitySource, Unit, WaitsFor
from billing.models.amended import Amended
from billing.models.base import STANDING, Withdrawable
from billing.models.instalment import Instalment
from contract.choices import PartySide
from contract.models import Contract
from contract.models.base import Record


class PaymentRule(Amended, Record):
    """One kind of instalment: once, or for every so many months; what it waits for, and when it is due.

    A contract without rules is paid in equal parts by its payment cycle, from invoice and acceptance on.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payment_rules", verbose_name=_("contract"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=60)
    every_months = models.PositiveSmallIntegerField(
        _("every so many months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: paid once."),
    )
    first_day = models.DateField(
        _("first day of the period"), null=True, blank=True, help_text=_("Paid once: the service that it is for.")
    )
    last_day = models.DateField(_("last day of the period"), null=True, blank=True)
    waits_for = models.JSONField(_("waits for"), default=list, blank=True)
    not_before = models.DateField(_("not before"), null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("days to pay"), null=True, blank=True, help_text=_("After the last of what it waits for. Empty: by policy.")
    )
    due_in = models.CharField(_("which days"), max_length=13, choices=DayKind, default=DayKind.CALENDAR)

    class Meta:
        verbose_name = _("payment rule")
        verbose_name_plural = _("payment rules")
        ordering = ["contract", "position", "pk"]
        constraints = Amended.constraints_of("payment_rule")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        self.refuse_amendment()
        if unknown := [name for name in self.waits_for if name not in WaitsFor.values]:
            raise ValidationError({"waits_for": f"{unknown[0]}: {', '.join(WaitsFor.values)}"})
        if self.every_months and (self.first_day or self.last_day):
            raise ValidationError({"first_day": _("Only what is paid once names its days.")})
        if (self.first_day is None) != (self.last_day is None):
            raise ValidationError({"last_day": _("Give both days or none.")})
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The period ends before it begins.")})


class PaymentItem(Record):
    """What an instalment is made of: a share of the fee, or a price times a quantity."""

    PART_OF = "rule"
    FIXED = ("rule",)

    rule = models.ForeignKey(PaymentRule, models.PROTECT, related_name="items", verbose_name=_("payment rule"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=ItemKind)
    percent = models.DecimalField(
        _("share of the fee (%)"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.000001")), MaxValueValidator(Decimal(100))],
    )
    price = models.DecimalField(
        _("price of a unit (yuan)"),
        max_digits=16,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.000001"))],
    )
    unit = models.CharField(_("unit of quantity"), max_length=12, choices=Unit, blank=True)
    quantity = models.CharField(_("quantity from"), max_length=12, choices=QuantitySource, blank=True)
    bands = models.JSONField(_("bands"), default=list, blank=True)
    bands_apply = models.CharField(_("how bands apply"), max_length=12, choices=BandReading, blank=True)

    class Meta:
        verbose_name = _("payment item")
        verbose_name_plural = _("payment items")
        ordering = ["rule", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "title"], name="payment_item_once"),
            models.CheckConstraint(
                condition=Q(kind=ItemKind.PERCENT, percent__isnull=False, price=None, unit="", quantity="")
                | (Q(kind=ItemKind.PRICE, percent=None) & ~Q(unit="") & ~Q(quantity="")),
                name="payment_item_share_or_price",
                violation_error_message=_("An item is a share of the fee, or a price with its unit and quantity."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.kind != ItemKind.PRICE:
            return
        allowed = QUANTITIES.get(self.quantity)
        if allowed is not None and self.unit not in allowed:
            raise ValidationError({"unit": _("The program cannot count this unit so: have it reported and confirmed.")})
        if (self.price is None) == (not self.bands):
            raise ValidationError({"price": _("Give one price, or bands of prices.")})
        if bool(self.bands) != bool(self.bands_apply):
            raise ValidationError({"bands_apply": _("Say how the bands apply.")})


QUANTITIES: dict[str, frozenset[str]] = {
    QuantitySource.HEADCOUNT: frozenset({Unit.PERSON_MONTH}),
    QuantitySource.ATTENDANCE: frozenset({Unit.PERSON_MONTH, Unit.PERSON_DAY}),
}
"""What the program counts itself; every other quantity is reported by one side and confirmed by the other."""


class Quantity(Withdrawable):
    """How much there was of an item in a period, as one side reports it; it counts once the other confirms."""

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="quantities", verbose_name=_("instalment"))
    item = models.ForeignKey(PaymentItem, models.PROTECT, related_name="quantities", verbose_name=_("payment item"))
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=4, validators=[MinValueValidator(Decimal(0))]
    )
    document = models.CharField(_("document"), max_length=120, help_text=_("What the figure rests on."))
    reported_side = models.CharField(_("reported by"), max_length=8, choices=PartySide, editable=False)
    reported_on = models.DateField(_("reported on"), editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    is_confirmed = models.BooleanField(_("confirmed by the other side"), null=True, editable=False)
    answer_reason = models.CharField(_("reason of the dispute"), max_length=1000, blank=True, editable=False)

    class Meta(Withdrawable.Meta):
        verbose_name = _("quantity")
        verbose_name_plural = _("quantities")
        ordering = ["-pk"]
        permissions = [("answer_quantity", _("Can confirm quantities for the other side"))]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment", "item"],
                condition=STANDING & (Q(is_confirmed=None) | Q(is_confirmed=True)),
                name="quantity_one_standing",
                violation_error_message=_("A quantity of this item stands already. Withdraw it first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.quantity.normalize():f}"

    def clean(self) -> None:
        errors: dict[str, Any] = {}
        if self.item_id and self.item.quantity != QuantitySource.REPORTED:
            errors["item"] = _("The program counts this item itself.")
        elif self.item_id and self.instalment_id and self.item.rule_id != self.instalment.rule_id:
            errors["item"] = _("This item belongs to another payment rule.")
        if errors:
            raise ValidationError(errors)
