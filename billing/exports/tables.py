"""The columns of each export. Rows are read in sets, in one pass, and bounded by the writer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.models import Instalment, Invoice, Payment
from billing.selectors.ledger import ledgers
from contract.models import Contract

TEXT, MONEY, DAY, NUMBER = "text", "money", "day", "number"
ZERO = Decimal("0.00")
AT_ONCE = 2000


@dataclass(frozen=True)
class Column:
    """One column: its title, the kind of its values, and where they come from."""

    title: Any
    kind: str
    value: Callable[[Any], Any]
    summed: bool = False


@dataclass(frozen=True)
class Table:
    """Rows to be written, with their columns."""

    name: str
    title: Any
    columns: tuple[Column, ...]
    rows: Iterable[Any]


@dataclass(frozen=True)
class Kind:
    """A table that can be made of some contracts, and the permission that it needs."""

    title: Any
    permission: str
    columns: tuple[Column, ...]
    rows: Callable[[QuerySet[Contract]], Iterable[Any]]


def table_for(name: str, contracts: QuerySet[Contract], rows: Any = None) -> Table:
    """The table called `name` over these contracts, or over the given rows of its model."""
    kind = TABLES[name]
    if rows is not None:
        rows = RELATED[name](rows).iterator(AT_ONCE)
    return Table(name, kind.title, kind.columns, kind.rows(contracts) if rows is None else rows)


def _instalments(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return rows.select_related("contract").order_by("contract__number", "sequence")


def _invoices(rows: QuerySet[Invoice]) -> QuerySet[Invoice]:
    return rows.select_related("instalment__contract", "reverses").order_by("received_on", "pk")


def _payments(rows: QuerySet[Payment]) -> QuerySet[Payment]:
    return rows.select_related("instalment__contract").order_by("paid_on", "pk")


RELATED: Mapping[str, Callable[[Any], QuerySet[Any]]] = {
    "instalments": _instalments,
    "invoices": _invoices,
    "payments": _payments,
}


def _ledger_rows(contracts: QuerySet[Contract]) -> Iterable[Any]:
    for ledger in ledgers(list(contracts.order_by("number"))):
        for row in ledger.rows:
            yield ledger.contract.number, row


def _of_ledger(name: str) -> Callable[[Any], Any]:
    return lambda pair: getattr(pair[1], name)


_CONTRACT = _("contract number")
_SEQUENCE = _("instalment number")

TABLES: Mapping[str, Kind] = {
    "ledger": Kind(
        _("Ledger"),
        "billing.view_instalment",
        (
            Column(_CONTRACT, TEXT, lambda pair: pair[0]),
            Column(_SEQUENCE, NUMBER, _of_ledger("sequence")),
            Column(_("Payment period"), TEXT, _of_ledger("name")),
            Column(_("first day of the period"), DAY, _of_ledger("start")),
            Column(_("last day of the period"), DAY, _of_ledger("end")),
            Column(_("amount (yuan)"), MONEY, lambda pair: None if pair[1].is_open else pair[1].amount, summed=True),
            Column(_("invoiced (yuan)"), MONEY, _of_ledger("invoiced"), summed=True),
            Column(_("invoice number"), TEXT, _of_ledger("invoice_number")),
            Column(_("invoice issued on"), DAY, _of_ledger("invoiced_on")),
            Column(_("accepted (yuan)"), MONEY, _of_ledger("accepted"), summed=True),
            Column(_("date of acceptance"), DAY, _of_ledger("accepted_on")),
            Column(_("paid (yuan)"), MONEY, _of_ledger("paid"), summed=True),
            Column(_("last paid on"), DAY, _of_ledger("paid_on")),
            Column(_("set off (yuan)"), MONEY, _of_ledger("deducted"), summed=True),
            Column(_("withheld (yuan)"), MONEY, _of_ledger("withheld"), summed=True),
            Column(
                _("remaining (yuan)"), MONEY, lambda pair: None if pair[1].is_open else pair[1].remaining, summed=True
            ),
        ),
        _ledger_rows,
    ),
    "instalments": Kind(
        _("Instalments"),
        "billing.view_instalment",
        (
            Column(_CONTRACT, TEXT, lambda row: row.contract.number),
            Column(_SEQUENCE, NUMBER, lambda row: row.sequence),
            Column(_("Payment period"), TEXT, str),
            Column(_("first day of the period"), DAY, lambda row: row.period_start),
            Column(_("last day of the period"), DAY, lambda row: row.period_end),
            Column(_("amount (yuan)"), MONEY, lambda row: None if row.is_open else row.amount, summed=True),
            Column(_("paid (yuan)"), MONEY, lambda row: row.paid_amount, summed=True),
            Column(_("set off (yuan)"), MONEY, lambda row: row.deducted_amount, summed=True),
            Column(_("open (yuan)"), MONEY, lambda row: None if row.is_open else row.outstanding, summed=True),
        ),
        lambda contracts: _instalments(Instalment.objects.filter(contract__in=contracts)).iterator(AT_ONCE),
    ),
    "invoices": Kind(
        _("Invoices"),
        "billing.view_invoice",
        (
            Column(_CONTRACT, TEXT, lambda row: row.instalment.contract.number),
            Column(_SEQUENCE, NUMBER, lambda row: row.instalment.sequence),
            Column(_("kind of invoice"), TEXT, lambda row: row.get_kind_display()),
            Column(_("invoice code"), TEXT, lambda row: row.code),
            Column(_("invoice number"), TEXT, lambda row: row.number),
            Column(_("invoice issued on"), DAY, lambda row: row.issued_on),
            Column(_("received on"), DAY, lambda row: row.received_on),
            Column(_("amount without tax (yuan)"), MONEY, lambda row: row.net),
            Column(_("VAT rate (%)"), NUMBER, lambda row: row.vat_rate),
            Column(_("tax (yuan)"), MONEY, lambda row: row.tax),
            Column(_("amount including tax (yuan)"), MONEY, lambda row: row.gross),
            Column(_("of it in effect (yuan)"), MONEY, lambda row: row.gross if row.stands else ZERO, summed=True),
            Column(_("status"), TEXT, lambda row: row.get_status_display()),
            Column(_("cancels the invoice"), TEXT, lambda row: str(row.reverses) if row.reverses else ""),
            Column(_("reason of the return"), TEXT, lambda row: row.reason),
            Column(_("buyer's credit code"), TEXT, lambda row: row.buyer_credit_code),
            Column(_("seller's credit code"), TEXT, lambda row: row.seller_credit_code),
            Column(_("hash of the file (SHA-256)"), TEXT, lambda row: row.file_sha256),
        ),
        lambda contracts: _invoices(Invoice.objects.filter(instalment__contract__in=contracts)).iterator(AT_ONCE),
    ),
    "payments": Kind(
        _("Payments"),
        "billing.view_payment",
        (
            Column(_CONTRACT, TEXT, lambda row: row.instalment.contract.number),
            Column(_SEQUENCE, NUMBER, lambda row: row.instalment.sequence),
            Column(_("paid on"), DAY, lambda row: row.paid_on),
            Column(_("amount (yuan)"), MONEY, lambda row: row.amount),
            Column(_("of it in effect (yuan)"), MONEY, lambda row: row.amount if row.stands else ZERO, summed=True),
            Column(_("voucher number"), TEXT, lambda row: row.reference),
            Column(_("reason of the withdrawal"), TEXT, lambda row: row.withdrawal_reason),
        ),
        lambda contracts: _payments(Payment.objects.filter(instalment__contract__in=contracts)).iterator(AT_ONCE),
    ),
}
