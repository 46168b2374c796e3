"""The office's own calendar, over the libraries: for a notice that they do not have yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models.base import Record


class CalendarYear(Record):
    """A year whose official schedule is complete in `CalendarDay`."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("notice"), max_length=120, help_text=_("The State Council's notice, with its number."))

    class Meta:
        verbose_name = _("published year")
        verbose_name_plural = _("published years")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(Record):
    """One day that is not what its weekday says, or not what the library says."""

    day = models.DateField(_("day"), unique=True)
    is_rest_day = models.BooleanField(_("rest day"))
    is_statutory = models.BooleanField(
        _("statutory holiday"), default=False, help_text=_("A holiday proper (300 % pay), not an adjusted day off.")
    )
    name = models.CharField(_("name"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()
