"""A vendor's list of people, taken in as one: all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from contract.errors import RowError, RowErrors
from contract.models import Party
from staffing.models import Operator
from staffing.services.operators import register_operator, update_operator


@dataclass
class RosterResult:
    """How many people were new, were corrected, and stood there already."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def take_in_roster(*, vendor: Party, rows: Sequence[Mapping[str, Any]]) -> RosterResult:
    """Register new people and correct known ones, told apart by their employee number.

    A row holds the fields of `register_operator`; for a known person those left out stay as they
    are. Raises RowErrors with every fault of every row, and then nothing is written.
    """
    known = {person.employee_number: person for person in Operator.objects.filter(vendor=vendor)}
    result = RosterResult()
    errors: list[RowError] = []
    with transaction.atomic():
        for index, row in enumerate(rows):
            try:
                with transaction.atomic():
                    _take_in(vendor, known.get(row["employee_number"]), row, result)
            except ValidationError as error:
                errors.extend(_of_row(index, error))
        if errors:
            raise RowErrors(errors)
    return result


def _take_in(
    vendor: Party, person: Operator | None, row: Mapping[str, Any], result: RosterResult
) -> None:
    if person is None:
        register_operator(vendor=vendor, **row)
        result.created += 1
    elif all(getattr(person, name) == value for name, value in row.items()):
        result.unchanged += 1
    else:
        update_operator(operator=person, **row)
        result.changed += 1


def _of_row(index: int, error: ValidationError) -> list[RowError]:
    if not hasattr(error, "error_dict"):
        return [RowError(index, "", message) for message in error.messages]
    return [
        RowError(index, "" if field == NON_FIELD_ERRORS else field, message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
