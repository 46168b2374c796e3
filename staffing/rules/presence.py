"""Whether a person is in place on a day, and how many are (domain: three states, not two)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from itertools import pairwise

from staffing.choices import AttendanceStatus

ONE_DAY = timedelta(days=1)

NOT_IN_PLACE = frozenset({AttendanceStatus.LEAVE, AttendanceStatus.SICK, AttendanceStatus.ABSENT})


class State(Enum):
    """What is known of an assigned person on a day."""

    ON_DUTY = "on_duty"
    REST = "rest"
    """A rota rest day: in place for the rate, but no proof that an absent person is back."""
    OUT = "out"
    UNREPORTED = "unreported"

    @property
    def in_place(self) -> bool:
        return self in (State.ON_DUTY, State.REST)


@dataclass(frozen=True)
class Span:
    """Days from first to last, both included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def clip(self, first: date, last: date) -> "Span | None":
        """The part between two days, or None where there is none."""
        start, end = max(self.first, first), min(self.last, last)
        return Span(start, end) if start <= end else None


@dataclass(frozen=True)
class Away:
    """A live leave of a person."""

    operator_id: int
    span: Span
    kind: str


def always(day: date) -> bool:
    """Service is owed on every day."""
    return True


@dataclass(frozen=True)
class Presence:
    """The facts of a contract that decide who is in place: leaves, and what was reported.

    On a day on which no service is owed nobody is asked for a report: silence is a rest day then.
    """

    leaves: Mapping[int, list[Away]]
    reported: Mapping[tuple[int, date], str]
    owed: Callable[[date], bool] = always

    @cached_property
    def days_out(self) -> Mapping[int, list[date]]:
        """The days on which each person's state is OUT, in their order (days of leaves and reports alone)."""
        found: dict[int, set[date]] = defaultdict(set)
        for (operator_id, day), status in self.reported.items():
            if status in NOT_IN_PLACE:
                found[operator_id].add(day)
        for leaves in self.leaves.values():
            for leave in leaves:
                found[leave.operator_id].update(
                    day
                    for day in leave.span.days()
                    if self.reported.get((leave.operator_id, day)) != AttendanceStatus.ON_DUTY
                )
        return {operator_id: sorted(days) for operator_id, days in found.items()}

    def known(self) -> set[tuple[int, date]]:
        """The (operator, day) pairs of which something is known."""
        away = (
            (leave.operator_id, day) for leaves in self.leaves.values() for leave in leaves for day in leave.span.days()
        )
        return {*self.reported, *away}

    def leave_on(self, operator_id: int, day: date) -> Away | None:
        for leave in self.leaves.get(operator_id, ()):
            if leave.span.first <= day <= leave.span.last:
                return leave
        return None

    def state(self, operator_id: int, day: date) -> State:
        """The state of an assigned person.

        A report wins over a leave, except that a rest day inside a leave is no presence.
        """
        status = self.reported.get((operator_id, day))
        if status == AttendanceStatus.ON_DUTY:
            return State.ON_DUTY
        if status in NOT_IN_PLACE or self.leave_on(operator_id, day) is not None:
            return State.OUT
        return State.REST if status == AttendanceStatus.REST or not self.owed(day) else State.UNREPORTED


@dataclass
class DayCount:
    """The people of one day: in place + absent + unreported = assigned."""

    in_place: int = 0
    absent: int = 0
    unreported: int = 0

    @property
    def assigned(self) -> int:
        return self.in_place + self.absent + self.unreported


def count_days(stints: Mapping[int, Iterable[Span]], presence: Presence) -> dict[date, DayCount]:
    """The roll-up of the days that the assignments cover, by operator; other days have nobody.

    Everybody is unreported first, or at rest where no service is owed; only what is known of somebody is
    looked at one by one, so the cost is that of the facts and not of people times days.
    """
    edges: Counter[date] = Counter()
    for spans in stints.values():
        for span in spans:
            edges[span.first] += 1
            edges[span.last + ONE_DAY] -= 1
    counts: dict[date, DayCount] = {}
    assigned = 0
    for day, following in pairwise(sorted(edges)):
        assigned += edges[day]
        if assigned:
            for inner in Span(day, following - ONE_DAY).days():
                counts[inner] = DayCount(unreported=assigned) if presence.owed(inner) else DayCount(in_place=assigned)
    for operator_id, day in presence.known():
        if any(span.first <= day <= span.last for span in stints.get(operator_id, ())):
            count = counts[day]
            if presence.owed(day):
                count.unreported -= 1
            else:
                count.in_place -= 1
            if presence.state(operator_id, day).in_place:
                count.in_place += 1
            else:
                count.absent += 1
    return counts
