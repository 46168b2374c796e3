"""The seat log against what the vendor reported: `contract.seat_log`, questions with their evidence.

Readings taken here:

- A difference is a question to the vendor. No finding of this check is ever “not met”, so none can be confirmed as
  a breach; answered, corrected or dismissed it ends like every other one.
- A session belongs to the shift that it overlaps, else to the day on which it began: a night shift over the end of
  a day is asked about once, on the day on which it began.
- Nobody is missed who has no login on record, who sits at a static seat, or of whose shift the log does not tell
  the whole. Who answered a call was there, with or without a sign-in.
- A session without an end is signed in at its beginning; for HELD_SECONDS it may go on, after that it says nothing.
- A pause counts as signed in: whether it may be taken is no question of presence.
- Below the minimum is a half hour in which, with everybody who may have been there, fewer than asked for were
  signed in at any moment of it. Somebody at two seats at once is one person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hotline.choices import Difference
from hotline.figures import HALVES
from staffing.choices import AttendanceStatus
from staffing.rules.presence import NOT_IN_PLACE

DAY_SECONDS, HALF_SECONDS = 86_400, 1800
HELD_SECONDS = 12 * 3600
# From the whole of a shift so much may lie outside what the log tells: a file is cut at a midnight by minutes.
EDGE_SECONDS = 3600
ONE_DAY = timedelta(days=1)
Key = tuple[int, date]


@dataclass(frozen=True)
class SeatLog:
    """The seat log of a day, as it is kept (see `hotline.models.SeatDay`)."""

    sessions: Sequence[Sequence[object]] = ()
    calls: Mapping[str, Sequence[int]] = field(default_factory=dict)
    told: tuple[int, int] = (0, DAY_SECONDS)


@dataclass(frozen=True)
class LoginFacts:
    """Whose login it is, from a day to a day."""

    login: str
    operator: int
    first: date
    last: date | None = None
    static: bool = False

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True)
class SeatFacts:
    """The seat logs of a contract and what the vendor reported of the same days.

    `reported`: status by operator and day; `leaves`, `stints`: days from and to by operator; `shifts`: hours at the
    hotline, in minutes, by operator and day; `elsewhere`: who had other work on a day.
    """

    days: Mapping[date, SeatLog] = field(default_factory=dict)
    logins: Sequence[LoginFacts] = ()
    reported: Mapping[Key, str] = field(default_factory=dict)
    leaves: Mapping[int, Sequence[tuple[date, date]]] = field(default_factory=dict)
    stints: Mapping[int, Sequence[tuple[date, date]]] = field(default_factory=dict)
    shifts: Mapping[Key, Sequence[tuple[int, int]]] = field(default_factory=dict)
    elsewhere: frozenset[Key] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Stay:
    """Somebody at a seat, in seconds of all days: from, to for certain, and as long as it may have gone on.

    `calls`: it is known by the calls answered. `who`: the operator, or the login that nobody is known by.
    """

    first: int
    sure: int
    maybe: int
    login: str
    who: int | str
    calls: int = 0

    @property
    def day(self) -> date:
        return date.fromordinal(self.first // DAY_SECONDS)

    @property
    def text(self) -> str:
        """ "08:30–18:05", with a question mark where no end is told."""
        start, end = (_clock(at % DAY_SECONDS) for at in (self.first, self.sure))
        return f"{start}–{end if self.sure == self.maybe else '?'}"


def stays(facts: SeatFacts) -> list[Stay]:
    """Everybody who was at a seat, in order. A session whose two halves stand on two days is one."""
    holders: dict[str, list[LoginFacts]] = defaultdict(list)
    for one in facts.logins:
        holders[one.login].append(one)

    def who(login: str, day: date) -> int | str:
        return next((one.operator for one in holders.get(login, ()) if one.holds(day)), login)

    found: list[Stay] = []
    running: dict[tuple[str, str], int] = {}
    for day in sorted(facts.days):
        log, midnight = facts.days[day], day.toordinal() * DAY_SECONDS
        for login, seat, start, end, *_rest in sorted(log.sessions, key=_by_start):
            key = str(login), str(seat)
            begun = midnight + int(start) if start is not None else None  # type: ignore[call-overload]
            ended = midnight + int(end) if end is not None else None  # type: ignore[call-overload]
            open_since = running.pop(key, None)
            if begun is None and open_since is not None and ended is not None and ended - open_since <= DAY_SECONDS:
                begun, open_since = open_since, None
            if open_since is not None:  # its end was never told: it may have lasted until what came next
                found.append(_open(open_since, begun or ended, key[0], who))
            if begun is None:
                assert ended is not None
                begun = ended
            if ended is None:
                running[key] = begun
            else:
                found.append(Stay(begun, ended, ended, key[0], who(key[0], _day(begun))))
        for login, (number, first, last) in log.calls.items():
            found.append(Stay(midnight + first, midnight + last, midnight + last, login, who(login, day), number))
    found += [_open(begun, None, login, who) for (login, _seat), begun in running.items()]
    return sorted(found, key=lambda one: (one.first, one.login, one.sure))


def _by_start(session: Sequence[object]) -> float:
    return float(-1 if session[2] is None else session[2])  # type: ignore[arg-type]


def _open(begun: int, until: int | None, login: str, who: object) -> Stay:
    held = min(begun + HELD_SECONDS, until or begun + HELD_SECONDS)
    return Stay(begun, begun, max(held, begun), login, who(login, _day(begun)))  # type: ignore[operator]


def _day(at: int) -> date:
    return date.fromordinal(at // DAY_SECONDS)


@dataclass(frozen=True)
class Question:
    """A difference of a person and a day, and what it rests on. `left`: the last day assigned, where that is over."""

    operator: int
    day: date
    kind: Difference
    evidence: str
    left: date | None = None


def compare(facts: SeatFacts, reported: Mapping[Key, str] | None = None) -> dict[Key, Question | None]:
    """Every person and day of which both sources speak: the question, or None where they agree.

    `reported`: other reports than those on record now (the first ones, to see how often they were right).
    """
    reported = facts.reported if reported is None else reported
    by_person: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays(facts):
        if isinstance(stay.who, int):
            by_person[stay.who].append(stay)
    found: dict[Key, Question | None] = {}
    for (operator, day), status in reported.items():
        if day not in facts.days or not _is_assigned(facts, operator, day):
            continue
        if status == AttendanceStatus.ON_DUTY and (operator, day) not in facts.elsewhere:
            told, question = _missed(facts, operator, day, by_person.get(operator, ()))
            if told:
                found[operator, day] = question
        elif status in NOT_IN_PLACE and any(one.operator == operator and one.holds(day) for one in facts.logins):
            found[operator, day] = None
    for operator, own_stays in by_person.items():
        for stay in own_stays:
            day = _day_of(facts, operator, stay)
            question = _unexpected(facts, reported, operator, day, stay)
            if question is not None and found.get((operator, day)) is None:
                found[operator, day] = question
    return found


def _missed(facts: SeatFacts, operator: int, day: date, own: Iterable[Stay]) -> tuple[bool, Question | None]:
    """Whether the log can tell of somebody on duty, and the question where they were at no seat."""
    midnight = day.toordinal() * DAY_SECONDS
    spans = [(midnight + 60 * start, midnight + 60 * end) for start, end in facts.shifts.get((operator, day), ())]
    looked = spans or [(midnight, midnight + DAY_SECONDS)]
    for first, last in looked:
        if any(first <= stay.first < last or stay.first < first < max(stay.sure, stay.maybe) for stay in own):
            return True, None
    logins = [one for one in facts.logins if one.operator == operator and one.holds(day)]
    if not logins or any(one.static for one in logins):
        return False, None
    if not all(_tells(facts, first, last) for first, last in looked):
        return False, None
    named = "、".join(sorted(one.login for one in logins))
    hours = "、".join(f"{_clock(a - midnight)}–{_clock((b - midnight) % DAY_SECONDS)}" for a, b in spans)
    return True, Question(operator, day, Difference.NO_SIGN_IN, f"{day} {named} {hours}".strip())


def _tells(facts: SeatFacts, first: int, last: int) -> bool:
    """Whether the log speaks of the whole of these hours, but for an edge."""
    at = first
    while at < last:
        day = _day(at)
        midnight = day.toordinal() * DAY_SECONDS
        log = facts.days.get(day)
        if log is None:
            return False
        edge = min(midnight + DAY_SECONDS, last)
        if midnight + log.told[0] > at + EDGE_SECONDS or midnight + log.told[1] < edge - EDGE_SECONDS:
            return False
        at = midnight + DAY_SECONDS
    return True


def _day_of(facts: SeatFacts, operator: int, stay: Stay) -> date:
    """The day of the shift that a stay overlaps, else that of its beginning."""
    own = stay.day
    for day in (own - ONE_DAY, own, own + ONE_DAY):
        midnight = day.toordinal() * DAY_SECONDS
        for start, end in facts.shifts.get((operator, day), ()):
            if stay.first < midnight + 60 * end and stay.sure > midnight + 60 * start:
                return day
    return own


def _unexpected(facts: SeatFacts, reported: Mapping[Key, str], operator: int, day: date, stay: Stay) -> Question | None:
    evidence = f"{day} {stay.login} {stay.text}" + (f" ×{stay.calls}" if stay.calls else "")
    if not _is_assigned(facts, operator, day):
        left = max((last for _first, last in facts.stints.get(operator, ()) if last < day), default=None)
        return Question(operator, day, Difference.UNASSIGNED, evidence, left)
    status = reported.get((operator, day))
    away = status in NOT_IN_PLACE
    if status is None:
        away = any(first <= day <= last for first, last in facts.leaves.get(operator, ()))
    return Question(operator, day, Difference.ON_LEAVE, evidence) if away else None


def _is_assigned(facts: SeatFacts, operator: int, day: date) -> bool:
    return any(first <= day <= last for first, last in facts.stints.get(operator, ()))


def staffed(facts: SeatFacts, day: date, all_stays: Iterable[Stay]) -> list[tuple[int, int] | None]:
    """By half hour how many were at a seat: through all of it, and at any moment of it or perhaps.

    None where the log does not speak of the half hour, or says nothing of the day before.
    """
    log = facts.days.get(day)
    if log is None:
        return [None] * HALVES
    midnight = day.toordinal() * DAY_SECONDS
    through: list[set[int | str]] = [set() for _half in range(HALVES)]
    touching: list[set[int | str]] = [set() for _half in range(HALVES)]
    for one in all_stays:
        if one.first >= midnight + DAY_SECONDS or max(one.sure, one.maybe) < midnight:
            continue
        first, sure, maybe = (at - midnight for at in (one.first, one.sure, one.maybe))
        for half in range(max(first // HALF_SECONDS, 0), min(maybe // HALF_SECONDS, HALVES - 1) + 1):
            touching[half].add(one.who)
            if first <= half * HALF_SECONDS and sure >= (half + 1) * HALF_SECONDS:
                through[half].add(one.who)
    static = {one.operator for one in facts.logins if one.static and one.holds(day)}
    before = day - ONE_DAY in facts.days
    return [
        (len(through[half]), len(touching[half] | static))
        if (before or half * HALF_SECONDS >= log.told[0] + HELD_SECONDS)
        and log.told[0] <= half * HALF_SECONDS + EDGE_SECONDS
        and log.told[1] >= (half + 1) * HALF_SECONDS - EDGE_SECONDS
        else None
        for half in range(HALVES)
    ]


def nobodys(facts: SeatFacts, all_stays: Iterable[Stay]) -> dict[str, tuple[date, date]]:
    """The logins that nobody is known by, with the first and the last day on which they were used."""
    found: dict[str, tuple[date, date]] = {}
    for one in all_stays:
        if isinstance(one.who, str):
            first, last = found.get(one.login, (one.day, one.day))
            found[one.login] = min(first, one.day), max(last, one.day)
    return found


def twice(all_stays: Iterable[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Persons signed in by two logins, or at two seats, at once: named beside the comparison, and counted once."""
    latest: dict[int | str, Stay] = {}
    for one in all_stays:
        if one.calls:
            continue
        before = latest.get(one.who)
        if before is not None and one.first < before.sure:
            yield before, one
        if before is None or one.sure >= before.sure:
            latest[one.who] = one


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
