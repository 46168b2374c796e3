"""Agreed deductions (a tariff) and the deposit or guarantee of a contract: what it says, and what became of it."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.choices import DepositKind, TariffSource, TariffUnit
from billing.models.amended import Amended
from billing.models.base import money, not_negative
from contract import registry
from contract.models import Contract
from contract.models.base import Record, Withdrawable


class Tariff(Amended, Record):
    """What the contract itself says that something costs. Where it says nothing there is no row, and no deduction.

    A price in yuan or a percentage of the instalment, for each unit; nothing is deducted by the program.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="tariffs", verbose_name=_("contract"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=80)
    clause = models.CharField(_("basis in the contract"), max_length=20)
    per = models.CharField(_("for each"), max_length=12, choices=TariffUnit)
    amount = money(_("price of a unit (yuan)"), null=True, blank=True, validators=[MinValueValidator(Decimal("0.01"))])
    percent = models.DecimalField(
        _("percentage of the instalment"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )
    free = models.DecimalField(
        _("free of charge"),
        max_digits=8,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("So many units cost nothing."),
    )
    below = models.DecimalField(
        _("points below"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Of a price for each point: from which score down points are counted."),
    )
    grades = models.JSONField(_("grades"), default=list, blank=True)
    check_id = models.CharField(
        _("check"),
        max_length=60,
        blank=True,
        help_text=_("Of an event: the check whose confirmed breaches are counted."),
    )
    cap_percent = models.DecimalField(
        _("at most, per cent of the instalment"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )
    source = models.CharField(_("taken from"), max_length=10, choices=TariffSource, default=TariffSource.INSTALMENT)

    class Meta:
        verbose_name = _("agreed deduction")
        verbose_name_plural = _("agreed deductions")
        ordering = ["contract", "position", "pk"]
        constraints = Amended.constraints_of("tariff")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        errors: dict[str, Any] = self.clean_amendment()
        graded, scored = self.per == TariffUnit.GRADE, self.per == TariffUnit.SCORE
        if graded != bool(self.grades):
            errors["grades"] = _("Grades belong to a deduction by grade, and to no other.")
        elif not graded and scored and self.percent is None:
            errors["percent"] = _("Say which part of the instalment hangs on the score.")
        elif not graded and (self.amount is None) == (self.percent is None):
            errors["amount"] = _("Give a price in yuan, or a percentage of the instalment.")
        if (self.per == TariffUnit.POINT) != (self.below is not None):
            errors["below"] = _("Say from which score down points are counted; of other deductions leave it empty.")
        if self.check_id and (self.per != TariffUnit.EVENT or self.check_id not in registry.checks()):
            errors["check_id"] = _("Only an event names a check, and one that the program knows.")
        if errors:
            raise ValidationError(errors)


class Deposit(Withdrawable):
    """A deposit (履约保证金) or a guarantee (保函): due, given, drawn upon, returned."""

    FIXED = ("contract", "kind")
    PAST = ("given_on", "returned_on")

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="deposits", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=10, choices=DepositKind)
    title = models.CharField(_("title"), max_length=80)
    amount = money(_("amount (yuan)"), validators=[MinValueValidator(Decimal("0.01"))])
    due_on = models.DateField(_("to be given by"), null=True, blank=True)
    given_on = models.DateField(_("given on"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=120, blank=True)
    valid_until = models.DateField(_("guarantee valid until"), null=True, blank=True)
    drawn_amount = money(_("drawn upon (yuan)"), default=Decimal("0.00"), editable=False)
    """Rolled up from the steps of claims that draw on it."""
    drawn_on = models.DateField(_("last drawn upon on"), null=True, blank=True, editable=False)
    drawn_for = models.CharField(
        _("drawn upon for"),
        max_length=300,
        blank=True,
        editable=False,
        help_text=_("The claims that both sides agreed on."),
    )
    return_due_on = models.DateField(_("to be returned by"), null=True, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    returned_amount = money(_("returned (yuan)"), default=Decimal("0.00"))

    class Meta(Withdrawable.Meta):
        verbose_name = _("deposit or guarantee")
        verbose_name_plural = _("deposits and guarantees")
        ordering = ["contract", "pk"]
        constraints = [
            *not_negative("deposit", "drawn_amount", "returned_amount"),
            models.CheckConstraint(
                condition=Q(drawn_amount=0) | (Q(drawn_on__isnull=False, given_on__isnull=False) & ~Q(drawn_for="")),
                name="deposit_drawn_with_its_day",
                violation_error_message=_("Say when and for which agreed claims it was drawn upon."),
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(given_on__isnull=False),
                name="deposit_given_before_returned",
                violation_error_message=_("What was not given is not returned."),
            ),
            models.CheckConstraint(
                condition=Q(drawn_amount__lte=F("amount")) & Q(returned_amount__lte=F("amount")),
                name="deposit_within_amount",
                violation_error_message=_("More than the deposit cannot be drawn or returned."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.title}"
