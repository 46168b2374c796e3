"""Misconduct (18), service by a third party (19), disputes (20, 21)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.choices import ConsentKind, DisputeStage, PartySide
from contract.duties.models.consent import Consent
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import Problems, in_term, ordered, refuse, same_contract, together


class Misconduct(Kept, Record):
    """Misconduct of the vendor's staff that the vendor stops and corrects.

    The request goes to the vendor, never to a person. Its clock runs from its arrival there.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="misconduct", verbose_name=_("contract"))
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what happened"), max_length=4000)
    found_on = models.DateField(_("found on"))
    document = models.CharField(_("written request"), max_length=120, blank=True)
    arrived_on = models.DateField(
        _("request arrived on"),
        null=True,
        blank=True,
        help_text=_("The day on which the vendor was asked to correct it."),
    )
    correct_by = models.DateField(
        _("correct by"),
        null=True,
        blank=True,
        help_text=_("Left empty: the days of the confirmed reading, from the request's arrival."),
    )
    correction = models.TextField(_("vendor's correction"), blank=True, max_length=4000)
    corrected_on = models.DateField(_("corrected on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("misconduct")
        verbose_name_plural = _("misconduct")
        ordering = ["-found_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.title} {self.found_on}"

    def clean(self) -> None:
        asked = self.arrived_on is not None or self.correct_by is None
        refuse(
            in_term(self, "found_on"),
            ordered(
                self,
                ("found_on", "arrived_on"),
                ("arrived_on", "correct_by"),
                ("found_on", "corrected_on"),
                ("found_on", "withdrawn_on"),
            ),
            together(self, "corrected_on", "correction"),
            {} if asked else together(self, "correct_by", "arrived_on"),
        )


class Subcontracting(Kept, Record):
    """A third party found providing the service.

    With the office's written consent for that day and party it is in order.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="subcontracting", verbose_name=_("contract"))
    third_party = models.CharField(_("third party"), max_length=120)
    description = models.TextField(_("what it provided"), max_length=4000)
    found_on = models.DateField(_("found on"))
    transferred_on = models.DateField(
        _("service begun on"),
        null=True,
        blank=True,
        help_text=_("The day of the transfer, in the term; it may be found later. Left empty: the day it was found."),
    )
    consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": ConsentKind.THIRD_PARTY},
        verbose_name=_("consent"),
    )
    paid = models.DecimalField(
        _("paid until then"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What the office has paid under this contract, in yuan: it comes back."),
    )
    document = models.CharField(_("record of the finding"), max_length=120, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("service by a third party")
        verbose_name_plural = _("service by third parties")
        ordering = ["-found_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.third_party} {self.found_on}"

    def clean(self) -> None:
        other = self.consent is not None and self.consent.kind != ConsentKind.THIRD_PARTY
        refuse(
            in_term(self, "transferred_on" if self.transferred_on else "found_on"),
            same_contract(self, "consent"),
            ordered(self, ("transferred_on", "found_on"), ("found_on", "withdrawn_on")),
            {"consent": _("This consent is not about service by a third party.")} if other else {},
        )


class Dispute(Kept, Record):
    """A dispute between the parties: negotiated first, then arbitrated."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="disputes", verbose_name=_("contract"))
    title = models.CharField(_("title"), max_length=120)
    description = models.TextField(_("what it is about"), max_length=4000)
    clause_refs = models.CharField(
        _("clauses"), max_length=80, blank=True, help_text=_("As the contract prints them, separated by commas.")
    )
    raised_by = models.CharField(_("raised by"), max_length=8, choices=PartySide)
    raised_on = models.DateField(_("raised on"))
    stage = models.CharField(_("stage"), max_length=12, choices=DisputeStage, default=DisputeStage.NEGOTIATION)
    negotiation_ended_on = models.DateField(_("negotiation ended on"), null=True, blank=True)
    filed_on = models.DateField(_("arbitration filed on"), null=True, blank=True)
    arbitration_body = models.CharField(_("arbitration commission"), max_length=120, blank=True)
    case_number = models.CharField(_("case number"), max_length=60, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True, max_length=4000)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-raised_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        early: Problems = {}
        if self.contract_id and self.raised_on and self.raised_on < self.contract.signed_on:
            early["raised_on"] = _("The contract was signed only on %(day)s.") % {"day": self.contract.signed_on}
        needed = STAGE_NEEDS[DisputeStage(self.stage)] if self.stage in STAGE_NEEDS else ()
        refuse(
            early,
            ordered(
                self,
                ("raised_on", "negotiation_ended_on"),
                ("negotiation_ended_on", "filed_on"),
                ("raised_on", "filed_on"),
                ("raised_on", "closed_on"),
                ("filed_on", "closed_on"),
            ),
            {
                field: _("The stage “%(stage)s” asks for this.") % {"stage": self.get_stage_display()}
                for field in needed
                if not getattr(self, field)
            },
        )


# Arbitration is open only after a negotiation that failed; the end of a dispute has its result.
STAGE_NEEDS = {
    DisputeStage.NEGOTIATION: (),
    DisputeStage.SETTLED: ("negotiation_ended_on", "closed_on", "result"),
    DisputeStage.ARBITRATION: ("negotiation_ended_on", "filed_on", "arbitration_body"),
    DisputeStage.DECIDED: ("negotiation_ended_on", "filed_on", "arbitration_body", "closed_on", "result"),
    DisputeStage.WITHDRAWN: ("closed_on", "result"),
}
