"""What the Word library does not offer: a page number, a rule, a single element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Pt
from docx.text.paragraph import Paragraph

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement


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
