"""What the columns of a table mean: its headings, wherever they stand, and the units of its cells.

Platforms put a title above the headings, spread them over two merged rows, and write the unit into them. A
heading is "接通量", or "呼入/接通量" where the same word stands under several groups; "A + B" adds two columns.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.translation import gettext as _

from hotline.intake.sums import Faults

Row = Sequence[str]
# Headings stand among the first so many rows.
LOOKED_THROUGH = 15
TOTALS = frozenset({"合计", "总计", "小计", "平均", "平均值", "汇总", "总和", "total", "sum", "average"})
NOT_GIVEN = frozenset({"", "--", "-", "/", "—", "n/a", "null"})
MILLISECONDS = {"毫秒": 1, "ms": 1, "秒": 1000, "s": 1000, "sec": 1000, "分钟": 60_000, "分": 60_000, "min": 60_000}
_UNIT = re.compile(r"[(（\[]\s*(毫秒|ms|秒|s|sec|分钟|分|min)\s*[)）\]]$", re.IGNORECASE)
_IN_WORDS = re.compile(r"(?:(\d+)(?:小时|时))?(?:(\d+)(?:分钟|分))?(?:(\d+)秒)?")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+|毫秒|秒|分钟|分)?", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """Where a figure stands: one column, or several that are added; and in how many milliseconds it is written."""

    places: tuple[int, ...]
    unit: int = 1000

    def text(self, row: Row) -> str:
        """The cell of a single column; "" where the row ends before it."""
        place = self.places[0]
        return row[place].strip() if place < len(row) else ""

    def number(self, row: Row) -> int | None:
        """The whole number of the cells; None where one of them is not given. ValueError for anything else."""
        return self._sum(row, whole)

    def seconds(self, row: Row) -> int | None:
        """The cells as seconds, a begun one as a whole one; None where one is not given. ValueError otherwise."""
        return self._sum(row, lambda text: duration(text, self.unit))

    def _sum(self, row: Row, read: Callable[[str], int]) -> int | None:
        total = 0
        for place in self.places:
            text = row[place].strip() if place < len(row) else ""
            if text.lower() in NOT_GIVEN:
                return None
            total += read(text)
        return total


def find(rows: Iterable[Row], mapping: Mapping[str, str]) -> tuple[dict[str, Column], Iterator[tuple[int, Row]]]:
    """What is meant, by column, and the rows below the headings with their numbers from 1.

    RowErrors names a heading that is not there, or stands several times.
    """
    rest = iter(rows)
    first = list(islice(rest, LOOKED_THROUGH))
    wanted = {meant: heading.strip() for meant, heading in mapping.items() if heading.strip()}
    best: tuple[int, int, dict[str, list[int]]] = (-1, 0, {})
    for number in range(len(first)):
        for depth in (1, 2):
            if number + depth > len(first):
                continue
            titles = _titles(first[number : number + depth])
            known = sum(all(part in titles for part in parts(heading, titles)) for heading in wanted.values())
            if known > best[0]:
                best = (known, number + depth, titles)
    _known, below, titles = best
    found, faults = {}, Faults()
    shown = "、".join(dict.fromkeys(name for name in titles if name))[:200]
    for meant, heading in wanted.items():
        own = parts(heading, titles)
        if missing := [part for part in own if part not in titles]:
            faults.add(
                max(below, 1),
                heading,
                _("The file has no column “%(heading)s”. It has: %(titles)s.")
                % {"heading": missing[0], "titles": shown},
            )
        elif several := [part for part in own if len(titles[part]) > 1]:
            faults.add(
                below,
                heading,
                _("“%(heading)s” stands over several columns. Write its group with it, like “呼入/%(heading)s”.")
                % {"heading": several[0]},
            )
        else:
            found[meant] = Column(tuple(titles[part][0] for part in own), _unit(first[:below], titles[own[0]][0]))
    faults.finish()
    return found, _below(chain(first[below:], rest), below)


def parts(heading: str, titles: Mapping[str, object]) -> list[str]:
    """The headings that a mapping names: itself, or those that "A + B" adds."""
    whole_name = plain(heading)
    if whole_name in titles or "+" not in heading:
        return [whole_name]
    return [plain(part) for part in heading.split("+")]


def plain(heading: str) -> str:
    """A heading without line breaks, spaces and its unit."""
    text = re.sub(r"\s+", "", heading.lstrip("\ufeff"))
    return _UNIT.sub("", text)


def _titles(rows: Sequence[Row]) -> dict[str, list[int]]:
    """The headings of one row, or of a row of groups with a row below it, with their columns."""
    found: dict[str, list[int]] = {}
    lower, group = rows[-1], ""
    for place in range(max(map(len, rows))):
        own = plain(lower[place]) if place < len(lower) else ""
        names = [own]
        if len(rows) > 1:
            group = (plain(rows[0][place]) if place < len(rows[0]) else "") or group
            # A group that reaches over both rows has nothing below it.
            names = [own, f"{group}/{own}"] if own else [group] if place < len(rows[0]) and rows[0][place] else []
        for name in names:
            if name:
                found.setdefault(name, []).append(place)
    return found


def _unit(head: Sequence[Row], place: int) -> int:
    for row in reversed(head):
        if place < len(row) and (match := _UNIT.search(re.sub(r"\s+", "", row[place]))):
            return MILLISECONDS[match[1].lower()]
    return 1000


def _below(rows: Iterable[Row], number: int) -> Iterator[tuple[int, Row]]:
    """Rows that say something of their own: neither empty nor a sum of others."""
    for place, row in enumerate(rows, start=number + 1):
        filled = [cell for cell in row if cell]
        if filled and not any(cell.strip().rstrip(":：").lower() in TOTALS for cell in filled[:2]):
            yield place, row


def whole(text: str) -> int:
    """ "1,234" as a whole number. ValueError for anything else, and below 0."""
    number = float(text.strip().replace(",", ""))
    if number != int(number) or number < 0:
        raise ValueError(text)
    return int(number)


def duration(text: str, unit: int = 1000) -> int:
    """ "75", "75000毫秒", "00:01:15", "1分15秒" as seconds, a begun one as a whole one. ValueError otherwise."""
    text = text.strip().replace(",", "")
    if ":" in text:
        hours, minutes, seconds = f"0:{text}".split(":")[-3:]
        if int(minutes) > 59 or not 0 <= float(seconds) < 60:
            raise ValueError(text)
        return int(hours) * 3600 + int(minutes) * 60 + _ceiling(float(seconds))
    if match := _NUMBER.fullmatch(text):
        if match[2] and match[2].lower() not in MILLISECONDS:
            raise ValueError(text)
        return _ceiling(float(match[1]) * (MILLISECONDS[match[2].lower()] if match[2] else unit) / 1000)
    if text and (match := _IN_WORDS.fullmatch(text)):
        return int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + int(match[3] or 0)
    raise ValueError(text)


def _ceiling(number: float) -> int:
    return -int(-number // 1)
