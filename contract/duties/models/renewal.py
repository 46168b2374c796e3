"""The assessment before renewal: agreed criteria, a scored sheet, a decision."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.choices import RenewalDecision
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import in_term, ordered, refuse, same_contract, together

FULL = Decimal(100)


class AssessmentScheme(Kept, Record):
    """What the office assesses and how it weighs: set by the office, confirmed by both sides.

    The weights add up to 100. Once both have confirmed it a scheme is replaced, not changed.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="assessment_schemes", verbose_name=_("contract")
    )
    title = models.CharField(_("title"), max_length=120)
    pass_mark = models.DecimalField(
        _("pass mark"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(FULL)],
    )
    office_confirmed_on = models.DateField(_("office confirmed on"), null=True, blank=True)
    vendor_confirmed_on = models.DateField(_("vendor confirmed on"), null=True, blank=True)
    document = models.CharField(_("written confirmation"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("assessment scheme")
        verbose_name_plural = _("assessment schemes")
        ordering = ["contract", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_confirmed(self) -> bool:
        return self.office_confirmed_on is not None and self.vendor_confirmed_on is not None


class Criterion(Record):
    """One thing that is assessed, and its weight of 100."""

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="criteria", verbose_name=_("scheme"))
    title = models.CharField(_("criterion"), max_length=120)
    weight = models.DecimalField(
        _("weight"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(FULL)],
    )

    FIXED = ("scheme",)
    PART_OF = "scheme"

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["scheme", "pk"]
        constraints = [models.UniqueConstraint(fields=["scheme", "title"], name="criterion_once_per_scheme")]

    def __str__(self) -> str:
        return f"{self.title} ({self.weight})"


class RenewalAssessment(Kept, Record):
    """The office's assessment of the vendor before the term ends, and what it decided."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="renewal_assessments", verbose_name=_("contract")
    )
    scheme = models.ForeignKey(AssessmentScheme, models.PROTECT, related_name="assessments", verbose_name=_("scheme"))
    assessed_on = models.DateField(_("assessed on"))
    result = models.DecimalField(_("result"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False)
    passed = models.BooleanField(_("passed"), null=True, editable=False)
    decision = models.CharField(_("decision"), max_length=10, choices=RenewalDecision, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    document = models.CharField(_("written decision"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)

    FIXED = ("contract", "scheme")

    class Meta:
        verbose_name = _("renewal assessment")
        verbose_name_plural = _("renewal assessments")
        ordering = ["-assessed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=~Q(decision=""),
                name="renewal_decided_once",
                violation_error_message=_("The renewal of this contract is decided already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract.number} {self.assessed_on}"

    def clean(self) -> None:
        refuse(
            in_term(self, "assessed_on"),
            same_contract(self, "scheme"),
            together(self, "decision", "decided_on", "document"),
            ordered(self, ("assessed_on", "decided_on")),
        )


class Score(Record):
    """What one criterion was given, of 100."""

    assessment = models.ForeignKey(
        RenewalAssessment, models.CASCADE, related_name="scores", verbose_name=_("assessment")
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.DecimalField(
        _("points of 100"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(FULL)],
    )

    FIXED = ("assessment",)
    PART_OF = "assessment"

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["assessment", "criterion"]
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_per_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion.title}: {self.points}"
