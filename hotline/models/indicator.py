"""What the service is measured by: numerator over denominator, a target, a window, a source."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import Withdrawable
from contract.terms import POLICIES
from hotline.choices import Direction, Window
from hotline.figures import BY_HALF_HOUR, OF_A_DAY, BadFormula, terms


class Indicator(Withdrawable):
    """One indicator of one contract. Its target stays a reading (口径) until both sides have confirmed it.

    `readings` holds a pair [numerator, denominator] for each way in which the rate is counted;
    where there are several, `policy` is the key of the reading that says which one counts.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="indicators", verbose_name=_("contract"))
    key = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title (English)"), max_length=120, blank=True)
    readings = models.JSONField(_("numerator and denominator, by reading"))
    policy = models.CharField(_("reading that chooses"), max_length=40, blank=True)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.AT_LEAST)
    floor_percent = models.DecimalField(
        _("target (per cent)"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
        help_text=_("Empty: shown and not judged."),
    )
    window = models.CharField(_("window"), max_length=12, choices=Window)
    minimum = models.PositiveIntegerField(
        _("least number"), default=1, help_text=_("A window with fewer cases is not judged.")
    )
    source = models.CharField(_("source"), max_length=200)
    confirmed_on = models.DateField(_("confirmed by both sides on"), null=True, blank=True)
    confirmation = models.CharField(_("document of the confirmation"), max_length=120, blank=True)

    FIXED = ("contract", "key")
    PAST = ("confirmed_on",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("indicator of the service")
        verbose_name_plural = _("indicators of the service")
        ordering = ["contract", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "key"],
                condition=models.Q(withdrawn_on__isnull=True),
                name="indicator_once_per_contract",
            )
        ]

    def __str__(self) -> str:
        return self.local_title

    @property
    def local_title(self) -> str:
        return self.title if (get_language() or "").startswith("zh") else self.title_en or self.title

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if (self.confirmed_on is None) != (not self.confirmation):
            problems["confirmation"] = _("A confirmation has its day and its document.")
        if self.confirmed_on and self.floor_percent is None:
            problems["floor_percent"] = _("A confirmed indicator has a target.")
        choices = POLICIES[self.policy].choices if self.policy in POLICIES else None
        if self.policy and choices is None:
            problems["policy"] = _("There is no such reading.")
        if problem := self._readings_problem({""} if choices is None else set(choices)):
            problems["readings"] = problem
        if problems:
            raise ValidationError(problems)

    def _readings_problem(self, wanted: set[str]) -> Any:
        found = self.readings
        if not isinstance(found, dict) or set(found) != wanted:
            return _("A pair of numerator and denominator is needed for each of: %(readings)s.") % {
                "readings": ", ".join(sorted(wanted)) or "“”"
            }
        for pair in found.values():
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
                return _("Write a pair, like [“answered”, “offered”].")
            try:
                names = {name for part in pair for name, _sign in terms(part)}
            except BadFormula as error:
                return _("“%(name)s” is no figure.") % {"name": str(error)[:60]}
            if self.window == Window.ANY_24_HOURS and names - set(BY_HALF_HOUR):
                return _("Any 24 hours are counted from figures by the half hour only.")
            if self.window in (Window.DAY, Window.WEEK) and names - set(OF_A_DAY):
                return _("Days and weeks are counted from figures of a day only.")
        return ""
