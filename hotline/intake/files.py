"""A file of a platform, whatever its layout, as sums. Text is streamed; a workbook is small and read whole."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from hotline.choices import Layout
from hotline.intake import queue_log, records, tables
from hotline.intake.sums import Read
from kit.files.spreadsheets import SpreadsheetError, read_sheets

COLUMNS_MAX, CELLS_MAX = 120, 150_000
_HEAD = 65_536
_SPLITTERS = ",\t;|"


def read(platform: Any, files: Sequence[IO[bytes]]) -> Read:
    """What these files say, the older one first. SpreadsheetError: another kind of file; RowErrors: its rows."""
    layout = platform.layout
    if layout == Layout.QUEUE_LOG:
        return queue_log.read(
            queue_log.lines_of(map(_text, files)),
            queues=platform.queue_names,
            answer_seconds=platform.answer_seconds,
            short_seconds=platform.short_seconds,
        )
    if layout == Layout.CDR:
        lines = queue_log.lines_of(map(_text, files))
        return records.read_cdr(lines, clock=platform.clock, queues=platform.queue_names)
    if len(files) != 1:
        raise SpreadsheetError(_("Tables are taken in one by one."))
    rows = _rows(files[0])
    if layout == Layout.CALLS:
        return records.read_calls(
            rows,
            mapping=platform.mapping,
            clock=platform.clock,
            answer_seconds=platform.answer_seconds,
            short_seconds=platform.short_seconds,
        )
    return tables.read_sums(rows, mapping=platform.mapping)


def _text(file: IO[bytes]) -> Iterable[str]:
    """The lines of a text in UTF-8 or GBK, one by one."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith((b"PK", b"\xd0\xcf")) or b"\0" in head:
        raise SpreadsheetError(_("The file is no text. Send what the platform writes as it is."))
    try:
        head[: len(head) - 3 if len(head) == _HEAD else len(head)].decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError as error:
        # A letter may be cut at the end of what was looked at.
        encoding = "utf-8-sig" if len(head) == _HEAD and error.start > len(head) - 8 else "gb18030"
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _rows(file: IO[bytes]) -> Iterator[Sequence[str]]:
    head = file.read(4)
    file.seek(0)
    if head.startswith((b"PK", b"\xd0\xcf")):
        sheet = read_sheets(file, COLUMNS_MAX, CELLS_MAX)[0]
        width = max((max(row, default=0) for row in sheet.rows.values()), default=0)
        for number in sorted(sheet.rows):
            row = sheet.rows[number]
            yield [tables.as_text(row.get(column)) for column in range(1, width + 1)]
        return
    lines = iter(_text(file))
    first = next(lines, "")
    splitter = max(_SPLITTERS, key=first.count)
    yield from csv.reader(_with_first(first, lines), delimiter=splitter)


def _with_first(first: str, lines: Iterable[str]) -> Iterator[str]:
    yield first
    yield from lines
