"""Lists and months that other programs have written (tests/data/workbooks/README.md): one answer for a kind."""

import re
from datetime import date
from typing import Any

import pytest

from staffing.models import Attendance, Operator
from tests.api import ok, problem
from tests.staffing.test_workbooks_as_they_come import DATA, contract, faults, hr, send, team, today, with_cells

__all__ = ["contract", "hr", "team", "today"]  # fixtures
pytestmark = pytest.mark.django_db

# Each file: the cells that are asked about, with a word of the question.
ASKED = {
    "exceljs-masked-id": {"C2": "完整"},
    "xlsxwriter-masked-id": {"C2": "完整"},
    "libreoffice-masked-id-new-number": {"C2": "完整"},
    "exceljs-local-day": {"F2": "2025-08-31 16:00"},
    "xlsxwriter-day-with-a-time-shown-as-a-day": {"F2": "2025-08-31 23:59:17"},
    "sheetjs-local-day-as-number": {"F2": "2025-09-01 00:00:43"},
    "libreoffice-exceljs-local-date-16h": {"F2": "2025-08-31 16:00"},
    "pandas-hired-2029": {"F2": "2029-09-02"},
    "libreoffice-hired-2029": {"F2": "2029-09-02"},
    "pandas-extra-column": {"J2": "备注"},
    "libreoffice-extra-column-remark": {"J2": "备注"},
    "exceljs-merged-hire-day": {"F2": "F2:F3", "F3": "入职日期"},
    "xlsxwriter-merged-hire-day": {"F2": "F2:F3"},
    "exceljs-number-of-16-digits": {"A2": "文本"},
    "exceljs-formula-day": {"F2": "公式"},
    "pandas-missing-values": {"F3": "入职日期"},
}
# Each file that is refused as a whole: a word of the refusal.
REFUSED = {
    "sheetjs-cell-in-column-BR": "BR2",
    "libreoffice-cell-in-column-BR-ignored": "BR2",
    "xlsxwriter-cell-in-row-6001": "B6001",
    "xlsxwriter-filtered-row": "3",
    "exceljs-hidden-column": "F",
    "exceljs-hidden-sheet": "隐藏",
}
# Each file that is taken, and the number of its person.
TAKEN = {
    "libreoffice-fullwidth-number": "VX9001",
    "libreoffice-strict-ooxml": "VX0633",
    "xlsxwriter-counted-from-1904": "VX9001",
    "pandas-day-by-xlsxwriter": "VX9001",
    "sheetjs-local-day": "VX9001",
    "exceljs-rich-text-number": "VX9001",
}


def test_an_index_that_pandas_writes_is_no_number(hr: Any) -> None:
    book = with_cells("operators-fullwidth-number.xlsx")
    book.active.insert_cols(1)
    book.active["A2"] = 0
    assert "A1" in problem(send(hr, book), 400)["detail"]


@pytest.mark.parametrize("name", ASKED)
def test_a_cell_is_asked_about_whoever_wrote_it(hr: Any, name: str) -> None:
    found = faults(send(hr, DATA / f"{name}.xlsx"))
    assert set(found) == set(ASKED[name])
    assert all(ASKED[name][cell] in message for cell, message in found.items()), found
    assert not Operator.objects.exists()


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_sees_is_named_whoever_wrote_it(hr: Any, name: str) -> None:
    assert REFUSED[name] in problem(send(hr, DATA / f"{name}.xlsx"), 400)["detail"]
    assert not Operator.objects.exists()


@pytest.mark.parametrize("name", TAKEN)
def test_a_plain_list_is_taken_whoever_wrote_it(hr: Any, name: str) -> None:
    assert ok(send(hr, DATA / f"{name}.xlsx"))["created"] == 1
    one = Operator.objects.get()
    assert (one.employee_number, one.hired_on) == (TAKEN[name], date(2025, 9, 1))
    assert ok(send(hr, DATA / f"{name}.xlsx"))["unchanged"] == 1


@pytest.mark.parametrize(
    "name", ["libreoffice-zeros-2-number-12", "pandas-zeros-read-as-numbers", "sheetjs-zeros-dropped"]
)
def test_zeros_that_a_program_has_dropped_are_asked_about(hr: Any, name: str) -> None:
    ok(send(hr, DATA / "operators-zeros-1-text-0012.xlsx"))
    found = faults(send(hr, DATA / f"{name}.xlsx"))
    assert set(found) == {"A2"} and "0012" in found["A2"]
    assert Operator.objects.count() == 1


def test_a_number_passes_to_nobody_else_through_libreoffice_either(hr: Any) -> None:
    ok(send(hr, DATA / "operators-number-reused-1-first.xlsx"))
    found = faults(send(hr, DATA / "libreoffice-number-reused-2-other-person.xlsx"))
    assert set(found) == {"A2"} and "姓名与身份证号均不" in found["A2"]
    assert Operator.objects.get().name == "测试甲"


def test_months_from_libreoffice_are_asked_about_like_those_from_excel(contract: Any, hr: Any, team: None) -> None:
    route = f"contracts/{contract.pk}/attendance"
    found = faults(send(hr, DATA / "libreoffice-attendance-merged-three-days.xlsx", route))
    assert set(found) == {"E5"} and "E5:G5" in found["E5"]
    found = faults(send(hr, DATA / "libreoffice-attendance-september-sheet-sent-as-june.xlsx", route))
    assert set(found) == {"C3"} and "2025-06" in found["C3"]
    assert not Attendance.objects.exists()


def test_every_row_of_the_formats_names_its_test() -> None:
    root = DATA.parents[2]
    rows = [line for line in (root / "docs" / "formats.md").read_text().splitlines() if line.startswith("| ")]
    named = {row: re.fullmatch(r".*\| `(tests/\S+\.py)` \|", row) for row in rows if not row.endswith("| Test |")}
    assert len(named) > 40
    assert not [row for row, found in named.items() if not found or not (root / found[1]).exists()]


def test_every_kept_file_has_a_word_about_its_maker() -> None:
    words = (DATA / "README.md").read_text()
    assert not [path.stem for path in DATA.glob("*.xlsx") if f"`{path.stem}`" not in words]
