"""`contract.service_level`: whether the service reached its indicators (13.3, and 12.3, 17 for what follows).

Readings taken here:

- Integers are compared. Where nothing was counted nothing is owed; a window with fewer cases than the
  indicator's least number is not judged.
- A day without figures is unproven: within the time to take them in the window stays open, after it the
  window is undetermined. Of days and any 24 hours one that is known to be below is enough.
- A target that both sides have not confirmed in writing is a reading (口径): below it is at risk, never a breach.
  The same where the readings of a rate differ in their verdict and none is confirmed.
- A day lost to force majeure leaves the count, once two people have approved the excuse (Civil Code 590).
- In a running window of sums nothing is certain, for nobody knows how many will still call. What would still
  save it is told as a number of answered calls.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import ExcuseCause, Outcome
from contract.findings import Evidence, Finding, Message, Subject
from contract.rules.excuses import ExcuseFacts
from contract.terms import POLICIES
from hotline.choices import Window
from hotline.rules.facts import Count, IndicatorFacts, Reading, ServiceFacts
from hotline.rules.spans import Pieces, Span, Tally, days_of, pieces, tally, windows
from law.calendar import Calendar
from law.periods import deadline_after

CHECK = "contract.service_level"
LABEL = "hotline.Indicator"
NAMED_AT_MOST = 31


def service_level(
    contract: ContractFacts, facts: ServiceFacts, calendar: Calendar, as_of: date, excuses: Iterable[ExcuseFacts] = ()
) -> Iterator[Finding]:
    """One finding for each indicator with a target and each window that has begun and in which something is owed."""
    if facts.since is None:
        return
    first = max(contract.judged_from, facts.since)
    excuses = list(excuses)
    for indicator in facts.indicators:
        if indicator.floor is None:
            continue
        lost = lost_days(indicator, excuses, as_of)
        for span in windows(indicator.window, contract.starts_on, contract.last_day):
            if span[1] < first or span[0] > as_of:
                continue
            judged = (max(span[0], first), span[1])
            finding = _finding(contract, facts, indicator, judged, lost, calendar, as_of)
            if finding is not None:
                yield finding


def lost_days(indicator: IndicatorFacts, excuses: Iterable[ExcuseFacts], as_of: date) -> frozenset[date]:
    """The days on which an approved force majeure kept this indicator from being reached."""
    return frozenset(
        day
        for one in excuses
        if one.cause == ExcuseCause.FORCE_MAJEURE and not one.lacks
        if (one.check_id, one.subject_label, one.subject_pk) == (CHECK, LABEL, indicator.pk)
        for day in days_of(one.first, min(one.last or as_of, as_of))
    )


def needed(so_far: Count, floor: Any) -> int | None:
    """How many calls in a row must be answered to reach the target again; None where no number would do."""
    over, under = floor.as_integer_ratio()
    whole = 100 * under
    if so_far.reaches(floor, at_least=True):
        return 0
    if over >= whole:
        return None
    short = over * so_far.whole - whole * so_far.part
    return -(-short // (whole - over))


def chosen(contract: ContractFacts, indicator: IndicatorFacts, day: date) -> tuple[Reading, bool]:
    """The reading that counts on a day, and whether both sides have confirmed it (or there is but one)."""
    if not indicator.policy:
        return next(iter(indicator.readings.values())), True
    key = contract.policies.on(day, indicator.policy)
    return indicator.readings[key], contract.policies.confirmed(day, indicator.policy)


def _finding(
    contract: ContractFacts,
    facts: ServiceFacts,
    indicator: IndicatorFacts,
    span: Span,
    lost: frozenset[date],
    calendar: Calendar,
    as_of: date,
) -> Finding | None:
    reading, agreed = chosen(contract, indicator, span[0])
    until = min(span[1], as_of)
    days = contract.policies.on(span[0], "service_figures_days")
    due = deadline_after(span[1], days=days, roll=contract.roll(span[1]), calendar=calendar)
    still = as_of <= (due.legal or due.nominal)
    measure = _by_piece if indicator.window in (Window.DAY, Window.ANY_24_HOURS) else _by_sum
    results = {
        key: measure(facts, indicator, one, (span[0], until), lost, running=as_of <= span[1], still=still)
        for key, one in indicator.readings.items()
    }
    result = results[reading.key]
    if result is None:
        return None
    outcome, measured, message, figures = result
    message, outcome = _agreed(indicator, agreed, results, outcome, message)
    others = {key: one[1] for key, one in results.items() if one is not None}
    if indicator.policy:
        figures |= {"reading": reading.key, "reading_confirmed": agreed, "readings": others}
    if gone := [day for day in sorted(lost) if span[0] <= day <= until]:
        figures["lost_to_force_majeure"] = gone
        message = Message(LOST, finding=message, days=len(gone))
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=Subject(LABEL, indicator.pk, indicator.title),
        period=span,
        measured=measured,
        required=target_of(indicator),
        message=message,
        figures={"target_confirmed": indicator.confirmed, "window": indicator.window, **figures},
        evidence=tuple(
            Evidence(LABEL, indicator.pk, f"{POLICIES[indicator.policy].choices[key]}: {rate}")  # type: ignore[index]
            for key, rate in others.items()
            if indicator.policy
        ),
    )


Result = tuple[Outcome, str, Message, dict[str, Any]]
LOST = _("%(finding)s %(days)d days lost to force majeure have left the count.")
UNCONFIRMED = _("%(finding)s The target is not confirmed by both sides in writing yet: a warning, no breach.")
UNCONFIRMED_MET = _("%(finding)s The target is not confirmed by both sides in writing yet.")
TWO_READINGS = _("%(finding)s Other readings of the rate come to the other verdict, and none is confirmed.")


def _agreed(
    indicator: IndicatorFacts, agreed: bool, results: Mapping[str, Result | None], outcome: Outcome, message: Message
) -> tuple[Message, Outcome]:
    """No breach of what both sides have not agreed on; what depends on a reading says so."""
    verdicts = {one[0] for one in results.values() if one is not None}
    if not agreed and outcome in (Outcome.MET, Outcome.NOT_MET) and {Outcome.MET, Outcome.NOT_MET} <= verdicts:
        return Message(TWO_READINGS, finding=message), Outcome.AT_RISK
    if not indicator.confirmed and outcome == Outcome.NOT_MET:
        return Message(UNCONFIRMED, finding=message), Outcome.AT_RISK
    if not indicator.confirmed and outcome == Outcome.MET:
        return Message(UNCONFIRMED_MET, finding=message), outcome
    return message, outcome


def _by_sum(
    facts: ServiceFacts,
    indicator: IndicatorFacts,
    reading: Reading,
    span: Span,
    lost: frozenset[date],
    *,
    running: bool,
    still: bool,
) -> Result | None:
    found = tally(facts, reading, *span, lost)
    count, floor = found.count, indicator.floor
    assert floor is not None
    figures: dict[str, Any] = {"part": count.part, "whole": count.whole}
    if found.missing and not still:
        figures["missing"] = _named(found)
        rate = indicator.rate(count) if count.whole else "–"
        return Outcome.UNDETERMINED, rate, Message(MISSING, days=len(found.missing), rate=rate), figures
    if count.whole < max(indicator.minimum, 1):
        return None
    rate = indicator.rate(count)
    named = {"rate": rate, "part": count.part, "whole": count.whole, "target": target_of(indicator)}
    reached = count.reaches(floor, at_least=indicator.at_least)
    if not running and not found.missing:
        return (
            (Outcome.MET, rate, Message(REACHED, **named), figures)
            if reached
            else (Outcome.NOT_MET, rate, Message(BELOW, **named), figures)
        )
    if reached:
        return Outcome.PENDING, rate, Message(SO_FAR, **named), figures
    if indicator.at_least and (calls := needed(count, floor)) is not None:
        figures["needed"] = calls
        return Outcome.AT_RISK, rate, Message(SAVED_BY, **named, calls=calls), figures
    return Outcome.AT_RISK, rate, Message(BELOW_SO_FAR, **named), figures


def _by_piece(
    facts: ServiceFacts,
    indicator: IndicatorFacts,
    reading: Reading,
    span: Span,
    lost: frozenset[date],
    *,
    running: bool,
    still: bool,
) -> Result | None:
    found = pieces(facts, indicator, reading, *span, lost)
    rate = indicator.rate(found.worst) if found.worst else "–"
    figures: dict[str, Any] = {"judged": found.known, "below": found.below}
    named: dict[str, Any] = {"rate": rate, "target": target_of(indicator)}
    if found.worst and found.begins:
        day, half = found.begins
        figures |= {"part": found.worst.part, "whole": found.worst.whole, "begins_on": day, "begins_at": clock(half)}
        named |= {"part": found.worst.part, "whole": found.worst.whole, "day": day, "time": clock(half)}
    if found.by_day_only:
        figures["by_day_only"] = True
    if found.below:
        return Outcome.NOT_MET, rate, Message(PIECE_BELOW, **named, below=found.below), figures
    if found.missing and not still:
        figures["missing"] = _named(found)
        return Outcome.UNDETERMINED, rate, Message(MISSING, days=len(found.missing), rate=rate), figures
    if found.worst is None:
        return None
    if running or found.missing:
        return Outcome.PENDING, rate, Message(PIECE_SO_FAR, **named), figures
    message = Message(PIECE_REACHED, **named)
    return Outcome.MET, rate, Message(BY_DAY_ONLY, finding=message) if found.by_day_only else message, figures


def clock(half: int) -> str:
    """Where a half hour begins: 17 is 08:30."""
    return f"{half // 2:02d}:{half % 2 * 30:02d}"


def _named(found: Tally | Pieces) -> list[date]:
    return list(found.missing[:NAMED_AT_MOST])


def target_of(indicator: IndicatorFacts) -> str:
    floor = indicator.floor
    assert floor is not None
    return f"{'≥' if indicator.at_least else '≤'} {floor.normalize():f}%"


REACHED = _("%(rate)s (%(part)d of %(whole)d), %(target)s is reached.")
BELOW = _("%(rate)s (%(part)d of %(whole)d), %(target)s is not reached.")
SO_FAR = _("%(rate)s so far (%(part)d of %(whole)d), %(target)s.")
BELOW_SO_FAR = _("%(rate)s so far (%(part)d of %(whole)d), on the wrong side of %(target)s.")
SAVED_BY = _(
    "%(rate)s so far (%(part)d of %(whole)d), below %(target)s. %(calls)d calls more, all of them answered, would "
    "bring it back."
)
MISSING = _("%(days)d days have no figures; what is known gives %(rate)s. The service is unproven for this time.")
PIECE_BELOW = _(
    "The lowest stretch gives %(rate)s (%(part)d of %(whole)d, from %(day)s %(time)s), %(target)s is not reached. "
    "Stretches below: %(below)d."
)
PIECE_SO_FAR = _("The lowest stretch so far gives %(rate)s (%(part)d of %(whole)d, from %(day)s %(time)s), %(target)s.")
PIECE_REACHED = _(
    "Also the lowest stretch gives %(rate)s (%(part)d of %(whole)d, from %(day)s %(time)s): %(target)s is reached."
)
BY_DAY_ONLY = _("%(finding)s Some days are known as a whole only: there the calendar day was judged.")
