"""The list of people as a workbook: downloaded, filled in, taken in, all or nothing."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kit.files import spreadsheets
from staffing.models import Operator
from tests.api import client_of, ok, problem
from tests.factories import make_contract, make_operator, make_party, make_user, resident_id
from tests.staffing.test_api_people import ALL

pytestmark = pytest.mark.django_db
NEW = ["GH1", "王小明", resident_id(1), "", "13800000000", "2024-09-01", "大专", "是", "2024/8/1"]


@pytest.fixture
def vendor() -> Any:
    return make_contract(check_ids=()).vendor


@pytest.fixture
def hr(vendor) -> Any:
    return client_of(make_user(party=vendor, permissions=ALL))


def download(client: Any) -> openpyxl.Workbook:
    response = client.get("/api/v1/operators/template.xlsx", headers={"Accept": spreadsheets.MEDIA_TYPE})
    assert response.status_code == 200, response.content
    return openpyxl.load_workbook(io.BytesIO(response.content))


def upload(client: Any, book: openpyxl.Workbook, **fields: Any) -> Any:
    file = io.BytesIO()
    book.save(file)
    body = {"file": SimpleUploadedFile("人员.xlsx", file.getvalue()), **fields}
    return client.post("/api/v1/operators/import", body, format="multipart")


def filled(client: Any, *rows: list[Any], first: int = 2) -> openpyxl.Workbook:
    book = download(client)
    for number, row in enumerate(rows, start=first):
        for place, value in enumerate(row, start=1):
            book["话务人员"].cell(number, place).value = value or None
    return book


def test_the_list_holds_the_vendors_people_with_masked_numbers(vendor, hr) -> None:
    operator = make_operator(vendor, name="=甲", education="bachelor")
    make_operator(make_party())
    sheet = download(hr)["话务人员"]
    assert [cell.value for cell in sheet[1]] == [
        "工号*",
        "姓名*",
        "身份证号*",
        "性别",
        "电话",
        "入职日期*",
        "学历",
        "全日制统招",
        "无犯罪记录证明日期",
    ]
    row = [cell.value for cell in sheet[2]]
    assert row[0] == operator.employee_number and row[1] == "=甲"
    assert row[2] == operator.resident_id_masked and "*" in row[2]
    assert (row[5], row[6], row[7]) == ("2024-09-01", "本科", "否")
    assert sheet.cell(3, 1).value is None and sheet.cell(3, 3).number_format == "@"


def test_new_people_are_registered_and_the_second_time_nothing_changes(vendor, hr) -> None:
    book = filled(hr, NEW, ["GH2", "李四", resident_id(2), "", "", datetime(2024, 9, 1)])
    assert ok(upload(hr, book)) == {"created": 2, "changed": 0, "unchanged": 0}
    one = Operator.objects.get(employee_number="GH1")
    assert (one.vendor, one.resident_id) == (vendor, resident_id(1))
    assert (one.is_full_time_degree, one.education) == (True, "college")
    assert one.clean_record_proved_on == date(2024, 8, 1)
    assert ok(upload(hr, book)) == {"created": 0, "changed": 0, "unchanged": 2}
    assert ok(upload(hr, download(hr))) == {"created": 0, "changed": 0, "unchanged": 2}


def test_a_corrected_cell_corrects_the_person_and_leaves_history(hr) -> None:
    ok(upload(hr, filled(hr, NEW)))
    book = download(hr)
    book["话务人员"]["B2"].value = "王晓明"
    assert ok(upload(hr, book)) == {"created": 0, "changed": 1, "unchanged": 0}
    operator = Operator.objects.get()
    assert (operator.name, operator.resident_id) == ("王晓明", resident_id(1))
    assert operator.history.count() == 2


WRONG_ID = resident_id(2)[:-1] + ("1" if resident_id(2)[-1] == "0" else "0")


@pytest.mark.parametrize(
    "cell, value",
    [
        ("A3", None),
        ("A3", "GH1"),
        ("B3", None),
        ("B3", "长" * 50),
        ("C3", WRONG_ID),
        ("C3", resident_id(1)),
        ("C3", int(resident_id(2)[:17])),
        ("D3", "x"),
        ("E3", "call me"),
        ("F3", "去年"),
        ("F3", "2024-02-30"),
        ("G3", "小学"),
        ("H3", True),
        ("L3", "x"),
    ],
)
def test_what_is_wrong_is_named_by_its_cell_and_nobody_is_registered(hr, cell: str, value: Any) -> None:
    second: list[Any] = ["GH2", "李四", resident_id(2), "", "", "2024-09-01"]
    book = filled(hr, NEW, second)
    book["话务人员"][cell].value = value
    document = problem(upload(hr, book), 400)
    assert document["errors"][0]["field"] == cell
    assert document["detail"].startswith(f"{cell}：") and document["detail"].count(cell) == 1
    assert not Operator.objects.exists()


def test_another_workbook_and_an_empty_list_are_refused(hr) -> None:
    assert problem(upload(hr, openpyxl.Workbook()), 400)["code"] == "bad_file"
    assert problem(upload(hr, download(hr)), 400)["code"] == "bad_file"


def test_nobody_is_registered_for_another_vendor(hr) -> None:
    document = problem(upload(hr, filled(hr, NEW), vendor=make_party().pk), 400)
    assert document["errors"][0]["field"] == "vendor"
