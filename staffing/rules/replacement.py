"""A person found unfit is replaced in time (article 12.2).

The time runs from the Beijing day on which the demand arrived, in calendar days. It is met on the
day by which the substitute is in post and the other person's last day in post has come: both may be
the same day (handing over is part of it). A time that runs out on the contract's last day, at 24:00
(Civil Code 203), is not kept where nobody was replaced; one that would have run on lapses.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import at_the_end
from law.calendar import Calendar
from law.periods import beijing_day, deadline_after, standing
from staffing.rules.facts import DemandFact

CHECK = "staffing.replacement"


def replacement(
    contract: ContractFacts, demands: Iterable[DemandFact], as_of: date, calendar: Calendar
) -> Iterator[Finding]:
    """One finding for each demand that has arrived."""
    for demand in demands:
        if demand.arrived_at is None:
            continue
        arrived_on = beijing_day(demand.arrived_at)
        if arrived_on <= min(as_of, contract.last_day):
            yield _finding(contract, demand, arrived_on, as_of, calendar)


def _finding(contract: ContractFacts, demand: DemandFact, arrived_on: date, as_of: date, calendar: Calendar) -> Finding:
    deadline = deadline_after(
        arrived_on,
        days=contract.terms.on(arrived_on, "replacement_days"),
        roll=contract.roll(arrived_on),
        calendar=calendar,
    )
    done_on = _done_on(demand)
    done_on = done_on if done_on is not None and done_on <= as_of else None
    withdrawn = demand.withdrawn_on is not None and demand.withdrawn_on <= as_of
    moment = min(as_of, contract.last_day)
    outcome, ended = Outcome(standing(deadline, as_of, done_on)), False
    if done_on is None and as_of > contract.last_day:
        outcome, ended = at_the_end(deadline, contract.last_day)
    if withdrawn:
        outcome = Outcome.MET
    late = max(0, ((done_on or moment) - deadline.last_day).days)
    named: dict[str, object] = {"arrived": arrived_on, "due": deadline.last_day, "done": done_on}
    figures: dict[str, object] = {
        "arrived_on": arrived_on,
        "done_on": done_on,
        "withdrawn_on": demand.withdrawn_on if withdrawn else None,
        "reasons": list(deadline.reasons),
    }
    today: dict[str, object] = {}
    if done_on is not None or as_of > contract.last_day:
        figures["days_late"] = named["late"] = late  # for good
    else:
        today["days_late"] = late
        if outcome == Outcome.NOT_MET:
            figures["late_since"] = deadline.last_day
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.ReplacementDemand", demand.pk, demand.name),
        nominal_due_on=deadline.nominal,
        legal_due_on=deadline.legal,
        measured=done_on.isoformat() if done_on else "",
        required=deadline.last_day.isoformat(),
        message=_message(outcome, named, withdrawn=withdrawn, ended=ended),
        figures=figures,
        evidence=(Evidence("staffing.ReplacementDemand", demand.pk, demand.name),),
        done_on=done_on,
        today=today,
    )


def _done_on(demand: DemandFact) -> date | None:
    if demand.substitute_from is None or demand.left_on is None:
        return None
    return max(demand.substitute_from, demand.left_on)


def _message(outcome: Outcome, named: dict[str, object], *, withdrawn: bool, ended: bool) -> Message:
    if withdrawn:
        return Message(_("The office withdrew its demand; nothing is owed for it."))
    if ended:
        return Message(_("The contract ended before the time to replace the person ran out."))
    if outcome == Outcome.MET:
        return Message(_("The demand arrived on %(arrived)s; the person was replaced on %(done)s in time."), **named)
    if outcome == Outcome.NOT_MET and named["done"]:
        return Message(
            _("The demand arrived on %(arrived)s; the person was replaced on %(done)s, %(late)d days after %(due)s."),
            **named,
        )
    if outcome == Outcome.NOT_MET:
        return Message(_("The demand arrived on %(arrived)s; the person has not been replaced by %(due)s."), **named)
    if outcome == Outcome.UNDETERMINED:
        return Message(
            _(
                "The demand arrived on %(arrived)s, nominally due on %(due)s; the holiday calendar "
                "that decides about the last day is not published."
            ),
            **named,
        )
    return Message(_("The demand arrived on %(arrived)s; the person is to be replaced by %(due)s."), **named)
