"""How many seats so many calls need: Erlang C (A. K. Erlang, 1917), in fifty lines and without a library.

Calls arrive at random, wait without giving up, and are talked to for a mean time. Callers do give up, so the true
need is a little lower: a picture to plan by, no measure of anybody.
"""

import math
from dataclasses import dataclass

MOST_SEATS = 2_000


@dataclass(frozen=True)
class Demand:
    """Calls of a half hour, and the mean time that one keeps a seat, in seconds."""

    calls: float
    seconds: float

    @property
    def erlangs(self) -> float:
        return self.calls * self.seconds / 1800


def waits(seats: int, erlangs: float) -> float:
    """The probability that a call has to wait (Erlang C); 1 where the seats cannot carry the load."""
    if erlangs <= 0:
        return 0.0
    if seats <= erlangs:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion, which neither overflows nor loses digits
    for number in range(1, seats + 1):
        blocked = erlangs * blocked / (number + erlangs * blocked)
    return seats * blocked / (seats - erlangs * (1 - blocked))


def within(seats: int, demand: Demand, answer_seconds: float) -> float:
    """The share of calls that is answered within so many seconds."""
    if demand.erlangs <= 0:
        return 1.0
    if seats <= demand.erlangs:
        return 0.0
    return 1 - waits(seats, demand.erlangs) * math.exp(-(seats - demand.erlangs) * answer_seconds / demand.seconds)


def seats_needed(demand: Demand, share: float, answer_seconds: float) -> int:
    """The fewest seats at which the share is answered in time. ValueError for a share outside 0 to 1 (excluded)."""
    if not 0 <= share < 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    seats = int(demand.erlangs) + 1 if demand.erlangs > 0 else 0
    while within(seats, demand, answer_seconds) < share:
        seats += 1
        if seats > MOST_SEATS:
            raise ValueError("more seats than a hotline has")
    return seats
