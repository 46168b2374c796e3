"""Documents handed out by views, after these have looked at who asks."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from kit.files.names import file_name


def file_response(content: bytes, name: str, media_type: str, *, inline: bool = False) -> HttpResponse:
    """A document under a Chinese file name (its ending included), to download or to look at."""
    response = HttpResponse(content, content_type=media_type)
    header = content_disposition_header(not inline, file_name(*name.rsplit(".", 1)))
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def pdf_response(content: bytes, name: str, *, inline: bool = False) -> HttpResponse:
    """A PDF, its name given without the ending."""
    return file_response(content, f"{name}.pdf", "application/pdf", inline=inline)
