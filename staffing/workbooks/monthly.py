"""A month of people and days for reading: what a page shows, on one broad sheet that prints on A3 or A4 landscape."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from kit.files.spreadsheets import write_text
from staffing.rules.sheets import AWAY, Mark
from staffing.selectors.sheets import RotaSheet, Sheet
from staffing.workbooks import style

HEAD_ROW, FIRST_DAY = 2, 4
AMBER, RED, VIOLET = (PatternFill("solid", fgColor=colour) for colour in ("FDE3B5", "F6B9B9", "DCCFFA"))
_FILLS = {**dict.fromkeys(AWAY, AMBER), Mark.ABSENT: RED, Mark.UNPROVEN: VIOLET, Mark.OFF: style.CLOSED}

Cell = tuple[Any, PatternFill | None]


def attendance(title: str, found: Sheet, signs: Mapping[Mark, tuple[str, str]]) -> bytes:
    """The attendance with its totals and legend. `signs`: what stands for each mark, and what it means."""
    lines: list[list[Cell]] = []
    for person, cells in found.rows:
        counts = Counter(one.mark for one in cells)
        own = [(signs[one.mark][0] + ("!" if one.doubtful else ""), _FILLS.get(one.mark)) for one in cells]
        sums = (counts[Mark.DUTY] + counts[Mark.REST], sum(counts[m] for m in AWAY), counts[Mark.UNPROVEN])
        lines.append([*_plain(person.number, person.name, person.post), *own, *_plain(*sums)])
    tallies = [tally for _day, tally in found.ledger.by_day(found.days[0], found.days[-1])]
    for label, name in ((_("owed"), "required"), (_("in place"), "now"), (_("not in place"), "absent")):
        figures = [getattr(tally, name) if tally.best or name == "required" else "" for tally in tallies]
        total = sum(int(figure) for figure in figures if figure != "")
        lines.append(_plain(label, "", "", *figures, total))
    legend = "  ".join(f"{sign} {label}" for sign, label in signs.values() if sign)
    return _book(title, found.days, (_("in place"), _("not in place"), _("not proven")), lines, legend)


def rota(title: str, found: RotaSheet, legend: str) -> bytes:
    """The rota, and below it how many half hours of each day lack somebody on duty."""
    lines: list[list[Cell]] = []
    for person, cells in found.rows:
        own = [(cell.code, AMBER if cell.away else None if cell.code else style.CLOSED) for cell in cells]
        hours = sum(cell.minutes for cell in cells if not cell.away) / 60
        lines.append([*_plain(person.number, person.name, person.post), *own, *_plain(round(hours, 1))])
    short = [sum(sure < asked for (sure, _maybe), asked in zip(*day, strict=True)) for day in found.coverage]
    lines.append([*_plain(_("half hours below the minimum"), "", ""), *((n, RED if n else None) for n in short)])
    return _book(title, found.days, (_("hours"),), lines, legend)


def _plain(*values: Any) -> list[Cell]:
    return [(value, None) for value in values]


def _book(title: str, days: Sequence[date], sums: Sequence[str], lines: Iterable[Sequence[Cell]], legend: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{days[0]:%Y-%m}"
    write_text(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = style.BOLD
    last = FIRST_DAY + len(days)
    heads = [_("employee number"), _("full name"), _("post"), *(str(day.day) for day in days), *sums]
    for column, text in enumerate(heads, start=1):
        write_text(sheet.cell(HEAD_ROW, column), text)
        weekend = FIRST_DAY <= column < last and days[column - FIRST_DAY].weekday() > 4
        style.head(sheet.cell(HEAD_ROW, column), style.WEEKEND if weekend else style.HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = 4 if FIRST_DAY <= column < last else 12
    row = HEAD_ROW
    for row, line in enumerate(lines, start=HEAD_ROW + 1):
        for column, (value, fill) in enumerate(line, start=1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                write_text(cell, value)
            else:
                cell.value = value
            cell.border = style.BORDER
            if column >= FIRST_DAY:
                cell.alignment = style.CENTRE
            if fill is not None:
                cell.fill = fill
    write_text(sheet.cell(row + 1, 1), legend)
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, FIRST_DAY)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEAD_ROW}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
