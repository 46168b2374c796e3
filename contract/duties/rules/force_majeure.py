"""Force majeure (article 16): the other side told in time, an authority's proof provided.

The days of the contract are those of the notice. For the proof it names no day (Civil Code art.
590: a reasonable time), so a policy says when to ask for it; without it nothing is excused.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import iso, known, late_since, within_policy, within_term, worst
from law.calendar import Calendar
from law.periods import standing

CHECK = "contract.force_majeure_notice"


@dataclass(frozen=True)
class Event:
    """A force majeure event as it was recorded."""

    pk: int
    title: str
    reported_by: Side
    occurred_on: date
    arrived_on: date | None
    ended_on: date | None
    proof_document: str
    proof_arrived_on: date | None
    withdrawn_on: date | None


def force_majeure_notice(contract: ContractFacts, event: Event, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether the side that reports an event told the other in time and provided its proof."""
    if event.occurred_on > min(as_of, contract.last_day) or known(event.withdrawn_on, as_of):
        return None
    due = within_term(contract, event.occurred_on, "force_majeure_notice_days", calendar)
    proof_due = within_policy(contract, event.occurred_on, "force_majeure_proof_days", calendar)
    told, proven = known(event.arrived_on, as_of), known(event.proof_arrived_on, as_of)
    notice = Outcome(standing(due, as_of, told))
    proof = _proof(as_of, proven, proof_due.last_day)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=worst([notice, proof]),
        subject=Subject("contract.ForceMajeureEvent", event.pk, event.title),
        message=_message(notice, proof, told, iso(due.last_day), iso(proof_due.last_day)),
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=iso(told),
        required=iso(due.last_day),
        figures={
            "occurred_on": event.occurred_on,
            "told_on": told,
            "proof_arrived_on": proven,
            "proof_expected_by": proof_due.last_day,
            "ended_on": known(event.ended_on, as_of),
            "calendar": list(due.reasons),
            **late_since(due, notice, told),
        },
        evidence=(Evidence("contract.ForceMajeureEvent", event.pk, event.proof_document),),
        owed_by=event.reported_by,
        done_on=told,
    )


def _proof(as_of: date, proven: date | None, expected_by: date) -> Outcome:
    """A proof that is late is a risk, not a breach: the contract names no day for it."""
    if proven:
        return Outcome.MET
    return Outcome.PENDING if as_of <= expected_by else Outcome.AT_RISK


NOTICE = {
    Outcome.MET: _("The other side was told on %(told)s, in time (%(due)s)."),
    Outcome.PENDING: _("The other side is to be told by %(due)s."),
    Outcome.AT_RISK: _("The other side has not been told; the last day is %(due)s."),
    Outcome.NOT_MET: _("The other side was not told by %(due)s."),
    Outcome.UNDETERMINED: _(
        "Whether the notice is in time cannot be said: the holiday calendar after %(due)s is not published."
    ),
}
TOLD_LATE = _("The other side was told only on %(told)s; the last day was %(due)s.")
PROOF = {
    Outcome.MET: _("%(notice)s An authority's proof is on file."),
    Outcome.PENDING: _("%(notice)s An authority's proof is expected by %(proof_due)s; without it nothing is excused."),
    Outcome.AT_RISK: _(
        "%(notice)s There is still no authority's proof (expected by %(proof_due)s); nothing is excused."
    ),
}


def _message(notice: Outcome, proof: Outcome, told: date | None, due: str, proof_due: str) -> Message:
    late = notice == Outcome.NOT_MET and told is not None
    spoken = Message(TOLD_LATE if late else NOTICE[notice], told=iso(told), due=due)
    return Message(PROOF[proof], notice=spoken, proof_due=proof_due)
