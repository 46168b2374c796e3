"""The text of the QR code on an invoice: 01,<kind>,<code>,<number>,<amount>,<YYYYMMDD>,…"""

import re

from django.utils.translation import gettext_noop as _

from billing.choices import InvoiceKind
from billing.einvoice.reading import Reading, Unreadable, amount, day
from contract.findings import Message

KINDS = {
    "31": InvoiceKind.SPECIAL,
    "32": InvoiceKind.ORDINARY,
    # Before fully digital invoices: special and ordinary, on paper and electronic.
    "01": InvoiceKind.SPECIAL,
    "08": InvoiceKind.SPECIAL,
    "20": InvoiceKind.SPECIAL,
    "04": InvoiceKind.ORDINARY,
    "10": InvoiceKind.ORDINARY,
    "11": InvoiceKind.ORDINARY,
}
_NUMBER = re.compile(r"[0-9]{20}|[0-9]{8}")
LEAST_PARTS = 6


def read_qr(qr_text: str) -> Reading:
    """What the QR code says. Raises Unreadable for any other text.

    The amount is the gross of a fully digital invoice, and the net of an older one.
    """
    parts = [part.strip() for part in re.sub("[，、]", ",", qr_text.strip()).split(",")]
    if len(parts) < LEAST_PARTS or parts[0] != "01" or not _NUMBER.fullmatch(parts[3]):
        raise Unreadable(
            Message(
                _(
                    "This is not the text of an invoice's QR code. Scan the code at the top left of "
                    "the invoice; the text begins with 01,31, or 01,32,."
                )
            )
        )
    digital = len(parts[3]) == 20
    figure = amount(parts[4])
    return Reading(
        source="qr",
        kind=KINDS.get(parts[1]),
        code=parts[2],
        number=parts[3],
        gross=figure if digital else None,
        net=None if digital else figure,
        issued_on=day(parts[5]),
    )
