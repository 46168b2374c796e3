"""Reading and writing .xlsx with what is needed against hostile and broken files."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

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

    def at(self, row: int, column: int) -> Any:
        return self.rows.get(row, {}).get(column)


def read_sheet(
    file: IO[bytes], wanted: str, *, head_row: int = 0, check_head: Callable[[Sheet], None] | None = None
) -> Sheet:
    """The sheet called `wanted`, or else the first. Raises SpreadsheetError.

    `check_head` is given the rows to `head_row` before any other is read, and raises where the file
    is of another kind. Formulas are not worked out: they come as `Computed`, the text that was
    typed. Text that only begins with "=" is text.
    """
    _check_container(file)
    try:
        with closing(openpyxl.load_workbook(file, read_only=True, keep_links=False)) as book:
            title = wanted if wanted in book.sheetnames else book.sheetnames[0]
            sheet = Sheet(title, {})
            for number, filled in _rows(book[title]):
                if check_head and number > head_row:
                    check_head(sheet)
                    check_head = None
                sheet.rows[number] = filled
            if check_head:
                check_head(sheet)
            return sheet
    except SpreadsheetError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part leads to
        raise SpreadsheetError(_("The file is damaged. Open it in Excel and save it again as .xlsx.")) from error


def _check_container(file: IO[bytes]) -> None:
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
            _count_elements(archive, parts, min(CELLS_MAX, CELLS_OF_A_SMALL_FILE + size))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SpreadsheetError(_("The file is no .xlsx workbook. Download the template and fill it in.")) from error
    finally:
        file.seek(0)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise SpreadsheetError(_("The file is no .xlsx workbook. Download the template and fill it in."))


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


def _rows(sheet: Any) -> Iterator[tuple[int, dict[int, Any]]]:
    if not hasattr(sheet, "iter_rows"):  # a chart sheet
        return
    sheet.reset_dimensions()  # what a file says of its own size proves nothing
    # Bounded: a cell far out would otherwise be padded with a million empty ones.
    bounded = sheet.iter_rows(max_row=ROWS_MAX + 1, max_col=COLUMNS_MAX + 1)
    for number, cells in enumerate(bounded, start=1):
        filled = {
            column: Computed(cell.value) if cell.data_type in {"f", "e"} else cell.value
            for column, cell in enumerate(cells, start=1)
            if cell.value is not None and cell.value != ""
        }
        if not filled:
            continue
        if number > ROWS_MAX or max(filled) > COLUMNS_MAX:
            raise SpreadsheetError(
                _("The sheet is filled beyond row %(rows)s or column %(column)s.")
                % {"rows": ROWS_MAX, "column": get_column_letter(COLUMNS_MAX)}
            )
        yield number, filled


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
