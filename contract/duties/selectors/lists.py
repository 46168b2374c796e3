"""What the lists of a contract hold: reports by their schedule, remarks of inspections."""

from dataclasses import dataclass
from datetime import date

from contract.duties.models import InspectionRemark, ReportSchedule, ServiceReport
from contract.duties.rules.reports import periods
from contract.duties.selectors import schedule_facts
from contract.models import Contract
from contract.selectors import calendar, contract_facts
from law.periods import deadline_after

# More than a list of a contract holds in years.
ROWS_AT_MOST = 2_000


@dataclass(frozen=True)
class ExpectedReport:
    """A report of one period: until when, and what was delivered so far."""

    schedule: ReportSchedule
    period: tuple[date, date]
    due_on: date
    deliveries: tuple[ServiceReport, ...]

    @property
    def last(self) -> ServiceReport | None:
        return self.deliveries[-1] if self.deliveries else None

    @property
    def standing(self) -> ServiceReport | None:
        """The delivery that was not returned."""
        return self.last if self.last is not None and self.last.returned_on is None else None


def expected_reports(contract: Contract, today: date) -> list[ExpectedReport]:
    """What the schedules of a contract ask for up to a day, by its last day (few queries)."""
    facts, calendar_ = contract_facts(contract.pk, today), calendar()
    delivered: dict[tuple[int, date], list[ServiceReport]] = {}
    for report in ServiceReport.objects.filter(contract=contract).order_by("delivered_on", "pk"):
        delivered.setdefault((report.schedule_id, report.period_start), []).append(report)
    found = []
    for schedule in ReportSchedule.objects.filter(contract=contract).order_by("pk"):
        wanted = periods(schedule_facts(schedule), contract.starts_on, contract.last_day)
        for first, last in wanted:
            if first > today:
                continue
            due = deadline_after(last, days=schedule.due_days, roll=facts.roll(last), calendar=calendar_)
            reports = delivered.get((schedule.pk, first), ())
            found.append(ExpectedReport(schedule, (first, last), due.last_day, tuple(reports)))
    found.sort(key=lambda row: (row.due_on, row.schedule.pk))
    return found[-ROWS_AT_MOST:]


def remarks_of(contract: Contract) -> list[InspectionRemark]:
    """The remarks of a contract's inspections, the newest inspections first (one query)."""
    rows = InspectionRemark.objects.filter(inspection__contract=contract)
    newest = rows.select_related("inspection").order_by("-inspection__inspected_on", "inspection", "number")
    return list(newest[:ROWS_AT_MOST])
