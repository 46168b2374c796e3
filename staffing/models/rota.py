"""Who is on duty from when to when, who wrote it, and the roll-up by contract and day (art. 7).

Written in sets, as attendance is: each set is a `ShiftBatch`. A shift that is replaced or cleared
is not deleted: it names the set that took its place, so that old and new stay readable.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import AppendOnly, Kept
from law.periods import BEIJING
from staffing.choices import AttendanceRoute, ShiftKind
from staffing.models.people import Operator


class ShiftBatch(AppendOnly):
    """One set of the rota: who sent it, when, by which way, and what it changed."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="shift_batches", verbose_name=_("contract"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    route = models.CharField(_("route"), max_length=8, choices=AttendanceRoute)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_sha256 = models.CharField(_("checksum of the file"), max_length=64, blank=True)
    created = models.PositiveIntegerField(_("shifts added"), default=0)
    replaced = models.PositiveIntegerField(_("shifts replaced or cleared"), default=0)
    unchanged = models.PositiveIntegerField(_("shifts unchanged"), default=0)

    class Meta:
        verbose_name = _("rota batch")
        verbose_name_plural = _("rota batches")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_route_display()} {self.at:%Y-%m-%d %H:%M}"


class Shift(Kept):
    """A person is on duty from an instant to an instant; it may cross midnight.

    It belongs to the Beijing day on which it starts. Until that day it is a plan, after it a record
    of what was worked: the vendor corrects it by sending the day again.
    """

    LOGGED_BY = ("contract_id", "batch_id", "starts_at", "operator_id")
    LOGGED_WITH = "batch_id"

    # The index of live shifts begins with contract and day: it serves every reading in sets.
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="shifts", verbose_name=_("contract"), db_index=False
    )
    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="shifts", verbose_name=_("operator"), db_index=False
    )
    day = models.DateField(_("day"), help_text=_("The day on which the shift begins."))
    kind = models.CharField(
        _("kind"),
        max_length=6,
        choices=ShiftKind,
        default=ShiftKind.DUTY,
        help_text=_("Other work counts as working hours, and not as somebody at the hotline."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    batch = models.ForeignKey(
        ShiftBatch, models.PROTECT, related_name="shifts", verbose_name=_("batch"), db_index=False
    )
    replaced_by = models.ForeignKey(
        ShiftBatch,
        models.PROTECT,
        related_name="replaced_shifts",
        null=True,
        blank=True,
        verbose_name=_("replaced by"),
        db_index=False,
    )

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["contract", "starts_at", "operator"]
        indexes = [
            models.Index(fields=["contract", "day"], name="shift_contract_day"),
            models.Index(fields=["operator", "starts_at"], name="shift_operator_start"),
            models.Index(fields=["-day", "id"], name="shift_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_start",
                violation_error_message=_("The shift ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hours}"

    @property
    def hours(self) -> str:
        """ "20:00-08:00", in Beijing time."""
        starts, ends = self.starts_at.astimezone(BEIJING), self.ends_at.astimezone(BEIJING)
        return f"{starts:%H:%M}-{ends:%H:%M}"


class DutyDay(models.Model):
    """The roll-up of a contract's day from rota, attendance and leaves, kept with every write.

    `steps` says how many are on duty from which minute of the day on: [minute, reported on duty,
    planned and not reported]. `worked` holds the minutes of the shifts that begin on the day, by
    operator, those who are known absent left out. How many are owed is a dated policy, not here.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="duty_days", verbose_name=_("contract"), db_index=False
    )
    day = models.DateField(_("day"))
    planned = models.PositiveSmallIntegerField(
        _("shifts planned"), help_text=_("Those that touch the day, absent people included.")
    )
    loose = models.PositiveSmallIntegerField(
        _("on duty without a shift"), help_text=_("Reported on duty, at hours that nobody told.")
    )
    steps = models.JSONField(_("on duty by the minute"), default=list)
    worked = models.JSONField(_("minutes by person"), default=dict)
    # Of everything that follows from the day's rota and reports; empty in rows from before there was one.
    mark = models.CharField(max_length=64, default="", editable=False)

    class Meta:
        verbose_name = _("daily duty")
        verbose_name_plural = _("daily duty")
        ordering = ["contract", "day"]
        constraints = [models.UniqueConstraint(fields=["contract", "day"], name="duty_day_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.planned}"
