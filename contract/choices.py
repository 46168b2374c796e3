"""The closed vocabularies of the core."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class OpeningKind(models.TextChoices):
    """What was settled before the program came into use."""

    INSTALMENT = "instalment", _("Instalment paid")
    RATE = "rate", _("Rate settled elsewhere")
    GAP = "gap", _("Gap open at the start")
    OTHER = "other", pgettext_lazy("opening fact", "Other")


# Outcomes that ask a person to look.
ALERTING = frozenset({Outcome.AT_RISK, Outcome.NOT_MET, Outcome.UNDETERMINED})


class AlertStatus(models.TextChoices):
    """Where an alert stands. Nothing is deleted: a cured alert stays, and may open again.

    The way of a case: open (raised) → notified → answered or silent → proposed → decided
    (confirmed, dismissed, waived, excused) → closed; cured where the facts change by themselves;
    withdrawn where it was raised for a day that had not come.
    """

    OPEN = "open", _("Open")
    NOTIFIED = "notified", _("Notified")
    ANSWERED = "answered", _("Answered")
    SILENT = "silent", _("No answer in time")
    PROPOSED = "proposed", _("Awaiting second person")
    CONFIRMED = "confirmed", _("Breach confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    WAIVED = "waived", _("Waived")
    EXCUSED = "excused", _("Excused")
    CURED = "cured", _("Cured")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


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


DECIDED_STATUSES = frozenset(DECIDED_STATUS.values())
# Nothing is wrong any more, or nothing ever was.
GONE = frozenset({AlertStatus.CURED, AlertStatus.WITHDRAWN})

# Steps before a decision: what the evaluation still moves, and what waits for somebody.
UNDECIDED = (AlertStatus.OPEN, AlertStatus.NOTIFIED, AlertStatus.ANSWERED, AlertStatus.SILENT, AlertStatus.PROPOSED)


class Holder(models.TextChoices):
    """Who must act next."""

    VENDOR = "vendor", _("Vendor")
    HANDLER = "handler", _("Office, who handles it")
    SECOND = "second", _("Office, second person")
    NOBODY = "nobody", _("Nobody")


class Step(models.TextChoices):
    """What the holder must do."""

    PERFORM = "perform", _("perform the duty")
    NOTIFY = "notify", _("tell the other side")
    ANSWER = "answer", _("answer")
    EXTENSION = "extension", _("decide on more time")
    PROPOSE = "propose", _("propose a decision")
    DECIDE = "decide", _("decide on the proposal")
    CLOSE = "close", _("close the case")
    NOTHING = "nothing", _("nothing")


class PurchaseStep(models.TextChoices):
    """What procurement law asks of the office beside the contract itself."""

    FILING = "filing", _("Filed with the finance department")
    PUBLICATION = "publication", _("Published")
    RESULT = "result", _("Result of an acceptance published")


class NotificationMeans(models.TextChoices):
    """How the other side was told of an alert."""

    NOTICE = "notice", _("Numbered notice")
    LETTER = "letter", _("Letter")
    EMAIL = "email", _("E-mail")
    IN_PERSON = "in_person", _("Handed over in person")
    SYSTEM = "system", _("Through this system")
    OTHER = "other", _("Another way")


class ResponseMeans(models.TextChoices):
    """How an answer reached the office."""

    SYSTEM = "system", _("Through this system")
    PAPER = "paper", _("On paper")


class RunTrigger(models.TextChoices):
    """What started an evaluation."""

    COMMAND = "command", _("Command")
    SCHEDULE = "schedule", _("Schedule")
    CATCH_UP = "catch_up", _("Catch-up")
    PERSON = "person", _("Person")
    CORRECTION = "correction", _("Correction")


class RunStatus(models.TextChoices):
    """How an evaluation ended."""

    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    PARTIAL = "partial", _("Some checks failed")
    FAILED = "failed", _("Failed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PartySide(models.TextChoices):
    """The one side that acts: proposes, reports, holds an original."""

    OFFICE = "office", _("Office")
    VENDOR = "vendor", _("Vendor")

    @property
    def side(self) -> Side:
        return Side(self.value)


class ConsentKind(models.TextChoices):
    """What the vendor may not do without the office's consent."""

    STAFF_CHANGE = "staff_change", _("Transfer or change of staff")
    DISCLOSURE = "disclosure", _("Disclosure to a third party")
    THIRD_PARTY = "third_party", _("Service by a third party")


class ConsentDecision(models.TextChoices):
    """The office's written answer. Silence is never consent."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


class ExcuseCause(models.TextChoices):
    """Why a duty that was not met does not count."""

    FORCE_MAJEURE = "force_majeure", _("Force majeure")
    OTHER_SIDE = "other_side", _("Caused by the other side")
    WAIVER = "waiver", _("Waived in writing by the other side")


class ReportKind(models.TextChoices):
    """What the vendor reports about the service."""

    STATISTICS = "statistics", _("Call statistics")
    ANALYSIS = "analysis", _("Analysis of difficult points")
    SPECIAL = "special", _("Special report")
    BULLETIN = "bulletin", _("Bulletin")
    EMERGENCY = "emergency", _("Emergency work")


class Cadence(models.TextChoices):
    """How often a report is due."""

    MONTHLY = "monthly", _("Every calendar month")
    QUARTERLY = "quarterly", _("Every contract quarter")
    ONCE = "once", _("Once")


class RenewalDecision(models.TextChoices):
    """What the office decides before the term ends."""

    RENEW = "renew", _("Renew for a year")
    NOT_RENEW = "not_renew", _("Do not renew")


class DisputeStage(models.TextChoices):
    """Where a dispute stands: negotiation comes first."""

    NEGOTIATION = "negotiation", _("Negotiation")
    SETTLED = "settled", _("Settled by agreement")
    ARBITRATION = "arbitration", _("Arbitration")
    DECIDED = "decided", _("Award given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Route(models.TextChoices):
    """By which way a write came."""

    SCREEN = "screen", _("Screen")
    API = "api", _("API")
    FILE = "file", pgettext_lazy("route", "File")
    JOB = "job", _("Job")
    COMMAND = "command", _("Command")


class ChangeKind(models.TextChoices):
    """What a write did."""

    ADDED = "+", _("added")
    CHANGED = "~", _("changed")
    REMOVED = "-", _("removed")
    SET = "=", _("written as a set")
    ADOPTED = "!", _("taken over as it stood")


class AccessKind(models.TextChoices):
    """What the log of accesses tells of."""

    LOGIN = "login", _("signed in")
    LOGOUT = "logout", _("signed out")
    FAILED = "failed", _("failed to sign in")
    LOCKED = "locked", _("locked out")
    DOWNLOAD = "download", _("exported or downloaded")
    SHOWN = "shown", _("whole number shown")
    REFUSED = "refused", _("access refused")
    BURST = "burst", _("refused many times at once")
    UNLOCKED = "unlocked", _("unlocked")
    ADDED = "added", _("account or role added")
    CHANGED = "changed", _("account or role changed")
    REMOVED = "removed", _("account or role removed")
    ADOPTED = "adopted", _("account or role taken over")
    FORGOTTEN = "forgotten", _("old entries removed")
