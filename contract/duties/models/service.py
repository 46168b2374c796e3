"""How the service is reported and inspected."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.choices import Cadence, ReportKind
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import Problems, in_term, ordered, refuse, same_contract, together


class ReportSchedule(Kept, Record):
    """What the office wants reported how often, and how many days after the period it is due."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="report_schedules", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=12, choices=ReportKind)
    title = models.CharField(_("title"), max_length=120)
    cadence = models.CharField(_("cadence"), max_length=10, choices=Cadence)
    due_days = models.PositiveSmallIntegerField(
        _("days after the period"),
        validators=[MinValueValidator(1)],
        help_text=_("For a single report: days after its first day."),
    )
    starts_on = models.DateField(_("first day"), help_text=_("For a single report: the day the demand arrived."))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        ordering = ["contract", "kind", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="report_schedule_ends_after_start",
                violation_error_message=_("The last day lies before the first day."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_cadence_display()})"

    def clean(self) -> None:
        refuse(in_term(self, "starts_on"), ordered(self, ("starts_on", "ends_on")))


class ServiceReport(Kept, Record):
    """A report that the vendor delivered, and whether the office accepted or returned it.

    A returned report is delivered again as another row for the same period.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="service_reports", verbose_name=_("contract"))
    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, related_name="reports", verbose_name=_("schedule"))
    period_start = models.DateField(
        _("first day of the period"), help_text=_("For a single report: the schedule's first day.")
    )
    title = models.CharField(_("title"), max_length=120)
    document = models.CharField(_("document"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), blank=True, max_length=4000)
    delivered_on = models.DateField(_("delivered on"))
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    return_reason = models.TextField(_("reason of the return"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("service report")
        verbose_name_plural = _("service reports")
        ordering = ["-delivered_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(returned_on__isnull=True),
                name="service_report_accepted_or_returned",
                violation_error_message=_("A report is accepted or returned, not both."),
            ),
            models.UniqueConstraint(
                fields=["schedule", "period_start"],
                condition=Q(returned_on__isnull=True),
                name="service_report_one_open",
                violation_error_message=_("A report for this period is delivered already and has not been returned."),
            ),
        ]
        indexes = [models.Index(fields=["contract", "period_start"], name="service_report_period")]

    def __str__(self) -> str:
        return f"{self.title} {self.period_start}"

    def clean(self) -> None:
        refuse(
            same_contract(self, "schedule"),
            in_term(self, "period_start"),
            ordered(
                self, ("period_start", "delivered_on"), ("delivered_on", "accepted_on"), ("delivered_on", "returned_on")
            ),
            together(self, "returned_on", "return_reason"),
        )


class Inspection(Kept, Record):
    """The office looks at the service and remarks on it."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="inspections", verbose_name=_("contract"))
    inspected_on = models.DateField(_("inspected on"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    inspectors = models.CharField(_("inspectors"), max_length=120, blank=True)
    summary = models.TextField(_("summary"), max_length=4000)
    document = models.CharField(_("document"), max_length=120, blank=True)
    arrived_on = models.DateField(
        _("remarks arrived on"), null=True, blank=True, help_text=_("The day on which the vendor received the remarks.")
    )

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-inspected_on", "-pk"]

    def __str__(self) -> str:
        return str(_("Inspection of %(day)s")) % {"day": self.inspected_on}

    def clean(self) -> None:
        refuse(in_term(self, "inspected_on"), ordered(self, ("inspected_on", "arrived_on")))


class InspectionRemark(Kept, Record):
    """One remark: what the vendor is to do by when, its answer, and the office's second look."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="remarks", verbose_name=_("inspection"))
    number = models.PositiveSmallIntegerField(_("no."), validators=[MinValueValidator(1)])
    text = models.TextField(_("remark"), max_length=2000)
    due_on = models.DateField(_("follow-up due on"))
    answer = models.TextField(_("vendor's answer"), blank=True, max_length=4000)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    checked_on = models.DateField(_("looked at again on"), null=True, blank=True)
    is_settled = models.BooleanField(_("settled"), null=True, blank=True)
    check_note = models.TextField(_("what the second look showed"), blank=True, max_length=2000)

    FIXED = ("inspection",)
    PART_OF = "inspection"

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["inspection", "number"]
        constraints = [models.UniqueConstraint(fields=["inspection", "number"], name="inspection_remark_number_once")]

    def __str__(self) -> str:
        return f"{self.inspection} #{self.number}"

    def clean(self) -> None:
        refuse(
            together(self, "answered_on", "answer"),
            together(self, "checked_on", "is_settled"),
            ordered(self, ("answered_on", "checked_on")),
            self._arrival_problems() if self.inspection_id else {},
        )

    def _arrival_problems(self) -> Problems:
        """What is asked for is due, and done, after the vendor has learned of it."""
        told = self.inspection.arrived_on or self.inspection.inspected_on
        text = _("The vendor learns of the remark only on %(day)s.") % {"day": told}
        problems: Problems = {}
        if self.due_on and self.due_on <= told:
            problems["due_on"] = text
        if self.answered_on and self.answered_on < told:
            problems["answered_on"] = text
        return problems
