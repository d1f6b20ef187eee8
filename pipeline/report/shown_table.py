"""A table as pandas shows it in a notebook, read back cell by cell: on the page only its texts remain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from pipeline.report.catalogues import NO_VALUE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_ABSENT = {"NaN", "<NA>", "NaT", "None"}
"""How pandas writes what is missing; never 0."""
_ABSENT_STYLED = _ABSENT | {"nan"}
"""The same in `df.style`, where a heading or a cell with a format of its own is written as Python writes it."""
_NUMBER = re.compile(r"[<>]?[-−+]?\d[\d.,  ]*%?")


@dataclass(frozen=True)
class ShownCell:
    """One cell of a table."""

    text: str
    heads: bool
    """Whether it is a heading, of a column or of a row."""
    across: int = 1
    """Columns that it covers."""
    down: int = 1

    @property
    def is_number(self) -> bool:
        """Whether it is a figure, or stands for one that is missing; a heading of a line is none."""
        return not self.heads and (self.text == NO_VALUE or bool(_NUMBER.fullmatch(self.text)))


_Lines: TypeAlias = tuple[tuple[ShownCell, ...], ...]


@dataclass(frozen=True)
class ShownTable:
    """A table, its headings apart."""

    head: _Lines
    body: _Lines
    caption: str = ""
    is_cut: bool = False
    """Whether pandas left out lines or columns."""
    markup: str = ""
    """The text of the first cell, heading or caption that holds HTML; of plain tables, none does."""

    @property
    def width(self) -> int:
        """How many columns the head has; 1 for a table without any."""
        return max((sum(cell.across for cell in line) for line in self.head), default=1)

    def has_numbers(self, column: int, line: tuple[ShownCell, ...]) -> bool:
        """Whether a cell of this line stands over or in a column of figures alone; not where a cell covers several."""
        return line[column].across == 1 and _from_the_right(line)[column] in self._columns_of_numbers

    @cached_property
    def _columns_of_numbers(self) -> frozenset[int]:
        """Counted from the right: on the left, a line lacks the headings that reach down to it."""
        figures, others = set[int](), set[int]()
        for line in self.body:
            for place, cell in zip(_from_the_right(line), line, strict=True):
                (figures if cell.is_number else others).add(place)
        return frozenset(figures - others)

    def label(self, column: int, line: tuple[ShownCell, ...]) -> str:
        """The heading over a cell of this line, for a narrow screen; '' where the head has several lines.

        A line is short by the headings of lines above that reach down to it: columns count from the right.
        """
        head = self.head[0] if len(self.head) == 1 else ()
        column += len(head) - len(line)
        return head[column].text if 0 <= column < len(head) else ""


def _from_the_right(line: tuple[ShownCell, ...]) -> list[int]:
    """How many columns stand to the right of each cell."""
    return [*accumulate((cell.across for cell in reversed(line[1:])), initial=0)][::-1] if line else []


def read_table(html: str) -> ShownTable | None:
    """The table that an output shows; None for HTML that is something else, or more than one."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    tables = tree.css("table")
    if len(tables) != 1 or not _is_of_pandas(tree, tables[0]):
        return None
    head, body = (tuple(_lines(tables[0], part)) for part in ("thead", "tbody"))
    head = _with_names_of_the_index(head)
    if _is_counted(body) and all(not line[0].text for line in head):
        head, body = (tuple(line[1:] for line in part) for part in (head, body))
    caption = tables[0].css_first("caption")
    is_cut = _CUT.search(html) is not None or tables[0].css_first(".row_trim, .col_trim") is not None
    return ShownTable(head, body, _words(caption) if caption else "", is_cut, _markup_in(tables[0]))


def _is_of_pandas(tree: LexborHTMLParser, table: LexborNode) -> bool:
    """Whether nothing stands around the table but its size, and in it only what pandas writes.

    What is left out here would be missing on the page without a word.
    """
    if any(part.tag not in _PARTS for part in table.iter()):
        return False
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(_CUT.sub("", tree.html or "")).body
    for node in body.css("table, style") if body else ():
        node.decompose()
    return body is None or (not body.text().strip() and not body.css("img, svg, input, p, ul, ol"))


_PARTS = {"caption", "colgroup", "thead", "tbody"}
_CUT = re.compile(r"<p>\d+ rows × \d+ columns</p>")
"""pandas says its size below a table of which it shows a part."""


def _lines(table: LexborNode, part: str) -> Iterator[tuple[ShownCell, ...]]:
    absent = _ABSENT if "dataframe" in (table.attributes.get("class") or "") else _ABSENT_STYLED
    for line in table.css(f"{part} > tr"):
        yield tuple(_cell(cell, absent) for cell in line.css("th, td"))


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _markup_in(table: LexborNode) -> str:
    """The text around the first element within a cell or the caption: `df.style` escapes no headings.

    An element would be lost here, and with it whatever a name such as “<5 tuổi” holds.
    """
    inner = table.css_first(":is(th, td, caption) > *")
    return _words(inner.parent) or str(inner.tag) if inner and inner.parent else ""


def _cell(cell: LexborNode, absent: Set[str]) -> ShownCell:
    text = _words(cell)
    heads, spans = cell.tag == "th", [cell.attributes.get(name) or "1" for name in ("colspan", "rowspan")]
    across, down = (int(span) if span.isdecimal() else 1 for span in spans)
    return ShownCell(NO_VALUE if text in absent else text, heads, across, down)


def _with_names_of_the_index(head: _Lines) -> _Lines:
    """The names of the index in the empty cells above them: pandas gives them a line of their own."""
    *above, last = head or ((),)
    names = [cell for cell in last if cell.text]
    if not above or not names or len(last) != len(above[-1]) or any(cell.text for cell in last[len(names) :]):
        return head
    if any(cell.text for cell in above[-1][: len(names)]):
        return head
    return (*above[:-1], (*last[: len(names)], *above[-1][len(names) :]))


def _is_counted(body: _Lines) -> bool:
    """Whether the index is only 0, 1, 2…, which says nothing."""
    first = [line[0] for line in body if line]
    return bool(first) and all(cell.heads and cell.text == str(n) for n, cell in enumerate(first))
