"""PDFs made of frozen facts alone: the one place of the program that calls WeasyPrint.

Equal facts give equal bytes on the same machine: no clock is read and nothing is fetched.
"""

import gc
import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from kit.files.fonts import FAMILIES, INSTALL, installed_families

LANGUAGE = "zh-hans"
# For documents that are filed for years: everything embedded, colours defined (ISO 19005-2).
ARCHIVAL = "pdf/a-2b"


class CannotPrint(ValidationError):
    """This machine lacks what a PDF needs; the message says what to install."""


def facts_hash(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts in canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def render_document(
    template: str, context: Mapping[str, Any], *, identifier: str, pdf_variant: str | None = None
) -> bytes:
    """A template as PDF, in Chinese. `identifier` (a hash of the facts) becomes the file's id.

    `pdf_variant` is None or a name that WeasyPrint knows, such as ARCHIVAL. The template holds
    its style sheet itself: whatever it refers to is left out.
    Raises CannotPrint where WeasyPrint or a Chinese font is missing.
    """
    families = installed_families()
    if families is not None and not families & set(FAMILIES):
        raise CannotPrint(
            _("No Chinese font is installed, so the PDF would be unreadable. Run: %(command)s") % {"command": INSTALL}
        )
    weasyprint, fetcher = _weasyprint()
    with translation.override(LANGUAGE):
        html = render_to_string(template, dict(context))
    document = weasyprint.HTML(string=html, url_fetcher=fetcher())
    content: bytes = document.write_pdf(pdf_identifier=identifier.encode(), pdf_variant=pdf_variant)
    del document
    gc.collect()  # its boxes refer to each other: left alone, each document adds some ten MB
    return content


@lru_cache(maxsize=1)
def _weasyprint() -> tuple[Any, Any]:
    """WeasyPrint and a fetcher that fetches nothing, loaded when first needed."""
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise CannotPrint(
            _("WeasyPrint cannot be loaded (%(reason)s). Run: %(command)s")
            % {"reason": str(error).splitlines()[0], "command": INSTALL}
        ) from error

    class NothingFetched(URLFetcher):
        """No address of any scheme, file: and data: included, is ever opened."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:
            raise ValueError(f"a document refers to nothing outside: {url[:80]}")

    return weasyprint, NothingFetched
