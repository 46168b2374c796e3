"""What the rules are given of the service of one contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hotline.figures import terms, value

Figures = Mapping[str, int | None]


@dataclass(frozen=True)
class DayFacts:
    """The figures of a day, with the Beijing day on which they were first taken in; `halves`: 48 numbers a figure."""

    figures: Figures
    taken_in_on: date
    halves: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One way to count a rate: what stands over and what under the line."""

    key: str
    part: tuple[tuple[str, int], ...]
    whole: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, key: str, pair: Sequence[str]) -> "Reading":
        return cls(key, terms(pair[0]), terms(pair[1]))

    def names(self) -> set[str]:
        return {name for name, _sign in (*self.part, *self.whole)}


@dataclass(frozen=True)
class IndicatorFacts:
    """One indicator: its readings by key, its target, its window."""

    pk: int
    title: str
    readings: Mapping[str, Reading]
    window: str
    title_en: str = ""
    policy: str = ""
    at_least: bool = True
    floor: Decimal | None = None
    minimum: int = 1
    confirmed: bool = False

    def names(self) -> set[str]:
        return set().union(*(reading.names() for reading in self.readings.values()))

    def rate(self, count: "Count") -> str:
        """A count for display, on the side of this indicator's target on which it is."""
        return count.rate(self.floor, at_least=self.at_least)


@dataclass(frozen=True)
class ServiceFacts:
    """Everything that is on record of the service: figures by day and by the first day of a month."""

    since: date | None = None
    indicators: tuple[IndicatorFacts, ...] = ()
    days: Mapping[date, DayFacts] = field(default_factory=dict)
    months: Mapping[date, DayFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    """Part and whole, as integers."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.part + other.part, self.whole + other.whole)

    def reaches(self, floor: Decimal, *, at_least: bool) -> bool:
        """Whether the share lies on the right side of the target, exactly; the target itself does."""
        over, under = floor.as_integer_ratio()
        left, right = 100 * self.part * under, self.whole * over
        return left >= right if at_least else left <= right

    def rate(self, floor: Decimal | None = None, *, at_least: bool = True) -> str:
        """Per cent for display, half up to two decimals: 3 of 7 is `42.86%`.

        Where rounding would move it to the other side of the target it goes the other way: `94.99%`, never a rounded
        95.00 % that failed. `100.00%` and `0.00%` are said of all and of none only.
        """
        cut, rest = divmod(10_000 * self.part, self.whole)
        near = cut + (2 * rest >= self.whole)
        shown = [near] if not rest else [near, 2 * cut + 1 - near]
        if floor is not None:
            reached = self.reaches(floor, at_least=at_least)
            shown = [one for one in shown if Count(one, 10_000).reaches(floor, at_least=at_least) == reached]
        hundredths = next((one for one in shown if not rest or one not in (0, 10_000)), shown[0])
        return f"{hundredths // 100}.{hundredths % 100:02d}%"


def counted(reading: Reading, figures: Figures) -> Count | None:
    """Part and whole of a reading; None where a figure is not known."""
    part, whole = value(reading.part, figures), value(reading.whole, figures)
    return None if part is None or whole is None else Count(part, whole)
