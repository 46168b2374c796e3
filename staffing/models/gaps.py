"""Posts that stand empty, and people whom the office wants replaced."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import ANOTHER_CONTRACT
from staffing.choices import GapCause
from staffing.models.people import Operator
from staffing.models.posting import Assignment


class Gap(Kept, Record):
    """A post stands empty because of one person: derived from the facts, never typed in.

    `event_on` is the day from which the time to make it good runs: the first day of an absence,
    the last day in post of a departure. The row keeps its identity while the facts behind it are
    corrected, and is void when they are withdrawn.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="gaps", verbose_name=_("contract"))
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="gaps", verbose_name=_("assignment"))
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="gaps", verbose_name=_("operator"))
    cause = models.CharField(_("cause of the gap"), max_length=16, choices=GapCause)
    event_on = models.DateField(_("day of the event"))
    opened_on = models.DateField(_("first empty day"))
    departed_on = models.DateField(
        _("left on"), null=True, blank=True, help_text=_("The last day in post, where the person has left for good.")
    )
    returned_on = models.DateField(_("back on"), null=True, blank=True)
    backfilled_on = models.DateField(_("backfilled on"), null=True, blank=True)
    closed_on = models.DateField(
        _("made good on"), null=True, blank=True, help_text=_("The earlier of the return and the backfill.")
    )
    maybe_closed_on = models.DateField(
        _("possibly back on"),
        null=True,
        blank=True,
        help_text=_("The first day of the gap for which no report proves presence or absence."),
    )
    lapsed_on = models.DateField(
        _("no longer owed from"),
        null=True,
        blank=True,
        help_text=_("The post was given up (reduction) while it stood empty."),
    )
    proven = models.JSONField(
        _("proven empty"),
        default=list,
        help_text=_("Spans of proven absence, as first and last day; a departure has no last day."),
    )
    is_void = models.BooleanField(_("void"), default=False, help_text=_("The facts behind it have been withdrawn."))

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["contract", "-opened_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "operator", "opened_on"],
                condition=Q(is_void=False),
                name="gap_once_per_person_and_day",
            ),
            models.CheckConstraint(condition=Q(event_on__lte=F("opened_on")), name="gap_opens_after_event"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")), name="gap_closes_after_opening"
            ),
        ]
        indexes = [models.Index(fields=["contract", "closed_on"], condition=Q(is_void=False), name="gap_open")]

    def __str__(self) -> str:
        return f"{self.operator} {self.get_cause_display()} {self.opened_on}"


class ReplacementDemand(Kept, Record):
    """The office asks the vendor to replace a person who is not up to the work.

    A demand goes to the vendor, never to the person. The time runs from its arrival.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="replacement_demands", verbose_name=_("contract")
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="replacement_demands", verbose_name=_("assignment")
    )
    reason = models.TextField(_("reason"), max_length=2000)
    sent_at = models.DateTimeField(_("sent at"))
    arrived_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    replaced_by = models.OneToOneField(
        Assignment,
        models.PROTECT,
        related_name="replaces_on_demand",
        null=True,
        blank=True,
        verbose_name=_("replaced by"),
        error_messages={"unique": _("This assignment answers another demand already.")},
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    FIXED = ("contract", "assignment", "reason", "sent_at")

    class Meta:
        verbose_name = _("replacement demand")
        verbose_name_plural = _("replacement demands")
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(withdrawn_on__isnull=True, replaced_by__isnull=True),
                name="demand_one_open_per_assignment",
                violation_error_message=_("A demand for this person is open already."),
            ),
            models.CheckConstraint(
                condition=Q(arrived_at__isnull=True) | Q(arrived_at__gte=F("sent_at")),
                name="demand_arrives_after_sending",
                violation_error_message=_("The demand arrived before it was sent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment.operator} {self.sent_at:%Y-%m-%d}"

    def clean(self) -> None:
        if not self.assignment_id:
            return  # the missing field has its own message
        problems = {}
        if self.assignment.contract_id != self.contract_id:
            problems["assignment"] = ANOTHER_CONTRACT
        elif self.assignment.withdrawn_on is not None:
            problems["assignment"] = _("This assignment has been withdrawn.")
        substitute = self.replaced_by
        if substitute is not None:
            if substitute.contract_id != self.contract_id:
                problems["replaced_by"] = ANOTHER_CONTRACT
            elif substitute.operator_id == self.assignment.operator_id:
                problems["replaced_by"] = _("A person cannot be replaced by the same person.")
            elif substitute.withdrawn_on is not None:
                problems["replaced_by"] = _("This assignment has been withdrawn.")
        if problems:
            raise ValidationError(problems)
