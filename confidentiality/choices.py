"""The closed vocabularies of confidentiality."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Whose doing a leak was. Only the vendor's own gives a right to terminate (14.2)."""

    UNKNOWN = "unknown", _("Not established yet")
    VENDOR = "vendor", _("The vendor, or its staff")
    OTHER = "other", _("Not the vendor")


class Harm(models.TextChoices):
    """What a leak did to the office."""

    UNKNOWN = "unknown", _("Not established yet")
    NONE = "none", _("No harm")
    REPUTATION = "reputation", _("Harm to the reputation")
    LOSS = "loss", _("Economic loss")
    BOTH = "both", _("Reputation and loss")


HARMFUL = frozenset({Harm.REPUTATION, Harm.LOSS, Harm.BOTH})


class TerminationDecision(models.TextChoices):
    """What the office makes of its right to terminate."""

    EXERCISED = "exercised", _("Terminated by notice")
    NOT_EXERCISED = "not_exercised", _("Right not used")


class CostKind(models.TextChoices):
    """What a leak cost the office, for the vendor to bear (14.2)."""

    LITIGATION = "litigation", _("Court and arbitration fees")
    LAWYER = "lawyer", _("Lawyer's fees")
    TRAVEL = "travel", _("Travel")
    PRESERVATION = "preservation", _("Preservation of assets and evidence")
    APPRAISAL = "appraisal", _("Appraisal and audit")
    NOTICE = "notice", _("Public notice")
    REMEDY = "remedy", _("Remedy of the leak")
    OTHER = "other", _("Other reasonable costs")


class ReturnManner(models.TextChoices):
    """What became of the data at the end of the contract."""

    RETURNED = "returned", _("Data returned")
    DELETED = "deleted", _("Data deleted")
    BOTH = "both", _("Data returned, what was left deleted")
