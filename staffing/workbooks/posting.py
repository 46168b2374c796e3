"""Leaves and assignments as workbooks: one row a time that a person is away, or serves."""

from typing import Any

from kit.workbooks.columns import Column, day, word
from kit.workbooks.lists import ListBook
from staffing.choices import EndReason, LeaveKind
from staffing.models import Assignment, Leave
from staffing.workbooks.qualification import PERSON

LEAVES = {
    "事假": LeaveKind.PERSONAL,
    "病假": LeaveKind.SICK,
    "产假": LeaveKind.MATERNITY,
    "工伤假": LeaveKind.INJURY,
    "其他": LeaveKind.OTHER,
}
ENDS = {
    "调岗": EndReason.TRANSFER,
    "辞职": EndReason.RESIGNATION,
    "辞退": EndReason.DISMISSAL,
    "更换": EndReason.REPLACED,
    "补岗结束": EndReason.BACKFILL_ENDED,
    "核减编制": EndReason.REDUCTION,
}

BOOKS: dict[type[Any], ListBook] = {
    Leave: ListBook(
        "请假",
        (
            *PERSON,
            Column("假别", "kind", word(LEAVES), LEAVES, required=True),
            Column("首日", "starts_on", day, required=True),
            Column("末日", "ends_on", day, required=True),
        ),
        key=("employee_number", "starts_on"),
    ),
    Assignment: ListBook(
        "派驻",
        (
            *PERSON,
            Column("岗位代码", "post_code", show=lambda row: row.post.code if row.post else ""),
            Column("服务地点", "place", width=24),
            Column("到岗日期", "starts_on", day, required=True),
            Column("最后在岗日", "ends_on", day),
            Column("离岗原因", "end_reason", word(ENDS), ENDS),
            Column("离职通知日", "notice_on", day),
        ),
        key=("employee_number", "starts_on"),
    ),
}
