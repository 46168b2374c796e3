"""People whom the office wants replaced (article 12.2: three days from the demand's arrival)."""

from datetime import time

from sample.year import papers
from sample.year.events import Demands, Leaves, Replaces, day, instant

# Arrived on 2024-10-01, nominal last day 10-04, legal last day 10-08 after National Day.
NATIONAL_DAY = (
    Demands(
        33,
        "多次未按工单规范登记诉求要素，经现场指导后仍不能胜任受理工作。",
        sent=instant(day(10, 1), time(9, 20)),
        arrived=instant(day(10, 1), time(9, 40)),
    ),
    Leaves(day(10, 7), 33, day(10, 7), "replaced"),
    Replaces(day(10, 8), 46, "SL", instead_of=33),
)

# Arrived on 05-12, last day 05-15, the replacement comes on 05-16. The handover (article 14) is
# done on its own last day, Monday 05-19.
ONE_DAY_LATE = (
    Demands(
        36,
        "连续两周工单退回率明显偏高，不能胜任工单受理岗位要求。",
        sent=instant(day(5, 12), time(10, 0)),
        arrived=instant(day(5, 12), time(10, 5)),
    ),
    Leaves(day(5, 15), 36, day(5, 15), "replaced", handed_over=day(5, 19)),
    Replaces(day(5, 16), 52, "SL", instead_of=36, papers=papers.TRAINED_A_DAY_SHORT),
)

# Sent at ten to midnight on 07-14, arrived after midnight: the three days run from 07-15. The last day in
# post and the substitute's first one are both the last day, 07-18.
AROUND_MIDNIGHT = (
    Demands(
        38,
        "与来电人发生争执，经复核录音，不宜继续从事受理工作。",
        sent=instant(day(7, 14), time(23, 50)),
        arrived=instant(day(7, 15), time(0, 10)),
    ),
    Leaves(day(7, 18), 38, day(7, 18), "replaced"),
    Replaces(day(7, 18), 55, "SL", instead_of=38, papers=papers.AGE_35_SIGNED_LATE),
)

# Still open on 09-30: arrived on 09-29, nominal last day 10-02, legal last day 10-09.
OPEN_AT_THE_END = (
    Demands(
        40,
        "业务知识连续两次测评不合格，不能胜任受理岗位。",
        sent=instant(day(9, 29), time(15, 30)),
        arrived=instant(day(9, 29), time(15, 31)),
    ),
)

EVENTS = (*NATIONAL_DAY, *ONE_DAY_LATE, *AROUND_MIDNIGHT, *OPEN_AT_THE_END)
