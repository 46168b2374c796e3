"""What is handed back when a person leaves."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import STANDING, Withdrawable
from contract.models.refusals import ANOTHER_CONTRACT
from kit.files.uploads import ScanPath, validate_scan
from staffing.models import Assignment

STEPS = ("materials_on", "devices_on", "accounts_on", "reminded_on")
"""The four things to be done, each with the day on which it was."""


class Offboarding(Withdrawable):
    """The handover of one person who leaves: one record for the assignment that ended.

    Where there was nothing to give back, the day is that on which this was established.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="offboardings", verbose_name=_("contract"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="offboardings", verbose_name=_("assignment")
    )
    materials_on = models.DateField(_("materials returned on"), null=True, blank=True)
    devices_on = models.DateField(_("devices returned on"), null=True, blank=True)
    accounts_on = models.DateField(_("accounts closed on"), null=True, blank=True)
    reminded_on = models.DateField(
        _("reminded of the surviving duty on"),
        null=True,
        blank=True,
        help_text=_("In writing: the duty of confidence does not end with the contract."),
    )
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    copy = models.FileField(
        _("scan"),
        upload_to=ScanPath("offboardings"),
        max_length=200,
        blank=True,
        validators=[validate_scan],
        help_text=_("PDF, PNG or JPEG of the signed record."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    FIXED = ("contract", "assignment")
    PAST = STEPS

    class Meta(Withdrawable.Meta):
        verbose_name = _("handover on leaving")
        verbose_name_plural = _("handovers on leaving")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=STANDING,
                name="offboarding_one_standing",
                violation_error_message=_("A handover is recorded for this assignment already. Correct that one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.assignment)

    def clean(self) -> None:
        if not (self.contract_id and self.assignment_id):
            return  # the missing field has its own message
        problems: dict[str, Any] = {}
        if self.assignment.contract_id != self.contract_id:
            problems["assignment"] = ANOTHER_CONTRACT
        elif self.assignment.withdrawn_on is not None:
            problems["assignment"] = _("This assignment has been withdrawn.")
        for field in STEPS:
            day = getattr(self, field)
            if day is not None and day < self.assignment.starts_on:
                problems[field] = _("The assignment began only on %(day)s.") % {"day": self.assignment.starts_on}
        if problems:
            raise ValidationError(problems)
