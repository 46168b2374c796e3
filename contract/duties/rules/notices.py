"""Notices ahead of a change: amendments (article 15) and headcount orders (article 4)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import iso, known
from law.calendar import ONE_DAY, Calendar, CalendarNotPublished
from law.periods import NoticeDeadline, notice_before

AMENDMENT = "contract.amendment_notice"
HEADCOUNT = "contract.headcount_notice"


@dataclass(frozen=True)
class Notice:
    """A change that the other side is told of ahead."""

    pk: int
    name: str
    document: str
    effective_from: date
    sent_on: date
    arrived_on: date | None
    cancelled_on: date | None
    owed_by: Side
    agreed_on: date | None = None
    headcount: int | None = None


def amendment_notice(contract: ContractFacts, notice: Notice, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether the other side was told of an amendment the agreed months ahead."""
    months = contract.terms.on(_day(contract, notice), "amendment_notice_months")
    ahead = notice_before(notice.effective_from, months=months, calendar=calendar)
    found = _finding(AMENDMENT, "contract.Amendment", contract, notice, ahead, calendar, as_of)
    agreed = known(notice.agreed_on, as_of)
    if found is None or agreed is None or found.outcome == Outcome.MET:
        return found
    # The time ahead protects the other side, which has agreed to the change all the same (Civil Code 543).
    return replace(found, outcome=Outcome.MET, message=Message(AGREED, finding=found.message, agreed=agreed))


AGREED = _(
    "%(finding)s Both sides agreed to the amendment on %(agreed)s: the time of the notice is no longer asked for."
)


def bound_from(effective_from: date, arrived_on: date, days: int, *, more: bool) -> date:
    """The day from which a new headcount binds the vendor (article 4).

    A higher one binds from the order's day or, where its notice came late, when the days of the notice
    have passed since its arrival (they are counted, not rolled); a lower one relieves from the order's day.
    """
    return max(effective_from, arrived_on + timedelta(days=days)) if more else effective_from


def headcount_notice(contract: ContractFacts, notice: Notice, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether the vendor was told of a new headcount the agreed days ahead."""
    days = contract.terms.on(_day(contract, notice), "headcount_notice_days")
    ahead = notice_before(notice.effective_from, days=days, calendar=calendar)
    found = _finding(HEADCOUNT, "contract.HeadcountOrder", contract, notice, ahead, calendar, as_of)
    arrived = known(notice.arrived_on, as_of)
    if found is None or notice.headcount is None or arrived is None:
        return found
    before = contract.terms.on(notice.effective_from - ONE_DAY, "headcount")
    bound = bound_from(notice.effective_from, arrived, days, more=notice.headcount > before)
    if bound == notice.effective_from:
        return found
    message = Message(
        _("%(notice)s The vendor owes the higher headcount from %(bound)s on."), notice=found.message, bound=bound
    )
    return replace(found, message=message, figures={**found.figures, "bound_from": bound})


def notice_outcome(ahead: NoticeDeadline, calendar: Calendar, as_of: date, arrived_on: date | None) -> Outcome:
    """Where a notice stands. One that arrived is met, at risk or late for good.

    It is safe when a working day is left between its arrival and the last clear day. Where the
    calendar of those days is not published nobody can say so: undetermined.
    """
    arrived = known(arrived_on, as_of)
    day = arrived or as_of
    if day > ahead.latest_arguable:
        return Outcome.NOT_MET
    safe = _leaves_a_working_day(day, ahead.latest_clear, calendar)
    if safe is None:
        return Outcome.UNDETERMINED
    if not safe:
        return Outcome.AT_RISK
    return Outcome.MET if arrived else Outcome.PENDING


def _leaves_a_working_day(day: date, last: date, calendar: Calendar) -> bool | None:
    """Whether people work on one of the days; None where only unknown days could be one."""
    unknown = False
    while day <= last:
        try:
            if not calendar.is_rest_day(day):
                return True
        except CalendarNotPublished:
            unknown = True
        day += ONE_DAY
    return None if unknown else False


def _day(contract: ContractFacts, notice: Notice) -> date:
    """The day whose figures count: that of the sending."""
    return max(notice.sent_on, contract.starts_on)


def _finding(
    check_id: str,
    label: str,
    contract: ContractFacts,
    notice: Notice,
    ahead: NoticeDeadline,
    calendar: Calendar,
    as_of: date,
) -> Finding | None:
    nothing_owed = (
        notice.sent_on > as_of
        or known(notice.cancelled_on, as_of) is not None
        or notice.effective_from > contract.last_day  # the contract ends before it takes effect
    )
    if nothing_owed:
        return None
    arrived = known(notice.arrived_on, as_of)
    outcome = notice_outcome(ahead, calendar, as_of, arrived)
    figures = {
        "effective_from": notice.effective_from,
        "sent_on": notice.sent_on,
        "arrived_on": arrived,
        "latest_safe": ahead.latest_safe,
        "latest_arguable": ahead.latest_arguable,
        "agreed_on": known(notice.agreed_on, as_of),
        "reasons": ["safe_day"],
    }
    return Finding(
        check_id=check_id,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject(label, notice.pk, notice.name),
        message=_message(outcome, ahead, arrived),
        nominal_due_on=ahead.latest_safe or ahead.latest_clear,
        legal_due_on=ahead.latest_arguable,
        measured=iso(arrived),
        required=iso(ahead.latest_arguable),
        figures=figures,
        evidence=(Evidence(label, notice.pk, notice.document),),
        owed_by=notice.owed_by,
        done_on=arrived,
    )


ARRIVED = {
    Outcome.MET: _("The notice arrived on %(arrived)s; %(safe)s was the last safe day."),
    Outcome.AT_RISK: _(
        "The notice arrived on %(arrived)s, after the last safe day (%(safe)s). It is in time only "
        "if the day of its arrival counts; the last arguable day was %(arguable)s."
    ),
    Outcome.NOT_MET: _("The notice arrived only on %(arrived)s; the last arguable day was %(arguable)s."),
    Outcome.UNDETERMINED: _(
        "The notice arrived on %(arrived)s. The holiday calendar of that time is not published, so "
        "the last safe day before %(arguable)s is not known."
    ),
}
AWAITED = {
    Outcome.PENDING: _("The notice has not arrived yet. It is safe until %(safe)s and arguable until %(arguable)s."),
    Outcome.AT_RISK: _(
        "The notice has not arrived and the last safe day (%(safe)s) is over; the last arguable day is %(arguable)s."
    ),
    Outcome.NOT_MET: _("The notice has not arrived; the last arguable day was %(arguable)s."),
    Outcome.UNDETERMINED: _(
        "The notice has not arrived yet. The holiday calendar is not published, so the last safe "
        "day before %(arguable)s is not known."
    ),
}


def _message(outcome: Outcome, ahead: NoticeDeadline, arrived: date | None) -> Message:
    wording = ARRIVED if arrived else AWAITED
    return Message(
        wording[outcome],
        arrived=iso(arrived),
        safe=iso(ahead.latest_safe or ahead.latest_clear),
        arguable=iso(ahead.latest_arguable),
    )
