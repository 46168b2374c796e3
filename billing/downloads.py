"""Documents handed out by views, after these have looked at who asks."""

from io import BytesIO
from pathlib import PurePath

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing import exports, services
from billing.models import Invoice, Statement
from kit.files.downloads import pdf_response
from kit.files.names import file_name
from kit.files.storage import read_document

MEDIA_TYPES = {".pdf": "application/pdf", ".xml": "application/xml", ".ofd": "application/ofd"}


def zip_response(content: bytes, name: str) -> HttpResponse:
    """A ZIP under a Chinese file name."""
    response = HttpResponse(content, content_type="application/zip")
    header = content_disposition_header(True, file_name(name, "zip"))
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def statement_pdf(statement: Statement) -> HttpResponse:
    """The statement as it was issued. ValidationError where the file is gone or was altered."""
    return pdf_response(services.read_statement(statement), f"服务费结算单 {statement.number}")


def table_response(table: exports.Table, kind: str) -> HttpResponse:
    """A table as a file for WPS or Excel. Raises TooManyRows."""
    content = exports.write(table, kind)
    response = HttpResponse(content, content_type=exports.FORMATS[kind].media_type)
    header = content_disposition_header(True, file_name(table.title, kind))
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def invoice_file(invoice: Invoice) -> FileResponse:
    """The invoice as the vendor handed it in, always as a download.

    Http404 where none was handed in; DocumentMissing or DocumentAltered where it is not what it was.
    """
    if not invoice.file:
        raise Http404
    name = str(invoice.file.name)
    what = _("invoice %(number)s") % {"number": invoice}
    content = read_document(invoice.file.storage, name, known=invoice.file_sha256, what=what)
    suffix = PurePath(name).suffix
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=file_name(f"发票 {invoice.code}{invoice.number}", suffix),
        content_type=MEDIA_TYPES.get(suffix, "application/octet-stream"),
    )
