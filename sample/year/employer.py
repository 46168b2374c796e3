"""What the vendor does as an employer, on both edges of articles 7, 8, 11, 18 and 20."""

from datetime import date, timedelta

from sample.year.events import day
from sample.year.words.employer import Approves, Labours, Pays, Shifts

# --- Article 7: the rota of two mornings -------------------------------------------------------

# The contract begins at midnight: two of the first night's crew come then instead.
FIRST_NIGHT = (Shifts(day(10, 1), day(10, 1), "00:00-08:00", who=(21, 25)),)
# The whole day shift of 02-18 begins half an hour late: nobody from 08:00 to 08:30.
HALF_AN_HOUR = (Shifts(day(2, 18), day(2, 18), "08:30-20:00", instead="08:00-20:00"),)
# So it does on 02-25, and one of the night shift stays on until then: no minute without anybody.
HANDED_OVER = (
    Shifts(day(2, 24), day(2, 24), "20:00-08:30", who=(23,)),
    Shifts(day(2, 25), day(2, 25), "08:30-20:00", instead="08:00-20:00"),
)

# --- Article 8: hours --------------------------------------------------------------------------

# The copy for the duty leaders arrives late: October is a signal until then.
APPROVALS = (
    Approves(day(10, 1), "SL", "综合工时批复〔2024〕31号（示例）"),
    Approves(day(11, 12), "BZ", "综合工时批复〔2024〕32号（示例）"),
)
# On the standard system, 11 hours a day are lawful: 12 times make 36 hours of overtime, 13 make 39.
EXACTLY_36 = (Shifts(day(11, 4), day(11, 19), "09:00-20:00", who=(8,)),)
THREE_MORE = (Shifts(day(8, 4), day(8, 20), "09:00-20:00", who=(9,)),)

# --- Articles 11 and 20: proofs ----------------------------------------------------------------


def _after(month: date, number: int) -> date:
    """A day of the month that follows."""
    following = (month + timedelta(days=31)).replace(day=1)
    return following.replace(day=number)


def _paid(kind: str, month: date, arrived: date | None = None) -> Pays:
    """Paid on the 10th of the following month; the proof arrives on the 15th, or as told."""
    on = arrived or _after(month, 15)
    return Pays(on, kind, month, paid=_after(month, 10), quiet=arrived is None)


OCTOBER, NOVEMBER, DECEMBER = day(10, 1), day(11, 1), day(12, 1)
JANUARY, FEBRUARY, MARCH, APRIL = day(1, 1), day(2, 1), day(3, 1), day(4, 1)
MAY, JUNE, JULY, AUGUST = day(5, 1), day(6, 1), day(7, 1), day(8, 1)

# Expected 20 days after the month: November's comes on the last day, February's one day late,
# June's never.
WAGES = (
    *(_paid("wages", month) for month in (OCTOBER, DECEMBER, JANUARY, MARCH, APRIL, MAY)),
    _paid("wages", NOVEMBER, day(12, 20)),
    _paid("wages", FEBRUARY, day(3, 21)),
    _paid("wages", JULY),
    _paid("wages", AUGUST),
)
# Expected 30 days after the month, for holidays, hours beyond the quarter, and the 36 hours of
# November: January's 30 days end on a Sunday and the proof comes on Monday; June's comes a day
# late; May's, with Labour Day and the Dragon Boat Festival, never. August's is not due yet.
OVERTIME = (
    *(_paid("overtime", month) for month in (OCTOBER, NOVEMBER, DECEMBER, MARCH, APRIL)),
    _paid("overtime", JANUARY, day(3, 3)),
    _paid("overtime", JUNE, day(7, 31)),
)

# --- Articles 18 and 20: labour matters ----------------------------------------------------------

# Told on the third day and settled on the sixtieth.
DISPUTE = (
    Labours(
        day(4, 7),
        "dispute",
        "加班费计算方式争议",
        reported=day(4, 10),
        persons=3,
        settled=(day(6, 6), "劳动争议调解协议（示例）"),
    ),
)
# The office was told two days late.
INJURY = (
    Labours(
        day(7, 8),
        "injury",
        "交接班途中滑倒受伤",
        reported=day(7, 14),
        settled=(day(8, 29), "工伤认定及待遇核定（示例）"),
    ),
)
# The office still feels it at the year's end.
ARREARS = (
    Labours(
        day(9, 22),
        "wage_arrears",
        "离职人员反映末月工资未结清",
        reported=day(9, 24),
        effect="两次到访反映，占用甲方接待",
    ),
)

EVENTS = (
    *FIRST_NIGHT,
    *HALF_AN_HOUR,
    *HANDED_OVER,
    *APPROVALS,
    *EXACTLY_36,
    *THREE_MORE,
    *WAGES,
    *OVERTIME,
    *DISPUTE,
    *INJURY,
    *ARREARS,
)
