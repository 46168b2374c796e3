"""Whether a deposit or guarantee was given in time, lasts as long as the term, and came back in time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from contract.batch import ContractFacts
from contract.choices import Outcome, Side
from contract.findings import Evidence, Finding, Message, Subject
from law.calendar import Calendar
from law.periods import Deadline, standing

CHECK = "billing.deposit"


@dataclass(frozen=True)
class DepositFacts:
    """A deposit (yuan) with its days; None where none is agreed, or nothing happened yet."""

    pk: int
    name: str
    amount: Decimal
    due_on: date | None = None
    given_on: date | None = None
    valid_until: date | None = None
    drawn: Decimal = Decimal("0.00")
    return_due_on: date | None = None
    returned_on: date | None = None
    returned: Decimal = Decimal("0.00")

    @property
    def subject(self) -> Subject:
        return Subject("billing.Deposit", self.pk, self.name)


def deposit(
    contract: ContractFacts, deposits: Sequence[DepositFacts], as_of: date, calendar: Calendar
) -> Iterator[Finding]:
    """One finding for each deposit: while it is owed the vendor's, from the end of the term on the office's."""
    if not deposits:
        yield _finding(contract, contract.subject, Outcome.UNDETERMINED, Message(NONE_RECORDED), Side.VENDOR)
    for one in deposits:
        given = one.given_on if one.given_on and one.given_on <= as_of else None
        back = given is not None and one.return_due_on is not None and as_of > contract.last_day
        yield _return(contract, one, as_of) if back else _giving(contract, one, given, as_of)


def _giving(contract: ContractFacts, one: DepositFacts, given: date | None, as_of: date) -> Finding:
    due = _fixed(one.due_on) if one.due_on else None
    if due is None and given is None:
        return _finding(
            contract, one.subject, Outcome.UNDETERMINED, Message(NO_DAY, amount=_money(one.amount)), Side.VENDOR
        )
    outcome = Outcome(standing(due, as_of, given)) if due else Outcome.MET
    message = Message(GIVEN if given else OWED, amount=_money(one.amount), day=given, due=one.due_on or given)
    if outcome == Outcome.NOT_MET and given:
        message = Message(LATE, amount=_money(one.amount), day=given, due=one.due_on)
    if given and outcome == Outcome.MET and one.valid_until and one.valid_until < contract.last_day:
        outcome = Outcome.NOT_MET if as_of > one.valid_until else Outcome.AT_RISK
        message = Message(TOO_SHORT, until=one.valid_until, last=contract.last_day)
    return _finding(contract, one.subject, outcome, message, Side.VENDOR, one, due, given)


def _return(contract: ContractFacts, one: DepositFacts, as_of: date) -> Finding:
    assert one.return_due_on is not None
    due, left = _fixed(one.return_due_on), one.amount - one.drawn
    done = one.returned_on if one.returned_on and one.returned_on <= as_of and one.returned >= left else None
    outcome = Outcome(standing(due, as_of, done)) if left else Outcome.MET
    params = {"left": _money(left), "due": one.return_due_on, "day": done}
    text = (
        (BACK if done or not left else TO_RETURN) if outcome != Outcome.NOT_MET else (BACK_LATE if done else NOT_BACK)
    )
    return _finding(contract, one.subject, outcome, Message(text, **params), Side.OFFICE, one, due, done)


def _fixed(day: date) -> Deadline:
    """A day that the contract names: nothing rolls."""
    return Deadline(day, day)


def _finding(
    contract: ContractFacts,
    subject: Subject,
    outcome: Outcome,
    message: Message,
    owed_by: Side,
    one: DepositFacts | None = None,
    due: Deadline | None = None,
    done: date | None = None,
) -> Finding:
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=subject,
        message=message,
        nominal_due_on=due.nominal if due else None,
        legal_due_on=due.legal if due else None,
        measured=done.isoformat() if done else "–",
        required=due.last_day.isoformat() if due else "",
        figures={"amount": one.amount, "drawn": one.drawn, "returned": one.returned} if one else {},
        evidence=(Evidence("billing.Deposit", one.pk, one.name),) if one else (),
        done_on=done,
        owed_by=owed_by,
    )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


NONE_RECORDED = _("No deposit or guarantee is recorded.")
NO_DAY = _("%(amount)s yuan are to be given; no day is recorded for it.")
GIVEN = _("%(amount)s yuan were given on %(day)s.")
OWED = _("%(amount)s yuan are to be given by %(due)s.")
LATE = _("%(amount)s yuan were given only on %(day)s; the last day was %(due)s.")
TOO_SHORT = _("The guarantee is valid until %(until)s only; the term ends on %(last)s.")
TO_RETURN = _("%(left)s yuan are to be returned by %(due)s.")
BACK = _("What was left of it, %(left)s yuan, was returned in time (until %(due)s).")
BACK_LATE = _("%(left)s yuan were returned only on %(day)s; the last day was %(due)s.")
NOT_BACK = _("%(left)s yuan were to be returned by %(due)s and are not returned in full.")
