"""The written undertaking of one operator."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import STANDING, Withdrawable
from kit.files.uploads import ScanPath, validate_scan
from law.periods import age_on
from staffing.models import Operator

WORKING_AGE = 16
"""Labour Law art. 15: nobody younger is employed, so nobody younger signs."""


class Undertaking(Withdrawable):
    """An operator binds himself in writing to keep what the contract makes secret.

    One stands for each operator and contract. One that was revoked or entered by mistake is
    withdrawn, and a new one recorded.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="undertakings", verbose_name=_("contract"))
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="undertakings", verbose_name=_("operator"))
    signed_on = models.DateField(_("signed on"))
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    copy = models.FileField(
        _("scan"),
        upload_to=ScanPath("undertakings"),
        max_length=200,
        blank=True,
        validators=[validate_scan],
        help_text=_("PDF, PNG or JPEG of the signed document."),
    )

    FIXED = ("contract", "operator")
    PAST = ("signed_on",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("undertaking")
        verbose_name_plural = _("undertakings")
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "operator"],
                condition=STANDING,
                name="undertaking_one_standing",
                violation_error_message=_(
                    "An undertaking of this operator stands already. Correct or withdraw that one."
                ),
            ),
            models.UniqueConstraint(
                fields=["contract", "document_number"],
                condition=STANDING & ~models.Q(document_number=""),
                name="undertaking_number_once",
                violation_error_message=_("Another undertaking bears this document number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} {self.signed_on}"

    def clean(self) -> None:
        if not (self.contract_id and self.operator_id and self.signed_on):
            return  # the missing field has its own message
        if self.operator.vendor_id != self.contract.vendor_id:
            raise ValidationError({"operator": _("This operator is not employed by the contract's vendor.")})
        born = self.operator.born_on
        if self.signed_on < born or age_on(born, self.signed_on) < WORKING_AGE:
            raise ValidationError(
                {"signed_on": _("The operator was younger than %(age)d on this day.") % {"age": WORKING_AGE}}
            )
