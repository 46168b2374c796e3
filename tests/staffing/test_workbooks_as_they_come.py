"""Lists and months as people and programs really send them: taken right, or asked about by cell."""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kit.workbooks import columns
from staffing.models import Attendance, Operator
from staffing.numbers import bare, is_a_day, same_name, written
from staffing.rules.spans import parse
from tests.api import client_of, ok, problem
from tests.factories import make_assignment, make_contract, make_operator, make_user, resident_id
from tests.staffing.test_api_people import ALL

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "data" / "workbooks"


@pytest.fixture(autouse=True)
def today(settings: Any) -> None:
    settings.DEMONSTRATION_DAY = "2025-10-31"


@pytest.fixture
def contract() -> Any:
    return make_contract(check_ids=(), number="SMX-12345-2024")


@pytest.fixture
def hr(contract: Any) -> Any:
    return client_of(make_user(party=contract.vendor, permissions=ALL))


def send(client: Any, content: Path | bytes | openpyxl.Workbook, route: str = "operators") -> Any:
    if isinstance(content, openpyxl.Workbook):
        file = io.BytesIO()
        content.save(file)
        content = file.getvalue()
    elif isinstance(content, Path):
        content = content.read_bytes()
    body = {"file": SimpleUploadedFile("名单.xlsx", content)}
    return client.post(f"/api/v1/{route}/import", body, format="multipart")


def with_cells(name: str, **cells: Any) -> openpyxl.Workbook:
    """A kept file with some cells changed."""
    book = openpyxl.load_workbook(DATA / name)
    for cell, value in cells.items():
        book.active[cell].value = value
    return book


def faults(response: Any) -> dict[str, str]:
    return {error["field"]: error["message"] for error in problem(response, 400)["errors"]}


# --- People -----------------------------------------------------------------------------------


def test_a_masked_number_is_never_an_id_number(hr: Any) -> None:
    assert "完整" in faults(send(hr, DATA / "operators-masked-id-new-number.xlsx"))["C2"]
    for mask in ("999＊＊＊＊＊＊＊＊＊＊＊0029", "999xxxxxxxxxxx0029", "999●●●●●●●●●●●0029"):
        assert set(faults(send(hr, with_cells("operators-masked-id-new-number.xlsx", C2=mask)))) == {"C2"}
    assert not Operator.objects.exists()


def test_a_masked_number_must_be_that_persons(contract: Any, hr: Any) -> None:
    person = make_operator(contract.vendor, employee_number="HT901", name="测试甲")
    kept = {"C2": person.resident_id_masked, "D2": None, "E2": "10000009002"}
    assert ok(send(hr, with_cells("operators-masked-id-new-number.xlsx", **kept)))["changed"] == 1
    assert set(faults(send(hr, DATA / "operators-masked-id-new-number.xlsx"))) == {"C2"}


def test_a_number_never_passes_to_another_person(hr: Any) -> None:
    ok(send(hr, DATA / "operators-number-reused-1-first.xlsx"))
    found = faults(send(hr, DATA / "operators-number-reused-2-other-person.xlsx"))
    assert set(found) == {"A2"} and "姓名与身份证号均不" in found["A2"]
    one = Operator.objects.get()
    assert one.name == "测试甲"
    answer = hr.patch(f"/api/v1/operators/{one.pk}", {"name": "乙", "resident_id": resident_id(7)}, format="json")
    problem(answer, 400)
    # A mistyped name, or a mistyped ID number, is corrected.
    assert ok(send(hr, with_cells("operators-number-reused-1-first.xlsx", B2="测试甲甲")))["changed"] == 1
    again = with_cells("operators-number-reused-1-first.xlsx", B2="测试甲甲", C2="999001199505050041")
    assert ok(send(hr, again))["changed"] == 1


def test_zeros_that_excel_has_dropped_are_asked_about(contract: Any, hr: Any) -> None:
    ok(send(hr, DATA / "operators-zeros-1-text-0012.xlsx"))
    found = faults(send(hr, DATA / "operators-zeros-2-number-12.xlsx"))
    assert set(found) == {"A2"} and "0012" in found["A2"]
    assert set(faults(send(hr, with_cells("operators-zeros-2-number-12.xlsx", A2="012")))) == {"A2"}
    assert Operator.objects.count() == 1


@pytest.mark.parametrize("sent", ["ＶＸ９００１", "vx9001", " VX9001 ", "ｖx9001\u3000"])
def test_a_number_has_one_written_form(hr: Any, sent: str) -> None:
    assert ok(send(hr, with_cells("operators-fullwidth-number.xlsx", A2=sent)))["created"] == 1
    assert Operator.objects.get().employee_number == "VX9001"
    assert ok(send(hr, DATA / "operators-fullwidth-number.xlsx"))["unchanged"] == 1
    assert ok(hr.get("/api/v1/operators", {"employee_number": "vx9001"}))["count"] == 1


@pytest.mark.parametrize(
    "value",
    [
        datetime(2025, 1, 2),
        12.5,
        True,
        10**15,
        1.2345678901234567e18,
        "2025-01-02 00:00:00",
        "2025/1/2",
        "2025-01-02T00:00:00.000Z",
    ],
)
def test_what_excel_has_made_of_a_number_is_asked_about(hr: Any, value: Any) -> None:
    assert set(faults(send(hr, with_cells("operators-fullwidth-number.xlsx", A2=value)))) == {"A2"}


@pytest.mark.parametrize(
    "value",
    [
        datetime(2025, 8, 31, 16),
        datetime(2025, 8, 31, 23, 59, 17),
        "2025-08-31T16:00:00.000Z",
        "2025-09-01 08:00",
        45901,
        0.5,
        "25-09-01",
        "2025-09",
        "2025-W36-1",
        "2029-09-02",
        datetime(2029, 9, 2),
    ],
)
def test_a_day_that_is_not_plain_is_asked_about(hr: Any, value: Any) -> None:
    found = faults(send(hr, with_cells("operators-hired-2029.xlsx", F2=value)))
    assert set(found) == {"F2"}
    assert not Operator.objects.exists()


@pytest.mark.parametrize("name", ["operators-exceljs-local-date-16h", "operators-hired-2029"])
def test_the_kept_files_with_such_days_are_asked_about(hr: Any, name: str) -> None:
    found = faults(send(hr, DATA / f"{name}.xlsx"))
    assert set(found) == {"F2"}
    assert ("2025-08-31 16:00" if "exceljs" in name else "2029-09-02") in found["F2"]


@pytest.mark.parametrize(
    "value",
    [date(2025, 9, 1), "2025年9月1日", "２０２５／９／１", "2025.09.01", "20250901", 20250901, "2025-09-01 00:00:00"],
)
def test_a_plain_day_is_taken_however_it_is_written(hr: Any, value: Any) -> None:
    ok(send(hr, with_cells("operators-hired-2029.xlsx", F2=value)))
    assert Operator.objects.get().hired_on == date(2025, 9, 1)


def test_words_in_full_width_and_with_blanks_are_words(hr: Any) -> None:
    ok(
        send(
            hr,
            with_cells("operators-fullwidth-number.xlsx", D2="女\u3000", H2=" 是", E2="１００００００９００１", G2=" "),
        )
    )
    one = Operator.objects.get()
    assert (one.sex, one.is_full_time_degree, one.phone, one.education) == ("female", True, "10000009001", "")


def test_what_stands_outside_the_table_is_named(hr: Any) -> None:
    assert "备注" in faults(send(hr, DATA / "operators-extra-column-remark.xlsx"))["J2"]
    assert "BR2" in problem(send(hr, DATA / "operators-cell-in-column-BR-ignored.xlsx"), 400)["detail"]
    assert set(faults(send(hr, with_cells("operators-fullwidth-number.xlsx", L2="x")))) == {"L2"}
    assert ok(send(hr, with_cells("operators-fullwidth-number.xlsx", J1="备注")))["created"] == 1  # nothing is lost


def test_a_strict_book_says_how_to_save_it(hr: Any) -> None:
    detail = problem(send(hr, DATA / "operators-strict-ooxml.xlsx"), 400)["detail"]
    assert "Strict Open XML" in detail and "Excel 工作簿" in detail


def test_merged_cells_of_a_list_are_named(hr: Any) -> None:
    book = with_cells("operators-fullwidth-number.xlsx", A3="VX2", B3="乙")
    book.active.merge_cells("F2:F3")
    assert "F2:F3" in faults(send(hr, book))["F2"]


@pytest.mark.parametrize("name", ["xlsxwriter", "pandas", "exceljs-UTC", "exceljs-Shanghai"])
def test_a_list_that_another_program_has_made_is_taken(hr: Any, name: str) -> None:
    path = DATA / f"made-by-{name}.xlsx"
    assert ok(send(hr, path))["created"] == 1
    one = Operator.objects.get()
    assert (one.employee_number, one.hired_on) == ("VX9001", date(2025, 9, 1))
    assert one.clean_record_proved_on == date(2025, 8, 20)
    assert ok(send(hr, path))["unchanged"] == 1


@pytest.mark.parametrize(
    "name", ["made-by-sheetjs-UTC", "made-by-sheetjs-Shanghai", "exceljs-drops-format-31", "sheetjs-drops-format-31"]
)
def test_a_day_of_which_a_program_has_left_a_bare_number_is_asked_about(hr: Any, name: str) -> None:
    assert set(faults(send(hr, DATA / f"{name}.xlsx"))) == {"F2", "I2"}


# --- Months -----------------------------------------------------------------------------------


@pytest.fixture
def team(contract: Any) -> None:
    sheet = openpyxl.load_workbook(DATA / "attendance-merged-three-days.xlsx").worksheets[0]
    for number, name in list(sheet.iter_rows(min_row=4, max_col=2, values_only=True)):
        make_assignment(contract, make_operator(contract.vendor, employee_number=number, name=name))


def test_one_cell_over_several_days_is_named_by_its_range(contract: Any, hr: Any, team: None) -> None:
    route = f"contracts/{contract.pk}/attendance"
    found = faults(send(hr, DATA / "attendance-merged-three-days.xlsx", route))
    assert set(found) == {"E5"} and "E5:G5" in found["E5"]
    found = faults(send(hr, DATA / "attendance-september-sheet-sent-as-june.xlsx", route))
    assert set(found) == {"C3"} and "2025-06" in found["C3"]
    assert not Attendance.objects.exists()
    book = openpyxl.load_workbook(DATA / "attendance-merged-three-days.xlsx")
    sheet = book.worksheets[0]
    sheet.unmerge_cells("E5:G5")
    sheet["F5"], sheet["G5"], sheet["A5"], sheet["H1"] = "请假\u3000", " ", "ｈｔ００２", "周五调休"
    assert set(faults(send(hr, book, route))) == {"H1"}
    sheet["H1"], sheet["D1"] = None, datetime(2025, 9, 1)
    words = [value for cells in sheet.iter_rows(min_row=4, min_col=3, values_only=True) for value in cells if value]
    assert ok(send(hr, book, route))["created"] == len(words) - 1  # G5 is a blank: not reported


# --- Without a file ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("08:00－20:00", (480, 1200)),
        ("０８：００－２０：００", (480, 1200)),
        ("8:00—20:00", (480, 1200)),
        ("08:00——20:00", (480, 1200)),
        ("08:00 至 20:00", (480, 1200)),
        ("20:00-次日08:00", (1200, 1920)),
        ("20:00-翌日 08:00", (1200, 1920)),
        ("20:00-08:00", (1200, 1920)),
        ("00:00-24:00", (0, 1440)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, minutes: tuple[int, int]) -> None:
    span = parse(text)
    assert (span.start, span.end) == minutes


@pytest.mark.parametrize("text", ["08:00-次日20:00", "08:00", "8-20", "08:00次日20:00", "25:00-26:00"])
def test_hours_that_say_no_shift_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_the_forms_of_a_number_and_of_a_name() -> None:
    assert written(" ｇｈ０1 ") == "GH01"
    assert (bare("0012"), bare("12"), bare("000"), bare("GH012")) == ("12", "12", "0", "GH012")
    assert not any(map(is_a_day, ("2025-01", "20250102", "1001-01-02", "GH2025-01-02", "2025-01-021", "2025-01/02")))
    assert same_name("李 四", "李四\u3000") and not same_name("李四", "李思")


@pytest.mark.parametrize("value", [datetime(2025, 9, 1), datetime(2025, 9, 1).time(), True])
def test_a_text_that_excel_has_changed_is_no_text(value: Any) -> None:
    with pytest.raises(ValueError):
        columns.text(value)
