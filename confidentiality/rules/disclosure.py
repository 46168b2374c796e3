"""Article 14.1: nothing goes to a third party without the office's written consent.

Readings taken here:

- The consent is granted in writing by the day of the disclosure, and holds on that day. A later
  consent does not undo the breach; a person may waive it.
- The office's silence is no consent. Its own time to answer is another duty
  (`contract.rules.consents`).
- The duty has no end: a disclosure after the contract's last day is looked at like any other.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import ConsentDecision, Outcome
from contract.duties.rules.consents import ConsentFacts
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import iso, known

CHECK = "confidentiality.disclosure_consent"


@dataclass(frozen=True)
class DisclosureFacts:
    """Information that was given away, and the consent that it refers to."""

    pk: int
    recipient: str
    disclosed_on: date
    document: str
    consent: ConsentFacts | None


def disclosure_consent(contract: ContractFacts, disclosure: DisclosureFacts, as_of: date) -> Finding | None:
    """Whether a disclosure was allowed on its day; None while it has not taken place."""
    if disclosure.disclosed_on > as_of:
        return None
    consent = disclosure.consent
    decided_on = known(consent.decided_on, as_of) if consent else None
    allowed = consent is not None and consent.covers(disclosure.disclosed_on, as_of)
    message = Message(
        ALLOWED if allowed else _why_not(disclosure.disclosed_on, consent, decided_on),
        day=disclosure.disclosed_on,
        recipient=disclosure.recipient,
        decided_on=iso(decided_on),
        document=consent.document if consent else "",
    )
    evidence = [Evidence("confidentiality.Disclosure", disclosure.pk, disclosure.document)]
    if consent is not None:
        evidence.append(Evidence("contract.Consent", consent.pk, consent.document))
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.MET if allowed else Outcome.NOT_MET,
        subject=Subject("confidentiality.Disclosure", disclosure.pk, disclosure.recipient),
        message=message,
        measured=iso(decided_on) or "–",
        required=iso(disclosure.disclosed_on),
        figures={
            "disclosed_on": disclosure.disclosed_on,
            "decision": consent.decision if consent and decided_on else "",
            "decided_on": decided_on,
            "valid_from": consent.valid_from if consent else None,
            "valid_to": consent.valid_to if consent else None,
            "revoked_on": known(consent.revoked_on, as_of) if consent else None,
        },
        evidence=tuple(evidence),
    )


def _why_not(day: date, consent: ConsentFacts | None, decided_on: date | None) -> str:
    if consent is None:
        return NONE
    if decided_on is None:
        return UNDECIDED
    if consent.decision != ConsentDecision.GRANTED:
        return REFUSED
    return TOO_LATE if consent.valid_from and day < consent.valid_from else ENDED


ALLOWED = _("Given to %(recipient)s on %(day)s with the office's consent of %(decided_on)s (%(document)s).")
NONE = _("Given to %(recipient)s on %(day)s; no consent of the office is on record.")
UNDECIDED = _("Given to %(recipient)s on %(day)s while the office had not answered.")
REFUSED = _("Given to %(recipient)s on %(day)s although the office had refused on %(decided_on)s (%(document)s).")
TOO_LATE = _("Given to %(recipient)s on %(day)s; the office consented only on %(decided_on)s (%(document)s).")
ENDED = _("Given to %(recipient)s on %(day)s, when the consent of %(decided_on)s (%(document)s) held no longer.")
