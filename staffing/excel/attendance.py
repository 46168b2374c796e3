"""A month of attendance as a workbook: one row a person, one column a day."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from contract.errors import RowErrors
from contract.models import Contract
from contract.problems import Problem
from contract.spreadsheets import Sheet, SpreadsheetError, as_text, name_of, read_sheet, write_text
from staffing import selectors
from staffing.choices import AttendanceStatus, LeaveKind
from staffing.excel import style
from staffing.excel.style import Faults
from staffing.filters import month_span
from staffing.models import Operator
from staffing.rules.presence import Presence, Span
from staffing.services import AttendanceRow

# The words of the file itself: they are read back, so they are the same in every language.
WORDS = {
    "在岗": AttendanceStatus.ON_DUTY,
    "休息": AttendanceStatus.REST,
    "请假": AttendanceStatus.LEAVE,
    "病休": AttendanceStatus.SICK,
    "旷工": AttendanceStatus.ABSENT,
}
MEANINGS = {
    "在岗": "当日上岗值班",
    "休息": "按排班轮休，计为在位",
    "请假": "事假、产假等经批准的假期，计为缺岗",
    "病休": "因病休息，计为缺岗",
    "旷工": "未经批准未到岗，计为缺岗",
}
NOTES = (
    "每名话务人员一行，每日一列；下拉选择上表所列词语之一。",
    "未填写的格表示未报送，不会改动已报送的内容。",
    "灰色格为未派驻本合同的日期，无需填写。",
    "工号、姓名、日期和合同编号请勿修改。",
    "整份文件一次导入：有一处错误即全部不导入，并指明单元格。",
)
SHEET, LEGEND = "考勤", "填写说明"
CONTRACT_CELL, MONTH_CELL = (1, 2), (1, 4)
HEADER_ROW, FIRST_ROW, FIRST_DAY_COLUMN = 3, 4, 3
NUMBER, NAME = 1, 2
WEEKDAYS = "一二三四五六日"
_DAY = re.compile(r"([0-9]{1,2})日(?:\s*周[一二三四五六日])?")


@dataclass(frozen=True)
class Filled:
    """What a filled template says: rows for the service, each with its cell (row, column)."""

    month: str
    rows: list[tuple[AttendanceRow, tuple[int, int]]] = field(default_factory=list)


# --- Out --------------------------------------------------------------------------------------


def template(contract: Contract, first: date, last: date, today: date) -> bytes:
    """The workbook of a month: the people assigned in it, with what is known up to `today`."""
    spans = selectors.stint_spans(contract, first=first, last=last)
    known = selectors.presence(contract, first=first, last=last)
    people = Operator.objects.filter(pk__in=spans).defer("resident_id").order_by("employee_number")
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    days = list(Span(first, last).days())
    _write_head(sheet, contract, first, days)
    row = FIRST_ROW
    for row, person in enumerate(people, start=FIRST_ROW):
        write_text(sheet.cell(row, NUMBER), person.employee_number)
        write_text(sheet.cell(row, NAME), person.name)
        for column, day in enumerate(days, start=FIRST_DAY_COLUMN):
            cell = sheet.cell(row, column)
            cell.border, cell.alignment = style.BORDER, style.CENTRE
            if any(span.first <= day <= span.last for span in spans[person.pk]):
                cell.protection = style.OPEN
                cell.value = _known_word(known, person.pk, day, today)
            else:
                cell.fill = style.CLOSED
    last_column = get_column_letter(FIRST_DAY_COLUMN + len(days) - 1)
    _offer_words(sheet, f"C{FIRST_ROW}:{last_column}{max(row, FIRST_ROW)}")
    _write_legend(book.create_sheet(LEGEND))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_head(sheet: Any, contract: Contract, first: date, days: list[date]) -> None:
    sheet.cell(1, 1, "合同编号").font = style.BOLD
    write_text(sheet.cell(*CONTRACT_CELL), contract.number)
    sheet.cell(1, 3, "月份").font = style.BOLD
    write_text(sheet.cell(*MONTH_CELL), f"{first:%Y-%m}")
    sheet.merge_cells(start_row=1, start_column=4, end_row=1, end_column=6)
    sheet.cell(2, 1, f"每格填写：{'、'.join(WORDS)}。灰色格无需填写；详见“{LEGEND}”页。")
    sheet.cell(HEADER_ROW, NUMBER, "工号")
    sheet.cell(HEADER_ROW, NAME, "姓名")
    for column, day in enumerate(days, start=FIRST_DAY_COLUMN):
        sheet.cell(HEADER_ROW, column, f"{day.day}日\n周{WEEKDAYS[day.weekday()]}")
        sheet.column_dimensions[get_column_letter(column)].width = 6
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


def _known_word(known: Presence, operator_id: int, day: date, today: date) -> str | None:
    status = known.reported.get((operator_id, day))
    if status is None and day <= today:
        leave = known.leave_on(operator_id, day)
        if leave is not None:
            sick = leave.kind == LeaveKind.SICK
            status = AttendanceStatus.SICK if sick else AttendanceStatus.LEAVE
    return next((word for word, meaning in WORDS.items() if meaning == status), None)


def _offer_words(sheet: Any, cells: str) -> None:
    offer = DataValidation(
        type="list", formula1=f'"{",".join(WORDS)}"', allow_blank=True, showErrorMessage=True,
        errorTitle="填写有误", error=f"请填写：{'、'.join(WORDS)}",
    )  # fmt: skip
    offer.add(cells)
    sheet.add_data_validation(offer)


def _write_legend(sheet: Any) -> None:
    sheet.append(["词语", "含义"])
    for word, meaning in MEANINGS.items():
        sheet.append([word, meaning])
    sheet.append([])
    for note in NOTES:
        sheet.append([note])
    for cell in sheet[1]:
        style.head(cell)
    sheet.column_dimensions["A"].width = 12
    sheet.column_dimensions["B"].width = 60
    sheet.protection.sheet = True


# --- In ---------------------------------------------------------------------------------------


def read(file: IO[bytes], contract: Contract) -> Filled:
    """The rows of a filled template.

    Raises SpreadsheetError for a file that is no such template, and Problem (400) with every
    cell at fault.
    """
    sheet = read_sheet(file, SHEET)
    if as_text(sheet.at(HEADER_ROW, NUMBER) or "") != "工号":
        raise SpreadsheetError(
            _("This is not the attendance template: cell %(cell)s should read “%(text)s”.")
            % {"cell": name_of(HEADER_ROW, NUMBER), "text": "工号"}
        )
    faults = Faults()
    month = as_text(sheet.at(*MONTH_CELL) or "")
    if as_text(sheet.at(*CONTRACT_CELL) or "") != contract.number:
        message = _("The file is of another contract; this one is %(number)s.")
        faults.at(*CONTRACT_CELL, message % {"number": contract.number})
    days = _days(sheet, month, faults)
    filled = Filled(month, list(_cells(sheet, contract, days, faults)))
    if faults:
        raise Problem(400, "bad_cells", errors=faults)
    if not filled.rows:
        raise SpreadsheetError(_("No cell of the sheet is filled in."))
    return filled


def by_cell(error: RowErrors, filled: Filled) -> Problem:
    """The service's errors by row number, as errors by cell."""
    faults = Faults()
    for row in error.errors:
        cell = filled.rows[row.index][1] if row.index < len(filled.rows) else MONTH_CELL
        faults.at(*cell, str(row.message), row.code)
    return Problem(400, "bad_cells", errors=faults)


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
        match = _DAY.fullmatch(as_text(value))
        day = first + timedelta(days=int(match[1]) - 1) if match else None
        if day is None or not first <= day <= last:
            message = _("This is no day of %(month)s.") % {"month": month}
            faults.at(HEADER_ROW, column, message)
        elif day in days.values():
            faults.at(HEADER_ROW, column, _("This day stands twice."))
        else:
            days[column] = day
    return days


def _cells(
    sheet: Sheet, contract: Contract, days: dict[int, date], faults: Faults
) -> Iterator[tuple[AttendanceRow, tuple[int, int]]]:
    rows = {row: cells for row, cells in sorted(sheet.rows.items()) if row >= FIRST_ROW}
    people = _people(rows, contract, faults)
    headed = sheet.rows[HEADER_ROW]
    for row, cells in rows.items():
        for column, value in sorted(cells.items()):
            word = as_text(value)
            if column < FIRST_DAY_COLUMN:
                continue
            if column not in headed:
                faults.at(row, column, _("This column has no day."))
            elif word not in WORDS:
                message = _("“%(word)s” is not understood; fill in one of: %(words)s.")
                faults.at(row, column, message % {"word": word[:20], "words": "、".join(WORDS)})
            elif column in days and row in people:
                yield AttendanceRow(people[row], days[column], WORDS[word]), (row, column)


def _people(
    rows: Mapping[int, Mapping[int, Any]], contract: Contract, faults: Faults
) -> dict[int, int]:
    """The operator of each row (one query): number and name must both be right."""
    known = {
        number: (pk, name)
        for number, pk, name in Operator.objects.filter(vendor_id=contract.vendor_id).values_list(
            "employee_number", "pk", "name"
        )
    }
    people: dict[int, int] = {}
    seen: dict[str, int] = {}
    for row, cells in rows.items():
        number = as_text(cells.get(NUMBER, ""))
        operator_id, name = known.get(number, (0, ""))
        if not number:
            faults.at(row, NUMBER, _("The employee number is missing."))
        elif not operator_id:
            message = _("There is no operator with the number %(number)s.")
            faults.at(row, NUMBER, message % {"number": number})
        elif as_text(cells.get(NAME, "")) != name:
            message = _("The name of %(number)s is %(name)s.")
            faults.at(row, NAME, message % {"number": number, "name": name})
        elif number in seen:
            message = _("This person stands in row %(row)d already.")
            faults.at(row, NUMBER, message % {"row": seen[number]})
        else:
            people[row] = operator_id
        seen.setdefault(number, row)
    return people
