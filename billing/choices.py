"""The closed vocabularies of payment."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvoiceKind(models.TextChoices):
    """The contract asks for an ordinary one; a special one is known to be refused."""

    ORDINARY = "ordinary", _("Ordinary VAT invoice")
    SPECIAL = "special", _("Special VAT invoice")


class InvoiceStatus(models.TextChoices):
    """What the office made of an invoice. One that it has not looked at yet counts as correct.

    A red-letter invoice (红字) cancels another: it never stands for an instalment, and the one that
    it cancels stands no more.
    """

    SUBMITTED = "submitted", pgettext_lazy("invoice", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("invoice", "Accepted")
    RETURNED = "returned", pgettext_lazy("invoice", "Returned")
    REVERSED = "reversed", pgettext_lazy("invoice", "Cancelled by a red-letter invoice")
    RED_LETTER = "red_letter", pgettext_lazy("invoice", "Red-letter invoice")


STANDING_INVOICES = (InvoiceStatus.SUBMITTED, InvoiceStatus.ACCEPTED)
"""One invoice in such a state stands for its instalment."""


class AcceptanceResult(models.TextChoices):
    """The office's opinion of a quarter's service. What did not pass did so for a fault of the vendor,
    and its payment waits (Civil Code 526), unless the office's own cause is named."""

    PASSED = "passed", pgettext_lazy("acceptance", "Passed")
    PASSED_WITH_REMARKS = "passed_with_remarks", pgettext_lazy("acceptance", "Passed with remarks")
    FAILED = "failed", pgettext_lazy("acceptance", "Not passed")
    FAILED_BY_OFFICE = "failed_by_office", pgettext_lazy("acceptance", "Not passed, for the office's own cause")


PASSING = frozenset({AcceptanceResult.PASSED, AcceptanceResult.PASSED_WITH_REMARKS})


class StatementStatus(models.TextChoices):
    """Whether a statement stands, or a later one took its place."""

    ISSUED = "issued", pgettext_lazy("statement", "Issued")
    REPLACED = "replaced", pgettext_lazy("statement", "Replaced")


class BulletinKind(models.TextChoices):
    """What a report to the leader speaks of; its title names it."""

    MONTH = "month", pgettext_lazy("report", "Monthly bulletin")
    QUARTER = "quarter", pgettext_lazy("report", "Quarterly assessment")
    YEAR = "year", pgettext_lazy("report", "Yearly overview")


class Verdict(models.TextChoices):
    """What comes of comparing one item of an invoice."""

    AGREES = "agrees", pgettext_lazy("invoice check", "Agrees")
    LOOK = "look", pgettext_lazy("invoice check", "To be looked at")
    DIFFERS = "differs", pgettext_lazy("invoice check", "Differs")


class WaitsFor(models.TextChoices):
    """What must have come before an instalment is due."""

    SIGNING = "signing", _("the signing of the contract")
    GUARANTEE = "guarantee", _("the performance guarantee")
    REPORT = "report", _("the accepted reports of the period")
    ACCEPTANCE = "acceptance", _("the passed acceptance")
    INVOICE = "invoice", _("the correct invoice")


class DayKind(models.TextChoices):
    CALENDAR = "calendar_days", _("calendar days")
    WORKING = "working_days", _("working days")


class ItemKind(models.TextChoices):
    """What an item of an instalment is."""

    PERCENT = "percent", _("a share of the fee")
    PRICE = "price", _("a price times a quantity")


class Unit(models.TextChoices):
    """What a price is for."""

    PERSON_MONTH = "person_month", _("person-month")
    PERSON_DAY = "person_day", _("person-day")
    HOUR = "hour", _("hour")
    CALL = "call", _("call")
    PIECE = "piece", _("piece")


class QuantitySource(models.TextChoices):
    """Where the quantity comes from."""

    HEADCOUNT = "headcount", _("the contract's headcount")
    ATTENDANCE = "attendance", _("the reported attendance")
    REPORTED = "reported", _("reported by one side, confirmed by the other")


class BandReading(models.TextChoices):
    """Bands by volume: each part at its own price, or all of it at the price of the band that is reached."""

    EACH = "each", _("each band at its own price")
    WHOLE = "whole", _("the whole volume at the price of its band")


class TariffUnit(models.TextChoices):
    """What an agreed deduction is counted by."""

    PERSON_DAY = "person_day", _("missing person-day")
    POINT = "point", _("point below a score")
    GRADE = "grade", _("grade by score")
    SCORE = "score", _("part of the score that was lost")
    EVENT = "event", _("event")


class TariffSource(models.TextChoices):
    INSTALMENT = "instalment", _("the instalment")
    DEPOSIT = "deposit", _("the deposit")


class DepositKind(models.TextChoices):
    DEPOSIT = "deposit", _("Deposit")
    GUARANTEE = "guarantee", _("Guarantee by a bank or insurer")
