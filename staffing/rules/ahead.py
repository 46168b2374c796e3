"""Dates that lie further ahead than they can: mostly a year that was mistyped."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# How many days ahead of the day of entry. Papers are dated when they exist; people are hired ahead.
DAYS_AHEAD: Mapping[str, int] = {
    "clean_record_proved_on": 0,
    "dated_on": 0,
    "assessed_on": 0,
    "hired_on": 366,
    "starts_on": 366,
}


def refuse_far_ahead(fields: Mapping[str, Any], today: date | None) -> None:
    """ValidationError that names each date further ahead of `today` than `DAYS_AHEAD`; None: not looked at."""
    problems = {
        name: _("%(day)s lies ahead (today is %(today)s). Is the year right?") % {"day": value, "today": today}
        for name, value in fields.items()
        if today is not None and value and name in DAYS_AHEAD and value > today + timedelta(days=DAYS_AHEAD[name])
    }
    if problems:
        raise ValidationError(problems)
