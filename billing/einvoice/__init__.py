"""Reads what an electronic invoice says of itself: XML, OFD, the data of a PDF, the QR code.

Everything here is bounded and offline. What cannot be read is said so and never guessed at.
"""

from billing.einvoice.files import KINDS, Document, open_document
from billing.einvoice.qr import read_qr
from billing.einvoice.reading import Reading, Unreadable

__all__ = ["KINDS", "Document", "Reading", "Unreadable", "open_document", "read_qr"]
