"""What was given to a third party."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contract.choices import ConsentKind
from contract.duties.models import Consent
from contract.models import Contract
from contract.models.base import Withdrawable
from contract.models.refusals import ANOTHER_CONTRACT


class Disclosure(Withdrawable):
    """Information that the vendor gave to a third party, with the consent that allowed it.

    The request and the office's written answer are a `contract.Consent`; this is the act itself,
    whether the vendor reports it or the office finds it. Without a consent it stands alone.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="disclosures", verbose_name=_("contract"))
    recipient = models.CharField(pgettext_lazy("disclosure", "recipient"), max_length=120)
    content = models.TextField(_("what was given"), max_length=2000)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)
    disclosed_on = models.DateField(_("given on"))
    document = models.CharField(_("record of the handover"), max_length=120, blank=True)
    consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        limit_choices_to={"kind": ConsentKind.DISCLOSURE},
        verbose_name=_("consent of the office"),
    )

    PAST = ("disclosed_on",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-disclosed_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.recipient} {self.disclosed_on}"

    def clean(self) -> None:
        if not (self.contract_id and self.disclosed_on):
            return  # the missing field has its own message
        problems: dict[str, Any] = {}
        if self.disclosed_on < self.contract.signed_on:
            problems["disclosed_on"] = _("The contract was signed only on %(day)s.") % {"day": self.contract.signed_on}
        if self.consent is not None:
            if self.consent.contract_id != self.contract_id:
                problems["consent"] = ANOTHER_CONTRACT
            elif self.consent.kind != ConsentKind.DISCLOSURE:
                problems["consent"] = _("This consent is not about a disclosure.")
        if problems:
            raise ValidationError(problems)
