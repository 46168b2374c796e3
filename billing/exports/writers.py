"""Writes a table as .xlsx or .csv: numbers as numbers, days as days, text as text.

No cell is ever a formula. A number of many digits (an invoice's) is text, because a spreadsheet
keeps fifteen of them and shows the rest as zeros.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from billing.exports.tables import DAY, MONEY, NUMBER, TEXT, Column, Table
from kit.files.spreadsheets import MEDIA_TYPE, clean, write_text

ROWS_MAX = 200_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins so is a formula (or hides one) to a spreadsheet."""
LONG_NUMBER = 12
WIDTHS = {TEXT: 24, MONEY: 18, DAY: 13, NUMBER: 9}
NUMBER_FORMATS = {MONEY: "#,##0.00", DAY: "yyyy-mm-dd"}


class TooManyRows(Exception):
    """The list is longer than a spreadsheet is good for."""


def write(table: Table, kind: str) -> bytes:
    """The table as a file of this kind ("xlsx", "csv"). Raises TooManyRows."""
    return FORMATS[kind].write(table)


def _rows(table: Table) -> Iterator[list[Any]]:
    """The rows, and last their sums; sums are added up here, exactly."""
    sums = {place: Decimal("0.00") for place, column in enumerate(table.columns) if column.summed}
    for number, row in enumerate(table.rows, start=1):
        if number > ROWS_MAX:
            raise TooManyRows
        values = [column.value(row) for column in table.columns]
        for place in sums:
            sums[place] += values[place] or 0
        yield values
    if sums:
        last: list[Any] = [sums.get(place) for place in range(len(table.columns))]
        last[0] = _("Total")
        yield last


def _csv(table: Table) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([str(column.title) for column in table.columns])
    for values in _rows(table):
        writer.writerow([_csv_cell(column, value) for column, value in zip(table.columns, values, strict=True)])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()  # without the mark Excel reads GBK


def _csv_cell(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | int):
        return str(value)
    text = str(value)
    if text.isdigit() and len(text) >= LONG_NUMBER:
        return f"{text}\t"  # the tab keeps a spreadsheet from rounding the number
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _xlsx(table: Table) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(str(table.title)[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[column.kind]
    heads = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet)
        write_text(cell, str(column.title))
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        heads.append(cell)
    sheet.append(heads)
    cells = [_Cells(sheet, column.kind) for column in table.columns]
    for values in _rows(table):
        sheet.append([cell.of(value) for cell, value in zip(cells, values, strict=True)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Cells:
    """The cells of one column, made once: a row is written before the next one fills them."""

    def __init__(self, sheet: Any, kind: str) -> None:
        self.text, self.quoted, self.other = (WriteOnlyCell(sheet) for _each in range(3))
        write_text(self.text, "x")
        write_text(self.quoted, "=")
        self.other.number_format = NUMBER_FORMATS.get(kind, "General")
        self.is_text = kind == TEXT

    def of(self, value: Any) -> Any:
        if value is None or value == "":
            return None
        if not (self.is_text or isinstance(value, str)):
            self.other.value = value
            return self.other
        text = clean(str(value))
        cell = self.quoted if text.startswith(DANGEROUS) else self.text
        cell.value = text
        cell.data_type = "s"
        return cell


class Format:
    """A kind of file: its writer and its media type."""

    def __init__(self, write: Callable[[Table], bytes], media_type: str) -> None:
        self.write, self.media_type = write, media_type


FORMATS: Mapping[str, Format] = {"xlsx": Format(_xlsx, MEDIA_TYPE), "csv": Format(_csv, "text/csv; charset=utf-8")}
