"""Whether instalments, invoices, payments and claims of a contract agree, line by line.

Each line compares two figures that must be equal and names the record that it speaks of. Nothing
is corrected here: a line that does not agree is a person's to look into.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_noop as _

from contract.findings import Message, Subject

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class InvoiceRecord:
    pk: int
    name: str
    gross: Decimal
    net: Decimal
    tax: Decimal
    stands: bool
    is_reversed: bool = False
    reverses: int | None = None
    file_known: str = ""
    """The SHA-256 of its file, as it was handed in."""
    file_found: str | None = None
    """That of the file as it lies there, empty where it is missing; None: not looked at."""


@dataclass(frozen=True)
class PaymentRecord:
    pk: int
    paid_on: date
    amount: Decimal


@dataclass(frozen=True)
class StatementRecord:
    pk: int
    name: str
    amount: Decimal


@dataclass(frozen=True)
class InstalmentRecord:
    """An instalment as it is recorded, with everything that refers to it."""

    pk: int
    name: str
    start: date
    end: date
    amount: Decimal
    paid: Decimal
    deducted: Decimal = ZERO
    withheld: Decimal = ZERO
    by_tariff: Decimal = ZERO
    is_supplement: bool = False
    by_rule: bool = False
    """Made by a payment rule: such periods may overlap."""
    invoices: tuple[InvoiceRecord, ...] = ()
    payments: tuple[PaymentRecord, ...] = ()
    statement: StatementRecord | None = None
    claims_deducted: Decimal = ZERO
    claims_withheld: Decimal = ZERO

    @property
    def subject(self) -> Subject:
        return Subject("billing.Instalment", self.pk, self.name)


@dataclass(frozen=True)
class Line:
    """Two figures that must agree, and the record that they belong to."""

    code: str
    subject: Subject
    title: str  # a msgid
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True)
class YearClose:
    """One calendar year of a contract in figures (yuan)."""

    year: int
    opening: Decimal
    accrued: Decimal
    paid: Decimal
    deducted: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.accrued - self.paid - self.deducted


def reconcile(
    contract: Subject, term: tuple[date, date], fee: Decimal | None, rows: Sequence[InstalmentRecord]
) -> list[Line]:
    """Every line, agreeing or not. `fee` is None where the terms do not give one."""
    planned = sum((row.amount for row in rows), ZERO)
    lines = [
        Line(
            "fee", contract, _("instalments and fee in force"), _money(fee) if fee is not None else "–", _money(planned)
        )
    ]
    if not any(row.by_rule for row in rows):
        lines.append(Line("periods", contract, _("periods and term"), _span(*term), _covered(rows)))
    for row in rows:
        lines += _of_instalment(row)
        lines += _of_invoices(row)
    return lines


def year_closes(
    rows: Sequence[InstalmentRecord], deductions: Iterable[tuple[date, Decimal]], years: Iterable[int]
) -> list[YearClose]:
    """The years in turn; a share is owed from the last day of its period on.

    `opening` of a year is the `closing` of the one before; what is paid ahead stands below zero.
    """
    set_off = list(deductions)
    closes, opening = [], ZERO
    for year in years:
        one = YearClose(
            year,
            opening,
            sum((row.amount for row in rows if row.end.year == year), ZERO),
            sum((p.amount for row in rows for p in row.payments if p.paid_on.year == year), ZERO),
            sum((amount for day, amount in set_off if day.year == year), ZERO),
        )
        closes.append(one)
        opening = one.closing
    return closes


def _of_instalment(row: InstalmentRecord) -> Iterator[Line]:
    paid = sum((payment.amount for payment in row.payments), ZERO)
    yield Line(
        "paid", row.subject, _("paid according to the instalment and its payments"), _money(paid), _money(row.paid)
    )
    spent = row.paid + row.deducted + row.withheld
    yield Line(
        "not_overpaid",
        row.subject,
        _("paid, set off and withheld beyond the instalment"),
        _money(ZERO),
        _money(max(spent - row.amount, ZERO)),
    )
    yield Line(
        "claims",
        row.subject,
        _("set off and withheld according to the claims"),
        f"{_money(row.claims_deducted)} / {_money(row.claims_withheld)}",
        f"{_money(row.deducted)} / {_money(row.withheld)}",
    )
    standing = [invoice for invoice in row.invoices if invoice.stands]
    if standing:
        names = {one.pk for one in standing}
        cancelled = -sum((one.gross for one in row.invoices if one.reverses in names), ZERO)
        # Agreed deductions lower the price before it is invoiced.
        lowered = min(max(row.amount - sum((one.gross for one in standing), ZERO), ZERO), row.by_tariff)
        # A part is cancelled where the price was lowered: then what was set off is not invoiced.
        yield Line(
            "invoiced",
            row.subject,
            _("instalment and the invoice in effect"),
            _money(row.amount - min(cancelled + lowered, row.deducted)),
            _money(sum((one.gross for one in standing), ZERO) - cancelled),
        )
    elif row.paid:
        yield Line("invoiced", row.subject, _("paid without an invoice in effect"), _money(ZERO), _money(row.paid))
    if row.statement:
        yield Line(
            "statement",
            Subject("billing.Statement", row.statement.pk, row.statement.name),
            _("instalment and its settlement statement"),
            _money(row.amount),
            _money(row.statement.amount),
        )


def _of_invoices(row: InstalmentRecord) -> Iterator[Line]:
    cancelled_by: dict[int, Decimal] = {}
    for one in row.invoices:
        if one.reverses:
            cancelled_by[one.reverses] = cancelled_by.get(one.reverses, ZERO) + one.gross
    for invoice in row.invoices:
        subject = Subject("billing.Invoice", invoice.pk, invoice.name)
        yield Line(
            "arithmetic",
            subject,
            _("net and tax of the invoice and its gross"),
            _money(invoice.gross),
            _money(invoice.net + invoice.tax),
        )
        red = cancelled_by.get(invoice.pk)
        in_part = red is not None and invoice.gross + red > 0 and not invoice.is_reversed
        if (red is not None or invoice.is_reversed) and not in_part:
            yield Line(
                "red_letter",
                subject,
                _("invoice and the red-letter one that cancels it"),
                _money(-invoice.gross),
                _money(red) if red is not None else "–",
            )
            yield Line(
                "reversed",
                subject,
                _("a cancelled invoice does not stand"),
                _money(ZERO),
                _money(invoice.gross if invoice.stands else ZERO),
            )
        if invoice.file_found is not None:
            yield Line(
                "file",
                subject,
                _("file of the invoice and its recorded hash"),
                invoice.file_known,
                invoice.file_found or "–",
            )


def _covered(rows: Sequence[InstalmentRecord]) -> str:
    """The days that the periods cover; where they do not touch, each by itself."""
    periods = sorted((row.start, row.end) for row in rows if not row.is_supplement)
    if not periods:
        return "–"
    if all(start == end + ONE_DAY for (_first, end), (start, _last) in pairwise(periods)):
        return _span(periods[0][0], periods[-1][1])
    return ", ".join(_span(start, end) for start, end in periods)


def _span(start: date, end: date) -> str:
    return f"{start}~{end}"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def sentence(line: Line) -> Message:
    """The line as a sentence: what, of what, and both figures."""
    if line.agrees:
        return Message(
            _("%(name)s: %(title)s agree (%(found)s)."),
            name=line.subject.name,
            title=Message(line.title),
            found=line.found,
        )
    return Message(
        _("%(name)s: %(title)s do not agree: expected %(expected)s, found %(found)s."),
        name=line.subject.name,
        title=Message(line.title),
        expected=line.expected,
        found=line.found,
    )
