"""The hotline of the sample year: invented calls by the half hour, with a pattern of weekdays and seasons.

Who calls in vain is spread evenly over a day, so that a share of it is the share of every stretch of it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from sample.year.acts import Excuses, TakesFigures
from sample.year.events import day

PLATFORM = "示例热线平台"
SINCE = date(2024, 10, 1)
CONFIRMED_ON, CONFIRMATION = date(2024, 10, 8), "热线办函〔2024〕12号（示例）"


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


# Calls of an ordinary half hour, from midnight on.
SHAPE = (
    *(4, 4, 3, 3, 2, 2, 2, 2, 2, 3, 4, 6, 9, 13, 18, 24, 34, 42, 48, 50, 48, 44, 38, 30),
    *(26, 28, 34, 40, 44, 46, 44, 42, 38, 32, 26, 22, 20, 18, 16, 15, 14, 12, 11, 10, 8, 7, 6, 5),
)
WEEKDAYS = (112, 104, 102, 100, 98, 72, 66)
SEASON = {7: 118, 8: 114, 12: 108, 1: 110, 2: 84}
STORM, EXACT = date(2025, 7, 22), date(2025, 3, 18)
OUTAGE = (date(2025, 6, 9), date(2025, 6, 11))
ORDINARY, NOBODY = Fraction(2, 100), Fraction(0)


# Months of which the platform's seat log is taken in, too; in a week of it two people, reported on duty as the rota has
# them, never signed in.
SEAT_LOGS = (date(2025, 3, 1), date(2025, 4, 1))
NEVER_SIGNED_IN = {(who, on) for who in (18, 24) for on in _days(date(2025, 3, 10), date(2025, 3, 16))}


def signs_in(who: int, on: date) -> tuple[int, int] | None:
    """How many seconds before a shift somebody signs in, and after it out; None where they do not sign in."""
    if (who, on) in NEVER_SIGNED_IN:
        return None
    return 60 + (who * 37 + on.toordinal() * 11) % 540, 30 + (who * 53 + on.toordinal() * 7) % 400


def lost_share(on: date) -> tuple[Fraction, Fraction]:
    """Which share of the callers is not answered, and which of all gives up within five seconds."""
    if on == STORM:
        return Fraction(12, 100), Fraction(1, 100)
    if on == EXACT:
        return Fraction(5, 100), NOBODY
    if abs((on - EXACT).days) == 1:
        return NOBODY, NOBODY
    if OUTAGE[0] <= on <= OUTAGE[1]:
        return Fraction(70, 100), NOBODY
    if (on.year, on.month) == (2025, 5) and on.day < 31:  # the platform counts those who give up at once
        return Fraction(54, 1000), Fraction(15, 1000)
    if (on.year, on.month) == (2025, 8):
        return Fraction(64, 1000), Fraction(5, 1000)
    if (on.year, on.month) == (2025, 9) and on.day <= 20:
        return Fraction(66, 1000), Fraction(5, 1000)
    return ORDINARY, Fraction(5, 1000)


def offered(on: date) -> list[int]:
    """The calls of each half hour of a day."""
    if on == EXACT:
        return [20 * max(1, number // 20) for number in SHAPE]
    percent = WEEKDAYS[on.weekday()] * SEASON.get(on.month, 100)
    if on == STORM:
        percent = percent * 5 // 2
    if OUTAGE[0] <= on <= OUTAGE[1]:
        percent = percent * 2 // 5
    noise = on.toordinal()
    return [
        max(1, (number * percent + (noise * 31 + half * 17) % 7 * 500) // 10_000) for half, number in enumerate(SHAPE)
    ]


def figures(on: date) -> dict[str, list[int]]:
    """What the platform has counted in each half hour of a day."""
    calls = offered(on)
    gone, short = lost_share(on)
    lost, at_once = list(_spread(calls, gone)), list(_spread(calls, short))
    answered = [number - own for number, own in zip(calls, lost, strict=True)]
    quick = [number - min(own, number) for number, own in zip(answered, _spread(answered, 4 * gone / 3), strict=True)]
    return {
        "offered": calls,
        "short_abandoned": [min(own, most) for own, most in zip(at_once, lost, strict=True)],
        "answered": answered,
        "answered_in_time": quick,
        "left_in_time": [own + min(one, most) for own, one, most in zip(quick, at_once, lost, strict=True)],
        "waiting_seconds": [9 * number + 40 * own for number, own in zip(calls, lost, strict=True)],
        "talking_seconds": [175 * number for number in answered],
    }


def _spread(numbers: list[int], share: Fraction) -> Iterator[int]:
    """A share of each number, so that no beginning of the day has more than its share."""
    total = taken = 0
    for number in numbers:
        total += number
        own = int(total * share) - taken
        taken += own
        yield own


def of_month(first: date) -> dict[str, int]:
    """Work orders, follow-ups, quality and complaints of a month."""
    filed = 5_200 + 40 * first.month
    reached = 1_150
    return {
        "orders_filed": filed,
        "orders_forwarded_in_time": filed - 31,
        "orders_due": filed - 200,
        "orders_answered_in_time": filed - 290,
        "orders_returned": 62,
        "orders_repeated": 118,
        "solved_at_first_call": 14_000 + 10 * first.month,
        "satisfied": reached - 70,
        "dissatisfied": 70,
        "not_reached": 96,
        "samples": 600,
        "samples_passed": 583,
        "errors_found": 9,
        "complaints_upheld": 6,
    }


def _months() -> Iterator[TakesFigures]:
    """Each month is taken in on the third day of the next one; that of December three days late."""
    for number in range(11):
        first = date(2024 + (9 + number) // 12, (9 + number) % 12 + 1, 1)
        following = (first + timedelta(days=31)).replace(day=1)
        late = date(2025, 1, 13) if first == date(2024, 12, 1) else following.replace(day=3)
        yield TakesFigures(late, first, following - timedelta(days=1))


# The line that was cut from 06-09 to 06-11 (see agreements) kept the hotline from answering, too.
EVENTS = (
    *_months(),
    TakesFigures(day(9, 29), day(9, 1), day(9, 28)),
    *(
        Excuses(
            day(6, 13),
            "通信光缆施工挖断",
            key,
            day(6, 9),
            "线路中断期间来电不能接入。",
            approved=day(6, 23),
            check="contract.service_level",
            until=day(6, 11),
        )
        for key in ("connection", "connection_month")
    ),
)
