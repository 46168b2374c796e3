"""Closed vocabularies of the service itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Layout(models.TextChoices):
    """What a file of the hotline's platform looks like."""

    QUEUE_LOG = "queue_log", _("queue log of Asterisk")
    CDR = "cdr", _("call records of Asterisk (Master.csv)")
    FREESWITCH = "freeswitch", _("call records of FreeSWITCH (mod_cdr_csv)")
    CALLS = "calls", _("table with a row a call")
    SUMS = "sums", _("table with a row a day or half hour")
    SEATS = "seats", _("table of the seats: sign-ins, or what state from when on")


class Clock(models.TextChoices):
    """By which clock a platform writes its times."""

    BEIJING = "beijing", _("Beijing time")
    UTC = "utc", _("UTC")
    SECONDS = "seconds", _("seconds since 1970")
    MILLISECONDS = "milliseconds", _("milliseconds since 1970")


class Window(models.TextChoices):
    """Over which time an indicator is judged."""

    DAY = "day", pgettext_lazy("window", "day")
    ANY_24_HOURS = "any_24_hours", _("any 24 hours")
    WEEK = "week", pgettext_lazy("window", "week")
    MONTH = "month", pgettext_lazy("window", "month")
    QUARTER = "quarter", _("contract quarter")
    YEAR = "year", _("contract year")


class Difference(models.TextChoices):
    """Where the seat log and what the vendor reported do not agree: a question, never more."""

    NO_SIGN_IN = "no_sign_in", _("reported on duty, no sign-in")
    ON_LEAVE = "on_leave", _("signed in while away")
    UNASSIGNED = "unassigned", _("signed in while not assigned")


class Direction(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
