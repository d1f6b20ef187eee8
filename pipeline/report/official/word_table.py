"""A table of the official report in Word: its heading repeats on every page, its rows are not split.

It is written as text and parsed once: to make each cell of objects takes four times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length

from pipeline.report.official.model import DocumentTable

_MARGINS = '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
"""Of a cell, in twentieths of a point: as in the PDF."""
_CENTRED, _STAYS = '<w:jc w:val="center"/>', "<w:keepNext/>"
"""Looks of a paragraph in a cell; one that stays is on the page of the next."""


def table_of(table: DocumentTable, width: Length, style: str, cell_style: str) -> BaseOxmlElement:
    """The table, not yet placed in the document; the styles are ids, `cell_style` that of the text in cells."""
    shares = sum(column.width for column in table.columns)
    widths = [Length(int(width * column.width / shares)).twips for column in table.columns]
    grid = "".join(f'<w:gridCol w:w="{room}"/>' for room in widths)
    rows = "".join(_rows(table, widths, f'<w:pStyle w:val="{escape(cell_style)}"/>'))
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{escape(style)}"/><w:tblW w:type="auto" w:w="0"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
        '<w:tblLook w:firstColumn="1" w:firstRow="1" w:lastColumn="0" w:lastRow="0" w:noHBand="0" w:noVBand="1"'
        f' w:val="04A0"/><w:tblCaption w:val="{escape(table.title)}"/><w:tblDescription'
        f' w:val="{escape(table.summary)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{rows}</w:tbl>"
    )


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An empty element such as `w:cantSplit`, with attributes of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def _rows(table: DocumentTable, widths: Sequence[int], style: str) -> Iterator[str]:
    centred, span = style + _CENTRED, f'<w:gridSpan w:val="{len(widths)}"/>'
    titles = zip((column.title for column in table.columns), widths, strict=True)
    yield _row("".join(_cell(title, room, centred, strong=True) for title, room in titles), "<w:tblHeader/>")
    looks = [centred if column.centred else style for column in table.columns]
    for row in table.rows:
        if row.heading:
            yield _row(_cell(row.cells[0], sum(widths), style + _STAYS, strong=True, span=span))
        else:
            cells = zip(row.cells, widths, looks, strict=True)
            yield _row("".join(_cell(text, room, look, strong=row.strong) for text, room, look in cells))


def _row(cells: str, more: str = "") -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, look: str, *, strong: bool, span: str = "") -> str:
    space = ' xml:space="preserve"' if text.strip() != text else ""
    shown = f"<w:t{space}>{escape(text)}</w:t>" if text else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{width}"/>{span}<w:vAlign w:val="center"/></w:tcPr><w:p>'
        f"<w:pPr>{look}</w:pPr><w:r><w:rPr>{'<w:b/>' if strong else ''}</w:rPr>{shown}</w:r></w:p></w:tc>"
    )
