"""What makes the contract take effect: signatures, seals, originals."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.choices import PartySide
from contract.models.agreement import Contract
from contract.models.base import Kept, Record


class Formality(Kept, Record):
    """One side's signature and seal, and the originals that it holds."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="formalities", verbose_name=_("contract"))
    side = models.CharField(_("side"), max_length=8, choices=PartySide)
    signatory = models.CharField(_("signed by"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    sealed_on = models.DateField(_("sealed on"), null=True, blank=True)
    originals = models.PositiveSmallIntegerField(_("originals held"), default=0)
    kept_at = models.CharField(_("kept at"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    FIXED = ("contract", "side")

    class Meta:
        verbose_name = _("signature and seal")
        verbose_name_plural = _("signatures and seals")
        ordering = ["contract", "side"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "side"],
                name="formality_once_per_side",
                violation_error_message=_("This side of the contract is recorded already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract.number} {self.get_side_display()}"

    def clean(self) -> None:
        if self.signed_on and not self.signatory.strip():
            raise ValidationError({"signatory": _("Who signed?")})
