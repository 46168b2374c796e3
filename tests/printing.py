"""Documents in no time, for tests that are about something else: laying out a page takes a second."""

from hashlib import sha256
from typing import Any

import pytest

from kit.files import documents


class Unprinted:
    """What WeasyPrint's HTML is to `render_document`; of equal texts it makes equal files."""

    def __init__(self, string: str, url_fetcher: Any) -> None:
        self.text = string

    def write_pdf(self, pdf_identifier: bytes, pdf_variant: str | None) -> bytes:
        return b"%PDF-1.7\n% " + sha256(self.text.encode() + pdf_identifier).hexdigest().encode()


class WeasyPrint:
    HTML = Unprinted


def print_quickly(patch: pytest.MonkeyPatch) -> None:
    """From now on the templates are filled in as ever, and not laid out."""
    patch.setattr(documents, "_weasyprint", lambda: (WeasyPrint, object))
