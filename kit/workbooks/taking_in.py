"""Lists taken in as one: all of it or nothing, every fault named by its row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from kit.errors import Conflict, RowError, RowErrors


class Taken(Enum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass
class ListResult:
    """How many rows were new, were corrected, and stood there already."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


def take_in(rows: Sequence[Mapping[str, Any]], write: Callable[[Mapping[str, Any]], Taken]) -> ListResult:
    """Write each row. Raises RowErrors with every fault of every row, and then nothing is kept."""
    result = ListResult()
    errors: list[RowError] = []
    with transaction.atomic():
        for index, row in enumerate(rows):
            try:
                with transaction.atomic():
                    taken = write(row)
            except ValidationError as error:
                errors.extend(_of_row(index, error))
            except Conflict as error:
                errors.append(RowError(index, "", str(error), "conflict"))
            else:
                setattr(result, taken.value, getattr(result, taken.value) + 1)
        if errors:
            raise RowErrors(errors)
    return result


def _of_row(index: int, error: ValidationError) -> list[RowError]:
    if not hasattr(error, "error_dict"):
        return [RowError(index, "", message) for message in error.messages]
    return [
        RowError(index, "" if field == NON_FIELD_ERRORS else field, message)
        for field, messages in error.message_dict.items()
        for message in messages
    ]
