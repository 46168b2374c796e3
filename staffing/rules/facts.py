"""What selectors hand to the rules."""

from dataclasses import dataclass
from datetime import date, datetime

Run = tuple[date, date | None]


@dataclass(frozen=True)
class GapFact:
    """A gap as it is recorded; `proven` as in `staffing.rules.vacancies.Vacancy`."""

    pk: int
    name: str
    cause: str
    event_on: date
    opened_on: date
    departed_on: date | None = None
    returned_on: date | None = None
    backfilled_on: date | None = None
    maybe_closed_on: date | None = None
    lapsed_on: date | None = None
    proven: tuple[Run, ...] = ()

    def closed_on(self, as_of: date) -> date | None:
        """The day on which it was closed, as far as it was on `as_of`."""
        days = [day for day in (self.returned_on, self.backfilled_on) if day and day <= as_of]
        return min(days) if days else None

    def last_empty_day(self, as_of: date) -> date:
        """The last day up to `as_of` on which the post stood empty and was owed."""
        ends = [day for day in (self.closed_on(as_of), self.lapsed_on) if day and day <= as_of]
        return min([date.fromordinal(day.toordinal() - 1) for day in ends] + [as_of])


@dataclass(frozen=True)
class DemandFact:
    """A demand to replace a person: the substitute's first day, the other's last one."""

    pk: int
    name: str
    arrived_at: datetime | None
    withdrawn_on: date | None = None
    substitute_from: date | None = None
    left_on: date | None = None


@dataclass(frozen=True)
class ChangeFact:
    """A person was moved or exchanged: `kind` is an end reason, or "post" for another post."""

    assignment_id: int
    name: str
    kind: str
    changed_on: date
    consent_ref: str = ""
    consented_on: date | None = None
    demanded: bool = False
