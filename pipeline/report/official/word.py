"""The official report as a Word file (.docx), which the office completes.

The template gives head, sentences, styles and signature; what is made of data is written here into its places. The
tables have headings that repeat on every page, and rows that are not split. Data enters only as the text of runs: no
field, formula or link is made from it. The file states no time: the same report gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from pipeline.report.office_zip import without_times
from pipeline.report.official.model import (
    Appendix,
    Block,
    DocumentTable,
    Items,
    Line,
    OfficialReport,
    Paragraph,
    QrCode,
)
from pipeline.report.official.template import Template, filled, our_template
from pipeline.report.official.word_table import element, table_of
from pipeline.report.qr_code import qr_png

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the name of a place while the template is filled in; no data has these characters (`model.inert`)."""
_STYLES = ("List Paragraph", "Caption", "Kèm theo", "Phụ lục", "Ghi chú", "Ô bảng", "Ô phụ lục", "Table Grid")
"""What the template has to have for what is written into its places."""
_OPTIONAL = ("tom_tat",)
"""A place that templates made before it had a name do without."""
_WHERE_TOLD = ("kho_khan",)
"""A place that they do without as long as nothing is to be written there: what an office wrote is never dropped."""
_RULE = "Kẻ dưới"
"""The style of an empty paragraph with a rule above, below the name of the office and the subject."""
_CAPITAL, _LETTER = Mm(3.0), Mm(2.45)
"""Mean width of a bold capital of 12 points and of a bold letter of 14: rules are 1/3 to 1/2 of a line."""
_LANGUAGE = "vi-VN"


def write_docx(report: OfficialReport, path: Path, template: Template | None = None) -> None:
    """Write the report; the same report and template give the same bytes. Raises DataError for a broken template."""
    path.write_bytes(docx_bytes(report, template))


def docx_bytes(report: OfficialReport, template: Template | None = None) -> bytes:
    """The finished file, in the template of the office or in that of the program. Raises DataError."""
    template = template or our_template()
    basis = tuple(Paragraph(line) for line in report.basis)
    computed = report.computed
    places: dict[str, tuple[Block, ...]] = {
        "can_cu": basis,
        "mo_dau": computed.opening,
        "tom_tat": computed.summary,
        "chi_tieu": computed.indicators,
        "nhiem_vu": computed.tasks,
        "kho_khan": computed.difficulties,
        "ky_toi": computed.next_period,
    }
    document = filled(template, {**_words(report), **{name: f"{_OPEN}{name}{_CLOSE}" for name in places}})
    writer = _Writer(document, template)
    for name, blocks in places.items():
        writer.put(name, blocks)
    writer.rules()
    writer.label(report.label)
    for appendix in report.appendices:
        writer.appendix(appendix, report.attached)
    _name(document, report)
    written = io.BytesIO()
    document.save(written)
    return without_times(written.getvalue())


def _words(report: OfficialReport) -> dict[str, str]:
    """What a template may name inside of its sentences; the addressee is '' where nobody stands above."""
    headings = [block.text for block in report.body if not isinstance(block, (Paragraph, Items, DocumentTable, QrCode))]
    of = {text.partition(".")[0]: text for text in headings}
    above = report.addressee[-1]
    return {
        "co_quan": report.author,
        "dia_phuong": report.masthead.issuer[-1],
        "dia_danh": report.masthead.place,
        "trich_yeu": report.subject,
        "kinh_gui": "" if above.fill else above.text,
        "de_muc_chi_tieu": of["II"],
        "de_muc_nhiem_vu": of["III"],
    }


class _Writer:
    def __init__(self, document: WordDocument, template: Template) -> None:
        self.document, self.template = document, template
        self.ids = {style.name: style.style_id for style in document.styles if style.name}
        if missing := [name for name in _STYLES if name not in self.ids]:
            remedy = f"chép kiểu ấy từ tệp mẫu của chương trình ({our_template().name}), hoặc tạo kiểu cùng tên"
            raise template.refused(f"thiếu kiểu (Styles): {', '.join(missing)}", remedy)
        # Deep, so that places inside tables and boxes count.
        self.paragraphs = list(document.element.body.iter(qn("w:p")))

    def put(self, name: str, blocks: tuple[Block, ...]) -> None:
        """Write blocks in the place of the paragraph that names them, in its look."""
        token = f"{_OPEN}{name}{_CLOSE}"
        holders = [found for found in self.paragraphs if token in _text(found)]
        if not holders and (name in _OPTIONAL or (name in _WHERE_TOLD and not blocks)):
            return
        if len(holders) != 1 or _text(holders[0]).strip() != token:
            message = "thiếu chỗ điền" if not holders else "chỗ điền phải có một lần, một mình một đoạn"
            remedy = f"viết {{{{ {name} }}}} thành một đoạn riêng, đúng một lần, ở nơi phần này đứng trong báo cáo"
            raise self.template.refused(message, remedy, f"{{{{ {name} }}}}")
        holder = holders[0]
        for made in self._written(blocks, holder):
            holder.addprevious(made)
        holder.getparent().remove(holder)

    def _written(self, blocks: tuple[Block, ...], like: BaseOxmlElement) -> Iterable[BaseOxmlElement]:
        for number, block in enumerate(blocks):
            if isinstance(block, Paragraph):
                made = self._paragraph(like, block.spans)
                if isinstance(blocks[min(number + 1, len(blocks) - 1)], Items):
                    made.paragraph_format.keep_with_next = True
                yield made._p
            elif isinstance(block, Items):
                for line in block.lines:
                    made = self._styled("List Paragraph", "- ")
                    _write(made, line)
                    yield made._p
            elif isinstance(block, QrCode):
                yield self._code(block)._p
            elif isinstance(block, DocumentTable):
                yield self._styled("Caption", block.title)._p
                yield self._table(block, _width(self.document.sections[0]), "Ô bảng")
                yield self._styled("Ô bảng")._p

    def _code(self, block: QrCode) -> WordParagraph:
        """The picture and the text beside it, in one paragraph."""
        made = self._styled("Ghi chú")
        made.add_run().add_picture(io.BytesIO(qr_png(block.content)), width=Mm(20))
        for shown in made._p.iter(qn("wp:docPr")):
            shown.set("descr", block.alternative)
        made.add_run(f" {block.text}")
        return made

    def _table(self, table: DocumentTable, width: Length, style: str) -> BaseOxmlElement:
        return table_of(table, width, self.ids["Table Grid"], self.ids[style])

    def _paragraph(self, like: BaseOxmlElement, line: Line) -> WordParagraph:
        """A paragraph in the look of another one, as the office may have set it by hand."""
        made = element("w:p")
        if (look := like.find(qn("w:pPr"))) is not None:
            made.append(deepcopy(look))
        run = like.find(f"{qn('w:r')}/{qn('w:rPr')}")
        paragraph = WordParagraph(made, self.document._body)
        _write(paragraph, line, run)
        return paragraph

    def _styled(self, style: str, text: str = "") -> WordParagraph:
        paragraph = WordParagraph(element("w:p"), self.document._body)
        paragraph._p.style = self.ids[style]
        if text:
            paragraph.add_run(text)
        return paragraph

    def rules(self) -> None:
        """Rules below the name of the office and the subject: 0.4 of the line above, in its middle."""
        style = self.ids.get(_RULE)
        for paragraph in filter(lambda found: _style(found) == style, self.document.element.body.iter(qn("w:p"))):
            before, cell = paragraph.getprevious(), paragraph.getparent()
            if style is None or before is None or paragraph.find(f".//{qn('w:ind')}") is not None:
                continue  # the office has set its length by hand
            text = _text(before)
            room = Length(cell.width - Mm(3.8)) if cell.tag == qn("w:tc") else _width(self.document.sections[0])
            length = min(int(len(text) * (_CAPITAL if text.isupper() else _LETTER)), Mm(150)) * 0.4
            shape = WordParagraph(paragraph, self.document._body).paragraph_format
            shape.left_indent = shape.right_indent = Length(max(0, int(room - length) // 2))

    def label(self, label: str) -> None:
        """What a draft or a report on synthetic data says at the top of every page."""
        if not label:
            return
        section = self.document.sections[0]
        headers = [section.header]
        headers += [section.first_page_header] if section.different_first_page_header_footer else []
        headers += [section.even_page_header] if self.document.settings.odd_and_even_pages_header_footer else []
        for header in headers:
            run = header.paragraphs[0].insert_paragraph_before().add_run(label)
            run.bold, run.font.size = True, Pt(10)
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER

    def appendix(self, appendix: Appendix, attached: str) -> None:
        """A section of its own on landscape paper, its pages numbered from 1 (Mục III.1.đ)."""
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        if section.page_width < section.page_height:
            section.page_width, section.page_height = section.page_height, section.page_width
        section.orientation = WD_ORIENT.LANDSCAPE
        _number_from_one(section)
        body = self.document.element.body
        heading = self._styled("Phụ lục", appendix.label)
        heading.runs[0].add_break()
        heading.add_run(appendix.title)
        table = self._table(appendix.table, _width(section), "Ô phụ lục")
        notes = [self._styled("Ghi chú", note)._p for note in appendix.notes]
        for made in (heading._p, self._styled("Kèm theo", attached)._p, table, *notes):
            body[-1].addprevious(made)


def _write(paragraph: WordParagraph, line: Line, look: BaseOxmlElement | None = None) -> None:
    for span in line:
        run = paragraph.add_run(span.text)
        if look is not None:
            run._r.insert(0, deepcopy(look))
        if span.fill:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _style(paragraph: BaseOxmlElement) -> str | None:
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return None if found is None else found.get(qn("w:val"))


def _width(section: Section) -> Length:
    """Of the text of a page."""
    sizes = section.page_width, section.left_margin, section.right_margin
    width, left, right = (size or 0 for size in sizes)
    return Length(width - left - right)


def _number_from_one(section: Section) -> None:
    """Number the pages of this section from 1; a new section copies the settings of the one before."""
    properties = section._sectPr
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    number = element("w:pgNumType", start="1")
    properties.insert_element_before(number, "w:cols", "w:vAlign", "w:titlePg", "w:textDirection", "w:docGrid")


def _name(document: WordDocument, report: OfficialReport) -> None:
    """Title, subject and author; nothing of who wrote the template and when."""
    properties = document.core_properties
    for child in list(properties._element):
        properties._element.remove(child)
    properties.title, properties.subject = report.title[:255], report.subject[:255]
    properties.author, properties.language = report.author[:255], _LANGUAGE
