"""The contracted number of operators is assigned (article 1): one finding for each shortage.

Readings taken here:

- A shortage is a run of days of service on which fewer people are assigned than the headcount in force; days on
  which the contract asks for no service neither make one nor end it.
- A post that a departure left empty may stand empty for the time that the contract agrees on: such a
  day is covered by the gap until the gap's last legal day. A missing post without such a gap (never
  filled, or left open after its time), or under a contract without such a time, is not met from its
  first day.
- Before the first assignment is recorded every post is unproven, and none is missing.
- Where the gap's last day hangs on an unpublished calendar, the days after the nominal one are
  undetermined.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from law.calendar import Calendar
from staffing.rules.backfill import agreed_deadline
from staffing.rules.facts import GapFact
from staffing.rules.ledger import silent
from staffing.rules.presence import ONE_DAY, DayCount, Span

CHECK = "staffing.headcount"
SILENT = _(
    "No assignment is on record: whether the %(required)d posts are filled is unproven. Take in the list of "
    "people, or ask the vendor for it."
)


def headcount(
    contract: ContractFacts, counts: Mapping[date, DayCount], gaps: Iterable[GapFact], as_of: date, calendar: Calendar
) -> Iterator[Finding]:
    """Every shortage up to a day, and how the headcount stands on that day."""
    last = min(as_of, contract.last_day)
    if last < contract.judged_from:
        return
    if silent(counts, last):
        yield _unproven(contract, last)
        return
    owed = [day for day in Span(contract.judged_from, last).days() if contract.serves_on(day)]
    missing = {
        day: required - assigned
        for day in owed
        if (required := contract.terms.on(day, "headcount"))
        > (assigned := counts[day].assigned if day in counts else 0)
    }
    within, unclear = _covered(contract, gaps, last, calendar)
    spells = list(_spells(owed, missing))
    newest = owed[-1] if owed else None
    for spell in spells:
        is_open = spell.last == newest and as_of <= contract.last_day
        yield _shortage(contract, spell, missing, within, unclear, counts, is_open=is_open)
    open_spell = spells[-1] if spells and spells[-1].last == newest else None
    yield _standing(contract, counts, last, open_spell, over=as_of > contract.last_day)


def _unproven(contract: ContractFacts, day: date) -> Finding:
    """Nothing was ever told of anybody: no pass, and no accusation."""
    required = contract.terms.on(day, "headcount")
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED,
        subject=contract.subject,
        measured="–",
        required=str(required),
        message=Message(SILENT, required=required),
        figures={"required": required},
    )


def _covered(
    contract: ContractFacts, gaps: Iterable[GapFact], last: date, calendar: Calendar
) -> tuple[Counter[date], Counter[date]]:
    """By day: departure gaps within their time, and those of which the calendar cannot tell."""
    within: Counter[date] = Counter()
    unclear: Counter[date] = Counter()
    for gap in gaps:
        if gap.departed_on is None or gap.departed_on >= last:
            continue
        deadline = agreed_deadline(contract, gap.event_on, calendar)
        if deadline is None:  # nothing covers the shortage
            continue
        for day in Span(gap.departed_on + ONE_DAY, gap.last_empty_day(last)).days():
            if day <= deadline.last_day:
                within[day] += 1
            elif deadline.legal is None:
                unclear[day] += 1
    return within, unclear


def _spells(owed: Iterable[date], missing: Mapping[date, int]) -> Iterator[Span]:
    """Runs of days of service on which people were missing; a day without service ends none."""
    first = last = None
    for day in owed:
        if day in missing:
            first, last = first or day, day
        elif first is not None and last is not None:
            yield Span(first, last)
            first = None
    if first is not None and last is not None:
        yield Span(first, last)


def _shortage(
    contract: ContractFacts,
    spell: Span,
    missing: Mapping[date, int],
    within: Mapping[date, int],
    unclear: Mapping[date, int],
    counts: Mapping[date, DayCount],
    *,
    is_open: bool,
) -> Finding:
    days = [day for day in spell.days() if day in missing]
    late = [day for day in days if missing[day] > within[day] + unclear[day]]
    doubtful = [day for day in days if missing[day] > within[day]]
    worst = max(days, key=lambda day: (missing[day], day))
    required = contract.terms.on(worst, "headcount")
    named: dict[str, Any] = {
        "first": spell.first,
        "last": spell.last,
        "most": missing[worst],
        "required": required,
        "late": late[0] if late else None,
    }
    if late:
        outcome = Outcome.NOT_MET
        message = Message(
            _(
                "Up to %(most)d of %(required)d operators missing from %(first)s to %(last)s; not "
                "covered by a replacement within its time from %(late)s on."
            ),
            **named,
        )
    elif doubtful:
        outcome = Outcome.UNDETERMINED
        message = Message(
            _(
                "Up to %(most)d of %(required)d operators missing from %(first)s to %(last)s; the "
                "holiday calendar that decides about the last day is not published."
            ),
            **named,
        )
    elif is_open:
        outcome = Outcome.AT_RISK
        message = Message(
            _(
                "Up to %(most)d of %(required)d operators missing since %(first)s, after "
                "departures whose replacement is still within its time."
            ),
            **named,
        )
    else:
        outcome = Outcome.MET
        # A shortage on the contract's last day ends with it, before its time ran out.
        message = Message(
            _(
                "Up to %(most)d of %(required)d operators missing from %(first)s to %(last)s, no "
                "longer than the time to make it good."
            ),
            **named,
        )
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=(spell.first, spell.last),
        measured=str(required - missing[worst]),
        required=str(required),
        message=message,
        figures={
            "days": len(days),
            "missing_person_days": sum(missing[day] for day in days),
            "most_missing": missing[worst],
            "uncovered_days": len(late),
            "first_uncovered_on": late[0] if late else None,
            "open": is_open,
        },
        evidence=tuple(
            Evidence("staffing.StaffDay", None, f"{day} {counts[day].assigned if day in counts else 0}")
            for day in (late or days)[:31]
        ),
    )


def _standing(
    contract: ContractFacts, counts: Mapping[date, DayCount], day: date, open_spell: Span | None, *, over: bool
) -> Finding:
    """How it stands now. An open shortage has its own finding: this one only points to it.

    After the contract's last day it says how it stood then, and nothing is pending any more.
    """
    assigned = counts[day].assigned if day in counts else 0
    required = contract.terms.on(day, "headcount")
    if open_spell is None:
        outcome = Outcome.MET
        message = Message(
            _("%(assigned)d operators assigned, %(required)d contracted."), assigned=assigned, required=required
        )
    else:
        outcome = Outcome.MET if over else Outcome.PENDING
        message = Message(
            _("%(assigned)d operators assigned, %(required)d contracted: see the shortage since %(since)s."),
            assigned=assigned,
            required=required,
            since=open_spell.first,
        )
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        measured=str(assigned),
        required=str(required),
        message=message,
        figures={"assigned": assigned, "required": required},
    )
