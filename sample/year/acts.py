"""The words for what the parties do under the contract's own articles, beside the staffing.

Each is one record with all its steps and their days; a check looks at no day later than its own,
so that a record may be entered whole. Sides are "office" and "vendor".
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from law.periods import beijing_day


@dataclass(frozen=True)
class Act:
    """Something that was recorded, with the days that it names."""

    on: date

    @property
    def days(self) -> set[date]:
        """Every day in the record: on each of them something begins or is done."""
        return set(_days(self))


def _days(value: Any) -> Iterator[date]:
    if isinstance(value, datetime):
        yield beijing_day(value)
    elif isinstance(value, date):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _days(item)
    elif isinstance(value, Act | Remark | Answer | Proof):
        for part in fields(value):
            yield from _days(getattr(value, part.name))


@dataclass(frozen=True)
class Answer:
    """The office's written answer to a request for consent."""

    decision: str
    on: date
    document: str
    reason: str = ""


@dataclass(frozen=True)
class Proof:
    """An authority's proof of a force majeure event."""

    on: date
    document: str
    issuer: str


@dataclass(frozen=True)
class Remark:
    """A remark of an inspection, the vendor's answer and the office's second look."""

    text: str
    due: date
    answered: date | None = None
    answer: str = ""
    checked: date | None = None
    settled: bool | None = None


@dataclass(frozen=True)
class Amends(Act):
    """A side proposes an amendment (article 15); `agreed` holds the office's and vendor's day."""

    title: str
    document: str
    by: str
    arrived: date
    effective: date
    agreed: tuple[date | None, date | None] = (None, None)
    changes: tuple[tuple[str, str], ...] = ()
    withdrawn: date | None = None
    published: date | None = None


@dataclass(frozen=True)
class Orders(Act):
    """The office orders another headcount (article 4), or takes the order back."""

    headcount: int
    effective: date
    document: str
    arrived: date
    reason: str
    cancelled: date | None = None


@dataclass(frozen=True)
class Asks(Act):
    """The vendor asks for consent (articles 13.4, 14.1, 19); `who` names a person of the sample."""

    kind: str
    subject: str
    purpose: str
    document: str
    arrived: date
    answer: Answer | None = None
    who: int | None = None
    withdrawn: tuple[date, str] | None = None


@dataclass(frozen=True)
class Happens(Act):
    """A force majeure event (article 16): told on `told`, over after `ended`."""

    title: str
    description: str
    by: str
    told: date
    ended: date
    proof: Proof | None = None


@dataclass(frozen=True)
class TakesFigures(Act):
    """The office takes in what the hotline's platform counted on the days from first to last."""

    first: date
    last: date


@dataclass(frozen=True)
class Excuses(Act):
    """One proposes to excuse something by an event, `approved` by a second person on a day.

    `about` names a report; for a gap (`staffing.backfill`) it is the person's order number, for the
    rate of a month (`staffing.on_post_rate`) nothing, of the service (`contract.service_level`) the indicator's key.
    """

    event: str
    about: str | int
    first: date
    reason: str
    approved: date
    check: str = "contract.service_report"
    until: date | None = None


@dataclass(frozen=True)
class Schedules(Act):
    """The office sets what is to be reported how often (article 2)."""

    kind: str
    title: str
    cadence: str
    due_days: int


@dataclass(frozen=True)
class Delivers(Act):
    """The vendor delivers the report of the period that begins with `period`."""

    schedule: str
    period: date
    document: str
    accepted: date | None = None
    returned: tuple[date, str] | None = None


@dataclass(frozen=True)
class Inspects(Act):
    """The office inspects the service (article 12.3); its remarks arrive at the vendor."""

    place: str
    summary: str
    document: str
    arrived: date
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Objects(Act):
    """The office asks the vendor to stop and correct misconduct (article 18)."""

    title: str
    description: str
    document: str
    arrived: date
    correct_by: date | None = None
    corrected: tuple[date, str] | None = None


@dataclass(frozen=True)
class FindsThirdParty(Act):
    """A third party is found providing the service (article 19), `since` a day; `consent` names the request."""

    name: str
    description: str
    document: str
    consent: str = ""
    paid: Decimal | None = None
    since: date | None = None


@dataclass(frozen=True)
class Disputes(Act):
    """A side raises a dispute (article 21)."""

    title: str
    description: str
    clauses: str
    by: str
    stage: str
    negotiated: date | None = None
    filed: tuple[date, str] | None = None
    closed: tuple[date, str] | None = None


@dataclass(frozen=True)
class SetsScheme(Act):
    """The office sets criteria, weights and pass mark; both confirm (article 17)."""

    title: str
    document: str
    pass_mark: Decimal
    criteria: tuple[tuple[str, Decimal], ...]
    confirmed: tuple[date, date]


@dataclass(frozen=True)
class Assesses(Act):
    """The office scores the vendor, criterion by criterion, and decides on the renewal."""

    scheme: str
    points: tuple[Decimal, ...]
    decision: str
    decided: date
    document: str


@dataclass(frozen=True)
class Discloses(Act):
    """The vendor gives information to a third party (article 14.1)."""

    recipient: str
    content: str
    document: str
    consent: str = ""


@dataclass(frozen=True)
class Leaks(Act):
    """The vendor finds a leak (articles 14.2, 14.3), and what follows it.

    `person`: order number, day asked, day cooperated. `costs`: kind, amount, day, receipt.
    """

    title: str
    description: str
    found: datetime
    told: datetime
    contained: datetime
    cause: str
    harm: str
    document: str
    measures: str
    person: tuple[int, date, date] | None = None
    costs: tuple[tuple[str, Decimal, date, str], ...] = ()
