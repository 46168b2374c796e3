"""How a contract changes: amendments that both agree to (15), headcount orders (4)."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contract.choices import PartySide
from contract.models.agreement import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import in_term, one_of_the_terms, ordered, refuse
from contract.terms import TERMS


class Amendment(Kept, Record):
    """A written change of the contract, proposed by one side and agreed to by both.

    What it changes takes effect as dated terms on the day on which the second side agrees, never
    before. An amendment is withdrawn, not deleted; once agreed it is changed by another one.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="amendments", verbose_name=_("contract"))
    title = models.CharField(_("title"), max_length=120)
    document = models.CharField(_("written document"), max_length=120, help_text=_("Number or name of the document."))
    proposed_by = models.CharField(pgettext_lazy("party", "proposed by"), max_length=8, choices=PartySide)
    proposed_on = models.DateField(_("notice sent on"))
    arrived_on = models.DateField(
        _("notice arrived on"),
        null=True,
        blank=True,
        help_text=_("A notice counts from its arrival at the other side."),
    )
    effective_from = models.DateField(_("takes effect on"))
    office_agreed_on = models.DateField(_("office agreed on"), null=True, blank=True)
    vendor_agreed_on = models.DateField(_("vendor agreed on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["-effective_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(office_agreed_on__isnull=True)
                | Q(vendor_agreed_on__isnull=True),
                name="amendment_agreed_or_withdrawn",
                violation_error_message=_("Both sides have agreed: it cannot be withdrawn, only amended again."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def agreed_on(self) -> Any:
        """The day on which the second side agreed; None while one is missing."""
        if self.office_agreed_on is None or self.vendor_agreed_on is None:
            return None
        return max(self.office_agreed_on, self.vendor_agreed_on)

    def clean(self) -> None:
        early = self.agreed_on and self.effective_from and self.effective_from < self.agreed_on
        refuse(
            ordered(
                self,
                ("proposed_on", "arrived_on"),
                ("proposed_on", "withdrawn_on"),
                ("proposed_on", "office_agreed_on"),
                ("proposed_on", "vendor_agreed_on"),
            ),
            {} if self.withdrawn_on else in_term(self, "effective_from"),
            {"effective_from": PAST_IS_SETTLED % {"day": self.agreed_on}} if early else {},
        )


PAST_IS_SETTLED = _(
    "Both sides have agreed only on %(day)s. An amendment does not change the time before; choose "
    "that day or a later one."
)


class AmendmentChange(Record):
    """One figure of the contract that an amendment changes."""

    DEFINITIONS = TERMS

    amendment = models.ForeignKey(Amendment, models.CASCADE, related_name="changes", verbose_name=_("amendment"))
    key = models.CharField(_("key"), max_length=40)
    value = models.CharField(_("value"), max_length=120)

    FIXED = ("amendment",)
    PART_OF = "amendment"

    class Meta:
        verbose_name = _("amended figure")
        verbose_name_plural = _("amended figures")
        ordering = ["amendment", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "key"],
                name="amendment_changes_key_once",
                violation_error_message=_("This amendment changes that figure already."),
            )
        ]

    def __str__(self) -> str:
        definition = TERMS.get(self.key)
        if definition is None:
            return f"{self.key} = {self.value}"
        return f"{definition.label} = {definition.display(definition.parse(self.value))}"

    def clean(self) -> None:
        self.value = one_of_the_terms(self.key, self.value)


class HeadcountOrder(Kept, Record):
    """The office's order to add or remove people; the vendor is told days ahead.

    It changes the headcount term once its notice has arrived. An order is cancelled, not deleted.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="headcount_orders", verbose_name=_("contract"))
    headcount = models.PositiveIntegerField(_("operators from then on"))
    effective_from = models.DateField(_("takes effect on"))
    document = models.CharField(_("written order"), max_length=120, help_text=_("Number or name of the document."))
    issued_on = models.DateField(_("notice sent on"))
    arrived_on = models.DateField(
        _("notice arrived on"), null=True, blank=True, help_text=_("A notice counts from its arrival at the vendor.")
    )
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("headcount order")
        verbose_name_plural = _("headcount orders")
        ordering = ["-effective_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "effective_from"],
                condition=Q(cancelled_on__isnull=True),
                name="headcount_order_once_per_day",
                violation_error_message=_("Another order takes effect on the same day. Cancel that one first."),
            ),
            models.CheckConstraint(
                condition=Q(arrived_on__isnull=True) | Q(arrived_on__gte=F("issued_on")),
                name="headcount_order_arrives_after_sent",
                violation_error_message=_("The notice arrives before it is sent."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("%(count)s operators from %(day)s")) % {"count": self.headcount, "day": self.effective_from}

    def clean(self) -> None:
        refuse(
            ordered(self, ("issued_on", "arrived_on"), ("issued_on", "cancelled_on")),
            {} if self.cancelled_on else in_term(self, "effective_from"),
        )
