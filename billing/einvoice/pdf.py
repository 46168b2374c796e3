"""The data that the PDF of a fully digital invoice carries in its properties.

Nothing is read off the page itself: a scan says nothing; the text of the QR code is entered beside
it, typed or by a scanner.
"""

import logging
from typing import IO, Any

from billing.einvoice.reading import Reading, amount, day, text

_KEYS = {
    "/InvoiceNumber": "number",
    "/IssueTime": "issued_on",
    "/TotalAmWithoutTax": "net",
    "/TotalTaxAm": "tax",
    "/TotalTax-includedAmount": "gross",
    "/SellerIdNum": "seller_credit_code",
}


def read_pdf(file: IO[bytes]) -> Reading | None:
    """What the document's properties say of the invoice; None where they say nothing."""
    import pypdf  # slow to load, and needed for an uploaded PDF only

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        properties: Any = pypdf.PdfReader(file, strict=False).metadata or {}
        found = {field: text(str(properties[key])) for key, field in _KEYS.items() if key in properties}
    except Exception:  # pypdf raises whatever a broken file leads to
        return None
    if not found.get("number"):
        return None
    return Reading(
        source="pdf",
        number=found["number"],
        issued_on=day(found.get("issued_on")),
        gross=amount(found.get("gross")),
        net=amount(found.get("net")),
        tax=amount(found.get("tax")),
        seller_credit_code=found.get("seller_credit_code"),
    )
