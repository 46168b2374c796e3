"""A file that was handed in as an invoice: its kind by content, its hash, what it says."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop as _

from billing.einvoice.ofd import read_ofd
from billing.einvoice.pdf import read_pdf
from billing.einvoice.reading import Reading, Unreadable
from billing.einvoice.xml import XML_MAX_BYTES, read_xml
from contract.findings import Message
from kit.files.inspection import inspect

# Kind by the first bytes: what the client calls a file proves nothing.
KINDS = {b"%PDF-": "pdf", b"PK\x03\x04": "ofd", b"<": "xml", b"\xef\xbb\xbf<": "xml"}


@dataclass(frozen=True)
class Document:
    """An invoice's file as it was handed in; its reading is empty where nothing could be read."""

    kind: str
    sha256: str
    reading: Reading
    qr_text: str = ""
    """Of the QR code in the picture of a scan."""


def open_document(file: Any, max_bytes: int) -> Document:
    """Look at a file: size, kind, content. Raises Unreadable with the reason and the remedy."""
    if file.size > max_bytes:
        raise Unreadable(Message(_("The file is larger than %(limit)d MB."), limit=max_bytes // 1024**2))
    kind = _kind(file)
    suffix = PurePath(file.name or "").suffix.lower()
    if suffix not in {f".{name}" for name in KINDS.values()}:
        raise Unreadable(Message(_("Send the invoice as PDF, OFD or XML.")))
    if kind is None or suffix != f".{kind}":
        raise Unreadable(Message(_("The content of the file is not what its name says.")))
    if kind == "pdf":
        _require_whole(file)
    document = Document(kind, _hash(file), *_read(kind, file))
    file.seek(0)
    return document


def _require_whole(file: Any) -> None:
    try:
        inspect("pdf", file)
    except ValidationError as error:
        said = _("The PDF cannot be opened: damaged, protected by a password, or too large. Send it as it was issued.")
        raise Unreadable(Message(said)) from error


def _kind(file: IO[bytes]) -> str | None:
    file.seek(0)
    head = file.read(max(map(len, KINDS)))
    file.seek(0)
    return next((kind for mark, kind in KINDS.items() if head.startswith(mark)), None)


def _read(kind: str, file: IO[bytes]) -> tuple[Reading, str]:
    file.seek(0)
    if kind == "pdf":
        return read_pdf(file)
    return (read_xml(file.read(XML_MAX_BYTES + 1)) if kind == "xml" else read_ofd(file)), ""


def _hash(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1024**2):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
