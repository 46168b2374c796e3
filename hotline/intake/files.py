"""A file of a platform, whatever its layout, as sums. Text is streamed; a workbook is small and read whole."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext as _

from hotline.choices import Layout
from hotline.intake import queue_log, records, seats, tables
from hotline.intake.headings import LOOKED_THROUGH
from hotline.intake.seats import SeatsRead
from hotline.intake.sums import Read
from kit.files.spreadsheets import SpreadsheetError, read_sheets

COLUMNS_MAX, CELLS_MAX = 120, 150_000
_HEAD = 65_536
_SPLITTERS = ",\t;|"
_BOOK = (b"PK", b"\xd0\xcf")
_LOG_LINE = re.compile(r"\d{9,11}\|[^|]*\|[^|]*\|[^|]*\|[A-Z]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$|\d{10}$|\d{13}$")
RECORDS = {Layout.CDR: records.MASTER, Layout.FREESWITCH: records.FREESWITCH}


def read(platform: Any, files: Sequence[IO[bytes]]) -> Read:
    """What these files say, the older one first. SpreadsheetError: another kind of file; RowErrors: its rows."""
    layout = platform.layout
    if layout == Layout.SEATS:
        raise SpreadsheetError(_("This platform gives the seats and no figures: take its file in as a seat log."))
    for file in files:
        _refuse_another(platform, file)
    if layout == Layout.QUEUE_LOG:
        return queue_log.read(
            queue_log.lines_of(map(_text, files)),
            queues=platform.queue_names,
            answer_seconds=platform.answer_seconds,
            short_seconds=platform.short_seconds,
        )
    if layout in RECORDS:
        lines = queue_log.lines_of(map(_text, files))
        return records.read_cdr(lines, clock=platform.clock, queues=platform.queue_names, shape=RECORDS[Layout(layout)])
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


def read_seats(platform: Any, file: IO[bytes]) -> SeatsRead:
    """What a seat log says. SpreadsheetError: another kind of file; RowErrors: its rows."""
    if platform.layout not in (Layout.QUEUE_LOG, Layout.SEATS):
        raise SpreadsheetError(_("The files of this platform say nothing of the seats: only of its calls."))
    _refuse_another(platform, file)
    if platform.layout == Layout.QUEUE_LOG:
        return seats.read_queue_log(_text(file))
    return seats.read_table(_rows(file), mapping=platform.mapping, clock=platform.clock)


def recognised(head: str) -> Layout | None:
    """What the beginning of a text is, by its first line and not by its name; None for a table with headings."""
    line = next((line for line in head.splitlines() if line.strip()), "")
    if _LOG_LINE.match(line):
        return Layout.QUEUE_LOG
    row = next(csv.reader([line]), [])
    for layout, shape in RECORDS.items():
        if len(row) >= shape.fields_at_least - 1 and _INSTANT.match(row[shape.start]) and row[shape.talked].isdecimal():
            return layout
    return None


def _refuse_another(platform: Any, file: IO[bytes]) -> None:
    """A file of another platform is told by its first lines, before each of them is called wrong."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(_BOOK):
        return
    text, wanted = head.decode("utf-8-sig", errors="replace"), Layout(platform.layout)
    seen, first = recognised(text), text.lstrip().partition("\n")[0]
    # What is neither a known export nor has columns is read on: each of its lines is named.
    if seen != (wanted if wanted in (*RECORDS, Layout.QUEUE_LOG) else None) and (seen or "," in first or "\t" in first):
        raise SpreadsheetError(
            _("This is a file of another kind: %(seen)s. The platform gives: %(wanted)s. Choose the right platform.")
            % {"seen": seen.label if seen else _("a table with headings"), "wanted": wanted.label}
        )


def _text(file: IO[bytes]) -> Iterable[str]:
    """The lines of a text in UTF-8 or GBK, one by one."""
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(_BOOK) or b"\0" in head:
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
    if head.startswith(_BOOK):
        sheet = read_sheets(file, COLUMNS_MAX, CELLS_MAX)[0]
        width = max((max(row, default=0) for row in sheet.rows.values()), default=0)
        for number in range(1, max(sheet.rows, default=0) + 1):
            row = sheet.rows.get(number, {})
            yield [tables.as_text(row.get(column)) for column in range(1, width + 1)]
        return
    lines = iter(_text(file))
    first = list(islice(lines, LOOKED_THROUGH))  # a title may stand above the headings
    splitter = max(_SPLITTERS, key="".join(first).count)
    yield from csv.reader(chain(first, lines), delimiter=splitter)
