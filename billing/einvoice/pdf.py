"""The data that the PDF of a fully digital invoice carries in its properties, or as an attachment.

Off the page itself only the QR code is read, and only where the file says nothing else: from the
picture of a scan.
"""

import logging
from typing import IO, Any

from billing.einvoice.reading import Reading, Unreadable, amount, day, text
from billing.einvoice.scan import qr_of
from billing.einvoice.xml import XML_MAX_BYTES, read_xml

ATTACHED_MAX = 20
_KEYS = {
    "/InvoiceNumber": "number",
    "/IssueTime": "issued_on",
    "/TotalAmWithoutTax": "net",
    "/TotalTaxAm": "tax",
    "/TotalTax-includedAmount": "gross",
    "/SellerIdNum": "seller_credit_code",
}


def read_pdf(file: IO[bytes]) -> tuple[Reading, str]:
    """What its properties or an attached XBRL say of the invoice; empty where they say nothing.

    Of an empty one the text of the QR code in its pictures is given too, "" where there is none.
    """
    import pypdf  # slow to load, and needed for an uploaded PDF only

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pdf = pypdf.PdfReader(file, strict=False)
        properties: Any = pdf.metadata or {}
        found = {field: text(str(properties[key])) for key, field in _KEYS.items() if key in properties}
        attached = None if found.get("number") else _attached(pdf)
        qr_text = "" if found.get("number") or attached else qr_of(pdf)
    except Exception:  # pypdf raises whatever a broken file leads to
        return Reading(source="pdf"), ""
    if not found.get("number"):
        return attached or Reading(source="pdf"), qr_text
    reading = Reading(
        source="pdf",
        number=found["number"],
        issued_on=day(found.get("issued_on")),
        gross=amount(found.get("gross")),
        net=amount(found.get("net")),
        tax=amount(found.get("tax")),
        seller_credit_code=found.get("seller_credit_code"),
    )
    return reading, ""


def _attached(pdf: Any) -> Reading | None:
    """The invoice's own XML or XBRL among the attached files; their names prove nothing ("0" was seen)."""
    for contents in list(pdf.attachments.values())[:ATTACHED_MAX]:
        for content in contents[:1]:
            if len(content) > XML_MAX_BYTES or not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
                continue
            try:
                return read_xml(content, "pdf")
            except Unreadable:
                continue
    return None
