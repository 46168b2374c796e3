"""A table with a row a day, or a row a half hour: the platform has counted, and says what by its headings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hotline.figures import BY_HALF_HOUR, HALVES
from hotline.intake.records import columns, whole
from hotline.intake.sums import DayRead, Faults, Read

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?")
_CLOCK = re.compile(r"(?:.*[ T])?(\d{1,2}):([03]0)(?::00)?(?:\s*[-~至–].*)?")
TOTALS = frozenset({"合计", "总计", "小计", "平均", "汇总", "total"})
NOT_GIVEN = frozenset({"", "--", "-", "/"})


def read_sums(rows: Iterable[Sequence[str]], *, mapping: Mapping[str, str]) -> Read:
    """The days of a table, its first row the headings. An empty cell is a figure that is not known, never 0."""
    found, faults = Read(), Faults()
    numbered = enumerate(rows, start=1)
    places = columns(next(numbered, (1, ()))[1], mapping)
    day_at, half_at = places.pop("day"), places.pop("half_hour", None)
    days: dict[date, DayRead] = {}
    taken: set[tuple[date, int]] = set()
    for number, row in numbered:
        said = row[day_at].strip() if day_at < len(row) else ""
        if not any(row) or said.lower() in TOTALS:
            continue
        try:
            day = read_day(said)
            half = None if half_at is None else read_half(row[half_at])
        except (ValueError, IndexError):
            faults.add(number, mapping["day"], _("“%(text)s” is no day (or no half hour).") % {"text": said[:40]})
            continue
        if (day, half or 0) in taken:
            faults.add(number, mapping["day"], _("%(day)s stands in several rows.") % {"day": day})
            continue
        taken.add((day, half or 0))
        read = days.setdefault(day, DayRead(day, {}))
        for name, place in places.items():
            text = row[place].strip() if place < len(row) else ""
            if text in NOT_GIVEN:
                if half is not None:
                    faults.add(
                        number, mapping[name], _("The half hour has no figure here. Write 0 where nobody called.")
                    )
                continue
            try:
                figure = whole(text)
            except ValueError:
                faults.add(number, mapping[name], _("“%(text)s” is no whole number.") % {"text": text[:20]})
                continue
            _put(read, name, half, figure)
    faults.finish()
    found.days = [days[day] for day in sorted(days)]
    found.calls = sum(read.figures.get("offered") or 0 for read in found.days)
    return found


def _put(read: DayRead, name: str, half: int | None, figure: int) -> None:
    read.figures[name] = (read.figures.get(name) or 0) + figure
    if half is not None and name in BY_HALF_HOUR:
        read.halves.setdefault(name, [0] * HALVES)[half] += figure


def read_day(text: str) -> date:
    """2025-09-03, 2025/9/3, 20250903, 2025年9月3日, 45903 (Excel). ValueError for anything else."""
    match = _DAY.fullmatch(text)
    if match:
        year, month, day = (int(part) for part in match.groups())
        return date(year, month, day)
    if text.isdecimal() and len(text) == 5:
        return date(1899, 12, 30) + timedelta(days=int(text))
    raise ValueError(text)


def read_half(text: str) -> int:
    """The half hour that begins at 08:30, 8:30-9:00 or 2025-09-03 08:30:00: 17."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23:
        raise ValueError(text)
    return int(match[1]) * 2 + int(match[2] == "30")


def as_text(value: object) -> str:
    """A cell of a workbook as the text that a CSV would have."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
