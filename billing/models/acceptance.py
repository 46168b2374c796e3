"""The office's acceptance of a period's service (履约验收)."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.choices import PASSING, AcceptanceResult
from billing.models.base import STANDING, Withdrawable
from billing.models.instalment import Instalment


class Acceptance(Withdrawable):
    """What the office says about the service of one instalment.

    A failed one may be followed by another after correction; only one passed stands.
    """

    PART_OF = "instalment"

    instalment = models.ForeignKey(Instalment, models.PROTECT, related_name="acceptances", verbose_name=_("instalment"))
    accepted_on = models.DateField(_("date of acceptance"))
    result = models.CharField(_("acceptance result"), max_length=20, choices=AcceptanceResult)
    opinion = models.TextField(_("opinion"), max_length=2000, blank=True)
    failed_amount = models.DecimalField(
        _("part that did not pass (yuan)"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("Of the instalment; empty where none of it passed. The rest is paid on its own day."),
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("accepted by"),
    )

    class Meta(Withdrawable.Meta):
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["-accepted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instalment"],
                condition=STANDING & models.Q(result__in=sorted(PASSING)),
                name="acceptance_passed_once",
                violation_error_message=_("This instalment is accepted already. Withdraw that acceptance first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.accepted_on} {self.get_result_display()}"

    @property
    def passed(self) -> bool:
        return self.result in PASSING

    @property
    def vendors_fault(self) -> bool:
        """Whether the service did not pass for a fault of the vendor."""
        return self.result == AcceptanceResult.FAILED
