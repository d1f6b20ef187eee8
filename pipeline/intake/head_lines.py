"""Which lines are the head of a table: one to three, with parents merged over several columns or blank beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.intake.cells import Grid, Line
from pipeline.intake.heading_words import Sense, fold, sense_of, without_translation
from pipeline.intake.scope import Whose
from pipeline.plans.text import name_key

if TYPE_CHECKING:
    from pipeline.intake.headings import Forms

UNIT_OR_AGENCY = "unit-or-agency"
UNIT = re.compile(
    r"(?:dvt|don vi)?[: ]{0,3}(?:[0-9.]+ )?(?:nghin|ngan|trieu|ti |ti$|tram|ho so|nguoi|cuoc|ban sao|ban$|van ban|may"
    r"|dong|gio|diem|luot|to |thu tuc|dich vu|doanh nghiep|tai khoan|ho$|ho |nhiem vu|phuong tien|cap do|thon|so luong"
    r"|kenh|he thong)"
)
"""How units begin, folded: in brackets after a heading, or below it."""
IDENTITY = ("code", "plan", "annex", "group", "no", "concept", "name", "task", "subject")
FIGURES = ("value", "numerator", "denominator", "value-or-rate")
_SORTED = {"compared": "rate", "plan": "target"}
LONGEST = 120
"""Characters of a heading."""
TALLEST = 3
"""Lines of a head."""
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_NUMBER = re.compile(
    r"[<>=≥≤ ]{0,3}-?[0-9][0-9.,]{0,30} ?%{0,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
_YEAR = re.compile(r"20[0-9]{2}")


@dataclass(frozen=True)
class Words:
    """How single headings are understood."""

    forms: Forms
    whose: Whose

    @property
    def year(self) -> int:
        """The year of a quarter written without one."""
        return self.whose.period.year if self.whose.period else 0

    def meaning(self, text: str, sense: Sense) -> str:
        """The meaning of one text; 'bare' where it only says which result, '' where it is not understood."""
        text = without_translation(text)
        if len(text) > LONGEST:
            return ""
        if place := self.whose.place_of(text):
            return "bare" if place == "own" else "other-place"
        outer = name_key(_BRACKETS.sub(" ", text))
        known = self.forms.meanings.get(name_key(text)) or self.forms.meanings.get(outer)
        said = sense.sort in ("plan", "compared") or sense.when == "before"
        if known and not (known in FIGURES and said):
            return known
        if sense.sort in _SORTED:
            return _SORTED[sense.sort]
        known = self.forms.folded.get(sense.rest, "")
        if known in ("name", "task") and sense.periods:
            return "target"
        if known:
            return known
        if sense.result:
            return "value-or-rate" if sense.measure == "rate" and fold(text).startswith("ti le") else "value"
        return "bare" if sense.bare else ""

    def labels(self, line: Line) -> bool:
        """Whether every filled cell of a line is understood as a heading."""
        filled = [text for text in line.texts if text]
        return bool(filled) and all(self.meaning(text, sense_of(text, self.year)) for text in filled)


@dataclass(frozen=True)
class Head:
    """The lines of a head, with what is merged or left blank beside."""

    grid: Grid
    first: int
    height: int

    @property
    def lines(self) -> Sequence[Line]:
        """The lines of the head, from top to bottom."""
        return self.grid.lines[self.first : self.first + self.height]

    def texts(self, column: int, words: Words) -> tuple[str, ...]:
        """The headings of a column from top to bottom."""
        found = [self._text(level, column, words) for level in range(self.height)]
        return tuple(text for text in found if text)

    def _text(self, level: int, column: int, words: Words) -> str:
        line = self.lines[level]
        if text := line.cell(column).text:
            return text
        area = self.grid.area_at(line.number, column)
        if area is not None:
            return line.cell(area.first_column).text if area.first_line == line.number else ""
        below = any(lower.cell(column).text for lower in self.lines[level + 1 :])
        return self._beside(line, column, words) if below else ""

    def _beside(self, line: Line, column: int, words: Words) -> str:
        """The nearest heading to the left over blank cells: without merged cells it is the parent of those below."""
        left = next((c for c in range(column - 1, -1, -1) if line.cell(c).text), -1)
        if left < 0 or self.grid.area_at(line.number, left) is not None:
            return ""
        text = line.cell(left).text
        meaning = words.meaning(text, sense_of(text, words.year))
        return "" if meaning in (*IDENTITY, "unit", "source", "note", UNIT_OR_AGENCY) else text


def height_of_head(grid: Grid, index: int, words: Words) -> int:
    """How many lines the head takes that begins at a line; 0 if none does."""
    first = grid.lines[index]
    filled = [text for text in first.texts if text]
    if not filled or any(_NUMBER.fullmatch(text) and not _YEAR.fullmatch(text) for text in filled):
        return 0
    named = _identity(first, words)
    if not named and not _only_parents(grid, index, words):
        return 0
    height = 1
    while height < TALLEST and index + height < len(grid.lines):
        below = grid.lines[index + height]
        if below.number != first.number + height or not _continues(
            grid, grid.lines[index : index + height], below, words
        ):
            break
        height += 1
    return height if named or height > 1 else 0


def _identity(line: Line, words: Words) -> list[int]:
    """Columns of a line headed as what is asked: number, name, code."""
    return [
        column
        for column, text in enumerate(line.texts)
        if text and len(text) < 100 and words.meaning(text, sense_of(text, words.year)) in IDENTITY
    ]


def _only_parents(grid: Grid, index: int, words: Words) -> bool:
    """Whether a line holds only parents: all of it is understood, and none of it stands over a name or number."""
    line = grid.lines[index]
    below = grid.lines[index + 1] if index + 1 < len(grid.lines) else None
    if below is None or below.number != line.number + 1 or not words.labels(line):
        return False
    named = _identity(below, words)
    covered = {c for c, text in enumerate(line.texts) if text}
    covered |= {c for area in grid.areas_of(line.number) for c in range(area.first_column, area.last_column + 1)}
    return bool(named) and not covered & set(named)


def _continues(grid: Grid, above: Sequence[Line], below: Line, words: Words) -> bool:
    """Whether a line is one more of the head, not data: it names nothing that is asked, and holds no figures."""
    filled = [(column, text) for column, text in enumerate(below.texts) if text]
    if not filled or any(_NUMBER.fullmatch(text) and not _YEAR.fullmatch(text) for _, text in filled):
        return False
    named = {column for line in above for column in _identity(line, words)}
    if all(is_unit(text) and column not in named for column, text in filled):
        return True
    if words.labels(below):
        again = _identity(below, words)
        if any(column in named and column not in again for column, _ in filled):
            return False  # a line between head and rows: 'Số liệu năm 2025'
        return not named or not again or (len(named) > len(again) > 0 and not named & set(again))
    if any(column in named for column, _ in filled) or not named:
        return not named and bool(_identity(below, words))
    head = Head(grid, grid.lines.index(above[0]), len(above) + 1)
    return any(_is_below_a_parent(head, len(above), column, words) for column, _ in filled)


def is_unit(text: str) -> bool:
    """Whether a text is a unit: '(hồ sơ)', '%', 'người'."""
    bare = text.strip("() ")
    return len(bare) <= 20 and (bare == "%" or bool(UNIT.match(fold(bare))))


def _is_below_a_parent(head: Head, level: int, column: int, words: Words) -> bool:
    """Whether a heading of results stands over this column and others beside it."""
    upper = head.lines[level - 1]
    if not upper.cell(column).text and head._text(level - 1, column, words):
        return True
    area = head.grid.area_at(upper.number, column)
    if area is not None:
        return area.last_column > area.first_column
    beside = column + 1
    return bool(upper.cell(column).text and not upper.cell(beside).text and head.lines[level].cell(beside).text)
