"""A report to the leaders as PDF, and as a Word file that the office goes on editing.

The layout follows the grid of GB/T 9704 (A4, 22 lines of 28 characters); styles of the Word file name the official
typefaces, the PDF uses the bundled free one. No claim of conformity is made.
"""

import io
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from billing.choices import BulletinKind
from billing.documents.chart import bars, on_post_chart
from billing.selectors.bulletin import Bulletin, Table
from contract.wording import day as chinese
from contract.wording import span as chinese_span
from kit.files.documents import ARCHIVAL, facts_hash, render_document
from kit.files.spreadsheets import clean

TITLES = {
    BulletinKind.MONTH: "月度履约通报",
    BulletinKind.QUARTER: "季度履约考核情况",
    BulletinKind.YEAR: "年度履约概览",
}
NUMBERS = "一二三四五六七八九十"
SONG, HEI, FANG = "方正小标宋简体", "黑体", "仿宋_GB2312"


@dataclass(frozen=True)
class Layout:
    """Of the Word file: margins in mm (top, bottom, left, right), type and line in points."""

    margins: tuple[int, int, int, int]
    title: float
    text: float
    table: float
    line: float


# 22 lines in the 225 mm that the margins leave. A year is for one glance: one page, its tables in two columns.
OFFICIAL = Layout((37, 35, 28, 26), 22, 16, 12, 28.95)
ONE_PAGE = Layout((9, 8, 13, 13), 15, 8.5, 6.5, 10.5)


def title_of(report: Bulletin) -> str:
    """ "12345热线服务合同2025年9月月度履约通报" without the contract's own title."""
    first, last = report.span.first, report.span.last
    is_month = report.kind == BulletinKind.MONTH
    span = f"{first.year}年{first.month}月" if is_month else chinese_span(str(first), str(last))
    return f"{span}{TITLES[BulletinKind(report.kind)]}"


def chart_of(report: Bulletin) -> Any:
    """The months against the floor as SVG; empty where there is nothing to compare."""
    if len(report.months) < 2:
        return ""
    return on_post_chart({"rows": report.months, "floor": report.floor or None}).svg


def sources_of(report: Bulletin) -> str:
    """Where each figure stands, in one sentence."""
    return "；".join(f"{name}：{figure}（{source}）" for name, figure, source in report.sources) + "。"


def bulletin_pdf(report: Bulletin, number: str = "") -> bytes:
    """The report as PDF, a year's on one page. One that is kept has its number, and is PDF/A with its hash on it.

    Raises CannotPrint where this machine cannot print Chinese.
    """
    digest = facts_hash(report.facts)
    context = {
        "number": number,
        "digest": digest,
        "is_year": report.kind == BulletinKind.YEAR,
        "sources": sources_of(report),
        "report": report,
        "title": title_of(report),
        "span": chinese_span(str(report.span.first), str(report.until)),
        "as_of": chinese(report.as_of),
        "chapters": list(zip(NUMBERS, report.chapters, strict=False)),
        "chart": chart_of(report),
    }
    variant = ARCHIVAL if number else None
    return render_document("billing/bulletin.html", context, identifier=digest, pdf_variant=variant)


def bulletin_docx(report: Bulletin) -> bytes:
    """The same report for Word and WPS, with styles to edit by; a year's is small enough for one page."""
    book = docx.Document()
    layout = ONE_PAGE if report.kind == BulletinKind.YEAR else OFFICIAL
    _set_page(book, layout)
    _set_styles(book, layout)
    title = book.add_paragraph(style="Title")
    title.add_run(clean(report.contract.office.name))
    title.add_run().add_break()
    title.add_run(title_of(report))
    book.add_paragraph(
        clean(f"合同：{report.contract.title}（{report.contract.number}），乙方：{report.contract.vendor.name}。")
        + f"报告期：{chinese_span(str(report.span.first), str(report.until))}，数据截至{chinese(report.as_of)}。"
    )
    for number, chapter in zip(NUMBERS, report.chapters, strict=False):
        book.add_paragraph(f"{number}、{chapter.title}", style="Heading 1")
        for sentence in chapter.sentences:
            book.add_paragraph(clean(sentence))
        if chapter is report.chapters[0] and len(report.months) > 1:
            _add_bars(book, report, layout)
        if chapter is report.chapters[0] and layout is ONE_PAGE:
            _set_columns(book)
        for table in chapter.tables:
            _add_table(book, table, layout)
    book.add_paragraph("附：数据依据", style="Heading 1")
    if layout is ONE_PAGE:
        book.add_paragraph(clean(sources_of(report)))
    else:
        _add_table(book, Table(("数据", "数值", "来源"), report.sources), layout)
    for text in (clean(report.contract.office.name), chinese(report.as_of)):
        closing = book.add_paragraph(text)
        closing.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _set_page(book: Any, layout: Layout) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    top, bottom, left, right = (Mm(margin) for margin in layout.margins)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = top, bottom, left, right
    section.header_distance = section.footer_distance = Mm(8)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(layout.line * 20)))
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)


def _set_columns(book: Any) -> None:
    """What follows stands in two columns of the same page."""
    section = book.add_section(WD_SECTION.CONTINUOUS)
    columns = section._sectPr.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    columns.set(qn("w:space"), "340")


def _set_styles(book: Any, layout: Layout) -> None:
    for name, face, size in (
        ("Normal", FANG, layout.text),
        ("Title", SONG, layout.title),
        ("Heading 1", HEI, layout.text),
    ):
        style = book.styles[name]
        style.font.name, style.font.size = face, Pt(size)
        style.font.bold, style.font.color.rgb = False, None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), face)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        style.paragraph_format.line_spacing = Pt(layout.line)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    book.styles["Normal"].paragraph_format.first_line_indent = Pt(2 * layout.text)
    book.styles["Title"].paragraph_format.line_spacing = Pt(max(layout.line, 1.3 * layout.title))
    book.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    book.styles["Title"].paragraph_format.space_after = Pt(layout.line / 2 if layout is ONE_PAGE else layout.line)
    book.styles["Title"].paragraph_format.first_line_indent = Pt(0)
    for border in book.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        book.styles["Title"].element.pPr.remove(border)


def _add_bars(book: Any, report: Bulletin, layout: Layout) -> None:
    """The chart as lines of text, which Word and WPS print alike and the office can edit."""
    low, rows = bars({"rows": report.months, "floor": report.floor})
    book.add_paragraph(f"各月人员到位率如下图（自{low}%起，“┃”处为合同下限{report.floor}%，浅色为未证明）。")
    _add_table(book, Table(("月份", "人员到位率", "到位率"), rows, 1), layout)


def _add_table(book: Any, table: Table, layout: Layout) -> None:
    made = book.add_table(rows=1, cols=len(table.head), style="Table Grid")
    # By itself a table is as wide as a page, and its columns are alike.
    columns = book.sections[-1]._sectPr.find(qn("w:cols"))
    halved = columns is not None and columns.get(qn("w:num"))
    whole = sum(column.width for column in made.columns) * (0.48 if halved else 1)
    needs = [min(max(_width(row[place]) for row in (table.head, *table.rows)), 40) for place in range(len(table.head))]
    made.autofit = False
    for column, need in zip(made.columns, needs, strict=True):
        column.width = int(whole * need / sum(needs))
    lines = [(made.rows[0], table.head), *((made.add_row(), row) for row in table.rows)]
    for line, texts in lines:
        for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            cell.width = made.columns[place].width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            paragraph.paragraph_format.line_spacing = 1.0
            paragraph.add_run(clean(text)).font.size = Pt(layout.table)
            if place >= len(texts) - table.figures:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    head = made.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head.append(repeated)
    book.add_paragraph().paragraph_format.line_spacing = 0.5


def _width(text: str) -> int:
    """How wide a text is, in halves of a character, with its margins."""
    return 5 + sum(1 if char < "\u0400" else 2 for char in text)
