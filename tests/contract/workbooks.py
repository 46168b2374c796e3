"""Workbooks in tests: downloaded, filled in, sent back over the API or on a page."""

import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from kit.files import spreadsheets


def download(client: Any, route: str, **query: Any) -> openpyxl.Workbook:
    response = client.get(f"/api/v1/{route}/template.xlsx", query, headers={"Accept": spreadsheets.MEDIA_TYPE})
    assert response.status_code == 200, response.content
    return opened(response.content)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def as_file(book: openpyxl.Workbook) -> SimpleUploadedFile:
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("名单.xlsx", file.getvalue())


def upload(client: Any, route: str, book: openpyxl.Workbook, **fields: Any) -> Any:
    body = {"file": as_file(book), **fields}
    return client.post(f"/api/v1/{route}/import", body, format="multipart")


def fill(book: openpyxl.Workbook, number: int, **cells: Any) -> openpyxl.Workbook:
    """Write cells of a row by the headings of their columns."""
    sheet = book.active
    places = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    for title, value in cells.items():
        sheet.cell(number, places[title]).value = value
    return book


def row(book: openpyxl.Workbook, number: int) -> dict[str, Any]:
    """A row by the headings of its columns; empty cells are left out."""
    sheet = book.active
    return {
        str(head.value).rstrip("*"): cell.value
        for head, cell in zip(sheet[1], sheet[number], strict=True)
        if cell.value is not None
    }
