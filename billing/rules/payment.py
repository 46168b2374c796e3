"""Articles 10 and 12.1: the office pays in time.

The contract names no day. Two clocks run, each with its own time by policy: one from the receipt of
a correct invoice (the contract's order), one from acceptance (what the rules on payments to small
and medium enterprises count from). Payment is at risk when the first has run out, and late when
both have. So that the office gains nothing by delay,

- an invoice that it has not looked at counts as correct (see InvoiceFacts);
- an acceptance after the invoice's clock ran out moves nothing;
- to a small or medium enterprise 60 days are the limit, from the end of the service or, where
  the invoice came later, from the invoice;
- a claim that is withdrawn leaves nothing behind: its amount was due on the first day. What a
  written settlement sets free is due so many days after the settlement as after an invoice.

What a claim asks for waits while the claim stands (billing.rules.claims); the rest is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message
from law.calendar import Calendar
from law.money import late_interest
from law.periods import Deadline, deadline_after, standing

CHECK = "billing.payment_due"

SME_LIMIT_DAYS = 60
"""The longest term of payment to a small or medium enterprise (Decree 802, art. 9)."""


@dataclass(frozen=True)
class Clock:
    """One of the times for payment: what started it, and when it runs out."""

    started_by: str
    started_on: date
    days: int
    deadline: Deadline


def clocks(contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar) -> tuple[Clock, ...]:
    """The clocks that run as of a day, the invoice's first; none before a correct invoice."""
    invoice, acceptance = instalment.invoice(as_of), _passed(instalment, as_of)
    if invoice is None:
        return ()
    running = [_clock(contract, calendar, "invoice", invoice.received_on, "payment_due_days")]
    if acceptance is not None:
        running.append(_clock(contract, calendar, "acceptance", acceptance, "payment_due_days_acceptance"))
    return tuple(running)


def deadline(
    instalment: InstalmentFacts, running: Sequence[Clock], *, small_enterprise: bool, roll: Any, calendar: Calendar
) -> Deadline:
    """At risk from the nominal day (the first clock), late after the legal one (the second)."""
    invoice = running[0]
    counting = [invoice.deadline] + [
        clock.deadline
        for clock in running[1:]
        # Late acceptance revives nothing, and nothing was payable before the invoice came.
        if clock.started_on <= invoice.deadline.last_day and clock.deadline.last_day >= invoice.started_on
    ]
    legal = _latest([one.legal for one in counting])
    reasons = [reason for one in counting for reason in one.reasons]
    if small_enterprise:
        start = max(instalment.end, invoice.started_on)
        limit = deadline_after(start, days=SME_LIMIT_DAYS, roll=roll, calendar=calendar)
        if legal and limit.legal and limit.legal < legal:
            legal, reasons = limit.legal, [*reasons, "sme_limit"]
    nominal = min(one.nominal for one in counting)
    return Deadline(nominal, legal, tuple(dict.fromkeys(reasons)))


GRAVITY = (Outcome.MET, Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.NOT_MET)


@dataclass(frozen=True)
class Part:
    """A part of the instalment that has a day of its own, and what was paid on it by `as_of`."""

    amount: Decimal
    due: Deadline
    paid: tuple[tuple[date, Decimal], ...]
    paid_off_on: date | None

    def outcome(self, as_of: date) -> Outcome:
        return Outcome(standing(self.due, as_of, self.paid_off_on))

    def interest(self, as_of: date, percent: Decimal) -> Decimal:
        """Simple interest on every payment for the days it was late (Decree 802, art. 17)."""
        last_day, rate = self.due.legal or as_of, percent / 100
        rest = self.amount - sum((amount for _day, amount in self.paid), Decimal(0))
        late = [*self.paid, (as_of, rest)]
        return sum((late_interest(part, max((day - last_day).days, 0), rate) for day, part in late), Decimal("0.00"))


def payable_parts(
    contract: ContractFacts, instalment: InstalmentFacts, due: Deadline, as_of: date, calendar: Calendar
) -> list[Part]:
    """What is payable as of a day: the first part is due as ever, others when they came free.

    Payments fill the parts in their order.
    """
    freed = sorted(one for claim in instalment.claims for one in claim.freed_by(as_of))
    first = instalment.payable(as_of) - sum((amount for _day, amount in freed), Decimal(0))
    wanted = [(max(first, Decimal("0.00")), due)]
    for day, amount in freed:
        clock = _clock(contract, calendar, "settlement", day, "payment_due_days")
        wanted.append((amount, clock.deadline))
    payments = [(payment.paid_on, payment.amount) for payment in instalment.paid(as_of)]
    parts = []
    for amount, last_day in wanted:
        rest, taken = amount, []
        while rest > 0 and payments:
            day, open_amount = payments[0]
            part = min(rest, open_amount)
            taken.append((day, part))
            rest -= part
            payments[:1] = [(day, open_amount - part)] if open_amount > part else []
        done = taken[-1][0] if taken and not rest else None
        if not amount:
            done = instalment.paid_off_on(as_of) or as_of
        parts.append(Part(amount, last_day, tuple(taken), done))
    return parts


def payment_due(
    contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar, *, small_enterprise: bool
) -> Finding | None:
    """Whether the office paid an instalment in time; None while nothing was payable.

    After the legal day late interest is shown, for the parts paid late and what is still open. It
    is shown and never booked. What a claim asks for waits; the rest is due as ever.
    """
    running = clocks(contract, instalment, as_of, calendar)
    if instalment.amount == 0 or not running:
        return None
    due = deadline(
        instalment,
        running,
        small_enterprise=small_enterprise,
        roll=contract.roll(running[0].started_on),
        calendar=calendar,
    )
    parts = payable_parts(contract, instalment, due, as_of, calendar)
    part = max(parts, key=lambda one: GRAVITY.index(one.outcome(as_of)))
    due, outcome = part.due, part.outcome(as_of)
    paid_off_on = instalment.paid_off_on(as_of) if outcome == Outcome.MET else part.paid_off_on
    withheld, deducted = instalment.withheld(as_of), instalment.deducted(as_of)
    outstanding = instalment.payable(as_of) - instalment.paid_amount(as_of)
    disputed = outcome == Outcome.NOT_MET and paid_off_on is None and _failed(instalment, as_of)
    if disputed:
        outcome = Outcome.AT_RISK
    percent: Decimal = contract.policies.on(running[0].started_on, "late_interest_daily_percent")
    # Where the calendar leaves the day open nobody is late yet.
    days_late = max(((paid_off_on or as_of) - due.legal).days, 0) if due.legal else 0
    interest = sum((one.interest(as_of, percent) for one in parts), Decimal("0.00"))
    sums = {"outstanding": f"{outstanding:,.2f}", "due": due.last_day}
    counted = {"days_late": days_late, "late_interest": interest}
    grows = days_late > 0 and paid_off_on is None
    late = grows and not disputed
    if disputed:
        message = Message(
            _(
                "%(outstanding)s yuan were due on %(due)s, but the service did not pass "
                "acceptance: only what is undisputed is payable."
            ),
            **sums,
        )
    else:
        message = _message(
            outcome,
            paid_off=paid_off_on is not None,
            nominal=due.nominal,
            paid_on=paid_off_on,
            **sums,
            **({} if grows else {"days": days_late, "interest": f"{interest:,.2f}"}),
        )
    waiting: dict[str, Any] = {}
    if withheld or deducted:
        waiting = {"payable": instalment.payable(as_of), "withheld": withheld, "deducted": deducted}
        message = Message(
            _(
                "Of %(amount)s yuan %(deducted)s are set off and %(withheld)s wait for a claim; "
                "%(payable)s are payable. %(rest)s"
            ),
            amount=f"{instalment.amount:,.2f}",
            deducted=f"{deducted:,.2f}",
            withheld=f"{withheld:,.2f}",
            payable=f"{waiting['payable']:,.2f}",
            rest=message,
        )
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=instalment.subject,
        message=message,
        period=instalment.period,
        nominal_due_on=due.nominal,
        legal_due_on=due.legal,
        measured=paid_off_on.isoformat() if paid_off_on else "–",
        required=due.last_day.isoformat(),
        figures={
            "amount": instalment.amount,
            "outstanding": outstanding,
            "paid_off_on": paid_off_on,
            "clocks": [
                {
                    "started_by": clock.started_by,
                    "started_on": clock.started_on,
                    "days": clock.days,
                    "nominal_due_on": clock.deadline.nominal,
                    "legal_due_on": clock.deadline.legal,
                }
                for clock in running
            ],
            "reasons": due.reasons,
            "late_interest_daily_percent": percent,
            **({} if grows else counted),
            **({"late_since": due.legal} if late else {}),
            **waiting,
        },
        evidence=instalment.evidence(as_of),
        done_on=paid_off_on,
        today=counted if grows else {},
        note=Message(SO_FAR, days=days_late, interest=f"{interest:,.2f}") if late else None,
    )


SO_FAR = _("So far %(days)d days late, with late interest of %(interest)s yuan.")


def _message(outcome: Outcome, *, paid_off: bool, **params: Any) -> Message:
    if outcome == Outcome.MET:
        text = _("Paid in full on %(paid_on)s; due by %(due)s.")
    elif outcome == Outcome.PENDING:
        text = _("%(outstanding)s yuan are to be paid by %(due)s.")
    elif outcome == Outcome.AT_RISK:
        text = _(
            "%(outstanding)s yuan are open. The first of the times for payment ran out on "
            "%(nominal)s; the payment is late after %(due)s."
        )
    elif outcome == Outcome.UNDETERMINED:
        text = _(
            "%(outstanding)s yuan are open and were due on %(nominal)s. Whether that day moves "
            "is not known: the calendar of that year is not published."
        )
    elif paid_off:
        text = _("Paid in full only on %(paid_on)s, %(days)d days after %(due)s. Late interest: %(interest)s yuan.")
    else:
        text = _("%(outstanding)s yuan were due on %(due)s and are not paid.")
    return Message(text, **params)


def _clock(contract: ContractFacts, calendar: Calendar, started_by: str, day: date, policy: str) -> Clock:
    days = contract.policies.on(day, policy)
    return Clock(started_by, day, days, deadline_after(day, days=days, roll=contract.roll(day), calendar=calendar))


def _passed(instalment: InstalmentFacts, as_of: date) -> date | None:
    last = instalment.acceptance(as_of)
    return last.accepted_on if last is not None and last.passed else None


def _failed(instalment: InstalmentFacts, as_of: date) -> bool:
    last = instalment.acceptance(as_of)
    return last is not None and not last.passed


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
