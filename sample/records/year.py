"""What every recorder needs: the contract, its calendar and users, and who is who."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import singledispatch
from heapq import heappop, heappush
from typing import Any

from contract import acting as context
from contract.models import Contract
from law.calendar import Calendar
from sample.people import number
from sample.year import acts, events
from sample.year.events import MORNING, instant
from sample.year.team import END, START
from staffing.models import Assignment, Operator, Post

ONE_DAY = timedelta(days=1)
STEPS_AT = time(8, 30)


@dataclass
class Year:
    """The contract that the year is recorded on, and in whose names."""

    contract: Contract
    calendar: Calendar
    users: dict[str, Any]
    agenda: list[tuple[date, int, str, Callable[[], object]]] = field(default_factory=list)
    today: date = date.max
    steps: int = 0

    def begin(self, day: date) -> None:
        """A new day: the steps that were left for it come first."""
        self.today = day
        self.catch_up()

    def acting(self, day: date, who: str, at: time = MORNING) -> AbstractContextManager[None]:
        """What is written inside bears this day, and is written in this user's name."""
        return context.acting(at=instant(day, at), actor=self.users.get(who))

    def later(self, day: date, who: str, step: Callable[[], object]) -> None:
        """A further step of the same story, taken on its own day, or now where that has come."""
        self.steps += 1
        heappush(self.agenda, (day, self.steps, who, step))
        self.catch_up()

    def catch_up(self) -> None:
        """Take the steps whose day has come."""
        while self.agenda and self.agenda[0][0] <= self.today:
            day, _order, who, step = heappop(self.agenda)
            with self.acting(day, who, STEPS_AT):
                step()

    def operator(self, who: int) -> Operator:
        return Operator.objects.get(vendor=self.contract.vendor, employee_number=number(who))

    def assignment(self, who: int) -> Assignment:
        """The person's assignment, the latest where there were several."""
        return Assignment.objects.filter(contract=self.contract, operator=self.operator(who)).latest("starts_on")

    def post(self, code: str) -> Post:
        return Post.objects.get(contract=self.contract, code=code)


@singledispatch
def record(event: object, year: Year) -> None:
    """Record an event through its service. TypeError for a kind that nobody registered."""
    raise TypeError(f"nothing records {event!r}")


OFFICE_ACTS = (
    events.Demands,
    acts.Orders,
    acts.Schedules,
    acts.Inspects,
    acts.Objects,
    acts.FindsThirdParty,
    acts.SetsScheme,
    acts.Assesses,
    acts.Excuses,
    acts.TakesFigures,
    events.Accepted,
)
FINANCE_ACTS = (events.InvoiceReturned, events.InvoiceAccepted, events.Paid)


def actor(event: object) -> str:
    """The sample user in whose name an event is recorded."""
    if isinstance(event, FINANCE_ACTS):
        return "finance"
    if isinstance(event, OFFICE_ACTS) or getattr(event, "by", "") == "office":
        return "office"
    return "vendor"


def months() -> Iterator[tuple[date, date]]:
    """First and last day of each month of the sample year."""
    first = START
    while first <= END:
        following = (first + timedelta(days=31)).replace(day=1)
        yield first, following - ONE_DAY
        first = following


def days(first: date, last: date) -> Iterator[date]:
    """The days of a span, both ends included."""
    while first <= last:
        yield first
        first += ONE_DAY
