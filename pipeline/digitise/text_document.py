"""A plan as text (.txt, .md) into blocks: lines, pipe tables of Markdown, tables of tab-separated cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.documents.blocks import Block, Table, TableCell, TextBlock, to_plain
from pipeline.documents.labels import split_label
from pipeline.intake.cells import FileFaultError, text_cell

LINES = 20_000
"""Lines of a text."""
_RULE = re.compile(r"\|?(?:\s*+:?-{3,}+:?\s*+\|)++(?:\s*+:?-{3,}+:?\s*+)?\|?\s*+")
_BETWEEN = re.compile(r"(?<!\\)\|")
_MARKS = re.compile(r"\*\*|__|^#{1,6}\s+|<br ?/?>")


def read_text_plan(content: bytes) -> list[dict[str, object]]:
    """The blocks of a text, plain. Raises FileFaultError for text that is not Unicode, or far too long."""
    try:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        lines = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise FileFaultError("encoding", "tệp", "không phải UTF-8", "lưu lại tệp dạng UTF-8") from error
    if "\0" in "".join(lines[:100]):
        raise FileFaultError("nul", "tệp", "có ký tự NUL", "lưu lại tệp dạng UTF-8")
    if len(lines) > LINES:
        raise FileFaultError("extent", "tệp", f"văn bản dài hơn {LINES} dòng", "tách phụ lục dài thành tệp riêng")
    return to_plain(_blocks(lines))


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = tables = 0
    while at < len(lines):
        end = _table_end(lines, at)
        if end > at:
            tables += 1
            yield _table(lines, at, end, f"bảng {tables}")
        elif lines[at].strip():
            cell = text_cell(_MARKS.sub(" ", lines[at].strip()))
            label, text = split_label(cell.text)
            yield TextBlock(text, f"dòng {at + 1}", label, cell.fault)
        at = max(end, at + 1)


def _table_end(lines: Sequence[str], at: int) -> int:
    """Where the table ends that begins at a line; `at` itself where none does."""
    end = at
    while end < len(lines) and lines[end].lstrip().startswith("|"):
        end += 1
    if end - at > 1:
        return end
    tabs = lines[at].count("\t")
    end = at
    while tabs > 1 and end < len(lines) and lines[end].count("\t") == tabs:
        end += 1
    return end if end - at > 1 else at


def _table(lines: Sequence[str], first: int, end: int, place: str) -> Table:
    cells: list[TableCell] = []
    row = head = 0
    for number in range(first, end):
        if _RULE.fullmatch(lines[number].strip()):
            head = row if row == 1 else head
            continue
        for column, text in enumerate(_cells(lines[number])):
            cell = text_cell(_MARKS.sub(" ", text.strip()).replace("\\|", "|"))
            cells.append(TableCell(cell.text, f"dòng {number + 1}, cột {column + 1}", row, column, fault=cell.fault))
        row += 1
    return Table(tuple(cells), place, head)


def _cells(line: str) -> list[str]:
    if "\t" in line and not line.lstrip().startswith("|"):
        return line.split("\t")
    inner = line.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    return _BETWEEN.split(inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner)
