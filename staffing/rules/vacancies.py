"""When a post stands empty because of a person: gaps derived from the facts (article 13.4).

Readings taken here:

- Consecutive days not in place are one gap. A rota rest day does not split it: weekly rest would
  start the time anew every week. It proves no return, and no absence either, unless the person is
  on duty right after it (then the return is the first of these rest days).
- A day without a report proves nothing. It bridges as well, and the gap keeps the spans that *are*
  proven, so that a rule can tell the worst case from the best.
- An absence that runs into a departure is one gap: one post stands empty from the first day.
- A person who changes post inside the contract without a day between leaves no gap. One who comes
  back later closes their own gap, unless they come back to fill somebody else's.
- Nobody is owed after a reduction, after the contract's last day, or once the person whom a
  backfill stood in for is back.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from staffing.choices import AttendanceStatus, EndReason, GapCause, LeaveKind
from staffing.rules.presence import ONE_DAY, Presence, State

_CAUSE_OF_STATUS = {AttendanceStatus.SICK: GapCause.SICKNESS, AttendanceStatus.ABSENT: GapCause.ABSENCE}
_CAUSE_OF_END = {
    EndReason.TRANSFER: GapCause.TRANSFER,
    EndReason.RESIGNATION: GapCause.RESIGNATION,
    EndReason.DISMISSAL: GapCause.DISMISSAL,
    EndReason.REPLACED: GapCause.REPLACED,
    EndReason.BACKFILL_ENDED: GapCause.BACKFILL_ENDED,
}


@dataclass(frozen=True)
class Stint:
    """One assignment of a person.

    `fills` is the gap that it fills, if any; `relieved_on` the day on which the person whom it
    stands in for was back (or the day the gap proved void, from which nobody is owed).
    """

    assignment_id: int
    operator_id: int
    starts_on: date
    ends_on: date | None = None
    end_reason: str = ""
    fills: int | None = None
    relieved_on: date | None = None


@dataclass
class Vacancy:
    """One derived gap. `proven` are spans of proven absence: (event, last empty day or None)."""

    assignment_id: int
    operator_id: int
    cause: str
    event_on: date
    opened_on: date
    departed_on: date | None = None
    returned_on: date | None = None
    lapsed_on: date | None = None
    maybe_closed_on: date | None = None
    proven: list[tuple[date, date | None]] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day of the gap as far as the person is concerned."""
        if ends := [day for day in (self.returned_on, self.lapsed_on) if day is not None]:
            return min(ends) - ONE_DAY
        last = self.proven[-1][1]
        return date.max if last is None or self.maybe_closed_on else last


def vacancies(stints: Iterable[Stint], presence: Presence, last_day: date) -> list[Vacancy]:
    """The gaps that one person left on one contract, oldest first."""
    walk = _Walk(presence, last_day)
    ordered = sorted(stints, key=lambda stint: stint.starts_on)
    for stint, following in zip_longest(ordered, ordered[1:]):
        if stint.starts_on > last_day:
            break
        walk.enter(stint)
        walk.live(stint)
        walk.leave(stint, following)
    walk.finish()
    return walk.found


class _Walk:
    """One pass over a person's days."""

    def __init__(self, presence: Presence, last_day: date) -> None:
        self.presence = presence
        self.last_day = last_day
        self.found: list[Vacancy] = []
        self.open: Vacancy | None = None
        self.rest_from: date | None = None  # first of the rest days right before today
        self.unproven = False  # a day without a report lies since the last proven one

    def enter(self, stint: Stint) -> None:
        """The person begins (again): back in their own post, or in somebody else's."""
        gap = self.open
        if gap is None or gap.departed_on is None:
            return
        if stint.fills is None:
            gap.returned_on = min(gap.returned_on or stint.starts_on, stint.starts_on)
        self.close()

    def live(self, stint: Stint) -> None:
        last = min(stint.ends_on or self.last_day, self.last_day)
        out = self.presence.days_out.get(stint.operator_id, [])
        day = stint.starts_on
        while day <= last:
            if self.open is None:  # nothing counts before the next day out
                place = bisect_left(out, day)
                if place == len(out) or out[place] > last:
                    return
                day = out[place]
            self.spend(stint, day)
            day += ONE_DAY

    def spend(self, stint: Stint, day: date) -> None:
        """A day while a gap is open, or on which one opens."""
        state = self.presence.state(stint.operator_id, day)
        if state is State.OUT:
            self.out(stint, day)
        elif self.open is None:
            return
        elif state is State.ON_DUTY:
            self.open.returned_on = self.rest_from or day
            self.close()
        elif state is State.REST:
            self.rest_from = self.rest_from or day
        else:
            self.unreported(day)

    def out(self, stint: Stint, day: date) -> None:
        if self.open is None:
            cause = self.cause(stint, day)
            self.open = Vacancy(stint.assignment_id, stint.operator_id, cause, day, day)
            self.open.proven.append((day, day))
        elif self.doubtful():
            self.open.proven.append((day, day))
        else:
            self.open.proven[-1] = (self.open.proven[-1][0], day)
        self.rest_from, self.unproven = None, False

    def doubtful(self) -> bool:
        """Whether the person may have been back since the last proven day; remembers from when."""
        if self.open is not None and self.rest_from:
            self.open.maybe_closed_on = self.open.maybe_closed_on or self.rest_from
            return True
        return self.unproven

    def unreported(self, day: date) -> None:
        assert self.open is not None
        self.open.maybe_closed_on = self.open.maybe_closed_on or self.rest_from or day
        self.rest_from, self.unproven = None, True

    def leave(self, stint: Stint, following: Stint | None) -> None:
        """The assignment ends: a post change, a post given up, or a departure."""
        if stint.ends_on is None or stint.ends_on >= self.last_day:
            return
        after = stint.ends_on + ONE_DAY
        if following and following.starts_on == after and following.fills is None:
            return
        relieved = stint.relieved_on is not None and stint.relieved_on <= after
        if stint.end_reason == EndReason.REDUCTION or relieved:
            if self.open is not None:
                self.open.lapsed_on = after
                self.close()
            return
        gap = self.open
        if gap is None:
            cause = _CAUSE_OF_END.get(EndReason(stint.end_reason), GapCause.OTHER)
            gap = Vacancy(stint.assignment_id, stint.operator_id, cause, stint.ends_on, after)
            gap.proven.append((stint.ends_on, None))
            self.open = gap
        elif self.doubtful():
            gap.proven.append((stint.ends_on, None))
        else:
            gap.proven[-1] = (gap.proven[-1][0], None)
        self.rest_from = None
        gap.departed_on = stint.ends_on
        gap.returned_on = stint.relieved_on

    def finish(self) -> None:
        self.doubtful()
        self.close()

    def close(self) -> None:
        if self.open is not None:
            self.found.append(self.open)
        self.open, self.rest_from, self.unproven = None, None, False

    def cause(self, stint: Stint, day: date) -> str:
        status = self.presence.reported.get((stint.operator_id, day))
        if status in _CAUSE_OF_STATUS:
            return _CAUSE_OF_STATUS[AttendanceStatus(status)]
        leave = self.presence.leave_on(stint.operator_id, day)
        sick = leave is not None and leave.kind == LeaveKind.SICK
        return GapCause.SICKNESS if sick else GapCause.LEAVE


def filled_on(opened_on: date, starts_on: date, ends_on: date | None) -> date | None:
    """The day on which an assignment fills a gap; it may have begun before the gap opened."""
    if ends_on is not None and ends_on < opened_on:
        return None
    return max(opened_on, starts_on)


def overlap(first: Vacancy, opened_on: date, last_day: date) -> int:
    """How many days two gaps share: the same gap keeps its row while the facts are corrected."""
    start, end = max(first.opened_on, opened_on), min(first.last_day, last_day)
    return max(0, (end - start).days + 1)
