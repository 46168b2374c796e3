"""What both sides made of some alerts, and the statements that finance issued.

Each way through a case is walked once: answered and confirmed, silent, with more time, waived,
dismissed, and cured by itself while the vendor was asked.
"""

from sample.year.events import Answers, AsksForTime, Closes, Reviewed, Settled, Told, Writes, day

RATE, GAP = "staffing.on_post_rate", "staffing.backfill"

# Told of a risk; by the end of the month the rate was met.
CURED = (
    Told(day(12, 18), RATE, "2024-12-01", "demand"),
    Answers(day(12, 19), RATE, "2024-12-01", "本月下旬不再批准集中请假，月末到位率可回到 98% 以上。"),
)
DISMISSED = (
    Reviewed(
        day(4, 2),
        check="staffing.attendance_reported",
        about="2025-03-01",
        decision="dismiss",
        reason="3 月 20 日三人的考勤系乙方导出遗漏，现场签到表证明当日在岗。",
        decided_on=day(4, 3),
        second_reason="已核对签到表原件。",
    ),
)
WAIVED = (
    Told(day(5, 19), "staffing.replacement", "HT036", "demand"),
    Answers(day(5, 19), "staffing.replacement", "HT036", "体检报告晚到一日，已事先说明，值守未受影响。"),
    Reviewed(
        day(5, 19),
        check="staffing.replacement",
        about="HT036",
        decision="waive",
        reason="替换人员体检报告晚到一日，乙方事先说明且未影响值守，不予追究。",
        document="豁免通知〔2025〕1号",
        decided_on=day(5, 21),
        second_reason="情况属实，同意不予追究。",
    ),
)
# More time asked for and granted, then answered; nothing is proposed yet.
PROLONGED = (
    Told(day(6, 23), GAP, "HT019", "backfill"),
    AsksForTime(
        day(6, 25),
        GAP,
        "HT019",
        day(7, 4),
        "住院证明须由医院补盖印章。",
        decided_on=day(6, 26),
        decision_reason="理由成立，延长至 7 月 4 日。",
    ),
    Answers(day(7, 3), GAP, "HT019", "附住院证明；逾期两日属实，已完善备员安排。"),
)
CONFIRMED = (
    Told(day(7, 1), RATE, "2025-06-01", "explanation"),
    Answers(day(7, 2), RATE, "2025-06-01", "6 月下旬多人集中病假，缺勤 28 个人日属实。"),
    Reviewed(
        day(7, 2),
        check=RATE,
        about="2025-06-01",
        decision="confirm",
        reason="6 月到位率 97.92%，低于 98%，考勤数据双方核对无误。",
        decided_on=day(7, 4),
        second_reason="复核考勤汇总，同意。",
    ),
    Closes(day(7, 22), RATE, "2025-06-01", "已列入第三期结算单，本案无其他事项。"),
)
# No answer: the silence is recorded, and a colleague has not decided yet.
SILENT = (
    Told(day(8, 21), GAP, "HT032", "explanation"),
    Reviewed(
        day(9, 26),
        check=GAP,
        about="HT032",
        decision="confirm",
        reason="8 月 18 日期满，8 月 20 日才补员，逾期 2 日，乙方逾期未作陈述，建议认定违约。",
    ),
)
SEPTEMBER = (
    Told(day(9, 25), GAP, "HT039", "backfill"),
    Answers(day(9, 26), GAP, "HT039", "该岗位要求持证，合格人选预计 10 月中旬到岗，请予谅解。"),
    Reviewed(
        day(9, 28),
        check=GAP,
        about="HT039",
        decision="confirm",
        reason="9 月 23 日期满未补员；乙方陈述不影响期限，建议认定违约。",
        decided_on=day(9, 29),
        second_reason="已核对考勤和乙方陈述，同意。",
    ),
)

# Letters about other things; the last one has not been acknowledged yet.
LETTERS = (
    Writes(day(5, 12), "replacement", "HT036", arrived=day(5, 12)),
    Writes(day(8, 27), "force_majeure", "强降雨致道路积水", arrived=day(8, 28)),
    Writes(
        day(9, 29),
        "demand",
        "HT017",
        arrived=None,
        check="confidentiality.offboarding",
        extra="请一并书面确认该人员已知悉离岗后仍负有保密义务。",
    ),
)

STATEMENTS = (Settled(day(1, 13), 1), Settled(day(4, 14), 2), Settled(day(7, 21), 3))

EVENTS = (*CURED, *DISMISSED, *WAIVED, *PROLONGED, *CONFIRMED, *SILENT, *SEPTEMBER, *LETTERS, *STATEMENTS)
