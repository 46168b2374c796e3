"""The documents of a payment period as PDFs for filing (PDF/A), each made of frozen facts alone."""

from collections.abc import Mapping
from typing import Any

from kit.files.documents import ARCHIVAL, facts_hash, render_document


def print_part(template: str, facts: Mapping[str, Any], **more: Any) -> bytes:
    """One document of the quarterly file. Equal facts give equal bytes."""
    context = {"facts": facts, "digest": facts_hash({"facts": facts, **more}), **more}
    return render_document(
        f"billing/file/{template}.html", context, identifier=f"{template}:{context['digest']}", pdf_variant=ARCHIVAL
    )


def acceptance_sheet_pdf(sheet: Mapping[str, Any]) -> bytes:
    """The acceptance sheet (履约验收单) of these facts."""
    return print_part("acceptance", {"acceptance": sheet}, head=sheet["number"])
