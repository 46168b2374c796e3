"""What is to be paid and when: from a contract's payment rules and the facts to instalments with their lines.

A rule is paid once, or for every so many months. Its items are shares of the fee (`percent`) or prices
times quantities (`price`). Readings taken here:

- Shares of the fee are cut off at the fen and what is left over goes to the latest, first among the rules
  and then within each, so that they add up to the fee exactly.
- A price times a quantity is rounded half up, once for each item and period. A person-month is a person
  through a month counted from the contract's first day; part of it counts by day. Of the attendance a person-day is a
  day reported on duty; a person-month is made of the people in place (rest days included), no more on any day than
  the headcount.
- A band runs from above its bound up to the next bound, that one included.
- A budget caps all instalments together, in the order of their periods' last days. Once it is used up nothing is
  owed, whatever the quantity.

What cannot be said (a period that runs, attendance not reported, a quantity that the other side has not
confirmed) is no amount but a reason. Nothing is guessed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from django.utils.translation import gettext_noop as _

from billing.choices import BandReading, ItemKind, QuantitySource, Unit
from contract.batch import ContractFacts
from contract.findings import Message
from contract.rules.shares import Share, Sharing, cycle_of, months_after, plan, share_out
from contract.values import NoValue
from law.money import yuan
from law.periods import contract_quarters, last_day_of_term

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)
UNITS = {Unit.PERSON_MONTH: "人月", Unit.PERSON_DAY: "人日", Unit.HOUR: "小时", Unit.CALL: "通", Unit.PIECE: "件"}


@dataclass(frozen=True)
class Item:
    """One item of a rule; `bands` are (above, price), the first above nothing."""

    pk: int
    title: str
    kind: str
    percent: Decimal | None = None
    price: Decimal | None = None
    unit: str = ""
    quantity: str = ""
    bands: tuple[tuple[Decimal, Decimal], ...] = ()
    bands_apply: str = ""


@dataclass(frozen=True)
class Rule:
    """One kind of instalment. `due_days` None: by policy."""

    pk: int
    title: str
    items: tuple[Item, ...]
    every_months: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    waits_for: frozenset[str] = frozenset()
    not_before: date | None = None
    due_days: int | None = None
    due_in: str = "calendar_days"
    since: date | None = None
    """Of a rule that an amendment brought: its day."""

    @property
    def percent(self) -> Decimal:
        """The share of the fee that it is, in per cent."""
        return sum((item.percent for item in self.items if item.percent is not None), Decimal(0))

    @property
    def has_terms(self) -> bool:
        """Whether it says itself when it is due."""
        return bool(self.waits_for) or self.not_before is not None or self.due_days is not None


@dataclass(frozen=True)
class Day:
    """The people of a day: in place (rest days included), reported on duty, and not reported."""

    in_place: int = 0
    on_duty: int = 0
    unreported: int = 0


@dataclass(frozen=True)
class Quantities:
    """What is known of quantities: people by day, and by item and first day of the period what both sides know."""

    days: Mapping[date, Day] = field(default_factory=dict)
    confirmed: Mapping[tuple[int, date], Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A price times a quantity in one period; without an amount the reason why."""

    item: Item
    amount: Decimal | None = None
    calculation: str = ""
    why: Message | None = None


@dataclass(frozen=True)
class Planned:
    """One instalment: its period, its part of the fee (in fen, not yet rounded; None where it has none), its prices."""

    rule: Rule
    start: date
    end: date
    weight: Fraction | None
    group: int
    lines: tuple[Line, ...]

    @property
    def priced(self) -> Decimal | None:
        """What the prices come to, in yuan; None while a quantity is missing."""
        amounts = [line.amount for line in self.lines]
        return None if None in amounts else sum((one for one in amounts if one is not None), ZERO)

    @property
    def why(self) -> Message | None:
        return next((line.why for line in self.lines if line.why is not None), None)

    @property
    def share(self) -> Share:
        return Share(self.start, self.end, self.weight or Fraction(0), group=self.group)


def planned(contract: ContractFacts, rules: Sequence[Rule], known: Quantities, as_of: date) -> list[Planned]:
    """The instalments that the rules make, in the order of their periods' last days.

    Raises KeyError where a share of the fee is asked for and the contract has no fee.
    """
    titles = list(dict.fromkeys(rule.title for rule in rules))
    several = len({rule.title for rule in rules if rule.percent}) > 1
    found = []
    for rule in rules:
        position = titles.index(rule.title)
        for start, end, weight, group in _periods(contract, rule):
            if in_force(rules, rule.title, end if rule.every_months else date.max) is not rule:
                continue
            lines = tuple(
                line_of(contract, item, start, end, known, as_of) for item in rule.items if item.kind == ItemKind.PRICE
            )
            place = (end, position, start)
            found.append((place, Planned(rule, start, end, weight, position if several else group, lines)))
    return [one for _place, one in sorted(found, key=lambda pair: pair[0])]


def in_force(rules: Sequence[Rule], title: str, day: date) -> Rule | None:
    """Of the rules of a title the one for a period that ends on a day: the latest that an amendment brought by then.

    An amended rule for so many months begins with a period (`boundaries`), so that no period has two. What is paid once
    is as the latest has it: ask with the last of all days.
    """
    known = [rule for rule in rules if rule.title == title and (rule.since is None or rule.since <= day)]
    return max(known, key=lambda rule: rule.since or date.min, default=None)


def boundaries(contract: ContractFacts, every_months: int) -> list[date]:
    """The first days of the periods of so many months: an amended rule takes effect on one of them."""
    return [start for start, _end in contract_quarters(contract.starts_on, contract.ends_on, every_months)]


def listed(days: Sequence[date]) -> str:
    """Days in a sentence; of many the first ones."""
    return "、".join(day.isoformat() for day in days[:12]) + ("…" if len(days) > 12 else "")


def amounts(
    rows: Sequence[Planned],
    fixed: Mapping[int, Decimal] | None = None,
    budget: Decimal | None = None,
    supplements: Decimal = ZERO,
) -> tuple[list[Decimal | None], Decimal]:
    """The rows in yuan, None where one cannot be said, and what no open row is left to carry.

    `fixed` holds those (by position) that are settled and stay. What another price or quantity makes of settled ones
    is left over too: a period has its own price, so no other carries it. Raises SettledBeyondFee as `share_out`.
    """
    fixed = dict(fixed or {})
    own = [(rows[i].priced, amount) for i, amount in fixed.items() if rows[i].weight is None]
    more = max(sum((priced - amount for priced, amount in own if priced is not None), ZERO), ZERO)
    before, supplements = supplements, max(supplements - more, ZERO)
    more -= before - supplements
    if budget is not None:
        more = min(more, max(budget - before - sum(fixed.values(), ZERO), ZERO))
    sharing = [i for i, row in enumerate(rows) if row.weight is not None]
    kept = {number: fixed[i] - (rows[i].priced or ZERO) for number, i in enumerate(sharing) if i in fixed}
    shared: Sharing = share_out([rows[i].share for i in sharing], kept, supplements) if sharing else Sharing(())
    share_at = dict(zip(sharing, shared.amounts, strict=True))
    found: list[Decimal | None] = []
    spent, unknown = before + more, False
    for i, row in enumerate(rows):
        priced = row.priced
        amount = fixed.get(i, None if priced is None else priced + share_at.get(i, ZERO))
        if budget is not None and i not in fixed:
            left = max(budget - spent, ZERO)
            amount = None if unknown or (amount is None and left) else min(amount or ZERO, left)
        unknown = unknown or amount is None
        spent += amount or ZERO
        found.append(amount)
    return found, shared.supplement + more


def budget_of(contract: ContractFacts) -> Decimal | None:
    """The most that all instalments together may come to; None where the contract gives none."""
    row = contract.terms.row(contract.last_day, "payment_budget")
    return row.value if row else None


def _periods(contract: ContractFacts, rule: Rule) -> list[tuple[date, date, Fraction | None, int]]:
    part = Fraction(rule.percent) / 100
    if rule.every_months is None:
        start, end = rule.first_day or contract.starts_on, rule.last_day or contract.ends_on
        if not part:
            return [(start, end, None, 0)]
        whole = sum((share.weight for share in plan(contract, cycle_of(contract))), Fraction(0))
        return [(start, end, whole * part, 0)]
    if not part:
        periods = contract_quarters(contract.starts_on, contract.ends_on, rule.every_months)
        return [(start, end, None, 0) for start, end in periods]
    return [(one.start, one.end, one.weight * part, one.group) for one in plan(contract, rule.every_months)]


def line_of(contract: ContractFacts, item: Item, start: date, end: date, known: Quantities, as_of: date) -> Line:
    """One price in one period, with its calculation in words."""
    if start > contract.last_day:
        return Line(item, ZERO, "合同已终止")
    last = min(end, contract.last_day)
    try:
        count, words = _QUANTITIES[QuantitySource(item.quantity)](contract, item, start, last, known, as_of)
    except NoValue as error:
        return Line(item, why=Message(_("The contract gives no figure for %(key)s."), key=str(error.label)))
    except Unknown as unknown:
        return Line(item, why=unknown.why)
    parts = _parts(item, count)
    amount = _half_up(sum((Fraction(price) * part for part, price in parts), Fraction(0)))
    unit = UNITS[Unit(item.unit)]
    named = words if len(parts) == 1 else ""
    reckoned = "＋".join(f"{named or f'{_written(part)} {unit}'}×{_price(price)} 元" for part, price in parts)
    if len(parts) > 1:
        reckoned = f"{words}：{reckoned}"
    return Line(item, amount, f"{reckoned}＝{amount:,.2f} 元")


class Unknown(Exception):
    """A quantity cannot be said, and why."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


def _of_headcount(
    contract: ContractFacts, item: Item, start: date, last: date, known: Quantities, as_of: date
) -> tuple[Fraction, str]:
    if as_of < last:
        raise Unknown(Message(RUNS, end=last))
    count = sum(
        (Fraction(contract.terms.on(day, "headcount"), length) for day, length in _days(contract, start, last)),
        Fraction(0),
    )
    return count, f"{_written(count)} 人月"


def _of_attendance(
    contract: ContractFacts, item: Item, start: date, last: date, known: Quantities, as_of: date
) -> tuple[Fraction, str]:
    if as_of < last:
        raise Unknown(Message(RUNS, end=last))
    days = _days_of_service(contract, start, last)
    missing = [day for day, _length in days if (one := known.days.get(day)) is None or one.unreported]
    if missing:
        raise Unknown(Message(UNREPORTED, count=len(missing), first=missing[0]))
    if item.unit == Unit.PERSON_DAY:
        number = sum(known.days[day].on_duty for day, _length in days)
        return Fraction(number), f"在岗 {number:,} 人日"
    count = sum(
        (Fraction(min(known.days[day].in_place, contract.terms.on(day, "headcount")), length) for day, length in days),
        Fraction(0),
    )
    return count, f"{_written(count)} 人月"


def _of_reports(
    contract: ContractFacts, item: Item, start: date, last: date, known: Quantities, as_of: date
) -> tuple[Fraction, str]:
    count = known.confirmed.get((item.pk, start))
    if count is None:
        raise Unknown(Message(UNCONFIRMED, item=item.title))
    return Fraction(count), f"{_written(Fraction(count))} {UNITS[Unit(item.unit)]}"


_QUANTITIES = {
    QuantitySource.HEADCOUNT: _of_headcount,
    QuantitySource.ATTENDANCE: _of_attendance,
    QuantitySource.REPORTED: _of_reports,
}
RUNS = _("The period runs until %(end)s: its quantity is not known yet.")
UNREPORTED = _("The attendance of %(count)d days is not reported in full, from %(first)s on.")
UNCONFIRMED = _("The quantity of “%(item)s” is not reported and confirmed by both sides yet.")
CAPPED = _("An earlier instalment is not known yet, and the budget caps their sum.")


def _parts(item: Item, count: Fraction) -> list[tuple[Fraction, Decimal]]:
    """The quantity in parts with the price of each; always at least one."""
    if not item.bands:
        assert item.price is not None
        return [(count, item.price)]
    bands = sorted(item.bands)
    if item.bands_apply == BandReading.WHOLE:
        price = next((price for above, price in reversed(bands) if count > Fraction(above)), bands[0][1])
        return [(count, price)]
    bounds = [Fraction(above) for above, _price_ in bands]
    tops = [*bounds[1:], max(count, bounds[-1])]
    parts = [
        (min(count, top) - bound, price)
        for (_above, price), bound, top in zip(bands, bounds, tops, strict=True)
        if count > bound
    ]
    return parts or [(count, bands[0][1])]


def _days(contract: ContractFacts, start: date, last: date) -> list[tuple[date, int]]:
    """Every day of a period with the length of its month, counted from the contract's first day."""
    found, number = [], 0
    while (first := months_after(contract.starts_on, number)) <= last:
        until = last_day_of_term(contract.starts_on, months=number + 1)
        length = (until - first).days + 1
        day = max(first, start)
        while day <= min(until, last):
            found.append((day, length))
            day += ONE_DAY
        number += 1
    return found


def _days_of_service(contract: ContractFacts, start: date, last: date) -> list[tuple[date, int]]:
    """The days of a period on which service is owed, with how many of them its month has."""
    number: Counter[date] = Counter()
    months: dict[date, date] = {}
    count = 0
    while (first := months_after(contract.starts_on, count)) <= last:
        for day, _length in _days(contract, first, last_day_of_term(contract.starts_on, months=count + 1)):
            months[day] = first
            number[first] += contract.serves_on(day)
        count += 1
    return [(day, number[months[day]]) for day, _length in _days(contract, start, last) if contract.serves_on(day)]


def _half_up(amount: Fraction) -> Decimal:
    return yuan(floor(amount * 100 + Fraction(1, 2)))


def _written(count: Fraction) -> str:
    """A quantity as people write it; what does not come out even is shown to four places."""
    if count.denominator == 1:
        return f"{count.numerator:,}"
    shown = f"{Decimal(count.numerator) / Decimal(count.denominator):,.4f}".rstrip("0")
    return shown if Fraction(shown.replace(",", "")) == count else f"约 {shown}"


def _price(price: Decimal) -> str:
    return f"{price:,.2f}" if price == price.quantize(ZERO) else f"{price.normalize():,f}"


def written(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The lines as they are kept with an instalment."""
    return [
        {
            "item": line.item.pk,
            "title": line.item.title,
            "amount": f"{line.amount:.2f}",
            "calculation": line.calculation,
        }
        for line in lines
        if line.amount is not None
    ]
