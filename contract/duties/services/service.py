"""Reports delivered, accepted or returned (article 2); remarks answered (article 12.3)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contract.duties.models import InspectionRemark, ReportSchedule, ServiceReport
from contract.duties.rules.reports import periods
from contract.duties.selectors import schedule_facts
from contract.records import fresh, keep, lock, required, stored, unchanged
from kit.errors import Conflict

REPORT_TEXTS = frozenset({"title", "document", "summary"})


@transaction.atomic
def save_schedule(*, schedule: ReportSchedule) -> ReportSchedule:
    """Write what is to be reported how often; with reports delivered, its periods stay."""
    lock(schedule)
    old = stored(schedule)
    if old is not None and old.reports.exists():
        why = _("Reports have been delivered for it. Give it a last day and make another one.")
        unchanged(schedule, old, "contract", "cadence", "starts_on", why=why)
    return keep(row=schedule)


@transaction.atomic
def save_report(*, report: ServiceReport) -> ServiceReport:
    """Write a delivered report. Its period must be one of its schedule's."""
    lock(report)
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
    return keep(row=report)


@transaction.atomic
def accept_report(*, report: ServiceReport, on: date) -> ServiceReport:
    """The office accepts a report."""
    row = _unanswered(report)
    row.accepted_on = on
    return keep(row=row)


@transaction.atomic
def return_report(*, report: ServiceReport, on: date, reason: str) -> ServiceReport:
    """The office returns a report with its reason; the vendor delivers it again."""
    row = _unanswered(report)
    row.returned_on, row.return_reason = on, required(reason, "return_reason")
    return keep(row=row)


@transaction.atomic
def correct_report(*, report: ServiceReport, **texts: str) -> ServiceReport:
    """The vendor corrects what it wrote of a report, until the office has answered."""
    row = _unanswered(report)
    for name in REPORT_TEXTS & set(texts):
        setattr(row, name, texts[name])
    return keep(row=row)


def _unanswered(report: ServiceReport) -> ServiceReport:
    row = fresh(report)
    if row.accepted_on or row.returned_on:
        raise Conflict(
            _("The office has answered this report on %(day)s already.") % {"day": row.accepted_on or row.returned_on}
        )
    return row


@transaction.atomic
def answer_remark(*, remark: InspectionRemark, answer: str, on: date) -> InspectionRemark:
    """The vendor says what it did about a remark."""
    row = fresh(remark)
    if row.answered_on is not None:
        raise Conflict(_("This remark was answered on %(day)s.") % {"day": row.answered_on})
    row.answer, row.answered_on = required(answer, "answer"), on
    return keep(row=row)


@transaction.atomic
def correct_answer(*, remark: InspectionRemark, answer: str) -> InspectionRemark:
    """The vendor corrects its answer until the office has looked again; its day stays."""
    row = fresh(remark)
    if row.answered_on is None:
        raise Conflict(_("This remark has not been answered yet."))
    if row.checked_on is not None:
        raise Conflict(_("The office looked again on %(day)s.") % {"day": row.checked_on})
    row.answer = required(answer, "answer")
    return keep(row=row)


@transaction.atomic
def look_again(*, remark: InspectionRemark, settled: bool, on: date, note: str = "") -> InspectionRemark:
    """The office looks again. What is not settled becomes a new remark with its own date."""
    row = fresh(remark)
    if row.checked_on is not None:
        raise Conflict(_("The office looked again on %(day)s.") % {"day": row.checked_on})
    row.is_settled, row.checked_on, row.check_note = settled, on, note
    return keep(row=row)
