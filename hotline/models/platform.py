"""Where figures come from: a platform, what its files look like, and by which clock and thresholds it counts."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from contract.models import Contract
from contract.models.base import Withdrawable
from hotline.choices import Clock, Layout
from hotline.figures import OF_A_DAY

# What a column of a table with a row a call may say, and what one with a row a day may say beside figures.
CALL_COLUMNS = {
    "id": _("number of the call"),
    "direction": _("inwards or outwards"),
    "entered": _("came into the queue at"),
    "arrived": _("came in at, before the menu of the platform"),
    "answered": _("answered at (empty: not answered)"),
    "ended": _("ended at"),
    "waited": _("waited (seconds)"),
    "talked": _("talked (seconds)"),
}
DAY_COLUMNS = {"day": _("day"), "half_hour": _("half hour"), "queue": _("queue (rows of a time are added)")}
# Of a table of the seats; the last three are no headings but words: which states mean what, with commas.
SEAT_COLUMNS = {
    "login": _("login"),
    "seat": _("seat"),
    "from": _("from"),
    "to": _("to"),
    "seconds": _("how long"),
    "state": _("state"),
    "on": _("states signed in"),
    "pause": _("states of a pause"),
    "off": _("states signed out"),
}
# What a column can mean, by the layout of the table.
COLUMNS: Mapping[str, Mapping[str, Any]] = {
    Layout.CALLS: CALL_COLUMNS,
    Layout.SUMS: {**DAY_COLUMNS, **OF_A_DAY},
    Layout.SEATS: SEAT_COLUMNS,
}


class Platform(Withdrawable):
    """A source of figures, with the mapping of its columns, kept for every later file.

    `mapping` (tables only): what is meant by the heading, as {"offered": "呼入量", "day": "日期"}.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="platforms", verbose_name=_("contract"))
    name = models.CharField(_("name"), max_length=80)
    since = models.DateField(_("figures from"), help_text=_("The first day whose figures this platform gives."))
    layout = models.CharField(_("kind of the files"), max_length=12, choices=Layout)
    clock = models.CharField(_("clock of its times"), max_length=12, choices=Clock, default=Clock.BEIJING)
    queues = models.CharField(
        _("queues"),
        max_length=200,
        blank=True,
        help_text=_(
            "Names with commas. Empty: all of them, and a call that goes from one queue into another is one call."
        ),
    )
    answer_seconds = models.PositiveSmallIntegerField(
        _("answered in time: seconds"), default=15, validators=[MaxValueValidator(600)]
    )
    short_seconds = models.PositiveSmallIntegerField(
        _("given up shortly: seconds"), default=5, validators=[MaxValueValidator(600)]
    )
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    LOCKED_BY = ("contract",)

    class Meta(Withdrawable.Meta):
        verbose_name = _("platform of the hotline")
        verbose_name_plural = _("platforms of the hotline")
        ordering = ["contract", "-since", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def queue_names(self) -> frozenset[str]:
        names = self.queues.replace("，", ",").split(",")
        return frozenset(name.strip() for name in names if name.strip())

    def clean(self) -> None:
        problems: dict[str, Any] = {}
        if (self.short_seconds or 0) > (self.answer_seconds or 0):
            problems["short_seconds"] = _("It cannot be longer than the time to answer.")
        if problem := self._mapping_problem():
            problems["mapping"] = problem
        if problems:
            raise ValidationError(problems)

    def _mapping_problem(self) -> Any:
        known = COLUMNS.get(self.layout)
        if known is None:
            return ""
        if not isinstance(self.mapping, dict) or not all(isinstance(v, str) for v in self.mapping.values()):
            return _("Write what is meant with its heading, like {“day”: “日期”}.")
        if unknown := sorted(set(self.mapping) - set(known)):
            return _("“%(name)s” is nothing that a column can mean here. There are: %(known)s.") % {
                "name": next((own[unknown[0]] for own in COLUMNS.values() if unknown[0] in own), unknown[0]),
                "known": "、".join(map(str, known.values())),
            }
        given = {name for name, heading in self.mapping.items() if heading.strip()}
        needed = {
            Layout.CALLS: {"answered", "arrived" if "arrived" in given else "entered"},
            Layout.SUMS: {"day"},
            Layout.SEATS: {"login", "from"},
        }[Layout(self.layout)]
        if missing := sorted(needed - given):
            return _("The heading of “%(name)s” is missing.") % {"name": known[missing[0]]}
        if self.layout == Layout.SUMS and not given - set(DAY_COLUMNS):
            return _("The heading of a figure is missing, like that of “%(name)s”.") % {"name": OF_A_DAY["offered"]}
        return ""
