"""Reports delivered, accepted or returned; remarks answered."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract import records
from contract.duties.models import InspectionRemark, ReportSchedule, ServiceReport
from contract.duties.rules.reports import periods
from contract.duties.selectors import schedule_facts
from kit.errors import Conflict

REPORT_TEXTS = frozenset({"title", "document", "summary"})


@transaction.atomic
def save_schedule(*, schedule: ReportSchedule) -> ReportSchedule:
    """Write what is to be reported how often; with reports delivered, its periods stay."""
    records.lock(schedule)
    old = records.stored(schedule)
    if old is not None and old.reports.exists():
        why = _("Reports have been delivered for it. Give it a last day and make another one.")
        records.unchanged(schedule, old, "contract", "cadence", "starts_on", why=why)
    return records.save(schedule)


@transaction.atomic
def save_report(*, report: ServiceReport) -> ServiceReport:
    """Write a delivered report. Its period must be one of its schedule's."""
    records.lock(report)
    if report.schedule_id and report.contract_id and report.period_start:
        contract = report.contract
        spans = periods(schedule_facts(report.schedule), contract.starts_on, contract.last_day)
        starts = [start for start, _end in spans]
        if report.period_start not in starts:
            known = ", ".join(day.isoformat() for day in starts)
            raise ValidationError(
                {
                    "period_start": _("No period of this schedule begins on this day. They begin on: %(known)s")
                    % {"known": known or "–"}
                }
            )
    return records.save(report)


@transaction.atomic
def accept_report(*, report: ServiceReport, on: date) -> ServiceReport:
    """The office accepts a report."""
    return records.step(_unanswered(report), accepted_on=on)


@transaction.atomic
def return_report(*, report: ServiceReport, on: date, reason: str) -> ServiceReport:
    """The office returns a report with its reason; the vendor delivers it again."""
    why = records.required(reason, "return_reason")
    return records.step(_unanswered(report), returned_on=on, return_reason=why)


@transaction.atomic
def correct_report(*, report: ServiceReport, **texts: str) -> ServiceReport:
    """The vendor corrects what it wrote of a report, until the office has answered."""
    return records.step(_unanswered(report), **{name: texts[name] for name in REPORT_TEXTS & set(texts)})


def _unanswered(report: ServiceReport) -> ServiceReport:
    said = _("The office has answered this report on %(day)s already.")
    return records.untaken(records.untaken(report, "accepted_on", said), "returned_on", said)


@transaction.atomic
def answer_remark(*, remark: InspectionRemark, answer: str, on: date) -> InspectionRemark:
    """The vendor says what it did about a remark."""
    row = records.untaken(remark, "answered_on", _("This remark was answered on %(day)s."))
    return records.step(row, answer=records.required(answer, "answer"), answered_on=on)


@transaction.atomic
def correct_answer(*, remark: InspectionRemark, answer: str) -> InspectionRemark:
    """The vendor corrects its answer until the office has looked again; its day stays."""
    row = _not_checked(remark)
    if row.answered_on is None:
        raise Conflict(_("This remark has not been answered yet."))
    return records.step(row, answer=records.required(answer, "answer"))


@transaction.atomic
def look_again(*, remark: InspectionRemark, settled: bool, on: date, note: str = "") -> InspectionRemark:
    """The office looks again. What is not settled becomes a new remark with its own date."""
    return records.step(_not_checked(remark), is_settled=settled, checked_on=on, check_note=note)


def _not_checked(remark: InspectionRemark) -> InspectionRemark:
    return records.untaken(remark, "checked_on", _("The office looked again on %(day)s."))
