"""The tables of a web page that a system saved under the ending .xls, as plain sheets: text as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.intake.cells import Cell, FileFaultError, text_cell
from pipeline.intake.workbook_parts import CELLS

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_STRUCK = re.compile(r"line-through", re.IGNORECASE)
_NUMBER = re.compile(r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,/ ]{0,30}%?")
_WIDEST = 1000
"""Columns or lines that one cell may span."""


def read_markup(content: bytes) -> list[dict[str, object]]:
    """The tables of a page. Raises FileFaultError for text that is not Unicode, or without tables."""
    from selectolax.lexbor import LexborHTMLParser

    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        page = LexborHTMLParser(content.decode(encoding))
    except UnicodeDecodeError as error:
        raise FileFaultError(
            "encoding", "tệp", "không phải UTF-8", "mở bằng Excel, lưu kiểu “Excel Workbook (.xlsx)” rồi gửi lại"
        ) from error
    titles = [" ".join(n.text().split()) for n in page.css("title, caption, h1, h2, h3, h4, p") if not _within(n)]
    heads: list[list[object]] = [
        [number - len(titles), False, [[0, text, ""]]] for number, text in enumerate(titles) if text and len(text) < 200
    ]
    sheets: list[dict[str, object]] = []
    for node in page.css("table"):
        if not _within(node):
            table = _Table()
            for row in node.css("tr"):
                table.row(row)
            plain = {"name": f"Bảng {len(sheets) + 1}", "hidden": False, "hidden_columns": [], "constant_width": False}
            sheets.append({**plain, "lines": [*heads, *table.lines], "merged": table.merged})
    return sheets


@dataclass
class _Table:
    """One table as its rows are read."""

    lines: list[list[object]] = field(default_factory=list)
    merged: list[list[int]] = field(default_factory=list)
    _taken: dict[tuple[int, int], bool] = field(default_factory=dict)
    _number: int = 0

    def row(self, row: Any) -> None:
        self._number += 1
        cells: list[list[object]] = []
        column = 0
        for node in row.css("td, th"):
            while (self._number, column) in self._taken:
                column += 1
            wide, high = _span(node, "colspan"), _span(node, "rowspan")
            if wide * high > CELLS or len(self._taken) > CELLS:
                raise FileFaultError("extent", f"dòng {self._number}", "ô gộp quá lớn", "bỏ gộp ô rồi gửi lại")
            if wide > 1 or high > 1:
                self.merged.append([self._number, self._number + high - 1, column, column + wide - 1])
                self._taken |= {
                    (self._number + down, column + right): True for down in range(high) for right in range(wide)
                }
            cell = _cell(node)
            if cell.text or cell.fault:
                cells.append([column, cell.text, cell.fault])
            column += wide
        self.lines.append([self._number, bool(_HIDDEN.search(_style(row))), cells])


def _within(node: Any) -> bool:
    """Whether a node stands in a cell of a table."""
    above = node.parent
    while above is not None:
        if above.tag in ("td", "th"):
            return True
        above = above.parent
    return False


def _style(node: Any) -> str:
    return node.attributes.get("style") or ""


def _span(node: Any, name: str) -> int:
    text = node.attributes.get(name) or "1"
    return max(1, min(_WIDEST, int(text))) if text.isdigit() and len(text) < 6 else 1


def _cell(node: Any) -> Cell:
    cell = text_cell(" ".join(node.text(separator=" ").split()))
    if cell.fault:
        return cell
    parts = node.css("*")
    if any(part.tag == "table" for part in parts):
        return Cell(cell.text, "nested")
    if any(_HIDDEN.search(_style(part)) for part in parts):
        return Cell(cell.text, "control")
    if any(part.tag in ("s", "strike", "del") or _STRUCK.search(_style(part)) for part in parts):
        return Cell(cell.text, "struck")
    raised = any(part.tag == "sup" for part in parts)
    return Cell(cell.text, "superscript") if raised and _NUMBER.fullmatch(cell.text) else cell
