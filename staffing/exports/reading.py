"""A workbook of another tool as days of people. Nothing is written here."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from kit.files.spreadsheets import FILE_MAX_BYTES, ROWS_MAX, Sheet, SpreadsheetError, fold, name_of, read_sheets
from staffing.choices import AttendanceStatus
from staffing.exports import sources
from staffing.exports.dingtalk import of_day, of_punches
from staffing.exports.sources import SOURCES, WORDS, Source

COLUMNS_MAX, CELLS_MAX, HEAD_WITHIN = 120, 150_000, 8
TEXT_MAX = 500  # of a cell: longer ones say no day's state, and patterns take their time over them
_PUNCHES = re.compile(r"\s*\((?P<first>-|\d\d?:\d\d)(?:,(?P<last>-|\d\d?:\d\d))?\)$")
_UNIT = re.compile(r"\s*\((?:次|天|小时|分钟)\)$")
_UNIT_OF = re.compile(r"\((天|小时|分钟)\)")
_LEFT = re.compile(r"\s*\(已?离职\)$")
_SHIFT = re.compile(r"^[^:\d]*班次:")
_REQUEST = re.compile(r"(?P<kind>\D+?)(?P<amount>\d+(?:\.\d+)?)天\((?P<span>.+)\)")
_DAY = re.compile(r"(?:20)?(\d\d)[/-](\d\d?)[/-](\d\d?)(?!\d)")
_WHOLE_DAY = re.compile(r"20(\d\d)[/年-](\d\d?)[/月-](\d\d?)日?(?: 00:00:00| *\(?(?:星期|周|[A-Z])\w{1,9}\)?)?")
_WEEKEND = {"六": 5, "日": 6}
NONE = "--"
# A leave is of whole days from seven hours on; both tools let a firm set its hours of a day.
DAY_OF = {"天": Decimal(1), "小时": 1 / Decimal(7), "分钟": 1 / Decimal(420), "": Decimal(0)}

AT_WORK = frozenset(
    {sources.WORKED, sources.REST_WORKED, sources.LATE, sources.EARLY, sources.MISSING, sources.CORRECTED, sources.ODD}
)

Key = tuple[str, str]


@dataclass(frozen=True)
class State:
    """One thing that a cell says of a day: 12 minutes late, half a day of leave."""

    kind: str
    text: str
    amount: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class DayRead:
    """What was understood of a person and a day; `question` says what was not."""

    cell: str
    day: date
    name: str
    number: str
    account: str
    text: str
    states: tuple[State, ...] = ()
    first_punch: str = ""
    last_punch: str = ""
    status: str = ""
    question: str = ""


@dataclass(frozen=True)
class Export:
    """One sheet that was recognised, with its period."""

    source: Source
    sheet: str
    first: date
    last: date
    days: list[DayRead] = field(default_factory=list)


def read_export(file: IO[bytes]) -> Export:
    """The first sheet that is known. Raises SpreadsheetError, also for a file of no known tool."""
    for sheet in _sheets(file):
        head = _head_row(sheet)
        if not head:
            continue
        top = [_plain(value) for row in (1, 2) for value in sheet.rows.get(row, {}).values()]
        for source in SOURCES:
            columns = _columns(sheet, head, source.heads)
            names = {name for _group, name in columns.values()}
            # Of 原始记录 the first punch would be taken for a heading, and 打卡时间 for a group.
            groups = {group for group, name in columns.values() if not re.match(r"\d{4}", name)}
            if source.is_dated:
                here = any(_WHOLE_DAY.fullmatch(name) for name in names)
            else:
                here = source.days in groups if source.days else {source.day, source.result} <= names
            period = next(filter(None, (re.search(source.period, text) for text in top)), None)
            if not here or (source.period and period is None):
                continue
            first, last = _span(period) if source.period and period else (date.min, date.max)
            found = Export(source, sheet.title, first, last)
            found.days.extend(_days(sheet, source, head, columns, found))
            return found
    raise SpreadsheetError(
        _(
            "No sheet of a known export was found. Known are the month summary, the daily and the punch sheet of "
            "钉钉, the daily and monthly report of 企业微信, and any sheet with 姓名 and days such as 2025-09-01 as "
            "headings; else fill in the attendance template."
        )
    )


def _sheets(file: IO[bytes]) -> list[Sheet]:
    """The sheets of a workbook, or a CSV in UTF-8 or GBK as one."""
    head = file.read(4)
    file.seek(0)
    if head.startswith((b"PK", b"\xd0\xcf")):
        return read_sheets(file, COLUMNS_MAX, CELLS_MAX)
    content = file.read(FILE_MAX_BYTES + 1)
    file.seek(0)
    if len(content) > FILE_MAX_BYTES or b"\0" in content:
        raise SpreadsheetError(_("The file is neither an .xlsx workbook nor a CSV."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise SpreadsheetError(_("The CSV is neither in UTF-8 nor in GBK. Save it anew.")) from error
    try:
        lines = list(islice(csv.reader(io.StringIO(text, newline="")), ROWS_MAX + 1))
    except csv.Error as error:
        raise SpreadsheetError(_("The file is neither an .xlsx workbook nor a CSV.")) from error
    if len(lines) > ROWS_MAX or any(len(line) > COLUMNS_MAX for line in lines):
        raise SpreadsheetError(_("The CSV has more rows or columns than is taken in. Send it by month."))
    rows = {
        row: {column: value for column, value in enumerate(line, start=1) if value.strip()}
        for row, line in enumerate(lines, start=1)
    }
    return [Sheet("CSV", rows)]


def _plain(value: Any) -> str:
    """A cell in one written form. A longer text than any day's state is cut, and no state by its sign."""
    text = fold(value)
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}…"


def _head_row(sheet: Sheet) -> int:
    return next((row for row in range(1, HEAD_WITHIN) if "姓名" in map(_plain, sheet.rows.get(row, {}).values())), 0)


def _columns(sheet: Sheet, head: int, heads: int) -> dict[int, Key]:
    """Group and heading of each column, with merges or without: a group has its children below it."""
    above, below = sheet.rows.get(head, {}), sheet.rows.get(head + 1, {}) if heads == 2 else {}
    columns, group = {}, ""
    for column in range(1, COLUMNS_MAX + 1):
        top, child = (_UNIT.sub("", "".join(_plain(row.get(column, "")).split("\n")[:1])) for row in (above, below))
        if top:
            group = top if child else ""
        if top or child:
            columns[column] = (group, child or top)
    return columns


def _span(period: re.Match[str]) -> tuple[date, date]:
    """The days of the period; a year that is left out is that of the day on which it was made, or the one before."""
    found = period.groupdict()
    try:
        if found.get("made") is None:
            return date.fromisoformat(found["first"]), date.fromisoformat(found["last"])
        made = date.fromisoformat(found["made"])
        last = date.fromisoformat(f"{made.year}-{found['last']}")
        last = last if last <= made else last.replace(year=made.year - 1)
        first = date.fromisoformat(f"{last.year}-{found['first']}")
        return (first if first <= last else first.replace(year=last.year - 1)), last
    except ValueError as error:  # 02-30, or 02-29 of a year without one
        raise SpreadsheetError(_("The period “%(text)s” is not understood.") % {"text": period[0][:60]}) from error


def _date(match: re.Match[str] | None) -> date | None:
    """The day that is written, if there is such a day."""
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    try:
        return date(2000 + year, month, day)
    except ValueError:
        return None


def _days_of(columns: Mapping[int, Key], source: Source, head: int, export: Export) -> dict[int, date]:
    """The day of each column of days. SpreadsheetError where one was taken out or put in: the others would shift."""
    if source.is_dated:
        named = {column: _date(_WHOLE_DAY.fullmatch(name)) for column, (_group, name) in columns.items()}
        return {column: day for column, day in named.items() if day}
    places = [column for column, (group, _name) in columns.items() if source.days and group == source.days]
    found = {}
    for column in places:
        offset = column - places[0]
        day = export.first + timedelta(days=offset) if offset <= (export.last - export.first).days else None
        label = columns[column][1]
        fits = day and (int(label) == day.day if re.fullmatch(r"\d{1,2}", label) else _fits(label, day))
        if not day or not fits:
            raise SpreadsheetError(
                _(
                    "Column %(cell)s is headed “%(label)s”, which does not fit the days %(first)s to %(last)s. Send "
                    "the export as it was downloaded, without columns taken out or put in."
                )
                % {"cell": name_of(head + 1, column), "label": label, "first": export.first, "last": export.last}
            )
        found[column] = day
    return found


def _fits(label: str, day: date) -> bool:
    """Whether a heading without a number may stand over the day: 六, 日, or the name of a holiday."""
    return day.weekday() == _WEEKEND.get(label, day.weekday())


def _days(sheet: Sheet, source: Source, head: int, columns: Mapping[int, Key], export: Export) -> Iterator[DayRead]:
    by_name: dict[str, int] = {}
    for column, (_group, name) in columns.items():
        by_name.setdefault(name, column)
    by_key = {key: column for column, key in columns.items()}
    units = _units(sheet, head, columns)
    day_columns = _days_of(columns, source, head, export)
    for row, cells in sorted(sheet.rows.items()):
        values = {column: _plain(value) for column, value in cells.items()}

        def said(name: str, values: Mapping[int, str] = values) -> str:
            value = values.get(by_name.get(name, 0), "")
            return "" if value == NONE else value

        name = _LEFT.sub("", said("姓名"))
        if row < head + source.heads or not name:
            continue
        who: dict[str, Any] = {
            "name": name,
            "number": said(source.number).removesuffix(".0"),
            "account": said(source.account),
        }
        if any(said(column) == word for column, word in (source.outside or {}).items()):
            continue  # not in the group: no data, which is no absence
        if day_columns:
            for column, day in day_columns.items():
                if (text := values.get(column, "")) not in ("", NONE):
                    words, ends = of_punches(text) if source.in_punches else (text, ("", ""))
                    read = _read(name_of(row, column), day, words, source, who, ends)
                    yield replace(read, text=text) if source.in_punches else read
            continue
        cell = name_of(row, by_name[source.result])
        written = _date(_DAY.match(said(source.day)))
        if written is None or not export.first <= written <= export.last:
            question = _("The day “%(day)s” of this row is not understood.") % {"day": said(source.day)[:40]}
            yield DayRead(cell, written or export.first, text=said(source.result), question=question, **who)
            continue
        punches = [values.get(by_key.get(key, 0), "") for key in (source.first_punch, source.last_punch)]
        times = [punch if re.fullmatch(r"(次日 ?)?\d\d?:\d\d", punch) else "" for punch in punches]
        text = said(source.result)
        if source.in_columns:
            text, (first, last) = of_day({key: values.get(column, "") for key, column in by_key.items()}, units)
            times = [first, last]
        yield _read(cell, written, text, source, who, times, said(source.request))


def _units(sheet: Sheet, head: int, columns: Mapping[int, Key]) -> dict[Key, str]:
    """The unit that each heading names, as 小时 in 事假(小时)."""
    headings = ((key, _plain(sheet.at(head + 1, column) or "")) for column, key in columns.items())
    return {key: match[1] for key, heading in headings if (match := _UNIT_OF.search(heading))}


def _read(
    cell: str,
    day: date,
    text: str,
    source: Source,
    who: dict[str, Any],
    times: Iterable[str] = ("", ""),
    request: str = "",
) -> DayRead:
    first, last = times
    if match := _PUNCHES.search(text):
        first, last = (("" if part in (None, "-") else part) for part in (match["first"], match["last"]))
        text = text[: match.start()]
    if first and last and len(last) <= 5 and last.zfill(5) < first.zfill(5):
        last = f"次日 {last}"  # after midnight: of the day on which the shift began
    states: list[State] = []
    unknown = False
    for part in filter(None, (part.strip() for part in text.split(source.parts))):
        state = _state(_SHIFT.sub("", part))
        if state:
            states.append(state)
        unknown |= state is None
    if match := _REQUEST.fullmatch(request):
        kind = sources.SICK if "病假" in match["kind"] else sources.LEAVE
        kind = sources.TRIP if "出差" in match["kind"] else kind
        states.append(State(kind, request, Decimal(match["amount"]), "天"))
    status, question = status_of(states, bool(first or last))
    if source.statuses and text.strip() in source.statuses:
        status, question = source.statuses[text.strip()], ""
    elif unknown or (source.statuses and not states):
        status, question = "", _("“%(text)s” is not understood.") % {"text": text.strip()[:40]}
    return DayRead(
        cell,
        day,
        **who,
        text=text.strip(),
        states=tuple(states),
        first_punch=first,
        last_punch=last,
        status=status,
        question=question,
    )


def _state(part: str) -> State | None:
    for pattern, kind in WORDS:
        if match := re.fullmatch(pattern, part):
            found = match.groupdict()
            amount, unit = found.get("amount"), found.get("unit") or ""
            minutes = Decimal(found["hours"]) * 60 if found.get("hours") else Decimal(0)
            total = minutes + Decimal(amount) if amount else minutes or None
            return State(kind, part, total, unit or ("分钟" if minutes else ""))
    return None


def status_of(states: Iterable[State], has_punches: bool) -> tuple[str, str]:
    """The status of a whole day, and what a person must decide where there is none.

    A leave beside punches is part of a day, a trip is no post: neither is decided here. A day off
    the rota, and one outside the employment, has no status and no question.
    """
    kinds = {state.kind for state in states}
    worked = kinds & AT_WORK
    if kinds & {sources.TRIP}:
        return "", _("A business trip: was the person on post?")
    if away := kinds & {sources.LEAVE, sources.SICK}:
        whole = not has_punches and not worked
        lengths = [state.amount * DAY_OF[state.unit] for state in states if state.kind in away and state.amount]
        if not whole or not lengths or min(lengths) < 1:
            return "", _("A leave of the whole day or of a part of it?")
        return (AttendanceStatus.SICK if sources.SICK in away else AttendanceStatus.LEAVE), ""
    if sources.ABSENT in kinds:
        return ("", _("Absent and at work on one day?")) if has_punches else (AttendanceStatus.ABSENT, "")
    if worked:
        return AttendanceStatus.ON_DUTY, ""
    if sources.REST in kinds:
        return AttendanceStatus.REST, ""
    return "", ""
