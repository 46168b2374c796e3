"""What the office sees: reports, inspections, misconduct, third parties, disputes."""

from datetime import date
from decimal import Decimal

from sample.year.acts import Delivers, Disputes, FindsThirdParty, Inspects, Objects, Remark, Schedules
from sample.year.agreements import FLOOD_REPORT, REPORTS
from sample.year.events import day

ANALYSIS = "运营重难点分析季报"

SCHEDULES = (
    Schedules(day(10, 1), "statistics", REPORTS, "monthly", 10),
    Schedules(day(10, 1), "analysis", ANALYSIS, "quarterly", 15),
    Schedules(day(8, 20), "special", FLOOD_REPORT, "once", 3),
)


def _monthly(month: int, on: tuple[int, int], accepted: tuple[int, int] | None = None) -> Delivers:
    first = day(month, 1)
    return Delivers(day(*on), REPORTS, first, f"YB-{first:%Y%m}", accepted=day(*accepted) if accepted else None)


# Due ten days after the month. October's day, 11-10, is a Sunday: it comes on Monday.
MONTHLY = (
    _monthly(10, (11, 11), (11, 13)),
    _monthly(11, (12, 9), (12, 11)),
    # December's is returned on 01-13. The five days end on Saturday 01-18: again on Monday 01-20.
    Delivers(
        day(1, 8), REPORTS, day(12, 1), "YB-202412", returned=(day(1, 13), "接通率口径与系统数据不一致，请核对后重报。")
    ),
    Delivers(day(1, 20), REPORTS, day(12, 1), "YB-202412-2", accepted=day(1, 22)),
    _monthly(1, (2, 10), (2, 12)),
    _monthly(2, (3, 7), (3, 11)),
    # March's is a day late.
    _monthly(3, (4, 11), (4, 14)),
    _monthly(4, (5, 9), (5, 12)),
    # May's falls due in the days without a line (see `agreements`).
    _monthly(5, (6, 12), (6, 16)),
    _monthly(6, (7, 8), (7, 10)),
    _monthly(7, (8, 8), (8, 12)),
    # August's still lies unanswered.
    _monthly(8, (9, 9)),
)

# Due fifteen days after the quarter. The second one is returned on 04-18 and comes again on 04-24,
# a day after its five days.
QUARTERLY = (
    Delivers(day(1, 15), ANALYSIS, day(10, 1), "JB-2024Q4", accepted=day(1, 17)),
    Delivers(day(4, 14), ANALYSIS, day(1, 1), "JB-2025Q1", returned=(day(4, 18), "缺少重点领域诉求分析，请补充。")),
    Delivers(day(4, 24), ANALYSIS, day(1, 1), "JB-2025Q1-2", accepted=day(4, 27)),
    Delivers(day(7, 14), ANALYSIS, day(4, 1), "JB-2025Q2", accepted=day(7, 16)),
)

# Demanded on 08-20: nominal last day Saturday 08-23, legal last day Monday 08-25, here on 08-26.
SPECIAL = (Delivers(day(8, 26), FLOOD_REPORT, day(8, 20), "ZB-20250820", accepted=day(8, 27)),)

# The first remark is answered on its last day and looked at again on the last legal one (fifteen
# days end on Saturday 04-12); the second is answered late, and the office looks again a day late.
SPRING_INSPECTION = (
    Inspects(
        day(3, 12),
        "崤山路 47 号话务大厅",
        "抽查 60 通录音和 40 件工单。",
        "检查记录〔2025〕1号（示例）",
        arrived=day(3, 14),
        remarks=(
            Remark(
                "部分工单诉求要素登记不全，请制定登记清单并培训。",
                day(3, 28),
                answered=day(3, 28),
                answer="已制定登记清单，3 月 26 日完成全员培训。",
                checked=day(4, 14),
                settled=True,
            ),
            Remark(
                "夜班交接记录缺少签字，请补齐并落实专人检查。",
                day(3, 28),
                answered=day(3, 31),
                answer="已补齐签字，由值班长逐班检查。",
                checked=day(4, 16),
                settled=True,
            ),
        ),
    ),
)
# Open at the end: one remark is to be followed up by 10-10, and the office is to look again at
# the other by 10-11, a Saturday on which people work.
AUTUMN_INSPECTION = (
    Inspects(
        day(9, 17),
        "崤山路 47 号话务大厅",
        "检查国庆值守准备情况。",
        "检查记录〔2025〕2号（示例）",
        arrived=day(9, 18),
        remarks=(
            Remark("值守表未注明备勤人员，请补充。", day(9, 30), answered=day(9, 26), answer="已补充备勤人员名单。"),
            Remark("请组织一次断网应急演练并报送记录。", date(2025, 10, 10)),
        ),
    ),
)

# Asked on 04-15: seven days end on 04-22. The second request names its own day, 08-11.
MISCONDUCT = (
    Objects(
        day(4, 14),
        "接听时使用不文明用语",
        "录音抽查发现 1 通电话用语不规范。",
        "整改通知〔2025〕2号（示例）",
        arrived=day(4, 15),
        corrected=(day(4, 22), "已批评教育并开展服务用语复训。"),
    ),
    Objects(
        day(8, 6),
        "未经登记转接诉求",
        "2 件诉求未登记即电话转接。",
        "整改通知〔2025〕5号（示例）",
        arrived=day(8, 7),
        correct_by=day(8, 11),
        corrected=(day(8, 12), "已补登工单，并在系统中关闭直转权限。"),
    ),
    Objects(
        day(9, 25),
        "值班期间擅自离岗",
        "9 月 24 日夜班 1 人离开坐席约 40 分钟。",
        "整改通知〔2025〕7号（示例）",
        arrived=day(9, 26),
    ),
)

# With consent of the same day it is in order; without, the refund of the three quarters that were
# paid and 10 % of the contract sum would be claimed.
STRESS_TEST = "话务平台压力测试"
THIRD_PARTIES = (
    FindsThirdParty(
        day(7, 3), "示例测试技术有限公司", "承担话务平台压力测试一日。", "现场记录（示例）", consent=STRESS_TEST
    ),
    FindsThirdParty(
        day(9, 10),
        "示例呼叫服务有限公司",
        "9 月 8 日至 10 日夜间回访由其代做。",
        "核查记录〔2025〕3号（示例）",
        paid=Decimal("1568672.29"),
        since=day(9, 8),
    ),
)

DISPUTES = (
    Disputes(
        day(5, 20),
        "第二期服务费逾期付款利息",
        "乙方主张逾期一日的利息 261.47 元。",
        "10",
        "vendor",
        "settled",
        negotiated=day(6, 6),
        closed=(day(6, 6), "双方书面确认本期不计利息，今后按约定日期付款。"),
    ),
    Disputes(day(9, 12), "第三方代做回访", "甲方主张适用第19条，乙方称系临时协助。", "19", "office", "negotiation"),
    Disputes(
        day(7, 7),
        "6 月人员到位率口径",
        "双方对按月或按季度计算到位率意见不一。",
        "13.4",
        "office",
        "arbitration",
        negotiated=day(8, 15),
        filed=(day(9, 1), "示例仲字〔2025〕1号"),
    ),
)

EVENTS = (
    *SCHEDULES,
    *MONTHLY,
    *QUARTERLY,
    *SPECIAL,
    *SPRING_INSPECTION,
    *AUTUMN_INSPECTION,
    *MISCONDUCT,
    *THIRD_PARTIES,
    *DISPUTES,
)
