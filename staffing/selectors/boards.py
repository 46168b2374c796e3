"""What pages and documents show: today, month by month, and the gaps with their days left."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from contract import selectors as core
from contract.batch import Batch
from contract.choices import Outcome
from contract.selectors.excuses import claimed
from law.comparisons import budget
from law.periods import Deadline, month_windows
from staffing.models import Gap
from staffing.rules.backfill import agreed_deadline
from staffing.rules.ledger import Ledger, Tally, owed_on
from staffing.rules.on_post import standing
from staffing.rules.presence import DayCount
from staffing.selectors.facts import day_counts, open_gap_rows


@dataclass(frozen=True)
class OnPost:
    """A contract's day. `count` is None where nobody is owed (before the start, after the end)."""

    required: int
    count: DayCount

    @property
    def in_place(self) -> int:
        """Reported in place or not reported yet; a surplus does not count."""
        return min(self.required, self.count.in_place + self.count.unreported)

    @property
    def unfilled(self) -> int:
        """Posts that nobody is assigned to."""
        return max(0, self.required - self.count.assigned)


@dataclass(frozen=True)
class MonthRate:
    """A calendar month of a contract: its tally so far, its budget and where it stands."""

    first: date
    last: date
    tally: Tally
    floor: Decimal
    budget: int
    outcome: Outcome
    spent: tuple[int, ...] = ()
    """Of the budget, at the end of each day that has passed."""

    @property
    def left(self) -> int:
        return self.budget - self.tally.absent


@dataclass(frozen=True)
class OpenGap:
    """A gap that stands open, its time limit, and the days left (negative: days late)."""

    gap: Gap
    deadline: Deadline
    days_left: int


def on_post_today(contract_ids: Collection[int], as_of: date, shared: Batch | None = None) -> dict[int, OnPost]:
    """How many are in place of how many, for contracts that ask for service on a day.

    `shared`: what has been read of them.
    """
    shared = shared or core.batch(contract_ids, as_of)
    counts = shared.read(day_counts, last=as_of)
    return {
        contract.pk: OnPost(owed_on(contract, as_of), counts[contract.pk].get(as_of, DayCount()))
        for contract in shared.contracts
        if contract.pk in contract_ids and contract.in_force(as_of) and contract.serves_on(as_of)
    }


def month_rates(contract_ids: Collection[int], as_of: date, shared: Batch | None = None) -> dict[int, list[MonthRate]]:
    """Every month that has begun, whatever window the policy chose; for tables and charts."""
    rates: dict[int, list[MonthRate]] = {}
    shared = shared or core.batch(contract_ids, as_of)
    counts, excuses = shared.read(day_counts, last=as_of), claimed(shared)
    for contract in shared.begun():
        if contract.pk not in contract_ids:
            continue
        ledger = Ledger(contract, counts[contract.pk], as_of, excuses)
        months = rates.setdefault(contract.pk, [])
        for first, last in month_windows(contract.starts_on, contract.last_day):
            tally, whole = ledger.sum(first, min(last, as_of)), ledger.sum(first, last)
            if first > as_of or not tally.required:
                continue
            floor = contract.terms.on(first, "on_post_floor_percent")
            months.append(
                MonthRate(
                    first=first,
                    last=last,
                    tally=tally,
                    floor=floor,
                    budget=budget(whole.required, floor),
                    outcome=standing(tally, whole.required, floor, complete=as_of >= last),
                    spent=tuple(accumulate(day.absent for _on, day in ledger.by_day(first, min(last, as_of)))),
                )
            )
    return rates


def open_gaps(contract_ids: Collection[int], as_of: date, shared: Batch | None = None) -> list[OpenGap]:
    """The gaps open on a day, the most urgent first; those of contracts that agree on no time are left out."""
    batch = shared or core.batch(contract_ids, as_of)
    contracts = {contract.pk: contract for contract in batch.contracts if contract.in_force(as_of)}
    found = []
    for gap in open_gap_rows(contract_ids, as_of):
        contract = contracts.get(gap.contract_id)
        if contract is not None:
            deadline = agreed_deadline(contract, gap.event_on, batch.calendar)
            if deadline is None:
                continue
            found.append(OpenGap(gap, deadline, (deadline.last_day - as_of).days))
    return sorted(found, key=lambda item: (item.days_left, item.gap.pk))
