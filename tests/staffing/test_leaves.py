"""Leaves: what is refused, and that nothing is lost."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from staffing.models import Assignment, Leave
from staffing.services import leaves
from tests.factories import make_assignment, make_contract
from tests.staffing.helpers import NOON

pytestmark = pytest.mark.django_db


def record(assignment: Assignment, first: date, last: date, kind: str = "personal") -> Leave:
    return leaves.enter(
        Leave(
            contract=assignment.contract,
            operator=assignment.operator,
            kind=kind,
            starts_on=first,
            ends_on=last,
            reported_at=NOON,
        )
    )


def test_a_leave_of_one_day_is_a_leave() -> None:
    leave = record(make_assignment(make_contract()), date(2024, 11, 5), date(2024, 11, 5))
    assert leave.history.count() == 1


def test_a_leave_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        record(make_assignment(make_contract()), date(2024, 11, 5), date(2024, 11, 4))
    assert "ends_on" in caught.value.message_dict


@pytest.mark.parametrize("first", [date(2024, 10, 31), date(2024, 12, 1), date(2025, 10, 1)])
def test_only_somebody_who_is_assigned_takes_leave(first: date) -> None:
    assignment = make_assignment(
        make_contract(), starts_on=date(2024, 11, 1), ends_on=date(2024, 11, 30), end_reason="transfer"
    )
    with pytest.raises(ValidationError) as caught:
        record(assignment, first, first)
    assert set(caught.value.message_dict) == {"starts_on"}


def test_an_overlap_names_the_other_leave() -> None:
    assignment = make_assignment(make_contract())
    record(assignment, date(2024, 11, 1), date(2024, 11, 3))
    with pytest.raises(ValidationError, match="2024-11-03"):
        record(assignment, date(2024, 11, 3), date(2024, 11, 4))
    record(assignment, date(2024, 11, 4), date(2024, 11, 4))


def test_a_cancelled_leave_stays_readable_and_makes_room() -> None:
    assignment = make_assignment(make_contract())
    leave = record(assignment, date(2024, 11, 1), date(2024, 11, 3))
    with pytest.raises(ValidationError):
        leaves.withdraw(leave, on=date(2024, 11, 1), reason="")
    leaves.withdraw(leave, on=date(2024, 11, 1), reason="本人撤回")
    record(assignment, date(2024, 11, 2), date(2024, 11, 2))
    assert Leave.objects.count() == 2
    with pytest.raises(ValidationError):
        leaves.correct(leave, ends_on=date(2024, 11, 4))


def test_a_correction_keeps_who_was_away_before() -> None:
    leave = record(make_assignment(make_contract()), date(2024, 11, 1), date(2024, 11, 3))
    leaves.correct(leave, ends_on=date(2024, 11, 5), kind="sick")
    assert [row.ends_on.day for row in leave.history.all()] == [5, 3]
