"""Workbooks from outside: hostile, broken, or simply not workbooks."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from kit.files import spreadsheets
from kit.files.spreadsheets import Computed, SpreadsheetError, read_sheet


def workbook(cells: dict[str, Any], title: str = "考勤") -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.title = title
    for name, value in cells.items():
        book.active[name] = value
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def archive(**parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file


def test_filled_cells_come_by_row_and_column() -> None:
    sheet = read_sheet(workbook({"A1": "甲", "C5": 3, "B7": ""}), "考勤")
    assert sheet.rows == {1: {1: "甲"}, 5: {3: 3}}
    assert sheet.at(5, 3) == 3 and sheet.at(99, 1) is None


def test_a_formula_comes_as_the_text_that_was_typed_and_is_known_as_one() -> None:
    read = read_sheet(workbook({"A1": "=1+1", "A2": "#REF!", "A3": "甲"}), "考勤")
    assert read.at(1, 1) == "=1+1"
    assert [isinstance(read.at(row, 1), Computed) for row in (1, 2, 3)] == [True, True, False]


def test_without_the_wanted_sheet_the_first_is_read() -> None:
    assert read_sheet(workbook({"A1": 1}, title="别的"), "考勤").title == "别的"


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "不是 .xlsx"),
        (b"PK\x03\x04", "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, ".xls"),
        (b"name,day\n", "不是 .xlsx"),
        (archive(word__document_xml=b"<a/>").getvalue(), "不是 .xlsx"),
        (archive(xl__workbook_xml=b"<a/>").getvalue(), "已损坏"),
        (workbook({"A1": 1}).getvalue()[:-200], "不是 .xlsx"),
        (b"x" * (spreadsheets.FILE_MAX_BYTES + 1), "MB"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(SpreadsheetError, match=words):
        read_sheet(io.BytesIO(content), "考勤")


def test_a_small_file_that_unpacks_to_hundreds_of_megabytes_is_not_unpacked() -> None:
    bomb = workbook({"A1": 1})
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/media/big", b"\0" * (spreadsheets.UNPACKED_MAX_BYTES + 1))
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(SpreadsheetError, match="解压"):
        read_sheet(bomb, "考勤")


def test_an_xml_bomb_inside_is_refused() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b
    "&a;&a;&a;&a;&a;&a;">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/
    main"><sheetData><row r="1"><c r="A1" t="str"><v>&b;</v></c></row></sheetData></worksheet>"""
    source, target = workbook({"A1": 1}), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part, bomb if sheet else old.read(part))
    with pytest.raises(SpreadsheetError, match="已损坏"):
        read_sheet(target, "考勤")


@pytest.mark.parametrize("cell", ["A5001", "BI1"])
def test_a_sheet_filled_beyond_its_bounds_is_refused(cell: str) -> None:
    with pytest.raises(SpreadsheetError, match="超出"):
        read_sheet(workbook({cell: 1}), "考勤")


def test_a_cell_at_the_far_end_costs_nothing() -> None:
    assert read_sheet(workbook({"A1": 1, "XFD1048576": 1}), "考勤").rows == {1: {1: 1}}


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "普通"])
def test_text_that_we_write_never_becomes_a_formula(text: str) -> None:
    book = openpyxl.Workbook()
    spreadsheets.write_text(book.active["A1"], text)
    file = io.BytesIO()
    book.save(file)
    cell = openpyxl.load_workbook(io.BytesIO(file.getvalue())).active["A1"]
    assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("value, text", [(1001.0, "1001"), (1.5, "1.5"), (" 甲 ", "甲"), (7, "7")])
def test_a_number_reads_as_a_person_sees_it(value: Any, text: str) -> None:
    assert spreadsheets.as_text(value) == text
