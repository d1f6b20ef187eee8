"""What a page shows, read by html5lib. All knowledge of how the page is built lies here, and only here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import html5lib

Element = Any
"""An element of html5lib's tree, which has no types."""

_FIGURES = ("div", "figures")
_FIGURE = ("p", "figure")
_LEGEND = ("ul", "legend")
_ROWS = ("table", "indicators")
"""A line of it has an id; its cells of class `num` are baseline, value, target."""
_FOLD = ("details", "fold")
"""A list of rows without a value; the status stands in its line, baseline and target of a row in <i> and <b>."""
_GROUP = ("div", "part")
_STATUS = ("span", "status")

_GROUPING = {"vi": ".", "en": ","}


@dataclass(frozen=True)
class Figure:
    """One of the figures, and the words below it."""

    numbers: list[Decimal]
    below: str


@dataclass(frozen=True)
class Row:
    baseline: str
    value: str
    target: str
    look: str
    """met, not, absent or outside."""


class Shown:
    """The figures of one page. `numbers` reads a text by the way of writing numbers in the page's language."""

    def __init__(self, path: Path) -> None:
        self._tree: Element = html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
        self.language: str = self._tree.get("lang")

    def numbers(self, text: str) -> list[Decimal]:
        grouping = _GROUPING[self.language]
        found = re.findall(r"[+-]?\d(?:[\d.,]*\d)?", text)
        return [Decimal(n.replace(grouping, "").replace(",", ".")) for n in found]

    def figures(self) -> list[Figure]:
        block = _one(self._tree, *_FIGURES)
        return [
            Figure(self.numbers(_text(_one(box, *_FIGURE))), " ".join(_text(p) for p in list(box)[1:])) for box in block
        ]

    def legend(self) -> list[list[Decimal]]:
        """The numbers of every entry below the squares: met, not met, absent (and undecidable), outside the count."""
        blocks = (block for nav in self._tree.iter("nav") for block in _all(nav, *_LEGEND))
        return [self.numbers(_text(item)) for block in blocks for item in block]

    def headings(self) -> list[tuple[str, list[Decimal]]]:
        """Every group of indicators: its title, and the numbers of its tally."""
        return [
            (_own(heading), [n for small in heading.iter("small") for n in self.numbers(_text(small))])
            for group in _all(self._tree, *_GROUP)
            for heading in group
            if heading.tag == "h3"
        ]

    def rows(self) -> dict[str, Row]:
        """By anchor, which is plan and label."""
        lines = [line for table in _all(self._tree, *_ROWS) for line in table.iter("tr") if line.get("id")]
        found = [(line.get("id"), _row(line)) for line in lines]
        for group in _all(self._tree, *_GROUP):
            for fold in _all(group, *_FOLD):
                look = _look(fold)
                found += [(line.get("id"), _folded(line, look)) for line in fold.iter("li")]
        assert len(dict(found)) == len(found)
        return dict(found)

    def received(self) -> list[Decimal]:
        """The numbers of the first sentence about the quality of the data."""
        (section,) = (e for e in self._tree.iter("section") if e.get("id") == "quality")
        return self.numbers(_text(next(section.iter("p"))))


def _row(line: Element) -> Row:
    *baseline, value, target = (_own(cell) for cell in _all(line, "td", "num"))
    return Row(*(baseline or ["–"]), value, target, _look(line))


def _folded(line: Element, look: str) -> Row:
    baseline, target = (next((_text(e) for e in line.iter(tag)), "–") for tag in ("i", "b"))
    return Row(baseline, "–", target, look)


def _look(element: Element) -> str:
    return str(next(_all(element, *_STATUS)).get("class")).removeprefix("status ")


def _has(element: Element, tag: str, name: str) -> bool:
    return element.tag == tag and name in str(element.get("class", "")).split()


def _all(element: Element, tag: str, name: str) -> Iterator[Element]:
    return (e for e in element.iter(tag) if _has(e, tag, name))


def _one(element: Element, tag: str, name: str) -> Element:
    (found,) = _all(element, tag, name)
    return found


def _text(element: Element) -> str:
    return _tidy("".join(element.itertext()))


def _own(element: Element) -> str:
    """The text without what stands in <small>, which is about something else."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag == "small" else "".join(child.itertext()), child.tail or ""]
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
