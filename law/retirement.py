"""The retirement day under the reform of 2025 (国务院关于渐进式延迟法定退休年龄的办法, in force from 2025-01-01).

Men retired at 60, women at 50 or, as officials, at 55. Since 2025 the age rises by a month for every four
months of birth (men, women officials) or every two (other women), until 63, 58 and 55.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

REFORM = date(2025, 1, 1)


@dataclass(frozen=True)
class Track:
    """A class of people: the age before the reform, by how many months of birth it rises one, the most months."""

    age: int
    step: int
    most: int


MEN, WOMEN_OFFICIALS, WOMEN_WORKERS = Track(60, 4, 36), Track(55, 4, 36), Track(50, 2, 60)


def retirement_day(born: date, track: Track) -> date:
    """The day on which somebody reaches the age of retirement, without the freedom to choose a year more or less."""
    before: date = born + relativedelta(years=track.age)
    if before < REFORM:
        return before
    months = (before.year - REFORM.year) * 12 + before.month - REFORM.month
    later: date = born + relativedelta(years=track.age, months=min(months // track.step + 1, track.most))
    return later


def first_retirement_day(born: date, *, is_woman: bool) -> date:
    """The earliest day on which the person may be past retirement, whatever the kind of the post."""
    return retirement_day(born, WOMEN_WORKERS if is_woman else MEN)
