"""What every recorder needs: the contract, its calendar and users, and who is who."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import singledispatch
from typing import Any

from contract.law.calendar import Calendar
from contract.models import Contract
from sample.people import number
from sample.year.team import END, START
from staffing.models import Assignment, Operator, Post

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Year:
    """The contract that the year is recorded on, and in whose names."""

    contract: Contract
    calendar: Calendar
    users: dict[str, Any]

    def operator(self, who: int) -> Operator:
        return Operator.objects.get(vendor=self.contract.vendor, employee_number=number(who))

    def assignment(self, who: int) -> Assignment:
        """The person's assignment, the latest where there were several."""
        return Assignment.objects.filter(
            contract=self.contract, operator=self.operator(who)
        ).latest("starts_on")

    def post(self, code: str) -> Post:
        return Post.objects.get(contract=self.contract, code=code)


@singledispatch
def record(event: object, year: Year) -> None:
    """Record an event through its service. TypeError for a kind that nobody registered."""
    raise TypeError(f"nothing records {event!r}")


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
