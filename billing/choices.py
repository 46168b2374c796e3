"""The closed vocabularies of payment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceKind(models.TextChoices):
    """What the contract lets the vendor hand in (article 10)."""

    ORDINARY = "ordinary", _("Ordinary VAT invoice")


class InvoiceStatus(models.TextChoices):
    """What the office made of an invoice. One that it has not looked at yet counts as correct."""

    SUBMITTED = "submitted", _("Submitted")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")


class AcceptanceResult(models.TextChoices):
    """The office's opinion of a quarter's service."""

    PASSED = "passed", _("Passed")
    PASSED_WITH_REMARKS = "passed_with_remarks", _("Passed with remarks")
    FAILED = "failed", _("Not passed")


PASSING = frozenset({AcceptanceResult.PASSED, AcceptanceResult.PASSED_WITH_REMARKS})


class StatementStatus(models.TextChoices):
    """Whether a statement stands, or a later one took its place."""

    ISSUED = "issued", _("Issued")
    REPLACED = "replaced", _("Replaced")
