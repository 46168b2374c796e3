"""The settlement statement as a PDF, made of frozen facts alone.

Equal facts give equal bytes on the same machine: no clock is read and nothing is fetched.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from billing.chart import on_post_chart
from billing.fonts import FAMILIES, INSTALL, installed_families

LANGUAGE = "zh-hans"


class CannotPrint(ValidationError):
    """This machine lacks what a PDF needs; the message says what to install."""


def facts_hash(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts in canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def render(facts: Mapping[str, Any], *, draft: bool = False) -> bytes:
    """The document of these facts; a draft carries a watermark and no hash.

    Raises CannotPrint where WeasyPrint or a Chinese font is missing.
    """
    families = installed_families()
    if families is not None and not families & set(FAMILIES):
        raise CannotPrint(
            _("No Chinese font is installed, so the PDF would be unreadable. Run: %(command)s")
            % {"command": INSTALL}
        )
    weasyprint, fetcher = _weasyprint()
    digest = facts_hash(facts)
    with translation.override(LANGUAGE):
        html = render_to_string(
            "billing/statement.html",
            {
                "facts": facts,
                "draft": draft,
                "digest": digest,
                "chart": on_post_chart(facts["on_post"]),
            },
        )
    document = weasyprint.HTML(string=html, url_fetcher=fetcher())
    content: bytes = document.write_pdf(pdf_identifier=digest.encode())
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
            raise ValueError(f"a statement refers to nothing outside: {url[:80]}")

    return weasyprint, NothingFetched
