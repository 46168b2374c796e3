"""Attendance is reported in time (without reports there is no rate); days without service ask for none.

A missing report is no breach by itself: it leaves the rate unproven, so the finding is
undetermined and asks for the reports, until they are there.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from contract.rules.foresight import this_day
from law.periods import month_windows
from staffing.rules.presence import DayCount

CHECK = "staffing.attendance_reported"
DAYS_NAMED = 5


def attendance_reported(contract: ContractFacts, counts: Mapping[date, DayCount], as_of: date) -> Iterator[Finding]:
    """One finding for each calendar month that has begun and had anybody assigned."""
    as_of = this_day(as_of)
    judged = {
        day: count
        for day, count in counts.items()
        if contract.judged_from <= day <= as_of and count.assigned and contract.serves_on(day)
    }
    for first, last in month_windows(contract.starts_on, contract.last_day):
        days = [(day, count) for day, count in sorted(judged.items()) if first <= day <= last]
        if days:
            yield _finding(contract, (first, last), days, as_of)


def _finding(
    contract: ContractFacts, month: tuple[date, date], days: list[tuple[date, DayCount]], as_of: date
) -> Finding:
    overdue = [
        (day, count.unreported)
        for day, count in days
        if count.unreported and (as_of - day).days > contract.policies.on(day, "attendance_report_days")
    ]
    assigned = sum(count.assigned for _day, count in days)
    open_reports = sum(count.unreported for _day, count in days)
    missing = sum(number for _day, number in overdue)
    reported = assigned - open_reports
    named = "、".join(day.isoformat() for day, _number in overdue[:DAYS_NAMED])
    if missing:
        outcome = Outcome.UNDETERMINED
        message = Message(
            _(
                "%(missing)d person-days on %(days)d days are not reported and past their time, "
                "the first on %(named)s. Report them, or prove presence."
            ),
            missing=missing,
            days=len(overdue),
            named=named,
        )
    elif as_of < month[1] or open_reports:
        outcome = Outcome.PENDING
        message = Message(
            _("%(reported)d of %(assigned)d person-days reported; the others are not due yet."),
            reported=reported,
            assigned=assigned,
        )
    else:
        outcome = Outcome.MET
        message = Message(_("All %(assigned)d person-days are reported."), assigned=assigned)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=month,
        measured=f"{reported}/{assigned}",
        required=f"{assigned}/{assigned}",
        message=message,
        figures={
            "assigned": assigned,
            "reported": reported,
            "missing": missing,
            "missing_days": [day for day, _number in overdue],
            "not_due_yet": open_reports - missing,
        },
        evidence=tuple(Evidence("staffing.StaffDay", None, f"{day} {number}") for day, number in overdue[:31]),
    )
