"""The platform's seat log, kept as sessions by day, and whose login is whose, with its days.

No event is kept: a day is one row, and what another file says of it later keeps the old row in the history.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import STANDING, Record, Withdrawable
from hotline.models.platform import Platform
from staffing.models import Operator

DAY_SECONDS = 86_400


class SeatLogin(Withdrawable):
    """A login of the platform is one person's from a day to a day. A person may have several.

    A static one answers without ever signing in: that it does not sign in says nothing.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="seat_logins", verbose_name=_("contract"))
    login = models.CharField(
        _("login"), max_length=80, help_text=_("As the platform writes it: a name, a number or an interface.")
    )
    operator = models.ForeignKey(
        Operator, models.PROTECT, related_name="seat_logins", verbose_name=_("operator"), db_index=False
    )
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("to"), null=True, blank=True, help_text=_("The last day; empty: it goes on."))
    is_static = models.BooleanField(
        _("static seat"), default=False, help_text=_("It answers calls without signing in: it is never missed.")
    )

    FIXED = ("contract", "login", "operator")

    class Meta(Withdrawable.Meta):
        verbose_name = _("login of a seat")
        verbose_name_plural = _("logins of the seats")
        ordering = ["contract", "login", "from_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_day__isnull=True) | Q(to_day__gte=F("from_day")),
                name="seat_login_in_order",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.login} {self.operator}"

    def clean(self) -> None:
        if self.contract_id is None or self.operator_id is None or self.from_day is None:
            return
        if self.operator.vendor_id != self.contract.vendor_id:
            raise ValidationError({"operator": _("This person is not one of the contract's vendor.")})
        others = SeatLogin.objects.filter(STANDING, contract=self.contract_id, login=self.login.strip())
        others = others.exclude(pk=self.pk).filter(Q(to_day__isnull=True) | Q(to_day__gte=self.from_day))
        if self.to_day is not None:
            others = others.filter(from_day__lte=self.to_day)
        if (other := others.select_related("operator").first()) is not None:
            raise ValidationError(
                {
                    "login": _("From %(day)s on this login is that of %(who)s: end that first.")
                    % {"day": other.from_day, "who": other.operator}
                }
            )


class SeatDay(Record):
    """What the seat log says of a Beijing day.

    `sessions`: [login, seat, from, to, paused] in seconds of the day on which the session began (beyond 86 400 on the
    next day); an end or a beginning that the log does not tell is null. `calls`: by login how many calls were
    answered, the second of the first and of the last. From `told_from` to `told_to` the log speaks of the day.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="seat_days", verbose_name=_("contract"))
    day = models.DateField(_("day"))
    platform = models.ForeignKey(
        Platform, models.PROTECT, null=True, blank=True, related_name="seat_days", verbose_name=_("platform")
    )
    taken_in_on = models.DateField(_("taken in on"), editable=False)
    told_from = models.PositiveIntegerField(_("told from (second of the day)"), default=0, editable=False)
    told_to = models.PositiveIntegerField(_("told to (second of the day)"), default=DAY_SECONDS, editable=False)
    sessions = models.JSONField(_("sessions"), default=list, blank=True, editable=False)
    calls = models.JSONField(_("calls answered by login"), default=dict, blank=True, editable=False)

    FIXED = ("contract", "day")
    PAST = ("day",)

    class Meta(Record.Meta):
        verbose_name = _("seat log of a day")
        verbose_name_plural = _("seat logs of the days")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["contract", "day"], name="seat_day_once")]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def content(self) -> tuple[Any, ...]:
        """What a file says of the day: equal where nothing changes."""
        return self.told_from, self.told_to, self.sessions, self.calls
