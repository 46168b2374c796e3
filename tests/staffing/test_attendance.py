"""Attendance by sets: all or nothing, every bad row named, every change kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contract.models import Contract
from staffing import services
from staffing.models import Assignment, Attendance, AttendanceBatch, AttendanceChange, Gap, StaffDay
from staffing.services import assignments, attendance
from staffing.services.attendance import AttendanceErrors, AttendanceFile, AttendanceRow
from tests.factories import make_assignment, make_contract, make_operator, make_party, make_team, make_user
from tests.staffing.helpers import LAST, NOON, ON, REST, SICK, report, span

pytestmark = pytest.mark.django_db

DAY = date(2024, 11, 5)


def send(contract: Contract, *rows: AttendanceRow, **extra: Any) -> attendance.AttendanceResult:
    given = {"actor": None, "route": "api", "at": NOON, "today": LAST} | extra
    return attendance.enter(contract=contract, rows=rows, **given)


def errors(contract: Contract, *rows: AttendanceRow, **extra: Any) -> list[tuple[int, str, str]]:
    with pytest.raises(AttendanceErrors) as caught:
        send(contract, *rows, **extra)
    return [(error.index, error.field, error.code) for error in caught.value.errors]


def month(team: list[Assignment], status: str = ON, days: int = 31) -> list[AttendanceRow]:
    first = date(2025, 1, 1)
    return [
        AttendanceRow(assignment.operator_id, day, status)
        for assignment in team
        for day in span(first, first + timedelta(days=days - 1))
    ]


def test_a_first_report_is_kept_with_who_when_and_by_which_way() -> None:
    contract, user = make_contract(), make_user()
    assignment = make_assignment(contract)
    result = send(
        contract,
        AttendanceRow(assignment.operator_id, DAY, ON),
        actor=user,
        route="file",
        file=AttendanceFile("十一月.xlsx", "ab" * 32),
    )
    assert (result.created, result.changed, result.unchanged) == (1, 0, 0)
    batch = Attendance.objects.get().batch
    assert (batch.actor, batch.at, batch.route) == (user, NOON, "file")
    assert (batch.file_name, batch.file_sha256) == ("十一月.xlsx", "ab" * 32)


def test_the_same_set_again_writes_nothing() -> None:
    contract = make_contract()
    row = AttendanceRow(make_assignment(contract).operator_id, DAY, ON)
    send(contract, row)
    result = send(contract, row)
    assert (result.created, result.changed, result.unchanged) == (0, 0, 1)
    assert result.batch is None
    assert AttendanceBatch.objects.count() == 1


def test_a_change_keeps_old_and_new_and_both_sets() -> None:
    contract = make_contract()
    operator_id = make_assignment(contract).operator_id
    first = send(contract, AttendanceRow(operator_id, DAY, ON))
    second = send(
        contract, AttendanceRow(operator_id, DAY, SICK), AttendanceRow(operator_id, DAY + timedelta(days=1), ON)
    )
    assert (second.created, second.changed, second.unchanged) == (1, 1, 0)
    change = AttendanceChange.objects.get()
    assert (change.old, change.new, change.day) == (ON, SICK, DAY)
    assert (change.old_batch, change.batch) == (first.batch, second.batch)
    assert Attendance.objects.get(day=DAY).status == SICK


def test_every_bad_row_is_named_with_its_field_and_nothing_is_written() -> None:
    contract = make_contract()
    operator_id = make_assignment(
        contract, starts_on=date(2024, 11, 1), ends_on=date(2024, 11, 30), end_reason="transfer"
    ).operator_id
    stranger = make_operator(make_party()).pk
    assert errors(
        contract,
        AttendanceRow(operator_id, DAY, ON),
        AttendanceRow(operator_id, DAY, REST),
        AttendanceRow(operator_id, date(2024, 11, 6), "on holiday"),
        AttendanceRow(stranger, DAY, ON),
        AttendanceRow(999_999, DAY, ON),
        AttendanceRow(operator_id, date(2024, 9, 30), ON),
        AttendanceRow(operator_id, date(2025, 10, 1), ON),
        AttendanceRow(operator_id, date(2024, 10, 31), ON),
        AttendanceRow(operator_id, date(2024, 12, 1), ON),
        AttendanceRow(operator_id, date(2024, 11, 8), ON),
        today=date(2024, 11, 7),
    ) == [
        (1, "day", "duplicate"),
        (2, "status", "unknown_status"),
        (3, "operator", "unknown_operator"),
        (4, "operator", "unknown_operator"),
        (5, "day", "outside_term"),
        (6, "day", "outside_term"),
        (7, "operator", "not_assigned"),
        (8, "day", "future"),
        (9, "day", "future"),
    ]
    assert not Attendance.objects.exists()
    assert not AttendanceBatch.objects.exists()


def test_today_can_be_reported_and_tomorrow_cannot() -> None:
    contract = make_contract()
    operator_id = make_assignment(contract).operator_id
    send(contract, AttendanceRow(operator_id, DAY, ON), today=DAY)
    tomorrow = AttendanceRow(operator_id, DAY + timedelta(days=1), ON)
    assert errors(contract, tomorrow, today=DAY) == [(0, "day", "future")]


def test_the_first_and_the_last_day_of_an_assignment_can_be_reported() -> None:
    contract = make_contract()
    assignment = make_assignment(contract, starts_on=DAY, ends_on=DAY + timedelta(days=2), end_reason="transfer")
    report(contract, assignment, DAY, "DDD")
    for outside in (DAY - timedelta(days=1), DAY + timedelta(days=3)):
        row = AttendanceRow(assignment.operator_id, outside, ON)
        assert errors(contract, row) == [(0, "operator", "not_assigned")]


def test_an_operator_of_the_vendor_on_another_contract_is_not_assigned_here() -> None:
    contract = make_contract()
    other = make_assignment(make_contract(vendor=contract.vendor))
    row = AttendanceRow(other.operator_id, DAY, ON)
    assert errors(contract, row) == [(0, "operator", "not_assigned")]


def test_a_withdrawn_assignment_takes_no_reports() -> None:
    contract = make_contract()
    assignment = make_assignment(contract)
    assignments.withdraw(assignment, on=DAY, reason="错录")
    row = AttendanceRow(assignment.operator_id, DAY, ON)
    assert errors(contract, row) == [(0, "operator", "not_assigned")]


def test_a_terminated_contract_takes_no_report_of_a_later_day() -> None:
    contract = make_contract(terminated_on=DAY)
    row = AttendanceRow(make_assignment(contract).operator_id, DAY + timedelta(days=1), ON)
    assert errors(contract, row) == [(0, "day", "outside_term")]


def test_a_status_of_a_million_characters_is_refused_in_a_short_sentence() -> None:
    contract = make_contract()
    row = AttendanceRow(make_assignment(contract).operator_id, DAY, "x" * 1_000_000)
    with pytest.raises(AttendanceErrors) as caught:
        send(contract, row)
    assert len(str(caught.value.errors[0].message)) < 200


def test_too_many_rows_are_refused_before_anything_is_read() -> None:
    contract = make_contract()
    rows = [AttendanceRow(1, DAY, ON)] * (services.attendance.ROWS_AT_MOST + 1)
    assert [code for _index, _field, code in errors(contract, *rows)] == ["too_many"]


def test_an_empty_set_is_nothing() -> None:
    assert send(make_contract()).batch is None


def test_a_month_of_a_team_takes_few_queries_and_no_more_for_more_people() -> None:
    def queries(size: int) -> int:
        contract = make_contract()
        team = make_team(contract, size)
        with CaptureQueriesContext(connection) as captured:
            send(contract, *month(team, days=5))
        return len(captured)

    assert queries(2) == queries(9) <= 25


def test_reading_a_known_month_again_takes_six_queries() -> None:
    contract = make_contract()
    rows = month(make_team(contract, 3))
    send(contract, *rows)
    with CaptureQueriesContext(connection) as captured:
        send(contract, *rows)
    assert len(captured) <= 6


def test_a_month_of_forty_five_people_is_one_set() -> None:
    contract = make_contract()
    rows = month(make_team(contract, 45))
    assert len(rows) == 1395
    result = send(contract, *rows)
    assert result.created == 1395
    january = StaffDay.objects.filter(day__range=(date(2025, 1, 1), date(2025, 1, 31)))
    assert set(january.values_list("assigned", "in_place", "unreported")) == {(45, 45, 0)}
    assert not Gap.objects.exists()


def test_attendance_of_two_contracts_does_not_mix() -> None:
    one, two = make_contract(), make_contract()
    report(one, make_assignment(one), DAY, "S")
    make_assignment(two)
    assert StaffDay.objects.get(contract=two, day=DAY).unreported == 1
    assert not Gap.objects.filter(contract=two).exists()
