"""Absences that end by themselves: each costs the rate its days, none becomes a breach.

Two months are counted out to the person-day: November 2024 loses exactly the 27 person-days that
98 % of 1,350 leave; June 2025 (with `gaps`) loses 28.
"""

from sample.year.events import Away, Reports, day


def _one_day(month: int, number: int, who: int, kind: str = "personal") -> Away:
    return Away(who, day(month, number), day(month, number), kind)


NOVEMBER_27_DAYS = (
    Away(19, day(11, 4), day(11, 13), "sick"),  # 10
    Away(22, day(11, 18), day(11, 25)),  # 8
    Away(30, day(11, 11), day(11, 15), "other"),  # 5
    _one_day(11, 7, 16),
    _one_day(11, 20, 24),
    _one_day(11, 27, 38),
    _one_day(11, 28, 44, "sick"),  # 4 of one day
)

ORDINARY = (
    _one_day(10, 15, 18),
    _one_day(10, 22, 27, "sick"),
    _one_day(10, 29, 41),
    _one_day(12, 10, 17),
    _one_day(12, 24, 35),
    _one_day(1, 8, 40, "sick"),
    _one_day(1, 21, 29),
    Away(20, day(2, 10), day(2, 12), "sick"),
    _one_day(2, 19, 37),
    _one_day(3, 6, 43),
    _one_day(4, 9, 39),
    _one_day(5, 14, 23),
    _one_day(5, 28, 32),
    _one_day(6, 24, 30),
    _one_day(6, 26, 44),
    _one_day(7, 8, 22),
    _one_day(7, 16, 27),
    _one_day(8, 6, 21),
    _one_day(8, 20, 35),
)

# Away from 05-05 to 05-23; two more on a day of the flood (see `agreements`).
FLOOD = (
    Away(41, day(5, 5), day(5, 23), "sick"),
    Away(20, day(5, 12), day(5, 12), "other"),
    Away(44, day(5, 12), day(5, 12), "other"),
)

# Absent without leave: nobody recorded a leave, the day's report says so.
WITHOUT_LEAVE = (Reports(day(4, 22), day(4, 22), "absent", (45,)),)

EVENTS = (*NOVEMBER_27_DAYS, *ORDINARY, *FLOOD, *WITHOUT_LEAVE)
