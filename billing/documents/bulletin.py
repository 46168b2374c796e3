"""A report to the leaders as PDF, and as a Word file that the office goes on editing.

The layout follows the grid of GB/T 9704 (A4, 22 lines of 28 characters); styles of the Word file name the official
typefaces, the PDF uses the bundled free one. No claim of conformity is made.
"""

import io
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from billing.documents.chart import bars, on_post_chart
from billing.selectors.bulletin import Bulletin, Table
from contract.wording import day as chinese
from contract.wording import span as chinese_span
from kit.files.documents import facts_hash, render_document
from kit.files.spreadsheets import clean

TITLES = {"month": "月度履约通报", "quarter": "季度履约考核情况", "year": "年度履约概览"}
NUMBERS = "一二三四五六七八九十"
# 22 lines of the 225 mm that the margins leave, in twentieths of a point.
LINE = 579
SONG, HEI, FANG = "方正小标宋简体", "黑体", "仿宋_GB2312"


def title_of(report: Bulletin) -> str:
    """ "12345热线服务合同2025年9月月度履约通报" without the contract's own title."""
    first, last = report.span.first, report.span.last
    spans = {"month": f"{first.year}年{first.month}月", "year": f"{first:%Y-%m-%d}至{last:%Y-%m-%d}"}
    return f"{spans.get(report.kind, chinese_span(str(first), str(last)))}{TITLES[report.kind]}"


def bulletin_pdf(report: Bulletin) -> bytes:
    """The report as PDF. Raises CannotPrint where this machine cannot print Chinese."""
    chart = on_post_chart({"rows": report.months, "floor": report.floor or None}) if len(report.months) > 1 else None
    context = {
        "report": report,
        "title": title_of(report),
        "span": chinese_span(str(report.span.first), str(report.until)),
        "as_of": chinese(report.as_of),
        "chapters": list(zip(NUMBERS, report.chapters, strict=False)),
        "chart": chart.svg if chart else "",
    }
    return render_document("billing/bulletin.html", context, identifier=facts_hash(report.facts))


def bulletin_docx(report: Bulletin) -> bytes:
    """The same report for Word and WPS, with styles to edit by."""
    book = docx.Document()
    _set_page(book)
    _set_styles(book)
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
            _add_bars(book, report)
        for table in chapter.tables:
            _add_table(book, table)
    book.add_paragraph("附：数据依据", style="Heading 1")
    _add_table(book, Table(("数据", "数值", "来源"), report.sources))
    for text in (clean(report.contract.office.name), chinese(report.as_of)):
        closing = book.add_paragraph(text)
        closing.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _set_page(book: Any) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE))
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)


def _set_styles(book: Any) -> None:
    for name, face, size in (("Normal", FANG, 16), ("Title", SONG, 22), ("Heading 1", HEI, 16)):
        style = book.styles[name]
        style.font.name, style.font.size = face, Pt(size)
        style.font.bold, style.font.color.rgb = False, None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), face)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        style.paragraph_format.line_spacing = Pt(LINE / 20)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    book.styles["Normal"].paragraph_format.first_line_indent = Pt(32)
    book.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    book.styles["Title"].paragraph_format.space_after = Pt(LINE / 20)
    book.styles["Title"].paragraph_format.first_line_indent = Pt(0)
    for border in book.styles["Title"].element.pPr.findall(qn("w:pBdr")):
        book.styles["Title"].element.pPr.remove(border)


def _add_bars(book: Any, report: Bulletin) -> None:
    """The chart as lines of text, which Word and WPS print alike and the office can edit."""
    low, rows = bars({"rows": report.months, "floor": report.floor})
    book.add_paragraph(f"各月人员到位率如下图（自{low}%起，“┃”处为合同下限{report.floor}%，浅色为未证明）。")
    _add_table(book, Table(("月份", "人员到位率", "到位率"), rows, 1))


def _add_table(book: Any, table: Table) -> None:
    made = book.add_table(rows=1, cols=len(table.head), style="Table Grid")
    lines = [(made.rows[0], table.head), *((made.add_row(), row) for row in table.rows)]
    for line, texts in lines:
        for place, (cell, text) in enumerate(zip(line.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            paragraph.paragraph_format.line_spacing = 1.0
            paragraph.add_run(clean(text)).font.size = Pt(12)
            if place >= len(texts) - table.figures:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    head = made.rows[0]._tr.get_or_add_trPr()
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head.append(repeated)
    book.add_paragraph().paragraph_format.line_spacing = 0.5
