"""A set of attendance goes in as values: the same checks, the same log, one statement."""

from datetime import date
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from rest_framework.exceptions import ValidationError

from contract.history.content import as_set, as_set_of_values
from contract.history.models import ChangeEntry
from kit.database import sets
from staffing.api.attendance import AttendanceRowSerializer
from staffing.choices import AttendanceRoute, AttendanceStatus
from staffing.models import Attendance, AttendanceBatch
from tests.factories import make_contract, make_team
from tests.staffing.helpers import NOON

COLUMNS = ("contract_id", "day", "operator_id", "status", "batch_id")


@pytest.mark.parametrize(
    "row",
    [
        {"employee_number": "HT001", "day": "2025-03-03", "status": "on_duty"},
        {"employee_number": " HT001 ", "day": "2025-03-03", "status": "on_duty"},
        {"employee_number": "", "day": "2025-03-03", "status": "on_duty"},
        {"employee_number": "H" * 20, "day": "2025-03-03", "status": "rest"},
        {"employee_number": "H" * 21, "day": "2025-03-03", "status": "rest"},
        {"employee_number": "ＨＴ００１", "day": "2025-03-03", "status": "rest"},
        {"employee_number": "HT\u0000", "day": "2025-03-03", "status": "rest"},
        {"employee_number": 12, "day": "2025-03-03", "status": "rest"},
        {"employee_number": True, "day": "2025-03-03", "status": "rest"},
        {"operator": 3, "day": "2025-03-03", "status": "rest"},
        {"operator": 3, "employee_number": "HT001", "day": "2025-03-03", "status": "rest"},
        {"day": "2025-03-03", "status": "rest"},
        {"employee_number": "HT001", "day": "2025-02-29", "status": "rest"},
        {"employee_number": "HT001", "day": "2024-02-29", "status": "rest"},
        {"employee_number": "HT001", "day": "20250303", "status": "rest"},
        {"employee_number": "HT001", "day": "2025-3-3", "status": "rest"},
        {"employee_number": "HT001", "day": "2025-W10-1", "status": "rest"},
        {"employee_number": "HT001", "day": "２０２５-03-03", "status": "rest"},
        {"employee_number": "HT001", "day": None, "status": "rest"},
        {"employee_number": "HT001", "day": "2025-03-03", "status": "asleep"},
        {"employee_number": "HT001", "day": "2025-03-03", "status": ["rest"]},
        {"employee_number": "HT001", "day": "2025-03-03", "staus": "rest"},
        {"employee_number": "HT001", "day": "2025-03-03", "status": "rest", "more": 1},
        ["HT001", "2025-03-03", "rest"],
        None,
    ],
)
def test_the_quick_way_takes_nothing_that_the_slow_way_would_not(row: Any) -> None:
    taken = AttendanceRowSerializer().quickly(row)
    try:
        slowly = AttendanceRowSerializer().run_validation(row)
    except ValidationError:
        slowly = None
    assert taken is None or taken == slowly


def test_an_ordinary_row_is_taken_the_quick_way() -> None:
    taken = AttendanceRowSerializer().quickly({"employee_number": "HT001", "day": "2024-02-29", "status": "rest"})
    assert taken == {"employee_number": "HT001", "day": date(2024, 2, 29), "status": "rest"}


def one(contract: Any) -> tuple[AttendanceBatch, list[tuple[Any, ...]]]:
    people = make_team(contract, 3)
    batch = AttendanceBatch.objects.create(contract=contract, at=NOON, route=AttendanceRoute.API)
    statuses = [AttendanceStatus.ON_DUTY, "rest", "sick"]
    rows = [(contract.pk, date(2025, 3, 3), p.operator_id, s, batch.pk) for p, s in zip(people, statuses, strict=True)]
    return batch, rows


@pytest.mark.django_db
def test_the_log_has_of_values_what_it_has_of_rows() -> None:
    contract = make_contract()
    batch, rows = one(contract)
    Attendance.objects.insert_set(COLUMNS, rows)
    stored = list(Attendance.objects.order_by("pk"))
    assert [(r.contract_id, r.day, r.operator_id, r.status, r.batch_id) for r in stored] == rows
    assert as_set_of_values(Attendance, COLUMNS, rows) == as_set(Attendance, stored)
    entry = ChangeEntry.objects.get(label="staffing.Attendance")
    assert (entry.row_pk, entry.contract_pk, entry.changes) == (batch.pk, contract.pk, as_set(Attendance, stored))


@pytest.mark.django_db
def test_a_row_that_stands_already_is_renewed_only_where_that_is_meant() -> None:
    _batch, rows = one(make_contract())
    Attendance.objects.insert_set(COLUMNS, rows)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendance.objects.insert_set(COLUMNS, rows)
    away = [(*row[:3], "leave", row[4]) for row in rows]
    Attendance.objects.insert_set(COLUMNS, away, renewed=("status", "batch_id"))
    assert set(Attendance.objects.values_list("status", flat=True)) == {"leave"}
    assert Attendance.objects.count() == len(rows)


@pytest.mark.django_db
@pytest.mark.parametrize("status", ['asleep"', "a\\", "},{", "much too long for it"])
def test_a_value_that_does_not_belong_there_is_refused_by_the_database_whole(status: str) -> None:
    _batch, rows = one(make_contract())
    wrong = [*rows[:2], (*rows[2][:3], status, rows[2][4])]
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        sets.insert(Attendance, COLUMNS, wrong, using="default")
    assert not Attendance.objects.exists()
