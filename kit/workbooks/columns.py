"""The columns of a list, and how what stands in their cells is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kit.files.spreadsheets import as_text

_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")

ANSWERS: Mapping[str, Any] = {"是": True, "否": False}


@dataclass(frozen=True)
class Column:
    """A column: its heading, the field, how a value is shown and how it is read.

    `fixed` is what the program fills in: it is shown grey, and read only to know the row again.
    """

    title: str
    field: str
    read: Callable[[Any], Any] = as_text
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
        text = as_text(value)
        if text not in words:
            raise ValueError(
                _("“%(word)s” is not understood; fill in one of: %(words)s.")
                % {"word": text[:20], "words": "、".join(words)}
            )
        return words[text]

    return read


def day(value: Any) -> date:
    """A date as Excel or a person writes it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _DATE.fullmatch(as_text(value))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(as_text(value))
    except ValueError:
        raise ValueError(_("“%(text)s” is no date. Write it as 2024-09-01.") % {"text": as_text(value)[:20]}) from None


def whole(value: Any) -> int:
    """A whole number, not negative."""
    text = as_text(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(_("“%(text)s” is no whole number.") % {"text": text[:20]})
    return int(text)


def number(value: Any) -> Decimal:
    """A number with decimals."""
    try:
        found = Decimal(as_text(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if isinstance(value, bool) or not found.is_finite() or abs(found) >= 10**9:
        raise ValueError(_("“%(text)s” is no number.") % {"text": as_text(value)[:20]})
    return found
