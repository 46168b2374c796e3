"""Comparisons as the law words them, and shares compared by integers.

Civil Code art. 1259: 以上, 以下, 以内 and 届满 include the figure itself;
不满, 超过 and 以外 exclude it.

A share is never rounded before it is compared: 97.997 % is not 98 %.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any, Protocol, TypeVar


class Ordered(Protocol):
    """Anything that can be put in order: numbers, dates, instants."""

    def __lt__(self, other: Any, /) -> bool: ...


T = TypeVar("T", bound=Ordered)
Percent = Decimal | int | str


def at_least(value: T, bound: T) -> bool:
    """以上, 不低于: the figure itself passes."""
    return not value < bound


def at_most(value: T, bound: T) -> bool:
    """以下, 以内, 不高于: the figure itself, and so the last day, passes."""
    return not bound < value


def exceeds(value: T, bound: T) -> bool:
    """超过, 以外: the figure itself does not."""
    return bound < value


def share_at_least(part: int, whole: int, percent: Percent) -> bool:
    """Whether `part` of `whole` is at least `percent`, exactly.

    Raises ValueError where nothing is owed (`whole` is 0: that is not 100 %), for a part outside
    the whole, and for a percentage outside 0 to 100.
    """
    _require_part(part, whole)
    ratio = _ratio(percent)
    return part * ratio.denominator >= whole * ratio.numerator


def ceiling_percent(part: int, whole: Fraction | int) -> str:
    """A share as a percentage, rounded up to two decimals: what is above a limit never reads as the limit."""
    hundredths = -(-Fraction(part) * 10000 // Fraction(whole))
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def floor_percent(part: int, whole: int) -> str:
    """A share for display, cut off (not rounded) after two decimals: `97.99%`.

    Raises ValueError as `share_at_least` does.
    """
    _require_part(part, whole)
    hundredths = part * 10_000 // whole
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def budget(whole: int, percent: Percent) -> int:
    """How many of `whole` may be missing while `percent` is still reached (1350 at 98 % -> 27).

    Nothing owed leaves nothing to spend. Raises ValueError for a negative whole.
    """
    if whole < 0:
        raise ValueError("the whole cannot be negative")
    ratio = 1 - _ratio(percent)
    return whole * ratio.numerator // ratio.denominator


def _require_part(part: int, whole: int) -> None:
    if whole <= 0:
        raise ValueError("a share needs a whole: where nothing is owed, there is no share")
    if not 0 <= part <= whole:
        raise ValueError(f"the part ({part}) must lie between 0 and the whole ({whole})")


@lru_cache(maxsize=256, typed=True)  # asked for each day of each contract; a float is refused, also after its equal
def _ratio(percent: Percent) -> Fraction:
    if not isinstance(percent, (Decimal, int, str)):
        raise TypeError("a percentage is a Decimal, an int or a decimal string, never a float")
    try:
        number = Decimal(percent)
    except InvalidOperation:
        raise ValueError(f"not a percentage: {percent!r}") from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise ValueError(f"a percentage lies between 0 and 100, not {percent}")
    return Fraction(number) / 100
