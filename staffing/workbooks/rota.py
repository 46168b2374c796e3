"""A month of the rota as a workbook: one row a person, one column a day, the hours in the cell."""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook

from contract.models import Contract
from kit.files.spreadsheets import Sheet, write_text
from staffing import selectors
from staffing.choices import ShiftKind
from staffing.models import Operator
from staffing.rules.duty import ShiftFact
from staffing.rules.presence import Span as Days
from staffing.rules.spans import Span, parse
from staffing.services.rota import RotaRow
from staffing.workbooks import grid
from staffing.workbooks.grid import Filled, Place
from staffing.workbooks.style import Faults

# The words of the file itself: they are read back, so they are the same in every language.
FREE, OTHER = "休", "其他"
MEANINGS = {
    "08:00-20:00": "热线值班，自 8 时至 20 时",
    "20:00-08:00": "热线值班，自 20 时至次日 8 时，计入班次开始之日",
    "08:00-12:00、14:00-18:00": "一日两个班次，以顿号或者换行分隔，至多四个",
    "其他09:00-17:00": "非热线值班的工作：计入工时，不计为热线有人",
    FREE: "当日没有班次；原有班次予以清除",
}
NOTES = (
    "每名话务人员一行，每日一列，填写当日开始的全部班次。",
    "未填写的格表示未报送，不会改动已有的班次。",
    "灰色格为未派驻本合同的日期，无需填写。",
    "工号、姓名、日期和合同编号请勿修改。",
    "整份文件一次导入：有一处错误即全部不导入，并指明单元格。",
)
SHEET, LEGEND = "排班", "填写说明"
_BETWEEN = re.compile(r"[、,;\uff0c\uff1b\n]+")


# --- Out --------------------------------------------------------------------------------------


def template(contract: Contract, first: date, last: date) -> bytes:
    """The workbook of a month: the people assigned in it, with the shifts that stand there."""
    spans = selectors.stint_spans(contract, first=first, last=last)
    shifts = selectors.shifts(contract, first, last)
    known: dict[tuple[int, date], list[ShiftFact]] = {}
    for shift in shifts:
        known.setdefault((shift.operator_id, shift.day), []).append(shift)
    on_rota = {shift.operator_id for shift in shifts}
    people = Operator.objects.filter(pk__in=spans).defer("resident_id").order_by("employee_number")
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    days = list(Days(first, last).days())
    hint = f"每格填写班次的起止时间，例如 20:00-08:00；没有班次填“{FREE}”。详见“{LEGEND}”页。"
    grid.write_head(sheet, contract, first, days, hint, width=13)
    for person, day, cell in grid.write_people(sheet, people, days, spans):
        cell.number_format = "@"  # Excel would take 8:00 for a time of day
        if person.pk in on_rota:
            write_text(cell, _text(known.get((person.pk, day), [])))
    grid.write_legend(book.create_sheet(LEGEND), ("填写", "含义"), MEANINGS, NOTES)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _text(shifts: list[ShiftFact]) -> str:
    spans = sorted(shift.span for shift in shifts)
    return "、".join(f"{OTHER if span.kind == ShiftKind.OFFICE else ''}{span}" for span in spans) or FREE


# --- In ---------------------------------------------------------------------------------------


def read(file: IO[bytes], contract: Contract) -> Filled[RotaRow]:
    """The rows of a filled template; what is at fault is named by `grid.read`."""
    no_template = _("This is not the rota template: cell %(cell)s should read “%(text)s”.")
    return grid.read(file, SHEET, contract, no_template, _rows)


def _rows(sheet: Sheet, contract: Contract, month: str, faults: Faults) -> Iterator[tuple[RotaRow, Place]]:
    for person, day, text, place in grid.cells(sheet, contract, month, faults):
        try:
            spans = spans_of(text)
        except ValueError as error:
            message = _("“%(text)s” is no shift. Write its hours as 08:00-20:00, or “%(free)s”.")
            faults.at(*place, message % {"text": str(error)[:20], "free": FREE})
            continue
        if day is not None and person:
            yield RotaRow(person, day, spans), place


def spans_of(text: str) -> tuple[Span, ...]:
    """The shifts of a cell; ValueError names the part that is none."""
    if text == FREE:
        return ()
    spans = []
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        hours = part.removeprefix(OTHER)
        kind = ShiftKind.OFFICE if hours != part else ShiftKind.DUTY
        try:
            spans.append(parse(hours, kind))
        except ValueError:
            raise ValueError(part) from None
    if not spans:
        raise ValueError(text)
    return tuple(spans)
