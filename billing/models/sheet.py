"""The acceptance sheet of a period (履约验收单): group, office and vendor, one after another."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.choices import AcceptanceResult
from billing.models.acceptance import Acceptance
from billing.models.instalment import Instalment
from billing.states import OPEN_SHEETS, GroupRole, SheetStatus
from contract.duties.models import AssessmentScheme, Criterion
from contract.models.base import Kept, Record


class AcceptanceSheet(Record, Kept):
    """How the service of one instalment was accepted.

    `indicators` are the targets and measured figures of the period. They are looked up while the
    sheet is open, and frozen in the moment in which the office decides; the decision itself is an
    `Acceptance`, from which the time for payment runs.
    """

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="sheets", verbose_name=_("instalment"))
    number = models.CharField(_("document number"), max_length=80, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=SheetStatus, default=SheetStatus.DRAFT, editable=False
    )
    scheme = models.ForeignKey(
        AssessmentScheme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assessment scheme"),
        help_text=_("Confirmed by both sides; without one the sheet carries no score."),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("opened by"),
    )
    group_opinion = models.TextField(_("opinion of the group"), max_length=2000, blank=True)
    group_on = models.DateField(_("opinion given on"), null=True, blank=True, editable=False)
    indicators = models.JSONField(_("indicators"), default=list, blank=True, editable=False)
    indicators_as_of = models.DateField(_("figures as of"), null=True, blank=True, editable=False)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False)
    result = models.CharField(
        _("acceptance result"), max_length=20, choices=AcceptanceResult, blank=True, editable=False
    )
    purchaser_opinion = models.TextField(_("opinion of the office"), max_length=2000, blank=True, editable=False)
    acceptance = models.OneToOneField(
        Acceptance,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="sheet",
        verbose_name=_("acceptance"),
    )
    vendor_opinion = models.TextField(_("vendor's statement"), max_length=2000, blank=True, editable=False)
    vendor_on = models.DateField(_("vendor answered on"), null=True, blank=True, editable=False)
    vendor_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta(Record.Meta):
        verbose_name = _("acceptance sheet")
        verbose_name_plural = _("acceptance sheets")
        ordering = ["-pk"]
        permissions = [("answer_acceptancesheet", _("Can confirm acceptance sheets for the vendor"))]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment"],
                condition=Q(status__in=sorted(OPEN_SHEETS)),
                name="sheet_one_open",
                violation_error_message=_(
                    "An acceptance of this instalment is under way already. Go on with that sheet."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["purchaser", "confirmed", "objected"])
                | (Q(acceptance__isnull=False, indicators_as_of__isnull=False) & ~Q(result="")),
                name="sheet_decided_with_figures",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["confirmed", "objected"]) | Q(vendor_on__isnull=False),
                name="sheet_answered_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_SHEETS


class AcceptanceMember(Record):
    """A person of the acceptance group, with their opinion and the day they signed."""

    sheet = models.ForeignKey(
        AcceptanceSheet, models.CASCADE, related_name="members", verbose_name=_("acceptance sheet")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=120)
    role = models.CharField(_("role in the group"), max_length=8, choices=GroupRole, default=GroupRole.MEMBER)
    opinion = models.CharField(_("opinion"), max_length=300, blank=True)
    signed_on = models.DateField(pgettext_lazy("signature", "signed on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("member of the acceptance group")
        verbose_name_plural = _("acceptance group")
        ordering = ["sheet", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "name", "unit"],
                name="group_member_once",
                violation_error_message=_("This person is in the group already."),
            ),
            models.UniqueConstraint(
                fields=["sheet"],
                condition=Q(role=GroupRole.LEADER),
                name="group_one_leader",
                violation_error_message=_("The group has one head."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SheetScore(Record):
    """What the group gave one criterion of the scheme, of 100."""

    sheet = models.ForeignKey(
        AcceptanceSheet, models.CASCADE, related_name="scores", verbose_name=_("acceptance sheet")
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.DecimalField(
        _("points of 100"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    remark = models.CharField(pgettext_lazy("note", "remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("score of a period")
        verbose_name_plural = _("scores of a period")
        ordering = ["sheet", "criterion"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"],
                name="sheet_score_once",
                violation_error_message=_("This criterion has its points already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion.title}: {self.points}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion.title,
            "weight": self.criterion.weight,
            "points": self.points,
            "remark": self.remark,
        }
