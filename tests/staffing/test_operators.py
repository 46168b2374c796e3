"""Operators, posts and assignments: what is refused, and how it is said."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from contract import records
from staffing.models import Operator, Post
from staffing.services import assignments, operators
from tests.factories import make_assignment, make_contract, make_operator, make_party, resident_id

pytestmark = pytest.mark.django_db


def refused(**fields: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as caught:
        make_operator(make_party(), **fields)  # type: ignore[arg-type]
    return caught.value.message_dict


def test_the_resident_id_is_encrypted_at_rest_and_masked_on_screen() -> None:
    number = resident_id(7)
    operator = make_operator(make_party(), resident_id=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT resident_id FROM staffing_operator")
        [stored] = cursor.fetchone()
        cursor.execute("SELECT resident_id FROM staffing_historicaloperator")
        [in_history] = cursor.fetchone()
    assert number not in stored + in_history
    assert Operator.objects.get(pk=operator.pk).resident_id == number
    assert operator.resident_id_masked == f"999***********{number[-4:]}"


def test_birthday_and_sex_come_from_the_resident_id() -> None:
    operator = make_operator(make_party(), resident_id=resident_id(12, born=date(2000, 2, 29)))
    assert operator.born_on == date(2000, 2, 29)
    assert operator.sex == "female"


@pytest.mark.parametrize("number", ["999999200002290018", "99999920000229001", "", "x" * 1_000_000])
def test_a_wrong_resident_id_is_refused_at_its_field(number: str) -> None:
    with pytest.raises(ValidationError) as caught:
        records.enter(
            Operator(
                vendor=make_party(), employee_number="1", name="张三", resident_id=number, hired_on=date(2024, 9, 1)
            )
        )
    assert set(caught.value.message_dict) == {"resident_id"}
    assert number == "" or number not in str(caught.value)


def test_a_small_x_is_taken_as_a_capital_one() -> None:
    number = next(number for n in range(99) if (number := resident_id(n)).endswith("X"))
    assert make_operator(make_party(), resident_id=number.lower()).resident_id == number


def test_one_resident_id_stands_once_at_a_vendor() -> None:
    vendor, number = make_party(), resident_id(3)
    make_operator(vendor, resident_id=number)
    with pytest.raises(ValidationError) as caught:
        make_operator(vendor, resident_id=number)
    [message] = caught.value.messages
    assert caught.value.message_dict == {"resident_id": [message]}
    make_operator(make_party(), resident_id=number)


def test_one_employee_number_stands_once_at_a_vendor() -> None:
    vendor = make_party()
    make_operator(vendor, employee_number="A1")
    with pytest.raises(ValidationError) as caught:
        make_operator(vendor, employee_number="A1")
    [message] = caught.value.messages
    assert caught.value.message_dict == {"employee_number": [message]}


def test_the_same_person_again_is_told_of_each_fault_once() -> None:
    vendor, number = make_party(), resident_id(3)
    make_operator(vendor, employee_number="A1", resident_id=number)
    with pytest.raises(ValidationError) as caught:
        make_operator(vendor, employee_number="A1", resident_id=number)
    assert sorted(caught.value.message_dict) == ["employee_number", "resident_id"]
    assert len(caught.value.messages) == 2


def test_a_name_of_a_million_characters_is_refused() -> None:
    assert set(refused(name="王" * 1_000_000)) == {"name"}


def test_a_sex_that_does_not_fit_the_id_is_refused() -> None:
    assert set(refused(resident_id=resident_id(12), sex="male")) == {"sex"}


def test_nobody_is_hired_before_birth() -> None:
    assert set(refused(hired_on=date(1960, 1, 1))) == {"hired_on"}


def test_an_update_with_equal_values_writes_no_history() -> None:
    operator = make_operator(make_party(), name="李四")
    operators.correct(operator, name="李四")
    assert operator.history.count() == 1
    operators.correct(operator, name="李思")
    assert [row.name for row in operator.history.all()] == ["李思", "李四"]


def test_a_field_that_must_not_be_set_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="vendor"):
        operators.correct(make_operator(make_party()), vendor=make_party())


def test_an_operator_of_another_vendor_cannot_be_assigned() -> None:
    with pytest.raises(ValidationError) as caught:
        make_assignment(make_contract(), make_operator(make_party()))
    assert set(caught.value.message_dict) == {"operator"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_on": date(2024, 9, 30)}, "starts_on"),
        ({"starts_on": date(2025, 10, 1)}, "starts_on"),
        ({"ends_on": date(2025, 10, 1), "end_reason": "resignation"}, "ends_on"),
        ({"ends_on": date(2025, 9, 29), "end_reason": "term_end"}, "end_reason"),
        ({"ends_on": date(2025, 9, 29)}, "__all__"),
        ({"end_reason": "transfer"}, "__all__"),
        ({"starts_on": date(2025, 1, 2), "ends_on": date(2025, 1, 1), "end_reason": "transfer"}, "__all__"),
        ({"consent_ref": "函〔2025〕1号"}, "consented_on"),
        ({"end_reason": "holiday", "ends_on": date(2025, 1, 1)}, "end_reason"),
    ],
)
def test_an_assignment_must_make_sense(fields: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make_assignment(make_contract(), **fields)
    assert set(caught.value.message_dict) == {field}


def test_the_first_and_the_last_day_of_the_term_are_inside() -> None:
    contract = make_contract()
    make_assignment(contract, starts_on=contract.starts_on, ends_on=contract.ends_on, end_reason="term_end")


def test_a_post_of_another_contract_is_refused() -> None:
    post = records.enter(Post(contract=make_contract(), code="A", name="受理岗"))
    with pytest.raises(ValidationError) as caught:
        make_assignment(make_contract(), post=post)
    assert set(caught.value.message_dict) == {"post"}


def test_a_post_code_stands_once_on_a_contract() -> None:
    contract = make_contract()
    post = records.enter(Post(contract=contract, code="A", name="受理岗", planned_headcount=40))
    with pytest.raises(ValidationError):
        records.enter(Post(contract=contract, code="A", name="质检岗"))
    assert records.correct(post, name="话务受理岗").name == "话务受理岗"


def test_nothing_is_ever_deleted() -> None:
    assignment = make_assignment(make_contract())
    with pytest.raises(TypeError):
        assignment.delete()


def test_a_withdrawal_needs_a_reason_and_happens_once() -> None:
    assignment = make_assignment(make_contract())
    with pytest.raises(ValidationError):
        assignments.withdraw(assignment, on=date(2024, 11, 1), reason=" ")
    assignments.withdraw(assignment, on=date(2024, 11, 1), reason="错录")
    with pytest.raises(ValidationError):
        assignments.correct(assignment, place="分中心")


def test_an_assignment_after_an_early_end_of_the_contract_can_be_withdrawn() -> None:
    contract = make_contract()
    assignment = make_assignment(contract, starts_on=date(2025, 1, 1))
    contract.terminated_on = date(2024, 12, 31)
    contract.save()
    assignments.withdraw(assignment, on=date(2024, 12, 31), reason="合同解除")
    assert not contract.staff_days.exists()


def test_a_correction_starts_from_what_is_true_now_not_from_what_the_caller_holds() -> None:
    stale = make_assignment(make_contract())
    assignments.correct(stale, place="分中心")
    corrected = assignments.correct(stale, notice_on=date(2024, 12, 1))
    assert corrected.place == "分中心"
