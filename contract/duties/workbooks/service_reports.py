"""Service reports by their schedule: what is due when, delivered, answered."""

from contract.duties.selectors.lists import ExpectedReport
from kit.workbooks.columns import Column, day
from kit.workbooks.lists import ListBook


def _state(row: ExpectedReport) -> str:
    last = row.last
    if last is None:
        return "未报送"
    if last.accepted_on:
        return f"{last.accepted_on} 已接收"
    return f"{last.returned_on} 已退回" if last.returned_on else f"{last.delivered_on} 已报送"


SERVICE_REPORTS = ListBook(
    "服务报告",
    (
        Column("报告名称", "schedule", fixed=True, required=True, width=24, show=lambda row: row.schedule.title),
        Column("周期首日", "period_start", day, fixed=True, required=True, show=lambda row: row.period[0]),
        Column("周期末日", "period_end", fixed=True, show=lambda row: row.period[1]),
        Column("报送期限", "due_on", fixed=True, show=lambda row: row.due_on),
        Column("状态", "state", fixed=True, width=20, show=_state),
        Column(
            "退回原因",
            "return_reason",
            fixed=True,
            width=30,
            show=lambda row: row.last.return_reason if row.last else "",
        ),
        Column("标题", "title", required=True, width=28, show=lambda row: row.standing.title if row.standing else ""),
        Column("文号", "document", width=20, show=lambda row: row.standing.document if row.standing else ""),
        Column("摘要", "summary", width=40, show=lambda row: row.standing.summary if row.standing else ""),
        Column("报送日期", "delivered_on", day, show=lambda row: row.standing.delivered_on if row.standing else ""),
    ),
    key=("schedule", "period_start"),
    spare=0,
)
