"""One request cannot keep a process: what is too much is told before it is looked at."""

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from contract.admin.base import BoundedFormsMixin
from contract.roles import STAFF, VENDOR
from kit.api.parsers import VALUES_MAX
from kit.api.problems import ERRORS_TOLD
from kit.api.throttling import WriteThrottle
from kit.files.spreadsheets import CELLS_MAX, SpreadsheetError, read_sheet
from staffing.api.attendance import AttendanceRowSerializer
from staffing.services.attendance import ROWS_AT_MOST
from tests.api import V1, client_of, ok, problem
from tests.factories import make_contract, make_roles
from tests.test_permissions import member

# --- Lists in a body ------------------------------------------------------------------------------


@pytest.fixture
def contract(db: None) -> Any:
    cache.clear()
    make_roles()
    return make_contract(check_ids=())


def attendance(contract: Any, rows: list[Any]) -> Any:
    client = client_of(member(VENDOR, contract.vendor))
    return client.put(f"{V1}/contracts/{contract.pk}/attendance/2025-03", {"rows": rows}, format="json")


def test_rows_are_counted_before_the_first_is_looked_at(contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AttendanceRowSerializer, "run_validation", lambda *args: pytest.fail("a row was looked at"))
    answer = problem(attendance(contract, [{"a": 1}] * (ROWS_AT_MOST + 1)), 400)
    assert answer["errors"][0]["field"] == "rows" and f"{ROWS_AT_MOST + 1} 行" in answer["detail"]


def test_of_very_many_errors_the_first_are_told_and_how_many_more_there_are(contract: Any) -> None:
    told = problem(attendance(contract, [{"a": 1}] * (ERRORS_TOLD + 50)), 400)
    assert len(told["errors"]) == ERRORS_TOLD and told["errors_left_out"] == 50
    assert f"{ERRORS_TOLD + 50}" in told["detail"]
    exact = problem(attendance(contract, [{"a": 1}] * ERRORS_TOLD), 400)
    assert len(exact["errors"]) == ERRORS_TOLD and "errors_left_out" not in exact


@pytest.mark.parametrize("count, status", [(VALUES_MAX - 1, 400), (VALUES_MAX, 413)])
def test_values_are_counted_before_they_are_made(contract: Any, count: int, status: int) -> None:
    body = '{"rows": [' + ",".join("1" for _ in range(count)) + "]}"
    client = client_of(member(VENDOR, contract.vendor))
    url = f"{V1}/contracts/{contract.pk}/attendance/2025-03"
    problem(client.put(url, body, content_type="application/json"), status)


def test_members_that_nobody_knows_are_told_up_to_a_number(contract: Any) -> None:
    told = problem(attendance(contract, [{f"k{n}": 1 for n in range(5_000)}]), 400)
    assert len(told["errors"]) == 20


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e308", "1.5", "9" * 40])
def test_a_key_that_is_none_is_an_error_of_its_field(contract: Any, number: str) -> None:
    client = client_of(member(VENDOR, contract.vendor))
    body = f'{{"contract": {number}}}'
    answer = problem(client.post(f"{V1}/consents", body, content_type="application/json"), 400)
    assert "contract" in {error["field"] for error in answer["errors"]}, json.dumps(answer)


# --- How often ------------------------------------------------------------------------------------


def test_writes_are_counted_for_each_person_and_reading_is_not(contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WriteThrottle, "THROTTLE_RATES", {"writes": "2/min"})
    one, other = (client_of(member(VENDOR, contract.vendor)) for _ in range(2))
    for _ in range(2):
        problem(one.post(f"{V1}/consents", {}, format="json"), 400)
    refused = one.post(f"{V1}/consents", {}, format="json")
    problem(refused, 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    ok(one.get(f"{V1}/consents"))
    problem(other.post(f"{V1}/consents", {}, format="json"), 400)


def test_counters_that_are_away_stop_nobody(contract: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise RedisAway("Connection refused")

    monkeypatch.setattr(WriteThrottle, "THROTTLE_RATES", {"writes": "2/min"})
    monkeypatch.setattr(WriteThrottle.cache, "get", away)
    for _ in range(4):
        problem(client_of(member(VENDOR, contract.vendor)).post(f"{V1}/consents", {}, format="json"), 400)


# --- Workbooks ------------------------------------------------------------------------------------

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def workbook(rows: int, columns: int) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in range(rows):
        book.active.append([f"{row}-{column}" for column in range(columns)])
    file = io.BytesIO()
    book.save(file)
    return file


def with_sheet(xml: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(workbook(2, 2)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, xml if sheet else old.read(part))
    return made


@pytest.mark.parametrize(
    "xml",
    [
        HEAD + b"<row>" + b"<c/>" * 5_000_000 + b"</row>" + TAIL,
        HEAD + b"<row/>" * 3_000_000 + TAIL,
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row>'
        + b"<x:c/>" * 1_000_000
        + b"</x:row></x:sheetData></x:worksheet>",
    ],
    ids=["cells of one row", "empty rows", "under another prefix"],
)
def test_a_small_file_of_very_many_cells_is_refused_before_it_is_read(
    xml: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = with_sheet(xml)
    assert len(file.getvalue()) < 40_000
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *args, **kwargs: pytest.fail("it was read"))
    with pytest.raises(SpreadsheetError, match="单元格超出可接收数量"):
        read_sheet(file, "x")


def test_a_month_of_six_hundred_people_is_taken_in() -> None:
    file = workbook(600, 33)
    assert len(read_sheet(file, "x").rows) == 600 and CELLS_MAX > 600 * 33


def test_the_heading_is_judged_before_the_rows_below_it() -> None:
    def refuse(sheet: Any) -> None:
        assert list(sheet.rows) == [1]
        raise SpreadsheetError("another list")

    with pytest.raises(SpreadsheetError, match="another list"):
        read_sheet(workbook(9, 2), "x", head_row=1, check_head=refuse)


# --- Rows below a form of the pages ---------------------------------------------------------------


@pytest.mark.parametrize("extra, refused", [(0, False), (1, True), (99_000, True)])
def test_a_page_makes_as_many_rows_as_there_are_and_some_more(contract: Any, extra: int, refused: bool) -> None:
    client = Client()
    client.force_login(staff(contract))
    there, most = contract.term_rows.count(), BoundedFormsMixin.ADDED_AT_ONCE
    data = {
        f"{prefix}-{name}": value
        for prefix, forms in (("term_rows", there), ("policy_rows", 0), ("clauses", 0))
        for name, value in (("TOTAL_FORMS", forms + most + extra), ("INITIAL_FORMS", forms))
    }
    page = client.post(reverse("admin:contract_contract_change", args=[contract.pk]), data)
    assert page.status_code == 200
    formsets = [one.formset for one in page.context["inline_admin_formsets"]]
    assert {len(one.forms) for one in formsets} <= {there + most, most}
    assert all(("最多" in str(one.non_form_errors())) == refused for one in formsets)


def staff(contract: Any) -> Any:
    person = member(STAFF, contract.office)
    person.is_staff = True
    person.save()
    return person
