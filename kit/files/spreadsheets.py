"""Reading and writing .xlsx with what is needed against hostile and broken files."""

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from kit.files.ooxml import EAST_ASIAN_DATES, Aside, is_strict, look_aside, workbook_part

FILE_MAX_BYTES = 2 * 1024**2
# A file of 263 KB can unpack to 933 MB: what it says of its parts is summed up before any is read.
UNPACKED_MAX_BYTES = 24 * 1024**2
PARTS_MAX = 200
# What a file says of itself proves nothing, so elements are counted while it is unpacked, before
# any is made into an object: 26 KB hold millions of tiny cells. A month of 600 people has 20,000
# in 70 KB; what Excel and the usual libraries write has a third of a cell in a byte.
CELLS_MAX = 20_000
CELLS_OF_A_SMALL_FILE = 4_000
ELEMENTS_BESIDE_CELLS = 20_000
TAGS_OF_A_CELL = 8
ROWS_MAX = 5_000
COLUMNS_MAX = 60
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_OLE = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook with a password
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_CHUNK = 256 * 1024
_NAME_MAX = 300
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class SpreadsheetError(Exception):
    """The file as a whole cannot be taken in; the sentence says why and what to do."""


class Computed(str):
    """A formula as it was typed, or an error such as #REF!: nothing that somebody filled in."""


@dataclass(frozen=True)
class Sheet:
    """The filled cells of a sheet by row and column (both from 1), as Python values."""

    title: str
    rows: dict[int, dict[int, Any]]
    merged: tuple[str, ...] = ()

    def at(self, row: int, column: int) -> Any:
        return self.rows.get(row, {}).get(column)

    def merged_from(self, row: int) -> list[tuple[int, int, str]]:
        """The merged ranges that reach `row` or a later one: column and row of the first cell, and the range."""
        bounds = [(range_boundaries(text), text) for text in self.merged]
        return [(bound[1], bound[0], text) for bound, text in bounds if bound[3] >= row]


def read_sheet(
    file: IO[bytes], wanted: str, *, head_row: int = 0, check_head: Callable[[Sheet], None] | None = None
) -> Sheet:
    """The sheet called `wanted`, or else the first visible one. Raises SpreadsheetError.

    `check_head` is given the rows to `head_row` before any other is read, and raises where the file
    is of another kind. Formulas are not worked out: they come as `Computed`, the text that was
    typed. Text that only begins with "=" is text. Rows and columns that are hidden are nothing that
    the sender has looked at, so they are refused, and so is what stands out of sight of the table.
    """

    def chosen(book: Any, visible: list[Any]) -> Iterator[Sheet]:
        yield _sheet(book, _wanted(book, visible, wanted), COLUMNS_MAX, head_row, check_head)

    return _read(file, chosen)[0]


def read_sheets(file: IO[bytes], columns_max: int, cells_max: int) -> list[Sheet]:
    """All visible sheets of a book that another program has made. Raises SpreadsheetError."""

    def chosen(book: Any, visible: list[Any]) -> Iterator[Sheet]:
        return (_sheet(book, sheet, columns_max) for sheet in visible)

    return _read(file, chosen, cells_max)


def _read(
    file: IO[bytes], chosen: Callable[[Any, list[Any]], Iterator[Sheet]], cells_max: int = CELLS_MAX
) -> list[Sheet]:
    _check_container(file, cells_max)
    try:
        with closing(openpyxl.load_workbook(file, read_only=True, keep_links=False)) as book:
            return list(chosen(book, [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]))
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads to
        raise SpreadsheetError(_("The file is damaged. Open it in Excel and save it again as .xlsx.")) from error


def _wanted(book: Any, visible: list[Any], wanted: str) -> Any:
    """The sheet of that name. It must be seen, and be the only one: "考勤 (2)" is Excel's name of a copy."""
    if wanted in book.sheetnames and book[wanted] not in visible:
        raise SpreadsheetError(_("The sheet “%(sheet)s” is hidden. Show it, or delete it.") % {"sheet": wanted})
    copies = [sheet.title for sheet in visible if sheet.title.startswith(wanted)]
    if len(copies) > 1:
        raise SpreadsheetError(
            _("The file has several sheets to take in: %(sheets)s. Leave one.") % {"sheets": "、".join(copies)}
        )
    return book[wanted] if wanted in book.sheetnames else visible[0]


def _sheet(
    book: Any, sheet: Any, columns_max: int, head_row: int = 0, check_head: Callable[[Sheet], None] | None = None
) -> Sheet:
    read = Sheet(sheet.title, {})
    for number, filled in _rows(book, sheet, columns_max):
        if check_head and number > head_row:
            check_head(read)
            check_head = None
        read.rows[number] = filled
    if check_head:
        check_head(read)
    with book._archive.open(sheet._worksheet_path) as part:
        aside = look_aside(part, ROWS_MAX, columns_max)
    _refuse_unseen(sheet.title, aside, columns_max)
    return replace(read, merged=tuple(aside.merged))


def _refuse_unseen(title: str, aside: Aside, columns_max: int) -> None:
    if aside.beyond:
        raise SpreadsheetError(
            _("Cell %(cell)s is filled, far from the table (row %(rows)s, column %(column)s at most). Empty it.")
            % {"cell": aside.beyond, "rows": ROWS_MAX, "column": get_column_letter(columns_max)}
        )
    if aside.hidden:
        raise SpreadsheetError(
            _(
                "On the sheet “%(sheet)s” these rows or columns are hidden or filtered away: %(places)s. "
                "Clear the filter and show them, or delete them."
            )
            % {"sheet": title, "places": "、".join(aside.hidden)}
        )


def _check_container(file: IO[bytes], cells_max: int) -> None:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if size > FILE_MAX_BYTES:
        raise SpreadsheetError(
            _("The file is larger than %(limit)s MB. Delete pictures and other sheets.")
            % {"limit": FILE_MAX_BYTES // 1024**2}
        )
    if head == _OLE:
        raise SpreadsheetError(_("The file is an old .xls or has a password. Save it as .xlsx without a password."))
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX_BYTES:
                raise SpreadsheetError(
                    _("The file unpacks to more than is taken in. Copy the values into a new template.")
                )
            _count_elements(archive, parts, min(cells_max, CELLS_OF_A_SMALL_FILE + size))
            _check_kind(archive, {part.filename for part in parts})
    except SpreadsheetError:
        raise
    except Exception as error:  # a broken archive, a list of parts that is no XML
        raise SpreadsheetError(_no_workbook()) from error
    finally:
        file.seek(0)


def _no_workbook() -> str:
    return _("The file is no .xlsx workbook. Download the template and fill it in.")


def _count_elements(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limit: int) -> None:
    """Raises SpreadsheetError for more than `limit` cells, or more elements than so many cells need."""
    too_many = SpreadsheetError(
        _(
            "The workbook has more cells than is taken in (%(limit)d, empty ones with a format and empty "
            "rows too). Copy the values into a new template and delete other sheets."
        )
        % {"limit": limit}
    )
    tags = cells = 0
    for part in parts:
        with archive.open(part) as content:
            rest = b""
            while chunk := content.read(_CHUNK):
                whole = rest + chunk
                cut = whole.rfind(b"<", -_NAME_MAX)  # its name may go on in the next chunk
                whole, rest = (whole[:cut], whole[cut:]) if cut >= 0 else (whole, b"")
                tags += whole.count(b"<")
                cells += sum(1 for _cell in _CELL.finditer(whole))
                if cells > limit or tags > ELEMENTS_BESIDE_CELLS + TAGS_OF_A_CELL * limit:
                    raise too_many
    if tags > ELEMENTS_BESIDE_CELLS + TAGS_OF_A_CELL * cells:
        raise too_many


def _check_kind(archive: zipfile.ZipFile, names: set[str]) -> None:
    if names & {"xl/workbook.bin", "content.xml"}:
        raise SpreadsheetError(_("The file was saved as .xlsb or .ods. Save it as “Excel 工作簿 (*.xlsx)”."))
    part = workbook_part(archive)
    if not part:
        raise SpreadsheetError(_no_workbook())
    if is_strict(archive, part):
        raise SpreadsheetError(
            _("The file was saved as “Strict Open XML”. Save it again and choose “Excel 工作簿 (*.xlsx)”.")
        )


def _rows(book: Any, sheet: Any, columns_max: int) -> Iterator[tuple[int, dict[int, Any]]]:
    sheet.reset_dimensions()  # what a file says of its own size proves nothing
    # Bounded: a cell far out would otherwise be padded with a million empty ones.
    for number, cells in enumerate(sheet.iter_rows(max_row=ROWS_MAX, max_col=columns_max), start=1):
        filled = {
            column: _value(book, cell)
            for column, cell in enumerate(cells, start=1)
            if cell.value is not None and (not isinstance(cell.value, str) or cell.value.strip())
        }
        if filled:
            yield number, filled


def _value(book: Any, cell: Any) -> Any:
    """What the cell says, as a person sees it."""
    value = cell.value
    if cell.data_type in {"f", "e"}:
        return Computed(value)
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value  # "_x000D_" for a line break
    if isinstance(value, int | float) and cell.data_type == "n":
        if book._cell_styles[cell._style_id].numFmtId in EAST_ASIAN_DATES:
            return from_excel(value, book.epoch)
        if "%" in cell.number_format:
            return f"{round(value * 100, 6):g}%"  # 0.95 is not what anybody reads there
    return value


def clean(text: str) -> str:
    """Without characters that no workbook can hold."""
    return _CONTROL.sub("", text)


def write_text(cell: Cell, text: str) -> None:
    """Text that stays text: a name that begins with "=" does not become a formula."""
    cell.value = clean(text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}


def name_of(row: int, column: int) -> str:
    """ "C5" for row 5, column 3."""
    return f"{get_column_letter(column)}{row}"


def as_text(value: Any) -> str:
    """What a person sees in a cell: 1001 for the number 1001.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def fold(value: Any) -> str:
    """The text in one written form: full-width letters, figures and signs become the plain ones."""
    return unicodedata.normalize("NFKC", as_text(value)).strip()
