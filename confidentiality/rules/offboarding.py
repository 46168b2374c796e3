"""Article 14: who leaves hands everything back, and is reminded that the duty goes on (14.4).

Readings taken here:

- A person leaves on the last day of an assignment, or on the contract's last day. Who goes on
  serving the same office, on this contract or the next one, does not leave; nor does who is back
  before the time for handing over is up.
- The contract gives no number of days: the policy `offboarding_days` does, from the last day in
  post, which is not counted.
- Four things are due: materials, devices, accounts, and the reminder in writing.
"""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_noop as _

from confidentiality.rules.steps import Steps, due, listed, made_good_on, with_outcome, worst_outcome
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import Step, known, within_policy
from law.calendar import Calendar

CHECK = "confidentiality.offboarding"

ITEMS = {
    "materials": _("materials returned"),
    "devices": _("devices returned"),
    "accounts": _("accounts closed"),
    "reminder": _("reminder of the surviving duty"),
}


@dataclass(frozen=True)
class Departure:
    """Somebody's last day in post, what was done, and when the person served the office again."""

    assignment: int
    name: str
    left_on: date
    back_on: date | None = None
    record: int | None = None
    done: dict[str, date | None] = field(default_factory=dict)


def offboarding(contract: ContractFacts, departure: Departure, calendar: Calendar, as_of: date) -> Finding | None:
    """Whether everything was handed back in time; None until the day after the last one in post."""
    if departure.left_on >= as_of:
        return None
    deadline = within_policy(contract, departure.left_on, "offboarding_days", calendar)
    if departure.back_on is not None and departure.back_on <= deadline.nominal:
        return None
    steps: Steps = {item: Step(deadline, known(departure.done.get(item), as_of)) for item in ITEMS}
    outcome = worst_outcome(steps, as_of)
    missing = [ITEMS[item] for item, step in steps.items() if step.done_on is None]
    late = [ITEMS[item] for item in with_outcome(steps, Outcome.NOT_MET, as_of)]
    shown = due(steps, as_of).deadline
    params = {"left_on": departure.left_on, "due_on": shown.last_day}
    if outcome == Outcome.MET:
        message = Message(DONE, **params)
    elif outcome == Outcome.NOT_MET and not missing:
        message = Message(DONE_LATE, items=listed(late), **params)
    else:
        message = Message(OPEN[outcome], items=listed(missing), **params)
    evidence = [Evidence("staffing.Assignment", departure.assignment, departure.name)]
    if departure.record is not None:
        evidence.append(Evidence("confidentiality.Offboarding", departure.record, departure.name))
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.Assignment", departure.assignment, departure.name),
        message=message,
        nominal_due_on=shown.nominal,
        legal_due_on=shown.legal,
        measured=f"{len(ITEMS) - len(missing)}/{len(ITEMS)}",
        required=f"{len(ITEMS)}/{len(ITEMS)}",
        figures={
            "left_on": departure.left_on,
            "calendar": list(shown.reasons),
            **{item: step.done_on for item, step in steps.items()},
        },
        evidence=tuple(evidence),
        done_on=made_good_on(steps) if outcome == Outcome.NOT_MET else None,
    )


DONE = _("Left on %(left_on)s; everything was handed over by %(due_on)s.")
DONE_LATE = _("Left on %(left_on)s; done only after %(due_on)s: %(items)s.")
OPEN = {
    Outcome.PENDING: _("Left on %(left_on)s; due by %(due_on)s: %(items)s."),
    Outcome.AT_RISK: _("Left on %(left_on)s; the last day is %(due_on)s for: %(items)s."),
    Outcome.NOT_MET: _("Left on %(left_on)s; not recorded by %(due_on)s: %(items)s."),
    Outcome.UNDETERMINED: _(
        "Left on %(left_on)s; still open: %(items)s. The holiday calendar after %(due_on)s is not published."
    ),
}
