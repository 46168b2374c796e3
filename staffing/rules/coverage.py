"""Coverage of the hours of service: one finding for each calendar month, to the minute.

Readings taken here:

- Only minutes on which the contract asks for service are looked at: all of them where it says nothing.
- A minute is covered while as many are reported on duty as the contract asks for at that hour or,
  where it names no number, the policy of its day. It is
  certainly uncovered where not even everybody planned, and everybody who was on duty at hours that
  nobody told, would have been enough: that alone makes a gap.
- Between the two, and where no rota is known at all, nothing can be said: undetermined once the
  reporting time has passed, never a pass and never alone a breach.
- A day is judged when it is over. What the days ahead leave uncovered can still be planned: at
  risk.
- A gap across midnight is one gap; at the end of a month it is told in both.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message, restored
from contract.rules.foresight import this_day
from law.periods import month_windows
from staffing.rules.months import NOTHING_KNOWN, Months
from staffing.rules.presence import ONE_DAY, Span
from staffing.rules.spans import DAY_MINUTES

CHECK = "staffing.coverage"
NAMED, LISTED = 3, 31
WHOLE_DAY = ((0, DAY_MINUTES),)


@dataclass(frozen=True)
class DutyFact:
    """The roll-up of one day; steps as in `staffing.rules.duty`."""

    planned: int
    loose: int
    steps: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Interval:
    """From a minute of a day to a minute of the same or a later one (1440: its midnight)."""

    first: date
    start: int
    last: date
    end: int

    @property
    def minutes(self) -> int:
        return (self.last - self.first).days * DAY_MINUTES + self.end - self.start

    def __str__(self) -> str:
        until = _clock(self.end)
        if self.last != self.first:
            until = f"{self.last} {until}"
        return f"{self.first} {_clock(self.start)}–{until}"


@dataclass
class _Month:
    """What was found of a month: uncovered for certain, perhaps, or without a rota; and ahead."""

    short: list[Interval] = field(default_factory=list)
    unproven: list[Interval] = field(default_factory=list)
    unplanned: list[Interval] = field(default_factory=list)
    ahead: list[Interval] = field(default_factory=list)
    waiting: int = 0


def coverage(
    contract: ContractFacts, days: Mapping[date, DutyFact], as_of: date, months: Months = NOTHING_KNOWN
) -> Iterator[Finding]:
    """One finding for each month that has begun, and for the next one where it is at risk."""
    as_of = this_day(as_of)
    until = horizon(contract, as_of)
    for first, last in month_windows(contract.starts_on, contract.last_day):
        if first > until:
            break
        if kept := months.known.get((first, last)):
            yield restored(kept)
            continue
        found = _look(contract, days, (max(first, contract.judged_from), min(last, until)), as_of)
        if first <= as_of or found.ahead:
            finding = _finding(contract, (first, last), found, as_of)
            months.keep((first, last), finding)
            yield finding


def months_settled(contract: ContractFacts, as_of: date) -> list[tuple[date, date]]:
    """The calendar months of which every report was due: what is known of them tells all."""
    as_of = this_day(as_of)
    return [
        (first, last)
        for first, last in month_windows(contract.starts_on, contract.last_day)
        if last < as_of
        and all(
            (as_of - day).days > contract.policies.on(day, "attendance_report_days") for day in Span(first, last).days()
        )
    ]


def demand_text(contract: ContractFacts) -> str:
    """What the contract asks for by the minute, as a text: equal for equal demands."""
    terms = [contract.terms.changes(key) for key in ("service_days", "service_hours", "minimum_by_hours")]
    policies = [contract.policies.changes(key) for key in ("attendance_report_days", "minimum_on_duty")]
    return f"{contract.subject} {contract.judged_from} {contract.starts_on} {contract.last_day} {terms} {policies} "


def horizon(contract: ContractFacts, as_of: date) -> date:
    """The last of the coming days on which the rota is looked at."""
    days: int = contract.policies.on(as_of, "coverage_warning_days")
    return as_of + timedelta(days=days)


def _look(contract: ContractFacts, days: Mapping[date, DutyFact], span: tuple[date, date], as_of: date) -> _Month:
    found = _Month()
    day = span[0]
    while day <= span[1]:
        fact = days.get(day)
        reporting = contract.policies.on(day, "attendance_report_days")
        parts: list[tuple[int, int, bool | None]] = []
        for first, last, minimum in demanded(contract, day):
            if fact is None or not fact.planned:
                parts.append((first, last, None))
            else:
                parts += lacking(fact, minimum, first, last)
        for start, end, certain in parts:
            if day >= as_of:
                if certain is not False:
                    _add(found.ahead, day, start, end)
            elif certain:
                _add(found.short, day, start, end)
            elif (as_of - day).days <= reporting:
                found.waiting += 1
            else:
                _add(found.unplanned if certain is None else found.unproven, day, start, end)
        day += ONE_DAY
    return found


def demanded(contract: ContractFacts, day: date) -> list[tuple[int, int, int]]:
    """What the contract asks for on a day: from a minute to another one so many people, in order."""
    if not contract.serves_on(day):
        return []
    bands = contract.terms.row(day, "minimum_by_hours")
    if bands is not None:
        return list(bands.value)
    minimum: int = contract.policies.on(day, "minimum_on_duty")
    return [(start, end, minimum) for start, end in contract.terms.on(day, "service_hours")]


def lacking(
    fact: DutyFact, minimum: int, first: int = 0, last: int = DAY_MINUTES
) -> Iterator[tuple[int, int, bool | None]]:
    """The minutes on which fewer than the minimum are known to be on duty: from, to, certain."""
    steps = fact.steps
    for place, (start, sure, maybe) in enumerate(steps):
        end = steps[place + 1][0] if place + 1 < len(steps) else DAY_MINUTES
        if sure < minimum and max(start, first) < min(end, last):
            yield max(start, first), min(end, last), sure + maybe + fact.loose < minimum


HALF = 30


def half_hours(fact: DutyFact | None) -> list[tuple[int, int]]:
    """The fewest on duty in each half hour of a day: known for certain, and with everybody not reported."""
    steps = list(fact.steps) if fact else []
    loose = fact.loose if fact else 0
    found = []
    for start in range(0, DAY_MINUTES, HALF):
        before = [step for step in steps if step[0] <= start][-1:]
        within = before + [step for step in steps if start < step[0] < start + HALF]
        sure = min((step[1] for step in within), default=0)
        found.append((sure, min((step[1] + step[2] for step in within), default=0) + loose))
    return found


def asked_by_half_hour(contract: ContractFacts, day: date) -> list[int]:
    """How many the contract asks for in each half hour of a day; 0 where it asks for nobody."""
    bands = demanded(contract, day)
    return [
        max((minimum for first, last, minimum in bands if first < start + HALF and start < last), default=0)
        for start in range(0, DAY_MINUTES, HALF)
    ]


def _add(intervals: list[Interval], day: date, start: int, end: int) -> None:
    """One more stretch, joined to the one before where it follows without a break."""
    if intervals:
        before = intervals[-1]
        if (before.last, before.end) == (day, start) or (
            before.end == DAY_MINUTES and start == 0 and before.last + ONE_DAY == day
        ):
            intervals[-1] = Interval(before.first, before.start, day, end)
            return
    intervals.append(Interval(day, start, day, end))


def _finding(contract: ContractFacts, month: tuple[date, date], found: _Month, as_of: date) -> Finding:
    short, open_ = total(found.short), total(found.unproven) + total(found.unplanned)
    outcome = _outcome(found, complete=as_of > month[1])
    minimum = contract.policies.on(month[0], "minimum_on_duty")
    figures: dict[str, Any] = {
        "minimum": minimum,
        "minimum_confirmed": contract.policies.confirmed(month[0], "minimum_on_duty"),
        "uncovered_minutes": short,
        "unproven_minutes": total(found.unproven),
        "minutes_without_rota": total(found.unplanned),
        "uncovered": _texts(found.short),
        "unproven": _texts(found.unproven),
        "without_rota": _texts(found.unplanned),
        "ahead": _texts(found.ahead),
    }
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=month,
        measured=f"{short} min" if not open_ else f"{short}–{short + open_} min",
        required="0 min",
        message=_message(outcome, found, minimum, round_the_clock=_is_round_the_clock(contract, month[0])),
        figures=figures,
        evidence=tuple(
            Evidence("staffing.DutyDay", None, str(interval))
            for interval in (found.short or found.unproven or found.unplanned or found.ahead)[:LISTED]
        ),
    )


def _outcome(found: _Month, *, complete: bool) -> Outcome:
    if found.short:
        return Outcome.NOT_MET
    if found.unproven or found.unplanned:
        return Outcome.UNDETERMINED
    if found.ahead:
        return Outcome.AT_RISK
    return Outcome.MET if complete and not found.waiting else Outcome.PENDING


def _is_round_the_clock(contract: ContractFacts, day: date) -> bool:
    """Whether every minute of every day is asked for, by one number of people."""
    return (
        contract.terms.on(day, "service_days") == "every_day"
        and contract.terms.on(day, "service_hours") == WHOLE_DAY
        and contract.terms.row(day, "minimum_by_hours") is None
    )


def _message(outcome: Outcome, found: _Month, minimum: int, *, round_the_clock: bool) -> Message:
    if not round_the_clock and (outcome == Outcome.MET or found.short or found.unproven or found.ahead):
        return _message_of_hours(outcome, found)
    if outcome == Outcome.NOT_MET:
        return Message(
            _("Fewer than %(minimum)d on duty for %(minutes)d minutes in all: %(named)s."),
            minimum=minimum,
            minutes=total(found.short),
            named=_named(found.short),
        )
    if outcome == Outcome.UNDETERMINED and found.unproven:
        return Message(
            _(
                "Whether %(minimum)d was on duty is not proven for %(minutes)d minutes, such as "
                "%(named)s: the vendor is asked for the rota and the attendance of these days."
            ),
            minimum=minimum,
            minutes=total(found.unproven) + total(found.unplanned),
            named=_named(found.unproven),
        )
    if outcome == Outcome.UNDETERMINED:
        return Message(
            _("No rota is on record for %(named)s. Nothing is concluded from that: the vendor is asked for it."),
            named=_named(found.unplanned),
        )
    if outcome == Outcome.AT_RISK:
        return Message(
            _("The rota of the coming days leaves fewer than %(minimum)d on duty: %(named)s."),
            minimum=minimum,
            named=_named(found.ahead),
        )
    if outcome == Outcome.MET:
        return Message(_("At least %(minimum)d on duty at every minute of the month."), minimum=minimum)
    return Message(_("No minute without duty so far."))


def _message_of_hours(outcome: Outcome, found: _Month) -> Message:
    """The same where only some hours are owed, or not by the same number at each."""
    if outcome == Outcome.NOT_MET:
        return Message(
            _("Fewer on duty than the contract asks for, for %(minutes)d minutes of its hours: %(named)s."),
            minutes=total(found.short),
            named=_named(found.short),
        )
    if outcome == Outcome.UNDETERMINED:
        return Message(
            _(
                "Whether enough were on duty is not proven for %(minutes)d minutes of service, such as %(named)s: "
                "the vendor is asked for the rota and the attendance of these days."
            ),
            minutes=total(found.unproven) + total(found.unplanned),
            named=_named(found.unproven or found.unplanned),
        )
    if outcome == Outcome.AT_RISK:
        return Message(
            _("The rota of the coming days leaves hours of service short: %(named)s."), named=_named(found.ahead)
        )
    if outcome == Outcome.MET:
        return Message(_("Enough on duty at every minute of service of the month."))
    return Message(_("No minute without duty so far."))


def total(intervals: Iterable[Interval]) -> int:
    return sum(interval.minutes for interval in intervals)


def _named(intervals: Sequence[Interval]) -> str:
    more = f" … (+{len(intervals) - NAMED})" if len(intervals) > NAMED else ""
    return "; ".join(map(str, intervals[:NAMED])) + more


def _texts(intervals: Sequence[Interval]) -> list[str]:
    return [str(interval) for interval in intervals[:LISTED]]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
