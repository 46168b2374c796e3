"""Article 12.1: the office looks at the service of a quarter in time, and accepts it or says what is wrong.

The contract names no time: policy `acceptance_days` after the quarter's last day. What counts is that the
office spoke, not what it said; whether the payment waits for it stands in `billing.rules.clocks`.
"""

from datetime import date

from django.utils.translation import gettext_noop as _

from billing.rules import clocks
from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message
from law.calendar import Calendar
from law.periods import standing
from law.references import Reference, sme_acceptance_on

CHECK = "billing.acceptance_due"


def acceptance_due(
    contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar
) -> Finding | None:
    """Whether the office spoke about the service in time; None before the period is over.

    A period that would have begun after the contract's end has no service to look at.
    """
    if (
        as_of < instalment.end
        or instalment.start > contract.last_day
        or (instalment.amount == 0 and not instalment.is_open)
        or not instalment.awaits("acceptance")
        or instalment.is_supplement
    ):
        return None
    due = clocks.acceptance_time(contract, instalment, calendar)
    spoken = [row.accepted_on for row in instalment.acceptances if row.accepted_on <= as_of]
    done = min(spoken, default=None)
    outcome = Outcome(standing(due, as_of, done))
    laws: tuple[Reference, ...] = (sme_acceptance_on(due.last_day),) if clocks.is_small(contract) else ()
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=instalment.subject,
        message=Message(_done(outcome) if done else _open(outcome), day=done, due=due.last_day, nominal=due.nominal),
        period=instalment.period,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=done.isoformat() if done else "–",
        required=due.last_day.isoformat(),
        figures={"accepted_on": done, "reasons": due.reasons, "references": laws},
        evidence=instalment.evidence(as_of),
        done_on=done,
    )


def _done(outcome: Outcome) -> str:
    if outcome == Outcome.NOT_MET:
        return _("The service was looked at only on %(day)s; the time for acceptance ended on %(due)s.")
    if outcome == Outcome.UNDETERMINED:
        return _("The service was looked at on %(day)s; whether %(nominal)s moves is not known.")
    return _("The service was looked at on %(day)s, in time (until %(due)s inclusive).")


def _open(outcome: Outcome) -> str:
    if outcome == Outcome.NOT_MET:
        return _("The service has not been accepted or refused; the time for acceptance ended on %(due)s.")
    if outcome == Outcome.UNDETERMINED:
        return _("The service has not been accepted or refused; whether %(nominal)s moves is not known.")
    return _("The service is to be accepted or refused by %(due)s.")
