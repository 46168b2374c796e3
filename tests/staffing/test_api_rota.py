"""The rota over the API: a month of a team in one request, as JSON and as a workbook."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contract.roles import VENDOR
from kit.files import spreadsheets
from staffing.models import DutyDay, Shift, ShiftBatch
from staffing.services import assignments
from staffing.workbooks.rota import SHEET
from tests.api import client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_roles, make_team, make_user

pytestmark = pytest.mark.django_db

MARCH = [date(2025, 3, 1) + timedelta(days=n) for n in range(31)]


@pytest.fixture(autouse=True)
def today(settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-31"


@pytest.fixture
def hr(contract) -> Any:
    from django.contrib.auth.models import Group

    make_roles([VENDOR])
    user = make_user(party=contract.vendor)
    user.groups.add(Group.objects.get(name=VENDOR))
    return client_of(user)


def put(client: Any, contract: Any, rows: list[Any], month: str = "2025-03", **extra: Any) -> Any:
    return client.put(f"/api/v1/contracts/{contract.pk}/rota/{month}", {"rows": rows}, format="json", **extra)


def row(assignment: Any, day: date = MARCH[0], *shifts: str, **more: Any) -> dict[str, Any]:
    number = assignment.operator.employee_number
    return {"employee_number": number, "day": str(day), "shifts": list(shifts), **more}


def download(client: Any, contract: Any, month: str = "2025-03") -> openpyxl.Workbook:
    address = f"/api/v1/contracts/{contract.pk}/rota/template.xlsx?month={month}"
    response = client.get(address, headers={"Accept": spreadsheets.MEDIA_TYPE})
    assert response.status_code == 200, response.content
    return openpyxl.load_workbook(io.BytesIO(response.content))


def upload(client: Any, contract: Any, book: Any) -> Any:
    if isinstance(book, openpyxl.Workbook):
        file = io.BytesIO()
        book.save(file)
        book = file.getvalue()
    return client.post(
        f"/api/v1/contracts/{contract.pk}/rota/import",
        {"file": SimpleUploadedFile("排班.xlsx", book)},
        format="multipart",
    )


# --- JSON -------------------------------------------------------------------------------------


def test_a_month_of_a_team_is_one_request(contract, hr) -> None:
    team = make_team(contract, 3)
    rows = [row(who, day, "20:00-08:00") for who in team for day in MARCH]
    answer = ok(put(hr, contract, rows))
    assert (answer["created"], answer["replaced"], answer["unchanged"]) == (93, 0, 0)
    again = ok(put(hr, contract, rows))
    assert again["unchanged"] == 93 and again["batch"] is None
    assert ShiftBatch.objects.count() == 1 and DutyDay.objects.count() == 32


def test_the_queries_do_not_grow_with_the_people_but_for_inserts(contract, hr) -> None:
    team = make_team(contract, 12)

    def queries(rows: list[Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            ok(put(hr, contract, rows))
        return len([q for q in captured.captured_queries if not q["sql"].startswith("INSERT")])

    few = queries([row(who, MARCH[0], "08:00-16:00") for who in team[:2]])
    many = queries([row(who, day, "08:00-16:00") for who in team[2:] for day in MARCH])
    assert few == many


def test_what_was_sent_is_listed_in_beijing_time(contract, hr) -> None:
    [one] = make_team(contract, 1)
    ok(put(hr, contract, [row(one, MARCH[30], "20:00-08:00", other_work=["09:00-11:30"])]))
    address = f"/api/v1/contracts/{contract.pk}/shifts?month=2025-03&ordering=starts_at"
    office, night = ok(hr.get(address))["results"]
    assert (office["hours"], office["kind"], office["minutes"]) == ("09:00-11:30", "office", 150)
    assert (night["hours"], night["minutes"]) == ("20:00-08:00", 720)
    assert night["ends_at"] == "2025-04-01T08:00:00+08:00"


def test_the_days_are_told_by_the_minute(contract, hr) -> None:
    [one] = make_team(contract, 1)
    ok(put(hr, contract, [row(one, MARCH[30], "20:00-08:00")]))
    address = f"/api/v1/contracts/{contract.pk}/duty-days?ordering=day"
    first, second = ok(hr.get(address))["results"]
    assert (first["day"], first["planned"], first["steps"]) == ("2025-03-31", 1, [[0, 0, 0], [1200, 0, 1]])
    assert second["day"] == "2025-04-01"


def test_an_empty_list_clears_the_day_and_the_list_shows_it_no_more(contract, hr) -> None:
    [one] = make_team(contract, 1)
    ok(put(hr, contract, [row(one, MARCH[0], "08:00-16:00")]))
    assert ok(put(hr, contract, [row(one, MARCH[0])]))["replaced"] == 1
    assert ok(hr.get(f"/api/v1/contracts/{contract.pk}/shifts"))["results"] == []
    assert Shift.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"shifts": ["8-20"]}, "rows[0].shifts"),
        ({"shifts": ["08:00-20:00", "19:59-21:00"]}, "shifts"),
        ({"shifts": "08:00-20:00"}, "rows[0].shifts"),
        ({"day": "2025-04-01"}, "day"),
        ({"day": "2025-02-30"}, "rows[0].day"),
        ({"employee_number": "nobody"}, "employee_number"),
        ({"operator": 1}, "rows[0].operator"),
        ({"kind": "duty"}, "rows[0].kind"),
        ({"shifts": ["01:00-02:00"] * 5}, "rows[0].shifts"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(contract, hr, changed, field) -> None:
    [one] = make_team(contract, 1)
    told = problem(put(hr, contract, [row(one, MARCH[0], "08:00-16:00") | changed]), 400)
    assert any(field.split(".")[-1] in error["field"] for error in told["errors"]), told["errors"]
    assert not Shift.objects.exists()


def test_another_vendor_meets_nothing_here(contract) -> None:
    from django.contrib.auth.models import Group

    make_roles([VENDOR])
    user = make_user(party=make_contract(check_ids=()).vendor)
    user.groups.add(Group.objects.get(name=VENDOR))
    stranger = client_of(user)
    [one] = make_team(contract, 1)
    problem(put(stranger, contract, [row(one, MARCH[0], "08:00-16:00")]), 404)
    problem(stranger.get(f"/api/v1/contracts/{contract.pk}/shifts"), 404)


def test_somebody_of_another_vendor_is_unknown(contract, hr) -> None:
    other = make_operator(make_contract(check_ids=()).vendor)
    sent = {"operator": other.pk, "day": "2025-03-01", "shifts": ["08:00-16:00"]}
    [error] = problem(put(hr, contract, [sent]), 400)["errors"]
    assert (error["index"], error["field"], error["code"]) == (0, "operator", "unknown_operator")


def test_the_same_request_under_the_same_key_is_done_once(contract, hr) -> None:
    [one] = make_team(contract, 1)
    for _ in range(2):
        answer = put(hr, contract, [row(one, MARCH[0], "08:00-16:00")], headers={"Idempotency-Key": "rota-1"})
        assert ok(answer)["created"] == 1
    assert ShiftBatch.objects.count() == 1


# --- The workbook -----------------------------------------------------------------------------


def test_the_template_holds_what_stands_and_comes_back_unchanged(contract, hr) -> None:
    one, _two = make_team(contract, 2)
    ok(
        put(
            hr,
            contract,
            [
                row(one, MARCH[0], "08:00-12:00", "13:00-17:00"),
                row(one, MARCH[1], "20:00-08:00"),
                row(one, MARCH[3], other_work=["09:00-17:00"]),
            ],
        )
    )
    book = download(hr, contract)
    sheet = book[SHEET]
    assert sheet["B1"].value == contract.number and sheet["D1"].value == "2025-03"
    assert [sheet.cell(4, column).value for column in range(3, 8)] == [
        "08:00-12:00、13:00-17:00",
        "20:00-08:00",
        "休",
        "其他09:00-17:00",
        "休",
    ]
    assert sheet.cell(5, 3).value is None  # nobody has sent a rota of the second person
    answer = ok(upload(hr, contract, book))
    assert (answer["unchanged"], answer["batch"]) == (4, None)


def test_one_shift_over_several_days_is_named_by_its_range(contract, hr) -> None:
    make_assignment(contract)
    book = download(hr, contract)
    sheet = book[SHEET]
    sheet["E4"] = "20:00-次日08:00"
    sheet.merge_cells("E4:G4")
    (error,) = problem(upload(hr, contract, book), 400)["errors"]
    assert error["field"] == "E4" and "E4:G4" in error["message"]
    assert not Shift.objects.exists()
    sheet.unmerge_cells("E4:G4")
    assert ok(upload(hr, contract, book))["created"] == 1


def test_a_filled_template_is_taken_in_whole(contract, hr) -> None:
    make_team(contract, 2)
    book = download(hr, contract)
    sheet = book[SHEET]
    sheet["C4"], sheet["D4"], sheet["C5"] = "08:00-20:00", "20\uff1a00~8:00", "休"
    sheet["E5"] = "09:00-12:00\n其他13:00-15:00"
    assert ok(upload(hr, contract, book))["created"] == 4
    batch = ShiftBatch.objects.get()
    assert (batch.route, batch.file_name, len(batch.file_sha256)) == ("file", "排班.xlsx", 64)


def test_every_bad_cell_is_named_and_nothing_is_written(contract, hr) -> None:
    make_team(contract, 2)
    book = download(hr, contract)
    sheet = book[SHEET]
    sheet["C4"], sheet["D4"], sheet["E4"] = "白班", "=1+1", "08:00-20:00"
    sheet["B5"] = "别人"
    sheet["AK4"] = "08:00-20:00"
    told = problem(upload(hr, contract, book), 400)
    assert {error["field"] for error in told["errors"]} == {"C4", "D4", "B5", "AK4"}
    assert not Shift.objects.exists()


def test_what_the_service_refuses_is_named_by_its_cell(contract, hr) -> None:
    one, two = make_team(contract, 2)
    assignments.correct(two, ends_on=MARCH[9], end_reason="resignation")
    book = download(hr, contract)
    sheet = book[SHEET]
    sheet["C4"], sheet["D4"] = "20:00-08:00", "07:00-15:00"
    sheet["M5"] = "08:00-16:00"  # the 11th
    told = problem(upload(hr, contract, book), 400)
    assert {error["field"]: error["code"] for error in told["errors"]} == {"D4": "overlap", "M5": "not_assigned"}
    assert one.operator.name == sheet["B4"].value


def test_a_file_of_another_contract_or_kind_is_refused(contract, hr) -> None:
    make_team(contract, 1)
    book = download(hr, contract)
    book[SHEET]["B1"], book[SHEET]["C4"] = "X-1", "08:00-16:00"
    assert {e["field"] for e in problem(upload(hr, contract, book), 400)["errors"]} == {"B1"}
    assert "排班模板" in problem(upload(hr, contract, openpyxl.Workbook()), 400)["detail"]
    problem(upload(hr, contract, b"not a workbook"), 400)


def test_a_name_that_looks_like_a_formula_stays_text(contract, hr) -> None:
    make_assignment(contract, make_operator(contract.vendor, name="=1+1"))
    cell = download(hr, contract)[SHEET]["B4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_month_outside_the_term_has_no_template(contract, hr) -> None:
    address = f"/api/v1/contracts/{contract.pk}/rota/template.xlsx?month=2026-01"
    problem(hr.get(address), 400)
