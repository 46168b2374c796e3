"""The words for what the vendor does as an employer: shifts, approvals, pay, labour matters."""

from dataclasses import dataclass
from datetime import date, timedelta

from sample.year.acts import Act


@dataclass(frozen=True)
class Shifts(Act):
    """Other hours than the rota's, on the duty days from `on` to `last`.

    Of the people named or, where nobody is, of all whose rota has the hours `instead`.
    """

    last: date
    hours: str
    who: tuple[int, ...] = ()
    instead: str = ""

    @property
    def days(self) -> set[date]:
        """The day after too: on it the hours are judged."""
        return {self.on, self.last + timedelta(days=1)}


@dataclass(frozen=True)
class Approves(Act):
    """A copy of an approval of comprehensive hours for a post arrives."""

    post: str
    document: str


@dataclass(frozen=True)
class Pays(Act):
    """A proof that the vendor paid a month arrives; a `quiet` one is nothing to look at."""

    kind: str
    month: date
    paid: date
    quiet: bool = True

    @property
    def days(self) -> set[date]:
        return {self.on}


@dataclass(frozen=True)
class Labours(Act):
    """A labour dispute, wage arrears, an injury or damage; `on` is the day the vendor knew."""

    kind: str
    title: str
    reported: date
    persons: int = 1
    effect: str = ""
    settled: tuple[date, str] | None = None
