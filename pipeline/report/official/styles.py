"""The empty Word document with the styles of Nghị định 30/2020/NĐ-CP, instead of those of the library."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement


FONT = "Times New Roman"
LANGUAGE = "vi-VN"
_INDENT = Mm(12.7)
_LIBRARY_PARTS = (
    "thumbnail",
    "extended-properties",
    "customXml",
    "stylesWithEffects",
    "theme",
    "numbering",
    "fontTable",
)
"""Parts of the library's template that this document does not need."""
_LEFT, _CENTRE, _JUSTIFIED = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class _Look:
    """The look of one kind of paragraph; sizes and spaces in points."""

    size: float
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = _CENTRE
    before: float = 0
    after: float = 0
    indented: bool = False
    """The first line is indented by 1,27 cm."""
    keep: bool = False
    """On the same page as the next paragraph."""


_LOOKS = {
    "Normal": _Look(14, align=_JUSTIFIED, after=6),
    "Body Text": _Look(14, align=_JUSTIFIED, after=6, indented=True),
    "Căn cứ": _Look(14, italic=True, align=_JUSTIFIED, after=6, indented=True),
    "List Paragraph": _Look(14, align=_JUSTIFIED, after=6, indented=True),
    "Heading 1": _Look(14, bold=True, align=_LEFT, before=8, after=6, indented=True, keep=True),
    "Heading 2": _Look(14, bold=True, align=_LEFT, before=4, after=6, indented=True, keep=True),
    "Title": _Look(14, bold=True, before=12),
    "Trích yếu": _Look(14, bold=True),
    "Số liệu": _Look(13, italic=True, after=3),
    "Kính gửi": _Look(14, before=12, after=12),
    "Quốc hiệu": _Look(12, bold=True),
    "Tiêu ngữ": _Look(13, bold=True),
    "Cơ quan": _Look(12, bold=True),
    "Số ký hiệu": _Look(13, before=6),
    "Dự thảo": _Look(13, bold=True, before=4),
    "Địa danh": _Look(13, italic=True, before=6),
    "Chữ ký": _Look(14, bold=True),
    "Nơi nhận": _Look(12, bold=True, italic=True, align=_LEFT),
    "Nơi nhận dòng": _Look(11, align=_LEFT),
    "Caption": _Look(14, bold=True, before=6, after=4, keep=True),
    "Phụ lục": _Look(14, bold=True, keep=True),
    "Kèm theo": _Look(13, italic=True, before=4, after=8, keep=True),
    "Header": _Look(13),
    "Ô bảng": _Look(11, align=_LEFT),
}


_LIBRARY_STYLES = ("Default Paragraph Font", "Normal Table", "No List", "Table Grid")


def start_document(*, title: str, subject: str, author: str) -> WordDocument:
    """An empty document in Vietnamese with title, subject and author, and no time in its properties."""
    document = Document(io.BytesIO(_empty()))
    properties = document.core_properties
    properties.title, properties.subject = title[:255], subject[:255]
    properties.author, properties.language = author[:255], LANGUAGE
    return document


def set_style(paragraph: Paragraph, name: str) -> None:
    """As `paragraph.style = name`, without its search through all styles."""
    paragraph._p.style = _style_ids()[name]


@cache
def _empty() -> bytes:
    """The document without text; made once, since setting its styles takes as long as writing the text."""
    document = Document()
    for part in (document.part, document.part.package):
        rels = part.rels
        for key in [k for k, rel in rels.items() if rel.reltype.rpartition("/")[2] in _LIBRARY_PARTS]:
            del rels[key]
    properties = document.core_properties._element
    for child in list(properties):
        properties.remove(child)
    _settings(document)
    _set_styles(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@cache
def _style_ids() -> dict[str, str]:
    return {style.name: style.style_id for style in Document(io.BytesIO(_empty())).styles if style.name}


def _set_styles(document: WordDocument) -> None:
    """The defaults of the document, then every style as in the decree."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(f"{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for child in list(run):
        run.remove(child)
    run.append(_fonts())
    run.append(element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi=LANGUAGE))
    for style in list(document.styles):
        if style.name not in _LOOKS and style.name not in _LIBRARY_STYLES:
            document.styles.element.remove(style.element)
    for name, look in _LOOKS.items():
        if name in document.styles:
            style = document.styles[name]
        else:
            style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = document.styles["Normal"]
        if isinstance(style, ParagraphStyle):
            _apply(style, look)


def _apply(style: ParagraphStyle, look: _Look) -> None:
    for tag in ("w:link", "w:next"):
        for reference in style.element.findall(qn(tag)):
            style.element.remove(reference)
    for tag in ("w:rPr", "w:pPr"):
        old = style.element.find(qn(tag))
        if old is not None:
            for child in list(old):
                if child.tag != qn("w:outlineLvl"):
                    old.remove(child)
    style.element.get_or_add_rPr().insert(0, _fonts())
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), look.bold, look.italic
    paragraph = style.paragraph_format
    paragraph.alignment, paragraph.first_line_indent = look.align, _INDENT if look.indented else Mm(0)
    paragraph.space_before, paragraph.space_after = Pt(look.before), Pt(look.after)
    paragraph.line_spacing_rule = WD_LINE_SPACING.SINGLE
    paragraph.keep_with_next = look.keep
    paragraph.widow_control = True


def _settings(document: WordDocument) -> None:
    settings = document.settings.element
    for tag in ("w:zoom", "w:rsids", "w:savePreviewPicture", "w:proofState", "w:themeFontLang"):
        for old in settings.findall(qn(tag)):
            settings.remove(old)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _fonts() -> BaseOxmlElement:
    return element("w:rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An empty element such as `w:cantSplit`, with attributes of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def add_page_number(paragraph: Paragraph) -> None:
    """The number of the page: the only field of the document, not made from data."""
    field = element("w:fldSimple", instr="PAGE")
    paragraph._p.append(field)
    run = element("w:r")
    text = element("w:t")
    text.text = "2"
    run.append(text)
    field.append(run)


def add_rule(paragraph: Paragraph, room: Length, length: Length) -> None:
    """A solid rule of `length` in the middle of `room`: the upper border of an empty, low paragraph."""
    side = Length(max(0, (room - length) // 2))
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = side
    shape.space_before, shape.space_after = Pt(4), Pt(0)
    shape.line_spacing = Pt(4)
    border = element("w:pBdr")
    border.append(element("w:top", val="single", sz="6", space="1", color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def number_from_one(section: Section) -> None:
    """Number the pages of this section from 1; a new section copies the settings of the one before."""
    properties = section._sectPr
    if properties.find(qn("w:pgNumType")) is None:
        properties.insert_element_before(
            element("w:pgNumType", start="1"), "w:cols", "w:vAlign", "w:titlePg", "w:textDirection", "w:docGrid"
        )
