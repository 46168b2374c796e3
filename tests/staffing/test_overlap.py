"""One person, one assignment and one leave at a time: held by the database, not only by us."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffing.models import Assignment, Leave
from staffing.services import assignments, leaves
from tests.examples import examples
from tests.factories import make_assignment, make_contract, make_operator
from tests.staffing.helpers import NOON

pytestmark = pytest.mark.django_db

DAY = date(2024, 11, 1)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def insert(assignment: Assignment, first: date, last: date | None) -> None:
    """Past every validation, straight into the table."""
    with transaction.atomic():
        Assignment.objects.bulk_create(
            [
                Assignment(
                    contract_id=assignment.contract_id,
                    operator_id=assignment.operator_id,
                    starts_on=first,
                    ends_on=last,
                    end_reason="resignation" if last else "",
                )
            ]
        )


def test_the_database_refuses_a_second_assignment_on_the_last_day_of_the_first() -> None:
    first = make_assignment(make_contract(), ends_on=day(9), end_reason="transfer")
    with pytest.raises(IntegrityError, match="assignment_no_overlap"):
        insert(first, day(9), None)


def test_the_database_takes_a_second_assignment_from_the_next_day() -> None:
    first = make_assignment(make_contract(), ends_on=day(9), end_reason="transfer")
    insert(first, day(10), None)
    assert Assignment.objects.count() == 2


def test_the_database_refuses_anything_after_an_open_end() -> None:
    first = make_assignment(make_contract())
    with pytest.raises(IntegrityError, match="assignment_no_overlap"):
        insert(first, day(300), day(301))


def test_the_database_refuses_an_update_that_would_overlap() -> None:
    first = make_assignment(make_contract(), ends_on=day(9), end_reason="transfer")
    insert(first, day(10), None)
    with pytest.raises(IntegrityError, match="assignment_no_overlap"), transaction.atomic():
        Assignment.objects.filter(pk=first.pk).update(ends_on=day(10))


def test_a_withdrawn_assignment_makes_room() -> None:
    first = make_assignment(make_contract())
    assignments.withdraw(first, on=day(1), reason="录入错误")
    insert(first, day(0), None)
    with pytest.raises(IntegrityError, match="assignment_no_overlap"), transaction.atomic():
        Assignment.objects.filter(pk=first.pk).update(withdrawn_on=None)


def test_the_database_refuses_two_live_leaves_on_one_day_but_not_a_cancelled_one() -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    leave = leaves.enter(
        Leave(
            contract=contract,
            operator=assignment.operator,
            kind="sick",
            starts_on=day(1),
            ends_on=day(3),
            reported_at=NOON,
        )
    )
    copy = Leave(
        contract=contract, operator=assignment.operator, kind="sick", starts_on=day(3), ends_on=day(5), reported_at=NOON
    )
    with pytest.raises(IntegrityError, match="leave_no_overlap"), transaction.atomic():
        Leave.objects.bulk_create([copy])
    leaves.withdraw(leave, on=day(1), reason="未休")
    Leave.objects.bulk_create([copy])


def test_two_people_may_serve_on_the_same_days() -> None:
    contract = make_contract()
    make_assignment(contract)
    make_assignment(contract)


def test_the_service_names_the_field_and_the_days() -> None:
    contract = make_contract()
    first = make_assignment(contract)
    with pytest.raises(ValidationError) as caught:
        make_assignment(contract, first.operator, starts_on=day(1))
    assert set(caught.value.message_dict) == {"starts_on"}
    assert f"{first.starts_on} 至 {first.ends_on or contract.ends_on}" in str(caught.value)


def test_an_overlap_in_another_contract_of_the_vendor_is_one_too() -> None:
    first = make_assignment(make_contract())
    other = make_contract(vendor=first.contract.vendor)
    with pytest.raises(ValidationError):
        make_assignment(other, first.operator)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(st.integers(0, 20), st.integers(0, 20)), st.tuples(st.integers(0, 20), st.integers(0, 20)))
def test_the_database_and_the_validation_agree(one: tuple[int, int], two: tuple[int, int]) -> None:
    with transaction.atomic():
        contract = make_contract(check_ids=())
        operator = make_operator(contract.vendor)
        first = make_assignment(
            contract, operator, starts_on=day(min(one)), ends_on=day(max(one)), end_reason="transfer"
        )
        candidate = Assignment(
            contract=contract, operator=operator, starts_on=day(min(two)), ends_on=day(max(two)), end_reason="transfer"
        )
        try:
            candidate.full_clean()
            valid = True
        except ValidationError:
            valid = False
        try:
            insert(first, day(min(two)), day(max(two)))
            written = True
        except IntegrityError:
            written = False
        transaction.set_rollback(True)
    assert valid == written
