"""The automatic numbers of a Word document (đánh số tự động), computed from `word/numbering.xml`.

Word stores how paragraphs are numbered, never the numbers. Each list counts by level; a level begins again where one
above it has gone on (ECMA-376, part 1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 9
"""Levels of a list in Word."""
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_LEVEL = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class _Level:
    start: int
    form: str
    text: str


@dataclass
class Numbering:
    """The lists of a document, and how far each has counted."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """Number of a list (numId) → level → how it is numbered."""
    list_of: dict[str, str] = field(default_factory=dict)
    """Number of a list → the abstract list whose counters it shares."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Style of paragraphs → the list and level that it sets."""
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, numbering: Any | None, styles: Any | None) -> Numbering:
        """Read the parts `numbering.xml` and `styles.xml`, parsed; None where the document has none."""
        made = cls()
        if numbering is not None:
            made._read_lists(numbering)
        if styles is not None:
            for style in styles.iter(f"{W}style"):
                found = _numbered(style.find(f"{W}pPr"))
                if found is not None:
                    made.styles[style.get(f"{W}styleId") or ""] = found
        return made

    def _read_lists(self, root: Any) -> None:
        abstract = {
            one.get(f"{W}abstractNumId"): {
                int(level.get(f"{W}ilvl") or 0): _level(level) for level in one.iterchildren(f"{W}lvl")
            }
            for one in root.iterchildren(f"{W}abstractNum")
        }
        for one in root.iterchildren(f"{W}num"):
            number, base = one.get(f"{W}numId") or "", _value(one, "abstractNumId")
            levels, own = dict(abstract.get(base, {})), False
            for over in one.iterchildren(f"{W}lvlOverride"):
                at, own = int(over.get(f"{W}ilvl") or 0), True
                given = over.find(f"{W}lvl")
                if given is not None:
                    levels[at] = _level(given)
                start = _value(over, "startOverride")
                if start and at in levels:
                    levels[at] = _Level(int(start), levels[at].form, levels[at].text)
            self.levels[number] = levels
            self.list_of[number] = f"{base}/{number}" if own else base

    def label(self, properties: Any | None) -> str:
        """The number of the next paragraph with these properties (`w:pPr`); '' for one that is not numbered.

        A bullet is '-' whatever its picture is.
        """
        found = _numbered(properties)
        if found is None and properties is not None:
            style = _value(properties, "pStyle")
            found = self.styles.get(style)
        if found is None or found[0] in ("", "0"):
            return ""
        number, level = found
        levels = self.levels.get(number, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self.list_of[number], {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if levels[level].form in ("bullet", "none"):
            return "-" if levels[level].form == "bullet" else ""
        return _LEVEL.sub(lambda one: self._shown(levels, counts, int(one[1]) - 1), levels[level].text)

    @staticmethod
    def _shown(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
        given = levels.get(level)
        return _as_printed(counts.get(level, given.start), given.form) if given else ""


def _numbered(properties: Any | None) -> tuple[str, int] | None:
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    level = _value(found, "ilvl")
    return _value(found, "numId"), min(int(level), DEEPEST) if level.isdigit() else 0


def _level(level: Any) -> _Level:
    start = _value(level, "start")
    return _Level(int(start) if start.isdigit() else 1, _value(level, "numFmt"), _value(level, "lvlText"))


def _value(element: Any, name: str) -> str:
    found = element.find(f"{W}{name}")
    return (found.get(f"{W}val") or "") if found is not None else ""


def _as_printed(number: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman"):
        text = ""
        for value, letters in _ROMAN:
            count, number = divmod(number, value)
            text += letters * count
        return text if form == "upperRoman" else text.lower()
    if form in ("upperLetter", "lowerLetter") and number > 0:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    return f"{number:02}" if form == "decimalZero" else str(number)
