"""Inspections (article 12.3): the vendor follows a remark up, then the office looks again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import Step, fixed, iso, known, late_since, within_policy, worst_step
from law.calendar import Calendar
from law.periods import standing

CHECK = "contract.inspection_follow_up"


@dataclass(frozen=True)
class Remark:
    """One remark of an inspection."""

    pk: int
    number: int
    due_on: date
    answered_on: date | None
    checked_on: date | None
    is_settled: bool | None


@dataclass(frozen=True)
class Visit:
    """An inspection with its remarks."""

    pk: int
    inspected_on: date
    arrived_on: date | None
    document: str
    remarks: Sequence[Remark]

    @property
    def name(self) -> str:
        return self.inspected_on.isoformat()


def inspection_follow_up(contract: ContractFacts, visit: Visit, calendar: Calendar, as_of: date) -> Iterator[Finding]:
    """The vendor's answer to each remark, and the office's second look at the answered ones.

    Before the remarks have arrived the vendor owes nothing. What was remarked during the contract
    is followed up after it too.
    """
    if known(visit.arrived_on, as_of) is None or visit.inspected_on > contract.last_day:
        return
    for remark in visit.remarks:
        yield _answer(contract, visit, remark, as_of)
    second_look = _second_look(contract, visit, calendar, as_of)
    if second_look is not None:
        yield second_look


def _answer(contract: ContractFacts, visit: Visit, remark: Remark, as_of: date) -> Finding:
    due = fixed(remark.due_on)
    answered = known(remark.answered_on, as_of)
    outcome = Outcome(standing(due, as_of, answered))
    params = {"due": iso(remark.due_on), "day": iso(answered)}
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("contract.InspectionRemark", remark.pk, f"{visit.name} #{remark.number}"),
        message=Message(ANSWERED_LATE if answered and outcome == Outcome.NOT_MET else ANSWERS[outcome], **params),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=params["day"],
        required=params["due"],
        figures={
            "arrived_on": visit.arrived_on,
            "checked_on": known(remark.checked_on, as_of),
            "is_settled": remark.is_settled if known(remark.checked_on, as_of) else None,
            **late_since(due, outcome, answered),
        },
        evidence=(Evidence("contract.Inspection", visit.pk, visit.document),),
        owed_by=Side.VENDOR,
        done_on=answered,
    )


ANSWERS = {
    Outcome.MET: _("Followed up and answered on %(day)s, in time (%(due)s)."),
    Outcome.PENDING: _("To be followed up and answered by %(due)s."),
    Outcome.NOT_MET: _("Not followed up and answered by %(due)s."),
}
ANSWERED_LATE = _("Followed up and answered only on %(day)s; the last day was %(due)s.")


def _second_look(contract: ContractFacts, visit: Visit, calendar: Calendar, as_of: date) -> Finding | None:
    steps = {
        remark.number: Step(
            within_policy(contract, answered, "inspection_recheck_days", calendar), known(remark.checked_on, as_of)
        )
        for remark in visit.remarks
        if (answered := known(remark.answered_on, as_of))
    }
    if not steps:
        return None
    step = worst_step(steps.values(), as_of)
    outcome = step.outcome(as_of)
    waiting = [number for number, each in steps.items() if each.done_on is None]
    params = {"due": iso(step.deadline.last_day), "day": iso(step.done_on)}
    late = step.done_on is not None and outcome == Outcome.NOT_MET
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("contract.Inspection", visit.pk, visit.name),
        message=Message(CHECKED_LATE if late else CHECKS[outcome], numbers="、".join(map(str, waiting)), **params),
        nominal_due_on=step.deadline.nominal,
        legal_due_on=step.deadline.legal,
        measured=params["day"],
        required=params["due"],
        figures={
            "waiting": waiting,
            "calendar": list(step.deadline.reasons),
            **late_since(step.deadline, outcome, step.done_on),
        },
        evidence=(Evidence("contract.Inspection", visit.pk, visit.document),),
        owed_by=Side.OFFICE,
        done_on=step.done_on,
    )


CHECKS = {
    Outcome.MET: _("The office has looked again at every answered remark, in time."),
    Outcome.PENDING: _("The office looks again at remark %(numbers)s by %(due)s."),
    Outcome.AT_RISK: _("The office has not looked again at remark %(numbers)s; the last day is %(due)s."),
    Outcome.NOT_MET: _("The office has not looked again at remark %(numbers)s by %(due)s."),
    Outcome.UNDETERMINED: _(
        "Whether the second look is in time cannot be said: the holiday calendar after %(due)s is not published."
    ),
}
CHECKED_LATE = _("The office looked again only on %(day)s; the last day was %(due)s.")
