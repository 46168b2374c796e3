"""A list as a workbook: one row an item, one column a field."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from kit.api.problems import Problem
from kit.errors import RowErrors
from kit.files.spreadsheets import (
    ROWS_MAX,
    Computed,
    Sheet,
    SpreadsheetError,
    as_text,
    fold,
    name_of,
    read_sheet,
    write_text,
)
from kit.workbooks import style
from kit.workbooks.columns import Column
from kit.workbooks.style import Faults

HEADER_ROW, FIRST_ROW = 1, 2


@dataclass(frozen=True)
class Filled:
    """What a filled workbook says: fields for the service, and the row each stands in."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def refuse_merged(sheet: Sheet, first_row: int, faults: Faults) -> None:
    """Only the first cell of a merged range says something, so what is meant by the others is a guess."""
    for row, column, cells in sheet.merged_from(first_row):
        message = _("The cells %(range)s are merged. Unmerge them and fill in each.")
        faults.at(row, column, message % {"range": cells})


@dataclass(frozen=True)
class ListBook:
    """A list of one kind. `key` names the fields by which two rows would be one and the same.

    `spare` rows beyond the known items are ready to be filled in; a list without any is filled in
    only where it has rows.
    """

    sheet: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    spare: int = 100

    def place(self, name: str) -> int:
        """The column of a field, from 1; the first one where there is none."""
        fields = [column.field for column in self.columns]
        return fields.index(name) + 1 if name in fields else 1

    def template(self, items: Iterable[Any]) -> bytes:
        """The items as a workbook, with room for new ones."""
        book = Workbook()
        sheet = book.active
        sheet.title = self.sheet
        for place, column in enumerate(self.columns, start=1):
            style.head(sheet.cell(HEADER_ROW, place, column.title + "*" * column.required))
            sheet.column_dimensions[get_column_letter(place)].width = column.width
        row = HEADER_ROW
        for row, item in enumerate(items, start=FIRST_ROW):
            for place, column in enumerate(self.columns, start=1):
                cell = sheet.cell(row, place)
                write_text(cell, column.text(item))
                if column.fixed:
                    cell.fill = style.CLOSED
        last = min(row + self.spare, ROWS_MAX)
        for spare in range(row + 1, last + 1):
            for place in range(1, len(self.columns) + 1):
                sheet.cell(spare, place).number_format = "@"  # what is typed stays as typed
        self._offer_words(sheet, max(last, FIRST_ROW))
        sheet.freeze_panes = "C2"
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    def read(self, file: IO[bytes]) -> Filled:
        """What the rows say; SpreadsheetError, or Problem (400) with every cell at fault."""
        sheet = read_sheet(file, self.sheet, head_row=HEADER_ROW, check_head=self._check_head)
        faults, filled, seen = Faults(), Filled(), dict[tuple[Any, ...], int]()
        refuse_merged(sheet, FIRST_ROW, faults)
        for number, cells in sorted(sheet.rows.items()):
            if number < FIRST_ROW or not self._says_something(cells):
                continue
            row = self._row(number, cells, faults)
            self._refuse_beyond(sheet, number, faults)
            key = tuple(row.get(name) for name in self.key)
            if None not in key and seen.setdefault(key, number) != number:
                message = _("The same stands in row %(row)d already.") % {"row": seen[key]}
                faults.at(number, self.place(self.key[0]), message)
            filled.rows.append(row)
            filled.numbers.append(number)
        if faults:
            raise Problem(400, "bad_cells", errors=faults)
        if not filled.rows:
            raise SpreadsheetError(_("No cell of the sheet is filled in."))
        return filled

    def by_cell(self, error: RowErrors, filled: Filled) -> Problem:
        """The service's errors by row and field, as errors by cell."""
        faults = Faults()
        for row in error.errors:
            number = filled.numbers[row.index]
            faults.at(number, self.place(row.field), str(row.message), row.code)
        return Problem(400, "bad_cells", errors=faults)

    def _check_head(self, sheet: Sheet) -> None:
        for place, column in enumerate(self.columns, start=1):
            if fold(sheet.at(HEADER_ROW, place) or "").rstrip("* ") != fold(column.title):
                raise SpreadsheetError(
                    _(
                        "This is not the list “%(list)s”: cell %(cell)s should read “%(text)s”. "
                        "Download the template again and fill it in."
                    )
                    % {"list": self.sheet, "cell": f"{get_column_letter(place)}{HEADER_ROW}", "text": column.title}
                )

    def _says_something(self, cells: Mapping[int, Any]) -> bool:
        fixed = {place for place, column in enumerate(self.columns, start=1) if column.fixed}
        return any(place not in fixed and as_text(value) for place, value in cells.items())

    def _row(self, number: int, cells: Mapping[int, Any], faults: Faults) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for place, column in enumerate(self.columns, start=1):
            value = cells.get(place)
            if value is None or as_text(value) == "":
                if column.required:
                    message = _("“%(column)s” is missing.") % {"column": column.title}
                    faults.at(number, place, message)
                continue
            if isinstance(value, Computed):
                faults.at(number, place, _("The cell holds a formula. Put its value in its place."))
                continue
            try:
                read_value = column.read(value)
            except ValueError as error:
                faults.at(number, place, str(error))
                continue
            if read_value is not None:
                row[column.field] = read_value
        return row

    def _refuse_beyond(self, sheet: Sheet, number: int, faults: Faults) -> None:
        beyond = min((place for place in sheet.rows[number] if place > len(self.columns)), default=0)
        if not beyond:
            return
        title = as_text(sheet.at(HEADER_ROW, beyond) or "")
        message = _("The list has no column “%(title)s” (%(cell)s). Delete the column.") if title else None
        message = message or _("This cell stands beside the table, under no heading. Empty it.")
        faults.at(number, beyond, message % {"title": title[:20], "cell": name_of(HEADER_ROW, beyond)})

    def _offer_words(self, sheet: Any, last: int) -> None:
        for place, column in enumerate(self.columns, start=1):
            if column.words is None or column.fixed:
                continue
            letter = get_column_letter(place)
            offer = DataValidation(
                type="list",
                formula1=f'"{",".join(column.words)}"',
                allow_blank=True,
                showErrorMessage=True,
                errorTitle="填写有误",
                error=f"请填写：{'、'.join(column.words)}",
            )
            offer.add(f"{letter}{FIRST_ROW}:{letter}{last}")
            sheet.add_data_validation(offer)
