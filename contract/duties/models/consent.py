"""The office's consent: asked for by the vendor, granted or refused in writing."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.choices import ConsentDecision, ConsentKind
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import Problems, ordered, refuse, together


class Consent(Kept, Record):
    """What the vendor asked the office to consent to, and the office's written answer.

    Kinds: staff change (13.4), disclosure (14.1), third party (19). Silence is never consent. A
    consent holds from the day of its writing on, never for the time before.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="consents", verbose_name=_("contract"))
    kind = models.CharField(_("kind"), max_length=14, choices=ConsentKind)
    subject = models.CharField(
        _("about whom or what"), max_length=200, help_text=_("The person, the recipient, or the third party.")
    )
    subject_label = models.CharField(
        _("kind of record"),
        max_length=60,
        blank=True,
        help_text=_("For a person: that it is one of the vendor's people; the check of staff changes looks for it."),
    )
    subject_pk = models.BigIntegerField(_("record number"), null=True, blank=True)
    purpose = models.TextField(_("purpose"), max_length=2000)
    request_document = models.CharField(_("the vendor's written request"), max_length=120, blank=True)
    requested_on = models.DateField(_("requested on"))
    arrived_on = models.DateField(
        _("the vendor's request arrived on"),
        null=True,
        blank=True,
        help_text=_("The office's time to answer runs from here."),
    )
    decision = models.CharField(_("decision"), max_length=8, choices=ConsentDecision, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    document = models.CharField(_("written decision"), max_length=120, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    valid_from = models.DateField(_("holds from"), null=True, blank=True)
    valid_to = models.DateField(_("holds to"), null=True, blank=True, help_text=_("Left empty: until it is revoked."))
    revoked_on = models.DateField(
        _("revoked on"), null=True, blank=True, help_text=_("The last day on which it holds.")
    )
    withdrawn_on = models.DateField(_("request withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-requested_on", "-pk"]
        indexes = [models.Index(fields=["contract", "kind"], name="consent_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True, document="")
                | (~Q(decision="") & Q(decided_on__isnull=False) & ~Q(document="")),
                name="consent_decided_in_writing",
                violation_error_message=_("A decision has its day and its document."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(decision=ConsentDecision.GRANTED, valid_from__gte=F("decided_on")),
                name="consent_holds_from_its_writing",
                violation_error_message=_("A consent holds from the day of its writing on, never for the time before."),
            ),
            models.CheckConstraint(
                condition=Q(decision="") | Q(withdrawn_on__isnull=True),
                name="consent_withdrawn_before_decision",
                violation_error_message=_("The office has decided already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}"

    def clean(self) -> None:
        refuse(
            self._decision_problems(),
            together(self, "decision", "decided_on", "document"),
            together(self, "subject_label", "subject_pk"),
            ordered(
                self,
                ("requested_on", "arrived_on"),
                ("arrived_on", "decided_on"),
                ("decided_on", "valid_from"),
                ("valid_from", "valid_to"),
                ("decided_on", "revoked_on"),
                ("requested_on", "withdrawn_on"),
            ),
        )

    def _decision_problems(self) -> Problems:
        problems: Problems = {}
        if self.decision and self.arrived_on is None:
            problems["arrived_on"] = _("A request that is decided has arrived.")
        if self.decision == ConsentDecision.GRANTED and self.valid_from is None:
            problems["valid_from"] = _("From which day on does the consent hold?")
        if self.decision == ConsentDecision.REFUSED and not self.reason.strip():
            problems["reason"] = _("Give the reason of the refusal: the vendor is told.")
        if self.decision != ConsentDecision.GRANTED:
            for field in ("valid_from", "valid_to", "revoked_on"):
                if getattr(self, field):
                    problems[field] = _("Only a consent that is granted has this.")
        return problems
