"""A month of a team as a sheet: one row a person, one column a day. Out, and in again."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from contract.models import Contract
from kit.api.problems import Problem
from kit.errors import RowErrors
from kit.files.spreadsheets import Sheet, SpreadsheetError, as_text, fold, name_of, read_sheet, write_text
from kit.workbooks.lists import refuse_merged
from staffing.api.base import month_span
from staffing.models import Operator
from staffing.numbers import Numbers, same_name
from staffing.numbers import read as read_number
from staffing.rules.presence import Span
from staffing.workbooks import style
from staffing.workbooks.style import Faults

Place = tuple[int, int]
Row = TypeVar("Row")  # of the service that takes the rows in
CONTRACT_CELL, MONTH_CELL = (1, 2), (1, 4)
HEADER_ROW, FIRST_ROW, FIRST_DAY_COLUMN = 3, 4, 3
NUMBER, NAME = 1, 2
WEEKDAYS = "一二三四五六日"
_DAY = re.compile(r"([0-9]{1,2})日(?:\s*周([一二三四五六日]))?")


# --- Out --------------------------------------------------------------------------------------


def write_head(sheet: Any, contract: Contract, first: date, days: list[date], hint: str, width: int = 6) -> None:
    """The heading of the sheet: contract, month, what to fill in, and the days."""
    sheet.cell(1, 1, "合同编号").font = style.BOLD
    write_text(sheet.cell(*CONTRACT_CELL), contract.number)
    sheet.cell(1, 3, "月份").font = style.BOLD
    write_text(sheet.cell(*MONTH_CELL), f"{first:%Y-%m}")
    sheet.merge_cells(start_row=1, start_column=4, end_row=1, end_column=6)
    sheet.cell(2, 1, hint)
    sheet.cell(HEADER_ROW, NUMBER, "工号")
    sheet.cell(HEADER_ROW, NAME, "姓名")
    for column, day in enumerate(days, start=FIRST_DAY_COLUMN):
        sheet.cell(HEADER_ROW, column, f"{day.day}日\n周{WEEKDAYS[day.weekday()]}")
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in sheet[HEADER_ROW]:
        weekend = str(cell.value)[-1] in "六日" and "周" in str(cell.value)
        style.head(cell, style.WEEKEND if weekend else style.HEAD)
    sheet.row_dimensions[HEADER_ROW].height = 32
    sheet.column_dimensions["A"].width = 12
    sheet.column_dimensions["B"].width = 14
    sheet.freeze_panes = sheet.cell(FIRST_ROW, FIRST_DAY_COLUMN)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEADER_ROW}"


def write_people(
    sheet: Any, people: Iterable[Operator], days: list[date], spans: Mapping[int, list[Span]]
) -> Iterator[tuple[Operator, date, Any]]:
    """The rows of the people; yields each cell of a day on which the person is assigned."""
    for row, person in enumerate(people, start=FIRST_ROW):
        write_text(sheet.cell(row, NUMBER), person.employee_number)
        write_text(sheet.cell(row, NAME), person.name)
        for column, day in enumerate(days, start=FIRST_DAY_COLUMN):
            cell = sheet.cell(row, column)
            cell.border, cell.alignment = style.BORDER, style.CENTRE
            if any(span.first <= day <= span.last for span in spans[person.pk]):
                cell.protection = style.OPEN
                yield person, day, cell
            else:
                cell.fill = style.CLOSED


def day_cells(days: list[date], last_row: int) -> str:
    """The cells of all people and days, as Excel names them: "C4:AG48"."""
    last_column = get_column_letter(FIRST_DAY_COLUMN + len(days) - 1)
    return f"C{FIRST_ROW}:{last_column}{max(last_row, FIRST_ROW)}"


def write_legend(sheet: Any, head: tuple[str, str], meanings: Mapping[str, str], notes: Iterable[str]) -> None:
    """What may be filled in, and how."""
    sheet.append(list(head))
    for word, meaning in meanings.items():
        sheet.append([word, meaning])
    sheet.append([])
    for note in notes:
        sheet.append([note])
    for cell in sheet[1]:
        style.head(cell)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 60
    sheet.protection.sheet = True


# --- In ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled(Generic[Row]):
    """What a filled template says: rows for the service, each with its cell (row, column)."""

    month: str
    rows: list[tuple[Row, Place]]

    def by_cell(self, error: RowErrors) -> Problem:
        """The service's errors by row number, as errors by cell."""
        faults = Faults()
        for row in error.errors:
            place = self.rows[row.index][1] if row.index < len(self.rows) else MONTH_CELL
            faults.at(*place, str(row.message), row.code)
        return Problem(400, "bad_cells", errors=faults)


def read(
    file: IO[bytes],
    name: str,
    contract: Contract,
    no_template: str,
    rows: Callable[[Sheet, Contract, str, Faults], Iterable[tuple[Row, Place]]],
) -> Filled[Row]:
    """The rows of a filled template (sheet `name`), as `rows` takes them from its cells.

    Raises SpreadsheetError (`no_template`) for a file that is no such template, and Problem (400)
    with every cell at fault.
    """

    def check_head(sheet: Sheet) -> None:
        if as_text(sheet.at(HEADER_ROW, NUMBER) or "") != "工号":
            raise SpreadsheetError(no_template % {"cell": name_of(HEADER_ROW, NUMBER), "text": "工号"})

    sheet = read_sheet(file, name, head_row=HEADER_ROW, check_head=check_head)
    faults = Faults()
    refuse_merged(sheet, HEADER_ROW, faults)
    _refuse_above(sheet, faults)
    month = _month_of(sheet, contract, faults)
    filled = Filled(month, list(rows(sheet, contract, month, faults)))
    if faults:
        raise Problem(400, "bad_cells", errors=faults)
    if not filled.rows:
        raise SpreadsheetError(_("No cell of the sheet is filled in."))
    return filled


def _refuse_above(sheet: Sheet, faults: Faults) -> None:
    """Above the table stand contract, month and hint, and nothing that somebody added."""
    ours = {(1, 1), CONTRACT_CELL, (1, 3), MONTH_CELL, (2, 1)}
    for row in range(1, HEADER_ROW):
        for column in sheet.rows.get(row, {}):
            if (row, column) not in ours:
                faults.at(row, column, _("This cell stands outside the table and would not be read. Empty it."))


def _month_of(sheet: Sheet, contract: Contract, faults: Faults) -> str:
    """The month that the sheet is of; it must be of this contract."""
    if fold(sheet.at(*CONTRACT_CELL) or "") != fold(contract.number):
        message = _("The file is of another contract; this one is %(number)s.")
        faults.at(*CONTRACT_CELL, message % {"number": contract.number})
    month = sheet.at(*MONTH_CELL)
    return f"{month:%Y-%m}" if isinstance(month, date) else fold(month or "")


def cells(
    sheet: Sheet, contract: Contract, month: str, faults: Faults
) -> Iterator[tuple[int, date | None, str, Place]]:
    """Each filled cell of a day: person (0 where unknown), day (None), text, place."""
    days = _days(sheet, month, faults)
    rows = {row: filled for row, filled in sorted(sheet.rows.items()) if row >= FIRST_ROW}
    people = _people(rows, contract, faults)
    headed = sheet.rows[HEADER_ROW]
    for row, filled in rows.items():
        for column, value in sorted(filled.items()):
            if column < FIRST_DAY_COLUMN:
                continue
            if column not in headed:
                faults.at(row, column, _("This column has no day."))
            else:
                yield people.get(row, 0), days.get(column), fold(value), (row, column)


def _days(sheet: Sheet, month: str, faults: Faults) -> dict[int, date]:
    """The day of each column."""
    try:
        first, last = month_span(month)
    except ValidationError as error:
        faults.at(*MONTH_CELL, error.messages[0])
        return {}
    days: dict[int, date] = {}
    for column, value in sorted(sheet.rows[HEADER_ROW].items()):
        if column < FIRST_DAY_COLUMN:
            continue
        match = _DAY.fullmatch(fold(value))
        day = first + timedelta(days=int(match[1]) - 1) if match else None
        if day is None or not first <= day <= last:
            message = _("This is no day of %(month)s.") % {"month": month}
            faults.at(HEADER_ROW, column, message)
        elif match and match[2] and match[2] != WEEKDAYS[day.weekday()]:
            message = _(
                "The weekdays of row 3 are not those of %(month)s: %(day)s is a 周%(weekday)s. "
                "Is it the sheet of another month?"
            )
            weekday = WEEKDAYS[day.weekday()]
            faults.at(HEADER_ROW, column, message % {"month": month, "day": day, "weekday": weekday})
            return {}  # one mistake, told once
        elif day in days.values():
            faults.at(HEADER_ROW, column, _("This day stands twice."))
        else:
            days[column] = day
    return days


def _people(rows: Mapping[int, Mapping[int, Any]], contract: Contract, faults: Faults) -> dict[int, int]:
    """The operator of each row (one query): number and name must both be right."""
    operators = Operator.objects.filter(vendor_id=contract.vendor_id)
    known = Numbers((number, (pk, name)) for number, pk, name in operators.values_list("employee_number", "pk", "name"))
    people: dict[int, int] = {}
    seen: dict[int, int] = {}
    for row, cells in rows.items():
        try:
            number = read_number(cells.get(NUMBER, ""))
        except ValueError as error:
            faults.at(row, NUMBER, str(error))
            continue
        operator_id, name = known.find(number) or (0, "")
        if not number:
            faults.at(row, NUMBER, _("The employee number is missing."))
        elif not operator_id:
            faults.at(row, NUMBER, known.unknown(number))
        elif not same_name(cells.get(NAME, ""), name):
            message = _("The name of %(number)s is %(name)s.")
            faults.at(row, NAME, message % {"number": number, "name": name})
        elif seen.setdefault(operator_id, row) != row:
            message = _("This person stands in row %(row)d already.")
            faults.at(row, NUMBER, message % {"row": seen[operator_id]})
        else:
            people[row] = operator_id
    return people
