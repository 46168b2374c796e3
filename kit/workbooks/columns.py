"""The columns of a list, and how what stands in their cells is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kit.files.spreadsheets import as_text, fold

_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]+0?0:00(?::00(?:\.0+)?)?)?")
_PLAIN = re.compile(r"[0-9]{8}")
# A figure of more digits than these has lost some in Excel.
EXACT_BELOW = 10**15

ANSWERS: Mapping[str, Any] = {"是": True, "否": False}


def text(value: Any) -> str:
    """What a person typed as text. ValueError for what Excel has made something else of."""
    if isinstance(value, date | time | timedelta):
        raise ValueError(
            _("Excel has made a date or a time of the text (%(value)s). Format the cell as text and type it again.")
            % {"value": value}
        )
    if isinstance(value, bool):
        raise ValueError(_("“%(text)s” is no text. Format the cell as text and type it again.") % {"text": value})
    if isinstance(value, int | float) and abs(value) >= EXACT_BELOW:
        raise ValueError(
            _(
                "Excel has turned the number into a figure and lost its last digits. Format the "
                "cell as text and type the number again."
            )
        )
    return as_text(value)


@dataclass(frozen=True)
class Column:
    """A column: its heading, the field, how a value is shown and how it is read.

    `fixed` is what the program fills in: it is shown grey, and read only to know the row again.
    """

    title: str
    field: str
    read: Callable[[Any], Any] = text
    words: Mapping[str, Any] | None = None
    required: bool = False
    fixed: bool = False
    width: int = 14
    show: Callable[[Any], Any] | None = None

    def text(self, item: Any) -> str:
        value = self.show(item) if self.show else getattr(item, self.field)
        if self.words is not None:
            return next((word for word, meaning in self.words.items() if meaning == value), "")
        return "" if value is None else str(value)


def word(words: Mapping[str, Any]) -> Callable[[Any], Any]:
    """One of the words of a list."""

    def read(value: Any) -> Any:
        text = fold(value)
        if text not in words:
            raise ValueError(
                _("“%(word)s” is not understood; fill in one of: %(words)s.")
                % {"word": text[:20], "words": "、".join(words)}
            )
        return words[text]

    return read


def day(value: Any) -> date:
    """A date as Excel or a person writes it.

    ValueError for one with a time of day: some programs write a day as 16:00 of the day before,
    so cutting the time off would be a guess.
    """
    if isinstance(value, datetime):
        if value.time() != time():
            raise ValueError(
                _(
                    "The cell holds a time of day (%(value)s); some programs write the day before. "
                    "Look which day is meant, and write the date alone, such as 2024-09-01."
                )
                % {"value": value}
            )
        return value.date()
    if isinstance(value, date):
        return value
    text = fold(value)
    match = _DATE.fullmatch(text)
    try:
        if match:
            return date(*map(int, match.groups()))
        if _PLAIN.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(_("“%(text)s” is no date. Write it as 2024-09-01.") % {"text": text[:20]})


def whole(value: Any) -> int:
    """A whole number, not negative."""
    text = fold(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(_("“%(text)s” is no whole number.") % {"text": text[:20]})
    return int(text)


def number(value: Any) -> Decimal:
    """A number with decimals."""
    try:
        found = Decimal(fold(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite() or abs(found) >= 10**9:
        raise ValueError(_("“%(text)s” is no number.") % {"text": as_text(value)[:20]})
    return found
