"""The closed vocabularies of the core."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Who owes a duty."""

    OFFICE = "office", _("Office")
    VENDOR = "vendor", _("Vendor")
    BOTH = "both", _("Both sides")


class Outcome(models.TextChoices):
    """What a check found. Only a person turns `not_met` into a breach."""

    MET = "met", _("Met")
    PENDING = "pending", _("Pending")
    AT_RISK = "at_risk", _("At risk")
    NOT_MET = "not_met", _("Not met")
    UNDETERMINED = "undetermined", _("Undetermined")
    EXCUSED = "excused", _("Excused")


# Outcomes that ask a person to look.
ALERTING = frozenset({Outcome.AT_RISK, Outcome.NOT_MET, Outcome.UNDETERMINED})


class AlertStatus(models.TextChoices):
    """Where an alert stands. Nothing is deleted: a cured alert stays, and may open again."""

    OPEN = "open", _("Open")
    PROPOSED = "proposed", _("Awaiting second person")
    CONFIRMED = "confirmed", _("Breach confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    WAIVED = "waived", _("Waived")
    EXCUSED = "excused", _("Excused")
    CURED = "cured", _("Cured")


class Decision(models.TextChoices):
    """What a person may decide about an alert."""

    CONFIRM = "confirm", _("Confirm the breach")
    DISMISS = "dismiss", _("Dismiss (wrong data)")
    WAIVE = "waive", _("Waive")
    EXCUSE = "excuse", _("Excuse")


DECIDED_STATUS = {
    Decision.CONFIRM: AlertStatus.CONFIRMED,
    Decision.DISMISS: AlertStatus.DISMISSED,
    Decision.WAIVE: AlertStatus.WAIVED,
    Decision.EXCUSE: AlertStatus.EXCUSED,
}


class RunTrigger(models.TextChoices):
    """What started an evaluation."""

    COMMAND = "command", _("Command")
    SCHEDULE = "schedule", _("Schedule")
    CATCH_UP = "catch_up", _("Catch-up")
    PERSON = "person", _("Person")


class RunStatus(models.TextChoices):
    """How an evaluation ended."""

    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    PARTIAL = "partial", _("Some checks failed")
    FAILED = "failed", _("Failed")
