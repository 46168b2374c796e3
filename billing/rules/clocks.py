"""When an instalment is to be paid: the clocks, which of them count, and the rate of late interest.

The contract names no day. Two clocks run, each with its own time by policy: one from the receipt of
a correct invoice (the contract's order), one from acceptance. The payment is at risk when the first
has run out, and late when both have (docs/decisions/0032). Around them,

- no clock starts before the quarter's last day: the service is not rendered yet (Civil Code 526);
- what failed acceptance for a fault of the vendor is due from its pass, the rest on its own day. A
  failure found when the payment was already late revives nothing, nor does one of the office's;
- to a small or medium enterprise late acceptance gains no time: the clock runs from the end of the
  time for acceptance (Decree 728 art. 9, 802 art. 10). While that time is not confirmed by both sides, both
  results stand side by side and nobody is late before the later;
- to a small or medium enterprise with periodic settlement a third clock runs from the day on which both
  confirmed the quarter (Decree 728 art. 8, 802 art. 9), unless acceptance was late;
- to a small or medium enterprise 60 days are the limit, from the end of the service or, where the
  invoice came later, from the invoice;
- to others an acceptance after the invoice's clock ran out moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.rules.facts import AcceptanceFacts, InstalmentFacts
from billing.rules.schedule import Rule
from contract.batch import ContractFacts
from contract.findings import Message
from law.calendar import Calendar
from law.money import lpr_one_year_on
from law.periods import SECOND_CLOCK, SME_LIMIT, TWO_READINGS, Deadline, deadline_after, within_working_days
from law.references import (
    CIVIL_CODE_526,
    CIVIL_CODE_577,
    SALES_INTERPRETATION_18,
    Reference,
    sme_acceptance_on,
    sme_late_interest_on,
    sme_payment_term_on,
)

SME_LIMIT_DAYS = 60
"""The longest term of payment to a small or medium enterprise (Decree 802, art. 9)."""

STARTED_BY = {
    "invoice": _("from the correct invoice"),
    "acceptance": _("from the acceptance"),
    "acceptance_time": _("from the end of the time for acceptance"),
    "settlement": _("from the settlement"),
    "settlement_confirmed": _("from the day both sides confirmed the settlement"),
    "signing": _("from the signing"),
    "guarantee": _("from the performance guarantee"),
    "report": _("from the accepted reports"),
    "day": _("from the agreed day"),
    "end": _("from the end of the period"),
    "service_end": _("from the end of the quarter: what starts this clock was there before"),
}
"""What starts a clock, as a page names it."""


@dataclass(frozen=True)
class Clock:
    """One of the times for payment: what started it, and when it runs out."""

    started_by: str
    started_on: date
    days: int
    deadline: Deadline


@dataclass(frozen=True)
class Times:
    """The clocks of an instalment and the days that come of them.

    `readings` holds two days where they hang on a reading that is not confirmed: with the time for
    acceptance as agreed, and without. `failed` is the part (yuan) that did not pass acceptance for a
    fault of the vendor; it is due as `repaired` says, or waits where that is None.
    """

    clocks: tuple[Clock, ...]
    due: Deadline
    readings: tuple[date, date] | None = None
    failed: Decimal = Decimal("0.00")
    repaired: Deadline | None = None


def is_small(contract: ContractFacts) -> bool:
    """Whether the vendor stated at signing that it is a small or medium enterprise (art. 3)."""
    return bool(contract.policies.on(contract.starts_on, "vendor_is_small_enterprise"))


def acceptance_time(contract: ContractFacts, instalment: InstalmentFacts, calendar: Calendar) -> Deadline:
    """The time for acceptance after the quarter's last day, by policy."""
    end = instalment.end
    days = contract.policies.on(end, "acceptance_days")
    if contract.policies.on(end, "acceptance_days_kind") == "working_days":
        return within_working_days(end, days, calendar)
    return deadline_after(end, days=days, roll=contract.roll(end), calendar=calendar)


def times(contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar) -> Times | None:
    """The clocks as known on a day, and when the instalment is due; None before a correct invoice."""
    if instalment.own_terms is not None:
        return _by_rule(contract, instalment, instalment.own_terms, as_of, calendar)
    invoice = instalment.invoice(as_of)
    if invoice is None:
        return None
    first = _from(contract, instalment, calendar, "invoice", invoice.received_on, "payment_due_days")
    begin = first.started_on
    looked = [row for row in instalment.acceptances if row.accepted_on <= as_of]
    failure = min((row for row in looked if row.vendors_fault), key=_order, default=None)
    passed = max((row for row in looked if row.passed), key=_order, default=None)
    if failure is None or (passed is not None and _order(passed) < _order(failure)):
        return _own(contract, instalment, first, passed, as_of, calendar)
    own = _own(contract, instalment, first, failure, as_of, calendar)
    if failure.accepted_on > own.due.last_day:  # late already; what it finds is for a claim
        return own
    part = instalment.amount if failure.failed_amount is None else min(failure.failed_amount, instalment.amount)
    if part == instalment.amount:
        own = replace(own, clocks=(first,), due=first.deadline, readings=None)
    if passed is None:
        return replace(own, failed=part)
    again = start(contract, calendar, "acceptance", max(passed.accepted_on, begin), "payment_due_days_acceptance")
    return replace(own, clocks=(*own.clocks, again), failed=part, repaired=again.deadline)


def _by_rule(
    contract: ContractFacts, instalment: InstalmentFacts, rule: Rule, as_of: date, calendar: Calendar
) -> Times | None:
    """The day that the contract itself names: so many days after the last of what the payment waits for.

    None while something of it has not come. To a small or medium enterprise 60 days are the limit all the same.
    """
    came = instalment.awaited(contract.signed_on or contract.starts_on, as_of)
    days = [day for day in came.values() if day is not None]
    if len(days) < len(came):
        return None
    begin = max(days, default=instalment.end)
    started_by = next((name for name, day in came.items() if day == begin), "end")
    count = contract.policies.on(begin, "payment_due_days") if rule.due_days is None else rule.due_days
    clock = Clock(started_by, begin, count, _deadline(contract, begin, count, rule, calendar))
    if not is_small(contract):
        return Times((clock,), clock.deadline)
    limit = deadline_after(begin, days=SME_LIMIT_DAYS, roll=contract.roll(begin), calendar=calendar)
    return Times((clock,), _limited(clock.deadline, limit))


def _deadline(contract: ContractFacts, begin: date, count: int, rule: Rule, calendar: Calendar) -> Deadline:
    if not count:
        return Deadline(begin, begin)
    if rule.due_in == "working_days":
        return within_working_days(begin, count, calendar)
    return deadline_after(begin, days=count, roll=contract.roll(begin), calendar=calendar)


def _own(
    contract: ContractFacts,
    instalment: InstalmentFacts,
    first: Clock,
    looked: AcceptanceFacts | None,
    as_of: date,
    calendar: Calendar,
) -> Times:
    """The day of what did not fail: by both clocks and, for a small enterprise, its own rules."""
    accepted = looked.accepted_on if looked else None
    second = _from(contract, instalment, calendar, "acceptance", accepted, SECOND) if accepted else None
    plain = [first, *([second] if second and _counts(first, second) else [])]
    if not is_small(contract):
        return Times((first, *([second] if second else [])), _latest(plain))
    limit = deadline_after(
        first.started_on, days=SME_LIMIT_DAYS, roll=contract.roll(first.started_on), calendar=calendar
    )
    end = acceptance_time(contract, instalment, calendar).last_day
    if (accepted or as_of) <= end:
        shown = [first, *([second] if second else [])]
        if looked and looked.confirmed_on and looked.confirmed_on <= as_of:
            day = looked.confirmed_on
            agreed_on = _from(contract, instalment, calendar, "settlement_confirmed", day, "payment_due_days")
            shown.append(agreed_on)
            plain += [agreed_on] if _counts(first, agreed_on) else []
        return Times(tuple(shown), _limited(_latest(plain), limit))
    third = start(contract, calendar, "acceptance_time", end, SECOND)
    agreed = _limited(_latest([first, *([third] if third.deadline.last_day >= first.started_on else [])]), limit)
    if contract.policies.confirmed(instalment.end, "acceptance_days"):
        return Times((first, third), agreed)
    open_ = _limited(_latest(plain), limit)
    three = (first, third, *([second] if second else []))
    if agreed.legal is None or open_.legal is None or agreed.legal == open_.legal:
        return Times(three, agreed if agreed.legal is None else open_)
    later = max(agreed, open_, key=lambda one: one.last_day)
    due = Deadline(min(agreed.nominal, open_.nominal), later.legal, (*later.reasons, TWO_READINGS))
    return Times(three, due, (agreed.last_day, open_.last_day))


SECOND = "payment_due_days_acceptance"


def start(contract: ContractFacts, calendar: Calendar, started_by: str, day: date, policy: str) -> Clock:
    """A clock that starts on a day and has its days by policy."""
    days = contract.policies.on(day, policy)
    if contract.policies.on(day, "payment_days_kind") == "working_days":
        return Clock(started_by, day, days, within_working_days(day, days, calendar))
    return Clock(started_by, day, days, deadline_after(day, days=days, roll=contract.roll(day), calendar=calendar))


def _from(
    contract: ContractFacts, instalment: InstalmentFacts, calendar: Calendar, started_by: str, day: date, policy: str
) -> Clock:
    """A clock that no day before the quarter's last one starts: then that day does, and is named (526)."""
    early = day < instalment.end
    return start(contract, calendar, "service_end" if early else started_by, max(day, instalment.end), policy)


def _counts(first: Clock, second: Clock) -> bool:
    """Late acceptance revives nothing, and nothing was payable before the invoice came."""
    return second.started_on <= first.deadline.last_day and second.deadline.last_day >= first.started_on


def _latest(counting: Sequence[Clock]) -> Deadline:
    """At risk from the first nominal day, late after the last legal one, with that one's reasons."""
    nominal = min(one.deadline.nominal for one in counting)
    unknown = next((one.deadline for one in counting if one.deadline.legal is None), None)
    if unknown is not None:
        return Deadline(nominal, None, unknown.reasons)
    last = max((one.deadline for one in counting), key=lambda one: one.last_day)
    second = (SECOND_CLOCK,) if last.nominal != nominal else ()
    return Deadline(nominal, last.legal, (*second, *last.reasons))


def _limited(due: Deadline, limit: Deadline) -> Deadline:
    if due.legal and limit.legal and limit.legal < due.legal:
        return Deadline(min(due.nominal, limit.nominal), limit.legal, (*due.reasons, SME_LIMIT))
    return due


def _order(row: AcceptanceFacts) -> tuple[date, int]:
    return row.accepted_on, row.pk


@dataclass(frozen=True)
class LateRate:
    """The rate of late interest and where it comes from: `agreed`, `statute` or `market`.

    `percent` is what `unit` ("day" or "year") bears; `daily` is the fraction of a day.
    """

    basis: str
    percent: Decimal
    unit: str
    daily: Decimal

    @property
    def text(self) -> Message:
        return Message(RATES[self.basis], percent=f"{self.percent.normalize():f}")


RATES = {
    "agreed": _("%(percent)s %% a day, as both sides agreed"),
    "statute": _("%(percent)s %% a day, the statutory rate towards small and medium enterprises"),
    "floor": _("%(percent)s %% a year, the one-year LPR at signing, below which nothing may be agreed"),
    "agreed_lpr": _("%(percent)s %% a year, the one-year LPR with its surcharge, as both sides agreed"),
    "market": _("%(percent)s %% a year, the one-year LPR with its surcharge; nothing is agreed"),
}


def agreed_lpr(contract: ContractFacts, day: date) -> bool:
    """Whether both sides confirmed that late interest follows the LPR."""
    key = "late_interest_kind"
    return bool(contract.policies.on(day, key) == "lpr" and contract.policies.confirmed(day, key))


def is_market(contract: ContractFacts, day: date) -> bool:
    """Whether late interest is read from the LPR: so it is agreed, or nothing is and no statute names a rate."""
    if agreed_lpr(contract, day):
        return True
    return not (is_small(contract) or contract.policies.confirmed(day, "late_interest_daily_percent"))


def late_rate(contract: ContractFacts, day: date) -> LateRate:
    """The rate for a payment that was due on `day`.

    What both sides confirmed holds; towards a small or medium enterprise it is not below the
    one-year LPR of the day of signing. Where nothing is confirmed, that enterprise has 0.05 % a day
    (Decree 728 art. 15, 802 art. 17), others the LPR of the day with a surcharge (a policy, for the
    courts' reading for sales gives a range).
    """
    key, policies = "late_interest_daily_percent", contract.policies
    small = is_small(contract)
    if not is_market(contract, day):
        percent: Decimal = policies.on(day, key)
        basis = "agreed" if policies.confirmed(day, key) else "statute"
        least = lpr_one_year_on(contract.signed_on or contract.starts_on)
        if small and percent * 365 < least:
            return LateRate("floor", least, "year", least / 100 / 365)
        return LateRate(basis, percent, "day", percent / 100)
    row = policies.row(day, "lpr_one_year_percent")
    base: Decimal = row.value if row else lpr_one_year_on(day)
    year = base * (100 + policies.on(day, "late_interest_lpr_surcharge_percent")) / 100
    if agreed_lpr(contract, day):
        least = lpr_one_year_on(contract.signed_on or contract.starts_on)
        if small and year < least:
            return LateRate("floor", least, "year", least / 100 / 365)
        return LateRate("agreed_lpr", year, "year", year / 100 / 365)
    return LateRate("market", year, "year", year / 100 / 365)


def law_of(contract: ContractFacts, found: Times, *, late: bool) -> tuple[Reference, ...]:
    """What the finding rests on beside the contract: the texts in force on the day it was due."""
    day, cited = found.due.last_day, []
    if is_small(contract):
        cited.append(sme_payment_term_on(day))
        if any(clock.started_by == "acceptance_time" for clock in found.clocks):
            cited.append(sme_acceptance_on(day))
        if late:
            cited.append(sme_late_interest_on(day))
    elif late:
        cited += [CIVIL_CODE_577, SALES_INTERPRETATION_18]
    if found.failed or any(clock.started_by == "service_end" for clock in found.clocks):
        cited.append(CIVIL_CODE_526)
    return tuple(cited)
