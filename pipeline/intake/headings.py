"""Column headings (tiêu đề cột): which lines are the head of a table, and what each column of it means.

A head takes one to three lines. A heading over several columns is the parent of those below it, merged over them or,
in CSV, with blank cells beside it; both are read together: “Kết quả thực hiện / Năm 2025” is an earlier result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import FileFaultError, Grid, column_letter, place_on
from pipeline.intake.head_lines import FIGURES, IDENTITY, UNIT, UNIT_OR_AGENCY, Head, Words, height_of_head
from pipeline.intake.heading_words import Sense, bears_on, fold, sense_of
from pipeline.intake.rows import COLUMNS, FileKind
from pipeline.intake.scope import Whose
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key
from pipeline.plans.yaml_faults import loaded_file

SCOPES = ("locality", "reporting-period")
"""Columns that say whose figure a row is, and of which period."""
_INPUTS = frozenset(chain.from_iterable(COLUMNS.values())) - {*IDENTITY, "unit"}
_OF_THE_PLAN = ("target", "previous", "rate", "other-place")
_PER_CENT = re.compile(r"\( ?% ?\)|^ ?%$|(?i:tỷ lệ|tỉ lệ) %")


@dataclass(frozen=True, eq=False)  # read once, so compared by identity
class Forms:
    """Known headings: canonical key → meaning. Columns with a meaning in `unused` are not read."""

    meanings: dict[str, str]
    unused: frozenset[str]
    unused_sheets: frozenset[str] = frozenset()
    folded: dict[str, str] = field(default_factory=dict)
    """The same without marks, for headings typed without them."""


@dataclass(frozen=True)
class Column:
    """One column as its headings describe it."""

    index: int
    texts: tuple[str, ...]
    """The headings from top to bottom."""
    meaning: str = ""
    """Column of `COLUMNS`, a meaning of `headings.yaml`, 'value' also for a result of which more is said below."""
    status: str = ""
    """Of a result: how its period stands to the one asked for ('same', 'around', 'end', 'other', 'mixed')."""
    sort: str = ""
    measure: str = ""
    weak: bool = False
    """Headed 'Tỷ lệ': the result, or the share of the target that was reached."""
    bare: bool = False
    """No word of a result: 'Quý I/2026'."""
    unit: str = ""
    unclear: bool = False
    """A result by its parent, but what stands below it is not understood."""
    faulty: bool = False
    """The heading is struck out, or faulty otherwise."""

    @property
    def label(self) -> str:
        """All headings, as messages quote them."""
        return " / ".join(self.texts)

    @property
    def letter(self) -> str:
        """The letter of the column."""
        return column_letter(self.index)


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
    described: tuple[Column, ...] = ()
    """Every column with a heading, also those that are not read."""

    @property
    def inputs(self) -> frozenset[str]:
        """Columns in which the sender answers; the others say what is asked."""
        return _INPUTS & self.columns.keys()

    @property
    def results(self) -> tuple[Column, ...]:
        """Columns that may hold the result of the period."""
        return tuple(c for c in self.described if c.meaning in ("value", "value-or-rate"))

    @property
    def scopes(self) -> tuple[Column, ...]:
        """Columns that say whose figure a row is, and of which period."""
        return tuple(c for c in self.described if c.meaning in SCOPES)


def read_forms(path: Path) -> Forms:
    """Read `headings.yaml`. Raises DataError if one form has two meanings."""
    return _read_forms(path, path.lstat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_forms(path: Path, changed: int) -> Forms:
    del changed
    document = loaded_file(path, path.name)
    meanings = {name: name for names in COLUMNS.values() for name in names}
    for part in ("columns", "scope", "unused", "ambiguous"):
        for meaning, forms in document[part].items():
            for form in forms:
                if meanings.setdefault(name_key(form), meaning) != meaning:
                    raise DataError(
                        "Bảng tiêu đề cột không dùng được",
                        [Finding(path.name, f"“{form}”", "heading", "một tiêu đề có hai nghĩa", "giữ một nghĩa")],
                    )
    sheets = frozenset(map(name_key, document["sheets"]["unused"]))
    folded: dict[str, str] = {}
    for form, meaning in meanings.items():
        folded[fold(form)] = meaning if folded.get(fold(form), meaning) == meaning else ""
    return Forms(meanings, frozenset(document["unused"]), sheets, folded)


def find_heading(
    grid: Grid, index: int, forms: Forms, period: Period | None, whose: Whose | None = None
) -> tuple[TableHeading, int] | None:
    """The heading that begins at line `index` of the grid, and how many lines it takes, one to three.

    Raises FileFaultError for a heading over columns of which not all are understood.
    """
    words = Words(forms, whose or Whose(period))
    height = height_of_head(grid, index, words)
    if not height:
        return None
    columns = _described(Head(grid, index, height), words)
    heading = _heading(columns, forms)
    # A row may hold words of headings too: 'nhiệm vụ' as its unit, 'Quý I/2026' as its day.
    if heading is None or 2 * sum(bool(column.meaning) for column in columns) < len(columns):
        return None
    _refuse_unclear(grid, index + height - 1, heading)
    return heading, height


def _described(head: Head, words: Words) -> tuple[Column, ...]:
    width = max(len(line.cells) for line in head.lines)
    columns = []
    for index in range(width):
        texts = head.texts(index, words)
        if texts:
            faulty = any(line.cell(index).fault for line in head.lines)
            columns.append(replace(_column(index, texts, words), faulty=faulty))
    return tuple(columns)


def _column(index: int, texts: tuple[str, ...], words: Words) -> Column:
    """What a column means, from the headings over it: the lowest decides, unless a higher one makes it another's."""
    senses = _senses(texts, words.year)
    meanings = [words.meaning(text, sense) for text, sense in zip(texts, senses, strict=True)]
    column = Column(index, texts)
    figures = [m for m in meanings if m in FIGURES]
    if figures and meanings[-1] == "reporting-period" and senses[-1].when:
        meanings[-1] = "bare"
    if figures and meanings[-1] in IDENTITY:  # 'Kết quả / Nội dung' tells in words what was done
        return column
    last = meanings[-1]
    if last and last not in (*FIGURES, "bare"):
        return replace(column, meaning=last)
    if set(meanings) & set(_OF_THE_PLAN):
        return replace(column, meaning=next(m for m in meanings if m in _OF_THE_PLAN))
    if others := [m for m in meanings if m and m not in (*FIGURES, "bare")]:
        return replace(column, meaning=others[-1]) if not figures else replace(column, meaning=figures[-1])
    own_place = any(words.whose.place_of(text) == "own" for text in texts)
    if not figures and not own_place and not _names_a_period(senses):
        return column
    meaning = next((m for m in reversed(figures) if m != "value"), figures[-1] if figures else "value")
    status = _status(senses, words.whose)
    sort = next((s.sort for s in reversed(senses) if s.sort), "")
    if status == "other" or (sort == "estimate" and status == "around"):
        return replace(column, meaning="previous", status="part" if _is_part(senses, words.whose) else "")
    return replace(
        column,
        meaning="value-or-rate"
        if meaning == "value-or-rate" and len(figures) == 1
        else meaning.replace("-or-rate", ""),
        status=status,
        sort=sort,
        measure=next((s.measure for s in reversed(senses) if s.measure), ""),
        weak=meaning == "value-or-rate",
        bare=not figures,
        unit="%" if any(_PER_CENT.search(text) for text in texts) else _unit_in_brackets(texts),
        unclear=len(texts) > 1 and not last,
    )


def _unit_in_brackets(texts: Sequence[str]) -> str:
    """The unit that a heading gives in brackets: 'Kết quả (hồ sơ)', 'Kết quả (triệu đồng)'."""
    found = [inside for text in texts for inside in re.findall(r"[(]([^()]{1,40})[)]", text)]
    found += [text for text in texts[1:] if len(text) <= 20 and "(" not in text]
    return next((inside.strip() for inside in reversed(found) if UNIT.match(fold(inside))), "")


def _names_a_period(senses: Sequence[Sense]) -> bool:
    """Whether headings without a word of result say which one is meant: a period (a bare year may be a target)."""
    return all(s.bare or not s.rest for s in senses) and any(
        s.when or any(p.part for p in s.periods) or s.measure == "count" or s.sort in ("cumulative", "estimate")
        for s in senses
    )


def _senses(texts: tuple[str, ...], year: int) -> list[Sense]:
    """What each says; a year in an upper heading holds for those below."""
    senses = []
    for text in texts:
        senses.append(sense_of(text, year))
        year = senses[-1].years[-1] if senses[-1].years else year
    return senses


def _status(senses: Sequence[Sense], whose: Whose) -> str:
    """How the period of a result stands to the one asked for; the lowest heading that names one decides."""
    for sense in reversed(senses):
        if sense.when and not sense.periods:
            return "same" if sense.when == "now" else "other"
        if not sense.periods:
            continue
        if whose.period is None:
            return "same"
        stands = {bears_on(p, whose.period) for p in sense.periods}
        # The last month is often written for its quarter, the last quarter never for its year.
        if stands == {"end"} and not sense.day and not whose.period.part.startswith("Q"):
            return "other"
        if sense.day:
            last = max(sense.periods, key=lambda p: (p.year, p.months[1]))
            return "same" if bears_on(last, whose.period) in ("same", "end") else "other"
        if stands == {"same", "around"}:
            return "same"
        return stands.pop() if len(stands) == 1 else "mixed"
    return ""


def _is_part(senses: Sequence[Sense], whose: Whose) -> bool:
    """Whether a result is that of a part of the period: of January, in the first quarter."""
    named = next((s.periods for s in reversed(senses) if s.periods), ())
    return whose.period is not None and any(
        p.year == whose.period.year and whose.period.months[0] <= p.months[0] and p.months[1] <= whose.period.months[1]
        for p in named
    )


def _heading(columns: tuple[Column, ...], forms: Forms) -> TableHeading | None:
    found: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    repeated: list[tuple[int, str]] = []
    whole = set()
    for column in columns:
        meaning = "value" if column.meaning == "value-or-rate" else column.meaning
        if meaning in forms.unused or meaning in SCOPES:
            continue
        if not meaning or meaning == "other-place":
            unknown.append((column.index, column.label))
            continue
        if meaning in found:
            repeated.append((column.index, meaning))
            continue
        found[meaning] = column.index
        if column.measure == "count" or any(re.search(r"số nguyên|số lượng", text.lower()) for text in column.texts):
            whole.add(meaning)
    kind = _kind(found)
    if kind is None:
        return None
    named = _named(found, kind)
    unknown += [(column, meaning) for meaning, column in found.items() if column not in named.values()]
    return TableHeading(kind, named, frozenset(whole), tuple(sorted(unknown)), tuple(repeated), columns)


def _refuse_unclear(grid: Grid, index: int, heading: TableHeading) -> None:
    """Raises FileFaultError where a heading of results stands over columns that are not understood."""
    unclear = [c for c in heading.described if c.unclear]
    parents = [c.texts[0] for c in heading.described if len(c.texts) > 1]
    wide = [c for c in unclear if parents.count(c.texts[0]) > 1]
    if not wide:
        return
    number = grid.lines[index].number
    cells = ", ".join(f"{c.letter}{number} “{c.texts[-1][:40]}”" for c in wide)
    raise FileFaultError(
        "heading-unclear",
        f"{place_on(grid)}ô {wide[0].letter}{number}",
        f"dưới tiêu đề “{wide[0].texts[0][:60]}” có cột không hiểu là gì: {cells}",
        "ghi rõ từng cột: kỳ nào, số lượng hay tỷ lệ; cột không phải kết quả thì đưa ra ngoài tiêu đề chung",
    )


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
