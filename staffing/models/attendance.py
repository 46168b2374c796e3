"""Attendance by person and day, who wrote it, and the roll-up by contract and day.

Written in sets, so not tracked row by row: each set is an `AttendanceBatch`, and each value that
changes leaves an `AttendanceChange` with old and new.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import AppendOnly, Kept
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models.people import Operator


class AttendanceBatch(AppendOnly):
    """One set of attendance: who sent it, when, by which way, and what it changed."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="attendance_batches", verbose_name=_("contract")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    route = models.CharField(_("route"), max_length=8, choices=AttendanceRoute)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    file_sha256 = models.CharField(_("checksum of the file"), max_length=64, blank=True)
    created = models.PositiveIntegerField(_("rows added"), default=0)
    changed = models.PositiveIntegerField(_("rows changed"), default=0)
    unchanged = models.PositiveIntegerField(_("rows unchanged"), default=0)

    class Meta:
        verbose_name = _("attendance batch")
        verbose_name_plural = _("attendance batches")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_route_display()} {self.at:%Y-%m-%d %H:%M}"


class Attendance(Kept):
    """What was reported of a person on a day. Where there is no row, nothing was reported."""

    # The change log has one entry for each set: by these columns a row is known in it.
    LOGGED_BY = ("contract_id", "day", "operator_id")
    LOGGED_WITH = "batch_id"

    # The unique index begins with the contract and the day: it serves every reading in sets, so
    # the contract needs no index of its own, and the batch is never searched by.
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="attendance", verbose_name=_("contract"), db_index=False
    )
    day = models.DateField(_("day"))
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="attendance", verbose_name=_("operator"))
    status = models.CharField(_("status"), max_length=8, choices=AttendanceStatus)
    batch = models.ForeignKey(
        AttendanceBatch, models.PROTECT, related_name="rows", verbose_name=_("batch"), db_index=False
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ["contract", "day", "operator"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "day", "operator"], name="attendance_once_per_person_day"),
            models.CheckConstraint(condition=Q(status__in=AttendanceStatus.values), name="attendance_status_known"),
        ]
        # The list of all contracts, the newest day first.
        indexes = [models.Index(fields=["-day", "id"], name="attendance_newest")]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.day} {self.get_status_display()}"


class AttendanceChange(AppendOnly):
    """A reported value was replaced: by which set, from what, to what."""

    batch = models.ForeignKey(AttendanceBatch, models.PROTECT, related_name="changes", verbose_name=_("batch"))
    old_batch = models.ForeignKey(
        AttendanceBatch, models.PROTECT, related_name="+", verbose_name=_("earlier batch"), db_index=False
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="attendance_changes", verbose_name=_("contract"), db_index=False
    )
    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="attendance_changes", verbose_name=_("operator")
    )
    day = models.DateField(_("day"))
    old = models.CharField(_("old value"), max_length=8, choices=AttendanceStatus)
    new = models.CharField(_("new value"), max_length=8, choices=AttendanceStatus)

    class Meta:
        verbose_name = _("attendance change")
        verbose_name_plural = _("attendance changes")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["contract", "day"], name="attendance_change_day")]

    def __str__(self) -> str:
        return f"{self.day}：{self.get_old_display()} → {self.get_new_display()}"


class StaffDay(models.Model):
    """The roll-up of a contract's day, kept in the transaction of every write that changes it.

    How many people are owed stands in the contract's dated terms, not here. A day without a row
    has nobody assigned.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="staff_days", verbose_name=_("contract"), db_index=False
    )
    day = models.DateField(_("day"))
    assigned = models.PositiveSmallIntegerField(_("assigned"))
    in_place = models.PositiveSmallIntegerField(_("in place"))
    absent = models.PositiveSmallIntegerField(_("not in place"))
    unreported = models.PositiveSmallIntegerField(_("not reported"))

    class Meta:
        verbose_name = _("daily roll-up")
        verbose_name_plural = _("daily roll-ups")
        ordering = ["contract", "day"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "day"], name="staff_day_once"),
            models.CheckConstraint(
                condition=Q(assigned=F("in_place") + F("absent") + F("unreported")), name="staff_day_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.in_place}/{self.assigned}"
