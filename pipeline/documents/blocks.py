"""The one model of a plan document (văn bản kế hoạch): paragraphs and tables in reading order, each with its place.

Every reader of a format gives these blocks, and only these reach the readers of rows. A block knows where it stands in
the document, in words that a person can follow with the paper in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias


@dataclass(frozen=True)
class TextBlock:
    """A paragraph, bullet or line (đoạn): its text, and the number or mark printed before it."""

    text: str
    place: str
    label: str = ""
    """'I.', '2.1', 'a)', '-', as printed or as Word computes it; '' for none."""
    fault: str = ""
    """What is wrong with the text, a key of `FAULTS` of `intake.cells`: such a text is listed, never read."""
    at: int = -1
    """The number of the piece in its document, given when the document is whole."""

    @property
    def number(self) -> str:
        """The label without the marks around it: 'I', '2.1', 'a'; '' for a bullet and for none."""
        bare = self.label.strip(" .():/")
        return bare if bare[:1].isalnum() else ""

    @property
    def printed(self) -> str:
        """Label and text, as the document shows them."""
        return f"{self.label} {self.text}".strip()


@dataclass(frozen=True)
class TableCell:
    """A cell of a table (ô): zero-based row and column, and over how many of each it is merged."""

    text: str
    place: str
    row: int
    column: int
    height: int = 1
    width: int = 1
    fault: str = ""
    at: int = -1
    lines: tuple[str, ...] = ()
    """The paragraphs of the cell, where the document has several: the line ends of a page are none."""


@dataclass(frozen=True)
class Table:
    """A table (bảng) as its cells in reading order; empty cells are among them."""

    cells: tuple[TableCell, ...]
    place: str
    head: int = 0
    """Rows that the document itself marks as a head that is printed again on each page."""
    page: int = 0
    """The page that it ends on, in a document with pages."""
    rules: tuple[float, ...] = ()
    """Where its upright rules stand on the page, in points; empty in a document without pages."""

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return max((cell.row + cell.height for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return max((cell.column + cell.width for cell in self.cells), default=0)

    def row_cells(self, row: int) -> tuple[TableCell, ...]:
        """The cells that begin in a row, from left to right."""
        return tuple(cell for cell in self.cells if cell.row == row)


Block: TypeAlias = TextBlock | Table
Piece: TypeAlias = TextBlock | TableCell


def pieces_of(blocks: Iterable[Block]) -> Iterator[Piece]:
    """Every paragraph and every cell, in reading order: what must end up in the draft or in the list."""
    for block in blocks:
        if isinstance(block, Table):
            yield from block.cells
        else:
            yield block


def numbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with every piece numbered from 0, in reading order."""
    made: list[Block] = []
    at = 0
    for block in blocks:
        if isinstance(block, Table):
            cells = tuple(replace(cell, at=at + n) for n, cell in enumerate(block.cells))
            made.append(replace(block, cells=cells))
            at += len(cells)
        else:
            made.append(replace(block, at=at))
            at += 1
    return tuple(made)


def to_plain(blocks: Iterable[Block]) -> list[dict[str, object]]:
    """The blocks as JSON holds them, from the child process that has read the document."""
    return [asdict(block) for block in blocks]


def _cell(plain: dict[str, Any]) -> TableCell:
    return TableCell(**plain | {"lines": tuple(plain["lines"])})


def from_plain(plain: Sequence[dict[str, Any]]) -> tuple[Block, ...]:
    """The blocks that `to_plain` gave."""
    return tuple(
        Table(
            tuple(_cell(cell) for cell in block["cells"]),
            block["place"],
            block["head"],
            block["page"],
            tuple(block["rules"]),
        )
        if "cells" in block
        else TextBlock(**block)
        for block in plain
    )
