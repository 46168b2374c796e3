"""A vendor's list of people, taken in as one: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contract import records
from contract.models import Party
from kit.workbooks.taking_in import ListResult, Taken, take_in
from staffing.models import Operator
from staffing.numbers import Numbers
from staffing.services import operators


def take_in_list(*, vendor: Party, rows: Sequence[Mapping[str, Any]], today: date) -> ListResult:
    """Register new people and correct known ones, told apart by their employee number.

    A row holds fields of `Operator`; for a known person those left out stay as they
    are. The masked resident ID of the list stands for the one on record, and must be that person's.
    Raises RowErrors with every fault of every row, and then nothing is written.
    """
    known = Numbers((person.employee_number, person) for person in Operator.objects.filter(vendor=vendor))

    def write(row: Mapping[str, Any]) -> Taken:
        person = known.find(row["employee_number"])
        masked = "*" in row["resident_id"]
        if person is None:
            if masked:
                raise ValidationError({"resident_id": _("A new person needs the whole ID number, not a masked one.")})
            person = Operator(vendor=vendor)
            taken = records.enter_or_correct(person, row, today=today, writer=operators)
            known.add(row["employee_number"], person)
            return taken
        changes = {name: value for name, value in row.items() if name not in _identity(person, row, masked)}
        if changes.get("phone") == person.phone_masked:  # as the list shows it
            del changes["phone"]
        return records.enter_or_correct(person, changes, today=today, writer=operators)

    return take_in(rows, write)


def _identity(person: Operator, row: Mapping[str, Any], masked: bool) -> set[str]:
    """The fields that only say who is meant. ValidationError where a masked ID is another person's."""
    if masked and row["resident_id"] != person.resident_id_masked:
        raise ValidationError(
            {
                "resident_id": _("The masked ID number is not that of %(number)s. Fill in the whole number.")
                % {"number": person.employee_number}
            }
        )
    return {"employee_number", "resident_id"} if masked else {"employee_number"}
