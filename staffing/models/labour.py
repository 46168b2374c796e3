"""What the vendor, as the employer, tells the office about hours, pay and disputes.

The office is no employer: it keeps the number and the day of a document, never a pay slip, and no
judgement about a person.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contract.choices import PartySide
from contract.models import Contract
from contract.models.base import Withdrawable
from contract.models.refusals import ordered, refuse, same_contract, together
from staffing.choices import MatterKind, PayKind
from staffing.models.people import Post


class LabourRecord(Withdrawable):
    """A record about a contract that is withdrawn when wrong, never deleted."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="%(class)ss", verbose_name=_("contract"))
    document = models.CharField(_("document number"), max_length=80)
    note = models.CharField(_("note"), max_length=200, blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True


class HoursApproval(LabourRecord):
    """The labour authority approved a comprehensive working-hours system (Labour Law art. 39)."""

    authority = models.CharField(pgettext_lazy("authority", "approved by"), max_length=80)
    post = models.ForeignKey(
        Post,
        models.PROTECT,
        related_name="hours_approvals",
        null=True,
        blank=True,
        verbose_name=_("post"),
        help_text=_("Left empty: everybody on the contract."),
    )
    approved_on = models.DateField(pgettext_lazy("authority", "approved on"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), help_text=_("The last day included."))
    arrived_on = models.DateField(_("copy arrived on"))

    PAST = ("approved_on", "arrived_on")

    class Meta:
        verbose_name = _("approval of comprehensive hours")
        verbose_name_plural = _("approvals of comprehensive hours")
        ordering = ["contract", "valid_from"]

    def __str__(self) -> str:
        return f"{self.document} {self.valid_from}–{self.valid_until}"

    def clean(self) -> None:
        refuse(ordered(self, ("valid_from", "valid_until"), ("approved_on", "arrived_on")), same_contract(self, "post"))


class PayProof(LabourRecord):
    """The vendor declares that it paid a month, and names the document that shows it."""

    kind = models.CharField(_("kind"), max_length=8, choices=PayKind)
    month = models.DateField(_("month"), help_text=_("The first day of the month for which was paid."))
    paid_on = models.DateField(_("paid on"))
    declared_by = models.CharField(_("declared by"), max_length=40)
    arrived_on = models.DateField(_("arrived on"))

    PAST = ("paid_on", "arrived_on")

    class Meta:
        verbose_name = _("proof of payment")
        verbose_name_plural = _("proofs of payment")
        ordering = ["contract", "-month", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "kind", "month"],
                condition=Q(withdrawn_on__isnull=True),
                name="pay_proof_once",
                violation_error_message=_("A proof of this kind is on record for this month. Correct or withdraw it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month:%Y-%m}"

    def clean(self) -> None:
        problems: dict[str, Any] = dict(ordered(self, ("paid_on", "arrived_on")))
        if self.month is not None:
            self.month = self.month.replace(day=1)
            if self.contract_id is not None:
                first, last = self.contract.starts_on.replace(day=1), self.contract.last_day
                if not first <= self.month <= last:
                    problems["month"] = _("The contract is not in force in that month.")
            if self.paid_on is not None and self.paid_on < self.month:
                problems["paid_on"] = _("This lies before the month for which was paid.")
        if problems:
            raise ValidationError(problems)


class LabourMatter(LabourRecord):
    """A labour dispute, wage arrears, an injury or damage: the vendor's to settle (18, 20).

    It is recorded without naming a person: the office takes no part in it.
    """

    document = models.CharField(_("document number"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=MatterKind)
    title = models.CharField(_("matter"), max_length=80, help_text=_("Without names of people."))
    persons = models.PositiveSmallIntegerField(_("people concerned"), default=1)
    occurred_on = models.DateField(_("occurred on"))
    known_on = models.DateField(_("known to the vendor on"), help_text=_("The time to report it runs from this day."))
    recorded_by = models.CharField(
        pgettext_lazy("party", "recorded by"), max_length=6, choices=PartySide, default=PartySide.OFFICE, editable=False
    )
    reported_on = models.DateField(
        _("reported to the office on"),
        null=True,
        blank=True,
        help_text=_("Left empty: the office learned of it otherwise, and the vendor has not reported it."),
    )
    effect = models.CharField(
        _("effect on the office"),
        max_length=200,
        blank=True,
        help_text=_("Left empty: none. The vendor removes it and makes it good."),
    )
    effect_removed_on = models.DateField(_("effect removed on"), null=True, blank=True)
    settled_on = models.DateField(_("settled on"), null=True, blank=True)
    settlement = models.CharField(
        _("how it was settled"),
        max_length=200,
        blank=True,
        help_text=_("Agreement, mediation, award or judgment, with its document."),
    )

    PAST = ("occurred_on", "known_on", "reported_on", "effect_removed_on", "settled_on")

    class Meta:
        verbose_name = _("labour matter")
        verbose_name_plural = _("labour matters")
        ordering = ["contract", "-known_on"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        refuse(
            ordered(
                self,
                ("occurred_on", "known_on"),
                ("known_on", "reported_on"),
                ("occurred_on", "settled_on"),
                ("occurred_on", "effect_removed_on"),
            ),
            together(self, "settled_on", "settlement"),
            {} if self.effect else together(self, "effect", "effect_removed_on"),
        )
