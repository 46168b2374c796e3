"""A month of attendance for reading: what the page shows, on one broad sheet that prints on A3 or A4 landscape."""

import io
from collections import Counter
from collections.abc import Mapping

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from kit.files.spreadsheets import write_text
from staffing.rules.sheets import AWAY, Mark
from staffing.selectors.sheets import Sheet
from staffing.workbooks import style

HEAD_ROW, FIRST_DAY = 2, 4
_FILLS = {
    **dict.fromkeys(AWAY, PatternFill("solid", fgColor="FDE3B5")),
    Mark.ABSENT: PatternFill("solid", fgColor="F6B9B9"),
    Mark.UNPROVEN: PatternFill("solid", fgColor="DCCFFA"),
    Mark.OFF: style.CLOSED,
}


def workbook(title: str, found: Sheet, signs: Mapping[Mark, tuple[str, str]]) -> bytes:
    """The sheet with its totals and legend. `signs`: what stands for each mark, and what it means."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{found.days[0]:%Y-%m}"
    write_text(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = style.BOLD
    last = FIRST_DAY + len(found.days)
    heads = [_("employee number"), _("full name"), _("post"), *(str(day.day) for day in found.days)]
    heads += [_("in place"), _("not in place"), _("not proven")]
    for column, text in enumerate(heads, start=1):
        write_text(sheet.cell(HEAD_ROW, column), text)
        weekend = FIRST_DAY <= column < last and found.days[column - FIRST_DAY].weekday() > 4
        style.head(sheet.cell(HEAD_ROW, column), style.WEEKEND if weekend else style.HEAD)
        sheet.column_dimensions[get_column_letter(column)].width = 12 if column < FIRST_DAY or column >= last else 4
    row = HEAD_ROW
    for row, (person, cells) in enumerate(found.rows, start=HEAD_ROW + 1):
        for column, text in enumerate((person.number, person.name, person.post), start=1):
            write_text(sheet.cell(row, column), text)
        for column, one in enumerate(cells, start=FIRST_DAY):
            cell = sheet.cell(row, column)
            write_text(cell, signs[one.mark][0] + ("!" if one.doubtful else ""))
            cell.alignment = style.CENTRE
            if one.mark in _FILLS:
                cell.fill = _FILLS[one.mark]
        counts = Counter(one.mark for one in cells)
        sheet.cell(row, last, counts[Mark.DUTY] + counts[Mark.REST])
        sheet.cell(row, last + 1, sum(counts[mark] for mark in AWAY))
        sheet.cell(row, last + 2, counts[Mark.UNPROVEN])
    tallies = [tally for _day, tally in found.ledger.by_day(found.days[0], found.days[-1])]
    for label, name in ((_("owed"), "required"), (_("in place"), "now"), (_("not in place"), "absent")):
        row += 1
        write_text(sheet.cell(row, 1), label)
        for column, tally in enumerate(tallies, start=FIRST_DAY):
            if tally.best or name == "required":
                sheet.cell(row, column, getattr(tally, name))
        sheet.cell(row, last, sum(getattr(tally, name) for tally in tallies if tally.best or name == "required"))
    for at in sheet.iter_rows(min_row=HEAD_ROW + 1, max_row=row, max_col=last + 2):
        for cell in at:
            cell.border = style.BORDER
    legend = "  ".join(f"{sign} {label}" for sign, label in signs.values() if sign)
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
