"""Labour disputes, wage arrears, injuries and damage (articles 18 and 20): the vendor's to settle.

The office takes no part in them. It looks at three things only: was it told in time, did it feel an
effect that was not removed, and is the matter settled. The contract names no days: policies do.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import Step, iso, known, within_policy, worst
from law.calendar import Calendar
from law.periods import standing

CHECK = "staffing.labour_dispute"


@dataclass(frozen=True)
class MatterFact:
    """One matter that is not withdrawn."""

    pk: int
    title: str
    kind: str
    document: str
    occurred_on: date
    known_on: date
    reported_on: date | None = None
    effect: str = ""
    effect_removed_on: date | None = None
    settled_on: date | None = None


def labour_dispute(contract: ContractFacts, matter: MatterFact, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether a matter was reported in time, its effect removed, and the matter settled.

    What occurred within the contract's life is judged also where it became known after it.
    """
    if matter.known_on > as_of or matter.occurred_on > contract.last_day:
        return None
    report = Step(
        within_policy(contract, matter.known_on, "labour_report_days", calendar), known(matter.reported_on, as_of)
    )
    settle = Step(
        within_policy(contract, matter.known_on, "labour_settlement_days", calendar), known(matter.settled_on, as_of)
    )
    removal = Step(settle.deadline, known(matter.effect_removed_on, as_of))
    felt = bool(matter.effect)
    outcomes = {
        REPORT: report.outcome(as_of),
        REMOVAL: removal.outcome(as_of) if felt else Outcome.MET,
        SETTLE: settle.outcome(as_of),
    }
    if felt and outcomes[REMOVAL] == Outcome.PENDING:
        outcomes[REMOVAL] = Outcome.AT_RISK  # the office feels it today
    outcome = worst(outcomes.values())
    decisive = next(name for name in outcomes if outcomes[name] == outcome)
    step = {REPORT: report, REMOVAL: removal, SETTLE: settle}[decisive]
    done = step.done_on
    if outcome == Outcome.MET:
        message = Message(
            _("Reported on %(reported)s and settled on %(settled)s by the vendor."),
            reported=iso(report.done_on),
            settled=iso(settle.done_on),
        )
    elif outcome == Outcome.UNDETERMINED:
        message = Message(
            _("Whether it is in time cannot be said: the holiday calendar after %(due)s is not published."),
            due=step.deadline.nominal,
        )
    elif done is not None:
        message = Message(LATE[decisive], day=done, due=step.deadline.last_day)
    elif standing(step.deadline, as_of, None) == Outcome.NOT_MET:
        message = Message(OVERDUE[decisive], due=step.deadline.last_day)
    else:
        message = Message(OPEN[decisive], due=step.deadline.last_day)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.LabourMatter", matter.pk, matter.title),
        message=message,
        nominal_due_on=step.deadline.nominal,
        legal_due_on=step.deadline.legal,
        measured=iso(done),
        required=step.deadline.last_day.isoformat(),
        figures={
            "kind": matter.kind,
            "step": decisive,
            "known_on": matter.known_on,
            "reported_on": report.done_on,
            "settled_on": settle.done_on,
            "effect": felt,
            "effect_removed_on": removal.done_on,
        },
        evidence=(Evidence("staffing.LabourMatter", matter.pk, matter.document or matter.title),),
        done_on=done,
    )


REPORT, REMOVAL, SETTLE = "report", "removal", "settlement"
OPEN = {
    REPORT: _("The vendor tells the office of it by %(due)s."),
    REMOVAL: _("The office feels an effect that the vendor removes by %(due)s."),
    SETTLE: _("The vendor's to settle; it is asked how the matter stands by %(due)s."),
}
OVERDUE = {
    REPORT: _("The vendor had not told the office of it by %(due)s."),
    REMOVAL: _("The effect on the office was not removed by %(due)s."),
    SETTLE: _("The vendor has not settled it by %(due)s."),
}
LATE = {
    REPORT: _("The vendor told the office of it only on %(day)s, due by %(due)s."),
    REMOVAL: _("The effect on the office was removed only on %(day)s, due by %(due)s."),
    SETTLE: _("Settled only on %(day)s, due by %(due)s."),
}
