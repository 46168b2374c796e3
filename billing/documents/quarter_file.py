"""The quarterly file as ZIP and as one PDF, made of frozen facts and of files that are checked.

Equal facts and files give equal bytes on the same machine. Nothing is fetched, no clock is read.
What a merged PDF keeps of PDF/A, and what it does not, stands in docs/decisions.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from billing.documents.papers import print_part
from kit.files.documents import ARCHIVAL, facts_hash, render_document

PARTS = (
    ("application", "付款申请"),
    ("statement", "服务费结算单"),
    ("acceptance", "履约验收单"),
    ("scores", "考核评分表"),
    ("deductions", "扣款清单"),
    ("invoice_check", "发票核验单"),
    ("differences", "差异说明"),
    ("manifest", "校验清单"),
)
"""The documents in their order; the statement is the one that was issued, byte for byte."""

SETTLED_TITLE = "付款情况说明"
"""What stands first where nothing is left to apply for: a paid amount is never applied for again."""

STEPS = len(PARTS) + 3
"""Documents, cover, merging, packing: what the progress counts to."""

MERGED = "合订本.pdf"
SUMS = "校验清单.txt"
DATA = "数据.json"
WHEN = (1980, 1, 1, 0, 0, 0)
"""Every entry of the ZIP has this time: the file's own day stands in its documents."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Part:
    """One document of the file."""

    title: str
    name: str
    content: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    def as_row(self) -> dict[str, Any]:
        return {"name": self.name, "pages": self.pages, "size": len(self.content), "sha256": self.sha256}


@dataclass(frozen=True)
class Assembled:
    """The finished file: both forms of it, and the number of pages."""

    bundle: bytes
    pdf: bytes
    pages: int


def assemble(
    facts: Mapping[str, Any],
    *,
    statement: bytes,
    attachments: Mapping[str, bytes],
    progress: Progress = lambda _done: None,
) -> Assembled:
    """Make the file. `attachments` (name to content) go into the ZIP as they are."""
    parts: list[Part] = []
    for number, (key, usual) in enumerate(PARTS, start=1):
        title = SETTLED_TITLE if key == "application" and is_settled(facts) else usual
        name = f"{number:02d}-{title}.pdf"
        if key == "statement":
            content = statement
        elif key == "manifest":
            rows = [part.as_row() for part in parts]
            rows += [
                {"name": f"附件/{name}", "pages": None, "size": len(blob), "sha256": sha256(blob).hexdigest()}
                for name, blob in attachments.items()
            ]
            content = print_part(key, facts, head=_head(facts), parts=rows, facts_sha256=facts_hash(facts))
        else:
            content = print_part(key, facts, head=_head(facts))
        parts.append(Part(title, name, content, _pages(content)))
        progress(number)
    cover = _cover(facts, parts)
    progress(len(PARTS) + 1)
    pdf = merge(facts, cover, parts)
    progress(len(PARTS) + 2)
    bundle = pack(facts, cover, parts, attachments, pdf)
    progress(STEPS)
    return Assembled(bundle, pdf, cover.pages + sum(part.pages for part in parts))


def is_settled(facts: Mapping[str, Any]) -> bool:
    """Whether all that is undisputed was paid when the facts were frozen."""
    return Decimal(facts["application"]["rest"]) <= 0


def _head(facts: Mapping[str, Any]) -> str:
    return str(facts["document"]["number"])


def _cover(facts: Mapping[str, Any], parts: list[Part]) -> Part:
    """The cover with the table of contents, which says on which page each document begins."""
    length = 1
    while True:
        start, contents = length + 1, []
        for part in parts:
            contents.append({"title": part.title, "pages": part.pages, "start": start})
            start += part.pages
        content = print_part("cover", facts, head=_head(facts), contents=contents)
        if (pages := _pages(content)) == length:
            return Part("封面与目录", "00-封面与目录.pdf", content, pages)
        length = pages


def merge(facts: Mapping[str, Any], cover: Part, parts: list[Part]) -> bytes:
    """One PDF of all, with bookmarks and page numbers through the whole file.

    It begins as a copy of the cover, so that its PDF/A colour profile and metadata stay. The
    mark of PDF/A stays only where every document carries it.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ByteStringObject

    writer = PdfWriter(clone_from=BytesIO(cover.content))
    for part in parts:
        writer.append(BytesIO(part.content), import_outline=False)
    total = len(writer.pages)
    digest = facts_hash(facts)
    stamps = PdfReader(
        BytesIO(
            render_document(
                "billing/file/stamps.html",
                {"total": total, "pages": range(total)},
                identifier=f"stamps:{digest}",
                pdf_variant=ARCHIVAL,
            )
        )
    )
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)
    if not all(_is_archival(part.content) for part in parts):
        del writer._root_object["/Metadata"]
    _outline(writer, cover, parts)
    identifier = ByteStringObject(sha256(digest.encode()).digest()[:16])
    writer._ID = _array(identifier)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _is_archival(content: bytes) -> bool:
    """Whether a document says that it is PDF/A."""
    from pypdf import PdfReader

    root: Any = PdfReader(BytesIO(content)).trailer["/Root"].get_object()
    metadata = root.get("/Metadata")
    return metadata is not None and b"pdfaid:part" in metadata.get_object().get_data()


def _outline(writer: Any, cover: Part, parts: list[Part]) -> None:
    """Bookmarks: the cover, and the first page of every document."""
    if "/Outlines" in writer._root_object:
        del writer._root_object["/Outlines"]
    start = 0
    for part in (cover, *parts):
        writer.add_outline_item(title=part.title, page_number=start)
        start += part.pages


def _array(identifier: Any) -> Any:
    from pypdf.generic import ArrayObject

    return ArrayObject([identifier, identifier])


def pack(
    facts: Mapping[str, Any], cover: Part, parts: list[Part], attachments: Mapping[str, bytes], pdf: bytes
) -> bytes:
    """The ZIP: every document by itself, the merged one, attachments, data and the sums of all."""
    files = {part.name: part.content for part in (cover, *parts)}
    files[MERGED] = pdf
    files |= {f"附件/{name}": content for name, content in attachments.items()}
    files[DATA] = json.dumps(facts, sort_keys=True, ensure_ascii=False, indent=1).encode()
    files[SUMS] = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, WHEN)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o640 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _pages(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(content)).pages)
