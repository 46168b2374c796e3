"""The State Council's yearly holiday notice, read from its text.

The notices of all years have one form: a title that names the year, a number of the General Office,
and one numbered paragraph a holiday: "二、春节：1月28日（农历除夕、周二）至2月4日（…）放假调休，共8天。1月26日
（周日）、2月8日（周六）上班。" What is said twice (the weekday, the number of days) is compared; a sentence
that is neither is shown to the reader, never interpreted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from law.calendar import ONE_DAY, OverlayDay, missing_holidays, statutory_days

WEEKDAYS = "一二三四五六日"
LONGEST = 20_000
"""Characters of a text that is read at all; the notices have about a thousand."""

_YEAR = re.compile(r"关于\s*(\d{4})\s*年\s*部分节假日安排的通知")
_NUMBER = re.compile(r"国办发(?:明电)?〔\d{4}〕\d{1,3}号")
_HOLIDAY = re.compile(r"^\s*[一二三四五六七八九十]{1,3}、\s*([^：:\s]{2,12})[：:](.+)$", re.MULTILINE)
_DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（([^）]*)）)?")
_COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日])")


@dataclass(frozen=True)
class Problem:
    """What stops a notice from being taken over: a code, and what was read."""

    code: str
    text: str


@dataclass(frozen=True)
class NoticeDay:
    """One day that the notice names, under its holiday."""

    day: date
    name: str
    is_rest_day: bool
    is_statutory: bool


@dataclass(frozen=True)
class Schedule:
    """What was read of a notice. Without problems it is complete and may be taken over."""

    year: int | None
    number: str
    days: tuple[NoticeDay, ...]
    not_read: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_notice(text: str) -> Schedule:
    """Read a pasted notice. Nothing is guessed: what is missing or contradicts itself is a problem.

    Codes: `no_year`, `no_number`, `no_holidays`, `weekday`, `count`, `no_such_day`, `twice`,
    `holiday_missing`.
    """
    text = text[:LONGEST].replace("(", "（").replace(")", "）")
    titled, numbered = _YEAR.search(text), _NUMBER.search(text)
    if titled is None:
        return Schedule(None, "", (), (), (Problem("no_year", text.strip()[:40]),))
    year = int(titled[1])
    reader = _Reader(year)
    for name, said in _HOLIDAY.findall(text):
        reader.holiday(name, said)
    problems = reader.problems
    if numbered is None:
        problems.append(Problem("no_number", ""))
    if not reader.days:
        problems.append(Problem("no_holidays", ""))
    else:
        read = {one.day: OverlayDay(one.is_rest_day, one.is_statutory) for one in reader.days.values()}
        problems += [Problem("holiday_missing", day.isoformat()) for day in missing_holidays(read, year)]
    days = tuple(sorted(reader.days.values(), key=lambda one: one.day))
    return Schedule(year, numbered[0] if numbered else "", days, tuple(reader.not_read), tuple(problems))


class _Reader:
    """Goes through the paragraphs; the year and month of a day carry on to the next."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.days: dict[date, NoticeDay] = {}
        self.not_read: list[str] = []
        self.problems: list[Problem] = []

    def holiday(self, name: str, said: str) -> None:
        for sentence in (part.strip() for part in re.split("[。；;]", said)):
            if "上班" in sentence:
                for first, last in self._spans(sentence):
                    self._take(name, first, last, rest=False)
            elif "放假" in sentence:
                self._days_off(name, sentence)
            elif sentence:
                self.not_read.append(sentence)

    def _days_off(self, name: str, sentence: str) -> None:
        length = 0
        for first, last in self._spans(sentence):
            length += (last - first).days + 1
            self._take(name, first, last, rest=True)
        told = _COUNT.search(sentence)
        if told and int(told[1]) != length:
            self.problems.append(Problem("count", sentence))

    def _spans(self, sentence: str) -> Iterator[tuple[date, date]]:
        """The spans of days that a sentence names: one day, or two with 至 between them."""
        found = [(match, self._day(match)) for match in self._carrying(sentence)]
        place = 0
        while place < len(found):
            match, first = found[place]
            last = first
            if place + 1 < len(found) and sentence[match.end() : found[place + 1][0].start()].strip() == "至":
                place += 1
                last = found[place][1]
            place += 1
            if first and last and first <= last <= first + timedelta(days=31):
                yield first, last
            elif first and last:
                self.problems.append(Problem("no_such_day", sentence))

    def _carrying(self, sentence: str) -> Iterator[re.Match[str]]:
        self._at: tuple[int, int | None] = (self.year, None)
        yield from _DAY.finditer(sentence)

    def _day(self, match: re.Match[str]) -> date | None:
        year, month = self._at
        year, month = int(match[1] or year), int(match[2]) if match[2] else month
        self._at = year, month
        try:
            day = date(year, month or 0, int(match[3]))
        except ValueError:
            self.problems.append(Problem("no_such_day", match[0]))
            return None
        said = _WEEKDAY.search(match[4] or "")
        if said and WEEKDAYS.index(said[1]) != day.weekday():
            self.problems.append(Problem("weekday", match[0]))
        return day

    def _take(self, name: str, first: date, last: date, *, rest: bool) -> None:
        day = first
        while day <= last:
            if day in self.days and self.days[day].is_rest_day != rest:
                self.problems.append(Problem("twice", day.isoformat()))
            self.days[day] = NoticeDay(day, name, rest, rest and day in statutory_days(day.year))
            day += ONE_DAY
