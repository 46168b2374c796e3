"""A scan of an invoice: its QR code is read off the picture, everything else is looked at."""

import io
import random
from typing import Any

import pytest
import segno
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from billing.einvoice import open_document, scan
from billing.models import Instalment
from billing.selectors.comparison import invoice_check
from tests.billing.factories import make_instalments, make_invoice

NUMBER = "25412000000123456789"
TEXT = f"01,32,,{NUMBER},522933.33,20250106,,1A2B"


def page(text: str = TEXT, *, turned: float = 0, mode: str = "L", scale: int = 4) -> Image.Image:
    """A page of A4 at 150 dpi with a code at its top left, and the specks of a scanner."""
    code = io.BytesIO()
    segno.make(text, micro=False).save(code, kind="png", scale=scale)
    sheet = Image.new("L", (1240, 1754), 250)
    sheet.paste(Image.open(code).convert("L"), (90, 80))
    specks = random.Random(7)
    for _speck in range(3000):
        sheet.putpixel((specks.randrange(1240), specks.randrange(1754)), specks.randrange(120, 255))
    return sheet.rotate(turned, fillcolor=250, expand=True).convert(mode)


def scanned(*pages: Image.Image) -> SimpleUploadedFile:
    content = io.BytesIO()
    pages[0].save(content, "PDF", save_all=True, append_images=pages[1:])
    return SimpleUploadedFile("扫描件.pdf", content.getvalue())


def qr(file: Any) -> str:
    return open_document(file, 10 * 1024**2).qr_text


@pytest.mark.parametrize(
    "made", [{}, {"turned": 180}, {"turned": 90}, {"turned": 3}, {"mode": "RGB"}, {"mode": "1"}, {"scale": 3}]
)
def test_the_code_is_read_off_a_scan_however_it_lay(made: dict[str, Any]) -> None:
    assert qr(scanned(page(**made))) == TEXT


def test_a_code_on_the_second_page_is_found_and_none_further_on() -> None:
    empty = Image.new("L", (300, 300), 255)
    assert qr(scanned(empty, page())) == TEXT
    assert qr(scanned(empty, empty, page())) == ""


def test_another_code_is_no_invoice() -> None:
    assert qr(scanned(page("微信收款"))) == ""


def test_a_picture_that_would_unpack_too_far_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "PIXELS_MAX", 1240 * 1754 - 1)
    assert qr(scanned(page())) == ""
    monkeypatch.setattr(scan, "PIXELS_MAX", 1240 * 1754)
    assert qr(scanned(page())) == TEXT


@pytest.mark.django_db
def test_what_the_scan_says_is_compared_and_kept() -> None:
    row: Instalment = make_instalments()[0]
    invoice = make_invoice(row, number=NUMBER, file=scanned(page()))
    assert invoice.qr_text == TEXT and invoice.reading["qr"]["number"] == NUMBER
    lines = {line.field: line for line in invoice_check(invoice)}
    assert ("qr", "522933.33") in lines["gross"].read
    assert lines["net"].verdict == "look"  # the code does not say it, and neither does a picture


@pytest.mark.django_db
def test_a_scan_of_another_invoice_is_refused() -> None:
    row: Instalment = make_instalments()[0]
    with pytest.raises(ValidationError) as error:
        make_invoice(row, number=NUMBER, file=scanned(page(TEXT.replace("522933.33", "99999.00"))))
    assert set(error.value.message_dict) == {"gross"}
