"""A table with a row a day, a half hour or less: the platform has counted, and says what by its headings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hotline.figures import BY_HALF_HOUR, HALVES
from hotline.intake.headings import find
from hotline.intake.sums import BEIJING_SECONDS, EPOCH, DayRead, Faults, Read

_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?")
_CLOCK = re.compile(r"(?:.*[ T])?(\d{1,2}):([0-5][05])(?::00)?(?:\s*[-~至–].*)?")
# How many digits since 1970 have, and into how many parts a second is divided.
EPOCHS = {10: 1, 13: 1000}


def read_sums(rows: Iterable[Sequence[str]], *, mapping: Mapping[str, str]) -> Read:
    """The days of a table. An empty cell is a figure that is not known, never 0.

    Rows of the same time are added where a column says of which queue each is. A table by the hour says nothing
    of half hours: its days are known as a whole.
    """
    found, faults = Read(), Faults()
    places, numbered = find(rows, mapping)
    day_at, half_at, part_at = (places.pop(name, None) for name in ("day", "half_hour", "queue"))
    assert day_at is not None
    days: dict[date, DayRead] = {}
    taken: set[tuple[str, str, str]] = set()
    for number, row in numbered:
        said = day_at.text(row)
        try:
            day = read_day(said)
            half = None if half_at is None else read_half(half_at.text(row))
        except ValueError:
            if sum(map(bool, row)) == 1:  # a remark below the table
                continue
            faults.add(number, mapping["day"], _("“%(text)s” is no day (or no half hour).") % {"text": said[:40]})
            continue
        at = f"{day}", "" if half_at is None else half_at.text(row), "" if part_at is None else part_at.text(row)
        if at in taken:
            again = _(
                "%(day)s stands in several rows. If each is of one queue, name the column that says of which one."
            )
            faults.add(number, mapping["day"], again % {"day": " ".join(at).strip()})
            continue
        taken.add(at)
        known: dict[str, int | None] = {}
        for name, column in places.items():
            try:
                known[name] = column.seconds(row) if name.endswith("_seconds") else column.number(row)
            except ValueError:
                text = column.text(row)[:20]
                faults.add(number, mapping[name], _("“%(text)s” is no whole number.") % {"text": text})
        if all(figure is None for figure in known.values()):
            if half is not None and len(places) > 1:
                faults.add(number, mapping["day"], _("The half hour has no figure. Write 0 where nobody called."))
            found.empty.append(day)
            continue
        read = days.setdefault(day, DayRead(day, {}))
        for name, figure in known.items():
            if figure is not None:
                _put(read, name, half, figure)
            elif half is not None:
                missing = _("The half hour has no figure here. Write 0 where nobody called.")
                faults.add(number, mapping[name], missing)
    faults.finish()
    if not any(number for read in days.values() for numbers in read.halves.values() for number in numbers[1::2]):
        for read in days.values():  # by the hour
            read.halves.clear()
    found.take(days.values())
    found.calls = sum(read.figures.get("offered") or 0 for read in found.days)
    return found


def _put(read: DayRead, name: str, half: int | None, figure: int) -> None:
    read.figures[name] = (read.figures.get(name) or 0) + figure
    if half is not None and name in BY_HALF_HOUR:
        read.halves.setdefault(name, [0] * HALVES)[half] += figure


def read_day(text: str) -> date:
    """2025-09-03, 2025/9/3, 20250903, 2025年9月3日, 45903 (Excel), or seconds or milliseconds since 1970.

    ValueError for anything else.
    """
    if text.isdecimal() and len(text) in EPOCHS:
        return EPOCH + timedelta(days=_beijing(text) // 86_400)
    match = _DAY.fullmatch(text)
    if match:
        year, month, day = (int(part) for part in match.groups())
        return date(year, month, day)
    if text.isdecimal() and len(text) == 5:
        return date(1899, 12, 30) + timedelta(days=int(text))
    raise ValueError(text)


def read_half(text: str) -> int:
    """The half hour that begins at 08:30, 8:30-9:00 or 2025-09-03 08:30:00: 17. What is shorter lies within it."""
    if text.isdecimal() and len(text) in EPOCHS:
        return _beijing(text) % 86_400 // 1800
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23:
        raise ValueError(text)
    return int(match[1]) * 2 + int(match[2]) // 30


def _beijing(text: str) -> int:
    """Seconds since 1970, as a clock in Beijing counts them."""
    return int(text) // EPOCHS[len(text)] + BEIJING_SECONDS


def as_text(value: object) -> str:
    """A cell of a workbook as the text that a CSV would have."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
