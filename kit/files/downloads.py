"""Documents handed out by views, after these have looked at who asks."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename


def pdf_response(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """A PDF under a Chinese file name, to download or to look at."""
    response = HttpResponse(content, content_type="application/pdf")
    header = content_disposition_header(not inline, get_valid_filename(f"{name}.pdf"))
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response
