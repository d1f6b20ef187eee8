"""Spreadsheets of OpenDocument (.ods), from their own XML: values with their kind, held against what each cell shows.

The type says a percentage; the text of the cell is what people see. Where both are not the same number, in the digits
that are shown, the cell is faulty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.intake.cell_comments import Placed, of_texts
from pipeline.intake.cells import Cell, FileFaultError, number_cell, text_cell
from pipeline.intake.workbook_parts import CELLS, damaged, examine_archive

_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_SHOWN = re.compile(r"-?[0-9][0-9.,\s]{0,30}")


def _name(prefixed: str) -> str:
    prefix, _, name = prefixed.partition(":")
    return f"{{{_SPACES[prefix]}}}{name}"


def read_open_document(content: bytes) -> list[dict[str, object]]:
    """All sheets as plain lists. Raises FileFaultError."""
    archive = examine_archive(content, "content.xml", "sổ OpenDocument (.ods)")
    if "manifest:encryption-data" in _manifest(archive):
        raise FileFaultError("format", "tệp", "sổ đặt mật khẩu", "bỏ mật khẩu rồi gửi lại")
    try:
        from docx.oxml import parse_xml  # lxml, which resolves no entities

        root = parse_xml(archive.read("content.xml"))
    except MemoryError:
        raise
    except Exception as error:
        raise damaged() from error
    styles = _Styles.of(root)
    pictures = any(name.startswith(("Pictures/", "media/")) for name in archive.namelist())
    return [_Sheet(table, styles).plain() | {"pictures": pictures} for table in root.iter(_name("table:table"))]


def _manifest(archive: Any) -> str:
    try:
        return str(archive.read("META-INF/manifest.xml").decode("utf-8", "replace"))
    except KeyError:
        return ""


@dataclass(frozen=True)
class _Styles:
    """The names of styles that strike out, raise, or hide a sheet."""

    struck: frozenset[str]
    raised: frozenset[str]
    hidden: frozenset[str]

    @classmethod
    def of(cls, root: Any) -> _Styles:
        struck, raised, hidden = set(), set(), set()
        for style in root.iter(_name("style:style")):
            name = style.get(_name("style:name")) or ""
            for part in style:
                if part.get(_name("style:text-line-through-style"), "none") != "none":
                    struck.add(name)
                if (part.get(_name("style:text-position")) or "").startswith(("super", "3", "5")):
                    raised.add(name)
                if part.get(_name("table:display")) == "false":
                    hidden.add(name)
        return cls(frozenset(struck), frozenset(raised), frozenset(hidden))


@dataclass
class _Sheet:
    """One sheet being read."""

    table: Any
    styles: _Styles
    merged: list[list[int]] = field(default_factory=list)
    comments: Placed = field(default_factory=list)

    def plain(self) -> dict[str, object]:
        lines: list[list[object]] = []
        number = 1
        for row in self.table.iter(_name("table:table-row")):
            times = _times(row, "table:number-rows-repeated")
            cells = list(self._cells(row, number))
            if cells:
                if times * len(cells) > CELLS:
                    raise FileFaultError("extent", f"dòng {number}", "quá nhiều dòng lặp lại", "xóa các dòng thừa")
                hidden = row.get(_name("table:visibility"), "visible") != "visible"
                lines += [[number + more, hidden, cells] for more in range(times)]
            number += times
        return {
            "name": self.table.get(_name("table:name")) or "",
            "hidden": self.table.get(_name("table:style-name")) in self.styles.hidden,
            "lines": lines,
            "merged": self.merged,
            "comments": self.comments,
            "hidden_columns": sorted(self._hidden_columns()),
            "constant_width": False,
        }

    def _hidden_columns(self) -> set[int]:
        found: set[int] = set()
        column = 0
        for node in self.table.iter(_name("table:table-column")):
            times = _times(node, "table:number-columns-repeated")
            if node.get(_name("table:visibility"), "visible") != "visible":
                found |= set(range(column, min(column + times, 1000)))
            column += times
        return found

    def _cells(self, row: Any, number: int) -> Iterator[list[object]]:
        column = 0
        for node in row:
            if node.tag not in (_name("table:table-cell"), _name("table:covered-table-cell")):
                continue
            times = _times(node, "table:number-columns-repeated")
            wide, high = (_times(node, f"table:number-{what}-spanned") for what in ("columns", "rows"))
            if wide > 1 or high > 1:
                self.merged.append([number, number + high - 1, column, column + wide - 1])
            if node.tag == _name("table:table-cell"):
                said = map(_annotation, node.iterchildren(_name("office:annotation")))
                self.comments += of_texts(number, column, said)
                cell = self._cell(node, self._default(row, column))
                if cell.text or cell.fault:
                    if times > 1000:
                        raise FileFaultError("extent", f"dòng {number}", "quá nhiều ô lặp lại", "xóa các cột thừa")
                    yield from ([column + more, *cell] for more in range(times))
            column += times

    def _default(self, row: Any, column: int) -> str:
        """The style of a cell that names none: that of its row or column."""
        own = row.get(_name("table:default-cell-style-name"))
        if own:
            return str(own)
        start = 0
        for node in self.table.iter(_name("table:table-column")):
            start += _times(node, "table:number-columns-repeated")
            if column < start:
                return node.get(_name("table:default-cell-style-name")) or ""
        return ""

    def _cell(self, node: Any, default: str) -> Cell:
        shown = "\n".join(_text(p) for p in node.iterchildren(_name("text:p"))).strip()
        kind = node.get(_name("office:value-type")) or ""
        if node.get(_name("calcext:value-type")) == "error" or shown.startswith(("#", "Err:")):
            return Cell(shown, "cell-error")
        cell = self._value(node, kind, shown)
        if cell.fault:
            return cell
        styles = [
            node.get(_name("table:style-name")) or default,
            *(s.get(_name("text:style-name")) for s in node.iter(_name("text:span"))),
        ]
        if any(style in self.styles.struck for style in styles):
            return Cell(cell.text, "struck")
        if any(style in self.styles.raised for style in styles[1:]) and _SHOWN.fullmatch(shown):
            return Cell(cell.text, "superscript")
        formula = node.get(_name("table:formula")) or ""
        return Cell(cell.text, "external") if "file:" in formula else cell

    def _value(self, node: Any, kind: str, shown: str) -> Cell:
        if kind in ("float", "percentage", "currency"):
            return _number(node.get(_name("office:value")) or "", kind == "percentage", shown)
        if kind == "date":
            return Cell(_day((node.get(_name("office:date-value")) or "")[:10], shown))
        if kind == "boolean":
            return Cell("TRUE" if node.get(_name("office:boolean-value")) == "true" else "FALSE")
        return text_cell(shown)


def _day(written: str, shown: str) -> str:
    """A day as its cell shows it: one that shows no more than its month or year is that month or year."""
    year, month = written[:4], written[5:7]
    if re.fullmatch(rf"(?:tháng )?0?{int(month or 0)}(?: ?[/.-] ?| năm ){year}", shown, re.IGNORECASE):
        return f"tháng {month}/{year}"
    return f"năm {year}" if re.fullmatch(rf"(?:năm )?{year}", shown, re.IGNORECASE) and year else written


def _number(written: str, percent: bool, shown: str) -> Cell:
    try:
        value = Decimal(written)
    except InvalidOperation:
        return Cell(written, "cell-error")
    exact = int(value) if value == value.to_integral_value() else float(value)
    cell = number_cell(exact, percent)
    return cell if cell.fault or _same(value * 100 if percent else value, shown) else Cell(cell.text, "scaled")


def _same(value: Decimal, shown: str) -> bool:
    """Whether the digits that a cell shows are those of its value, rounded."""
    found = _SHOWN.search(shown)
    if found is None or "/" in shown:  # '1/2' is shown for 0,5
        return False
    text = re.sub(r"\s", "", found[0]).strip(".,")
    for decimal in ",.":
        whole, _, rest = text.rpartition(decimal) if decimal in text else (text, "", "")
        digits = re.sub(r"[.,]", "", whole)
        if digits.lstrip("-").isdigit() and (not rest or rest.isdigit()):
            read = Decimal(f"{digits}.{rest or '0'}")
            if abs(read - value) <= Decimal("0.5000001").scaleb(-len(rest)):
                return True
    return re.sub(r"[.,]", "", text) == str(value)


def _times(node: Any, name: str) -> int:
    text = node.get(_name(name)) or "1"
    return max(1, int(text)) if text.isdigit() and len(text) < 9 else 1


def _annotation(node: Any) -> tuple[str, str]:
    """Text and author of a comment on a cell."""
    author = node.find(_name("dc:creator"))
    return "\n".join(map(_text, node.iter(_name("text:p")))), "" if author is None else author.text or ""


def _text(node: Any) -> str:
    """The text of a paragraph, without notes."""
    pieces = [node.text or ""]
    for child in node:
        if child.tag in (_name("text:s"), _name("text:tab"), _name("text:line-break")):
            pieces.append(" ")
        elif child.tag == _name("text:span") or child.tag == _name("text:a"):
            pieces.append(_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
