"""The settlement statement as a PDF, made of frozen facts alone."""

from collections.abc import Mapping
from typing import Any

from billing.documents.chart import on_post_chart
from kit.files.documents import ARCHIVAL, facts_hash, render_document


def render(facts: Mapping[str, Any], *, draft: bool = False) -> bytes:
    """The document of these facts; a draft carries a watermark and no hash.

    Raises kit.files.documents.CannotPrint where WeasyPrint or a Chinese font is missing.
    """
    digest = facts_hash(facts)
    context = {"facts": facts, "draft": draft, "digest": digest, "chart": on_post_chart(facts["on_post"])}
    return render_document("billing/statement.html", context, identifier=digest, pdf_variant=ARCHIVAL)
