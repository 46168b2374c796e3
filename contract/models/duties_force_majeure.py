"""Force majeure (article 16), and what excuses a duty that was not met."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.choices import ExcuseCause, PartySide
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.duties_base import Problems, in_term, ordered, refuse, together


class ForceMajeureEvent(Kept, Record):
    """An outside event that keeps a side from performing (article 16).

    The other side is told within the agreed days. Without an authority's proof it excuses nothing.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="force_majeure_events", verbose_name=_("contract")
    )
    title = models.CharField(_("event"), max_length=120)
    description = models.TextField(_("what it keeps from being done"), max_length=2000)
    reported_by = models.CharField(_("reported by"), max_length=8, choices=PartySide)
    occurred_on = models.DateField(_("occurred on"))
    arrived_on = models.DateField(
        _("notice arrived on"), null=True, blank=True,
        help_text=_("The day on which the other side was told."),
    )  # fmt: skip
    ended_on = models.DateField(
        _("effect ended on"), null=True, blank=True,
        help_text=_("The last day on which it kept the side from performing."),
    )  # fmt: skip
    proof_document = models.CharField(_("authority's proof"), max_length=120, blank=True)
    proof_issuer = models.CharField(_("authority"), max_length=120, blank=True)
    proof_arrived_on = models.DateField(_("proof arrived on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("force majeure event")
        verbose_name_plural = _("force majeure events")
        ordering = ["-occurred_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("occurred_on")),
                name="force_majeure_ends_after_start",
                violation_error_message=_("The event ends before it occurs."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.occurred_on}"

    def clean(self) -> None:
        refuse(
            in_term(self, "occurred_on"),
            ordered(
                self, ("occurred_on", "arrived_on"), ("occurred_on", "ended_on"),
                ("occurred_on", "proof_arrived_on"), ("occurred_on", "withdrawn_on"),
            ),
            together(self, "proof_arrived_on", "proof_document", "proof_issuer"),
        )  # fmt: skip


class Excuse(Kept, Record):
    """Why one duty counts as excused in a window of days; proposed by one, approved by another.

    It speaks of one check and one subject, and covers only what falls due in its window. The
    finding stays visible, with its figures.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="excuses", verbose_name=_("contract")
    )
    cause = models.CharField(_("cause"), max_length=16, choices=ExcuseCause)
    event = models.ForeignKey(
        ForceMajeureEvent, models.PROTECT, null=True, blank=True, related_name="excuses",
        verbose_name=_("force majeure event"),
    )  # fmt: skip
    check_id = models.CharField(_("check"), max_length=60)
    subject_label = models.CharField(_("kind of record"), max_length=60)
    subject_pk = models.BigIntegerField(_("record number"))
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    from_on = models.DateField(_("first day"))
    to_on = models.DateField(
        _("last day"), null=True, blank=True,
        help_text=_("Left empty: as long as the force majeure event lasts."),
    )  # fmt: skip
    document = models.CharField(
        _("document"), max_length=120, blank=True,
        help_text=_("The other side's waiver, or what shows that it caused the failure."),
    )  # fmt: skip
    reason = models.TextField(_("how the cause led to this failure"), max_length=2000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("approved by"),
    )  # fmt: skip
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("excuse")
        verbose_name_plural = _("excuses")
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="excuse_ends_after_start",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(cause=ExcuseCause.FORCE_MAJEURE, event__isnull=False)
                | (
                    ~Q(cause=ExcuseCause.FORCE_MAJEURE) & Q(event__isnull=True, to_on__isnull=False)
                ),
                name="excuse_cause_has_its_ground",
                violation_error_message=_(
                    "Force majeure names its event; any other cause names its last day."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("proposed_by")),
                name="excuse_by_two_people",
                violation_error_message=_("The second person must not be the proposer."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_on__isnull=True)
                | Q(approved_by__isnull=False, approved_on__isnull=False),
                name="excuse_approved_or_open",
            ),
        ]

    def __str__(self) -> str:
        check = registry.title(self.check_id)
        return f"{self.get_cause_display()} {check} {self.subject_name}".strip()

    def clean(self) -> None:
        by_event = self.cause == ExcuseCause.FORCE_MAJEURE
        refuse(
            ordered(self, ("from_on", "to_on")),
            self._event_problems() if by_event else self._ground_problems(),
        )

    def _ground_problems(self) -> Problems:
        problems: Problems = {}
        if self.event_id:
            problems["event"] = _("Only an excuse by force majeure names an event.")
        if self.to_on is None:
            problems["to_on"] = _("Give the last day that the excuse covers.")
        if not self.document:
            problems["document"] = _("Name the document: without one it is no excuse.")
        return problems

    def _event_problems(self) -> Problems:
        event = self.event
        if event is None:
            return {"event": _("Choose the event that caused the failure.")}
        if event.contract_id != self.contract_id:
            return {"event": _("This belongs to another contract.")}
        problems: Problems = {}
        if self.from_on and self.from_on < event.occurred_on:
            problems["from_on"] = _(
                "The event occurred only on %(day)s; it excuses nothing before."
            ) % {"day": event.occurred_on}
        if self.to_on and event.ended_on and self.to_on > event.ended_on:
            problems["to_on"] = _(
                "The event's effect ended on %(day)s; it excuses nothing after."
            ) % {"day": event.ended_on}
        return problems
