"""What an invoice is held against, and the check of one that is on record."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from billing.einvoice import Reading
from billing.models import Instalment, Invoice
from billing.rules.comparison import FILES, SOURCES, CheckLine, check_invoice, shown
from billing.rules.invoice import Expected, InvoiceFigures
from contract.findings import Message
from contract.selectors import contract_facts


def expected_of(
    instalment: Instalment, day: date, cancels: Invoice | None = None, own: Decimal | None = None
) -> Expected:
    """What an invoice of `day` over this instalment must say; of a red-letter one, what it may cancel.

    `own` is the amount of that red-letter one where it is on record itself: it is not counted against it.

    The instalment's contract is read with its parties: select_related("contract__office",
    "contract__vendor") where there are many.
    """
    contract = instalment.contract
    parties = {
        "buyer_name": contract.office.name,
        "seller_name": contract.vendor.name,
        "seller_bank_account": contract.vendor.bank_account,
    }
    if cancels is not None:
        return Expected(
            gross=(cancels.remaining - (own or 0)) or cancels.gross,  # of nothing left the conflict tells
            vat_rate=cancels.vat_rate,
            buyer_credit_code=cancels.buyer_credit_code,
            seller_credit_code=cancels.seller_credit_code,
            cancels=str(cancels),
            **parties,
        )
    facts = contract_facts(contract.pk, day)
    return Expected(
        gross=instalment.invoice_amount,
        vat_rate=facts.policies.on(day, "vat_rate_percent"),
        buyer_credit_code=contract.office.credit_code,
        seller_credit_code=contract.vendor.credit_code,
        **parties,
    )


def figures_of(invoice: Invoice) -> InvoiceFigures:
    """What was entered of an invoice."""
    names = InvoiceFigures.__dataclass_fields__
    return InvoiceFigures(**{name: getattr(invoice, name) for name in names})


def readings_of(invoice: Invoice) -> list[Reading]:
    """What its file and its QR code said when it was handed in."""
    kept: Mapping[str, Any] = invoice.reading or {}
    readings = [Reading.from_written(values) for values in kept.values()]
    if invoice.file and not set(kept) & set(FILES):  # kept before an empty reading was written down
        readings.insert(0, Reading(source="pdf"))
    return readings


def invoice_check(invoice: Invoice) -> list[CheckLine]:
    """An invoice on record, held line by line against its instalment, contract and file."""
    own = invoice.gross if invoice.reverses_id else None
    expected = expected_of(invoice.instalment, invoice.issued_on, invoice.reverses, own)
    return check_invoice(figures_of(invoice), expected, readings_of(invoice))


def as_rows(lines: list[CheckLine]) -> list[dict[str, Any]]:
    """The lines in the reader's language, as JSON values (for the API, pages and documents)."""
    return [
        {
            "field": line.field,
            "typed": str(shown(line.field, line.typed)),
            "label": gettext(line.label),
            "expected": str(shown(line.field, line.expected)),
            "read": [
                {"source": source, "label": str(Message(SOURCES[source])), "value": str(shown(line.field, value))}
                for source, value in line.read
            ],
            "verdict": line.verdict.value,
            "verdict_label": str(line.verdict.label),
            "messages": [str(message) for message in line.messages],
        }
        for line in lines
    ]
