"""A document leaves nothing behind, so that a process that prints for days does not grow."""

import gc
import weakref
from typing import Any

import pytest

from kit.files import documents


class Page:
    """Like the boxes of WeasyPrint: it refers to itself."""

    made: list[Any] = []

    def __init__(self, **given: Any) -> None:
        self.itself = self
        self.made.append(weakref.ref(self))

    def write_pdf(self, **given: Any) -> bytes:
        return b"%PDF"


def test_what_was_laid_out_is_gone_when_the_document_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_weasyprint", lambda: (type("WeasyPrint", (), {"HTML": Page}), object))
    monkeypatch.setattr(documents, "installed_families", lambda: None)
    monkeypatch.setattr(documents, "render_to_string", lambda *given: "")
    gc.disable()
    try:
        assert documents.render_document("x", {}, identifier="1") == b"%PDF"
        assert [page() for page in Page.made] == [None]
    finally:
        gc.enable()
