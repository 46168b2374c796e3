"""Articles 14.2 and 14.3: what follows a leak.

Readings taken here:

- "Report", "contain" and "cooperate" have no number of days in the contract: policies give them.
  The days to report and to contain are calendar days and end on their own last day, whatever day
  that is: a leak does not wait for the end of a holiday.
- The vendor's time to contain runs from its own knowledge: the day it found the leak, or the day
  on which the office told it. Before the office has told it the vendor owes nothing.
- The right to terminate needs a leak by the vendor's doing and harm to the office. It is a right,
  no duty: but it lapses one year after the office knew of its ground (Civil Code art. 564), a year
  that is neither suspended nor interrupted (art. 199). So the office is warned, and a decision is
  recorded. A notice of termination counts from its arrival (art. 565). Who lets a right lapse has
  broken nothing: the finding is met, and says so. Terminating after that is the office's own risk.
  While cause or harm are not established the year is assumed to run.
- With the end of the contract there is nothing left to terminate.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from confidentiality.choices import HARMFUL, Cause, Harm, TerminationDecision
from confidentiality.rules.steps import Steps, due, listed, made_good_on, with_outcome, worst_outcome
from contract.batch import ContractFacts
from contract.choices import Outcome, PartySide, Side
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import Step, fixed, iso, known, within_policy
from law.calendar import Calendar
from law.periods import Deadline, deadline_after

CHECK = "confidentiality.incident_response"


@dataclass(frozen=True)
class PersonFacts:
    """Somebody involved, and the vendor's cooperation against that person."""

    pk: int
    asked_on: date | None
    cooperated_on: date | None


@dataclass(frozen=True)
class IncidentFacts:
    """A leak in Beijing days."""

    pk: int
    title: str
    document: str
    found_by: str
    found_on: date
    told_on: date | None
    contained_on: date | None
    cause: str
    harm: str
    knew_on: date | None
    termination: str
    termination_on: date | None
    termination_document: str
    termination_arrived_on: date | None = None
    persons: tuple[PersonFacts, ...] = ()
    costs: tuple[tuple[str, Decimal], ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject("confidentiality.Incident", self.pk, self.title)


def response(contract: ContractFacts, incident: IncidentFacts, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether the vendor reported, contained and cooperated in time. One finding for all steps."""
    if incident.found_on > as_of:
        return None
    steps = _steps(contract, incident, calendar, as_of)
    if not steps:
        return _untold(contract, incident)
    outcome = worst_outcome(steps, as_of)
    undone = [_name(step_id) for step_id, step in steps.items() if step.done_on is None]
    late = [_name(step_id) for step_id in with_outcome(steps, Outcome.NOT_MET, as_of)]
    shown = due(steps, as_of).deadline
    params = {"found_on": incident.found_on, "due_on": shown.last_day}
    if outcome == Outcome.MET:
        message = Message(DONE, **params)
    elif outcome == Outcome.NOT_MET:
        message = Message(LATE, items=listed(late), **params)
    else:
        message = Message(OPEN[outcome], items=listed(undone), **params)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=incident.subject,
        message=message,
        nominal_due_on=shown.nominal,
        legal_due_on=shown.legal,
        measured=f"{len(steps) - len(undone)}/{len(steps)}",
        required=f"{len(steps)}/{len(steps)}",
        figures={
            "found_on": incident.found_on,
            "found_by": incident.found_by,
            "cause": incident.cause,
            "harm": incident.harm,
            "steps": {
                step_id: {"due_on": step.deadline.last_day, "done_on": step.done_on} for step_id, step in steps.items()
            },
            "costs": _by_kind(incident.costs),
            "costs_total": sum((amount for _kind, amount in incident.costs), Decimal("0.00")),
        },
        evidence=_evidence(incident),
        done_on=made_good_on(steps) if outcome == Outcome.NOT_MET else None,
    )


def _steps(contract: ContractFacts, incident: IncidentFacts, calendar: Calendar, as_of: date) -> Steps:
    """The vendor's steps that are owed by now."""
    by_vendor = incident.found_by == PartySide.VENDOR
    told_on = known(incident.told_on, as_of)
    steps: dict[str, Step] = {}
    if by_vendor:
        steps["report"] = Step(_calendar_days(contract, incident.found_on, "incident_report_days"), told_on)
    if knew_on := incident.found_on if by_vendor else told_on:
        steps["contain"] = Step(
            _calendar_days(contract, knew_on, "incident_containment_days"), known(incident.contained_on, as_of)
        )
    for person in incident.persons:
        if asked_on := known(person.asked_on, as_of):
            steps[f"cooperate:{person.pk}"] = Step(
                within_policy(contract, asked_on, "cooperation_days", calendar), known(person.cooperated_on, as_of)
            )
    return steps


def _calendar_days(contract: ContractFacts, event: date, key: str) -> Deadline:
    days = contract.policies.on(max(event, contract.starts_on), key)
    return fixed(event + timedelta(days=days))


def _untold(contract: ContractFacts, incident: IncidentFacts) -> Finding:
    """The office found it and has not told the vendor, who therefore owes nothing yet."""
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.PENDING,
        subject=incident.subject,
        message=Message(UNTOLD, found_on=incident.found_on),
        figures={"found_on": incident.found_on, "found_by": incident.found_by},
        evidence=_evidence(incident),
        owed_by=Side.OFFICE,
    )


def right_to_terminate(
    contract: ContractFacts, incident: IncidentFacts, calendar: Calendar, as_of: date
) -> Finding | None:
    """The year in which the office may terminate for this leak; None where it has no such right."""
    knew_on = incident.knew_on
    if incident.found_on > as_of or knew_on is None or knew_on > as_of:
        return None
    if incident.cause == Cause.OTHER or incident.harm == Harm.NONE:
        return None
    roll = contract.roll(max(knew_on, contract.starts_on))
    limit = deadline_after(knew_on, years=1, roll=roll, calendar=calendar)
    exercised = incident.termination == TerminationDecision.EXERCISED
    decided_on = known(incident.termination_arrived_on if exercised else incident.termination_on, as_of)
    if decided_on is None and contract.last_day < min(as_of, limit.last_day):
        return None  # the contract ended before the right did
    certain = incident.cause == Cause.VENDOR and incident.harm in HARMFUL
    outcome, message = _termination(contract, incident, limit, decided_on, as_of, certain)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=incident.subject,
        message=message,
        period=(knew_on, limit.last_day),
        nominal_due_on=limit.nominal,
        legal_due_on=limit.legal,
        measured=iso(decided_on) or "–",
        required=limit.last_day.isoformat(),
        figures={
            "knew_on": knew_on,
            "certain": certain,
            "decision": incident.termination if decided_on else "",
            "sent_on": known(incident.termination_on, as_of) if exercised else None,
            "calendar": list(limit.reasons),
        },
        evidence=_evidence(incident),
        owed_by=Side.OFFICE,
        done_on=decided_on,
    )


def _termination(
    contract: ContractFacts,
    incident: IncidentFacts,
    limit: Deadline,
    decided_on: date | None,
    as_of: date,
    certain: bool,
) -> tuple[Outcome, Message]:
    params = {"lapses_on": limit.last_day, "decided_on": iso(decided_on), "document": incident.termination_document}
    if decided_on is not None:
        if decided_on <= limit.last_day:
            return Outcome.MET, Message(DECIDED[incident.termination], **params)
        if incident.termination == TerminationDecision.EXERCISED:
            return Outcome.AT_RISK, Message(TERMINATED_LATE, **params)
        return Outcome.MET, Message(DECIDED_LATE, **params)
    if as_of > limit.nominal and limit.legal is None:
        return Outcome.UNDETERMINED, Message(CALENDAR, **params)
    if as_of > limit.last_day:
        return Outcome.MET, Message(LAPSED, **params)
    warning = contract.policies.on(as_of, "termination_warning_days")
    if incident.termination == TerminationDecision.EXERCISED and known(incident.termination_on, as_of):
        return Outcome.AT_RISK, Message(ON_ITS_WAY, sent_on=iso(incident.termination_on), **params)
    if as_of >= limit.nominal - timedelta(days=warning):
        return Outcome.AT_RISK, Message(LAPSES if certain else MAY_LAPSE, **params)
    return Outcome.PENDING, Message(RIGHT if certain else PERHAPS, **params)


def _by_kind(costs: tuple[tuple[str, Decimal], ...]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for kind, amount in costs:
        totals[kind] = totals.get(kind, Decimal("0.00")) + amount
    return dict(sorted(totals.items()))


def _name(step_id: str) -> str:
    """What a step is called; `cooperate:7` is the cooperation against person 7."""
    return NAMES[step_id.partition(":")[0]]


def _evidence(incident: IncidentFacts) -> tuple[Evidence, ...]:
    return (Evidence("confidentiality.Incident", incident.pk, incident.document),)


NAMES = {
    "report": _("report to the office"),
    "contain": _("containment"),
    "cooperate": _("cooperation against the person"),
}
DONE = _("Found on %(found_on)s; reported, contained and followed up in time.")
LATE = _("Found on %(found_on)s; late or not done in time: %(items)s.")
OPEN = {
    Outcome.PENDING: _("Found on %(found_on)s; next by %(due_on)s. Open: %(items)s."),
    Outcome.AT_RISK: _("Found on %(found_on)s; the last day is %(due_on)s. Open: %(items)s."),
    Outcome.UNDETERMINED: _(
        "Found on %(found_on)s; open: %(items)s. The holiday calendar after %(due_on)s is not published."
    ),
}
UNTOLD = _("Found by the office on %(found_on)s; the vendor has not been told yet.")
RIGHT = _("The office may terminate for this leak until %(lapses_on)s (Civil Code art. 564).")
PERHAPS = _(
    "Cause or harm are not established. If they give a right to terminate, it lapses on "
    "%(lapses_on)s (Civil Code art. 564)."
)
LAPSES = _("The right to terminate for this leak lapses on %(lapses_on)s. Decide in writing.")
MAY_LAPSE = _(
    "Cause or harm are still not established, and a right to terminate would lapse on "
    "%(lapses_on)s. Establish them, and decide in writing."
)
LAPSED = _(
    "The right to terminate for this leak lapsed on %(lapses_on)s without a recorded decision. A right that is not "
    "used breaks no duty; a claim for the harm is not touched by it."
)
ON_ITS_WAY = _(
    "Terminated by notice of %(sent_on)s (%(document)s), whose arrival is not recorded. It takes effect on arrival and "
    "must arrive by %(lapses_on)s (Civil Code arts. 564 and 565)."
)
DECIDED = {
    "exercised": _("Terminated by a notice that arrived on %(decided_on)s (%(document)s)."),
    "not_exercised": _("The office decided on %(decided_on)s not to terminate for this leak (%(document)s)."),
}
DECIDED_LATE = _("Decided only on %(decided_on)s (%(document)s); the right had lapsed on %(lapses_on)s by itself.")
TERMINATED_LATE = _(
    "The notice of termination arrived only on %(decided_on)s (%(document)s), after the right had lapsed on "
    "%(lapses_on)s: it may have no effect (Civil Code art. 564). Have it looked at by a lawyer."
)
CALENDAR = _(
    "Whether the right to terminate has lapsed cannot be said: the holiday calendar after "
    "%(lapses_on)s is not published."
)
