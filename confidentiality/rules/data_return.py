"""At the contract's end the vendor returns or deletes all data and keeps none (个人信息保护法 art. 21).

Readings taken here:

- The law names no number of days: the policy `data_return_days` does, from the contract's last day. The duty does
  not lapse with the contract (Civil Code 558).
- Where a contract of the same two parties goes on by then, the data serve that one, and its end counts.
- The vendor declares it. What the office has not looked at is not met yet; what it found incomplete was not done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message
from contract.rules.steps import iso, known, late_since, within_policy
from law.calendar import Calendar
from law.periods import standing

CHECK = "confidentiality.data_return"


@dataclass(frozen=True)
class Declaration:
    """A declaration of the vendor, and what the office made of it."""

    pk: int
    document: str
    manner: str
    done_on: date
    declared_on: date
    kept: str
    checked_on: date | None
    is_complete: bool | None

    def refuted(self, as_of: date) -> bool:
        return self.is_complete is False and known(self.checked_on, as_of) is not None


@dataclass(frozen=True)
class NextContract:
    """The next contract of the same office and vendor."""

    signed_on: date
    starts_on: date


def data_return(
    contract: ContractFacts,
    declarations: Sequence[Declaration],
    following: NextContract | None,
    calendar: Calendar,
    as_of: date,
) -> Finding | None:
    """Whether all data were returned or deleted in time; None until the day after the contract's last one."""
    ended = contract.last_day
    if as_of <= ended:
        return None
    due = within_policy(contract, ended, "data_return_days", calendar)
    if following and following.signed_on <= as_of and following.starts_on <= due.nominal:
        return None
    heard = [one for one in declarations if one.declared_on <= as_of]
    stands = min((one for one in heard if not one.refuted(as_of)), key=lambda one: one.done_on, default=None)
    done_on = stands.done_on if stands else None
    checked_on = known(stands.checked_on, as_of) if stands else None
    outcome = Outcome(standing(due, as_of, done_on))
    waits = outcome == Outcome.MET and checked_on is None
    params = {
        "ended": ended,
        "due": due.last_day,
        "done": iso(done_on),
        "declared": iso(stands.declared_on if stands else None),
    }
    params["refuted"] = iso(max((one.declared_on for one in heard), default=None))
    if waits:
        outcome, text = Outcome.PENDING, TO_BE_LOOKED_AT
    elif done_on:
        text = DONE if outcome == Outcome.MET else DONE_LATE
    else:
        text = REFUTED[outcome] if heard else OPEN[outcome]
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        message=Message(text, **params),
        nominal_due_on=None if waits else due.nominal,  # the office's look has no day
        legal_due_on=None if waits else due.legal,
        measured=iso(done_on) or "–",
        required=due.last_day.isoformat(),
        figures={
            "ended_on": ended,
            "done_on": done_on,
            "declared_on": stands.declared_on if stands else None,
            "checked_on": checked_on,
            "manner": stands.manner if stands else "",
            "kept": stands.kept if stands else "",
            "calendar": list(due.reasons),
            **late_since(due, outcome, done_on),
        },
        evidence=tuple(Evidence("confidentiality.DataReturn", one.pk, one.document) for one in heard),
        owed_by=Side.OFFICE if waits else Side.VENDOR,
        done_on=done_on if outcome == Outcome.NOT_MET else None,
    )


DONE = _(
    "The contract ended on %(ended)s; all data were returned or deleted on %(done)s, in time (%(due)s), and the office "
    "has looked."
)
DONE_LATE = _("The contract ended on %(ended)s; the data were returned or deleted only on %(done)s, after %(due)s.")
TO_BE_LOOKED_AT = _(
    "The contract ended on %(ended)s. The vendor declared on %(declared)s that it returned or deleted all data on "
    "%(done)s; the office has not looked yet."
)
OPEN = {
    Outcome.PENDING: _(
        "The contract ended on %(ended)s; all data are to be returned or deleted by %(due)s, and none is kept."
    ),
    Outcome.AT_RISK: _("The contract ended on %(ended)s; nothing is declared yet. The last day is %(due)s."),
    Outcome.NOT_MET: _(
        "The contract ended on %(ended)s; by %(due)s nothing was declared about the return or deletion of the data."
    ),
    Outcome.UNDETERMINED: _(
        "The contract ended on %(ended)s; nothing is declared yet. The holiday calendar after %(due)s is not published."
    ),
}
REFUTED = {
    Outcome.PENDING: _(
        "The office found the declaration of %(refuted)s incomplete; what is missing is to be returned or deleted by "
        "%(due)s."
    ),
    Outcome.AT_RISK: _("The office found the declaration of %(refuted)s incomplete; the last day is %(due)s."),
    Outcome.NOT_MET: _(
        "The office found the declaration of %(refuted)s incomplete; by %(due)s nothing else was declared."
    ),
    Outcome.UNDETERMINED: _(
        "The office found the declaration of %(refuted)s incomplete. The holiday calendar after %(due)s is not "
        "published."
    ),
}
