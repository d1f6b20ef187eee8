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
_STATUS = ("span", "status")

_GROUPING = {"vi": ".", "en": ","}


@dataclass(frozen=True)
class Figure:
    """One of the four figures, and the words below it."""

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
        """The numbers of every entry: met, not met, absent (and undecidable), outside the count."""
        return [self.numbers(_text(item)) for block in _all(self._tree, *_LEGEND) for item in block]

    def headings(self) -> list[tuple[str, list[Decimal]]]:
        """Every group of indicators: its title, and the numbers of its tally."""
        return [
            (_own(heading), [n for small in heading.iter("small") for n in self.numbers(_text(small))])
            for section in self._tree.iter("section")
            for heading, after in zip(section, list(section)[1:], strict=False)
            if heading.tag == "h3" and _has(after, *_ROWS)
        ]

    def rows(self) -> dict[str, Row]:
        """By anchor, which is plan and label."""
        lines = [line for table in _all(self._tree, *_ROWS) for line in table.iter("tr") if line.get("id")]
        return {line.get("id"): _row(line) for line in lines}


def _row(line: Element) -> Row:
    baseline, value, target = (_own(cell) for cell in _all(line, "td", "num"))
    look = str(_one(line, *_STATUS).get("class")).removeprefix("status ")
    return Row(baseline, value, target, look)


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
