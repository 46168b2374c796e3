"""The roll-up by contract and day agrees with the facts after every write."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.models import Contract
from staffing.models import Gap, Leave, StaffDay
from staffing.services import assignments, attendance, leaves, roll_up
from staffing.services.roll_up import differing_days
from tests.examples import examples
from tests.factories import make_assignment, make_contract, make_team
from tests.staffing.helpers import NOON, report

pytestmark = pytest.mark.django_db

DAY = date(2024, 11, 5)
NEXT = timedelta(days=1)


def figures(contract: Contract, day: date = DAY) -> tuple[int, int, int, int]:
    """Assigned, in place, absent, unreported."""
    return StaffDay.objects.values_list("assigned", "in_place", "absent", "unreported").get(contract=contract, day=day)


def leave(contract: Contract, assignment: Any, first: date, last: date) -> Any:
    return leaves.enter(
        Leave(
            contract=contract,
            operator=assignment.operator,
            kind="personal",
            starts_on=first,
            ends_on=last,
            reported_at=NOON,
        )
    )


def test_an_assignment_counts_from_its_first_to_its_last_day() -> None:
    contract = make_contract()
    make_assignment(contract, starts_on=DAY, ends_on=DAY + NEXT, end_reason="transfer")
    days = StaffDay.objects.filter(contract=contract).values_list("day", "assigned")
    assert list(days) == [(DAY, 1), (DAY + NEXT, 1)]


def test_an_open_assignment_counts_to_the_contracts_last_day() -> None:
    contract = make_contract()
    make_assignment(contract)
    days = StaffDay.objects.order_by("day").values_list("day", flat=True)
    assert (days[0], list(days)[-1], len(days)) == (contract.starts_on, contract.ends_on, 365)


@pytest.mark.parametrize(
    ("letter", "on_leave", "expected"),
    [
        ("D", False, (1, 1, 0, 0)),
        ("R", False, (1, 1, 0, 0)),
        ("S", False, (1, 0, 1, 0)),
        ("L", False, (1, 0, 1, 0)),
        ("A", False, (1, 0, 1, 0)),
        (".", False, (1, 0, 0, 1)),
        ("D", True, (1, 1, 0, 0)),
        ("R", True, (1, 0, 1, 0)),
        ("S", True, (1, 0, 1, 0)),
        (".", True, (1, 0, 1, 0)),
    ],
)
def test_three_states_of_a_person_and_day(letter: str, on_leave: bool, expected: tuple[int, int, int, int]) -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    if on_leave:
        leave(contract, assignment, DAY, DAY)
    report(contract, assignment, DAY, letter)
    assert figures(contract) == expected


def test_a_cancelled_leave_counts_no_more() -> None:
    contract = make_contract()
    row = leave(contract, make_assignment(contract), DAY, DAY)
    assert figures(contract) == (1, 0, 1, 0)
    leaves.withdraw(row, on=DAY, reason="撤回")
    assert figures(contract) == (1, 0, 0, 1)


def test_a_shorter_leave_frees_its_last_days() -> None:
    contract = make_contract()
    row = leave(contract, make_assignment(contract), DAY, DAY + 3 * NEXT)
    leaves.correct(row, ends_on=DAY + NEXT)
    assert [figures(contract, DAY + n * NEXT)[2] for n in range(4)] == [1, 1, 0, 0]


def test_reports_of_somebody_no_longer_assigned_do_not_count() -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    report(contract, assignment, DAY, "DDD")
    assignments.correct(assignment, ends_on=DAY, end_reason="resignation")
    assert figures(contract) == (1, 1, 0, 0)
    assert not StaffDay.objects.filter(day__gt=DAY).exists()


def test_a_withdrawn_assignment_leaves_no_days() -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    assignments.withdraw(assignment, on=DAY, reason="错录")
    assert not StaffDay.objects.exists()


def test_a_refused_write_leaves_the_days_as_they_were() -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    with pytest.raises(ValidationError):
        leave(contract, assignment, DAY, DAY - NEXT)
    assert figures(contract) == (1, 0, 0, 1)


def test_an_earlier_end_of_the_contract_is_followed() -> None:
    contract = make_contract()
    make_assignment(contract)
    contract.terminated_on = DAY
    contract.save()
    roll_up.settle_contract(contract=contract)
    assert StaffDay.objects.order_by("-day").first().day == DAY


def test_a_longer_term_is_followed() -> None:
    contract = make_contract()
    make_assignment(contract)
    contract.ends_on += NEXT
    contract.save()
    roll_up.settle_contract(contract=contract)
    assert StaffDay.objects.count() == 366


def test_refreshing_takes_the_same_queries_for_any_span_and_team() -> None:
    def queries(size: int, days: int) -> int:
        contract = make_contract()
        make_team(contract, size)
        with CaptureQueriesContext(connection) as captured:
            roll_up.refresh_days(contract=contract, first=DAY, last=DAY + days * NEXT)
        return len(captured)

    assert queries(1, 0) == queries(6, 90) == 5


def test_a_roll_up_that_does_not_add_up_is_refused_by_the_database() -> None:
    contract = make_contract()
    with pytest.raises(Exception, match="staff_day_adds_up"), transaction.atomic():
        StaffDay.objects.create(contract=contract, day=DAY, assigned=3, in_place=1, absent=1, unreported=0)


def rebuild(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("rebuild_staff_days", *arguments, stdout=out)
    except SystemExit as stop:
        return out.getvalue(), int(str(stop.code))
    return out.getvalue(), 0


def test_the_command_names_the_days_that_differ_and_writes_nothing() -> None:
    contract = make_contract(number="HT-1")
    make_assignment(contract)
    StaffDay.objects.filter(day=DAY).update(in_place=1, unreported=0)
    StaffDay.objects.filter(day=DAY + NEXT).delete()
    text, code = rebuild("--check")
    assert code == 1
    assert "HT-1: 2024-11-05, 2024-11-06" in text
    assert figures(contract) == (1, 1, 0, 0)


def test_the_command_rebuilds_days_and_gaps() -> None:
    contract = make_contract()
    report(contract, make_assignment(contract), DAY, "SD")
    StaffDay.objects.filter(day=DAY).update(in_place=1, absent=0)
    Gap.objects.update(is_void=True)
    assert rebuild("--check")[1] == 1
    assert rebuild()[1] == 0
    assert figures(contract) == (1, 0, 1, 0)
    assert not Gap.objects.get().is_void
    text, code = rebuild("--check")
    assert code == 0
    assert "0 differences" in text


def test_the_command_knows_only_contracts_that_exist() -> None:
    with pytest.raises(CommandError, match="HT-9"):
        call_command("rebuild_staff_days", contract="HT-9")


action = st.tuples(
    st.sampled_from(["report", "leave", "end", "shorten", "cancel", "withdraw", "assign"]),
    st.integers(0, 2),
    st.integers(0, 12),
    st.integers(0, 6),
    st.sampled_from("DRSLA"),
)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(action, max_size=12))
def test_whatever_is_written_days_and_gaps_are_those_of_a_rebuild(actions: list[Any]) -> None:
    with transaction.atomic():
        contract = make_contract(check_ids=(), starts_on=DAY, ends_on=DAY + 20 * NEXT, terms={"headcount": 3})
        team = make_team(contract, 3)
        taken: list[Any] = []
        for kind, who, offset, length, letter in actions:
            first = DAY + offset * NEXT
            last = first + length * NEXT
            try:
                with transaction.atomic():
                    if kind == "report":
                        report(contract, team[who], first, letter * (length + 1))
                    elif kind == "leave":
                        taken.append(leave(contract, team[who], first, last))
                    elif kind == "end":
                        assignments.correct(team[who], ends_on=last, end_reason="resignation")
                    elif kind == "shorten" and taken:
                        leaves.correct(taken[-1], ends_on=last)
                    elif kind == "cancel" and taken:
                        leaves.withdraw(taken[-1], on=DAY, reason="撤回")
                    elif kind == "withdraw":
                        assignments.withdraw(team[who], on=DAY, reason="错录")
                    elif kind == "assign":
                        gap = Gap.objects.filter(contract=contract, is_void=False).first()
                        make_assignment(contract, starts_on=first, fills_gap=gap)
            except (ValidationError, attendance.AttendanceErrors):
                pass
        assert differing_days(contract=contract) == []
        assert roll_up.sync_gaps(contract=contract) == 0
        transaction.set_rollback(True)
