"""Force majeure, and what excuses a duty that was not met."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.choices import PartySide
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import in_term, ordered, refuse, together


class ForceMajeureEvent(Kept, Record):
    """An outside event that keeps a side from performing.

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
        _("notice arrived on"), null=True, blank=True, help_text=_("The day on which the other side was told.")
    )
    ended_on = models.DateField(
        _("effect ended on"),
        null=True,
        blank=True,
        help_text=_("The last day on which it kept the side from performing."),
    )
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.occurred_on}"

    def clean(self) -> None:
        refuse(
            in_term(self, "occurred_on"),
            ordered(
                self,
                ("occurred_on", "arrived_on"),
                ("occurred_on", "ended_on"),
                ("occurred_on", "proof_arrived_on"),
                ("occurred_on", "withdrawn_on"),
            ),
            together(self, "proof_arrived_on", "proof_document", "proof_issuer"),
        )
