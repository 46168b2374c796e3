"""Where the rota of a week is short or long of the calls that are expected, and what one empty post costs.

A day is expected to bring the mean of the last WEEKS days of the same weekday that the platform has told of by the
half hour. A seat that carries no load any more costs the calls that it would have answered, else those that are no
longer answered in time (Erlang C; `hotline.rules.demand`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from hotline.figures import HALVES
from hotline.rules.demand import Demand, seats_needed, within
from hotline.rules.facts import ServiceFacts

WEEKS = 4
LOOKED_BACK = 26
"""So many weeks back at most: what is older says nothing of next week."""


@dataclass(frozen=True)
class HalfHour:
    """Calls expected, seats that they need and that the rota has; and what one seat less costs.

    `late`: calls no longer answered in time, `lost`: those of them that are not answered at all.
    """

    calls: float
    needed: int
    planned: int
    late: float
    lost: float

    @property
    def short(self) -> int:
        return max(self.needed - self.planned, 0)

    @property
    def spare(self) -> int:
        return max(self.planned - self.needed, 0)


@dataclass(frozen=True)
class DayAhead:
    """A day looked at; `halves` empty where nothing is expected or no rota is known. `of`: the past days it is like."""

    day: date
    of: tuple[date, ...] = ()
    halves: tuple[HalfHour, ...] = ()

    def stretches(self) -> list[tuple[int, int, int]]:
        """Where it is short: from a half hour to another one (excluded), by so many seats at most."""
        found = []
        for short, group in groupby(enumerate(self.halves), key=lambda one: one[1].short > 0):
            own = list(group)
            if short:
                found.append((own[0][0], own[-1][0] + 1, max(one.short for _half, one in own)))
        return found


def like(facts: ServiceFacts, day: date, before: date) -> tuple[date, ...]:
    """The last days of the same weekday before a day that have calls by the half hour, the newest first."""
    known = (day - timedelta(weeks=n) for n in range(1, LOOKED_BACK + 1))
    told = [one for one in known if one < before and one in facts.days and "offered" in facts.days[one].halves]
    return tuple(told[:WEEKS])


def week(
    facts: ServiceFacts,
    days: Sequence[date],
    planned: Mapping[date, Sequence[int]],
    *,
    before: date,
    share: float,
    answer_seconds: int,
) -> list[DayAhead]:
    """The days of a week, from figures before a day and the seats of the rota by half hour (a day without: no rota)."""
    seconds = _talking(facts, days, before)
    found = []
    for day in days:
        past = like(facts, day, before)
        seats = planned.get(day)
        if not past or seats is None or seconds is None:
            found.append(DayAhead(day, past))
            continue
        halves = []
        for half in range(HALVES):
            calls = sum(facts.days[one].halves["offered"][half] for one in past) / len(past)
            halves.append(half_hour(Demand(calls, seconds), seats[half], share, answer_seconds))
        found.append(DayAhead(day, past, tuple(halves)))
    return found


def half_hour(demand: Demand, planned: int, share: float, answer_seconds: int) -> HalfHour:
    """What a half hour needs and has, and what one seat less of those planned would cost."""
    needed = seats_needed(demand, share, answer_seconds)
    if not planned:
        return HalfHour(demand.calls, needed, 0, 0.0, 0.0)
    in_time, answered = (
        [demand.calls * within(number, demand, answer_seconds) for number in (planned, planned - 1)],
        [min(demand.calls, number * 1800 / demand.seconds) for number in (planned, planned - 1)],
    )
    lost = answered[0] - answered[1]
    return HalfHour(demand.calls, needed, planned, max(in_time[0] - in_time[1], lost), lost)


def _talking(facts: ServiceFacts, days: Sequence[date], before: date) -> float | None:
    """The mean talking time of the past days: a single half hour has too few calls to tell."""
    past = {one for day in days for one in like(facts, day, before)}
    talked = sum(facts.days[day].figures.get("talking_seconds") or 0 for day in past)
    answered = sum(facts.days[day].figures.get("answered") or 0 for day in past)
    return talked / answered if talked and answered else None
