"""The QR code in the picture of a scanned invoice (zxing-cpp, offline)."""

from collections.abc import Iterator
from typing import Any

PAGES = 2
PICTURES_A_PAGE = 5
# A page of A4 at 600 dpi has 35 million pixels; what a picture says of its size is looked at before it is unpacked.
PIXELS_MAX = 40_000_000
ENCODED_MAX_BYTES = 20 * 1024**2


def qr_of(pdf: Any) -> str:
    """The text of the first QR code of an invoice in the pictures of a PDF; "" where there is none."""
    import zxingcpp  # as slow to load as it is seldom needed

    for picture in _pictures(pdf):
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"))
        for code in found:
            if code.text.startswith("01,"):
                return str(code.text)
    return ""


def _pictures(pdf: Any) -> Iterator[Any]:
    """The pictures of the first pages, in grey."""
    for page in list(pdf.pages[:PAGES]):
        for name in list(page.images.keys())[:PICTURES_A_PAGE]:
            if isinstance(name, str) and _is_bounded(page, name):
                image = page.images[name].image
                if image is not None:
                    yield image.convert("L")


def _is_bounded(page: Any, name: str) -> bool:
    stream = page["/Resources"]["/XObject"][name]
    pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
    return 0 < pixels <= PIXELS_MAX and len(stream._data) <= ENCODED_MAX_BYTES
