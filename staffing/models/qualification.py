"""What shows that a person may serve: proofs, training, assessments, employment; and where.

The office keeps document numbers and dates, not the documents: the vendor is the employer.
"""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contract.models import Contract
from contract.models.base import Kept, Record, Withdrawable
from contract.models.refusals import ordered, refuse
from staffing.choices import ProofKind
from staffing.models.people import Operator


class PersonRecord(Withdrawable):
    """A record about one person that is withdrawn when wrong, never deleted."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="%(class)ss", verbose_name=_("operator"))
    document = models.CharField(_("document number"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True, editable=False)

    FIXED: ClassVar[tuple[str, ...]] = ("operator",)
    LOCKED_BY = ("operator",)

    class Meta:
        abstract = True


class QualificationProof(PersonRecord):
    """A document shows that a person meets one of the hiring conditions."""

    kind = models.CharField(_("kind of proof"), max_length=16, choices=ProofKind)
    dated_on = models.DateField(_("dated"))

    class Meta:
        verbose_name = _("qualification proof")
        verbose_name_plural = _("qualification proofs")
        ordering = ["operator", "kind", "-dated_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind"],
                condition=Q(withdrawn_on__isnull=True),
                name="proof_once_per_kind",
                violation_error_message=_("A proof of this kind is on record for this person. Correct or withdraw it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.get_kind_display()}"


class Training(PersonRecord):
    """Training before a person goes on trial in a group."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="trainings", verbose_name=_("contract"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    trial_starts_on = models.DateField(
        _("trial begins on"), null=True, blank=True, help_text=_("Left empty: the first day on post.")
    )
    topic = models.CharField(pgettext_lazy("training", "content"), max_length=200)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)

    FIXED = ("operator", "contract")

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["contract", "operator", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "operator", "starts_on"],
                condition=Q(withdrawn_on__isnull=True),
                name="training_once_per_day",
                violation_error_message=_("This training is on record already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="training_ends_after_start",
                violation_error_message=_("The training ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.starts_on}"

    def clean(self) -> None:
        refuse(ordered(self, ("starts_on", "ends_on"), ("starts_on", "trial_starts_on")))
        _of_the_vendor(self)


class TrialAssessment(PersonRecord):
    """The result of one assessment of a person on trial."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="trial_assessments", verbose_name=_("contract"))
    assessed_on = models.DateField(_("assessed on"))
    is_passed = models.BooleanField(_("passed"))
    score = models.DecimalField(
        _("score"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    FIXED = ("operator", "contract")

    class Meta:
        verbose_name = _("trial assessment")
        verbose_name_plural = _("trial assessments")
        ordering = ["contract", "operator", "assessed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "operator", "assessed_on"],
                condition=Q(withdrawn_on__isnull=True),
                name="trial_once_per_day",
                violation_error_message=_("This person was assessed on this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.assessed_on}"

    def clean(self) -> None:
        _of_the_vendor(self)


class EmploymentContract(PersonRecord):
    """The vendor's labour contract with a person is on file."""

    signed_on = models.DateField(_("signed on"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True, help_text=_("Left empty: without a fixed term."))

    class Meta:
        verbose_name = _("employment contract")
        verbose_name_plural = _("employment contracts")
        ordering = ["operator", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "starts_on"],
                condition=Q(withdrawn_on__isnull=True),
                name="employment_once_per_day",
                violation_error_message=_("This employment contract is on record already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="employment_ends_after_start",
                violation_error_message=_("The employment contract ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.starts_on}"

    def clean(self) -> None:
        refuse(ordered(self, ("starts_on", "ends_on")))


class ServicePlace(Kept, Record):
    """A place that the office designated, beside the one that the contract names."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="service_places", verbose_name=_("contract"))
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=200)
    designated_on = models.DateField(_("designated from"))
    closed_on = models.DateField(_("designated until"), null=True, blank=True, help_text=_("The last day included."))
    document = models.CharField(_("written designation"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("service place")
        verbose_name_plural = _("service places")
        ordering = ["contract", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "name"],
                name="service_place_once",
                violation_error_message=_("This contract has a place of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse(ordered(self, ("designated_on", "closed_on")))

    def holds(self, day: date) -> bool:
        return self.designated_on <= day <= (self.closed_on or day)


def _of_the_vendor(row: Any) -> None:
    """The person works for the vendor of this contract; ValidationError at the operator."""
    if row.contract_id and row.operator_id and row.operator.vendor_id != row.contract.vendor_id:
        raise ValidationError({"operator": _("This person works for another vendor.")})
