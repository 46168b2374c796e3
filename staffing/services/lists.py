"""Records of people taken in as a list: all of it or nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.models import Contract
from kit.workbooks.taking_in import ListResult, Taken, take_in
from staffing.models import EmploymentContract, Operator, QualificationProof, Training, TrialAssessment
from staffing.models.qualification import PersonRecord
from staffing.selectors.records import person_records
from staffing.services.locks import lock_contract
from staffing.services.qualification import correct_record, keep_record

# The field by which, with the person, two rows are one and the same record.
KEYS: dict[type[PersonRecord], str] = {
    Training: "starts_on",
    TrialAssessment: "assessed_on",
    EmploymentContract: "starts_on",
    QualificationProof: "kind",
}


def take_in_records(*, model: type[PersonRecord], contract: Contract, rows: Sequence[Mapping[str, Any]]) -> ListResult:
    """Record new rows and correct known ones, told apart by person and `KEYS`.

    People are named by employee number and name; both must be right. Fields left out stay as they
    are. Raises RowErrors with every fault of every row; then nothing is written.
    """
    key = KEYS[model]
    own = {"contract": contract} if model in (Training, TrialAssessment) else {}
    with transaction.atomic():
        lock_contract(contract.pk)
        people = {
            person.employee_number: person
            for person in Operator.objects.filter(vendor_id=contract.vendor_id).defer("resident_id")
        }
        known = {(row.operator_id, getattr(row, key)): row for row in person_records(model, contract)}

        def write(row: Mapping[str, Any]) -> Taken:
            person = _person(people, row)
            fields = {name: value for name, value in row.items() if name not in ("employee_number", "name")}
            record = known.get((person.pk, fields[key]))
            if record is None:
                keep_record(model, operator=person, **own, **fields)
                return Taken.CREATED
            if all(getattr(record, name) == value for name, value in fields.items()):
                return Taken.UNCHANGED
            correct_record(record, **fields)
            return Taken.CHANGED

        return take_in(rows, write)


def _person(people: Mapping[str, Operator], row: Mapping[str, Any]) -> Operator:
    number = row["employee_number"]
    person = people.get(number)
    if person is None:
        raise ValidationError(
            {"employee_number": _("There is no operator with the number %(number)s.") % {"number": number}}
        )
    if person.name != row["name"]:
        raise ValidationError(
            {"name": _("The name of %(number)s is %(name)s.") % {"number": number, "name": person.name}}
        )
    return person
