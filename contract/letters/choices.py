"""The closed vocabularies of letters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    """The letters that the office writes to the vendor about the contract."""

    DEMAND = "demand", _("Demand to perform")
    BACKFILL = "backfill", _("Demand to fill posts in time")
    REPLACEMENT = "replacement", _("Demand to replace a person")
    EXPLANATION = "explanation", _("Request for an explanation")
    FORCE_MAJEURE = "force_majeure", _("Reply on force majeure")
    READINGS = "readings", _("Request to confirm readings")
    TERMINATION = "termination", _("Warning before a termination")


class NoticeMeans(models.TextChoices):
    """How a letter goes to the other side, and how it is known to have arrived."""

    SYSTEM = "system", _("Through this system")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Post, against a receipt")
    IN_PERSON = "in_person", _("Handed over, against a signature")
