"""A month of attendance as a workbook: one row a person, one column a day."""

import io
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from contract.models import Contract
from kit.files.spreadsheets import Sheet
from staffing import selectors
from staffing.choices import AttendanceStatus, LeaveKind
from staffing.models import Operator
from staffing.rules.presence import Presence, Span
from staffing.services.attendance import AttendanceRow
from staffing.workbooks import grid
from staffing.workbooks.grid import Filled, Place
from staffing.workbooks.style import Faults

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
    hint = f"每格填写：{'、'.join(WORDS)}。灰色格无需填写；详见“{LEGEND}”页。"
    grid.write_head(sheet, contract, first, days, hint)
    for person, day, cell in grid.write_people(sheet, people, days, spans):
        cell.value = _known_word(known, person.pk, day, today)
    _offer_words(sheet, grid.day_cells(days, sheet.max_row))
    grid.write_legend(book.create_sheet(LEGEND), ("词语", "含义"), MEANINGS, NOTES)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


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
        type="list",
        formula1=f'"{",".join(WORDS)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="填写有误",
        error=f"请填写：{'、'.join(WORDS)}",
    )
    offer.add(cells)
    sheet.add_data_validation(offer)


# --- In ---------------------------------------------------------------------------------------


def read(file: IO[bytes], contract: Contract) -> Filled[AttendanceRow]:
    """The rows of a filled template; what is at fault is named by `grid.read`."""
    no_template = _("This is not the attendance template: cell %(cell)s should read “%(text)s”.")
    return grid.read(file, SHEET, contract, no_template, _rows)


def _rows(sheet: Sheet, contract: Contract, month: str, faults: Faults) -> Iterator[tuple[AttendanceRow, Place]]:
    for person, day, word, place in grid.cells(sheet, contract, month, faults):
        if word not in WORDS:
            message = _("“%(word)s” is not understood; fill in one of: %(words)s.")
            faults.at(*place, message % {"word": word[:20], "words": "、".join(WORDS)})
        elif day is not None and person:
            yield AttendanceRow(person, day, WORDS[word]), place
