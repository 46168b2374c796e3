"""The posts, the 45 people of the first day, and the rota that they follow.

The hotline is staffed round the clock: four crews take day shift, night shift, rest, rest in turn.
The other posts work on working days.
"""

from datetime import date

from law.calendar import Calendar
from sample.year.events import Joins, Papers, day
from sample.year.papers import OF_THE_FIRST

START = day(10, 1)
END = day(9, 30)

# code: name, planned headcount, whether the crews rotate round the clock
POSTS = {
    "BZ": ("值班长岗", 4, True),
    "GD": ("工单审核岗", 5, False),
    "HF": ("回访岗", 3, False),
    "ZJ": ("质检岗", 3, False),
    "SL": ("综合受理岗", 30, True),
}

CREWS = 4
ON_DUTY_IN_TURN = 2  # of the four days of a crew's turn


def post_of(who: int) -> str:
    """The post on which one of the first 45 begins."""
    for code, (_name, planned, _rotates) in POSTS.items():
        if who <= planned:
            return code
        who -= planned
    raise ValueError("only 45 posts are planned")


def rota(who: int, post: str, on: date, calendar: Calendar) -> str:
    """What the rota has for a person on a day: "on_duty" or "rest"."""
    if POSTS[post][2]:
        turn = (on.toordinal() + who) % CREWS
        return "on_duty" if turn < ON_DUTY_IN_TURN else "rest"
    return "rest" if calendar.is_rest_day(on) else "on_duty"


def hours(who: int, post: str, on: date, calendar: Calendar) -> tuple[str, str] | None:
    """The shift of a person on a day of duty: its kind and its hours; None on a day of rest.

    A crew has the day shift, then the night shift, then two days of rest.
    """
    if rota(who, post, on, calendar) == "rest":
        return None
    if not POSTS[post][2]:
        return ("office", "09:00-17:00")
    return ("duty", ("08:00-20:00", "20:00-08:00")[(on.toordinal() + who) % CREWS])


def hired_on(who: int) -> date:
    """The first 45 were hired between the summers of 2022 and 2024, two or three a month."""
    months = 6 + (who * 11) % 25  # July 2022 to July 2024
    return date(2022 + months // 12, months % 12 + 1, 1 + who % 28)


EVENTS = tuple(
    Joins(START, who, post_of(who), hired=hired_on(who), papers=OF_THE_FIRST.get(who, Papers())) for who in range(1, 46)
)
