"""Where an acceptance sheet, a claim and a quarterly file can stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing.choices import TariffSource


class SheetStatus(models.TextChoices):
    """The way of an acceptance sheet: each step is one side's, and none is skipped."""

    DRAFT = "draft", pgettext_lazy("acceptance sheet", "Drafted")
    GROUP = "group", _("Group has given its opinion")
    PURCHASER = "purchaser", _("Decided by the office, awaiting the vendor")
    CONFIRMED = "confirmed", _("Confirmed by the vendor")
    OBJECTED = "objected", _("Vendor objects")
    WITHDRAWN = "withdrawn", pgettext_lazy("acceptance sheet", "Withdrawn")


OPEN_SHEETS = frozenset({SheetStatus.DRAFT, SheetStatus.GROUP})


class GroupRole(models.TextChoices):
    """What a person of the acceptance group is there."""

    LEADER = "leader", _("Head of the group")
    MEMBER = "member", pgettext_lazy("acceptance group", "Member")
    EXPERT = "expert", _("Expert")
    USER = "user", _("Representative of the users")


class ClaimKind(models.TextChoices):
    """What a claim asks for."""

    DEDUCTION = "deduction", _("Deduction for a breach")
    TRANSFER = "transfer", _("Refund and damages for service by a third party")
    COSTS = "costs", _("Losses and costs")
    TARIFF = "tariff", _("Agreed deduction from the instalment")
    DEPOSIT = "deposit", _("Agreed deduction from the deposit")


AGREED = frozenset({ClaimKind.TARIFF, ClaimKind.DEPOSIT})
"""What the contract's own tariff gives: it rests on an acceptance sheet and needs no breach."""


KINDS = {TariffSource.INSTALMENT: ClaimKind.TARIFF, TariffSource.DEPOSIT: ClaimKind.DEPOSIT}
"""The claim that is made of an agreed deduction, by what it is taken from."""


class ClaimStatus(models.TextChoices):
    """Where a claim stands. Nothing of it is deducted before the vendor accepts or both settle."""

    DRAFT = "draft", pgettext_lazy("claim", "Drafted")
    ISSUED = "issued", pgettext_lazy("claim", "Put forward, awaiting the vendor")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Accepted by the vendor")
    DISPUTED = "disputed", pgettext_lazy("claim", "Disputed by the vendor")
    SILENT = "silent", pgettext_lazy("claim", "No answer in time")
    SETTLED = "settled", pgettext_lazy("claim", "Settled in writing")
    RECOVERED = "recovered", pgettext_lazy("claim", "Set off or received in full")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")


STANDING_CLAIMS = frozenset(
    {ClaimStatus.ISSUED, ClaimStatus.ACCEPTED, ClaimStatus.DISPUTED, ClaimStatus.SILENT, ClaimStatus.SETTLED}
)
"""Claims that were put forward and are not over: what they still ask for waits."""

UNANSWERED = frozenset({ClaimStatus.ISSUED, ClaimStatus.SILENT})


class ClaimStepKind(models.TextChoices):
    """What the office does about a claim: one person proposes it, a second one decides."""

    ISSUE = "issue", _("Put the claim forward")
    SETTLE = "settle", _("Record a written settlement")
    SET_OFF = "set_off", _("Set off against an instalment")
    DRAW = "draw", _("Draw on the deposit or guarantee")
    RECEIVE = "receive", _("Record money received from the vendor")
    WITHDRAW = "withdraw", _("Withdraw the claim")


class LineAnswer(models.TextChoices):
    """What the vendor says to one line of a claim."""

    ACCEPTED = "accepted", pgettext_lazy("claim line", "Accepted")
    DISPUTED = "disputed", pgettext_lazy("claim line", "Disputed")


class FileStatus(models.TextChoices):
    """Where the making of a quarterly file stands. Only a ready one is handed out."""

    QUEUED = "queued", pgettext_lazy("quarterly file", "Waiting")
    RUNNING = "running", pgettext_lazy("quarterly file", "Being made")
    READY = "ready", pgettext_lazy("quarterly file", "Ready")
    FAILED = "failed", pgettext_lazy("quarterly file", "Could not be made")
