"""Employee numbers: text in one written form, by which people are found and told apart.

Excel, input methods and people write one number in several ways: full-width, in small letters,
as the figure 12 for 0012. The first two are one number; the last is asked about, never guessed.
"""

import re
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from kit.files.spreadsheets import fold
from kit.workbooks.columns import text

T = TypeVar("T")


def written(number: str) -> str:
    """The one written form: half-width, capital letters, no blanks around."""
    return fold(number).upper()


def is_a_day(number: str) -> bool:
    """Whether a program has made a date of the number: 2025-03-01, or 2025-03-01 00:00:00."""
    return re.match(r"(?:19|20)\d\d([-/.])\d\d?\1\d\d?(?!\d)", number) is not None


def bare(number: str) -> str:
    """The number without the zeros that Excel drops: two people must not differ by these alone."""
    form = written(number)
    return form.lstrip("0") or "0" if form.isdecimal() else form


def read(value: Any) -> str:
    """The number in a cell. ValueError for a date, a fraction or a figure that has lost digits."""
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(_("“%(value)s” is no employee number. Format the cell as text.") % {"value": value})
    return written(text(value))


def same_name(one: Any, other: Any) -> bool:
    """Whether two spellings are one name: blanks, width and case of Latin letters do not matter."""
    return letters(one) == letters(other)


def letters(name: Any) -> str:
    """A name in the form in which two spellings of it are one."""
    return "".join(fold(name).casefold().split())


class Numbers(Generic[T]):
    """What belongs to the numbers of one employer."""

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        self._exact = dict(pairs)
        self._written = {written(number): found for number, found in self._exact.items()}

    def find(self, number: str) -> T | None:
        """As it stands on record, or else in the written form."""
        return self._exact.get(number, self._written.get(written(number)))

    def all(self) -> Iterable[T]:
        return self._exact.values()

    def add(self, number: str, found: T) -> None:
        self._exact[number] = self._written[written(number)] = found

    def alike(self, number: str) -> str:
        """Another number on record that differs by leading zeros only; empty where there is none."""
        form = written(number)
        return next((known for known in self._written if known != form and bare(known) == bare(form)), "")

    def unknown(self, number: str) -> str:
        """The sentence for a number that is not on record."""
        if alike := self.alike(number):
            return _(
                "There is no operator with the number %(number)s, but there is %(known)s. If that is meant, "
                "format the cell as text and write it with its zeros."
            ) % {"number": number, "known": alike}
        return _("There is no operator with the number %(number)s.") % {"number": number}
