"""The fee in shares, one for each payment period (contract articles 9 and 10).

Each whole period has an equal part of the fee; a period that the end of the term cuts short counts
by its days, as do the periods beside it then. Where the fee changes within a period, the old and
the new one share it by day. Shares are cut off at the fen and what is left over goes to the latest,
so that they always add up to the fee of the term exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm

from contract.batch import ContractFacts
from law.money import fen, split_by_days, yuan
from law.periods import contract_quarters, last_day_of_term

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days of a period on which one yearly fee was in force (zero after a termination)."""

    start: date
    end: date
    annual_fee: Decimal

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class Share:
    """A payment period and its part of the fee, in fen and not yet rounded."""

    start: date
    end: date
    weight: Fraction
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Sharing:
    """The periods' amounts in yuan, and what no open period is left to carry."""

    amounts: tuple[Decimal, ...]
    supplement: Decimal = Decimal("0.00")


class SettledBeyondFee(ValueError):
    """More is settled than the fee in force gives."""

    def __init__(self, settled: Decimal, fee: Decimal) -> None:
        super().__init__(f"{settled} yuan are settled, the fee is {fee} yuan")
        self.settled, self.fee = settled, fee


def plan(contract: ContractFacts) -> list[Share]:
    """The payment periods of the whole term with their parts of the fee.

    Nothing is owed for days after a termination. Raises KeyError where the contract has no fee or
    no payment cycle.
    """
    months = contract.terms.on(contract.starts_on, "payment_cycle_months")
    periods = contract_quarters(contract.starts_on, contract.ends_on, months)
    parts = _parts(periods, months)
    shares = []
    for (start, end), part in zip(periods, parts, strict=True):
        spans = _spans(contract, start, end)
        shares.append(Share(start, end, part * _mean_fee(spans), spans))
    return shares


def fee_of_term(contract: ContractFacts) -> Decimal:
    """What the office owes for the whole term, half up to the fen."""
    return total(plan(contract))


def total(shares: Sequence[Share]) -> Decimal:
    """The shares together, half up to the fen."""
    return yuan(floor(sum((share.weight for share in shares), Fraction(0)) + Fraction(1, 2)))


def share_out(
    shares: Sequence[Share], fixed: Mapping[int, Decimal] | None = None, supplements: Decimal = Decimal("0.00")
) -> Sharing:
    """The shares in yuan; `fixed` holds those (by position) that are settled and stay as they are.

    `supplements` is what was added and settled beside the periods. What a change of the fee makes
    of the settled ones is carried by the open ones, and where none is open by a supplement.
    Amounts and supplements add up to the fee of the term exactly. Raises SettledBeyondFee where
    the fee in force gives less than is settled.
    """
    fixed = dict(fixed or {})
    open_ones = [i for i in range(len(shares)) if i not in fixed]
    settled = sum(fixed.values(), Decimal("0.00")) + supplements
    rest = total(shares) - settled
    if rest < 0:
        raise SettledBeyondFee(settled, total(shares))
    carried = rest and any(shares[i].weight for i in open_ones)
    if carried:
        scale = lcm(*(shares[i].weight.denominator for i in open_ones))
        parts = split_by_days(rest, [int(shares[i].weight * scale) for i in open_ones])
        fixed.update(zip(open_ones, parts, strict=True))
    return Sharing(tuple(fixed.get(i, yuan(0)) for i in range(len(shares))), Decimal("0.00") if carried else rest)


def _parts(periods: Sequence[tuple[date, date]], months: int) -> list[Fraction]:
    """Each period's part of the term: equal, or by day where the last one is cut short."""
    end = periods[-1][1]
    if last_day_of_term(periods[0][0], months=months * len(periods)) == end:
        return [Fraction(1, len(periods))] * len(periods)
    days = [(end - start).days + 1 for start, end in periods]
    return [Fraction(count, sum(days)) for count in days]


def _mean_fee(spans: Sequence[Span]) -> Fraction:
    """The fee in force, in fen, averaged over the days of a period."""
    days = sum(span.days for span in spans)
    return sum((Fraction(fen(span.annual_fee) * span.days, days) for span in spans), Fraction(0))


def _spans(contract: ContractFacts, start: date, end: date) -> tuple[Span, ...]:
    """The period cut where another fee takes effect, and after a termination."""
    changes = [start, *(row.effective_from for row in contract.terms.changes("annual_fee"))]
    if contract.terminated_on:
        changes.append(contract.terminated_on + ONE_DAY)
    starts = sorted({day for day in changes if start <= day <= end})
    ends = [*(day - ONE_DAY for day in starts[1:]), end]
    return tuple(Span(first, last, _fee_on(contract, first)) for first, last in zip(starts, ends, strict=True))


def _fee_on(contract: ContractFacts, day: date) -> Decimal:
    if day > contract.last_day:
        return Decimal("0.00")
    return yuan(fen(contract.terms.on(day, "annual_fee")))
