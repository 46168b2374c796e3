"""A vendor's list of people as a workbook: to read, to fill in, to take in again."""

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from contract.errors import RowErrors
from contract.problems import Problem
from contract.spreadsheets import SpreadsheetError, as_text, read_sheet, write_text
from staffing.choices import Education, Sex
from staffing.excel import style
from staffing.excel.style import Faults
from staffing.models import Operator

SHEET = "话务人员"
HEADER_ROW, FIRST_ROW = 1, 2
# Rows beyond the known people that are ready to be filled in.
SPARE_ROWS = 100
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")

# The words of the file itself: they are read back, so they are the same in every language.
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE}
DEGREES = {
    "高中及以下": Education.SECONDARY,
    "大专": Education.COLLEGE,
    "本科": Education.BACHELOR,
    "硕士及以上": Education.MASTER,
}
ANSWERS = {"是": True, "否": False}


def _word(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        text = as_text(value)
        if text not in words:
            raise ValueError(
                _("“%(word)s” is not understood; fill in one of: %(words)s.")
                % {"word": text[:20], "words": "、".join(words)}
            )
        return words[text]

    return read


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DATE.fullmatch(as_text(value))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(as_text(value))
    except ValueError:
        raise ValueError(
            _("“%(text)s” is no date. Write it as 2024-09-01.") % {"text": as_text(value)[:20]}
        ) from None


def _resident_id(value: Any) -> str | None:
    """The number; None for the masked one of the list, which changes nothing."""
    if isinstance(value, int | float):
        raise ValueError(
            _("Excel has turned the number into a figure and lost its last digits. Format the "
              "cell as text and type the number again.")
        )  # fmt: skip
    text = as_text(value).upper()
    return None if "*" in text else text


@dataclass(frozen=True)
class Column:
    """A column: its heading, the field, how a value is written and how it is read."""

    title: str
    field: str
    read: Callable[[Any], Any] = as_text
    words: Mapping[str, Any] | None = None
    required: bool = False
    width: int = 14

    def text(self, person: Operator) -> str:
        value = person.resident_id_masked if self.field == "resident_id" else self._value(person)
        if self.words is not None:
            return next((word for word, meaning in self.words.items() if meaning == value), "")
        return "" if value is None else str(value)

    def _value(self, person: Operator) -> Any:
        return getattr(person, self.field)


COLUMNS = (
    Column("工号", "employee_number", required=True, width=12),
    Column("姓名", "name", required=True),
    Column("身份证号", "resident_id", _resident_id, required=True, width=22),
    Column("性别", "sex", _word(SEXES), SEXES, width=8),
    Column("电话", "phone", width=16),
    Column("入职日期", "hired_on", _day, required=True),
    Column("学历", "education", _word(DEGREES), DEGREES),
    Column("全日制统招", "is_full_time_degree", _word(ANSWERS), ANSWERS, width=12),
    Column("无犯罪记录证明日期", "clean_record_proved_on", _day, width=20),
)
PLACES = {column.field: place for place, column in enumerate(COLUMNS, start=1)}


def template(people: Iterable[Operator]) -> bytes:
    """The people as a workbook with room for new ones. ID numbers are masked."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    for place, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(HEADER_ROW, place, column.title + ("*" if column.required else ""))
        style.head(cell)
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    row = HEADER_ROW
    for row, person in enumerate(people, start=FIRST_ROW):
        for place, column in enumerate(COLUMNS, start=1):
            write_text(sheet.cell(row, place), column.text(person))
    last = row + SPARE_ROWS
    for spare in range(row + 1, last + 1):
        for place in range(1, len(COLUMNS) + 1):
            sheet.cell(spare, place).number_format = "@"  # Excel keeps 18 digits as text only
    for place, column in enumerate(COLUMNS, start=1):
        if column.words is not None:
            letter = get_column_letter(place)
            offer = DataValidation(
                type="list", formula1=f'"{",".join(column.words)}"', allow_blank=True,
                showErrorMessage=True, errorTitle="填写有误",
                error=f"请填写：{'、'.join(column.words)}",
            )  # fmt: skip
            offer.add(f"{letter}{FIRST_ROW}:{letter}{last}")
            sheet.add_data_validation(offer)
    sheet.freeze_panes = "C2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@dataclass(frozen=True)
class Roster:
    """What a filled workbook says: fields for the service, and the row each stands in."""

    rows: list[dict[str, Any]]
    numbers: list[int]


def read(file: IO[bytes]) -> Roster:
    """The people of a workbook; SpreadsheetError, or Problem (400) with every cell at fault."""
    sheet = read_sheet(file, SHEET)
    for place, column in enumerate(COLUMNS, start=1):
        if as_text(sheet.at(HEADER_ROW, place) or "").rstrip("*") != column.title:
            raise SpreadsheetError(
                _("This is not the list of people: cell %(cell)s should read “%(text)s”.")
                % {"cell": f"{get_column_letter(place)}{HEADER_ROW}", "text": column.title}
            )
    faults = Faults()
    roster, seen = Roster([], []), dict[str, int]()
    for number, cells in sorted(sheet.rows.items()):
        if number < FIRST_ROW:
            continue
        row = _row(number, cells, faults)
        key = str(row.get("employee_number", ""))
        if key and seen.setdefault(key, number) != number:
            message = _("This person stands in row %(row)d already.") % {"row": seen[key]}
            faults.at(number, PLACES["employee_number"], message)
        roster.rows.append(row)
        roster.numbers.append(number)
    if faults:
        raise Problem(400, "bad_cells", errors=faults)
    if not roster.rows:
        raise SpreadsheetError(_("No cell of the sheet is filled in."))
    return roster


def by_cell(error: RowErrors, roster: Roster) -> Problem:
    """The service's errors by row and field, as errors by cell."""
    faults = Faults()
    for row in error.errors:
        faults.at(roster.numbers[row.index], PLACES.get(row.field, 1), str(row.message), row.code)
    return Problem(400, "bad_cells", errors=faults)


def _row(number: int, cells: Mapping[int, Any], faults: Faults) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for place, column in enumerate(COLUMNS, start=1):
        value = cells.get(place)
        if value is None or as_text(value) == "":
            if column.required:
                message = _("“%(column)s” is missing.") % {"column": column.title}
                faults.at(number, place, message)
            continue
        try:
            read_value = column.read(value)
        except ValueError as error:
            faults.at(number, place, str(error))
            continue
        if read_value is not None:
            row[column.field] = read_value
    if beyond := [place for place in cells if place > len(COLUMNS)]:
        faults.at(number, beyond[0], _("This column has no heading."))
    return row
