"""How many are on duty at each minute of a day: the union of shifts, by what is known of people.

Readings taken here (article 7):

- What was reported of a person on the day on which the shift begins holds for the whole shift, also
  after midnight. Who was reported away or resting, or is on leave, does not cover; who is not
  assigned on that day neither.
- A planned person of whom nothing is reported covers for the time being, and is counted apart.
- Who was reported on duty without a shift was there at hours that nobody told (`loose`): on that
  day or, by night, until the next morning.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from staffing.choices import AttendanceStatus, ShiftKind
from staffing.rules.presence import ONE_DAY, Presence, State
from staffing.rules.presence import Span as Days
from staffing.rules.spans import DAY_MINUTES, Span

Step = tuple[int, int, int]
"""From this minute on: so many reported on duty, so many planned and not reported."""


@dataclass(frozen=True)
class ShiftFact:
    """A live shift of a person; it belongs to the day on which it begins."""

    operator_id: int
    day: date
    span: Span


@dataclass(frozen=True)
class DutyCount:
    """One day: shifts that touch it, people at unknown hours, who is on duty from which minute."""

    planned: int = 0
    loose: int = 0
    steps: tuple[Step, ...] = ()
    worked: Mapping[int, int] = field(default_factory=dict)
    after: Mapping[int, int] = field(default_factory=dict)
    """Of the minutes worked those after midnight, by person."""

    @property
    def mark(self) -> str:
        """A digest of all of it: equal for days of which every rule says the same."""
        people = [sorted(minutes.items()) for minutes in (self.worked, self.after)]
        return sha256(repr((self.planned, self.loose, self.steps, people)).encode()).hexdigest()


def count_duty(
    shifts: Iterable[ShiftFact], stints: Mapping[int, Iterable[Days]], presence: Presence, first: date, last: date
) -> dict[date, DutyCount]:
    """The roll-up of the days of a span that a shift touches.

    `shifts` and `presence` reach back to the day before: a night shift runs into the first day.
    """
    planned: Counter[date] = Counter()
    edges: dict[date, Counter[tuple[int, bool]]] = defaultdict(Counter)
    worked: dict[date, Counter[int]] = defaultdict(Counter)
    after: dict[date, Counter[int]] = defaultdict(Counter)
    on_rota: set[tuple[int, date]] = set()
    for shift in shifts:
        if not _assigned(stints, shift.operator_id, shift.day):
            continue
        on_rota.add((shift.operator_id, shift.day))
        state = presence.state(shift.operator_id, shift.day)
        away = state in (State.OUT, State.REST)
        if not away:
            worked[shift.day][shift.operator_id] += shift.span.minutes
            if shift.span.end > DAY_MINUTES:
                after[shift.day][shift.operator_id] += shift.span.end - DAY_MINUTES
        if shift.span.kind != ShiftKind.DUTY:
            continue
        for day, start, end in _parts(shift):
            planned[day] += 1
            if not away:
                edges[day][start, state is State.ON_DUTY] += 1
                edges[day][end, state is State.ON_DUTY] -= 1
    loose = Counter(
        day
        for (operator_id, day), status in presence.reported.items()
        if status == AttendanceStatus.ON_DUTY
        and (operator_id, day) not in on_rota
        and _assigned(stints, operator_id, day)
    )
    return {
        day: DutyCount(
            planned[day], loose[day] + loose[day - ONE_DAY], _steps(edges[day]), dict(worked[day]), dict(after[day])
        )
        for day in Days(first, last).days()
        if planned[day] or worked[day]
    }


def _assigned(stints: Mapping[int, Iterable[Days]], operator_id: int, day: date) -> bool:
    return any(span.first <= day <= span.last for span in stints.get(operator_id, ()))


def _parts(shift: ShiftFact) -> Iterable[tuple[date, int, int]]:
    """The part of a shift on its own day and, across midnight, on the next one."""
    start, end = shift.span.start, shift.span.end
    yield shift.day, start, min(end, DAY_MINUTES)
    if end > DAY_MINUTES:
        yield shift.day + ONE_DAY, 0, end - DAY_MINUTES


def _steps(edges: Counter[tuple[int, bool]]) -> tuple[Step, ...]:
    """The counts from each minute on at which they change, beginning at 0."""
    steps: list[Step] = []
    sure = maybe = 0
    for minute in sorted({0, *(minute for minute, _sure in edges)}):
        sure += edges[minute, True]
        maybe += edges[minute, False]
        if minute < DAY_MINUTES and (not steps or steps[-1][1:] != (sure, maybe)):
            steps.append((minute, sure, maybe))
    return tuple(steps)
