"""Scans that people hand in: of a known kind, of a bounded size, given out by views only."""

import uuid
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _

from kit.files.inspection import inspect
from kit.files.names import file_name
from kit.files.storage import read_document

# Kind by the first bytes: what the client calls a file proves nothing.
KINDS = {
    b"%PDF-": ("pdf", "application/pdf"),
    b"\x89PNG\r\n\x1a\n": ("png", "image/png"),
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
}


def validate_scan(file: FieldFile) -> None:
    """A model field's validator. ValidationError for a file too large, of another kind, or not what it says."""
    if file._committed:  # type: ignore[attr-defined]
        return  # stored already, and looked at then
    limit = settings.UPLOAD_MAX_BYTES
    if file.size > limit:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Scan it at a lower resolution.") % {"limit": limit // 1024**2}
        )
    kind = kind_of(file)
    if kind is None:
        raise ValidationError(_("The file must be a PDF, PNG or JPEG: a scan or a photograph."))
    inspect(kind[0], file)


def kind_of(file: Any) -> tuple[str, str] | None:
    """Suffix and media type by content; None for a file of any other kind."""
    file.seek(0)
    head = file.read(max(map(len, KINDS)))
    file.seek(0)
    return next((kind for mark, kind in KINDS.items() if head.startswith(mark)), None)


@deconstructible
class ScanPath:
    """`upload_to` of a scan: its folder, its contract, and a name that says nothing of a person."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, row: Any, filename: str) -> str:
        return f"{self.folder}/{row.contract_id}/{uuid.uuid4().hex}"


def scan_response(file: FieldFile, name: str, *, known: str = "") -> FileResponse:
    """The scan as a download called `name`; `known` is its SHA-256, where that is on record.

    Http404 where none was handed in; DocumentMissing or DocumentAltered where it is not what it was.
    """
    if not file:
        raise Http404
    content = BytesIO(read_document(file.storage, str(file.name), known=known, what=name))
    suffix, media_type = kind_of(content) or ("bin", "application/octet-stream")
    return FileResponse(
        content,
        as_attachment=True,
        filename=file_name(name, suffix),
        content_type=media_type,
        headers={"Cache-Control": "private, no-store"},
    )
