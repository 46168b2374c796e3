"""Operators: entered and corrected, never turned into somebody else."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from law.identity import normalise_resident_id
from staffing.models import Operator
from staffing.numbers import same_name
from staffing.rules.ahead import refuse_far_ahead


def enter(operator: Operator, *, today: date | None = None, now: datetime | None = None) -> Operator:
    """Register a person whom the vendor employs; the sex is taken from the ID where not given.

    With `today`, a date that lies too far ahead is asked about.
    """
    days = ("hired_on", "clean_record_proved_on")
    refuse_far_ahead({name: getattr(operator, name) for name in days}, today)
    return records.enter(operator, today=today, now=now)


@transaction.atomic
def correct(operator: Operator, *, today: date | None = None, now: datetime | None = None, **changes: Any) -> Operator:
    """Correct a person's data; equal values write nothing.

    A name or an ID number can be corrected, not both at once: that would make the posts and papers
    of one person those of another.
    """
    current = records.locked(operator)
    _refuse_another_person(current, changes)
    refuse_far_ahead({name: value for name, value in changes.items() if value != getattr(current, name)}, today)
    return records.correct(operator, today=today, now=now, **changes)


def _refuse_another_person(current: Operator, changes: dict[str, Any]) -> None:
    name, number = changes.get("name", current.name), changes.get("resident_id", current.resident_id)
    if not same_name(name, current.name) and normalise_resident_id(number) != current.resident_id:
        raise ValidationError(
            {
                "employee_number": _(
                    "%(number)s belongs to %(name)s: name and ID number both differ. Register another person "
                    "under another number; correct a name and an ID number one after the other."
                )
                % {"number": current.employee_number, "name": current.name}
            }
        )
