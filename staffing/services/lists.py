"""Records of people taken in as a list: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contract import records
from contract.models import Contract
from kit.workbooks.taking_in import ListResult, Taken, take_in
from staffing.models import (
    Assignment,
    EmploymentContract,
    Leave,
    Operator,
    Post,
    QualificationProof,
    Training,
    TrialAssessment,
)
from staffing.models.qualification import PersonRecord
from staffing.numbers import Numbers, same_name
from staffing.rules.ahead import refuse_far_ahead
from staffing.selectors.records import person_records, postings
from staffing.services import assignments, leaves

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


def take_in_postings(
    *, model: type[Assignment] | type[Leave], contract: Contract, rows: Sequence[Mapping[str, Any]], now: datetime
) -> ListResult:
    """Enter new assignments or leaves and correct known ones, told apart by person and first day.

    People are named by `operator` (id) or by number, and by name where there is one; a post by its
    code. Fields left out stay as they are, and so do people who are not sent. A leave that is new
    counts as reported `now`. Raises RowErrors with every fault of every row; then nothing is written.
    """
    writer = leaves if model is Leave else assignments
    own: dict[str, Any] = {"reported_at": now} if model is Leave else {}
    with transaction.atomic():
        records.lock_contract(contract.pk)
        people = operators_by_number(contract)
        posts = {post.code: post for post in contract.posts.all()}
        known = {(row.operator_id, row.starts_on): row for row in postings(model, contract)}

        def write(row: Mapping[str, Any]) -> Taken:
            person = person_of(people, row)
            fields = {name: row[name] for name in row.keys() - {"employee_number", "name", "operator", "post_code"}}
            if code := row.get("post_code"):
                fields["post"] = _post(posts, code)
            record = known.get((person.pk, fields["starts_on"]))
            if record is None:
                refuse_far_ahead(fields, timezone.localdate(now))
                record = model(contract=contract, operator=person, **own)
            return records.enter_or_correct(record, fields, writer=writer)

        return take_in(rows, write)


def _post(posts: Mapping[str, Post], code: str) -> Post:
    if code not in posts:
        message = _("The contract has no post with the code %(code)s. There are: %(codes)s.")
        raise ValidationError({"post_code": message % {"code": code, "codes": "、".join(posts) or "–"}})
    return posts[code]


def operators_by_number(contract: Contract) -> Numbers[Operator]:
    """The people of a contract's vendor."""
    people = Operator.objects.filter(vendor_id=contract.vendor_id).defer("resident_id")
    return Numbers((person.employee_number, person) for person in people)


def person_of(people: Numbers[Operator], row: Mapping[str, Any]) -> Operator:
    """The person of a row of a list. ValidationError unless number and name are both right."""
    if "operator" in row:
        found = next((person for person in people.all() if person.pk == row["operator"]), None)
        if found is None:
            raise ValidationError({"operator": _("The contract's vendor has no such operator.")})
        return found
    number = row["employee_number"]
    person = people.find(number)
    if person is None:
        raise ValidationError({"employee_number": people.unknown(number)})
    if "name" in row and not same_name(person.name, row["name"]):
        raise ValidationError(
            {"name": _("The name of %(number)s is %(name)s.") % {"number": number, "name": person.name}}
        )
    return person
