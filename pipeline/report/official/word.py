"""The official report as a Word file (.docx), which the office completes.

It has real headings, table headings that repeat on every page, and rows that are not split. Data enters only as the
text of runs: no field, formula or link is made from it. The file states no time: the same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

from docx.blkcntnr import BlockItemContainer
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from pipeline.report.office_zip import without_times
from pipeline.report.official.model import (
    Appendix,
    Block,
    DocumentHeading,
    DocumentRow,
    DocumentTable,
    Items,
    Line,
    OfficialReport,
    Paragraph,
)
from pipeline.report.official.styles import (
    add_page_number,
    add_rule,
    element,
    number_from_one,
    set_style,
    start_document,
)

_TEXT_WIDTH, _LANDSCAPE_WIDTH = Mm(165), Mm(252)
"""A4 without 30 mm on the left and 15 mm on the right (Phụ lục I, Phần I, Mục I.3)."""
_LEFT_HALF, _RIGHT_HALF = Mm(63), Mm(102)
_CELL_MARGINS = Mm(3.8)
"""The margins of a cell in Word, left and right together."""
_MOTTO_WIDTH = Mm(56)
"""Width of the motto in Times New Roman bold 13; its rule is as long (Mục II.1.b)."""
_CAPITAL, _LETTER = Mm(3.0), Mm(2.45)
"""Mean width of a bold capital of 12 points and of a bold letter of 14: rules are 1/3 to 1/2 of a line."""


def write_docx(report: OfficialReport, path: Path) -> None:
    """Write the report; the same report gives the same bytes."""
    path.write_bytes(docx_bytes(report))


def docx_bytes(report: OfficialReport) -> bytes:
    """The finished file."""
    document = start_document(title=report.title, subject=report.subject, author=report.author)
    section = document.sections[0]
    _paper(section, landscape=False)
    _page_header(section, report.label)
    _masthead(document, report)
    _title(document, report)
    for line in report.basis:
        _write(_paragraph(document, "Căn cứ"), line)
    for number, block in enumerate(report.body):
        _block(document, block)
        if isinstance(block, Paragraph) and isinstance(report.body[min(number + 1, len(report.body) - 1)], Items):
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    _closing(document, report)
    for appendix in report.appendices:
        _appendix(document, appendix)
    return _packed(document)


def _paper(section: Section, *, landscape: bool) -> None:
    short, long = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)


def _page_header(section: Section, label: str) -> None:
    """The page number centred in the top margin, except on the first page; the label on every page."""
    section.different_first_page_header_footer = True
    first, others = section.first_page_header.paragraphs[0], section.header.paragraphs[0]
    if label:
        for paragraph in (first, others):
            run = paragraph.add_run(label)
            run.bold, run.font.size = True, Pt(10)
        others = _paragraph(section.header, "Header")
    add_page_number(others)


def _masthead(document: WordDocument, report: OfficialReport) -> None:
    """Ô số 1 to 4, in a grid without lines."""
    mast = report.masthead
    grid = _grid(document, rows=2, widths=(_LEFT_HALF, _RIGHT_HALF))
    issuer, country = grid.rows[0].cells
    for name in mast.issuer:
        _add(issuer, name, "Cơ quan")
    add_rule(
        _paragraph(issuer, "Cơ quan"),
        Length(_LEFT_HALF - _CELL_MARGINS),
        Length(int(len(mast.issuer[-1]) * _CAPITAL * 0.42)),
    )
    _add(country, mast.country, "Quốc hiệu")
    _add(country, mast.motto, "Tiêu ngữ")
    add_rule(_paragraph(country, "Tiêu ngữ"), Length(_RIGHT_HALF - _CELL_MARGINS), _MOTTO_WIDTH)
    number, day = grid.rows[1].cells
    _add(number, mast.number, "Số ký hiệu")
    _add(number, mast.draft, "Dự thảo")
    _add(day, mast.place_and_day, "Địa danh")


def _title(document: WordDocument, report: OfficialReport) -> None:
    _paragraph(document, "Title", report.kind)
    _paragraph(document, "Trích yếu", report.subject)
    length = min(int(len(report.subject) * _LETTER), Mm(150))
    add_rule(_paragraph(document, "Trích yếu"), _TEXT_WIDTH, Length(int(length * 0.4)))
    for text in report.dates:
        _paragraph(document, "Số liệu", text)
    _write(_paragraph(document, "Kính gửi"), report.addressee)


def _block(document: WordDocument, block: Block) -> None:
    if isinstance(block, DocumentHeading):
        _paragraph(document, f"Heading {block.level}", block.text)
    elif isinstance(block, Paragraph):
        _write(_paragraph(document, "Body Text"), block.spans)
    elif isinstance(block, Items):
        for line in block.lines:
            paragraph = _paragraph(document, "List Paragraph")
            paragraph.add_run("- ")
            _write(paragraph, line)
    else:
        _paragraph(document, "Caption", block.title)
        _table(document, block, _TEXT_WIDTH, Pt(12))
        _paragraph(document, "Ô bảng")


def _closing(document: WordDocument, report: OfficialReport) -> None:
    """Ô số 7 and 9 side by side, on one page."""
    closing = report.closing
    document.paragraphs[-1].paragraph_format.space_after = Pt(14)
    grid = _grid(document, rows=1, widths=(Mm(75), Mm(90)))
    left, right = grid.rows[0].cells
    _add(left, closing.recipients_heading, "Nơi nhận")
    for line in closing.recipients:
        _write(_paragraph(left, "Nơi nhận dòng"), line)
    for text in closing.signature:
        _add(right, text, "Chữ ký")
    choice = _paragraph(right, "Nơi nhận dòng")
    choice.alignment = WD_ALIGN_PARAGRAPH.CENTER
    choice.paragraph_format.space_before = Mm(25)
    _write(choice, closing.signature_choice)


def _appendix(document: WordDocument, appendix: Appendix) -> None:
    """A section of its own on landscape paper, its pages numbered from 1 (Mục III.1.đ)."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _paper(section, landscape=True)
    number_from_one(section)
    heading = _paragraph(document, "Heading 1")
    heading.alignment, heading.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Mm(0)
    heading.add_run(appendix.label).add_break()
    heading.add_run(appendix.title)
    _paragraph(document, "Kèm theo", appendix.attached)
    _table(document, appendix.table, _LANDSCAPE_WIDTH, Pt(11))


def _table(document: WordDocument, table: DocumentTable, width: Length, size: Length) -> None:
    """A table whose heading repeats on every page and whose rows are not split."""
    shares = sum(column.width for column in table.columns)
    widths = tuple(Length(int(width * column.width / shares)) for column in table.columns)
    drawn = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    _fix_widths(drawn, widths)
    drawn._tbl.tblPr.append(element("w:tblCaption", val=table.title or document.paragraphs[-1].text))
    drawn._tbl.tblPr.append(element("w:tblDescription", val=table.summary))
    heading = _row(drawn, widths, heading=True)
    for cell, column in zip(heading.cells, table.columns, strict=True):
        _cell(cell, column.title, size, centred=True, strong=True)
    models: dict[tuple[bool, bool], CT_Row] = {}
    for row in table.rows:
        kind = row.heading, row.strong
        if kind not in models:
            models[kind] = _model_row(drawn, table, widths, size, row)
        drawn._tbl.append(_filled(models[kind], row.cells[:1] if row.heading else row.cells))


def _model_row(
    drawn: WordTable, table: DocumentTable, widths: Sequence[Length], size: Length, like: DocumentRow
) -> CT_Row:
    """A row of empty cells with their final look. To copy it is ten times as fast as to format every cell."""
    model = _row(drawn, widths)
    if like.heading:
        merged = model.cells[0].merge(model.cells[-1])
        _cell(merged, "", size, strong=True)
        merged.paragraphs[0].paragraph_format.keep_with_next = True
    else:
        for cell, column in zip(model.cells, table.columns, strict=True):
            _cell(cell, "", size, centred=column.centred, strong=like.strong)
    drawn._tbl.remove(model._tr)
    return model._tr


def _filled(model: CT_Row, texts: Sequence[str]) -> CT_Row:
    row = deepcopy(model)
    for run, text in zip(row.iter(qn("w:r")), texts, strict=True):
        if text:
            run.add_t(text)
    return row


def _row(table: WordTable, widths: Sequence[Length], *, heading: bool = False) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if heading:
        properties.append(element("w:tblHeader"))
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = width
    return row


def _cell(cell: _Cell, text: str, size: Length, *, centred: bool = False, strong: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    set_style(paragraph, "Ô bảng")
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = size, strong or None
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _grid(document: WordDocument, *, rows: int, widths: Sequence[Length]) -> WordTable:
    """A grid without lines for parts side by side; not a data table."""
    grid: WordTable = document.add_table(rows=rows, cols=len(widths))
    _fix_widths(grid, widths)
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return grid


def _fix_widths(table: WordTable, widths: Sequence[Length]) -> None:
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _paragraph(place: BlockItemContainer | WordDocument, style: str, text: str = "") -> WordParagraph:
    paragraph = place.add_paragraph(text)
    set_style(paragraph, style)
    return paragraph


def _add(cell: _Cell, text: str, style: str) -> None:
    """A paragraph in a cell; a new cell already has an empty one."""
    first = cell.paragraphs[0]
    paragraph = first if len(cell.paragraphs) == 1 and not first.text else cell.add_paragraph()
    set_style(paragraph, style)
    paragraph.add_run(text)


def _write(paragraph: WordParagraph, line: Line) -> None:
    for span in line:
        run = paragraph.add_run(span.text)
        if span.fill:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _packed(document: WordDocument) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return without_times(written.getvalue())
