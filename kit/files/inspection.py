"""Whether a file is what its first bytes say: a PDF parsed to its last object, a picture decoded.

Both are bounded by what they unpack to: a few kilobytes can hold gigabytes of zeros.
"""

import logging
import zlib
from collections.abc import Callable
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PAGES_MAX = 1_000
OBJECTS_MAX = 100_000
PDF_UNPACKED_MAX = 200 * 1024**2
# Of a picture in the memory: A4 at 600 dots an inch in grey, at 300 in colour. A photograph is decoded
# to an eighth of its sides, which reads its whole content all the same.
PICTURE_BYTES_MAX = 100 * 1024**2
PHOTOGRAPH_DOTS_MAX = 89_000_000
PIECE = 1024**2
# Kept packed by a reader until a page is drawn; what they hold is told by the sides.
_PICTURE_FILTERS = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode", "/DCT", "/CCF"})
_FLATE = ("/FlateDecode", "/Fl")


class _TooMuch(Exception):
    """It unpacks to more than anybody scans."""


def inspect(kind: str, file: IO[bytes]) -> None:
    """Open a file of the kind "pdf", "png" or "jpg" wholly. ValidationError says what is wrong with it."""
    broken: dict[str, Callable[[], str]] = {
        "pdf": lambda: _("The PDF cannot be opened: it is damaged or was not sent whole. Scan or export it again."),
        "png": lambda: _("The picture cannot be opened: it is damaged or was not sent whole. Scan it again."),
    }
    file.seek(0)
    try:
        _pdf(file) if kind == "pdf" else _picture(kind, file)
    except ValidationError:
        raise
    except (_TooMuch, MemoryError) as error:
        raise ValidationError(
            _("The file unpacks to more than this program opens. Scan it at a lower resolution, or in parts.")
        ) from error
    except Exception as error:  # both libraries raise whatever a broken file leads to
        raise ValidationError(broken.get(kind, broken["png"])()) from error
    finally:
        file.seek(0)


def _picture(kind: str, file: IO[bytes]) -> None:
    from PIL import Image, ImageFile  # slow to load, and needed for an upload only

    formats = ["PNG" if kind == "png" else "JPEG"]
    try:
        with Image.open(file, formats=formats) as picture:
            picture.verify()  # that no part of a PNG is missing; it is closed by that
    except Image.DecompressionBombError as error:
        raise _TooMuch from error
    file.seek(0)
    with Image.open(file, formats=formats) as picture:
        dots = picture.width * picture.height
        if kind == "png":
            too_much = dots * max(len(picture.getbands()), 1) > PICTURE_BYTES_MAX
        else:
            too_much = dots > PHOTOGRAPH_DOTS_MAX
            picture.draft(picture.mode, (max(picture.width // 8, 1), max(picture.height // 8, 1)))
        if too_much:
            raise _TooMuch
        # Whoever prints has loaded WeasyPrint, which lets pictures cut short pass in the whole process.
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _pdf(file: IO[bytes]) -> None:
    import pypdf  # slow to load, and needed for an upload only
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(file, strict=False)
    if reader.is_encrypted:
        raise ValidationError(_("The PDF is protected by a password. Export it again without one."))
    if not 1 <= len(reader.pages) <= PAGES_MAX:
        raise ValidationError(_("A PDF has between one and %(limit)d pages here.") % {"limit": PAGES_MAX})
    waiting: list[Any] = [reader.trailer.raw_get("/Root")]
    seen: set[tuple[int, int]] = set()
    opened = unpacked = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item = item.get_object()
        opened += 1
        if isinstance(item, StreamObject):
            unpacked += _unpacked(item)
        if opened > OBJECTS_MAX or unpacked > PDF_UNPACKED_MAX:
            raise _TooMuch
        if isinstance(item, DictionaryObject):
            waiting += [item.raw_get(key) for key in item]
        elif isinstance(item, ArrayObject):
            waiting += list(item)


def _unpacked(stream: Any) -> int:
    """How many bytes a stream of a PDF has unpacked."""
    named = stream.get("/Filter", [])
    filters = [str(name) for name in (named if isinstance(named, list) else [named])]
    if not filters or filters == ["None"]:
        return len(stream._data)
    if _PICTURE_FILTERS & set(filters):
        width, height = (abs(int(stream.get(side, 0) or 0)) for side in ("/Width", "/Height"))
        return width * height
    if len(filters) == 1 and filters[0] in _FLATE:
        return _inflated(stream._data)
    from pypdf.filters import decode_stream_data

    return len(decode_stream_data(stream))  # bounded by the library


def _inflated(data: bytes) -> int:
    """The size of deflated bytes, counted piece by piece. What is cut off or garbled ends there, as in readers."""
    machine, size = zlib.decompressobj(), 0
    try:
        while data and not machine.eof:
            size += len(machine.decompress(data, PIECE))
            data = machine.unconsumed_tail
            if size > PDF_UNPACKED_MAX:
                raise _TooMuch
    except zlib.error:
        pass
    return size
