"""A vendor's list of people, taken in as one: all of it or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from contract.models import Party
from kit.workbooks.taking_in import ListResult, Taken, take_in
from staffing.models import Operator
from staffing.services.operators import register_operator, update_operator


def take_in_roster(*, vendor: Party, rows: Sequence[Mapping[str, Any]]) -> ListResult:
    """Register new people and correct known ones, told apart by their employee number.

    A row holds the fields of `register_operator`; for a known person those left out stay as they
    are. Raises RowErrors with every fault of every row, and then nothing is written.
    """
    known = {person.employee_number: person for person in Operator.objects.filter(vendor=vendor)}

    def write(row: Mapping[str, Any]) -> Taken:
        person = known.get(row["employee_number"])
        if person is None:
            register_operator(vendor=vendor, **row)
            return Taken.CREATED
        if all(getattr(person, name) == value for name, value in row.items()):
            return Taken.UNCHANGED
        update_operator(operator=person, **row)
        return Taken.CHANGED

    return take_in(rows, write)
