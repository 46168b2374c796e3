"""How the contract itself changes, is kept from being performed, and ends (4, 15, 16, 17)."""

from decimal import Decimal

from sample.year.acts import Amends, Assesses, Excuses, Happens, Orders, Proof, SetsScheme
from sample.year.events import day

REPORTS = "话务统计月报"
FLOOD_REPORT = "汛期应急值守专报"

# Article 15, one month ahead. In force on 03-31: arguable until 02-28, safe until 02-27.
LAST_SAFE_DAY = (
    Amends(
        day(2, 26),
        "增设服务地点",
        "补充协议一（示例）",
        "office",
        arrived=day(2, 27),
        effective=day(3, 31),
        agreed=(day(3, 10), day(3, 12)),
        published=day(3, 13),
    ),
)
# In force on 07-01: arguable until 06-01, which lies in the Dragon Boat holiday (05-31 to 06-02),
# so that the last safe day was 05-30.
ARGUABLE = (
    Amends(
        day(5, 30),
        "调整月报报送格式",
        "补充协议二（示例）",
        "vendor",
        arrived=day(6, 1),
        effective=day(7, 1),
        agreed=(day(6, 20), day(6, 18)),
        published=day(6, 23),
    ),
)
# In force on 09-01: arguable until 08-01, arrived on 08-04. The figure changes from 09-01 on only.
TOO_LATE = (
    Amends(
        day(8, 1),
        "延长不可抗力告知期限",
        "补充协议三（示例）",
        "vendor",
        arrived=day(8, 4),
        effective=day(9, 1),
        agreed=(day(8, 22), day(8, 20)),
        published=day(8, 25),
        changes=(("force_majeure_notice_days", "5"),),
    ),
)
# A proposal that came to nothing owes nothing.
TAKEN_BACK = (
    Amends(
        day(4, 7),
        "上调年服务费",
        "乙方函〔2025〕4号（示例）",
        "vendor",
        arrived=day(4, 8),
        effective=day(7, 1),
        withdrawn=day(4, 28),
    ),
)

# Article 4, seven days ahead; none of them moves the headcount of the year.
# In force on Monday 03-17: arguable until 03-10, safe until Friday 03-07.
ORDER_IN_TIME = (
    Orders(
        day(3, 7),
        45,
        day(3, 17),
        "热线办函〔2025〕3号（示例）",
        arrived=day(3, 7),
        reason="按一季度诉求量核定，人数维持 45 人。",
    ),
)
# In force on 06-30: arguable until 06-23, the day on which it arrives. The vendor cannot find two
# people in a week, and the office takes the order back.
ORDER_ARGUABLE = (
    Orders(
        day(6, 23),
        47,
        day(6, 30),
        "热线办函〔2025〕10号（示例）",
        arrived=day(6, 23),
        reason="防汛期间拟增加 2 人。",
        cancelled=day(6, 26),
    ),
)
# In force on 09-29: arguable until 09-22, arrived on 09-23.
ORDER_LATE = (
    Orders(
        day(9, 22),
        45,
        day(9, 29),
        "热线办函〔2025〕15号（示例）",
        arrived=day(9, 23),
        reason="国庆值守期间人数维持 45 人，不作核减。",
    ),
)

# Article 16. The vendor's line is cut; the office is told on the third day, the police prove it.
# The report of May falls due on 06-10, in the days without a line, and comes on 06-12: excused.
LINE_CUT = (
    Happens(
        day(6, 9),
        "通信光缆施工挖断",
        "话务统计系统无法取数，月报不能按时生成。",
        "vendor",
        told=day(6, 12),
        ended=day(6, 11),
        proof=Proof(day(6, 20), "通信故障证明（示例）", "示例市通信管理部门"),
    ),
    Excuses(
        day(6, 13),
        "通信光缆施工挖断",
        REPORTS,
        day(6, 9),
        "报送最后一日（6 月 10 日）在线路中断期间，恢复次日即补报。",
        approved=day(6, 23),
    ),
)
# The flood of 05-10 to 05-14 excuses in part: the gap of HT041 lost five days to it, and of the month's
# rate the two person-days that it cost leave the count (with them May would have missed 28 of 27).
FLOOD = (
    Happens(
        day(5, 10),
        "暴雨引发城区内涝",
        "道路中断，两人未能到岗，补员人员未能报到。",
        "vendor",
        told=day(5, 13),
        ended=day(5, 14),
        proof=Proof(day(5, 19), "内涝灾情证明（示例）", "示例市应急管理部门"),
    ),
    Excuses(
        day(5, 15),
        "暴雨引发城区内涝",
        41,
        day(5, 10),
        "补员人员住处被困，内涝期间不能报到。",
        approved=day(5, 19),
        check="staffing.backfill",
    ),
    Excuses(
        day(5, 15),
        "暴雨引发城区内涝",
        "",
        day(5, 12),
        "5 月 12 日两人因道路中断未能到岗。",
        approved=day(5, 19),
        check="staffing.on_post_rate",
        until=day(5, 12),
    ),
)
# The office's own platform fails on 04-30: to be told by 05-03, after Labour Day by 05-06.
OFFICE_PLATFORM = (
    Happens(
        day(4, 30),
        "政务云平台遭网络攻击",
        "工单系统停用，乙方无法登记诉求。",
        "office",
        told=day(5, 6),
        ended=day(5, 1),
        proof=Proof(day(5, 15), "网络安全事件通报（示例）", "示例市网信部门"),
    ),
)
# Told on the sixth day, and never proven: the excuse that is claimed by it has no effect.
UNPROVEN = (
    Happens(day(8, 19), "强降雨致道路积水", "专报起草人员不能到岗。", "vendor", told=day(8, 25), ended=day(8, 25)),
    Excuses(
        day(8, 27),
        "强降雨致道路积水",
        FLOOD_REPORT,
        day(8, 19),
        "乙方称撰稿人员因道路积水不能到岗。",
        approved=day(8, 29),
    ),
)

# Article 17. Decided on 08-01, the last day of the prudent time (60 days before the end). The new
# contract is not signed by 09-30, so that the end of the term stays at risk.
RENEWAL = (
    SetsScheme(
        day(12, 2),
        "2025 年度履约考核方案",
        "考核方案确认书（示例）",
        Decimal(75),
        (
            ("人员到位与稳定", Decimal(30)),
            ("接听与工单质量", Decimal(30)),
            ("群众满意度", Decimal(20)),
            ("保密与规范管理", Decimal(20)),
        ),
        confirmed=(day(12, 9), day(12, 13)),
    ),
    Assesses(
        day(7, 28),
        "2025 年度履约考核方案",
        (Decimal(70), Decimal(84), Decimal(88), Decimal("82.5")),
        "renew",
        day(8, 1),
        "续签决定（示例）",
    ),
)

EVENTS = (
    *LAST_SAFE_DAY,
    *ARGUABLE,
    *TOO_LATE,
    *TAKEN_BACK,
    *ORDER_IN_TIME,
    *ORDER_ARGUABLE,
    *ORDER_LATE,
    *LINE_CUT,
    *FLOOD,
    *OFFICE_PLATFORM,
    *UNPROVEN,
    *RENEWAL,
)
