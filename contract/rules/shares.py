"""The fee in shares, one for each payment period.

What the fee is for stands in the term `fee_basis`:

- the whole term: each whole period has an equal part of the fee; a period that the end of the term cuts
  short counts by its days, as do the periods beside it then;
- a contract year: the years' prices are added. A year that the end of the term cuts short counts by its
  months or by its days (policy `fee_part_year`);
- a month: the months' prices are added, days beyond the last whole month by day.

Where the fee changes within a period, the old and the new one share it by day. Shares are cut off at the
fen and what is left over goes to the latest (of each year, where years have prices), so that they
always add up to the fee of the term exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor, lcm

from contract.batch import ContractFacts
from contract.values import Book, DatedValue
from law.money import fen, split_by_days, yuan
from law.periods import contract_quarters, last_day_of_term

ONE_DAY = timedelta(days=1)
WHOLE_TERM, CONTRACT_YEAR, MONTH, BY_QUANTITY = "whole_term", "contract_year", "month", "by_quantity"
UNIT_MONTHS = {CONTRACT_YEAR: 12, MONTH: 1}


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
    group: int = 0
    """The contract year (or month, or payment rule) whose price it is a part of: each adds up to its own price."""


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


def plan(contract: ContractFacts, months: int | None = None) -> list[Share]:
    """The payment periods of the whole term with their parts of the fee, by the contract's cycle or by `months`.

    Nothing is owed for days after a termination. Raises KeyError where the contract has no fee or
    no payment cycle.
    """
    months = months or contract.terms.on(contract.starts_on, "payment_cycle_months")
    assert months is not None
    basis = contract.terms.on(contract.starts_on, "fee_basis")
    periods = contract_quarters(contract.starts_on, contract.ends_on, months)
    if basis == WHOLE_TERM:
        parts = _parts(periods, months)
        cut = [_spans(contract, start, end) for start, end in periods]
        return [
            Share(start, end, part * _mean_fee(spans), spans)
            for (start, end), part, spans in zip(periods, parts, cut, strict=True)
        ]
    units = contract_quarters(contract.starts_on, contract.ends_on, UNIT_MONTHS[basis])
    shares = []
    for place, (start, end) in enumerate(periods):
        touched = [
            (number, max(start, first), min(end, last))
            for number, (first, last) in enumerate(units)
            if first <= end and start <= last
        ]
        weight = sum(
            (_of_unit(contract, basis, *one) * _mean_fee(_spans(contract, *one[1:])) for one in touched), Fraction(0)
        )
        group = place if basis == MONTH else touched[0][0]
        shares.append(Share(start, end, weight, _spans(contract, start, end), group))
    if basis == CONTRACT_YEAR and UNIT_MONTHS[basis] % months:  # periods run from one year into the next
        return [replace(share, group=0) for share in shares]
    return shares


def fee_of_term(contract: ContractFacts, months: int | None = None) -> Decimal:
    """What the office owes for the whole term, half up to the fen. Raises as `plan` does."""
    return total(plan(contract, months))


def at_last_fee(contract: ContractFacts) -> ContractFacts:
    """The contract with the fee of its last day throughout. Raises KeyError where it has none."""
    last = contract.terms.on(contract.last_day, "annual_fee")
    rows = [row for key in contract.terms.definitions for row in contract.terms.changes(key) if key != "annual_fee"]
    book = Book(contract.terms.definitions, [*rows, DatedValue("annual_fee", contract.starts_on, last)])
    return replace(contract, terms=book, terminated_on=None)


def cycle_of(contract: ContractFacts) -> int:
    """The months of a payment period; a year where the contract gives none."""
    row = contract.terms.row(contract.starts_on, "payment_cycle_months")
    return row.value if row else 12


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
        fixed.update(_by_group(shares, fixed) if not supplements else {})
        open_ones = [i for i in open_ones if i not in fixed]
        if open_ones:
            fixed.update(_split(shares, open_ones, total(shares) - sum(fixed.values(), supplements)))
    return Sharing(tuple(fixed.get(i, yuan(0)) for i in range(len(shares))), Decimal("0.00") if carried else rest)


def _by_group(shares: Sequence[Share], fixed: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The open shares so that each group has its own price; nothing where what is settled does not allow it."""
    groups: dict[int, list[int]] = {}
    for i, share in enumerate(shares):
        groups.setdefault(share.group, []).append(i)
    ordered = [groups[group] for group in sorted(groups)]
    weights = [sum((shares[i].weight for i in members), Fraction(0)) for members in ordered]
    found: dict[int, Decimal] = {}
    for members, price in zip(ordered, _in_parts(total(shares), weights), strict=True):
        rest = price - sum((fixed[i] for i in members if i in fixed), Decimal("0.00"))
        open_ones = [i for i in members if i not in fixed]
        if rest < 0 or (rest and not any(shares[i].weight for i in open_ones)):
            return {}
        found.update(_split(shares, open_ones, rest) if rest else dict.fromkeys(open_ones, yuan(0)))
    return found


def _split(shares: Sequence[Share], places: Sequence[int], amount: Decimal) -> dict[int, Decimal]:
    return dict(zip(places, _in_parts(amount, [shares[i].weight for i in places]), strict=True))


def _in_parts(amount: Decimal, weights: Sequence[Fraction]) -> list[Decimal]:
    """An amount by weights, cut off at the fen, what is left over to the latest.

    Where the amount is what the weights come to, each part is its own weight: in proportion to a sum that was
    rounded, a period of 90,000.00 before an amendment would become 89,999.99.
    """
    if not any(weights):
        return [yuan(0) for _weight in weights]
    if fen(amount) == floor(sum(weights, Fraction(0)) + Fraction(1, 2)):
        parts = [floor(weight) for weight in weights]
        left_over = fen(amount) - sum(parts)
        for place in [place for place, weight in enumerate(weights) if weight][::-1][:left_over]:
            parts[place] += 1
        return [yuan(part) for part in parts]
    scale = lcm(*(weight.denominator for weight in weights))
    return split_by_days(amount, [int(weight * scale) for weight in weights])


def _of_unit(contract: ContractFacts, basis: str, number: int, start: date, end: date) -> Fraction:
    """The part of its contract year (or month) that the days from `start` to `end` are."""
    months = UNIT_MONTHS[basis]
    first = months_after(contract.starts_on, months * number)
    last = last_day_of_term(contract.starts_on, months=months * (number + 1))
    whole = last <= contract.ends_on
    if not whole and contract.policies.on(contract.starts_on, "fee_part_year") == "by_days":
        return Fraction((end - start).days + 1, (last - first).days + 1)
    return (
        sum(
            (
                Fraction((min(end, until) - max(start, since)).days + 1, (until - since).days + 1)
                for since, until in (
                    (months_after(contract.starts_on, n), last_day_of_term(contract.starts_on, months=n + 1))
                    for n in range(months * number, months * (number + 1))
                )
                if since <= end and start <= until
            ),
            Fraction(0),
        )
        / months
    )


def months_after(start: date, months: int) -> date:
    """The first day of the month (counted from `start`) after so many of them."""
    return last_day_of_term(start, months=months) + ONE_DAY if months else start


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
