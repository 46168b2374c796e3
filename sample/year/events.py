"""The words in which the sample year is told.

An event is recorded on a day (`on`) by one side, through the same service that the admin or the
API would call. People are named by their order number (see `sample.people`), instalments by
theirs. What an event does not say follows from the rota.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from law.periods import BEIJING
from sample.year.acts import Act

MORNING = time(9, 0)
WEEK_AHEAD = timedelta(days=-7)
NEXT_DAY = timedelta(days=1)
REPORTING_TIME = timedelta(days=3)
LAST_NIGHT = date(2025, 9, 30)


def day(month: int, number: int) -> date:
    """A day of the contract year: October to December lie in 2024, January to September in 2025."""
    return date(2024 if month >= 10 else 2025, month, number)


def instant(on: date, at: time = MORNING) -> datetime:
    """A Beijing time of day."""
    return datetime.combine(on, at, tzinfo=BEIJING)


class Event(Protocol):
    """Anything that is recorded on a day."""

    @property
    def on(self) -> date: ...


def when(given: date | timedelta, from_day: date) -> date:
    """A day that is given as such, or as so many days from another one."""
    return from_day + given if isinstance(given, timedelta) else given


def edges(event: Event) -> set[date]:
    """The days on which an event makes a difference: recorded, begun, and over."""
    found = set() if getattr(event, "quiet", False) else {event.on}
    if isinstance(event, Act) and found:
        found.add(min(max(event.days), LAST_NIGHT))
    if isinstance(event, Away | Reports | Leaves):
        found.add(event.last + NEXT_DAY)
    if isinstance(event, Leaves) and event.handed_over is not None:
        found.add(when(event.handed_over, event.last))
    if isinstance(event, Reports) and event.status is None:
        found.add(event.last + REPORTING_TIME + NEXT_DAY)
    return found


@dataclass(frozen=True)
class Papers:
    """What is on file of a person who begins; the defaults are as they should be.

    `signed`: the undertaking, a week before the first day, or on a day, or (`None`) never. `age`:
    in full years at hire. `trained_from`: the training's first day, else the day of hire; `trained_until`:
    its last day, else the day before the first one on post.
    `missing`: kinds of proof that nobody handed in. `employed_until`: the last day of the labour
    contract.
    """

    signed: date | timedelta | None = WEEK_AHEAD
    age: int | None = None
    trained_from: date | None = None
    trained_until: date | None = None
    missing: tuple[str, ...] = ()
    employed_until: date = date(2026, 12, 31)


@dataclass(frozen=True)
class Joins:
    """A person begins on a post; `fills` names whose empty post they make good."""

    on: date
    who: int
    post: str
    fills: int | None = None
    hired: date | None = None
    papers: Papers = Papers()


@dataclass(frozen=True)
class Leaves:
    """A person's assignment ends; `last` is the last day in post.

    `notice` is the day of a resignation letter, `consent` the office's letter and its day. Material
    and accounts are handed over on the day after, or on `handed_over`, or (`None`) never.
    """

    on: date
    who: int
    last: date
    reason: str
    notice: date | None = None
    consent: tuple[str, date] | None = None
    handed_over: date | timedelta | None = NEXT_DAY


@dataclass(frozen=True)
class Moves:
    """A person goes over to another post; `on` is the first day there, `consent` as above."""

    on: date
    who: int
    post: str
    consent: tuple[str, date] | None = None


@dataclass(frozen=True)
class Away:
    """A leave that is on record, both days included."""

    who: int
    first: date
    last: date
    kind: str = "personal"

    @property
    def on(self) -> date:
        return self.first


@dataclass(frozen=True)
class Reports:
    """Days for which the vendor reports something else than rota and leaves say.

    `status` None: nothing is reported. `who` empty: of everybody.
    """

    first: date
    last: date
    status: str | None
    who: tuple[int, ...] = ()

    @property
    def on(self) -> date:
        return self.first


@dataclass(frozen=True)
class Demands:
    """The office asks the vendor to replace a person."""

    who: int
    reason: str
    sent: datetime
    arrived: datetime

    @property
    def on(self) -> date:
        return self.sent.astimezone(BEIJING).date()


@dataclass(frozen=True)
class Replaces:
    """A person begins in place of one whose replacement was demanded."""

    on: date
    who: int
    post: str
    instead_of: int
    hired: date | None = None
    papers: Papers = Papers()


@dataclass(frozen=True)
class Assessed:
    """A person on trial passes an assessment, or fails it."""

    on: date
    who: int
    passed: bool


@dataclass(frozen=True)
class Employed:
    """The vendor signs a further labour contract with a person, from `on` to `until`."""

    on: date
    who: int
    until: date


@dataclass(frozen=True)
class Invoiced:
    """The vendor's invoice over an instalment arrives."""

    on: date
    instalment: int
    number: str


@dataclass(frozen=True)
class InvoiceReturned:
    """The office returns the invoice that stands for an instalment."""

    on: date
    instalment: int
    reason: str


@dataclass(frozen=True)
class InvoiceAccepted:
    """The office finds the invoice correct."""

    on: date
    instalment: int


@dataclass(frozen=True)
class Accepted:
    """The office accepts the service of an instalment's period, upon its group's opinion.

    `points` are what the group gives the criteria of the agreed scheme, in their order.
    """

    on: date
    instalment: int
    result: str
    opinion: str = ""
    points: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paid:
    """The office pays an instalment in full."""

    on: date
    instalment: int
    voucher: str


@dataclass(frozen=True)
class Told:
    """The office writes to the vendor about an alert; the letter arrives on the same day.

    The alert is named by its check and what it is about: an employee number, or the first day of
    its period. So it is in the events that follow.
    """

    on: date
    check: str
    about: str
    letter: str = "explanation"


@dataclass(frozen=True)
class Writes:
    """The office writes a letter about something; `arrived` None: nobody has acknowledged it.

    `about` names an alert of `check` as above; without a check the person whose replacement was
    demanded, or the title of a force majeure event.
    """

    on: date
    letter: str
    about: str
    arrived: date | None
    check: str = ""
    extra: str = ""


@dataclass(frozen=True)
class Answers:
    """The vendor answers an alert."""

    on: date
    check: str
    about: str
    statement: str


@dataclass(frozen=True)
class AsksForTime:
    """The vendor asks for more time to answer; the office decides on `decided_on`."""

    on: date
    check: str
    about: str
    until: date
    reason: str
    decided_on: date
    granted: bool = True
    decision_reason: str = ""


@dataclass(frozen=True)
class Closes:
    """The office closes a decided case."""

    on: date
    check: str
    about: str
    reason: str


@dataclass(frozen=True)
class Reviewed:
    """A person proposes what to make of an alert; on `decided_on` a second one approves."""

    on: date
    check: str
    about: str
    decision: str
    reason: str
    decided_on: date | None = None
    second_reason: str = ""
    document: str = ""


@dataclass(frozen=True)
class Settled:
    """Finance issues the settlement statement of an instalment."""

    on: date
    instalment: int
