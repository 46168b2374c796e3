"""The on-post rate (article 13.4): one finding for each window, an error budget in person-days.

Readings taken here:

- The window is a policy; figures keep the window and the floor under which they were read. Where
  either changes by a dated value, the running window ends on the day before.
- Person-days missed because of force majeure leave the count, once two people have approved the excuse and
  an authority's proof is there (Civil Code 590): they were not in place, so fewer are required.
- A breach is certain once the best case of the whole window lies below the floor, also while the
  window still runs: full attendance on its remaining days could not repair it.
- Past the reporting time a person-day without a report is unproven. It is no pass, and alone no
  breach: between the worst and the best case the finding is undetermined. A post without anybody is
  no such day once the contract's first assignment is on record: it is not in place, reported or not.
- Within the reporting time it counts as in place for the time being, and the window stays open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Evidence, Finding, Message
from contract.rules.excuses import ExcuseFacts
from law.comparisons import budget, share_at_least
from law.periods import contract_quarters, month_windows
from staffing.rules.ledger import Ledger, Tally
from staffing.rules.presence import ONE_DAY, DayCount, Span

CHECK = "staffing.on_post_rate"
DAY, MONTH, QUARTER = "day", "calendar_month", "contract_quarter"
EVIDENCE_AT_MOST = 31


def on_post_rate(
    contract: ContractFacts, counts: Mapping[date, DayCount], as_of: date, excuses: Iterable[ExcuseFacts] = ()
) -> Iterator[Finding]:
    """One finding for each window that has begun; nothing where nobody is required."""
    excuses = list(excuses)
    ledger = Ledger(contract, counts, as_of, excuses)
    for window in windows(contract, as_of):
        if ledger.sum(window.first, min(window.last, as_of)).required:
            yield _finding(contract, ledger, window, excuses)


def windows(contract: ContractFacts, as_of: date) -> Iterator[Span]:
    """The windows that have begun by a day, by the policy in force on their first day."""
    first, end = contract.starts_on, min(contract.last_day, as_of)
    while first <= end:
        last = min(
            natural_window(contract, first, contract.policies.on(first, "on_post_window")).last,
            _last_day_of_reading(contract, first),
        )
        yield Span(first, last)
        first = last + ONE_DAY


def natural_window(contract: ContractFacts, day: date, kind: str) -> Span:
    """The day, calendar month or contract quarter around a day, clipped to the contract's life."""
    if kind == DAY:
        return Span(day, day)
    pieces = _pieces(contract.starts_on, contract.ends_on, kind)
    first, last = next(piece for piece in pieces if piece[0] <= day <= piece[1])
    return Span(first, min(last, contract.last_day))


@lru_cache(maxsize=256)
def _pieces(starts_on: date, ends_on: date, kind: str) -> list[tuple[date, date]]:
    cut = contract_quarters if kind == QUARTER else month_windows
    return cut(starts_on, ends_on)


def _last_day_of_reading(contract: ContractFacts, first: date) -> date:
    """The last day on which window and floor are still those of `first`."""
    readings = ((contract.policies, "on_post_window"), (contract.terms, "on_post_floor_percent"))
    changes = [
        row.effective_from
        for book, key in readings
        for row in book.changes(key)
        if row.effective_from > first and row.value != book.on(first, key)
    ]
    return min(changes) - ONE_DAY if changes else contract.last_day


def _finding(contract: ContractFacts, ledger: Ledger, window: Span, excuses: Sequence[ExcuseFacts]) -> Finding:
    floor: Decimal = contract.terms.on(window.first, "on_post_floor_percent")
    until = min(window.last, ledger.as_of)
    judged = Span(max(window.first, contract.judged_from), window.last)
    whole = ledger.sum(window.first, window.last)
    elapsed = ledger.sum(window.first, until)
    outcome = standing(elapsed, whole.required, floor, complete=ledger.as_of >= window.last)
    allowed = budget(whole.required, floor)
    figures: dict[str, Any] = {
        "window": contract.policies.on(window.first, "on_post_window"),
        "window_confirmed": contract.policies.confirmed(window.first, "on_post_window"),
        "floor_percent": f"{floor.normalize():f}",
        "until": until,
        "required": whole.required,
        "required_so_far": elapsed.required,
        "in_place_best": elapsed.best,
        "in_place_worst": elapsed.now,
        "reported_in_place": elapsed.sure,
        "unproven": elapsed.unproven,
        "awaiting_report": elapsed.provisional,
        "budget": allowed,
        "spent": elapsed.absent,
        "spent_worst": elapsed.absent + elapsed.unproven,
        "left": allowed - elapsed.absent,
        "ran_out_on": _ran_out_on(ledger, window, allowed),
        "forecast_on": forecast_on(judged, until, elapsed.absent, allowed),
        "other_readings": other_readings(contract, ledger, window, until),
    }
    message, evidence = _message(outcome, elapsed, figures), tuple(_evidence(ledger, window.first, until))
    if ledger.is_silent:
        message = Message(NOBODY_TOLD, required=elapsed.required)
    elif not allowed and figures["window"] != DAY:
        message = Message(STUB, finding=message, days=(judged.last - judged.first).days + 1)
    if judged.first > window.first:
        figures["judged_from"] = judged.first
        message = Message(JUDGED_FROM, finding=message, day=judged.first)
    if lost := sum(ledger.lost.get(day, 0) for day in Span(window.first, until).days()):
        figures["lost_to_force_majeure"] = lost
        message = Message(LOST, finding=message, lost=lost)
        evidence += tuple(
            Evidence("contract.Excuse", one.pk, one.title) for one in excuses if one.check_id == CHECK and not one.lacks
        )
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=contract.subject,
        period=(window.first, window.last),
        measured=elapsed.rate(),
        required=f"{figures['floor_percent']}%",
        message=message,
        figures=figures,
        evidence=evidence,
    )


# A month that the term, or a changed reading, cuts to a day or two: said, for nobody expects it.
STUB = _("%(finding)s This window has only %(days)d days: no person-day at all may be missing in it.")
NOBODY_TOLD = _(
    "No assignment is on record: all %(required)d person-days so far are unproven. Take in the list of people and "
    "their attendance, or ask the vendor for them."
)
# Whoever reports nothing stands no better than whoever reports: an empty post is on record, a day untold is not.
MISSED_UNPROVEN = _(
    "On-post rate %(rate)s, below %(floor)s also in the best case, in which everybody who is not reported was on post: "
    "%(spent)d person-days not in place, %(budget)d allowed. %(unproven)d more are not reported: the vendor is asked "
    "for the reports."
)
JUDGED_FROM = _("%(finding)s Judged from %(day)s, from which day on this program is in use.")
LOST = _("%(finding)s %(lost)d person-days missed because of force majeure have left the count.")


def standing(elapsed: Tally, required: int, floor: Decimal, *, complete: bool) -> Outcome:
    """Where a window stands that requires `required` person-days in all."""
    ahead = required - elapsed.required
    if not share_at_least(elapsed.best + ahead, required, floor):
        return Outcome.NOT_MET
    if complete and share_at_least(elapsed.sure, required, floor):
        return Outcome.MET
    if not share_at_least(elapsed.now + ahead, required, floor):
        return Outcome.UNDETERMINED
    if not complete and not share_at_least(elapsed.best, elapsed.required, floor):
        return Outcome.AT_RISK
    return Outcome.PENDING


def other_readings(contract: ContractFacts, ledger: Ledger, window: Span, until: date) -> dict[str, Any]:
    """What the readings that were not chosen would say, up to the same day."""
    chosen = contract.policies.on(window.first, "on_post_window")
    floor = contract.terms.on(window.first, "on_post_floor_percent")
    readings: dict[str, Any] = {}
    if chosen != DAY:
        days = [(day, tally) for day, tally in ledger.by_day(window.first, until) if tally.required]
        worst, tally = min(days, key=lambda d: (_share(d[1].best, d[1].required), d[0]))
        readings[DAY] = {
            "lowest_on": worst,
            "lowest": tally.rate(),
            "below_floor": sum(not share_at_least(t.best, t.required, floor) for _d, t in days),
        }
    for kind in (MONTH, QUARTER):
        if kind != chosen:
            span = natural_window(contract, until, kind)
            tally = ledger.sum(span.first, until)
            readings[kind] = {"from": span.first, "until": until, "rate": tally.rate()}
    return readings


_share = lru_cache(maxsize=4096)(Fraction)
"""Of the few people of a day: the same few shares day by day."""


def _ran_out_on(ledger: Ledger, window: Span, allowed: int) -> date | None:
    """The day on which certain absences used up more than the budget."""
    spent = 0
    for day, tally in ledger.by_day(window.first, min(window.last, ledger.as_of)):
        spent += tally.absent
        if spent > allowed:
            return day
    return None


def forecast_on(window: Span, until: date, spent: int, allowed: int) -> date | None:
    """The day on which the budget runs out at the present pace, if inside the window."""
    if not spent or spent > allowed or until >= window.last:
        return None
    elapsed = (until - window.first).days + 1
    day = window.first + timedelta(days=allowed * elapsed // spent)
    return day if day <= window.last else None


def _message(outcome: Outcome, elapsed: Tally, figures: Mapping[str, Any]) -> Message:
    named = {
        "rate": elapsed.rate(),
        "floor": f"{figures['floor_percent']}%",
        "spent": figures["spent"],
        "budget": figures["budget"],
        "unproven": figures["unproven"],
        "waiting": figures["awaiting_report"],
        "left": figures["left"],
    }
    if outcome == Outcome.NOT_MET and figures["unproven"]:
        return Message(MISSED_UNPROVEN, **named)
    if outcome == Outcome.NOT_MET:
        return Message(
            _(
                "On-post rate %(rate)s, below %(floor)s also in the best case: %(spent)d "
                "person-days not in place, %(budget)d allowed."
            ),
            **named,
        )
    if outcome == Outcome.MET:
        if figures["unproven"]:
            return Message(PASSED_UNPROVEN, **named, worst=figures["spent_worst"])
        return Message(_("On-post rate %(rate)s: %(spent)d of %(budget)d person-days used."), **named)
    if outcome == Outcome.UNDETERMINED:
        return Message(
            _(
                "%(unproven)d person-days are not reported. The rate (%(rate)s) may lie on either "
                "side of %(floor)s: the vendor is asked for proof."
            ),
            **named,
        )
    if outcome == Outcome.AT_RISK and figures["forecast_on"] is not None:
        return Message(
            _(
                "At the present pace the budget runs out on %(day)s and the rate (%(rate)s so far) "
                "falls below %(floor)s: %(spent)d of %(budget)d person-days used. A warning, no "
                "breach."
            ),
            **named,
            day=figures["forecast_on"],
        )
    if outcome == Outcome.AT_RISK:
        return Message(
            _(
                "At the present pace the rate (%(rate)s so far) falls below %(floor)s: %(spent)d "
                "of %(budget)d person-days used."
            ),
            **named,
        )
    if figures["unproven"]:
        return Message(SO_FAR_UNPROVEN, **named, worst=figures["spent_worst"])
    return Message(
        _(
            "On-post rate %(rate)s so far: %(spent)d of %(budget)d person-days used, %(waiting)d "
            "reports still within their time."
        ),
        **named,
    )


# What is not proven may have been spent as well: both ends are shown.
PASSED_UNPROVEN = _(
    "On-post rate %(rate)s: %(spent)d of %(budget)d person-days used, in the worst case %(worst)d (%(unproven)d are "
    "not proven)."
)
SO_FAR_UNPROVEN = _(
    "On-post rate %(rate)s so far: %(spent)d of %(budget)d person-days used, in the worst case %(worst)d (%(unproven)d "
    "are not proven), %(waiting)d reports still within their time."
)


def _evidence(ledger: Ledger, first: date, until: date) -> Iterator[Evidence]:
    """The days that cost something, the dearest first, at most a month of them."""
    days = [(day, tally) for day, tally in ledger.by_day(first, until) if tally.now < tally.required]
    days.sort(key=lambda item: (item[1].now - item[1].required, item[0]))
    for day, tally in days[:EVIDENCE_AT_MOST]:
        yield Evidence("staffing.StaffDay", None, f"{day} {tally.now}/{tally.required}")
