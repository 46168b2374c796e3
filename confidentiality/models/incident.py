"""Leaks: found, told, contained; the persons, the costs, the right to terminate (14.2, 14.3)."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from confidentiality.choices import HARMFUL, Cause, CostKind, Harm, TerminationDecision
from contract.choices import PartySide
from contract.models import Contract
from contract.models.base import STANDING, Withdrawable
from law.periods import beijing_day
from staffing.models import Operator


class Incident(Withdrawable):
    """A leak, or what may be one.

    `told_at` is when the side that found it told the other one: the vendor's report, or the
    office's word to the vendor.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="incidents", verbose_name=_("contract"))
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what happened"), max_length=4000)
    occurred_on = models.DateField(_("happened on"), null=True, blank=True)
    found_by = models.CharField(_("found by"), max_length=8, choices=PartySide)
    found_at = models.DateTimeField(_("found at"))
    told_at = models.DateTimeField(
        _("other side told at"),
        null=True,
        blank=True,
        help_text=_("The vendor's report to the office, or the office's word to the vendor."),
    )
    report_document = models.CharField(_("written report"), max_length=120, blank=True)
    contained_at = models.DateTimeField(
        _("contained at"), null=True, blank=True, help_text=_("From then on nothing more could get out.")
    )
    measures = models.TextField(_("measures taken"), max_length=4000, blank=True)
    cause = models.CharField(_("cause"), max_length=8, choices=Cause, default=Cause.UNKNOWN)
    harm = models.CharField(_("harm to the office"), max_length=10, choices=Harm, default=Harm.UNKNOWN)
    office_knew_on = models.DateField(
        _("ground to terminate known on"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which the office knew, or should have known, that it may terminate. Left "
            "empty: the day on which it learned of the leak."
        ),
    )
    personal_data = models.BooleanField(
        _("personal data concerned"),
        default=False,
        help_text=_("Then the authority and the persons are told at once (个人信息保护法 article 57)."),
    )
    authority_told_at = models.DateTimeField(_("authority for personal data told at"), null=True, blank=True)
    persons_told_at = models.DateTimeField(_("persons concerned told at"), null=True, blank=True)
    persons_need_not = models.CharField(
        _("why the persons need not be told"),
        max_length=300,
        blank=True,
        help_text=_("Only where measures avert the harm."),
    )
    network_incident = models.BooleanField(
        _("network incident of the third degree or above"),
        default=False,
        help_text=_("国家网络安全事件报告管理办法, in force since 2025-11-01: told within hours."),
    )
    network_told_at = models.DateTimeField(_("cyberspace authority told at"), null=True, blank=True)
    termination = models.CharField(_("decision on termination"), max_length=14, choices=TerminationDecision, blank=True)
    termination_on = models.DateField(_("decided on"), null=True, blank=True)
    termination_arrived_on = models.DateField(
        _("notice arrived on"),
        null=True,
        blank=True,
        help_text=_("A notice of termination takes effect when it arrives at the vendor (Civil Code art. 565)."),
    )
    termination_document = models.CharField(_("written decision"), max_length=120, blank=True)

    FIXED = ("contract", "found_by")
    PAST = (
        "occurred_on",
        "office_knew_on",
        "termination_on",
        "termination_arrived_on",
        "found_at",
        "told_at",
        "contained_at",
        "authority_told_at",
        "persons_told_at",
        "network_told_at",
    )

    class Meta(Withdrawable.Meta):
        verbose_name = _("leak")
        verbose_name_plural = _("leaks")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(told_at__gte=F("found_at")),
                name="incident_told_after_found",
                violation_error_message=_("The other side was told before it was found."),
            ),
            models.CheckConstraint(
                condition=Q(contained_at__isnull=True) | Q(contained_at__gte=F("found_at")),
                name="incident_contained_after_found",
                violation_error_message=_("It was contained before it was found."),
            ),
            models.CheckConstraint(
                condition=Q(termination="", termination_on__isnull=True)
                | (~Q(termination="") & Q(termination_on__isnull=False)),
                name="incident_termination_dated",
                violation_error_message=_("A decision on termination has its day."),
            ),
            models.CheckConstraint(
                condition=Q(termination_arrived_on__isnull=True)
                | Q(termination=TerminationDecision.EXERCISED, termination_arrived_on__gte=F("termination_on")),
                name="incident_termination_arrives_after_decision",
                violation_error_message=_("Only a notice of termination arrives, and not before it was decided."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def gives_right_to_terminate(self) -> bool:
        """A leak by the vendor's doing that harmed the office (14.2)."""
        return self.cause == Cause.VENDOR and self.harm in HARMFUL

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.contract_id and self.found_at:
            found_on = beijing_day(self.found_at)
            if found_on < self.contract.signed_on:
                problems["found_at"] = _("The contract was signed only on %(day)s.") % {"day": self.contract.signed_on}
            if self.occurred_on and self.occurred_on > found_on:
                problems["occurred_on"] = _("It was found before it happened.")
            for field in ("office_knew_on", "termination_on"):
                day = getattr(self, field)
                if day and self.occurred_on and day < self.occurred_on:
                    problems[field] = _("This day lies before the leak.")
        if self.termination and not self.termination_document.strip():
            problems["termination_document"] = _("A decision on termination is made in writing.")
        if self.termination == TerminationDecision.EXERCISED and not self.gives_right_to_terminate:
            problems["termination"] = _(
                "The contract lets the office terminate where the vendor caused the leak and the "
                "office was harmed. Record the cause and the harm first."
            )
        if problems:
            raise ValidationError(problems)


class IncidentPerson(Withdrawable):
    """Somebody involved in a leak, and the vendor's cooperation against that person (14.3).

    The office asks the vendor, never the person.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="persons", verbose_name=_("leak"))
    operator = models.ForeignKey(
        Operator, models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("operator")
    )
    name = models.CharField(
        _("name of the person"), max_length=60, blank=True, help_text=_("Of a person who is no operator.")
    )
    involvement = models.CharField(_("involvement"), max_length=300)
    asked_on = models.DateField(
        _("vendor asked to cooperate on"),
        null=True,
        blank=True,
        help_text=_("The day on which the office's request arrived at the vendor."),
    )
    cooperated_on = models.DateField(_("vendor cooperated on"), null=True, blank=True)
    cooperation = models.CharField(_("cooperation given"), max_length=300, blank=True)

    FIXED = ("incident",)
    PART_OF = "incident"
    PAST = ("asked_on", "cooperated_on")

    class Meta(Withdrawable.Meta):
        verbose_name = _("person involved")
        verbose_name_plural = _("persons involved")
        ordering = ["incident", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "operator"],
                condition=STANDING,
                name="incident_person_once",
                violation_error_message=_("This operator is named in this leak already."),
            ),
            models.CheckConstraint(
                condition=Q(cooperated_on__isnull=True) | Q(cooperated_on__gte=F("asked_on")),
                name="incident_cooperation_after_request",
                violation_error_message=_("The vendor cooperated before it was asked."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.operator) if self.operator_id else self.name

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if bool(self.operator_id) == bool(self.name.strip()):
            problems["operator"] = _("Choose an operator, or give the name of somebody else.")
        elif self.operator and self.operator.vendor_id != self.incident.contract.vendor_id:
            problems["operator"] = _("This operator is not employed by the contract's vendor.")
        if self.cooperated_on and not self.asked_on:
            problems["asked_on"] = _("On which day was the vendor asked?")
        if problems:
            raise ValidationError(problems)


class IncidentCost(Withdrawable):
    """One cost of a leak. A claim for it is opened by a person, on a confirmed breach."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="costs", verbose_name=_("leak"))
    kind = models.CharField(_("kind"), max_length=12, choices=CostKind)
    amount = models.DecimalField(
        _("amount (yuan)"),
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"), message=_("A cost is at least 0.01 yuan."))],
    )
    incurred_on = models.DateField(_("incurred on"))
    document = models.CharField(_("receipt"), max_length=120)

    FIXED = ("incident",)
    PART_OF = "incident"
    PAST = ("incurred_on",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("cost of a leak")
        verbose_name_plural = _("costs of leaks")
        ordering = ["incident", "incurred_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="incident_cost_positive",
                violation_error_message=_("A cost is at least 0.01 yuan."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"
