"""The papers of a public purchase: filed, published, and accepted with those whom it serves."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contract.choices import PurchaseStep
from contract.duties.models.changes import Amendment
from contract.models.agreement import Contract
from contract.models.base import Withdrawable
from contract.models.refusals import ANOTHER_CONTRACT


class PurchasePaper(Withdrawable):
    """A step that procurement law asks of the office: with whom, on which day, under which number.

    About the contract itself or, where it names one, about a supplement; the result of an acceptance
    names the first day of its period.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="purchase_papers", verbose_name=_("contract"))
    amendment = models.ForeignKey(
        Amendment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="purchase_papers",
        verbose_name=_("supplement"),
        help_text=_("Left empty: the contract itself."),
    )
    step = models.CharField(_("step"), max_length=12, choices=PurchaseStep)
    done_on = models.DateField(_("done on"))
    place = models.CharField(
        _("where"), max_length=200, help_text=_("The finance department, or the platform with its address.")
    )
    document = models.CharField(_("document"), max_length=120, blank=True)
    period_start = models.DateField(
        _("period of the acceptance, first day"),
        null=True,
        blank=True,
        help_text=_("Only of the published result of an acceptance."),
    )
    participants = models.CharField(
        _("who took part for those served"),
        max_length=300,
        blank=True,
        help_text=_("Only of an acceptance: who of the callers, or for them, took part."),
    )

    FIXED = ("contract", "step")
    PAST = ("done_on",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("paper of the purchase")
        verbose_name_plural = _("papers of the purchase")
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(step=PurchaseStep.RESULT) | Q(period_start__isnull=False, amendment__isnull=True),
                name="purchase_result_names_its_period",
                violation_error_message=_("The result of an acceptance names the first day of its period."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.done_on}"

    def clean(self) -> None:
        if self.amendment and self.amendment.contract_id != self.contract_id:
            raise ValidationError({"amendment": ANOTHER_CONTRACT})
