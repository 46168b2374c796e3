"""Who was signed in at which seat: from a queue log, or from a table through the mapping of its columns.

Nothing is made up: a session without its sign-out has no end, one without its sign-in no beginning. A session
belongs to the Beijing day on which it began, as a shift does; without a beginning to that of its end. Who answers
calls without ever signing in (a static seat) is known by the calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from hotline.choices import Clock
from hotline.intake.headings import NOT_GIVEN, find
from hotline.intake.sums import BEIJING_SECONDS, EPOCH, Faults, Times, no_instant
from hotline.reference import seat_states

DAY_SECONDS = 86_400
# Two stretches with less than this between them are one session: platforms write the states of a seat as rows.
TOUCHING = 5

Session = tuple[str, str, int | None, int | None, int]
"""Login, seat, seconds of its day from and to (beyond 86 400: the next day), seconds paused."""

SIGN_IN, SIGN_OUT, PAUSED = "on", "off", "pause"


@dataclass(frozen=True)
class SeatDayRead:
    """What a log says of a day, and from which second to which it speaks of it (a file may begin or end within a day).

    `calls`: by login how many were answered, the first and the last, in seconds.
    """

    day: date
    sessions: tuple[Session, ...] = ()
    calls: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    told: tuple[int, int] = (0, DAY_SECONDS)


@dataclass
class SeatsRead:
    """A log's days, and what has to be asked: sessions without an end or a beginning, sign-ins said twice."""

    days: list[SeatDayRead] = field(default_factory=list)
    unended: int = 0
    unbegun: int = 0
    repeated: int = 0

    @property
    def logins(self) -> set[str]:
        return {login for day in self.days for login in (*(one[0] for one in day.sessions), *day.calls)}


@dataclass
class _Seat:
    """A login that is signed in: since when, in which queues, in which of them paused, since when in all."""

    begun: int | None
    queues: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    paused_at: int | None = None
    rested: int = 0

    def pause(self, at: int, queues: Iterable[str], *, resting: bool) -> None:
        """A seat rests while it is paused in every queue that it has joined."""
        self.paused = self.paused | set(queues) if resting else self.paused - set(queues)
        if self.queues <= self.paused:
            self.paused_at = at if self.paused_at is None else self.paused_at
        elif self.paused_at is not None:
            self.rested += at - self.paused_at
            self.paused_at = None


class _Sessions:
    """Sessions and calls as they are met, in seconds by Beijing time; and by days once all are known."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str, int | None, int | None, int]] = []
        self.calls: dict[tuple[int, str], list[int]] = {}
        self.lines: tuple[int, int] | None = None
        """The first and the last instant of the file, where it has a line for whatever happens."""

    def call(self, login: str, at: int) -> None:
        own = self.calls.setdefault((at // DAY_SECONDS, login), [0, at, at])
        own[0] += 1
        own[1], own[2] = min(own[1], at), max(own[2], at)

    def read(self, repeated: int = 0) -> SeatsRead:
        days: dict[int, list[Session]] = defaultdict(list)
        for login, seat, begun, ended, rested in self.found:
            known = begun if begun is not None else ended
            assert known is not None
            day = known // DAY_SECONDS
            start, end = (at if at is None else at - day * DAY_SECONDS for at in (begun, ended))
            days[day].append((login, seat, start, end, rested))
        calls: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
        for (day, login), (number, first, last) in self.calls.items():
            calls[day][login] = number, first - day * DAY_SECONDS, last - day * DAY_SECONDS
        told = {*days, *calls}
        if self.lines is not None:
            told |= set(range(self.lines[0] // DAY_SECONDS, self.lines[1] // DAY_SECONDS + 1))
        return SeatsRead(
            [
                SeatDayRead(
                    EPOCH + timedelta(days=day), tuple(sorted(days[day], key=_order)), calls[day], self._told(day)
                )
                for day in sorted(told)
            ],
            unended=sum(ended is None for _l, _s, _b, ended, _r in self.found),
            unbegun=sum(begun is None for _l, _s, begun, _e, _r in self.found),
            repeated=repeated,
        )

    def _told(self, day: int) -> tuple[int, int]:
        if self.lines is None:
            return 0, DAY_SECONDS
        first, last = (at - day * DAY_SECONDS for at in self.lines)
        return max(first, 0), min(last, DAY_SECONDS)


def _order(one: Session) -> tuple[str, str, int, int]:
    return one[0], one[1], -1 if one[2] is None else one[2], -1 if one[3] is None else one[3]


def read_queue_log(lines: Iterable[str]) -> SeatsRead:
    """The seats of a queue log: who joined and left queues or signed in and off, rested, and answered.

    A login that joins several queues is signed in from the first to the last; a day with any line is told of.
    RowErrors: lines that are no events. A restart of the exchange says nothing about seats: what is open stays open.
    """
    sessions, faults, repeated = _Sessions(), Faults(), 0
    seats: dict[str, _Seat] = {}
    gone: set[str] = set()

    def leave(login: str, at: int, queue: str | None, *, since: int | None = None) -> None:
        seat = seats.get(login)
        if seat is None:
            if login in gone:  # out of one more queue, or said twice
                return
            seat = _Seat(since)
        elif queue is not None and seat.queues - {queue}:
            seat.queues.discard(queue)
            return
        rested = seat.rested + (at - seat.paused_at if seat.paused_at is not None else 0)
        sessions.found.append((login, "", seat.begun, at, rested))
        seats.pop(login, None)
        gone.add(login)

    for number, line in enumerate(lines, start=1):
        parts = line.rstrip("\r\n").split("|")
        if len(parts) < 5 or not parts[0].isdecimal():
            if line.strip():
                faults.add(number, "", _("This is no line of a queue log: epoch|call|queue|agent|EVENT|…"))
            continue
        at, queue, login, event = int(parts[0]) + BEIJING_SECONDS, parts[2], parts[3], parts[4]
        sessions.lines = (at if sessions.lines is None else sessions.lines[0], at)
        told = parts[5] if len(parts) > 5 else ""
        if event == "CONNECT":
            sessions.call(login, at)
        elif event in ("ADDMEMBER", "AGENTLOGIN"):
            gone.discard(login)
            seat = seats.setdefault(login, _Seat(at))
            repeated += queue in seat.queues
            seat.queues.add(queue)
            seat.pause(at, {queue}, resting=told == "PAUSED")
        elif event == "REMOVEMEMBER":
            leave(login, at, queue)
        elif event == "AGENTLOGOFF":
            seconds = parts[6] if len(parts) > 6 else ""
            leave(login, at, None, since=at - int(seconds) if seconds.isdecimal() else None)
        elif event in ("PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL") and (known := seats.get(login)):
            known.pause(at, known.queues if event.endswith("ALL") else {queue}, resting=event.startswith("PAUSE"))
    faults.finish()
    for login, seat in seats.items():
        sessions.found.append((login, "", seat.begun, None, seat.rested))
    return sessions.read(repeated)


def read_table(rows: Iterable[Sequence[str]], *, mapping: Mapping[str, str], clock: str) -> SeatsRead:
    """A table of sessions (from, to), of states (from, how long) or of events (at), its first row the headings.

    Without a column of states each row is a session. A state that nobody knows is refused, never taken as signed in:
    name it in the mapping (`on`, `pause`, `off`). RowErrors names row and column.
    """
    faults, times = Faults(), Times(clock)
    words = {word: _words(mapping.get(word, "")) for word in (SIGN_IN, PAUSED, SIGN_OUT)}
    places, below = find(rows, {meant: heading for meant, heading in mapping.items() if meant not in words})
    told: dict[tuple[str, str], list[tuple[int, int | None, str]]] = defaultdict(list)
    for number, row in below:

        def cell(name: str, row: Sequence[str] = row) -> str:
            return places[name].text(row) if name in places else ""

        state = _state(cell("state"), words) if "state" in places else SIGN_IN
        if state is None:
            faults.add(
                number,
                mapping["state"],
                _("Nobody knows the state “%(state)s”. Say in the mapping of the platform what it means.")
                % {"state": cell("state")[:40]},
            )
            continue
        if not cell("login"):
            faults.add(number, mapping["login"], _("The login is missing."))
            continue
        try:
            begun = times.seconds(cell("from")) + times.ahead
        except ValueError:
            faults.add(number, mapping["from"], no_instant(cell("from")))
            continue
        try:
            lasted = places["seconds"].seconds(row) if "seconds" in places else None
            if lasted is not None and clock == Clock.MILLISECONDS and places["seconds"].unit == 1000:
                lasted //= 1000  # a platform that counts in milliseconds does so throughout, its heading names no unit
            ended = _ended(begun, cell("to"), lasted, times)
        except ValueError:
            faults.add(number, mapping.get("to") or mapping["seconds"], _("The end of this row cannot be read."))
            continue
        told[cell("login"), cell("seat")].append((begun, ended, state))
    faults.finish()
    sessions, repeated = _Sessions(), 0
    of_stretches = "to" in places or "seconds" in places
    for (login, seat), own in told.items():
        own.sort(key=lambda one: one[0])
        found, twice = _of_stretches(own) if of_stretches else _of_events(own)
        repeated += twice
        sessions.found += [(login, seat, *one) for one in found]
    return sessions.read(repeated)


def _ended(begun: int, to: str, lasted: int | None, times: Times) -> int | None:
    """Where a row ends; None where it does not say. ValueError for an end before its beginning, or none at all."""
    if to.lower() not in NOT_GIVEN:
        ended = times.seconds(to) + times.ahead
    elif lasted is not None:
        ended = begun + lasted
    else:
        return None
    if ended < begun:
        raise ValueError(to)
    return ended


def _words(text: str) -> frozenset[str]:
    return frozenset(_word(part) for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip())


def _word(text: str) -> str:
    return "-".join(text.lower().split())


def _state(text: str, words: Mapping[str, frozenset[str]]) -> str | None:
    """What a state means: by the platform's own words first; None where nobody knows it."""
    said = _word(text)
    return next((state for known in (words, seat_states()) for state, own in known.items() if said in own), None)


Stretch = tuple[int | None, int | None, int]


def _of_stretches(own: list[tuple[int, int | None, str]]) -> tuple[list[Stretch], int]:
    """Rows from and to as sessions: what touches or overlaps is one; how many were said twice."""
    found: list[list[int | None]] = []
    repeated, rested_to = 0, 0
    for begun, ended, state in own:
        if state == SIGN_OUT:
            continue
        last = found[-1] if found else None
        if last is not None and last[1] is not None and begun <= last[1] + TOUCHING:
            repeated += begun < last[1] and state == SIGN_IN
            last[1] = None if ended is None else max(last[1], ended)
        else:
            found.append([begun, ended, 0])
        if state == PAUSED and ended is not None:
            start = max(begun, rested_to)
            found[-1][2] = (found[-1][2] or 0) + max(ended - start, 0)
            rested_to = max(rested_to, ended)
    return [(begun, ended, rested or 0) for begun, ended, rested in found], repeated


def _of_events(own: list[tuple[int, int | None, str]]) -> tuple[list[Stretch], int]:
    """Changes of state as sessions: signed in with the first state that is not “off”."""
    found: list[Stretch] = []
    seat: _Seat | None = None
    repeated, before = 0, ""
    for at, _ended_at, state in own:
        if state == SIGN_OUT:
            if seat is not None or before != SIGN_OUT:  # said twice, it is one sign-out
                seat = seat or _Seat(None)
                rested = seat.rested + (at - seat.paused_at if seat.paused_at is not None else 0)
                found.append((seat.begun, at, rested))
            seat = None
        else:
            repeated += seat is not None and state == before == SIGN_IN
            seat = seat or _Seat(at, {""})
            seat.pause(at, {""}, resting=state == PAUSED)
        before = state
    if seat is not None:
        found.append((seat.begun, None, seat.rested))
    return found, repeated
