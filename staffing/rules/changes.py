"""Nobody is moved or exchanged without the office's consent (article 13.4).

Readings taken here:

- A change is a transfer away, an exchange of a person by the vendor's own choice, and a move of a
  person to another post. The first assignment of a person, a backfill, a departure that the vendor
  does not choose (resignation, dismissal), a reduction and the end of a backfill are none.
- An exchange that the office itself demanded (article 12.2) has its consent.
- The consent is written and given by the day of the change: the last day in the old post, or the
  first day in the new one. A later consent does not undo the breach; a person may waive it.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from staffing.rules.facts import ChangeFact

CHECK = "staffing.unapproved_change"


def unapproved_change(contract: ContractFacts, changes: Iterable[ChangeFact], as_of: date) -> Iterator[Finding]:
    """One finding for each change that has taken place."""
    for change in changes:
        if contract.starts_on <= change.changed_on <= min(as_of, contract.last_day):
            yield _finding(contract, change)


def _finding(contract: ContractFacts, change: ChangeFact) -> Finding:
    named = {"on": change.changed_on, "consent": change.consented_on, "ref": change.consent_ref}
    if change.demanded:
        outcome = Outcome.MET
        message = Message(_("Changed on %(on)s at the office's own demand."), **named)
    elif change.consented_on is None:
        outcome = Outcome.NOT_MET
        message = Message(_("Changed on %(on)s; no consent of the office is on record."), **named)
    elif change.consented_on <= change.changed_on:
        outcome = Outcome.MET
        message = Message(_("Changed on %(on)s with the office's consent of %(consent)s (%(ref)s)."), **named)
    else:
        outcome = Outcome.NOT_MET
        message = Message(_("Changed on %(on)s; the office consented only on %(consent)s (%(ref)s)."), **named)
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.Assignment", change.assignment_id, change.name),
        measured=change.consented_on.isoformat() if change.consented_on else "",
        required=change.changed_on.isoformat(),
        message=message,
        figures={
            "kind": change.kind,
            "changed_on": change.changed_on,
            "consented_on": change.consented_on,
            "consent_ref": change.consent_ref,
            "demanded": change.demanded,
        },
        evidence=(Evidence("staffing.Assignment", change.assignment_id, change.name),),
    )
