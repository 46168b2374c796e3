"""Where the clauses of a contract collide with each other, before it goes live.

Each scenario replays the contract's own figures and readings on every day of its term and says
whether keeping one clause breaks another, with the readings that remove the collision. Nothing is
assumed about the figures: a contract with others gives other answers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.findings import Message
from contract.terms import POLICIES, TERMS
from contract.values import NoValue
from law.calendar import ONE_DAY, Calendar
from law.comparisons import budget, floor_percent, share_at_least
from law.money import lpr_one_year_on
from law.periods import Roll, contract_quarters, deadline_after, month_windows
from law.references import sme_late_interest_on


@dataclass(frozen=True)
class Conflict:
    """What a scenario shows: whether the clauses collide, in figures, and what removes it.

    `policies` are the readings that settle it; a board shows whether both sides confirmed them.
    """

    code: str
    clauses: tuple[str, ...]
    collides: bool
    statement: Message
    readings: tuple[Message, ...] = ()
    policies: tuple[str, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Replay:
    """A contract's figures as they stand on its first day, and the days of its term."""

    contract: ContractFacts
    calendar: Calendar
    _longest: dict[tuple[int, Roll | None], tuple[int, date]] = field(default_factory=dict)

    def term(self, key: str) -> Any:
        return self.contract.terms.on(self.contract.starts_on, key)

    def policy(self, key: str) -> Any:
        return self.contract.policies.on(self.contract.starts_on, key)

    def clauses(self, *check_ids: str) -> tuple[str, ...]:
        """The contract's own clauses that carry these checks."""
        return self.contract.clauses_of(*check_ids)

    def days(self) -> Iterator[date]:
        day = self.contract.starts_on
        while day <= self.contract.ends_on:
            yield day
            day += ONE_DAY

    def longest(self, days: int, roll: Roll | None = None) -> tuple[int, date]:
        """The most days that a period of `days` can take under the roll, and its first event."""
        if (days, roll) not in self._longest:
            self._longest[days, roll] = max(
                (self._length(event, days, roll or self.contract.roll(event)), event) for event in self.days()
            )
        return self._longest[days, roll]

    def shortest_months(self, months: int) -> int:
        """The fewest days that so many months can have within the term."""
        return min((day + relativedelta(months=months) - day).days for day in self.days())

    def windows(self) -> Mapping[str, list[tuple[date, date]]]:
        """The windows of the rate, by the values of its policy."""
        first, last = self.contract.starts_on, self.contract.ends_on
        return {"calendar_month": month_windows(first, last), "contract_quarter": contract_quarters(first, last)}

    def _length(self, event: date, days: int, roll: Roll) -> int:
        due = deadline_after(event, days=days, roll=roll, calendar=self.calendar)
        return (due.last_day - event).days


def conflicts(contract: ContractFacts, calendar: Calendar) -> list[Conflict]:
    """Every scenario that the contract has the figures for."""
    replay = Replay(contract, calendar)
    found: list[Conflict] = []
    for scenario in SCENARIOS:
        try:
            found += scenario(replay)
        except NoValue:
            continue  # the contract has no such clause, so nothing can collide with it
    return found


def vacancy_by_day(replay: Replay) -> Iterator[Conflict]:
    """One empty post against the floor of the rate on that very day."""
    headcount, floor = replay.term("headcount"), replay.term("on_post_floor_percent")
    if not headcount:
        return
    days = replay.term("backfill_days")
    collides = not share_at_least(headcount - 1, headcount, floor)
    params = {"headcount": headcount, "rate": floor_percent(headcount - 1, headcount), "floor": floor, "days": days}
    yield Conflict(
        "vacancy_by_day",
        replay.clauses("staffing.on_post_rate", "staffing.backfill"),
        collides,
        Message(DAY_COLLIDES if collides else DAY_AGREES, **params),
        (Message(READ_BY_MONTH),) if collides else (),
        ("on_post_window",),
        params,
    )


DAY_COLLIDES = _(
    "One empty post of %(headcount)d leaves an on-post rate of %(rate)s on that day, below "
    "%(floor)s %%. Read by the day, nobody could ever use the %(days)d days to fill it."
)
DAY_AGREES = _(
    "One empty post of %(headcount)d leaves an on-post rate of %(rate)s on that day, not below "
    "%(floor)s %%; the %(days)d days to fill it stay usable."
)
READ_BY_MONTH = _(
    "Read the rate over a longer window (calendar month or contract quarter), so that a vacancy "
    "filled in time does not break it."
)


def vacancy_by_window(replay: Replay) -> Iterator[Conflict]:
    """One vacancy filled on its last day, against the budget of the smallest window."""
    headcount, floor = replay.term("headcount"), replay.term("on_post_floor_percent")
    if not headcount:
        return
    days, _event = replay.longest(replay.term("backfill_days"))
    for window, spans in replay.windows().items():
        whole = [(last - first).days + 1 for first, last in spans]
        shortest = min(whole)
        smallest = budget(headcount * shortest, floor)
        carried = min(budget(headcount * length, floor) // min(days, length) for length in whole)
        params = {
            "window": POLICIES["on_post_window"].display(window),
            "shortest": shortest,
            "budget": smallest,
            "days": days,
            "carried": carried,
        }
        collides = carried < 1
        yield Conflict(
            f"vacancy_by_{window}",
            replay.clauses("staffing.on_post_rate", "staffing.backfill"),
            collides,
            Message(WINDOW_COLLIDES if collides else WINDOW_AGREES, **params),
            _window_readings(collides, params),
            ("on_post_window", "deadline_roll"),
            params,
        )


def _window_readings(collides: bool, params: Mapping[str, Any]) -> tuple[Message, ...]:
    if not collides:
        return (Message(READ_SEVERAL, **params),)
    stub = (Message(READ_STUB, **params),) if not params["budget"] else ()
    return (*stub, Message(READ_LONGER))


READ_STUB = _(
    "The shortest window of the term has only %(shortest)d days, in which no person-day at all may be missing: agree "
    "that it is counted together with its neighbour."
)
WINDOW_COLLIDES = _(
    "Read over the %(window)s, %(budget)d person-days may be missing, but one vacancy filled on "
    "its last day costs up to %(days)d."
)
WINDOW_AGREES = _(
    "Read over the %(window)s, %(budget)d person-days may be missing and one vacancy filled on its "
    "last day costs up to %(days)d: %(carried)d at a time can be carried."
)
READ_LONGER = _("Read the rate over a longer window, or agree on fewer days to fill a vacancy.")
READ_SEVERAL = _(
    "More than %(carried)d vacancies at a time break the rate although each is filled in time: "
    "agree that both clauses hold beside each other, or that days within the time to fill a "
    "vacancy do not count."
)


def training(replay: Replay) -> Iterator[Conflict]:
    """The training before trial against each time in which a person must be on post."""
    months = replay.term("training_months")
    if not months:
        return
    needed = replay.shortest_months(months)
    for key in ("replacement_days", "backfill_days", "headcount_notice_days"):
        try:
            days = replay.term(key)
        except NoValue:
            continue
        # A notice "N days ahead" is counted back (Civil Code 201): no rest day makes it longer.
        allowed = days if key in COUNTED_BACK else replay.longest(days)[0]
        collides = allowed < needed
        params = {"what": str(TERMS[key].label), "days": days, "needed": needed, "allowed": allowed}
        yield Conflict(
            f"training_{key}",
            replay.clauses(TERMS[key].check, "staffing.training"),
            collides,
            Message(_training_statement(key, collides), **params),
            (Message(READ_RESERVE), Message(READ_TRAINING)) if collides else (),
            (),
            params,
        )


def _training_statement(key: str, collides: bool) -> str:
    if not collides:
        return TRAINING_AGREES
    return AHEAD_COLLIDES if key in COUNTED_BACK else TRAINING_COLLIDES


COUNTED_BACK = frozenset({"headcount_notice_days"})
AHEAD_COLLIDES = _(
    "“%(what)s” comes %(days)d days ahead, counted back from the day it takes effect and never longer for rest days; "
    "a newly hired person is trained for at least %(needed)d days before trial."
)
TRAINING_COLLIDES = _(
    "“%(what)s” gives %(days)d days (at most %(allowed)d with rest days), but a newly hired person "
    "is trained for at least %(needed)d days before trial."
)
TRAINING_AGREES = _("“%(what)s” gives %(days)d days, enough for the %(needed)d days of training.")
READ_RESERVE = _(
    "The vendor keeps people in reserve who are trained already; the training is for newly hired "
    "people before they enter that reserve."
)
READ_TRAINING = _(
    "Or: the days run until a named person starts the training, and a trainee does not count as in place."
)


def headcount_or_amendment(replay: Replay) -> Iterator[Conflict]:
    """A change of the headcount: days ahead under one clause, months ahead under another."""
    days, months = replay.term("headcount_notice_days"), replay.term("amendment_notice_months")
    shortest = replay.shortest_months(months)
    collides = days < shortest
    params = {"days": days, "months": months, "shortest": shortest}
    yield Conflict(
        "headcount_or_amendment",
        replay.clauses("contract.headcount_notice", "contract.amendment_notice"),
        collides,
        Message(NOTICE_COLLIDES if collides else NOTICE_AGREES, **params),
        (Message(READ_SPECIAL), Message(READ_FEE)) if collides else (),
        (),
        params,
    )


NOTICE_COLLIDES = _(
    "A new headcount is announced %(days)d days ahead, but an amendment %(months)d months (at "
    "least %(shortest)d days) ahead, and the headcount is a figure of the contract."
)
NOTICE_AGREES = _("A new headcount is announced %(days)d days ahead, not later than an amendment (%(months)d months).")
READ_SPECIAL = _("The clause on the headcount is the special one: its days hold for the number.")
READ_FEE = _("The fee does not follow the number by itself; changing it takes an amendment with its months.")


def payment_clocks(replay: Replay) -> Iterator[Conflict]:
    """The earliest invoice and the latest acceptance of a period lead to two days of payment."""
    contract = replay.contract
    if contract.terms.row(contract.starts_on, "payment_cycle_months") is None:
        return  # paid by rules of its own: they name their clock
    lead, paid_after = replay.policy("acceptance_days"), replay.policy("payment_due_days")
    accepted_after = replay.policy("payment_due_days_acceptance")
    spans = contract_quarters(contract.starts_on, contract.ends_on, replay.term("payment_cycle_months"))
    found = []
    for _first, last in spans:
        invoiced, accepted = last + ONE_DAY, last + timedelta(days=lead)
        roll = contract.roll(contract.starts_on)
        by_invoice = deadline_after(invoiced, days=paid_after, roll=roll, calendar=replay.calendar).last_day
        by_acceptance = deadline_after(accepted, days=accepted_after, roll=roll, calendar=replay.calendar).last_day
        found.append(((by_acceptance - by_invoice).days, last, accepted, by_invoice, by_acceptance))
    apart, last, accepted, by_invoice, by_acceptance = max(found, key=lambda row: abs(row[0]))
    params = {
        "end": last,
        "accepted": accepted,
        "by_invoice": by_invoice,
        "by_acceptance": by_acceptance,
        "apart": abs(apart),
    }
    yield Conflict(
        "payment_clocks",
        replay.clauses("billing.invoice_first", "billing.payment_due", "billing.acceptance_due"),
        apart != 0,
        Message(CLOCKS_COLLIDE if apart else CLOCKS_AGREE, **params),
        (Message(READ_EARLIER), Message(READ_CLOCK)) if apart else (),
        ("payment_due_days", "payment_due_days_acceptance", "acceptance_days"),
        params,
    )


CLOCKS_COLLIDE = _(
    "For the period that ends on %(end)s, an invoice of the next day makes the payment due on "
    "%(by_invoice)s, an acceptance on %(accepted)s on %(by_acceptance)s: %(apart)d days apart, and "
    "the contract names neither."
)
CLOCKS_AGREE = _("For the period that ends on %(end)s, both clocks make the payment due on %(by_invoice)s.")
READ_EARLIER = _("Pay by the earlier of the two days: then neither clock is broken.")
READ_CLOCK = _("Or have both sides confirm in writing which clock governs.")


def rolled_deadlines(replay: Replay) -> Iterator[Conflict]:
    """How far a short period stretches over a holiday, where rest days move its end."""
    for key in ("replacement_days", "force_majeure_notice_days"):
        try:
            days = replay.term(key)
        except NoValue:
            continue
        longest, event = replay.longest(days)
        widest, _event = replay.longest(days, Roll.WEEKENDS_AND_HOLIDAYS)
        confirmed = replay.contract.policies.confirmed(event, "deadline_roll")
        collides = widest > days and not confirmed
        params = {"what": str(TERMS[key].label), "days": days, "longest": longest, "event": event, "widest": widest}
        yield Conflict(
            f"roll_{key}",
            replay.clauses(TERMS[key].check),
            collides,
            Message(ROLL_OPEN if collides else ROLL_SETTLED, **params),
            (Message(READ_ROLL),) if collides else (),
            ("deadline_roll",),
            params,
        )


ROLL_OPEN = _(
    "“%(what)s” is %(days)d days. Where a last day on a rest day moves to the next working day it "
    "takes up to %(widest)d; both sides have not confirmed whether it moves."
)
ROLL_SETTLED = _("“%(what)s” is %(days)d days and takes up to %(longest)d by the confirmed reading.")
READ_ROLL = _("Confirm in writing whether a last day on a rest day moves (Civil Code articles 203 and 204).")


def late_interest(replay: Replay) -> Iterator[Conflict]:
    """A rate that both sides confirmed, towards a small enterprise below what may be agreed."""
    contract, key = replay.contract, "late_interest_daily_percent"
    day = contract.starts_on
    if not (replay.policy("vendor_is_small_enterprise") and contract.policies.confirmed(day, key)):
        return
    year, least = replay.policy(key) * 365, lpr_one_year_on(contract.signed_on or day)
    params = {
        "year": f"{year.normalize():f}",
        "least": f"{least.normalize():f}",
        "law": sme_late_interest_on(day).label(),
    }
    yield Conflict(
        "late_interest_floor",
        replay.clauses("billing.payment_due"),
        year < least,
        Message(RATE_TOO_LOW if year < least else RATE_HOLDS, **params),
        (Message(READ_FLOOR),) if year < least else (),
        (key, "vendor_is_small_enterprise"),
        params,
    )


RATE_TOO_LOW = _(
    "The confirmed late interest comes to %(year)s %% a year; towards a small or medium enterprise it may not be "
    "agreed below the one-year LPR at signing, %(least)s %% (%(law)s)."
)
RATE_HOLDS = _(
    "The confirmed late interest of %(year)s %% a year is not below the one-year LPR at signing, %(least)s %%."
)
READ_FLOOR = _("The one-year LPR at signing is reckoned with until both sides confirm a rate that may be agreed.")

SCENARIOS: tuple[Callable[[Replay], Iterator[Conflict]], ...] = (
    vacancy_by_day,
    vacancy_by_window,
    training,
    headcount_or_amendment,
    payment_clocks,
    late_interest,
    rolled_deadlines,
)
