"""A scan is what its first bytes say: parsed or decoded to its end, bounded by what it unpacks to."""

import io
import zlib

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, NameObject, NumberObject, StreamObject

from kit.files import inspection
from tests import papers

MIB = 1024**2


def refused(kind: str, content: bytes) -> str:
    """What is said of a file; empty where it passes."""
    try:
        inspection.inspect(kind, io.BytesIO(content))
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def pdf_with(data: bytes, *filters: str, **entries: int) -> bytes:
    """A PDF that holds a stream beside its page."""
    writer, stream, made = PdfWriter(), StreamObject(), io.BytesIO()
    writer.add_blank_page(100, 100)
    stream._data = data
    stream[NameObject("/Filter")] = ArrayObject(NameObject(name) for name in filters)
    stream.update({NameObject(f"/{name}"): NumberObject(value) for name, value in entries.items()})
    writer._root_object[NameObject("/Held")] = writer._add_object(stream)
    writer.write(made)
    return made.getvalue()


def test_scans_and_photographs_pass() -> None:
    assert refused("pdf", papers.PDF) == refused("png", papers.PNG) == refused("jpg", papers.JPEG) == ""
    assert refused("jpg", papers.picture("JPEG", 6_000)) == ""  # as a telephone takes them


@pytest.mark.parametrize(
    ("kind", "whole"), [("pdf", papers.PDF), ("png", papers.picture("PNG", 300)), ("jpg", papers.picture("JPEG", 300))]
)
def test_heads_of_files_and_files_cut_short_are_refused(kind: str, whole: bytes) -> None:
    import weasyprint  # noqa: F401  it lets pictures cut short pass, everywhere in the process

    for content in (whole[:10], whole[: len(whole) // 2]):
        assert "损坏" in refused(kind, content)


def test_one_kind_under_the_head_of_another_is_refused() -> None:
    assert refused("png", papers.JPEG) and refused("jpg", papers.PNG) and refused("pdf", b"%PDF-1.7\n" + papers.PNG)


def test_a_pdf_without_pages_or_behind_a_password_is_refused() -> None:
    for prepare, word in ((lambda w: None, "1 至"), (lambda w: (w.add_blank_page(9, 9), w.encrypt("x")), "密码")):
        writer, made = PdfWriter(), io.BytesIO()
        prepare(writer)
        writer.write(made)
        assert word in refused("pdf", made.getvalue())


def test_what_unpacks_to_too_much_is_refused_before_it_is_in_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "PDF_UNPACKED_MAX", 4 * MIB)
    fits, bomb = (pdf_with(zlib.compress(bytes(size)), "/FlateDecode") for size in (4 * MIB, 6 * MIB))
    assert len(bomb) < MIB // 50
    assert refused("pdf", fits) == "" and "解压后" in refused("pdf", bomb)
    assert "解压后" in refused("pdf", pdf_with(b"x", "/DCTDecode", Width=9_999, Height=9_999))
    twice = zlib.compress(zlib.compress(bytes(6 * MIB)))
    assert "解压后" in refused("pdf", pdf_with(twice, "/FlateDecode", "/FlateDecode"))


def test_a_picture_of_too_many_dots_is_refused_by_what_it_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "PICTURE_BYTES_MAX", 300 * 300)
    assert refused("png", papers.picture("PNG", 300)) == ""
    assert "解压后" in refused("png", papers.picture("PNG", 301))
    monkeypatch.setattr(inspection, "PHOTOGRAPH_DOTS_MAX", 300 * 300)
    assert refused("jpg", papers.picture("JPEG", 300)) == ""
    assert "解压后" in refused("jpg", papers.picture("JPEG", 301))
