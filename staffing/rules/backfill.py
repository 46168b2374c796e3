"""A gap is made good in time (article 13.4): one finding for each gap.

Readings taken here:

- The time runs from the event: the first day of an absence, the last day in post of a departure.
  The notice of a resignation starts nothing. The day of the event is not counted.
- A breach is certain only where a span of *proven* emptiness outlasts its own time. A gap that
  lasts too long only if days without a report were absences is undetermined.
- Nothing is owed after the contract's last day, nor once the post was given up: a gap whose time
  would have run on lapses. One whose time runs out on that very day, at 24:00 (Civil Code 203), and
  that nobody filled is not met.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.steps import at_the_end
from contract.values import NoValue
from law.calendar import Calendar
from law.periods import Deadline, deadline_after, standing
from staffing.rules.facts import GapFact
from staffing.rules.presence import ONE_DAY

CHECK = "staffing.backfill"


def backfill(contract: ContractFacts, gaps: Iterable[GapFact], as_of: date, calendar: Calendar) -> Iterator[Finding]:
    """One finding for each gap that has opened; none where the contract agrees on no time.

    Then the post is short from the first day, which the headcount says.
    """
    for gap in gaps:
        row = contract.terms.row(gap.event_on, "backfill_days")
        if gap.opened_on <= min(as_of, contract.last_day) and (row is None or row.value is not None):
            yield _finding(contract, gap, as_of, calendar)


def deadline_of(contract: ContractFacts, event: date, calendar: Calendar) -> Deadline:
    """The time to make a gap good, by the term and the roll in force on the day of the event."""
    return deadline_after(
        event, days=contract.terms.on(event, "backfill_days"), roll=contract.roll(event), calendar=calendar
    )


def agreed_deadline(contract: ContractFacts, event: date, calendar: Calendar) -> Deadline | None:
    """The same, or None where the contract gives no time."""
    try:
        return deadline_of(contract, event, calendar)
    except NoValue:
        return None


def _finding(contract: ContractFacts, gap: GapFact, as_of: date, calendar: Calendar) -> Finding:
    deadline = deadline_of(contract, gap.event_on, calendar)
    closed_on = gap.closed_on(as_of)
    owed_until = _owed_until(contract, gap)
    outcome, lapsed = _outcome(contract, gap, as_of, calendar)
    figures: dict[str, Any] = {
        "cause": gap.cause,
        "event_on": gap.event_on,
        "opened_on": gap.opened_on,
        "closed_on": closed_on,
        "closed_by": _closed_by(gap, closed_on, as_of),
        "reasons": list(deadline.reasons),
    }
    moment = closed_on or min(as_of, owed_until)
    counted = {
        "empty_days": (min(gap.last_empty_day(as_of), owed_until) - gap.opened_on).days + 1,
        "days_late": max(0, (moment - deadline.last_day).days),
    }
    today: dict[str, Any] = {}
    if closed_on is not None or as_of > owed_until:
        figures |= counted  # for good
    else:
        today = {**counted, "days_left": max(0, (deadline.last_day - moment).days)}
        if outcome == Outcome.NOT_MET:
            figures["late_since"] = deadline.last_day
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject("staffing.Gap", gap.pk, gap.name),
        nominal_due_on=deadline.nominal,
        legal_due_on=deadline.legal,
        measured=closed_on.isoformat() if closed_on else "",
        required=deadline.last_day.isoformat(),
        message=_message(outcome, figures, deadline, lapsed),
        figures=figures,
        evidence=(Evidence("staffing.Gap", gap.pk, gap.name),),
        done_on=closed_on,
        today=today,
    )


def _owed_until(contract: ContractFacts, gap: GapFact) -> date:
    """The last day on which somebody is owed in this post."""
    return min(contract.last_day, gap.lapsed_on - ONE_DAY if gap.lapsed_on else contract.last_day)


def _outcome(contract: ContractFacts, gap: GapFact, as_of: date, calendar: Calendar) -> tuple[Outcome, bool]:
    """The outcome, and whether the duty ended before its time ran out."""
    worst, lapsed = _stands(contract, gap, gap.event_on, gap.closed_on(as_of), as_of, calendar)
    if worst in (Outcome.MET, Outcome.PENDING):
        return worst, lapsed
    # The worst case is late. What do the proven spans say, each taken for itself?
    proven = []
    for event, last in gap.proven:
        ends = [day for day in (gap.closed_on(as_of), last and last + ONE_DAY) if day]
        back_on = min((day for day in ends if day <= as_of), default=None)
        if event <= as_of and (back_on is None or back_on > event):
            proven.append(_stands(contract, gap, event, back_on, as_of, calendar)[0])
    if Outcome.NOT_MET in proven:
        return Outcome.NOT_MET, False
    return (Outcome.UNDETERMINED if worst == Outcome.NOT_MET else worst), False


def _stands(
    contract: ContractFacts, gap: GapFact, event: date, done_on: date | None, as_of: date, calendar: Calendar
) -> tuple[Outcome, bool]:
    """Where the duty stands that began with `event`; (met, True) where it ended with the post."""
    deadline = deadline_of(contract, event, calendar)
    owed_until = _owed_until(contract, gap)
    if done_on is None and as_of > owed_until:
        return at_the_end(deadline, owed_until)
    return Outcome(standing(deadline, as_of, done_on)), False


def _closed_by(gap: GapFact, closed_on: date | None, as_of: date) -> str:
    if closed_on is not None:
        return "backfill" if closed_on == gap.backfilled_on else "return"
    return "unproven" if gap.maybe_closed_on and gap.maybe_closed_on <= as_of else ""


def _message(outcome: Outcome, figures: dict[str, Any], deadline: Deadline, lapsed: bool) -> Message:
    named = {"opened": figures["opened_on"], "closed": figures["closed_on"], "due": deadline.last_day}
    if lapsed:
        return Message(_("Empty from %(opened)s; the post was no longer owed before the time ran out."), **named)
    if outcome == Outcome.MET:
        return Message(_("Empty from %(opened)s, made good on %(closed)s in time."), **named)
    if outcome == Outcome.NOT_MET and figures["closed_on"]:
        return Message(
            _("Empty from %(opened)s, made good on %(closed)s, %(late)d days after %(due)s."),
            **named,
            late=figures["days_late"],
        )
    if outcome == Outcome.NOT_MET:
        return Message(_("Empty from %(opened)s and not made good; the last day was %(due)s."), **named)
    if outcome == Outcome.AT_RISK:
        return Message(_("Empty from %(opened)s: its nominal last day has passed, %(due)s is the legal one."), **named)
    if outcome == Outcome.PENDING:
        return Message(_("Empty from %(opened)s, to be made good by %(due)s."), **named)
    if not deadline.calendar_published:
        return Message(
            _(
                "Empty from %(opened)s, nominally due on %(due)s; the holiday calendar that "
                "decides about the last day is not published."
            ),
            **named,
        )
    return Message(
        _(
            "Empty from %(opened)s. Reports that would prove a return or an absence are missing; "
            "the time ran out on %(due)s. The vendor is asked for proof."
        ),
        **named,
    )
