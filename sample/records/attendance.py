"""The month's attendance in one set, as the vendor's HR would report it."""

from collections.abc import Iterator, Sequence
from datetime import date, time

from sample.records.year import Year, days, record
from sample.year.events import Reports, instant
from sample.year.team import END, rota
from staffing.choices import AttendanceRoute, AttendanceStatus, LeaveKind
from staffing.models import Assignment, Leave
from staffing.services import attendance
from staffing.services.attendance import AttendanceRow

EVENING = time(20, 0)
STATUS = {LeaveKind.SICK: AttendanceStatus.SICK, LeaveKind.INJURY: AttendanceStatus.SICK}


@record.register
def reports(event: Reports, year: Year) -> None:
    """Nothing to record by itself: the month is reported with it."""


def report(year: Year, first: date, last: date, reports: Sequence[Reports] = ()) -> None:
    """Report the days of a span: what `reports` say, else the leaves, else the rota."""
    attendance.enter(
        contract=year.contract,
        rows=list(_rows(year, first, last, reports)),
        actor=year.users.get("vendor"),
        route=AttendanceRoute.SAMPLE,
        at=instant(last, EVENING),
        today=last,
    )


def _rows(year: Year, first: date, last: date, reports: Sequence[Reports]) -> Iterator[AttendanceRow]:
    leaves = Leave.objects.filter(contract=year.contract, starts_on__lte=last, ends_on__gte=first)
    away = {
        (leave.operator_id, day): STATUS.get(LeaveKind(leave.kind), AttendanceStatus.LEAVE)
        for leave in leaves
        for day in days(leave.starts_on, leave.ends_on)
    }
    assigned = (
        Assignment.objects.filter(contract=year.contract, starts_on__lte=last)
        .exclude(ends_on__lt=first)
        .select_related("operator", "post")
        .order_by("operator__employee_number", "starts_on")
    )
    for assignment in assigned:
        who = int(assignment.operator.employee_number.removeprefix("HT"))
        assert assignment.post is not None
        own = [report for report in reports if not report.who or who in report.who]
        for day in days(max(first, assignment.starts_on), min(last, assignment.ends_on or END)):
            said = [report.status for report in own if report.first <= day <= report.last]
            leave = away.get((assignment.operator_id, day))
            planned = rota(who, assignment.post.code, day, year.calendar)
            status = said[0] if said else leave or planned
            if status is not None:
                yield AttendanceRow(assignment.operator_id, day, status)
