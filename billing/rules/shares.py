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

from dateutil.relativedelta import relativedelta

from contract.law.money import fen, split_by_days, yuan
from contract.law.periods import contract_quarters
from contract.registry import ContractFacts

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Share:
    """A payment period and its part of the fee, in fen and not yet rounded."""

    start: date
    end: date
    weight: Fraction


def plan(contract: ContractFacts) -> list[Share]:
    """The payment periods of the whole term with their parts of the fee.

    Nothing is owed for days after a termination. Raises KeyError where the contract has no fee or
    no payment cycle.
    """
    months = contract.terms.on(contract.starts_on, "payment_cycle_months")
    periods = contract_quarters(contract.starts_on, contract.ends_on, months)
    parts = _parts(periods, months)
    return [
        Share(start, end, part * _mean_fee(contract, start, end))
        for (start, end), part in zip(periods, parts, strict=True)
    ]


def fee_of_term(contract: ContractFacts) -> Decimal:
    """What the office owes for the whole term, half up to the fen."""
    return total(plan(contract))


def total(shares: Sequence[Share]) -> Decimal:
    """The shares together, half up to the fen."""
    return yuan(floor(sum((share.weight for share in shares), Fraction(0)) + Fraction(1, 2)))


def amounts(shares: Sequence[Share], fixed: Mapping[int, Decimal] | None = None) -> list[Decimal]:
    """The shares in yuan; `fixed` holds those (by position) that are settled and stay as they are.

    What a change of the fee makes of the settled ones is carried by the open ones. Raises
    ValueError where that cannot be: more is settled than the fee gives, or nothing is open.
    """
    fixed = dict(fixed or {})
    open_ones = [i for i in range(len(shares)) if i not in fixed]
    rest = total(shares) - sum(fixed.values(), Decimal(0))
    if rest < 0 or (rest and not any(shares[i].weight for i in open_ones)):
        raise ValueError(f"{rest} yuan of the fee cannot be shared out over what is open")
    if rest:
        scale = lcm(*(shares[i].weight.denominator for i in open_ones))
        parts = split_by_days(rest, [int(shares[i].weight * scale) for i in open_ones])
        fixed.update(zip(open_ones, parts, strict=True))
    return [fixed.get(i, yuan(0)) for i in range(len(shares))]


def _parts(periods: Sequence[tuple[date, date]], months: int) -> list[Fraction]:
    """Each period's part of the term: equal, or by day where the last one is cut short."""
    start, end = periods[-1]
    if start + relativedelta(months=months) - ONE_DAY == end:
        return [Fraction(1, len(periods))] * len(periods)
    days = [(end - start).days + 1 for start, end in periods]
    return [Fraction(count, sum(days)) for count in days]


def _mean_fee(contract: ContractFacts, start: date, end: date) -> Fraction:
    """The fee in force, in fen, averaged over the days of a period."""
    changes = [start, *(row.effective_from for row in contract.terms.changes("annual_fee"))]
    if contract.terminated_on:
        changes.append(contract.terminated_on + ONE_DAY)
    starts = sorted({day for day in changes if start <= day <= end})
    ends = [*(day - ONE_DAY for day in starts[1:]), end]
    whole = (end - start).days + 1
    return sum(
        (
            Fraction(_fee_on(contract, first) * ((last - first).days + 1), whole)
            for first, last in zip(starts, ends, strict=True)
        ),
        Fraction(0),
    )


def _fee_on(contract: ContractFacts, day: date) -> int:
    return fen(contract.terms.on(day, "annual_fee")) if day <= contract.last_day else 0
