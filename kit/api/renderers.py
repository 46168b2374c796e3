"""Answers that are files."""

from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

from kit.files.spreadsheets import MEDIA_TYPE


class WorkbookRenderer(BaseRenderer):
    """Lets `Accept` name a workbook. The view makes the file; only its errors come through here."""

    media_type = MEDIA_TYPE
    format = "xlsx"
    render_style = "binary"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return b"" if data is None else JSONRenderer().render(data)


class PDFRenderer(WorkbookRenderer):
    """Lets `Accept` name a PDF. The view hands it out; only its errors come through here."""

    media_type = "application/pdf"
    format = "pdf"


def workbook_response(content: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
