"""Disclosures to third parties and leaks (article 14)."""

from datetime import time
from decimal import Decimal

from sample.year.acts import Discloses, Leaks
from sample.year.events import day, instant
from sample.year.requests import SURVEY, YEARBOOK

# One on the day of the consent's writing, one the day before it.
DISCLOSURES = (
    Discloses(day(2, 24), "示例市统计部门", "2024 年度诉求分类汇总表", "移交单（示例）一", YEARBOOK),
    Discloses(day(6, 17), "示例大学", "2025 年上半年诉求分类数据", "移交单（示例）二", SURVEY),
)

# Found at ten to midnight on 03-04 and reported on the next day, contained on the third. A courier
# lost a sealed envelope: not the vendor's doing.
LOST_ENVELOPE = (
    Leaks(
        day(3, 4),
        "纸质工单复印件寄递遗失",
        "密封件在寄递途中遗失，两日后找回，封签完好。",
        found=instant(day(3, 4), time(23, 50)),
        told=instant(day(3, 5), time(9, 30)),
        contained=instant(day(3, 7), time(16, 0)),
        cause="other",
        harm="none",
        document="情况报告〔2025〕1号（示例）",
        measures="改为专人送达。",
    ),
)
# Reported a day late. The vendor's doing, and the office's reputation suffered: it may terminate
# until 2026-08-17, for the year ends on a Saturday.
CHAT_GROUP = (
    Leaks(
        day(8, 13),
        "工单截图发至私人聊天群",
        "1 张含来电人号码的工单截图被转发至私人聊天群。",
        found=instant(day(8, 13), time(10, 15)),
        told=instant(day(8, 15), time(9, 5)),
        contained=instant(day(8, 16), time(11, 0)),
        cause="vendor",
        harm="reputation",
        document="情况报告〔2025〕2号（示例）",
        measures="截图已撤回，终端禁用截屏，开展保密复训。",
        person=(21, day(8, 18), day(8, 28)),
        costs=(
            ("lawyer", Decimal("6000.00"), day(8, 26), "法律咨询费票据（示例）"),
            ("travel", Decimal("860.00"), day(8, 27), "差旅费票据（示例）"),
        ),
    ),
)

EVENTS = (*DISCLOSURES, *LOST_ENVELOPE, *CHAT_GROUP)
