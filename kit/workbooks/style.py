"""How the workbooks look, and how they name what is wrong with a cell."""

from typing import Any

from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from kit.files.spreadsheets import name_of

_THIN = Side(style="thin", color="BFBFBF")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
HEAD = PatternFill("solid", fgColor="1F4E79")
WEEKEND = PatternFill("solid", fgColor="2E75B6")
CLOSED = PatternFill("solid", fgColor="D9D9D9")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
OPEN = Protection(locked=False)
BOLD, WHITE = Font(bold=True), Font(bold=True, color="FFFFFF")


def head(cell: Any, fill: PatternFill = HEAD) -> None:
    """A cell of a heading."""
    cell.fill, cell.font, cell.alignment, cell.border = fill, WHITE, CENTRE, BORDER


class Faults(list[dict[str, Any]]):
    """Errors of the API, each naming its cell."""

    def at(self, row: int, column: int, message: str, code: str = "bad_cell") -> None:
        cell = name_of(row, column)
        text = _("%(cell)s: %(message)s") % {"cell": cell, "message": message}
        self.append({"field": cell, "message": text, "code": code})
