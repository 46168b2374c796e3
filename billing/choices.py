"""The closed vocabularies of payment."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvoiceKind(models.TextChoices):
    """What the contract lets the vendor hand in (article 10)."""

    ORDINARY = "ordinary", _("Ordinary VAT invoice")


class InvoiceStatus(models.TextChoices):
    """What the office made of an invoice. One that it has not looked at yet counts as correct."""

    SUBMITTED = "submitted", pgettext_lazy("invoice", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("invoice", "Accepted")
    RETURNED = "returned", pgettext_lazy("invoice", "Returned")


class AcceptanceResult(models.TextChoices):
    """The office's opinion of a quarter's service."""

    PASSED = "passed", pgettext_lazy("acceptance", "Passed")
    PASSED_WITH_REMARKS = "passed_with_remarks", pgettext_lazy("acceptance", "Passed with remarks")
    FAILED = "failed", pgettext_lazy("acceptance", "Not passed")


PASSING = frozenset({AcceptanceResult.PASSED, AcceptanceResult.PASSED_WITH_REMARKS})


class StatementStatus(models.TextChoices):
    """Whether a statement stands, or a later one took its place."""

    ISSUED = "issued", pgettext_lazy("statement", "Issued")
    REPLACED = "replaced", pgettext_lazy("statement", "Replaced")
