"""The maker of PDFs: nothing is fetched, equal input gives equal bytes, Chinese or a clear word."""

from io import BytesIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.template import engines
from pypdf import PdfReader

from kit.files import documents, fonts

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<title>示例文书</title><style>
@page { size: A4; font-family: "Noto Serif CJK SC" } html { font-family: "Noto Serif CJK SC" }
</style></head><body><p>{{ text }}</p></body></html>"""


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that needs no file."""
    template = engines["django"].from_string(PAGE)
    monkeypatch.setattr(documents, "render_to_string", lambda _name, context: template.render(context))


def render(text: str = "三门峡示例", **options: Any) -> bytes:
    return documents.render_document("page", {"text": text}, identifier="ab" * 32, **options)


def words(content: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def xmp(content: bytes) -> str:
    metadata = PdfReader(BytesIO(content)).root_object["/Metadata"].get_object()
    return metadata.get_data().decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("variant", [None, documents.ARCHIVAL])
def test_equal_input_gives_equal_bytes(variant: str | None) -> None:
    first = render(pdf_variant=variant)
    assert first == render(pdf_variant=variant) and words(first) == "三门峡示例"
    assert render("其他", pdf_variant=variant) != first


def test_the_identifier_is_the_files_id() -> None:
    trailer = PdfReader(BytesIO(render())).trailer
    assert bytes.fromhex("61626162") in bytes(trailer["/ID"][0].original_bytes)  # type: ignore[index]


def test_an_archival_document_declares_pdf_a_2b_and_defines_its_colours() -> None:
    content = render(pdf_variant=documents.ARCHIVAL)
    assert 'pdfaid:part="2"' in xmp(content) and 'pdfaid:conformance="B"' in xmp(content)
    intents = PdfReader(BytesIO(content)).root_object["/OutputIntents"]
    assert intents[0].get_object()["/S"] == "/GTS_PDFA1"  # type: ignore[index]


def test_text_is_printed_and_not_interpreted() -> None:
    assert "<b>合格</b>&无异议" in words(render("<b>合格</b> & 无异议"))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1:1/", "data:text/plain,x"])
def test_nothing_is_ever_fetched(address: str) -> None:
    weasyprint, fetcher = documents._weasyprint()
    with pytest.raises(ValueError, match="refers to nothing outside"):
        fetcher().fetch(address)
    html = (
        f'<link rel=attachment href="{address}"><link rel=stylesheet href="{address}">'
        f'<a rel=attachment href="{address}">x</a><img src="{address}">'
    )
    content = weasyprint.HTML(string=html, url_fetcher=fetcher()).write_pdf()
    reader = PdfReader(BytesIO(content))
    assert not reader.attachments and not list(reader.pages[0].images)


def test_a_machine_without_a_chinese_font_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fonts, documents):
        monkeypatch.setattr(module, "installed_families", lambda: frozenset({"DejaVu Sans"}))
    assert "contract.W001" in {message.id for message in run_checks()}
    with pytest.raises(documents.CannotPrint, match="fonts-noto-cjk"):
        render()


def test_a_machine_without_pango_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "missing_library", lambda: "libpango-1.0.so.0")
    assert "contract.W002" in {message.id for message in run_checks()}
