"""What a lock is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """Whose further attempts wait."""

    PAIR = "pair", _("this name from this address")
    NAME = "name", _("this name from addresses that it has not signed in from lately")
    ADDRESS = "address", _("any name from this address that has not signed in from it lately")
