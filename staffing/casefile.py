"""What staffing adds to a case file: days, attendance, leaves, gaps, assignments."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from contract.history.casefile.sheets import Sheet, name_of, of_rows, referring
from contract.history.casefile.sources import EVIDENCE, contribute
from contract.models import Alert, Assessment
from contract.selectors import contract_facts
from staffing.models import Assignment, Attendance, AttendanceChange, Gap, Leave, ReplacementDemand, StaffDay

AROUND = timedelta(days=31)


@contribute("staffing.")
def staffing_evidence(alert: Alert, series: Sequence[Assessment]) -> Iterable[Sheet]:
    """The days that the alert speaks of, and everything that was reported about them."""
    first, last = _span(alert)
    people = _people(alert)
    if first is None or last is None:
        return
    own = {"contract_id": alert.contract_id}
    if people is None:
        days = StaffDay.objects.filter(day__range=(first, last), **own).order_by("day")
        yield _days(alert, list(days))
    reported: QuerySet[Any] = Attendance.objects.filter(day__range=(first, last), **own)
    changes: QuerySet[Any] = AttendanceChange.objects.filter(day__range=(first, last), **own)
    leaves: QuerySet[Any] = Leave.objects.filter(starts_on__lte=last, ends_on__gte=first, **own)
    gaps: QuerySet[Any] = Gap.objects.filter(opened_on__lte=last, **own).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=first)
    )
    assigned: QuerySet[Any] = Assignment.objects.filter(starts_on__lte=last, **own).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    )
    if people is not None:
        reported, changes, leaves, gaps, assigned = (
            rows.filter(operator_id__in=people) for rows in (reported, changes, leaves, gaps, assigned)
        )
    yield _attendance(reported)
    for name, rows in (("12-考勤更正", changes), ("13-请假", leaves), ("14-缺岗", gaps), ("15-派驻", assigned)):
        found = list(referring(rows.order_by("pk")))
        if found:
            yield of_rows(EVIDENCE, name, found, type(found[0]))


def _days(alert: Alert, days: Sequence[StaffDay]) -> Sheet:
    facts = contract_facts(alert.contract_id, alert.assessment.as_of)
    header = ["日期", "约定人数", "派驻", "在岗", "不在岗", "未报送"]
    rows = []
    for day in days:
        owed = facts.terms.row(day.day, "headcount") if facts.serves_on(day.day) else None
        rows.append((day.day, owed.value if owed else "", day.assigned, day.in_place, day.absent, day.unreported))
    return Sheet(EVIDENCE, "10-每日到岗汇总", "每日到岗汇总", header, rows)


def _attendance(rows: Any) -> Sheet:
    """Every day of every person, with the set that it came in by."""
    header = ["日期", "工号", "姓名", "报送状态", "批次", "报送时间", "报送人", "报送途径"]
    found = rows.select_related("operator", "batch__actor").order_by("day", "operator__employee_number")
    return Sheet(
        EVIDENCE,
        "11-考勤明细",
        "考勤明细",
        header,
        [
            (
                row.day,
                row.operator.employee_number,
                row.operator.name,
                row.get_status_display(),
                row.batch_id,
                row.batch.at,
                name_of(row.batch.actor),
                row.batch.get_route_display(),
            )
            for row in found
        ],
    )


def _span(alert: Alert) -> tuple[date | None, date | None]:
    """The days that bear on the alert: its period, or the time of its gap, to the finding's day."""
    current = alert.assessment
    if current.period_start and current.period_end:
        return current.period_start, current.period_end
    if current.subject_label == "staffing.Gap":
        gap = Gap.objects.filter(pk=current.subject_pk).first()
        if gap is not None:
            return gap.event_on, gap.closed_on or current.as_of
    if current.subject_label == "staffing.ReplacementDemand":
        demand = ReplacementDemand.objects.filter(pk=current.subject_pk).first()
        if demand is not None:
            return demand.sent_at.date(), current.as_of
    if current.subject_label in {"staffing.Assignment", "staffing.Operator"}:
        return current.as_of - AROUND, current.as_of
    return None, None


def _people(alert: Alert) -> set[int] | None:
    """The operators that the alert is about; None for one about the whole contract."""
    label, pk = alert.assessment.subject_label, alert.assessment.subject_pk
    if label == "staffing.Operator":
        return {pk}
    if label == "staffing.Assignment":
        return set(Assignment.objects.filter(pk=pk).values_list("operator_id", flat=True))
    if label == "staffing.ReplacementDemand":
        demands = ReplacementDemand.objects.filter(pk=pk)
        return set(demands.values_list("assignment__operator_id", flat=True))
    if label == "staffing.Gap":
        found = set(Gap.objects.filter(pk=pk).values_list("operator_id", flat=True))
        backfills = Assignment.objects.filter(fills_gap_id=pk)
        return found | set(backfills.values_list("operator_id", flat=True))
    return None
