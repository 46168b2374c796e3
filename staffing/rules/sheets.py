"""The month as the office reads it: people by days, and behind each missing person-day a name and a cause (13.4).

Nothing is counted here that the rate does not count: what a span lacks is the sum of its shares, to the person-day.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from staffing.choices import AttendanceStatus, LeaveKind
from staffing.rules.facts import GapFact
from staffing.rules.ledger import Ledger
from staffing.rules.presence import Presence, Span, State


class Mark(StrEnum):
    """What is known of a person on a day."""

    DUTY = "duty"
    REST = "rest"
    PERSONAL = "personal"
    SICK = "sick"
    MATERNITY = "maternity"
    INJURY = "injury"
    LEAVE = "leave"
    ABSENT = "absent"
    UNPROVEN = "unproven"
    WAITING = "waiting"
    AHEAD = "ahead"
    OFF = "off"


AWAY = (Mark.PERSONAL, Mark.SICK, Mark.MATERNITY, Mark.INJURY, Mark.LEAVE, Mark.ABSENT)
_LEAVES = {
    LeaveKind.PERSONAL: Mark.PERSONAL,
    LeaveKind.SICK: Mark.SICK,
    LeaveKind.MATERNITY: Mark.MATERNITY,
    LeaveKind.INJURY: Mark.INJURY,
}
_PLAIN: dict[str | None, Mark] = {AttendanceStatus.ON_DUTY: Mark.DUTY, AttendanceStatus.REST: Mark.REST}
_REPORTS = {AttendanceStatus.SICK: Mark.SICK, AttendanceStatus.ABSENT: Mark.ABSENT}


@dataclass(frozen=True)
class Person:
    """Who serves on the contract in a span, in which post, and on which days."""

    pk: int
    number: str
    name: str
    post: str
    stints: tuple[Span, ...]

    def assigned(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.stints)


class Cell(NamedTuple):
    """A person's day. `doubtful`: reported on duty although a leave is on record."""

    day: date
    mark: Mark
    doubtful: bool = False


def mark_of(person: Person, day: date, presence: Presence, as_of: date, report_days: int) -> Mark:
    """What is known of the person on the day, seen from `as_of`."""
    if not person.assigned(day):
        return Mark.OFF
    state = presence.state(person.pk, day)
    if state == State.OUT:
        return cause_of(person.pk, day, presence)
    if day > as_of:
        return Mark.AHEAD
    if state == State.UNREPORTED:
        return Mark.UNPROVEN if (as_of - day).days > report_days else Mark.WAITING
    return Mark.DUTY if state == State.ON_DUTY else Mark.REST


def cause_of(operator_id: int, day: date, presence: Presence) -> Mark:
    """Why a person who is not in place is away: what was reported first, then the leave on record."""
    reported = presence.reported.get((operator_id, day))
    if reported in _REPORTS:
        return _REPORTS[AttendanceStatus(reported)]
    leave = presence.leave_on(operator_id, day)
    return _LEAVES.get(LeaveKind(leave.kind), Mark.LEAVE) if leave else Mark.LEAVE


def row_of(
    person: Person, days: Iterable[date], presence: Presence, as_of: date, report_days: Mapping[date, int]
) -> list[Cell]:
    """One line of the sheet."""
    cells = []
    has_leaves = bool(presence.leaves.get(person.pk))
    for day in days:
        status = presence.reported.get((person.pk, day))
        if status in _PLAIN and not has_leaves and day <= as_of and person.assigned(day):
            cells.append(Cell(day, _PLAIN[status]))  # most cells of a month: nothing to weigh
            continue
        mark = mark_of(person, day, presence, as_of, report_days[day])
        cells.append(Cell(day, mark, mark == Mark.DUTY and presence.leave_on(person.pk, day) is not None))
    return cells


class Part(StrEnum):
    """What a share of the missing person-days is."""

    AWAY = "away"
    """A person who is assigned and not in place."""
    LEFT = "left"
    """The post of a person who has left, not filled yet."""
    EMPTY = "empty"
    """A post that nobody has held."""
    SURPLUS = "surplus"
    """More people than owed on that day: it takes from what is missing."""
    EXCUSED = "excused"
    """Lost to force majeure: it has left the count."""


@dataclass(frozen=True)
class Share:
    """Person-days with one cause. `counted` is negative for what takes from the sum."""

    part: Part
    cause: str
    name: str
    operator_id: int | None
    gap_pk: int | None
    days: tuple[date, ...]
    person_days: int

    @property
    def counted(self) -> int:
        return -self.person_days if self.part in (Part.SURPLUS, Part.EXCUSED) else self.person_days


def shares(
    ledger: Ledger, span: Span, people: Sequence[Person], presence: Presence, gaps: Iterable[GapFact]
) -> list[Share]:
    """Who the missing person-days of a span are: the sum of `counted` is the tally's `absent`."""
    gaps = [gap for gap in gaps if gap.departed_on is not None]
    out: dict[date, set[int]] = defaultdict(set)
    for pk, days_out in presence.days_out.items():
        for day in days_out:
            out[day].add(pk)
    found: dict[tuple[Part, str, str, int | None, int | None], list[date]] = defaultdict(list)
    for day, tally in ledger.by_day(span.first, min(span.last, ledger.as_of)):
        owed = tally.required + ledger.lost.get(day, 0)
        here = [person for person in people if person.assigned(day)]
        away = [person for person in here if person.pk in out.get(day, ())]
        for person in away:
            found[Part.AWAY, cause_of(person.pk, day, presence), person.name, person.pk, None].append(day)
        left = list(_left(gaps, day))
        for place in range(owed - len(here)):
            gap = left[place] if place < len(left) else None
            key = (Part.LEFT, gap.cause, gap.name, None, gap.pk) if gap else (Part.EMPTY, "", "", None, None)
            found[key].append(day)
        missing = len(away) + max(0, owed - len(here))
        surplus = min(len(away), max(0, len(here) - owed))
        found[Part.SURPLUS, "", "", None, None].extend([day] * surplus)
        found[Part.EXCUSED, "", "", None, None].extend([day] * (missing - surplus - tally.absent))
    rows = [Share(*key, days=tuple(dict.fromkeys(days)), person_days=len(days)) for key, days in found.items() if days]
    return sorted(rows, key=lambda row: (row.counted < 0, -row.person_days, row.days))


def _left(gaps: Iterable[GapFact], day: date) -> Iterator[GapFact]:
    """The posts left for good that stand empty on a day, the oldest first."""
    for gap in gaps:
        ends = [end for end in (gap.returned_on, gap.backfilled_on, gap.lapsed_on) if end is not None]
        if gap.departed_on is not None and gap.departed_on < day and all(day < end for end in ends):
            yield gap
