"""The claim upon the breach of June: disputed, so that its amount waits and the rest is paid.

The vendor disputes the line; what both make of it is open at the end of the year. The quarterly
files are asked for once statement, invoice and acceptance are there.
"""

from sample.year.events import day
from sample.year.words.claims import Claimed, ClaimPutForward, Filed, LinesDisputed

RATE, JUNE = "staffing.on_post_rate", "2025-06-01"

JUNE_CLAIM = (
    Claimed(
        day(7, 7),
        RATE,
        JUNE,
        instalment=3,
        grounds="6 月到位率 97.92%，低于 98% 的下限 1 个人日，按当期每人日服务费计算。",
    ),
    ClaimPutForward(day(7, 7), RATE, JUNE, "金额按当期服务费折算，未加收违约金，建议提出。", decided_on=day(7, 8)),
    LinesDisputed(
        day(7, 14),
        RATE,
        JUNE,
        reason="合同未约定扣款标准，缺勤人员病假证明齐全，请求协商。",
        statement="对到位率数据无异议，对扣款依据有异议，愿就 6 月情况与甲方协商。",
    ),
)

FILES = (Filed(day(1, 14), 1), Filed(day(4, 15), 2), Filed(day(8, 6), 3))

EVENTS = (*JUNE_CLAIM, *FILES)
