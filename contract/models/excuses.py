"""Excuses: what two people hold to have kept a side from performing."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract import registry
from contract.choices import ExcuseCause
from contract.models.agreement import Contract
from contract.models.base import Kept, Record, by_two_people
from contract.models.refusals import ANOTHER_CONTRACT, Problems, ordered, refuse


class Excuse(Kept, Record):
    """Why one duty counts as excused in a window of days; proposed by one, approved by another.

    It speaks of one check and one subject, and covers only what falls due in its window. The
    finding stays visible, with its figures.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="excuses", verbose_name=_("contract"))
    cause = models.CharField(_("cause"), max_length=16, choices=ExcuseCause)
    event = models.ForeignKey(
        "contract.ForceMajeureEvent",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="excuses",
        verbose_name=_("force majeure event"),
    )
    check_id = models.CharField(_("check"), max_length=60)
    subject_label = models.CharField(_("kind of record"), max_length=60)
    subject_pk = models.BigIntegerField(_("record number"))
    subject_name = models.CharField(_("subject"), max_length=120, blank=True)
    from_on = models.DateField(_("first day"))
    to_on = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Left empty: as long as the force majeure event lasts.")
    )
    person_days = models.PositiveIntegerField(
        _("person-days missed because of it"),
        null=True,
        blank=True,
        help_text=_(
            "Only for the on-post rate under force majeure: so many leave the count. Left empty: those missing "
            "in the window beyond the ones missing on the day before it."
        ),
    )
    document = models.CharField(
        _("document"),
        max_length=120,
        blank=True,
        help_text=_("The other side's waiver, or what shows that it caused the failure."),
    )
    reason = models.TextField(_("how the cause led to this failure"), max_length=2000)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
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
                | (~Q(cause=ExcuseCause.FORCE_MAJEURE) & Q(event__isnull=True, to_on__isnull=False)),
                name="excuse_cause_has_its_ground",
                violation_error_message=_("Force majeure names its event; any other cause names its last day."),
            ),
            *by_two_people("excuse", second="approved_by", answer="approved_on", state="approved_or_open"),
        ]

    def __str__(self) -> str:
        check = registry.title(self.check_id)
        return f"{self.get_cause_display()} {check} {self.subject_name}".strip()

    def clean(self) -> None:
        by_event = self.cause == ExcuseCause.FORCE_MAJEURE
        refuse(ordered(self, ("from_on", "to_on")), self._event_problems() if by_event else self._ground_problems())

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
            return {"event": ANOTHER_CONTRACT}
        problems: Problems = {}
        if self.from_on and self.from_on < event.occurred_on:
            problems["from_on"] = _("The event occurred only on %(day)s; it excuses nothing before.") % {
                "day": event.occurred_on
            }
        if self.to_on and event.ended_on and self.to_on > event.ended_on:
            problems["to_on"] = _("The event's effect ended on %(day)s; it excuses nothing after.") % {
                "day": event.ended_on
            }
        return problems
