"""A table of the official report in Word: its heading repeats on every page, its rows are not split."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length
from docx.table import Table, _Cell, _Row

from pipeline.report.official.model import DocumentRow, DocumentTable

_MARGIN = "60"
"""Of a cell on the left and on the right, in twentieths of a point: as in the PDF."""


def table_of(document: WordDocument, table: DocumentTable, width: Length, cell_style: str) -> BaseOxmlElement:
    """The table, not yet placed in the document; `cell_style` is the id of the style of its cells."""
    shares = sum(column.width for column in table.columns)
    widths = tuple(Length(int(width * column.width / shares)) for column in table.columns)
    drawn = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    drawn.alignment, drawn.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, room in zip(drawn.columns, widths, strict=True):
        column.width = room
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=_MARGIN, type="dxa"))
    drawn._tbl.tblPr.insert_element_before(margins, "w:tblLook")
    drawn._tbl.tblPr.append(element("w:tblCaption", val=table.title))
    drawn._tbl.tblPr.append(element("w:tblDescription", val=table.summary))
    rows = _Rows(drawn, table, widths, cell_style)
    rows.heading()
    for row in table.rows:
        rows.add(row)
    return drawn._tbl  # type: ignore[no-any-return]


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """An empty element such as `w:cantSplit`, with attributes of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


class _Rows:
    def __init__(self, drawn: Table, table: DocumentTable, widths: Sequence[Length], cell_style: str) -> None:
        self.drawn, self.table, self.widths, self.cell_style = drawn, table, widths, cell_style
        self.models: dict[tuple[bool, bool], CT_Row] = {}

    def heading(self) -> None:
        row = self._row()
        row._tr.get_or_add_trPr().append(element("w:tblHeader"))
        for cell, column in zip(row.cells, self.table.columns, strict=True):
            self._cell(cell, column.title, centred=True, strong=True)

    def add(self, row: DocumentRow) -> None:
        """A copy of a row of empty cells with their final look: ten times as fast as to format every cell."""
        kind = row.heading, row.strong
        if kind not in self.models:
            self.models[kind] = self._model(row)
        made = deepcopy(self.models[kind])
        for run, text in zip(made.iter(qn("w:r")), row.cells[:1] if row.heading else row.cells, strict=True):
            if text:
                run.add_t(text)
        self.drawn._tbl.append(made)

    def _model(self, like: DocumentRow) -> CT_Row:
        model = self._row()
        if like.heading:
            merged = model.cells[0].merge(model.cells[-1])
            self._cell(merged, "", strong=True)
            merged.paragraphs[0].paragraph_format.keep_with_next = True
        else:
            for cell, column in zip(model.cells, self.table.columns, strict=True):
                self._cell(cell, "", centred=column.centred, strong=like.strong)
        self.drawn._tbl.remove(model._tr)
        return model._tr

    def _row(self) -> _Row:
        row: _Row = self.drawn.add_row()  # type: ignore[no-untyped-call]
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        for cell, width in zip(row.cells, self.widths, strict=True):
            cell.width = width
        return row

    def _cell(self, cell: _Cell, text: str, *, centred: bool = False, strong: bool = False) -> None:
        paragraph = cell.paragraphs[0]
        paragraph._p.style = self.cell_style
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(text).bold = strong or None
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
