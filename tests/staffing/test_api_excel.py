"""A month of attendance as a workbook: downloaded, filled in, taken in, all or nothing."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.worksheet.worksheet import Worksheet

from kit.files import spreadsheets
from staffing.models import Attendance, AttendanceBatch, Leave
from staffing.services import assignments, leaves
from tests.api import client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_team, make_user
from tests.staffing.helpers import report
from tests.staffing.test_api_people import ALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-31"


@pytest.fixture
def hr(contract) -> Any:
    return client_of(make_user(party=contract.vendor, permissions=ALL))


def download(client: Any, contract: Any, month: str = "2025-03") -> openpyxl.Workbook:
    address = f"/api/v1/contracts/{contract.pk}/attendance/template.xlsx?month={month}"
    response = client.get(address, headers={"Accept": spreadsheets.MEDIA_TYPE})
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == spreadsheets.MEDIA_TYPE
    assert ".xlsx" in response["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(response.content))


def upload(client: Any, contract: Any, book: Any, **extra: Any) -> Any:
    if isinstance(book, openpyxl.Workbook):
        file = io.BytesIO()
        book.save(file)
        book = file.getvalue()
    return client.post(
        f"/api/v1/contracts/{contract.pk}/attendance/import",
        {"file": SimpleUploadedFile("三月.xlsx", book)},
        format="multipart",
        **extra,
    )


def fill(sheet: Worksheet, word: str = "在岗") -> None:
    for row in sheet.iter_rows(min_row=4, min_col=3):
        for cell in row:
            if not cell.protection.locked:
                cell.value = word


def test_the_template_has_a_row_a_person_and_a_column_a_day(contract, hr) -> None:
    team = make_team(contract, 2)
    assignments.correct(team[1], ends_on=date(2025, 3, 10), end_reason="resignation")
    book = download(hr, contract)
    sheet = book["考勤"]
    assert sheet["B1"].value == contract.number and sheet["D1"].value == "2025-03"
    assert [sheet.cell(3, column).value for column in (1, 2, 3, 33)] == ["工号", "姓名", "1日\n周六", "31日\n周一"]
    assert [sheet.cell(row, 1).value for row in (4, 5)] == [a.operator.employee_number for a in team]
    assert sheet.max_row == 5
    assert sheet.protection.sheet and sheet["A4"].protection.locked
    assert not sheet.cell(5, 12).protection.locked  # the 10th, the last day in post
    assert sheet.cell(5, 13).protection.locked
    offer = sheet.data_validations.dataValidation[0]
    assert offer.formula1 == '"在岗,休息,请假,病休,旷工"'
    assert "旷工" in [cell.value for cell in book["填写说明"]["A"]]


def test_the_template_holds_what_is_known(contract, hr, settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-20"
    assignment = make_assignment(contract)
    report(contract, assignment, date(2025, 3, 1), "DRSLA")
    leaves.enter(
        Leave(
            contract=contract,
            operator=assignment.operator,
            kind="sick",
            starts_on=date(2025, 3, 19),
            ends_on=date(2025, 3, 25),
            reported_at=datetime(2025, 3, 19, tzinfo=UTC),
        )
    )
    sheet = download(hr, contract)["考勤"]
    row = [sheet.cell(4, column).value for column in range(3, 34)]
    assert row[:5] == ["在岗", "休息", "病休", "请假", "旷工"]
    assert row[18:21] == ["病休", "病休", None]  # a day to come cannot be reported


def test_a_filled_template_is_taken_in_and_the_second_time_changes_nothing(contract, hr) -> None:
    make_team(contract, 3)
    book = download(hr, contract)
    fill(book["考勤"])
    answer = ok(upload(hr, contract, book))
    assert (answer["month"], answer["created"]) == ("2025-03", 93)
    batch = AttendanceBatch.objects.get()
    assert (batch.route, batch.file_name, len(batch.file_sha256)) == ("file", "三月.xlsx", 64)
    assert ok(upload(hr, contract, book))["unchanged"] == 93
    assert AttendanceBatch.objects.count() == 1


def test_an_empty_cell_leaves_what_was_reported(contract, hr) -> None:
    assignment = make_assignment(contract)
    report(contract, assignment, date(2025, 3, 1), "DDD")
    book = download(hr, contract)
    book["考勤"]["C4"].value = None
    book["考勤"]["D4"].value = "病休"
    answer = ok(upload(hr, contract, book))
    assert (answer["changed"], answer["unchanged"]) == (1, 1)
    assert Attendance.objects.get(day=date(2025, 3, 1)).status == "on_duty"


@pytest.mark.parametrize(
    "cell, value, named",
    [
        ("C5", "上班", "C5"),
        ("C5", "=B5", "C5"),
        ("C5", 3.5, "C5"),
        ("C5", True, "C5"),
        ("C5", date(2025, 3, 1), "C5"),
        ("A5", "nobody", "A5"),
        ("A5", None, "A5"),
        ("B5", "别人", "B5"),
        ("C3", "32日", "C3"),
        ("C3", "2日", "D3"),
        ("AI4", "在岗", "AI4"),
        ("B1", "另一合同", "B1"),
        ("D1", "三月", "D1"),
    ],
)
def test_what_is_wrong_is_named_by_its_cell_and_nothing_is_written(
    contract, hr, cell: str, value: Any, named: str
) -> None:
    make_team(contract, 2)
    book = download(hr, contract)
    fill(book["考勤"])
    book["考勤"][cell].value = value
    document = problem(upload(hr, contract, book), 400)
    assert [error["field"] for error in document["errors"]] == [named]
    assert document["errors"][0]["message"].startswith(f"{named}：")
    assert not Attendance.objects.exists()


def test_a_word_that_is_not_understood_is_told_the_words_that_are(contract, hr) -> None:
    make_team(contract, 1)
    book = download(hr, contract)
    book["考勤"]["C4"].value = "上班"
    message = problem(upload(hr, contract, book), 400)["errors"][0]["message"]
    assert "上班" in message and "在岗、休息、请假、病休、旷工" in message


def test_a_person_in_two_rows_is_refused(contract, hr) -> None:
    make_team(contract, 2)
    book = download(hr, contract)
    sheet = book["考勤"]
    sheet["A5"].value, sheet["B5"].value = sheet["A4"].value, sheet["B4"].value
    sheet["C4"].value = "在岗"
    document = problem(upload(hr, contract, book), 400)
    assert [error["field"] for error in document["errors"]] == ["A5"]


def test_a_number_that_excel_made_of_an_employee_number_is_understood(contract, hr) -> None:
    make_assignment(contract, make_operator(contract.vendor, employee_number="1001"))
    book = download(hr, contract)
    book["考勤"]["A4"].value = 1001
    book["考勤"]["C4"].value = " 在岗 "
    assert ok(upload(hr, contract, book))["created"] == 1


def test_what_the_service_refuses_is_named_by_cell_too(contract, hr, settings) -> None:
    settings.DEMONSTRATION_DAY = "2025-03-10"
    make_assignment(contract)
    book = download(hr, contract)
    book["考勤"]["C4"].value = "在岗"
    book["考勤"]["N4"].value = "在岗"  # the 12th
    document = problem(upload(hr, contract, book), 400)
    assert [error["field"] for error in document["errors"]] == ["N4"]
    assert document["errors"][0]["message"].startswith("N4：")
    assert not Attendance.objects.exists()


def test_a_name_that_begins_like_a_formula_stays_a_name(contract, hr) -> None:
    make_assignment(contract, make_operator(contract.vendor, name='=HYPERLINK("x")'))
    book = download(hr, contract)
    assert book["考勤"]["B4"].data_type == "s"
    book["考勤"]["C4"].value = "在岗"
    ok(upload(hr, contract, book))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04" + b"\0" * 100])
def test_a_file_that_is_no_workbook_is_refused(contract, hr, content: bytes) -> None:
    problem(upload(hr, contract, content), 400)


def test_another_workbook_is_refused(contract, hr) -> None:
    assert problem(upload(hr, contract, openpyxl.Workbook()), 400)["code"] == "bad_file"


def test_an_unfilled_template_is_refused(contract, hr) -> None:
    make_team(contract, 1)
    document = problem(upload(hr, contract, download(hr, contract)), 400)
    assert document["code"] == "bad_file"


def test_a_request_without_its_file_is_refused(contract, hr) -> None:
    address = f"/api/v1/contracts/{contract.pk}/attendance/import"
    problem(hr.post(address, {}, format="multipart"), 400)
    problem(hr.post(address, {"file": "text"}, format="multipart"), 400)
    problem(hr.post(address, {}, format="json"), 415)


def test_a_file_beyond_the_limit_is_refused(contract, hr, settings) -> None:
    problem(upload(hr, contract, b"x" * (spreadsheets.FILE_MAX_BYTES + 1)), 400)
    settings.UPLOAD_MAX_BYTES = 1000
    problem(upload(hr, contract, b"x" * 100_000), 413)


@pytest.mark.parametrize("query", ["", "?month=2025", "?month=2025-13", "?month=2030-01"])
def test_a_template_of_no_month_of_the_contract_is_refused(contract, hr, query: str) -> None:
    address = f"/api/v1/contracts/{contract.pk}/attendance/template.xlsx{query}"
    problem(hr.get(address), 400)
    problem(hr.get(address, headers={"Accept": spreadsheets.MEDIA_TYPE}), 400)


def test_a_workbook_sent_again_with_its_key_is_done_once(contract, hr) -> None:
    make_team(contract, 1)
    book = download(hr, contract)
    fill(book["考勤"])
    file = io.BytesIO()
    book.save(file)
    key = {"headers": {"Idempotency-Key": "file-1"}}
    ok(upload(hr, contract, file.getvalue(), **key))
    assert upload(hr, contract, file.getvalue(), **key)["Idempotent-Replay"] == "true"


def test_a_foreign_contract_has_no_template_and_takes_no_file(contract) -> None:
    stranger = client_of(make_user(party=make_contract(check_ids=()).vendor, permissions=ALL))
    address = f"/api/v1/contracts/{contract.pk}/attendance/template.xlsx?month=2025-03"
    problem(stranger.get(address), 404)
    problem(upload(stranger, contract, b"x"), 404)


def test_the_template_costs_the_same_queries_however_many_people(contract, hr, django_assert_max_num_queries) -> None:
    counts = []
    for size in (2, 8):
        make_team(contract, size)
        with django_assert_max_num_queries(20) as queries:
            download(hr, contract)
        counts.append(len(queries))
    assert counts[0] == counts[1]
