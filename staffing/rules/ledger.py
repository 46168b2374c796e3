"""A contract's days in figures: how many are owed, in place, and not proven (article 13.4)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from contract.batch import ContractFacts
from contract.choices import ExcuseCause
from contract.rules.excuses import ExcuseFacts
from contract.rules.foresight import this_day
from law.comparisons import floor_percent
from staffing.rules.presence import ONE_DAY, DayCount, Span

NOBODY = DayCount()
ON_POST = "staffing.on_post_rate"


def owed_on(contract: ContractFacts, day: date) -> int:
    """How many people the contract asks for on a day: none where it asks for no service."""
    return contract.terms.on(day, "headcount") if contract.serves_on(day) else 0


def lost_days(
    contract: ContractFacts, counts: Mapping[date, DayCount], excuses: Iterable[ExcuseFacts], as_of: date
) -> dict[date, int]:
    """Person-days not in place because of force majeure, by day: they leave the count (Civil Code 590).

    An excuse that has effect may name their number; else they are those missing beyond the ones that
    were missing on the day before its window. Nobody who was in place is ever counted.
    """
    lost: dict[date, int] = {}

    def missing(day: date) -> int:
        count = counts.get(day, NOBODY)
        return max(0, owed_on(contract, day) - count.in_place - count.unreported)

    for excuse in excuses:
        if excuse.contract_id != contract.pk or excuse.check_id != ON_POST or excuse.lacks:
            continue
        if excuse.cause != ExcuseCause.FORCE_MAJEURE:
            continue
        first = max(excuse.first, contract.starts_on)
        last = min(excuse.last or as_of, contract.last_day, as_of)
        before = missing(first - ONE_DAY) if first > contract.starts_on else 0
        left = excuse.person_days
        for day in Span(first, last).days():
            # Of two excuses for one day the larger share counts once, never their sum.
            part = missing(day) if left is not None else max(0, missing(day) - before)
            if left is not None:
                part = min(part, left)
                left -= part
            if part > lost.get(day, 0):
                lost[day] = part
    return lost


def silent(counts: Mapping[date, DayCount], as_of: date) -> bool:
    """Whether nobody's assignment is on record up to a day: then every post is unproven, and none is empty.

    From the first one on a post without anybody is not in place.
    """
    return not any(count.assigned for day, count in counts.items() if day <= as_of)


class Tally(NamedTuple):
    """Person-days of a span. Each is capped by day: a surplus never pays for another day.

    sure <= now <= best <= required. `sure` is reported in place; `now` adds what is not reported
    and still within its reporting time; `best` adds what is not reported and past it.
    """

    required: int = 0
    sure: int = 0
    now: int = 0
    best: int = 0

    @property
    def absent(self) -> int:
        """Certainly not in place, or never filled."""
        return self.required - self.best

    @property
    def unproven(self) -> int:
        return self.best - self.now

    @property
    def provisional(self) -> int:
        return self.now - self.sure

    def __add__(self, other: "Tally") -> "Tally":  # type: ignore[override]
        return Tally(
            self.required + other.required, self.sure + other.sure, self.now + other.now, self.best + other.best
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.required - other.required, self.sure - other.sure, self.now - other.now, self.best - other.best
        )

    def rate(self) -> str:
        """The rate, cut off after two decimals; a range where something is unproven."""
        worst, best = (floor_percent(part, self.required) for part in (self.now, self.best))
        return best if worst == best else f"{worst}–{best}"


class Ledger:
    """The tallies of a contract's life; sums over any span take no loop."""

    def __init__(
        self, contract: ContractFacts, counts: Mapping[date, DayCount], as_of: date, excuses: Iterable[ExcuseFacts] = ()
    ) -> None:
        self.first, self.last = contract.starts_on, contract.last_day
        self.as_of = as_of = this_day(as_of)
        self.is_silent = silent(counts, as_of)
        self.lost = {} if self.is_silent else lost_days(contract, counts, excuses, as_of)
        self._contract, self._counts, self._judged_from = contract, counts, contract.judged_from
        self._known: dict[date, Tally] = {}
        self._sums = [Tally()]

    def _reach(self, end: int) -> None:
        """The sums of the first `end` days are there: of a long contract the last are seldom asked for."""
        required, sure, now, best = self._sums[-1]
        while len(self._sums) <= end:
            day = self._on(self.first + timedelta(days=len(self._sums) - 1))
            required, sure, now, best = required + day[0], sure + day[1], now + day[2], best + day[3]
            self._sums.append(Tally(required, sure, now, best))

    def _on(self, day: date) -> Tally:
        """The tally of a day, computed once and only when it is asked for."""
        found = self._known.get(day)
        if found is None:
            found = self._known[day] = self._of(self._contract, day, self._counts.get(day, NOBODY))
        return found

    def _of(self, contract: ContractFacts, day: date, count: DayCount) -> Tally:
        if day < self._judged_from:
            return Tally()
        required = owed_on(contract, day) - self.lost.get(day, 0)
        if day > self.as_of:
            return Tally(required)
        if self.is_silent:
            count = DayCount(unreported=required)
        overdue = (self.as_of - day).days > contract.policies.on(day, "attendance_report_days")
        everybody = count.in_place + count.unreported
        sure, best = min(required, count.in_place), min(required, everybody)
        return Tally(required, sure, sure if overdue else best, best)

    def sum(self, first: date, last: date) -> Tally:
        """The tally of a span, clipped to the contract's life."""
        start = max(0, (first - self.first).days)
        end = (min(last, self.last) - self.first).days + 1
        self._reach(end)
        return self._sums[end] - self._sums[start] if start < end else Tally()

    def by_day(self, first: date, last: date) -> Iterator[tuple[date, Tally]]:
        day = max(first, self.first)
        while day <= min(last, self.last):
            yield day, self._on(day)
            day += ONE_DAY
