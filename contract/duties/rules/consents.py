"""The office's consent (articles 13.4, 14.1, 19), and its time to answer (article 12.4)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import ConsentDecision, ConsentKind, Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import iso, known, late_since, within_policy
from law.calendar import Calendar
from law.periods import standing

CHECK = "contract.consent_answered"


@dataclass(frozen=True)
class ConsentFacts:
    """A request for consent and the office's answer.

    `subject_label` and `subject_pk` name the row that it is about, where it is about one.
    """

    pk: int
    kind: str
    subject: str
    subject_label: str
    subject_pk: int | None
    arrived_on: date | None
    decision: str
    decided_on: date | None
    document: str
    valid_from: date | None
    valid_to: date | None
    revoked_on: date | None
    withdrawn_on: date | None

    def covers(self, day: date, as_of: date) -> bool:
        """Whether it allows something on `day`, from what is known as of `as_of`."""
        if self.decision != ConsentDecision.GRANTED or known(self.decided_on, as_of) is None:
            return False
        over = any(last is not None and last < day for last in (self.valid_to, self.revoked_on))
        return self.valid_from is not None and self.valid_from <= day and not over


def consent_answered(contract: ContractFacts, consent: ConsentFacts, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether the office answered a request in time. A request that was withdrawn asks nothing.

    With the contract's end there is nobody left to move and no service to pass on: only what may
    be disclosed is still asked and answered. A time that ran out on the last day itself was not kept (Civil
    Code 203).
    """
    arrived = known(consent.arrived_on, as_of)
    if arrived is None or known(consent.withdrawn_on, as_of):
        return None
    due = within_policy(contract, arrived, "consent_answer_days", calendar)
    decided = known(consent.decided_on, as_of)
    if consent.kind != ConsentKind.DISCLOSURE and as_of > contract.last_day:
        moot = decided is None and due.last_day > contract.last_day
        if arrived > contract.last_day or moot:
            return None
    outcome = Outcome(standing(due, as_of, decided))
    params = {"day": iso(decided), "due": iso(due.last_day)}
    if outcome == Outcome.MET:
        message = Message(ANSWERED[ConsentDecision(consent.decision)], **params)
    elif outcome == Outcome.NOT_MET and decided:
        message = Message(ANSWERED_LATE, **params)
    else:
        message = Message(OPEN[outcome], **params)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("contract.Consent", consent.pk, consent.subject),
        message=message,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=params["day"],
        required=params["due"],
        figures={
            "kind": consent.kind,
            "arrived_on": arrived,
            "decision": consent.decision if decided else "",
            "calendar": list(due.reasons),
            **late_since(due, outcome, decided),
        },
        evidence=(Evidence("contract.Consent", consent.pk, consent.document),),
        done_on=decided,
    )


ANSWERED = {
    ConsentDecision.GRANTED: _("Granted in writing on %(day)s, in time (%(due)s)."),
    ConsentDecision.REFUSED: _("Refused in writing on %(day)s, in time (%(due)s)."),
}
ANSWERED_LATE = _("The office answered only on %(day)s; the last day was %(due)s.")
OPEN = {
    Outcome.PENDING: _("The office answers by %(due)s. Its silence is no consent."),
    Outcome.AT_RISK: _("The office has not answered; the last day is %(due)s."),
    Outcome.NOT_MET: _("The office did not answer by %(due)s. Its silence is no consent."),
    Outcome.UNDETERMINED: _(
        "Whether the answer is in time cannot be said: the holiday calendar after %(due)s is not published."
    ),
}
