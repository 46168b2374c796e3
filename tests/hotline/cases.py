"""Days of figures, indicators and raw calls for the tests of the service."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hotline.figures import HALVES
from hotline.rules.facts import DayFacts, IndicatorFacts, Reading, ServiceFacts

DATA = Path(__file__).parents[1] / "data" / "hotline"
FIRST, LAST = date(2024, 10, 1), date(2025, 9, 30)
READINGS = {
    "of_all_entries": ("answered", "offered"),
    "without_short_abandons": ("answered", "offered - short_abandoned"),
}
BEIJING_SECONDS = 8 * 3600


def indicator(**fields: Any) -> IndicatorFacts:
    readings = fields.pop("readings", READINGS)
    values = {
        "pk": 7,
        "title": "接通率",
        "window": "month",
        "policy": "connection_reading" if len(readings) > 1 else "",
        "floor": Decimal(95),
        "confirmed": True,
    }
    return IndicatorFacts(readings={key: Reading.of(key, pair) for key, pair in readings.items()}, **values | fields)


def day(offered: int, answered: int, *, short: int = 0, taken_in_on: date | None = None, **more: Any) -> DayFacts:
    """A day whose calls are spread over its half hours, the answered and the others alike."""
    figures: dict[str, int | None] = {"offered": offered, "answered": answered, "short_abandoned": short, **more}
    halves = {name: spread(number) for name, number in figures.items() if number is not None}
    return DayFacts(figures, taken_in_on or date(2024, 10, 2), halves)


def spread(number: int) -> list[int]:
    return [number // HALVES + (half < number % HALVES) for half in range(HALVES)]


def service(days: dict[date, DayFacts], *indicators: IndicatorFacts, since: date = FIRST) -> ServiceFacts:
    return ServiceFacts(since, indicators or (indicator(),), days)


def month(first: date, number: int, facts: DayFacts) -> dict[date, DayFacts]:
    return {first + timedelta(days=n): facts for n in range(number)}


@dataclass(frozen=True)
class RawCall:
    """A call as it was, in seconds since 1970: entered, and what became of it."""

    name: str
    entered: int
    wait: int
    answered: bool
    talk: int
    transferred: bool = False
    timed_out_first: int = 0
    """It waited so long in the first queue, and then came into the second."""

    @property
    def half(self) -> tuple[date, int]:
        local = datetime.fromtimestamp(self.entered + BEIJING_SECONDS, UTC)
        return local.date(), local.hour * 2 + local.minute // 30


def raw_calls(seed: int, number: int, start: int = 1730649600) -> list[RawCall]:
    """Calls over some days from 2024-11-04 0:00 (Beijing), with midnights, transfers and quick hang-ups."""
    chance = random.Random(seed)
    found, at = [], start
    for place in range(number):
        at += chance.choice((0, 5, 60, 900, 4000, 1799))
        wait = chance.choice((0, 4, 5, 6, 14, 15, 16, 20, 300))
        found.append(
            RawCall(
                f"{at}.{place}",
                at,
                wait,
                chance.random() < 0.8,
                chance.choice((1, 60, 600)),
                chance.random() < 0.1,
                60 if chance.random() < 0.1 else 0,
            )
        )
    return found


def queue_log(calls: list[RawCall]) -> Iterator[str]:
    """The lines that Asterisk would have written, in the order of time."""
    lines: list[tuple[int, int, str]] = []
    for place, call in enumerate(calls):

        def say(at: int, queue: str, event: str, call: RawCall = call, place: int = place) -> None:
            lines.append((at, place, f"{at}|{call.name}|{queue}|NONE|{event}\n"))

        at, queue = call.entered, "rexian"
        say(at, queue, "ENTERQUEUE||01000000000|1")
        if call.timed_out_first:
            at += call.timed_out_first
            say(at, queue, f"EXITWITHTIMEOUT|1|1|{call.timed_out_first}")
            queue = "yihao"
            say(at, queue, "ENTERQUEUE||01000000000|1")
        at += call.wait
        if not call.answered:
            say(at, queue, f"ABANDON|1|1|{call.wait}")
            continue
        say(at, queue, f"CONNECT|{call.wait}|{call.name}|2")
        ended = at + call.talk
        if call.transferred:
            say(ended, queue, f"BLINDTRANSFER|8002|from-internal|{call.wait}|{call.talk}|1")
        else:
            say(ended, queue, f"COMPLETECALLER|{call.wait}|{call.talk}|1")
    yield from (line for _at, _place, line in sorted(lines, key=lambda one: (one[0], one[1])))
