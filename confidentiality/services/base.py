"""What the services of confidentiality share."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from confidentiality.models.base import Withdrawable


def not_after(today: date, **days: date | None) -> None:
    """What has happened lies not in the future. ValidationError names each field that does."""
    problems = {
        field: _("%(day)s lies in the future: record it when it has happened.") % {"day": day}
        for field, day in days.items()
        if day is not None and day > today
    }
    if problems:
        raise ValidationError(problems)


def require_standing(row: Withdrawable) -> None:
    if not row.stands:
        raise ValidationError(
            _("This record was withdrawn on %(day)s (%(reason)s). Enter a new one.")
            % {"day": row.withdrawn_on, "reason": row.withdrawal_reason}
        )


def withdraw(row: Withdrawable, today: date, reason: str) -> None:
    """Mark a standing row as withdrawn; the caller saves it."""
    require_standing(row)
    if not reason.strip():
        raise ValidationError({"withdrawal_reason": _("Say why: the record stays readable.")})
    row.withdrawn_on, row.withdrawal_reason = today, reason.strip()
