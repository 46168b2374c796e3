"""Money in yuan as Decimal, exact to the fen (0.01). Floating point is refused.

Amounts that the contract or an invoice states have at most two decimals; more are an error, never
rounded in silence. Only a result that a rule rounds (tax, interest, percentage) is rounded, half
up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

Amount = Decimal | int | str

FEN = Decimal("0.01")
CAPITALS_BELOW = Decimal(10) ** 12
"""Capital numerals are written for amounts below one 万亿 yuan."""

DAILY_LATE_INTEREST = Decimal("0.0005")
"""0.05 % a day where none is agreed (SME payment regulations art. 17; in the 2020 text art. 15)."""

LPR_ONE_YEAR = (
    (date(2019, 8, 20), Decimal("4.25")),
    (date(2019, 9, 20), Decimal("4.20")),
    (date(2019, 11, 20), Decimal("4.15")),
    (date(2020, 2, 20), Decimal("4.05")),
    (date(2020, 4, 20), Decimal("3.85")),
    (date(2021, 12, 20), Decimal("3.80")),
    (date(2022, 1, 20), Decimal("3.70")),
    (date(2022, 8, 22), Decimal("3.65")),
    (date(2023, 6, 20), Decimal("3.55")),
    (date(2023, 8, 21), Decimal("3.45")),
    (date(2024, 7, 22), Decimal("3.35")),
    (date(2024, 10, 21), Decimal("3.10")),
    (date(2025, 5, 20), Decimal("3.00")),
)
"""The one-year loan prime rate in per cent a year, each from the day of its publication."""

DIFFERENTIAL_RATE = Decimal("0.05")
DIFFERENTIAL_LAST_DAY = date(2025, 12, 31)
DIFFERENTIAL_ENDED = "vat_differential_5_ended"


def fen(amount: Amount) -> int:
    """An amount as whole fen: `fen("1.20")` is 120.

    Raises ValueError for a negative amount, one finer than a fen or no number, TypeError for a
    float.
    """
    number = _decimal(amount)
    if number < 0:
        raise ValueError(f"the amount cannot be negative: {amount}")
    numerator, denominator = (number * 100).as_integer_ratio()
    if denominator != 1:
        raise ValueError(f"the amount has more than two decimals: {amount}")
    return numerator


def yuan(whole_fen: int) -> Decimal:
    """Whole fen as an amount with two decimals: the inverse of `fen`."""
    return Decimal(whole_fen).scaleb(-2).quantize(FEN)


def half_up(amount: Amount) -> Decimal:
    """An amount rounded to the fen, a half of one away from zero."""
    return _decimal(amount).quantize(FEN, ROUND_HALF_UP)


def split_by_days(total: Amount, day_counts: Sequence[int]) -> list[Decimal]:
    """A total split in proportion to days, adding up to it exactly, no part negative.

    Each part is cut off at the fen; what is left over goes, a fen each, to the latest parts that
    have days. Raises ValueError for a bad total, negative days or no days at all.
    """
    whole, days = fen(total), sum(day_counts)
    if any(count < 0 for count in day_counts) or days == 0:
        raise ValueError("the parts need days, and none a negative number of them")
    shares = [whole * count // days for count in day_counts]
    left_over = whole - sum(shares)
    for index in reversed(range(len(shares))):
        if left_over and day_counts[index]:
            shares[index] += 1
            left_over -= 1
    return [yuan(share) for share in shares]


def percentage_of(base: Amount, percent: Amount) -> Decimal:
    """`percent` per cent of an amount, half up to the fen.

    Raises ValueError for a bad amount or a negative percentage.
    """
    rate = _decimal(percent)
    if rate < 0:
        raise ValueError(f"the percentage cannot be negative: {percent}")
    return half_up(yuan(fen(base)) * rate / 100)


def late_interest(amount: Amount, days_late: int, daily_rate: Amount = DAILY_LATE_INTEREST) -> Decimal:
    """Simple interest on an overdue amount, half up to the fen.

    `daily_rate` is a fraction (0.0005 is 0.05 % a day). Raises ValueError for negative figures.
    """
    rate = _decimal(daily_rate)
    if days_late < 0 or rate < 0:
        raise ValueError("neither the days nor the daily rate can be negative")
    return half_up(yuan(fen(amount)) * days_late * rate)


def lpr_one_year_on(day: date) -> Decimal:
    """The one-year LPR of a day in per cent a year, the last one known for later days.

    Raises ValueError for a day before the rate was published in this form (2019-08-20).
    """
    for since, percent in reversed(LPR_ONE_YEAR):
        if since <= day:
            return percent
    raise ValueError(f"no one-year LPR is recorded for {day.isoformat()}")


class VatSplit(NamedTuple):
    """An amount including VAT in its two parts, which add up to it."""

    net: Decimal
    tax: Decimal


def vat_split(gross: Amount, rate: Amount) -> VatSplit:
    """Net (half up) and tax (the rest) of an amount that includes VAT (VAT Law arts. 7, 10, 11).

    `rate` is a fraction: 0.06 is 6 %. Raises ValueError for a bad amount or rate.
    """
    whole = yuan(fen(gross))
    net = half_up(whole / (1 + _tax_rate(rate)))
    return VatSplit(net, whole - net)


def rate_warning(rate: Amount, invoice_date: date) -> str | None:
    """A code if a VAT rate does not fit the day of the invoice, else None.

    `vat_differential_5_ended`: the 5 % differential option ended with 2025 for general taxpayers.
    """
    if _tax_rate(rate) == DIFFERENTIAL_RATE and invoice_date > DIFFERENTIAL_LAST_DAY:
        return DIFFERENTIAL_ENDED
    return None


@dataclass(frozen=True)
class RefundAndDamages:
    """What art. 19 of the contract computes, in yuan; costs are claimed on evidence beside it."""

    refund: Decimal
    damages: Decimal

    @property
    def total(self) -> Decimal:
        """Refund and liquidated damages together."""
        return self.refund + self.damages


def refund_and_damages(paid: Amount, contract_sum: Amount, percent: Amount = 10) -> RefundAndDamages:
    """The claim after an unauthorised transfer to a third party (contract art. 19).

    Everything paid so far comes back, and `percent` per cent of the contract sum on top. Which sum
    is meant (the year's or the tender's) is the caller's policy. Raises ValueError for bad amounts.
    """
    return RefundAndDamages(yuan(fen(paid)), percentage_of(contract_sum, percent))


def in_capitals(amount: Amount) -> str:
    """An amount in capital numerals, as on cheques (正确填写票据和结算凭证的基本规定).

    整 follows 元 only. Before 角 stands a 零 wherever the digit of 元 is 0 (壹拾元零叁角).
    Raises ValueError for negative amounts, fractions of a fen and amounts of 10^12 yuan and more.
    """
    whole = yuan(fen(amount))
    if whole >= CAPITALS_BELOW:
        raise ValueError(f"too large for capital numerals: {amount}")
    import cn2an  # builds its tables on import: 0.3 s that only a document needs

    text = str(cn2an.an2cn(f"{whole:f}", "rmb"))
    yuan_part, jiao = int(whole), int(whole * 10) % 10
    if yuan_part and yuan_part % 10 == 0 and jiao:
        return text.replace("元", "元零")
    return text


def _tax_rate(rate: Amount) -> Decimal:
    fraction = _decimal(rate)
    if not 0 <= fraction < 1:
        raise ValueError(f"a VAT rate is a fraction such as 0.06, not {rate}")
    return fraction


def _decimal(amount: Amount) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int, str)):
        raise TypeError("money is a Decimal, an int or a decimal string, never a float")
    try:
        number = Decimal(amount)
    except InvalidOperation:
        raise ValueError(f"not an amount: {amount!r}") from None
    if not number.is_finite():
        raise ValueError(f"not an amount: {amount!r}")
    return number
