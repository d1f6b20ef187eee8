"""The tables of a Word report (.docx) as plain sheets, one for each: text as printed, merged cells, titles above.

Only `word/document.xml` is read. Tables without a number in them lay out text (quốc hiệu, phần ký) and are titles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

from pipeline.intake.cell_comments import of_texts
from pipeline.intake.cells import Cell, FileFaultError, text_cell
from pipeline.intake.workbook_parts import damaged, examine_archive, read_part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_TEXT = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_SYMBOLS = {"B3": "≥", "A3": "≤", "B1": "±", "BB": "≈", "B9": "≠", "B4": "×", "B7": "•", "2D": "-"}
"""Signs that Word keeps as a place in the font Symbol."""
_UNKNOWN_SIGN = "\N{REPLACEMENT CHARACTER}"
_NUMBER = re.compile(r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,/ ]{0,30}%?")
_PROSE = re.compile(r"so với|cùng kỳ|tăng|giảm|phấn đấu", re.IGNORECASE)
BETWEEN = ""
"""The line between the titles of the whole document and those of a later table."""
_TITLE = 160
"""Characters: longer paragraphs are prose, no title."""
_CAPTION = 4
"""Paragraphs next above a table that may be its title; of those farther up, only what looks like a heading."""
_HEADING = 80
"""Characters of a heading farther up."""
_RECIPIENTS = re.compile(r"n[oơ]i nhận", re.IGNORECASE)
"""The list of those who get a report (nơi nhận) names other offices, and is no title of the table below it."""
_PLAIN = {"hidden": False, "hidden_columns": [], "constant_width": False}
"""What no table of a document has."""


def read_word(content: bytes) -> list[dict[str, object]]:
    """The tables of a document. Raises FileFaultError for what is no sound .docx."""
    archive = examine_archive(content, "word/document.xml", "tệp Word (.docx)")
    try:
        from docx.oxml import parse_xml  # lxml, which resolves no entities

        body = parse_xml(archive.read("word/document.xml")).find(f"{_W}body")
        said = _comments(archive)
    except (MemoryError, FileFaultError):
        raise
    except Exception as error:
        raise damaged() from error
    if body is None:
        raise damaged()
    document = DocumentSheets(said)
    for part in body.iter(f"{_W}p", f"{_W}tbl"):
        if any(above.tag == f"{_W}tbl" for above in part.iterancestors()):
            continue
        if part.tag == f"{_W}p":
            document.paragraph(paragraph_text(part))
        else:
            document.table(WordTable.of(part))
    if not document.sheets and next(body.iter(f"{_W}drawing", f"{_W}pict"), None) is not None:
        return [{**_PLAIN, "name": "", "lines": [], "merged": [], "pictures": True}]
    return document.sheets


@dataclass
class WordTable:
    """One table of a document: cells by line and column, and what is merged."""

    lines: list[dict[int, Cell]] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    commented: list[tuple[int, int, list[str]]] = field(default_factory=list)
    """Line, column, and the ids of the comments on that cell."""

    @classmethod
    def of(cls, element: Any, label: Callable[[Any], str] = lambda paragraph: "") -> WordTable:
        """Read `w:tbl`. `label` gives the automatic number of a paragraph, which is then part of the text of its cell.

        `merged` holds first and last line, counted from 1, and first and last column, counted from 0.
        """
        table = cls()
        above: dict[int, list[int]] = {}
        for number, row in enumerate(element.iterchildren(f"{_W}tr"), start=1):
            column, cells = _before(row), {}
            for cell in row.iter(f"{_W}tc"):
                if next(cell.iterancestors(f"{_W}tr")) is not row:
                    continue
                span = int(_property(cell, "gridSpan") or 1)
                if _continues(cell) and column in above:
                    above[column][1] = number
                else:
                    cells[column] = _cell(cell, label)
                    above[column] = [number, number, column, column + span - 1]
                    table.merged.append(above[column])
                    if marks := [mark.get(f"{_W}id") or "" for mark in cell.iter(f"{_W}commentReference")]:
                        table.commented.append((number, column, marks))
                column += span
            table.lines.append(cells)
        table.merged = [area for area in table.merged if area[0] < area[1] or area[2] < area[3]]
        return table

    @property
    def texts(self) -> list[str]:
        """The texts of all cells."""
        return [cell.text for line in self.lines for cell in line.values() if cell.text]

    @property
    def lays_out(self) -> bool:
        """Whether it holds no figure below another line: a head of letter, or signatures."""
        width = max((max(line, default=0) + 1 for line in self.lines), default=0)
        return width <= 2 and not any(_NUMBER.fullmatch(text) for text in self.texts)


@dataclass
class DocumentSheets:
    """A document from top to bottom, as sheets: each table with the short lines above it."""

    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Id of a comment → its text and author."""
    sheets: list[dict[str, object]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    """Titles of the whole document: short lines above the first table."""
    captions: list[str] = field(default_factory=list)

    def paragraph(self, text: str) -> None:
        """Take a paragraph, which is a title where it is short and no prose."""
        if not text or len(text) > _TITLE or _PROSE.search(text):
            return
        if self.sheets and (_RECIPIENTS.match(text) or text.endswith(";")):
            return
        self.captions.append(text)
        if not self.sheets:
            self.head = [*self.head, text][:12]

    def table(self, table: WordTable) -> None:
        """Take a table: a sheet, or titles where it only lays out text."""
        if table.lays_out:
            for text in table.texts:
                self.paragraph(text)
            return
        own = [text for text in self.captions[:-_CAPTION] if _heads(text)] + self.captions[-_CAPTION:]
        titles = list(dict.fromkeys([*self.head, *own])) if not self.sheets else [*self.head, BETWEEN, *own]
        lines: list[list[object]] = [
            [n - len(titles), False, [[0, text, ""]] if text else []] for n, text in enumerate(titles)
        ]
        for number, cells in enumerate(table.lines, start=1):
            if cells:
                lines.append([number, False, [[c, cell.text, cell.fault] for c, cell in sorted(cells.items())]])
        name = f"Bảng {len(self.sheets) + 1}"
        comments = [
            one
            for number, column, marks in table.commented
            for one in of_texts(number, column, (self.said[mark] for mark in marks if mark in self.said))
        ]
        self.sheets.append({**_PLAIN, "name": name, "lines": lines, "merged": table.merged, "comments": comments})
        self.captions = []


def _heads(text: str) -> bool:
    """Whether a paragraph looks like a heading: short, and no sentence."""
    return len(text) <= _HEADING and not text.endswith((".", ":", ","))


def _comments(archive: ZipFile) -> dict[str, tuple[str, str]]:
    """Id → text and author of every comment of a document. Raises FileFaultError."""
    from docx.oxml import parse_xml

    root = parse_xml(read_part(archive, "word/comments.xml") or b"<none/>")
    return {
        comment.get(f"{_W}id") or "": (
            "\n".join(map(paragraph_text, comment.iter(f"{_W}p"))),
            comment.get(f"{_W}author") or "",
        )
        for comment in root.iter(f"{_W}comment")
    }


def _property(cell: Any, name: str) -> str:
    found = cell.find(f"{_W}tcPr/{_W}{name}")
    return (found.get(f"{_W}val") or "") if found is not None else ""


def _continues(cell: Any) -> bool:
    """Whether a cell is the lower part of a vertically merged one."""
    found = cell.find(f"{_W}tcPr/{_W}vMerge")
    return found is not None and found.get(f"{_W}val") != "restart"


def _before(row: Any) -> int:
    found = row.find(f"{_W}trPr/{_W}gridBefore")
    return int(found.get(f"{_W}val") or 0) if found is not None else 0


def _cell(element: Any, label: Callable[[Any], str]) -> Cell:
    """The text of a cell, and what is wrong with it: struck out, raised beside a number, changes not yet accepted."""
    lines = (f"{label(p)} {paragraph_text(p)}".strip() for p in element.iter(f"{_W}p"))
    text = "\n".join(filter(None, lines)).strip()
    cell = text_cell(text)
    if cell.fault:
        return cell
    if next(element.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo"), None) is not None:
        return Cell(cell.text, "tracked")
    if next(element.iter(f"{_W}tbl"), None) is not None:
        return Cell(cell.text, "nested")
    marks = [run for run in element.iter(f"{_W}r") if _run_text(run).strip()]
    if any(is_struck(run) for run in marks):
        return Cell(cell.text, "struck")
    raised = any(
        (found := run.find(f"{_W}rPr/{_W}vertAlign")) is not None and found.get(f"{_W}val") == "superscript"
        for run in marks
    )
    return Cell(cell.text, "superscript") if raised and _NUMBER.fullmatch(cell.text) else cell


def _on(run: Any, name: str) -> bool:
    found = run.find(f"{_W}rPr/{_W}{name}")
    return found is not None and found.get(f"{_W}val") not in ("0", "false", "off")


def is_struck(run: Any) -> bool:
    """Whether a run is struck out."""
    return _on(run, "strike") or _on(run, "dstrike")


def paragraph_text(paragraph: Any) -> str:
    """The text of a paragraph as printed, equations among it, without what was deleted or hidden."""
    return "".join(_run_text(run) for run in paragraph.iter(f"{_W}r", f"{_MATH}r")).strip()


def _run_text(run: Any) -> str:
    if _on(run, "vanish"):
        return ""
    return "".join(_pieces(run))


def _pieces(run: Any) -> Iterator[str]:
    for child in run:
        if child.tag in (f"{_W}t", f"{_MATH}t"):
            yield child.text or ""
        elif child.tag == f"{_W}sym":
            yield _SYMBOLS.get((child.get(f"{_W}char") or "").upper().removeprefix("F0"), _UNKNOWN_SIGN)
        elif child.tag in _TEXT:
            yield _TEXT[child.tag]
