"""What the parts of a workbook say that openpyxl passes over.

It opens a Strict Open XML book as one without sheets, gives no merged ranges when it reads row by
row, and stops where it is told to, whatever stands further out.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string

_MAIN = ("sheet.main+xml", "sheet.macroEnabled.main+xml", "template.main+xml")
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NAMED_AT_MOST = 20
# Of Excel in Chinese: built-in numbers of formats that a file never spells out, all of days or times.
EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})


@dataclass
class Aside:
    """What stands beside the plain cells of a sheet."""

    merged: list[str] = field(default_factory=list)
    """Ranges such as "E5:G5", with the first row and the last of each."""
    hidden: list[str] = field(default_factory=list)
    """Filled rows ("5") and columns ("C") that are hidden or filtered away."""
    beyond: str = ""
    """The first filled cell outside the bounds."""


def workbook_part(archive: zipfile.ZipFile) -> str:
    """The name of the workbook's part: mostly xl/workbook.xml, but nothing says that it must be.

    Empty where the archive is no workbook. Raises ParseError for a list of parts that is no XML.
    """
    names = {part.filename for part in archive.infolist()}
    if "[Content_Types].xml" not in names:
        return ""
    for element in ElementTree.fromstring(archive.read("[Content_Types].xml")):
        name = element.get("PartName", "").lstrip("/")
        if element.get("ContentType", "").endswith(_MAIN) and name in names:
            return name
    return ""


def is_strict(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether the workbook was saved as "Strict Open XML" (ISO 29500 Strict)."""
    with archive.open(part) as file:
        return _STRICT in file.read(4096)


def look_aside(part: IO[bytes], rows_max: int, columns_max: int) -> Aside:
    """One pass over the XML of a sheet. Raises ExpatError for what is no XML or declares types."""
    reader = _Reader(rows_max, columns_max)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.ParseFile(part)
    return reader.found()


def _refuse(*_args: Any) -> None:
    raise expat.ExpatError("a sheet declares no types of its own")


class _Reader:
    def __init__(self, rows_max: int, columns_max: int) -> None:
        self.bounds = rows_max, columns_max
        self.aside = Aside()
        self.row, self.column = 0, 0
        self.row_hidden, self.row_filled, self.within = False, False, False
        self.columns_hidden: list[tuple[int, int]] = []
        self.columns_filled: set[int] = set()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column, self.row_filled = 0, False
            self.row_hidden = attributes.get("hidden") in {"1", "true"}
        elif tag == "c":
            place = _CELL.fullmatch(attributes.get("r", ""))
            self.column = column_index_from_string(place[1]) if place else self.column + 1
        elif tag in {"v", "t", "f"}:
            self.within = True
        elif tag == "col" and attributes.get("hidden") in {"1", "true"}:
            self.columns_hidden.append((int(attributes["min"]), int(attributes["max"])))
        elif tag == "mergeCell" and len(self.aside.merged) < _NAMED_AT_MOST:
            self.aside.merged.append(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if not self.within or not text.strip():
            return
        self.row_filled = True
        self.columns_filled.add(self.column)
        if (self.row > self.bounds[0] or self.column > self.bounds[1]) and not self.aside.beyond:
            self.aside.beyond = f"{get_column_letter(self.column)}{self.row}"

    def end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag in {"v", "t", "f"}:
            self.within = False
        elif tag == "row" and self.row_hidden and self.row_filled and len(self.aside.hidden) < _NAMED_AT_MOST:
            self.aside.hidden.append(str(self.row))

    def found(self) -> Aside:
        filled = sorted(self.columns_filled)
        hidden = [c for c in filled if any(first <= c <= last for first, last in self.columns_hidden)]
        self.aside.hidden.extend(map(get_column_letter, hidden[:_NAMED_AT_MOST]))
        return self.aside
