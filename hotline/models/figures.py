"""The figures of the service, as sums: of a day with its half hours, and of a month. No call is kept.

A correction keeps the old figure and who changed it (the record's history).
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import Record, Withdrawable
from hotline.figures import BY_HALF_HOUR, HALVES, LABELS, OF_A_DAY, OF_A_MONTH, PARTS
from hotline.models.platform import Platform


def _count(name: str) -> Any:
    return models.PositiveIntegerField(LABELS[name], null=True, blank=True)


def _parts(names: Any, prefix: str) -> list[models.CheckConstraint]:
    """No part above its whole; a figure that is not known is not compared."""
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{part}__isnull": True})
            | models.Q(**{f"{whole}__isnull": True})
            | models.Q(**{f"{part}__lte": models.F(whole)}),
            name=f"{prefix}_{part}_within",
        )
        for part, whole in PARTS
        if part in names and whole in names
    ]


class Figures(Record):
    """What days and months have in common."""

    NAMES: tuple[str, ...] = ()

    class Meta(Record.Meta):
        abstract = True

    @property
    def figures(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in self.NAMES}

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        known = self.figures
        for part, whole in PARTS:
            below, above = known.get(part), known.get(whole)
            if below is not None and above is not None and below > above:
                problems[part] = _("“%(part)s” (%(below)d) is more than “%(whole)s” (%(above)d).") % {
                    "part": LABELS[part],
                    "below": below,
                    "whole": LABELS[whole],
                    "above": above,
                }
        if all(value is None for value in known.values()):
            problems[self.NAMES[0]] = _("At least one figure is needed.")
        if problems:
            raise ValidationError(problems)


class ServiceDay(Figures):
    """The figures of a Beijing day: a call belongs to the day and the half hour in which it entered.

    `halves` has, for each figure that the platform gives by the half hour, 48 numbers from 0:00 on;
    their sum is the day's figure. `taken_in_on` is the Beijing day on which the first figure came.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="service_days", verbose_name=_("contract"))
    day = models.DateField(_("day"))
    platform = models.ForeignKey(
        Platform, models.PROTECT, null=True, blank=True, related_name="days", verbose_name=_("platform")
    )
    taken_in_on = models.DateField(_("taken in on"), editable=False)
    offered = _count("offered")
    short_abandoned = _count("short_abandoned")
    answered = _count("answered")
    answered_in_time = _count("answered_in_time")
    left_in_time = _count("left_in_time")
    waiting_seconds = _count("waiting_seconds")
    talking_seconds = _count("talking_seconds")
    media_received = _count("media_received")
    media_in_time = _count("media_in_time")
    letters_received = _count("letters_received")
    letters_in_time = _count("letters_in_time")
    halves = models.JSONField(_("by the half hour"), default=dict, blank=True, editable=False)

    FIXED = ("contract", "day")
    NAMES = tuple(OF_A_DAY)
    PAST = ("day",)

    class Meta(Figures.Meta):
        verbose_name = _("figures of a day")
        verbose_name_plural = _("figures of the days")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "day"], name="service_day_once"),
            *_parts(OF_A_DAY, "service_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    def clean(self) -> None:
        super().clean()
        for name, numbers in (self.halves or {}).items():
            if name not in BY_HALF_HOUR or len(numbers) != HALVES or sum(numbers) != getattr(self, name):
                raise ValidationError(
                    {name: _("The half hours add up to another figure. Take in the day again from its file.")}
                )


class ServiceMonth(Figures):
    """The figures of a calendar month: work orders, follow-ups, quality, complaints."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="service_months", verbose_name=_("contract"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    taken_in_on = models.DateField(_("taken in on"), editable=False)
    orders_filed = _count("orders_filed")
    orders_forwarded_in_time = _count("orders_forwarded_in_time")
    orders_due = _count("orders_due")
    orders_answered_in_time = _count("orders_answered_in_time")
    orders_returned = _count("orders_returned")
    orders_repeated = _count("orders_repeated")
    solved_at_first_call = _count("solved_at_first_call")
    satisfied = _count("satisfied")
    dissatisfied = _count("dissatisfied")
    not_reached = _count("not_reached")
    samples = _count("samples")
    samples_passed = _count("samples_passed")
    errors_found = _count("errors_found")
    complaints_upheld = _count("complaints_upheld")

    FIXED = ("contract", "month")
    NAMES = tuple(OF_A_MONTH)
    PAST = ("month",)

    class Meta(Figures.Meta):
        verbose_name = _("figures of a month")
        verbose_name_plural = _("figures of the months")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="service_month_once"),
            *_parts(OF_A_MONTH, "service_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def clean(self) -> None:
        super().clean()
        if self.month and self.month.day != 1:
            raise ValidationError({"month": _("Give the first day of the month.")})


class Objection(Withdrawable):
    """What the vendor says against figures of some days. The office answers; figures are corrected, never deleted."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="objections", verbose_name=_("contract"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    statement = models.TextField(_("what is objected"), max_length=2000)
    raised_on = models.DateField(_("raised on"))
    answer = models.TextField(_("answer of the office"), max_length=2000, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)

    FIXED = ("contract", "first_day", "last_day", "statement", "raised_on")
    PAST = ("last_day", "raised_on", "answered_on")

    class Meta(Withdrawable.Meta):
        verbose_name = _("objection to figures")
        verbose_name_plural = _("objections to figures")
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="objection_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"

    def clean(self) -> None:
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValidationError({"last_day": _("It lies before the first day.")})
        if (self.answered_on is None) != (not self.answer):
            raise ValidationError({"answer": _("An answer has its day and its text.")})
