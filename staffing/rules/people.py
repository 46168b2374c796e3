"""What selectors hand to the rules about people: who served when, and what is on file of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contract.batch import ContractFacts
from law.retirement import first_retirement_day
from staffing.rules.presence import ONE_DAY


@dataclass(frozen=True)
class Span:
    """One assignment: its first and last day, post and place."""

    pk: int
    starts_on: date
    ends_on: date | None = None
    post_id: int | None = None
    place: str = ""


@dataclass(frozen=True)
class PersonFact:
    """A person with an assignment to the contract that has begun."""

    pk: int
    name: str
    hired_on: date
    born_on: date
    spans: tuple[Span, ...]
    education_rank: int | None = None
    is_full_time_degree: bool = False
    proofs: frozenset[str] = frozenset()
    is_woman: bool | None = None

    @property
    def retires_on(self) -> date | None:
        """The earliest day on which the person may be past retirement; None where the sex is not known."""
        return None if self.is_woman is None else first_retirement_day(self.born_on, is_woman=self.is_woman)

    @property
    def first_day(self) -> date:
        """The first day on post."""
        return self.spans[0].starts_on

    def served(self, contract: ContractFacts) -> bool:
        """Began by the contract's last day: who comes later serves nobody under it."""
        return self.first_day <= contract.last_day

    def is_new(self, contract: ContractFacts) -> bool:
        """Hired for this contract: the hiring conditions bind new staff only (article 13.1)."""
        return self.hired_on >= contract.starts_on and self.served(contract)

    def assigned_days(self, until: date) -> list[tuple[date, date]]:
        """The days served up to `until`, as spans with both days included."""
        return [(span.starts_on, min(span.ends_on or until, until)) for span in self.spans if span.starts_on <= until]

    def span_on(self, day: date) -> Span | None:
        """The assignment in force on a day."""
        return next((s for s in self.spans if s.starts_on <= day <= (s.ends_on or day)), None)


@dataclass(frozen=True)
class TrainingFact:
    """A training from its first to its last day; `ends_on` None where the last day is not on record."""

    starts_on: date
    trial_starts_on: date | None = None
    ends_on: date | None = None
    hours: int | None = None


@dataclass(frozen=True)
class TrialFact:
    assessed_on: date
    is_passed: bool


@dataclass(frozen=True)
class EmploymentFact:
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True)
class PlacesFact:
    """The place that the contract names, and what the office designated beside it."""

    named: str = ""
    designated: Mapping[str, tuple[date, date | None]] = field(default_factory=dict)

    def allows(self, span: Span, until: date) -> bool:
        """Whether the place of an assignment may be served at on all its days up to `until`."""
        if not span.place or span.place == self.named:
            return True
        first, last = self.designated.get(span.place, (date.max, None))
        return first <= span.starts_on and (last is None or min(span.ends_on or until, until) <= last)


def first_uncovered(served: list[tuple[date, date]], covered: list[EmploymentFact], after: date) -> date | None:
    """The first day served after `after` that no contract of employment covers."""
    for first, last in served:
        day = max(first, after + ONE_DAY)
        while day <= last:
            ends = [c.ends_on or date.max for c in covered if c.starts_on <= day]
            ends = [end for end in ends if end >= day]
            if not ends:
                return day
            if max(ends) >= last:
                break
            day = max(ends) + ONE_DAY
    return None
