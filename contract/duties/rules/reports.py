"""Reports about the service (article 2): which is due when, delivered, accepted or returned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Cadence, Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import Step, iso, known, late_since, within_policy, worst_step
from law.calendar import Calendar
from law.periods import contract_quarters, deadline_after, month_windows

CHECK = "contract.service_report"

# What the words month and quarter mean.
MONTHS = {Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3}


@dataclass(frozen=True)
class Schedule:
    """What is to be reported how often."""

    pk: int
    title: str
    cadence: Cadence
    due_days: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Delivery:
    """One delivery of a report, and what became of it."""

    pk: int
    document: str
    delivered_on: date
    accepted_on: date | None
    returned_on: date | None


def periods(schedule: Schedule, starts_on: date, last_day: date) -> list[tuple[date, date]]:
    """The periods of a schedule within a contract's term, cut to the schedule's own days."""
    first = max(schedule.starts_on, starts_on)
    last = min(schedule.ends_on or last_day, last_day)
    if last < first:
        return []
    if schedule.cadence == Cadence.ONCE:
        return [(first, first)]
    if schedule.cadence == Cadence.MONTHLY:
        return month_windows(first, last)
    quarters = contract_quarters(starts_on, last_day, MONTHS[schedule.cadence])
    return [(max(start, first), min(end, last)) for start, end in quarters if first <= end and start <= last]


def service_reports(
    contract: ContractFacts,
    schedule: Schedule,
    deliveries: dict[date, Sequence[Delivery]],
    calendar: Calendar,
    as_of: date,
) -> Iterator[Finding]:
    """One finding for each period of a schedule that has begun."""
    for period in periods(schedule, contract.starts_on, contract.last_day):
        if period[0] <= as_of:
            seen = [d for d in deliveries.get(period[0], ()) if d.delivered_on <= as_of]
            yield _report(contract, schedule, period, seen, calendar, as_of)


def _report(
    contract: ContractFacts,
    schedule: Schedule,
    period: tuple[date, date],
    deliveries: Sequence[Delivery],
    calendar: Calendar,
    as_of: date,
) -> Finding:
    steps = list(_steps(contract, schedule, period, deliveries, calendar, as_of))
    step = worst_step(steps, as_of)
    outcome = step.outcome(as_of)
    lapsed = as_of > contract.last_day and step.deadline.last_day > contract.last_day and outcome != Outcome.MET
    if lapsed:  # a duty of running performance ends with the contract (Civil Code 557)
        outcome = Outcome.MET
    last = deliveries[-1] if deliveries else None
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("contract.ReportSchedule", schedule.pk, schedule.title),
        message=Message(LAPSED, due=iso(step.deadline.last_day), end=iso(contract.last_day))
        if lapsed
        else _message(outcome, step, last, len(steps) > 1 and step is not steps[0], as_of),
        period=None if schedule.cadence == Cadence.ONCE else period,
        nominal_due_on=step.deadline.nominal,
        legal_due_on=step.deadline.legal,
        measured=iso(step.done_on),
        required=iso(step.deadline.last_day),
        figures={
            "deliveries": [d.delivered_on for d in deliveries],
            "returned": [day for d in deliveries if (day := known(d.returned_on, as_of))],
            "accepted_on": known(last.accepted_on, as_of) if last else None,
            "calendar": list(step.deadline.reasons),
            **late_since(step.deadline, outcome, step.done_on),
        },
        evidence=tuple(Evidence("contract.ServiceReport", d.pk, d.document) for d in deliveries),
        done_on=step.done_on,
    )


def _steps(
    contract: ContractFacts,
    schedule: Schedule,
    period: tuple[date, date],
    deliveries: Sequence[Delivery],
    calendar: Calendar,
    as_of: date,
) -> Iterator[Step]:
    """The first delivery after the period, and a new one after each return."""
    due = deadline_after(period[1], days=schedule.due_days, roll=contract.roll(period[1]), calendar=calendar)
    days = [delivery.delivered_on for delivery in deliveries]
    yield Step(due, days[0] if days else None)
    for number, delivery in enumerate(deliveries):
        if returned := known(delivery.returned_on, as_of):
            again = within_policy(contract, returned, "report_correction_days", calendar)
            yield Step(again, days[number + 1] if number + 1 < len(days) else None)


RETURNED = {
    Outcome.PENDING: _("Returned by the office; to be delivered again by %(due)s."),
    Outcome.AT_RISK: _("Returned by the office and not delivered again; the last day is %(due)s."),
    Outcome.NOT_MET: _("Returned by the office and not delivered again by %(due)s."),
}
FIRST = {
    Outcome.PENDING: _("To be delivered by %(due)s."),
    Outcome.AT_RISK: _("Not delivered yet; the last day is %(due)s."),
    Outcome.NOT_MET: _("Not delivered by %(due)s."),
}
LATE = _("Delivered only on %(done)s; the last day was %(due)s.")
ACCEPTED = _("Delivered on %(done)s, in time (%(due)s), and accepted on %(accepted)s.")
DELIVERED = _("Delivered on %(done)s, in time (%(due)s); the office has not answered yet.")
LAPSED = _("The contract ended on %(end)s, before the last day for this report (%(due)s): the duty lapsed with it.")
UNKNOWN = _("Whether it is in time cannot be said: the holiday calendar after %(due)s is not published.")


def _message(outcome: Outcome, step: Step, last: Delivery | None, again: bool, as_of: date) -> Message:
    params = {"due": iso(step.deadline.last_day), "done": iso(step.done_on)}
    if outcome == Outcome.UNDETERMINED:
        return Message(UNKNOWN, **params)
    if outcome == Outcome.MET:
        accepted = known(last.accepted_on, as_of) if last else None
        return Message(ACCEPTED if accepted else DELIVERED, accepted=iso(accepted), **params)
    if step.done_on is not None:
        return Message(LATE, **params)
    return Message((RETURNED if again else FIRST)[outcome], **params)
