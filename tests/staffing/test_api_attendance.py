"""A month of attendance over the API: in one request, all or nothing."""

from calendar import monthrange
from datetime import date
from typing import Any

import pytest

from staffing.models import Attendance, AttendanceBatch, AttendanceChange, StaffDay
from tests.api import client_of, ok, problem
from tests.counting import counted
from tests.factories import make_contract, make_operator, make_team, make_user
from tests.staffing.test_api_people import ALL

pytestmark = pytest.mark.django_db
MONTH = "2025-03"


@pytest.fixture(autouse=True)
def today(settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-31"


@pytest.fixture
def hr(contract) -> Any:
    return client_of(make_user(party=contract.vendor, permissions=ALL))


def month_of(team: list[Any], status: str = "on_duty") -> list[dict[str, Any]]:
    return [
        {"employee_number": a.operator.employee_number, "day": f"{MONTH}-{day:02}", "status": status}
        for a in team
        for day in range(1, monthrange(2025, 3)[1] + 1)
    ]


def put(client: Any, contract: Any, rows: Any, month: str = MONTH, **extra: Any) -> Any:
    address = f"/api/v1/contracts/{contract.pk}/attendance/{month}"
    return client.put(address, {"rows": rows}, format="json", **extra)


def test_a_month_of_45_people_is_one_request_of_few_queries(contract, hr) -> None:
    rows = month_of(make_team(contract, 45))
    with counted() as cost:
        answer = ok(put(hr, contract, rows))
    assert cost.queries <= 40 and cost.rows <= 3 * len(rows)  # of 1,395 records, in sets
    assert (answer["created"], answer["changed"], answer["unchanged"]) == (1395, 0, 0)
    assert Attendance.objects.count() == 1395
    assert StaffDay.objects.get(contract=contract, day=date(2025, 3, 31)).in_place == 45


def test_posting_it_again_changes_nothing_and_says_so(contract, hr) -> None:
    rows = month_of(make_team(contract, 3))
    ok(put(hr, contract, rows))
    again = ok(put(hr, contract, rows))
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 93)
    assert again["batch"] is None
    assert "未" in again["message"]
    assert AttendanceBatch.objects.count() == 1


def test_a_changed_day_keeps_what_it_was(contract, hr) -> None:
    team = make_team(contract, 2)
    rows = month_of(team)
    ok(put(hr, contract, rows))
    answer = ok(put(hr, contract, [rows[4] | {"status": "sick"}]))
    assert (answer["created"], answer["changed"], answer["unchanged"]) == (0, 1, 0)
    change = AttendanceChange.objects.get()
    assert (change.old, change.new, change.day) == ("on_duty", "sick", date(2025, 3, 5))
    assert change.batch.actor is not None
    assert Attendance.objects.count() == 62


def test_one_bad_row_writes_nothing_and_is_named(contract, hr) -> None:
    rows = month_of(make_team(contract, 2))
    rows[7] = rows[7] | {"status": "happy"}
    document = problem(put(hr, contract, rows), 400)
    assert [(e["index"], e["field"]) for e in document["errors"]] == [(7, "status")]
    assert "第 8 行" in document["detail"]
    assert not Attendance.objects.exists() and not AttendanceBatch.objects.exists()


@pytest.mark.parametrize(
    "changed, field",
    [
        ({"day": "2025-03-32"}, "day"),
        ({"day": "2025-04-01"}, "day"),
        ({"day": 20250301}, "day"),
        ({"day": None}, "day"),
        ({"status": ""}, "status"),
        ({"status": ["sick"]}, "status"),
        ({"status": "病休"}, "status"),
        ({"employee_number": "nobody"}, "employee_number"),
        ({"employee_number": "x" * 100}, "employee_number"),
        ({"operator": 5}, "operator"),
        ({"note": "x"}, "note"),
    ],
)
def test_what_is_wrong_with_a_row_is_named(contract, hr, changed, field: str) -> None:
    rows = month_of(make_team(contract, 1))
    rows[3] = rows[3] | changed
    document = problem(put(hr, contract, rows), 400)
    assert (document["errors"][0]["index"], document["errors"][0]["field"]) == (3, field)
    assert not Attendance.objects.exists()


def test_the_same_person_and_day_twice_in_one_request_is_refused(contract, hr) -> None:
    rows = month_of(make_team(contract, 1))
    document = problem(put(hr, contract, [*rows, rows[0] | {"status": "sick"}]), 400)
    assert document["errors"][0]["index"] == 31
    assert document["errors"][0]["code"] == "duplicate"


def test_a_person_of_another_vendor_is_unknown(contract, hr) -> None:
    make_team(contract, 1)
    foreign = make_operator(make_contract(check_ids=()).vendor)
    for name in ({"operator": foreign.pk}, {"employee_number": foreign.employee_number + "x"}):
        row = {"day": "2025-03-03", "status": "on_duty"} | name
        document = problem(put(hr, contract, [row]), 400)
        assert document["errors"][0]["code"] == "unknown_operator"


def test_a_day_to_come_cannot_be_reported(contract, hr, settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-10"
    rows = month_of(make_team(contract, 1))
    document = problem(put(hr, contract, rows), 400)
    assert [error["index"] for error in document["errors"]] == list(range(10, 31))


@pytest.mark.parametrize(
    "body", [{}, {"rows": []}, {"rows": {}}, {"rows": [1]}, {"rows": None}, [], {"rows": [{}]}, {"rows": [None]}]
)
def test_a_body_that_is_no_month_is_refused(contract, hr, body: Any) -> None:
    address = f"/api/v1/contracts/{contract.pk}/attendance/{MONTH}"
    problem(hr.put(address, body, format="json"), 400)


@pytest.mark.parametrize("month", ["2025-13", "2025-00", "1999-01"])
def test_a_month_that_is_none_is_refused(contract, hr, month: str) -> None:
    problem(put(hr, contract, [], month=month), 400)


def test_the_number_of_queries_does_not_grow_with_the_people(contract, hr, django_assert_max_num_queries) -> None:
    counts = []
    for size in (3, 12):
        rows = month_of(make_team(contract, size))
        with django_assert_max_num_queries(60) as queries:
            ok(put(hr, contract, rows))
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 4  # larger sets are written in more than one statement


def test_the_same_request_with_a_key_is_answered_from_memory(contract, hr) -> None:
    rows = month_of(make_team(contract, 2))
    key = {"headers": {"Idempotency-Key": "march"}}
    first, again = put(hr, contract, rows, **key), put(hr, contract, rows, **key)
    assert ok(first) == ok(again)
    assert again["Idempotent-Replay"] == "true"
    assert AttendanceBatch.objects.count() == 1
