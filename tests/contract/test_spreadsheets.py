"""Workbooks from outside: hostile, broken, or simply not workbooks."""

import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

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
        (archive(xl__workbook_xml=b"<a/>").getvalue(), "不是 .xlsx"),
        (archive(xl__workbook__bin=b"x").getvalue(), "不是 .xlsx"),
        (archive(**{"xl/workbook.bin": b"x"}).getvalue(), "xlsb"),
        (archive(**{"content.xml": b"<a/>"}).getvalue(), "ods"),
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


@pytest.mark.parametrize("cell", ["A5001", "BI1", "BR2", "XFD1048576"])
def test_a_cell_out_of_sight_of_the_table_is_named(cell: str) -> None:
    with pytest.raises(SpreadsheetError, match=f"单元格 {cell} "):
        read_sheet(workbook({"A1": 1, cell: 1}), "考勤")


def test_a_far_cell_of_blanks_or_of_a_format_alone_says_nothing() -> None:
    assert read_sheet(workbook({"A1": 1, "XFD1048576": " "}), "考勤").rows == {1: {1: 1}}


def changed(book: io.BytesIO, *replaced: tuple[str, bytes, bytes]) -> io.BytesIO:
    """The book with text replaced in its parts, and parts renamed where no text is given."""
    target = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            for name, before, after in replaced:
                if part.filename == name:
                    assert before in content
                    content = content.replace(before, after)
            new.writestr(part.filename, content)
    target.seek(0)
    return target


def test_the_workbooks_part_may_have_any_name() -> None:
    source, target = workbook({"A1": "甲"}), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"xl/workbook.xml", b"xl/workbook2.xml")
            new.writestr(
                name.replace("xl/workbook.xml", "xl/workbook2.xml").replace("workbook.xml.rels", "workbook2.xml.rels"),
                content,
            )
    assert read_sheet(target, "考勤").at(1, 1) == "甲"


def test_a_strict_book_is_told_how_to_be_saved() -> None:
    plain, strict = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    book = changed(workbook({"A1": "甲"}), ("xl/workbook.xml", plain, strict))
    with pytest.raises(SpreadsheetError, match=r"Strict Open XML.*Excel 工作簿"):
        read_sheet(book, "考勤")


@pytest.mark.parametrize("number", [27, 31, 36, 50, 57, 58])
def test_a_number_in_an_east_asian_date_format_is_the_date_that_is_seen(number: int) -> None:
    made = openpyxl.Workbook()
    made.active["A1"] = 45078
    made.active["A1"].number_format = "0.000"
    file = io.BytesIO()
    made.save(file)
    book = changed(file, ("xl/styles.xml", b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % number))
    assert read_sheet(book, "考勤").at(1, 1) == datetime(2023, 6, 1)


def test_the_date_of_a_book_that_counts_from_1904_is_the_one_that_is_seen() -> None:
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.active["A1"] = datetime(2025, 9, 1)
    file = io.BytesIO()
    made.save(file)
    assert read_sheet(file, "考勤").at(1, 1) == datetime(2025, 9, 1)


def test_a_percentage_is_read_as_it_is_seen() -> None:
    made = openpyxl.Workbook()
    made.active["A1"] = 0.95
    made.active["A1"].number_format = "0%"
    file = io.BytesIO()
    made.save(file)
    assert read_sheet(file, "考勤").at(1, 1) == "95%"


def test_a_line_break_as_excel_escapes_it_is_a_line_break() -> None:
    assert read_sheet(workbook({"A1": "1日_x000D_\n周一"}), "考勤").at(1, 1) == "1日\r\n周一"


def test_a_hidden_sheet_never_beats_a_visible_one() -> None:
    made = openpyxl.Workbook()
    made.active.title = "旧"
    made.active.sheet_state = "hidden"
    made.create_sheet("新")["A1"] = "看得见"
    file = io.BytesIO()
    made.save(file)
    assert read_sheet(file, "考勤").at(1, 1) == "看得见"
    made["旧"].title = "考勤"
    file = io.BytesIO()
    made.save(file)
    with pytest.raises(SpreadsheetError, match="“考勤”已隐藏"):
        read_sheet(file, "考勤")


def test_a_copy_of_the_sheet_beside_it_is_asked_about() -> None:
    made = openpyxl.Workbook()
    made.active.title = "考勤"
    made.copy_worksheet(made.active).title = "考勤 (2)"
    file = io.BytesIO()
    made.save(file)
    with pytest.raises(SpreadsheetError, match="考勤、考勤 \\(2\\)"):
        read_sheet(file, "考勤")


def test_hidden_rows_and_columns_are_named_where_they_hold_something() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A3"], made.active["D1"] = "甲", "乙", "丙"
    for row in (2, 3):
        made.active.row_dimensions[row].hidden = True
    for column in "CD":
        made.active.column_dimensions[column].hidden = True
    file = io.BytesIO()
    made.save(file)
    with pytest.raises(SpreadsheetError, match="：3、D。"):
        read_sheet(file, "考勤")


def test_merged_ranges_come_with_their_first_cell() -> None:
    made = openpyxl.Workbook()
    made.active["C5"] = "请假"
    made.active.merge_cells("C5:E5")
    made.active.merge_cells("A1:C1")
    file = io.BytesIO()
    made.save(file)
    assert read_sheet(file, "考勤").merged_from(2) == [(5, 3, "C5:E5")]


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
