"""What became of the data at the contract's end (个人信息保护法 art. 21; article 14.4)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from confidentiality.choices import ReturnManner
from contract.models import Contract
from contract.models.base import Withdrawable
from kit.files.uploads import ScanPath, validate_scan


class DataReturn(Withdrawable):
    """The vendor's declaration that it returned or deleted all data, and what the office found when it looked.

    A declaration that the office found incomplete stays readable; the vendor sends another one.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="data_returns", verbose_name=_("contract"))
    manner = models.CharField(_("what was done"), max_length=8, choices=ReturnManner)
    done_on = models.DateField(
        _("returned or deleted on"),
        help_text=_("The day on which the last copy was returned or deleted, backups included."),
    )
    scope = models.TextField(
        _("which data, kept where"),
        max_length=2000,
        help_text=_("Recordings, work orders, exports, accounts; systems, devices, paper, backups, third parties."),
    )
    kept = models.CharField(
        _("what stays, and by which law"),
        max_length=300,
        blank=True,
        help_text=_("Only what a law makes the vendor keep, such as its own records of wages. Left empty: nothing."),
    )
    declared_on = models.DateField(_("declaration arrived on"))
    document = models.CharField(_("declaration (number or title)"), max_length=120)
    copy = models.FileField(
        _("scan"),
        upload_to=ScanPath("data-returns"),
        max_length=200,
        blank=True,
        validators=[validate_scan],
        help_text=_("PDF, PNG or JPEG of the signed declaration."),
    )
    checked_on = models.DateField(_("looked at by the office on"), null=True, blank=True)
    is_complete = models.BooleanField(_("complete"), null=True, blank=True)
    remarks = models.CharField(_("what the office found"), max_length=300, blank=True)

    PAST = ("done_on", "declared_on", "checked_on")

    class Meta(Withdrawable.Meta):
        verbose_name = _("return or deletion of data")
        verbose_name_plural = _("returns and deletions of data")
        ordering = ["-declared_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(declared_on__gte=F("done_on")),
                name="data_return_declared_after_done",
                violation_error_message=_("It was declared before it was done."),
            ),
            models.CheckConstraint(
                condition=Q(checked_on__isnull=True, is_complete__isnull=True)
                | Q(checked_on__isnull=False, checked_on__gte=F("declared_on"), is_complete__isnull=False),
                name="data_return_check_has_day_and_result",
                violation_error_message=_(
                    "The office looks after the declaration has arrived, and says on which day and with which result."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.declared_on}"

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if self.contract_id and self.done_on:
            last_day = self.contract.terminated_on or self.contract.ends_on
            if self.done_on < last_day:
                problems["done_on"] = _(
                    "The vendor works with the data until %(day)s. Declare what was returned or deleted at the end."
                ) % {"day": last_day}
        if self.is_complete is False and not self.remarks.strip():
            problems["remarks"] = _("Say what is missing, so that the vendor can make up for it.")
        if problems:
            raise ValidationError(problems)
