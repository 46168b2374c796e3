"""Records of people taken in as a list: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.models import Contract
from kit.workbooks.taking_in import ListResult, Taken, take_in
from staffing.models import EmploymentContract, Operator, QualificationProof, Training, TrialAssessment
from staffing.models.qualification import PersonRecord
from staffing.numbers import Numbers, same_name
from staffing.rules.ahead import refuse_far_ahead
from staffing.selectors.records import person_records

# The field by which, with the person, two rows are one and the same record.
KEYS: dict[type[PersonRecord], str] = {
    Training: "starts_on",
    TrialAssessment: "assessed_on",
    EmploymentContract: "starts_on",
    QualificationProof: "kind",
}


def take_in_records(
    *, model: type[PersonRecord], contract: Contract, rows: Sequence[Mapping[str, Any]], today: date | None = None
) -> ListResult:
    """Record new rows and correct known ones, told apart by person and `KEYS`.

    People are named by employee number and name; both must be right. Fields left out stay as they
    are. Raises RowErrors with every fault of every row; then nothing is written.
    """
    key = KEYS[model]
    own = {"contract": contract} if model in (Training, TrialAssessment) else {}
    with transaction.atomic():
        records.lock_contract(contract.pk)
        people = operators_by_number(contract)
        known = {(row.operator_id, getattr(row, key)): row for row in person_records(model, contract)}

        def write(row: Mapping[str, Any]) -> Taken:
            person = person_of(people, row)
            fields = {name: value for name, value in row.items() if name not in ("employee_number", "name")}
            refuse_far_ahead(fields, today)
            record = known.get((person.pk, fields[key])) or model(operator=person, **own)
            return records.enter_or_correct(record, fields)

        return take_in(rows, write)


def operators_by_number(contract: Contract) -> Numbers[Operator]:
    """The people of a contract's vendor."""
    people = Operator.objects.filter(vendor_id=contract.vendor_id).defer("resident_id")
    return Numbers((person.employee_number, person) for person in people)


def person_of(people: Numbers[Operator], row: Mapping[str, Any]) -> Operator:
    """The person of a row of a list. ValidationError unless number and name are both right."""
    number = row["employee_number"]
    person = people.find(number)
    if person is None:
        raise ValidationError({"employee_number": people.unknown(number)})
    if not same_name(person.name, row["name"]):
        raise ValidationError(
            {"name": _("The name of %(number)s is %(name)s.") % {"number": number, "name": person.name}}
        )
    return person
