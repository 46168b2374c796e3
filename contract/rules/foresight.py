"""How long what a check found stands if nothing is written and only the day goes on.

No check says so itself: what it forgot would be missed in silence. The day that it is given notes what it is compared
with. While no comparison can turn out otherwise, the same facts make the check go the same way to the same
findings. Whatever else is asked of the day (its distance from another one, its text, its month) holds for that
day alone: such a check is looked at again on the next one.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

ONE_DAY = timedelta(days=1)
Place = tuple[int | None, Hashable]
"""Of what something was asked: a contract (None: all of them) and a check ("": all of them)."""
EVERYWHERE: Place = (None, "")


class Watch:
    """What is noted while checks run: by place, the last day on which the findings stand, and the tables read.

    A place without a last day stands until something is written.
    """

    def __init__(self, today: date) -> None:
        self.today = date(today.year, today.month, today.day)
        self.day = Day(today.year, today.month, today.day)
        self.day.watch = self
        self.place: Place = EVERYWHERE
        self.until: dict[Place, date] = {}
        self.tables: dict[Place, set[str]] = {}

    def at(self, contract_id: int | None, check_id: Hashable) -> None:
        """What is asked from now on is asked for this place."""
        self.place = (contract_id, check_id)

    @contextmanager
    def apart(self, place: Place) -> Iterator[None]:
        """What is asked inside is noted apart: `credit` gives it to whoever makes use of it."""
        before, self.place = self.place, place
        try:
            yield
        finally:
            self.place = before

    def credit(self, place: Place) -> None:
        """The present place rests on what was noted apart, too."""
        self.stands_until(self.until.get(place, date.max))
        self.reads(self.tables.get(place, set()))

    def compared(self, other: object) -> None:
        """The day is compared: with a day to come it turns out otherwise on that one at the earliest."""
        if isinstance(other, date) and not isinstance(other, Day) and other >= self.today:
            self.stands_until(max(self.today, other - ONE_DAY))

    def asked(self) -> None:
        """Something that holds for this day alone."""
        self.stands_until(self.today)

    def stands_until(self, last: date) -> None:
        if last < self.until.get(self.place, date.max):
            self.until[self.place] = last

    def reads(self, tables: set[str]) -> None:
        self.tables.setdefault(self.place, set()).update(tables)

    def last_day(self, contract_id: int, check_id: str) -> date:
        """The last day on which the findings of a check about a contract stand."""
        return min(self.until.get(place, date.max) for place in _places(contract_id, check_id))

    def read_by(self, contract_id: int, check_id: str) -> set[str]:
        """The tables that they rest on."""
        return set().union(*(self.tables.get(place, ()) for place in _places(contract_id, check_id)))


def _places(contract_id: int, check_id: str) -> tuple[Place, ...]:
    return EVERYWHERE, (None, check_id), (contract_id, check_id)


class Day(date):
    """The day of an evaluation: a date that tells its watch what it is asked.

    It takes the place of a date everywhere. What it is compared with is noted; everything else that a date can be
    asked is defined below and notes that it holds for this day alone.
    """

    watch: Watch


def this_day(day: date) -> date:
    """The same day as a plain date, for rules that count day by day: what they find holds for it alone."""
    return date(day.year, day.month, day.day)


def _compares(name: str) -> Callable[[Day, Any], Any]:
    of_dates = getattr(date, name)

    def compare(self: Day, other: Any) -> Any:
        self.watch.compared(other)
        return of_dates(self, other)

    return compare


def _asks(name: str) -> Callable[..., Any]:
    of_dates = getattr(date, name)

    def ask(self: Day, *args: Any, **options: Any) -> Any:
        self.watch.asked()
        return of_dates(self.watch.today, *args, **options)

    return ask


def _tells(name: str) -> property:
    def tell(self: Day) -> Any:
        self.watch.asked()
        return getattr(self.watch.today, name)

    return property(tell)


COMPARED = ("__lt__", "__le__", "__eq__", "__ne__", "__ge__", "__gt__")
# Of a date's own names the following are about no day at all.
ABOUT_NO_DAY = {"__class__", "__doc__", "__new__", "__init__", "__init_subclass__", "__subclasshook__"}
ABOUT_NO_DAY |= {"__getattribute__", "__setattr__", "__delattr__", "__dir__", "__sizeof__", "__getstate__"}
ABOUT_NO_DAY |= {
    "today",
    "fromordinal",
    "fromtimestamp",
    "fromisoformat",
    "fromisocalendar",
    "min",
    "max",
    "resolution",
}
for _name in dir(date):
    if _name in COMPARED:
        setattr(Day, _name, _compares(_name))
    elif _name not in ABOUT_NO_DAY:
        setattr(Day, _name, _asks(_name) if callable(getattr(date, _name)) else _tells(_name))
