"""What people made of some alerts, and the statements that finance issued."""

from sample.year.events import Reviewed, Settled, day

CONFIRMED = Reviewed(
    day(7, 2),
    check="staffing.on_post_rate",
    about="2025-06-01",
    decision="confirm",
    reason="6 月到位率 97.92%，低于 98%，考勤数据双方核对无误。",
    decided_on=day(7, 4),
    second_reason="复核考勤汇总，同意。",
)
WAIVED = Reviewed(
    day(5, 19),
    check="staffing.replacement",
    about="HT036",
    decision="waive",
    reason="替换人员体检报告晚到一日，乙方事先说明且未影响值守，不予追究。",
    decided_on=day(5, 21),
    second_reason="情况属实，同意不予追究。",
)
DISMISSED = Reviewed(
    day(4, 2),
    check="staffing.attendance_reported",
    about="2025-03-01",
    decision="dismiss",
    reason="3 月 20 日三人的考勤系乙方导出遗漏，现场签到表证明当日在岗。",
    decided_on=day(4, 3),
    second_reason="已核对签到表原件。",
)
OPEN = Reviewed(
    day(9, 26),
    check="staffing.backfill",
    about="HT032",
    decision="confirm",
    reason="8 月 18 日期满，8 月 20 日才补员，逾期 2 日，建议认定违约。",
)

STATEMENTS = (Settled(day(1, 13), 1), Settled(day(4, 14), 2), Settled(day(7, 21), 3))

EVENTS = (CONFIRMED, WAIVED, DISMISSED, OPEN, *STATEMENTS)
