"""Who is assigned from when to when, and who is on leave.

That no two assignments of a person overlap, nor two live leaves, is held by the database itself
(migration 0002: an exclusion constraint on PostgreSQL, triggers on SQLite). Validation repeats it
with a message.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import Kept, Record
from contract.models.refusals import ANOTHER_CONTRACT
from staffing.choices import EndReason, LeaveKind
from staffing.models.people import Operator, Post


class Assignment(Kept, Record):
    """An operator serves on a contract from a day on; both days are included.

    A backfill names the gap that it fills: one backfill closes one gap. An assignment that was
    entered by mistake is withdrawn, never deleted.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="assignments", verbose_name=_("contract"))
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="assignments", verbose_name=_("operator"))
    post = models.ForeignKey(
        Post, models.PROTECT, related_name="assignments", null=True, blank=True, verbose_name=_("post")
    )
    place = models.CharField(
        _("place of service"), max_length=200, blank=True, help_text=_("Left empty: the place that the contract names.")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=16, choices=EndReason, blank=True)
    notice_on = models.DateField(
        _("notice given on"),
        null=True,
        blank=True,
        help_text=_("The day of the resignation letter. It starts no time limit."),
    )
    fills_gap = models.OneToOneField(
        "staffing.Gap",
        models.PROTECT,
        related_name="backfill",
        null=True,
        blank=True,
        verbose_name=_("fills the gap"),
        error_messages={"unique": _("Another assignment fills this gap: one backfill, one gap.")},
    )
    consent_ref = models.CharField(
        _("written consent"), max_length=120, blank=True, help_text=_("The office's letter, for a transfer or change.")
    )
    consented_on = models.DateField(_("consented on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("taken back on"), null=True, blank=True, editable=False)
    withdrawal_reason = models.CharField(_("reason for taking it back"), max_length=200, blank=True, editable=False)

    FIXED = ("contract", "operator")
    LOCKED_BY = ("contract", "operator")

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["contract", "operator", "starts_on"]
        indexes = [models.Index(fields=["contract", "starts_on"], name="assignment_contract_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="assignment_ends_after_start",
                violation_error_message=_("The last day lies before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, end_reason="") | (Q(ends_on__isnull=False) & ~Q(end_reason="")),
                name="assignment_end_has_a_reason",
                violation_error_message=_("A last day and its reason go together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.starts_on}–{self.ends_on or ''}"

    def clean(self) -> None:
        if not (self.contract_id and self.operator_id) or self.withdrawn_on is not None:
            return  # a missing field has its own message; what is withdrawn need not fit any more
        problems: dict[str, Any] = {}
        if self.operator.vendor_id != self.contract.vendor_id:
            problems["operator"] = _("This operator is not employed by the contract's vendor.")
        if self.post is not None and self.post.contract_id != self.contract_id:
            problems["post"] = ANOTHER_CONTRACT
        if self.fills_gap is not None:
            problems |= self._gap_problems()
        if self.starts_on and not problems:
            problems |= self._date_problems()
        if bool(self.consent_ref) != bool(self.consented_on):
            problems["consented_on"] = _("A written consent has a reference and a date.")
        if problems:
            raise ValidationError(problems)

    def _gap_problems(self) -> dict[str, Any]:
        gap = self.fills_gap
        assert gap is not None
        if gap.contract_id != self.contract_id:
            return {"fills_gap": ANOTHER_CONTRACT}
        if gap.is_void:
            return {"fills_gap": _("This gap has been withdrawn.")}
        if gap.assignment_id == self.pk:
            return {"fills_gap": _("An assignment cannot fill the gap that it left itself.")}
        if self.ends_on and self.ends_on < gap.opened_on:
            return {"fills_gap": _("This assignment ends before the gap opens on %(day)s.") % {"day": gap.opened_on}}
        return {}

    def _date_problems(self) -> dict[str, Any]:
        first, last = self.contract.starts_on, self.contract.last_day
        term = {"first": first, "last": last}
        if not first <= self.starts_on <= last:
            return {"starts_on": _("The contract's term runs from %(first)s to %(last)s.") % term}
        ends_on = self.ends_on
        if ends_on and ends_on > last:
            return {"ends_on": _("The contract's term runs from %(first)s to %(last)s.") % term}
        if self.end_reason == EndReason.TERM_END and ends_on != last:
            return {"end_reason": _("Only the contract's last day (%(last)s) is the end of its term.") % term}
        other = (
            Assignment.objects.filter(operator_id=self.operator_id, withdrawn_on__isnull=True)
            .exclude(pk=self.pk)
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=self.starts_on))
            .filter(starts_on__lte=ends_on or date.max)
            .order_by("starts_on")
            .first()
        )
        if other is not None:
            return {
                "starts_on": _(
                    "%(operator)s is assigned from %(first)s to %(last)s already; one person "
                    "holds one assignment at a time. End that one first."
                )
                % {
                    "operator": self.operator.name,
                    "first": other.starts_on,
                    "last": other.ends_on or other.contract.last_day,
                }
            }
        return {}


class Leave(Kept, Record):
    """An operator is away from a day to a day, both included; cancelled, never deleted."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="leaves", verbose_name=_("contract"))
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="leaves", verbose_name=_("operator"))
    kind = models.CharField(_("kind"), max_length=10, choices=LeaveKind)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    reported_at = models.DateTimeField(_("reported at"))
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=200, blank=True, editable=False)

    FIXED = ("contract", "operator")
    LOCKED_BY = ("contract", "operator")
    WITHDRAWAL = ("cancelled_on", "cancel_reason")

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["-starts_on", "operator"]
        indexes = [models.Index(fields=["contract", "starts_on"], name="leave_contract_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="leave_ends_after_start",
                violation_error_message=_("The leave ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.starts_on}–{self.ends_on}"

    def clean(self) -> None:
        if not (self.contract_id and self.operator_id):
            return  # the missing field has its own message
        problems: dict[str, Any] = {}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            problems["ends_on"] = _("The leave ends before it begins.")
        elif self.starts_on and self.ends_on and self.cancelled_on is None:
            problems |= self._date_problems()
        if problems:
            raise ValidationError(problems)

    def _date_problems(self) -> dict[str, Any]:
        assigned = (
            Assignment.objects.filter(
                contract_id=self.contract_id,
                operator_id=self.operator_id,
                withdrawn_on__isnull=True,
                starts_on__lte=self.starts_on,
            )
            .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=self.starts_on))
            .exists()
        )
        if not assigned or self.starts_on > self.contract.last_day:
            return {
                "starts_on": _("%(operator)s is not assigned to this contract on %(day)s.")
                % {"operator": self.operator.name, "day": self.starts_on}
            }
        other = (
            Leave.objects.filter(operator_id=self.operator_id, cancelled_on__isnull=True)
            .exclude(pk=self.pk)
            .filter(starts_on__lte=self.ends_on, ends_on__gte=self.starts_on)
            .first()
        )
        if other is not None:
            return {
                "starts_on": _(
                    "%(operator)s has a leave from %(first)s to %(last)s already. Correct or cancel that one."
                )
                % {"operator": self.operator.name, "first": other.starts_on, "last": other.ends_on}
            }
        return {}
