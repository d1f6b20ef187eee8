"""Column headings (tiêu đề cột): what offices write above a column, and which column they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

import yaml

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import Area, Grid, Line
from pipeline.intake.rows import COLUMNS, FileKind
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key

UNIT_OR_AGENCY = "unit-or-agency"
_BRACKETS = re.compile(r"\([^()]*\)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_PERIODS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"6 tháng đầu năm (20\d\d)"), "{0}-H1"),
    (re.compile(r"6 tháng cuối năm (20\d\d)"), "{0}-H2"),
    (re.compile(r"9 tháng(?: đầu)?(?: năm)? (20\d\d)"), "{0}-9M"),
    (re.compile(r"quý (i{1,3}|iv|[1-4])(?:/| năm |/năm )(20\d\d)"), "{1}-Q{0}"),
    (re.compile(r"(?:tháng )?(0?[1-9]|1[0-2])(?:/| năm |/năm )(20\d\d)"), "{1}-{0:0>2}"),
    (re.compile(r"(?:năm )?(20\d\d)"), "{0}"),
)
IDENTITY = ("code", "plan", "annex", "group", "no", "concept", "name", "task", "subject")
_INPUTS = frozenset(chain.from_iterable(COLUMNS.values())) - {*IDENTITY, "unit"}


@dataclass(frozen=True, eq=False)  # read once, so compared by identity
class Forms:
    """Known headings: canonical key → meaning. Columns with a meaning in `unused` are not read."""

    meanings: dict[str, str]
    unused: frozenset[str]
    unused_sheets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TableHeading:
    """The heading of one table: which column of the sheet means what."""

    kind: FileKind
    columns: dict[str, int]
    """Column of `COLUMNS[kind]` → zero-based column of the sheet."""
    whole: frozenset[str] = frozenset()
    """Columns whose heading says that they hold whole numbers (số nguyên, số lượng)."""
    unknown: tuple[tuple[int, str], ...] = ()
    """Columns that are not read because their headings are not known."""
    repeated: tuple[tuple[int, str], ...] = ()
    """Columns with the same meaning as an earlier one: nobody can tell which of them is meant."""

    @property
    def inputs(self) -> frozenset[str]:
        """Columns in which the sender answers; the others say what is asked."""
        return _INPUTS & self.columns.keys()


def read_forms(path: Path) -> Forms:
    """Read `headings.yaml`. Raises DataError if one form has two meanings."""
    return _read_forms(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_forms(path: Path, changed: int) -> Forms:
    del changed
    document = yaml.safe_load(path.read_text("utf-8"))
    meanings = {name: name for names in COLUMNS.values() for name in names}
    for part in ("columns", "unused", "ambiguous"):
        for meaning, forms in document[part].items():
            for form in forms:
                if meanings.setdefault(name_key(form), meaning) != meaning:
                    raise DataError(
                        "Bảng tiêu đề cột không dùng được",
                        [Finding(path.name, f"“{form}”", "heading", "một tiêu đề có hai nghĩa", "giữ một nghĩa")],
                    )
    sheets = frozenset(map(name_key, document["sheets"]["unused"]))
    return Forms(meanings, frozenset(document["unused"]), sheets)


def find_heading(grid: Grid, index: int, forms: Forms, period: Period | None) -> tuple[TableHeading, int] | None:
    """The heading that begins at line `index` of the grid, and how many lines it takes, one or two."""
    one = _heading(_texts(grid.lines[index], None, grid.merged), forms, period)
    below = grid.lines[index + 1] if index + 1 < len(grid.lines) else None
    if below is not None and _labels(below, forms, period):
        two = _heading(_texts(grid.lines[index], below, grid.merged), forms, period)
        alone = _heading(_texts(below, None, grid.merged), forms, period)
        if two is not None and all(len(two.columns) > len(h.columns) for h in (one, alone) if h is not None):
            return two, 2
    return (one, 1) if one is not None else None


def _labels(line: Line, forms: Forms, period: Period | None) -> bool:
    """Whether a line is the second one of a heading, not data: every filled cell is a known heading."""
    filled = [text for text in line.texts if text]
    return bool(filled) and all(meaning_of(text, forms, period) for text in filled)


def _texts(upper: Line, lower: Line | None, merged: Sequence[Area]) -> list[tuple[str, ...]]:
    """Per column the heading texts, the most specific first."""
    width = max(len(upper.cells), len(lower.cells) if lower else 0)
    texts: list[tuple[str, ...]] = []
    for column in range(width):
        above = upper.cell(column).text
        if lower is None:
            texts.append((above,) if above else ())
            continue
        if not above and lower.cell(column).text:
            above = _parent(upper, column, merged)
        texts.append(tuple(text for text in (lower.cell(column).text, above) if text))
    return texts


def _parent(upper: Line, column: int, merged: Sequence[Area]) -> str:
    """The text of the merged cell above, or of the nearest filled one to the left (CSV has no merged cells)."""
    for area in merged:
        if area.first_line <= upper.number <= area.last_line and area.first_column <= column <= area.last_column:
            return upper.cell(area.first_column).text
    if merged:
        return ""
    return next((upper.cell(c).text for c in range(column, -1, -1) if upper.cell(c).text), "")


def _heading(texts: Sequence[tuple[str, ...]], forms: Forms, period: Period | None) -> TableHeading | None:
    found: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    repeated: list[tuple[int, str]] = []
    whole = set()
    for column, candidates in enumerate(texts):
        meaning = _column_meaning(candidates, forms, period)
        if meaning in forms.unused:
            continue
        if not meaning:
            if candidates:
                unknown.append((column, " / ".join(reversed(candidates))))
            continue
        if meaning in found:
            repeated.append((column, meaning))
            continue
        found[meaning] = column
        if any(re.search(r"số nguyên|số lượng", text.lower()) for text in candidates):
            whole.add(meaning)
    kind = _kind(found)
    if kind is None:
        return None
    columns = _named(found, kind)
    unknown += [(column, meaning) for meaning, column in found.items() if column not in columns.values()]
    return TableHeading(kind, columns, frozenset(whole), tuple(sorted(unknown)), tuple(repeated))


def _column_meaning(candidates: Sequence[str], forms: Forms, period: Period | None) -> str:
    """A lower heading may need the upper one: 'Giá trị' below 'Kết quả năm 2024' is an earlier value."""
    meanings = [meaning_of(text, forms, period) for text in candidates]
    if len(meanings) == 2 and meanings[0] and meanings[1] in ("previous", "target"):
        return meanings[1]
    return next((meaning for meaning in meanings if meaning), "")


@lru_cache(maxsize=1 << 16)
def meaning_of(text: str, forms: Forms, period: Period | None) -> str:
    """The meaning of one heading; '' if it is not known.

    'Kết quả năm 2025' is the value where 2025 is the period reported on, else an earlier one.
    """
    plain = name_key(_BRACKETS.sub(" ", text)) or name_key(text)
    if meaning := forms.meanings.get(name_key(text)) or forms.meanings.get(plain):
        return meaning
    for pattern, form in _PERIODS:
        found = re.search(rf"(?:^|\s){_key_pattern(pattern)}$", plain)
        if not found:
            continue
        base = forms.meanings.get(name_key(plain[: found.start()])) if plain[: found.start()].strip() else "period"
        named = Period.parse(form.format(*[str(_ROMAN.get(group, group)) for group in found.groups()]))
        if base == "value":
            same = period is None or period in (named, Period(named.year, named.part or "F"))
            return "value" if same else "previous"
        if base in ("name", "target", "period"):
            return "target" if base != "period" else ""
        return base or ""
    return ""


@lru_cache
def _key_pattern(pattern: re.Pattern[str]) -> str:
    """The pattern as it reads on a canonical key, where tone marks stand at the end of a syllable."""
    return re.sub(r"[^\W\d_]+", lambda m: name_key(m[0]) if not m[0].isascii() else m[0], pattern.pattern)


def _kind(found: dict[str, int]) -> FileKind | None:
    if "subject" in found and "value" in found:
        return FileKind.REPORTED
    if not any(name in found for name in ("code", "no", "name", "task", "concept")):
        return None
    dates = {"started_on", "finished_on", "suspended_on", "reported_on"} & found.keys()
    if dates and ("value" not in found or "task" in found):
        return FileKind.TASKS
    if "value" in found or {"numerator", "denominator"} <= found.keys():
        return FileKind.OBSERVATIONS
    return None


def _named(found: dict[str, int], kind: FileKind) -> dict[str, int]:
    named = dict(found)
    if kind is FileKind.TASKS:
        if "task" in named:
            named["name"] = named.pop("task")
        if "value" in named:
            named.setdefault("product", named.pop("value"))
    elif "task" in named:
        named.setdefault("name", named.pop("task"))
    allowed = {*COLUMNS[kind], UNIT_OR_AGENCY}
    return {name: column for name, column in named.items() if name in allowed}
