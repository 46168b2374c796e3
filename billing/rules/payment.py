"""Articles 10 and 12.1: the office pays in time.

When an instalment is due stands in `billing.rules.clocks`. So that the office gains nothing by delay,
an invoice that it has not looked at counts as correct (see InvoiceFacts), and a claim that is withdrawn
leaves nothing behind: its amount was due on the first day. What a written settlement sets free is due
so many days after the settlement as after an invoice.

What a claim asks for waits while the claim stands (billing.rules.claims), and so does what did not pass
acceptance for a fault of the vendor; the rest is due.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from billing.rules import clocks
from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message
from law.calendar import Calendar
from law.money import late_interest
from law.periods import Deadline, standing

CHECK = "billing.payment_due"

GRAVITY = (Outcome.MET, Outcome.PENDING, Outcome.AT_RISK, Outcome.UNDETERMINED, Outcome.NOT_MET)


@dataclass(frozen=True)
class Part:
    """A part of the instalment that has a day of its own, and what was paid on it by `as_of`."""

    amount: Decimal
    due: Deadline
    paid: tuple[tuple[date, Decimal], ...]
    paid_off_on: date | None
    disputed: bool = False
    """It did not pass acceptance for a fault of the vendor, and was not made good yet."""

    def outcome(self, as_of: date) -> Outcome:
        outcome = Outcome(standing(self.due, as_of, self.paid_off_on))
        return Outcome.AT_RISK if self.disputed and outcome == Outcome.NOT_MET and not self.paid_off_on else outcome

    def interest(self, as_of: date, rate: Decimal) -> Decimal:
        """Simple interest on every payment for the days it was late, at `rate` (a fraction) a day."""
        if self.disputed:
            return Decimal("0.00")
        last_day = self.due.legal or as_of
        rest = self.amount - sum((amount for _day, amount in self.paid), Decimal(0))
        late = [*self.paid, (as_of, rest)]
        return sum((late_interest(part, max((day - last_day).days, 0), rate) for day, part in late), Decimal("0.00"))


def payable_parts(
    contract: ContractFacts, instalment: InstalmentFacts, found: clocks.Times, as_of: date, calendar: Calendar
) -> list[Part]:
    """What is payable as of a day: the first part is due as ever, others when they came free.

    Payments fill the parts in their order.
    """
    freed = sorted(one for claim in instalment.claims for one in claim.freed_by(as_of))
    first = max(instalment.payable(as_of) - sum((amount for _day, amount in freed), Decimal(0)), Decimal("0.00"))
    failed = min(found.failed, first)
    wanted = [(first - failed, found.due, False)] if first > failed or not failed else []
    if failed:
        wanted.append((failed, found.repaired or found.due, found.repaired is None))
    for day, amount in freed:
        clock = clocks.start(contract, calendar, "settlement", day, "payment_due_days")
        wanted.append((amount, clock.deadline, False))
    payments = [(payment.paid_on, payment.amount) for payment in instalment.paid(as_of)]
    parts = []
    for amount, last_day, disputed in wanted:
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
        parts.append(Part(amount, last_day, tuple(taken), done, disputed))
    return parts


def payment_due(
    contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar
) -> Finding | None:
    """Whether the office paid an instalment in time; None while nothing was payable.

    After the legal day late interest is shown, for the parts paid late and what is still open. It
    is shown and never booked. What a claim asks for waits; the rest is due as ever.
    """
    if instalment.is_open:
        return _open(contract, instalment, as_of)
    found = clocks.times(contract, instalment, as_of, calendar)
    if instalment.amount == 0 or found is None:
        return None
    parts = payable_parts(contract, instalment, found, as_of, calendar)
    part = max(parts, key=lambda one: GRAVITY.index(one.outcome(as_of)))
    due, outcome = part.due, part.outcome(as_of)
    paid_off_on = instalment.paid_off_on(as_of) if outcome == Outcome.MET else part.paid_off_on
    withheld, deducted = instalment.withheld(as_of), instalment.deducted(as_of)
    outstanding = instalment.payable(as_of) - instalment.paid_amount(as_of)
    disputed = part.disputed and outcome == Outcome.AT_RISK and part.paid_off_on is None
    rate = clocks.late_rate(contract, due.last_day)
    # Where the calendar leaves the day open nobody is late yet.
    days_late = max(((paid_off_on or as_of) - due.legal).days, 0) if due.legal and not disputed else 0
    interest = sum((one.interest(as_of, rate.daily) for one in parts), Decimal("0.00"))
    sums = {"outstanding": f"{outstanding:,.2f}", "due": due.last_day}
    counted = {"days_late": days_late, "late_interest": interest}
    grows = days_late > 0 and paid_off_on is None
    late = grows
    readings = found.readings if due is found.due else None
    if readings and outcome == Outcome.AT_RISK:
        message = Message(
            _(
                "%(outstanding)s yuan are open. The acceptance is late. Where its time was agreed, the payment was due "
                "on %(agreed)s, otherwise on %(otherwise)s; both sides have not confirmed that time in writing."
            ),
            outstanding=sums["outstanding"],
            agreed=readings[0],
            otherwise=readings[1],
        )
    elif disputed:
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
                for clock in found.clocks
            ],
            "reasons": due.reasons,
            "readings": readings,
            "late_rate": {"basis": rate.basis, "percent": rate.percent, "unit": rate.unit, "text": rate.text},
            "references": clocks.law_of(contract, found, late=days_late > 0),
            **({} if grows else counted),
            **({"late_since": due.legal} if late else {}),
            **waiting,
        },
        evidence=instalment.evidence(as_of),
        done_on=paid_off_on,
        today=counted if grows else {},
        note=Message(SO_FAR, days=days_late, interest=f"{interest:,.2f}") if late else None,
    )


def _open(contract: ContractFacts, instalment: InstalmentFacts, as_of: date) -> Finding | None:
    """What can be said of an instalment whose amount is not known; nothing before its period is over."""
    if as_of <= instalment.end or instalment.start > contract.last_day:
        return None
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=Outcome.UNDETERMINED,
        subject=instalment.subject,
        message=Message(NOT_KNOWN),
        period=instalment.period,
        measured="–",
        evidence=instalment.evidence(as_of),
    )


NOT_KNOWN = _(
    "The period is over and its amount is not known: a quantity is missing, or was not taken over into the "
    "instalments yet. What is payable cannot be said."
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
