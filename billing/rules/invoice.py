"""Article 10: the vendor's invoice is correct, and comes before the payment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from billing.choices import InvoiceKind
from billing.rules.facts import InstalmentFacts
from contract.batch import ContractFacts
from contract.choices import Outcome
from contract.findings import Finding, Message
from contract.rules.warnings import begins_on
from law.calendar import Calendar
from law.identity import CODE_MALFORMED, CODE_MISSING, CODE_NOT_EMPTY, NUMBER_MALFORMED, invoice_number_problem
from law.money import FEN, rate_warning, vat_split
from law.periods import PENDING, Deadline, deadline_after, standing

CHECK = "billing.invoice_first"

FULLY_DIGITAL = 20
"""The digits of a fully digital invoice's number."""

TAX_TOLERANCE = FEN
"""What rounding may move between net and tax in each of the invoice's lines; nothing moves the gross."""

_NUMBER_PROBLEMS = {
    NUMBER_MALFORMED: ("number", _("An invoice number has 20 digits (fully digital) or 8 digits. Copy it anew.")),
    CODE_NOT_EMPTY: ("code", _("A number of 20 digits has no invoice code: leave the code empty.")),
    CODE_MISSING: ("code", _("A number of 8 digits needs the invoice code of 10 or 12 digits.")),
    CODE_MALFORMED: ("code", _("An invoice code has 10 or 12 digits.")),
}


@dataclass(frozen=True)
class InvoiceFigures:
    """What an invoice says. Amounts in yuan, the rate in per cent."""

    code: str
    number: str
    issued_on: date
    received_on: date
    gross: Decimal
    net: Decimal
    tax: Decimal
    vat_rate: Decimal
    buyer_credit_code: str
    seller_credit_code: str
    kind: str = InvoiceKind.ORDINARY

    def mirrored(self) -> "InvoiceFigures":
        """The same with the amounts of the other sign."""
        return replace(self, gross=-self.gross, net=-self.net, tax=-self.tax)


@dataclass(frozen=True)
class Expected:
    """What the contract makes of it.

    A red-letter invoice is held against the one that it `cancels`: rate and parties are those of that
    one, the amounts stand below zero and are no more than what is left of it (`gross`).
    """

    gross: Decimal
    vat_rate: Decimal
    buyer_credit_code: str
    seller_credit_code: str
    buyer_name: str = ""
    seller_name: str = ""
    seller_bank_account: str = ""
    cancels: str = ""


def differences(invoice: InvoiceFigures, expected: Expected, *, lines: int = 1) -> Iterator[tuple[str, Message]]:
    """Everything wrong with an invoice: the field, and what to do about it.

    `lines` is the number of its lines as its file has them; each may be rounded by a fen.
    """
    if problem := invoice_number_problem(invoice.code, invoice.number):
        field, text = _NUMBER_PROBLEMS[problem]
        yield field, Message(text)
    elif len(invoice.number) == FULLY_DIGITAL and invoice.number[:2] != f"{invoice.issued_on:%y}":
        yield (
            "number",
            Message(
                _(
                    "The first two digits of a fully digital number are the year of issue: %(found)s is not %(right)s. "
                    "Copy the number and the day of issue anew."
                ),
                found=invoice.number[:2],
                right=f"{invoice.issued_on:%y}",
            ),
        )
    if invoice.received_on < invoice.issued_on:
        yield "received_on", Message(_("An invoice cannot be received before it is issued."))
    parties = {
        "buyer_credit_code": (invoice.buyer_credit_code, expected.buyer_credit_code),
        "seller_credit_code": (invoice.seller_credit_code, expected.seller_credit_code),
    }
    for field, (found, right) in parties.items():
        if found != right:
            yield (
                field,
                Message(
                    _(
                        "The invoice says %(found)s, the contract's party is %(right)s. Ask for a new "
                        "invoice, or correct the typing."
                    ),
                    found=found or "–",
                    right=right,
                ),
            )
    if invoice.kind != InvoiceKind.ORDINARY:
        yield (
            "kind",
            Message(
                _("The contract asks for an ordinary VAT invoice. Cancel the special one and issue an ordinary one.")
            ),
        )
    sign = -1 if expected.cancels else 1
    amounts = {"gross": invoice.gross, "net": invoice.net, "tax": invoice.tax}
    negative = [field for field, amount in amounts.items() if amount * sign < 0]
    for field in negative:
        if expected.cancels:
            yield field, Message(_("The amounts of a red-letter invoice stand below zero."))
        else:
            yield field, Message(_("An amount of money cannot be negative."))
    if not negative:
        positive = invoice.mirrored() if expected.cancels else invoice
        yield from _arithmetic(positive, expected, lines)


def _arithmetic(invoice: InvoiceFigures, expected: Expected, lines: int) -> Iterator[tuple[str, Message]]:
    if expected.cancels and invoice.gross > expected.gross:
        yield (
            "gross",
            Message(
                _(
                    "The red-letter invoice is over %(found)s yuan; of invoice %(number)s only %(right)s yuan "
                    "are left to be cancelled."
                ),
                found=f"{-invoice.gross:,.2f}",
                number=expected.cancels,
                right=f"{expected.gross:,.2f}",
            ),
        )
    elif expected.cancels and invoice.gross == 0:
        yield "gross", Message(_("A red-letter invoice cancels some amount."))
    elif invoice.gross != expected.gross and not expected.cancels:
        yield (
            "gross",
            Message(
                _("The invoice is over %(found)s yuan, the instalment is %(right)s yuan. They must agree to the fen."),
                found=f"{invoice.gross:,.2f}",
                right=f"{expected.gross:,.2f}",
            ),
        )
    if invoice.net + invoice.tax != invoice.gross:
        yield (
            "net",
            Message(
                _("Net %(net)s and tax %(tax)s do not add up to %(gross)s yuan."),
                net=f"{invoice.net:,.2f}",
                tax=f"{invoice.tax:,.2f}",
                gross=f"{invoice.gross:,.2f}",
            ),
        )
    if invoice.vat_rate != expected.vat_rate:
        yield (
            "vat_rate",
            Message(
                _(
                    "The rate of the invoice is %(found)s %%, the one recorded for that day is "
                    "%(right)s %%. Record a change of the rate first, or ask for a new invoice."
                ),
                found=f"{invoice.vat_rate.normalize():f}",
                right=f"{expected.vat_rate.normalize():f}",
            ),
        )
    elif rate_warning(invoice.vat_rate / 100, invoice.issued_on):
        yield ("vat_rate", Message(_("The differential rate of 5 %% ended with the year 2025. Ask for a new invoice.")))
    else:
        right = vat_split(invoice.gross, invoice.vat_rate / 100).tax
        if abs(invoice.tax - right) > TAX_TOLERANCE * lines:
            yield (
                "tax",
                Message(
                    _("At %(rate)s %% the tax is %(right)s yuan, the invoice says %(found)s yuan."),
                    rate=f"{invoice.vat_rate.normalize():f}",
                    right=f"{right:,.2f}",
                    found=f"{invoice.tax:,.2f}",
                ),
            )


_AWAITED = {
    (True, False): _("The period is over; the invoice is expected by %(day)s."),
    (False, False): _(
        "No correct invoice has come since the period ended; it was expected by %(day)s. "
        "No day is agreed for it, and the time for payment has not begun."
    ),
    (True, True): _(
        "What the payment waits for beside the invoice has been there since %(since)s; the invoice is expected by "
        "%(day)s."
    ),
    (False, True): _(
        "What the payment waits for beside the invoice has been there since %(since)s, and no correct invoice has "
        "come; it was expected by %(day)s. No day is agreed for it, and the time for payment has not begun."
    ),
}
"""Of an invoice that has not come, by whether there is time yet and whether it is asked for before the period ends."""


def invoice_first(
    contract: ContractFacts, instalment: InstalmentFacts, as_of: date, calendar: Calendar
) -> Finding | None:
    """Whether a correct invoice came, and came before the money.

    No day is agreed for it, so a missing invoice is never more than at risk; only a payment
    without one breaks the order. None while nothing is owed: the period runs, or begins after the
    contract's end, and neither an invoice nor a payment is there. Some days before the period ends
    (policy `warning_days`) the invoice that is missing is spoken of all the same.
    """
    if instalment.amount == 0 or not instalment.awaits("invoice"):
        return None
    payments = instalment.paid(as_of)
    unbacked = next((p for p in payments if instalment.invoice(p.paid_on) is None), None)
    invoice = instalment.invoice(as_of)
    ready = _ready_on(contract, instalment, as_of)
    expected_by = _expected_by(contract, ready or instalment.end, calendar)
    if unbacked is not None:
        outcome = Outcome.NOT_MET
        message = Message(
            _("%(amount)s yuan were paid on %(day)s before a correct invoice had come."),
            amount=f"{unbacked.amount:,.2f}",
            day=unbacked.paid_on,
        )
    elif invoice is not None:
        outcome = Outcome.MET
        message = Message(_("Invoice %(number)s came on %(day)s."), number=invoice.number, day=invoice.received_on)
    elif instalment.period[0] > contract.last_day or ready is None:
        return None
    elif as_of <= ready:
        since = begins_on(contract, CHECK, expected_by.nominal, as_of)
        if since is None or as_of < since:
            return None
        outcome = Outcome.PENDING
        message = Message(
            _("The period ends on %(end)s; the invoice is expected by %(day)s."), end=ready, day=expected_by.nominal
        )
    else:
        is_pending = standing(expected_by, as_of, None) == PENDING
        outcome = Outcome.PENDING if is_pending else Outcome.AT_RISK
        wording = _AWAITED[is_pending, ready < instalment.end]
        message = Message(wording, day=expected_by.nominal, **({"since": ready} if ready < instalment.end else {}))
    return Finding(
        check_id=CHECK,
        contract_id=contract.pk,
        outcome=outcome,
        subject=instalment.subject,
        message=message,
        period=instalment.period,
        nominal_due_on=expected_by.nominal,
        legal_due_on=expected_by.legal,
        measured=invoice.received_on.isoformat() if invoice else "–",
        required=expected_by.last_day.isoformat(),
        figures={
            "amount": instalment.amount,
            "expected_by": expected_by.nominal,
            "received_on": invoice.received_on if invoice else None,
            "returned": [row.number for row in instalment.invoices if _returned(row, as_of)],
            "first_paid_on": payments[0].paid_on if payments else None,
        },
        evidence=instalment.evidence(as_of),
        done_on=invoice.received_on if invoice else None,
    )


def _returned(row: object, as_of: date) -> bool:
    returned_on = getattr(row, "returned_on", None)
    return returned_on is not None and returned_on <= as_of


def _ready_on(contract: ContractFacts, instalment: InstalmentFacts, as_of: date) -> date | None:
    """The day from which an invoice is expected: the period's last or, by a rule of its own, the last of what the
    payment waits for beside it; None while something of that has not come."""
    if instalment.own_terms is None:
        return instalment.end
    came = instalment.awaited(contract.signed_on or contract.starts_on, as_of)
    days = [day for name, day in came.items() if name != "invoice"]
    return None if None in days else max((day for day in days if day is not None), default=instalment.end)


def _expected_by(contract: ContractFacts, since: date, calendar: Calendar) -> Deadline:
    days = contract.policies.on(since, "invoice_lead_days")
    if days == 0:
        return Deadline(since, since)
    return deadline_after(since, days=days, roll=contract.roll(since), calendar=calendar)
