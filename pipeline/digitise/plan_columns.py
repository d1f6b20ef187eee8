"""What each column of a table of a plan means (cột): number, name, unit, starting value, target, office, time.

Headings are read by the same table as those of submissions (`data/raw/headings.yaml`, with its part `plans`); what a
plan means by a result or a year is decided here, by the years of the plan and by the other columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.digitise.composed_headings import PlanWords
from pipeline.documents.blocks import Table
from pipeline.intake.cells import Area, Cell, Grid, Line
from pipeline.intake.head_lines import TALLEST, UNIT_OR_AGENCY, Head, Words, height_of_head
from pipeline.intake.heading_words import fold, sense_of
from pipeline.intake.headings import Forms, read_forms
from pipeline.intake.scope import Whose
from pipeline.plans.text import name_key
from pipeline.plans.yaml_faults import loaded_file

FIRST_LINES = 4
"""Lines of a table among which its head may begin."""
_PLAIN = frozenset(
    ("no", "name", "task", "unit", "lead", "coordinating", "deadline", "product", "definition", "note", "source")
)
_RESULTS = ("value", "value-or-rate", "previous", "estimate")
_OFFICES = re.compile(
    r"(?:bo|so|phong|ban|van phong|cong an|uy ban|ubnd|trung tam|ngan hang|cac|vien|toa an|vks|dai|hoi|doan|to |truong"
    r"|chi cuc|cuc|tong cuc|thanh tra|mat tran|bao|kho bac|thue|quan su|doi)\b"
)
_SUBJECTS = ("name", "task", "subject")


@dataclass(frozen=True)
class PlanColumn:
    """One column: what it means, the year it is of, and its headings as printed."""

    meaning: str
    """'no', 'name', 'unit', 'baseline', 'target', 'definition', 'lead', 'coordinating', 'deadline', 'output'; '' if not
    known."""
    heading: str
    year: int | None = None


@dataclass(frozen=True)
class PlanHead:
    """The head of a table: its columns by place, how many rows it takes, and whether the rows are tasks."""

    columns: dict[int, PlanColumn]
    begin: int
    """The first row behind the head."""
    tasks: bool

    def of(self, meaning: str) -> tuple[int, ...]:
        """The places of the columns with a meaning, from left to right."""
        return tuple(sorted(at for at, column in self.columns.items() if column.meaning == meaning))

    @property
    def mixed(self) -> bool:
        """Whether the table may hold tasks among its indicators: columns of targets, and of times."""
        return not self.tasks and bool(self.of("target")) and bool(self.of("deadline") or self.of("coordinating"))


def plan_forms(path: Path) -> Forms:
    """The known headings, with those that only plans write (part `plans` of `headings.yaml`)."""
    forms = read_forms(path)
    ours = (loaded_file(path, path.name) or {}).get("plans", {})
    added = {name_key(form): meaning for meaning, texts in ours.items() for form in texts}
    folded = {fold(form): meaning for meaning, texts in ours.items() for form in texts}
    return replace(forms, meanings=forms.meanings | added, folded=forms.folded | folded)


def as_grid(table: Table) -> Grid:
    """The table as intake knows one: lines numbered from 1, merged areas."""
    lines = []
    for row in range(table.rows):
        cells = [Cell("")] * table.columns
        for cell in table.row_cells(row):
            cells[cell.column] = Cell(cell.text, cell.fault)
        lines.append(Line(row + 1, tuple(cells), False))
    merged = tuple(
        Area(c.row + 1, c.row + c.height, c.column, c.column + c.width - 1)
        for c in table.cells
        if c.height > 1 or c.width > 1
    )
    return Grid("", tuple(lines), merged=merged)


def head_of(table: Table, forms: Forms, first_year: int | None) -> PlanHead | None:
    """The head of a table; None for one that has none, such as a letterhead. `first_year` is that of the plan."""
    grid, words = as_grid(table), PlanWords(forms, Whose())
    for index in range(min(FIRST_LINES, table.rows)):
        if height := height_of_head(grid, index, words):
            # A heading that is merged downwards is as tall as the head, whatever stands beside it.
            height = max(height, *(cell.height for cell in table.row_cells(index) if cell.height <= TALLEST))
            break
    else:
        return None
    head = Head(grid, index, height)
    texts = {at: head.texts(at, words) for at in range(table.columns)}
    columns = {at: _column(one, words, first_year) for at, one in texts.items() if one}
    planned = [one.year for one in columns.values() if one.meaning == "target" and one.year]
    if first_year is None and planned:  # the plan names no year: it begins with the first one it sets a target for
        columns = {at: _column(one, words, min(planned)) for at, one in texts.items() if one}
    columns = _settled(columns, table, index + height)
    named = {column.meaning for column in columns.values()}
    tasks = _are_tasks(named)
    costs = any(_MONEY.search(one.heading) for one in columns.values())
    if not named & {"name", "task"} or tasks is None or (costs and not (tasks and named & {"lead", "deadline"})):
        return None
    columns = {at: _renamed(one, tasks=tasks) for at, one in columns.items()}
    return PlanHead(_without_twice(columns), index + height, tasks)


_MONEY = re.compile(r"kinh phí|thành tiền|đơn giá|dự toán|nguồn vốn", re.IGNORECASE)
"""A table of costs sets no targets; one of tasks may say what they cost."""


def _are_tasks(named: Set[str]) -> bool | None:
    """Whether rows with these columns are tasks; None where they are neither tasks nor indicators."""
    assigned = bool(named & {"lead", "coordinating", "deadline", "product"})
    if "task" in named or (named & {"deadline", "coordinating", "product"} and "target" not in named):
        return True if assigned else None
    if named & {"target", "baseline", "unit", "definition"}:
        return False
    return True if assigned else None


def _column(texts: Sequence[str], words: Words, first_year: int | None) -> PlanColumn:
    senses = [sense_of(text, 0) for text in texts]
    meanings = [words.meaning(text, sense) for text, sense in zip(texts, senses, strict=True)]
    heading = " / ".join(texts)
    years = next((sense.years for sense in reversed(senses) if sense.years), ())
    year = years[-1] if len(years) == 1 else None
    last = meanings[-1]
    if last in _PLAIN or last == UNIT_OR_AGENCY:
        return PlanColumn(last, heading)
    wanted = "target" in meanings or any(sense.sort == "plan" for sense in senses)
    given = any(meaning in _RESULTS for meaning in meanings) or any(sense.sort == "estimate" for sense in senses)
    if len(years) > 1 or (wanted and given) or "rate" in meanings:
        return PlanColumn("", heading)
    if year is None and meanings[-1] == "previous":
        return PlanColumn("baseline", heading)
    if year is None:
        return PlanColumn("target" if wanted else "result" if given else "", heading)
    if first_year is None:
        return PlanColumn("target" if wanted else "", heading, year)
    before = year < first_year
    if wanted or given:
        # A result of a year of the plan, a target of one before it: nobody can tell what is meant.
        return PlanColumn("" if before is wanted else "target" if wanted else "baseline", heading, year)
    understood = all(meaning or not sense.rest for meaning, sense in zip(meanings, senses, strict=True))
    return PlanColumn("" if not understood else "baseline" if before else "target", heading, year)


def _settled(columns: dict[int, PlanColumn], table: Table, begin: int) -> dict[int, PlanColumn]:
    """The columns with those decided that depend on others: 'Đơn vị', and 'Kết quả' without a year."""
    meanings = [column.meaning for column in columns.values()]
    made = dict(columns)
    for at, column in columns.items():
        if column.meaning == UNIT_OR_AGENCY:
            made[at] = replace(column, meaning=_unit_or_lead(at, table, begin, led="lead" in meanings))
        elif column.meaning == "result":
            asked = "unit" in meanings or UNIT_OR_AGENCY in meanings
            tasks = "task" in meanings or "deadline" in meanings
            alone = meanings.count("result") == 1 and "target" not in meanings and "baseline" not in meanings
            product = tasks and "product" not in meanings
            made[at] = replace(column, meaning="product" if product else "target" if alone and asked else "")
    return made


def _unit_or_lead(at: int, table: Table, begin: int, *, led: bool) -> str:
    texts = [fold(cell.text) for cell in table.cells if cell.column == at and cell.row >= begin and cell.text]
    offices = sum(bool(_OFFICES.match(text)) for text in texts)
    if led or not offices:
        return "unit"
    return "lead" if offices == len(texts) else ""


def _renamed(column: PlanColumn, *, tasks: bool) -> PlanColumn:
    names = {"task": "name", "product": "output", "note": "", "source": ""}
    meaning = names.get(column.meaning, column.meaning)
    return replace(column, meaning="" if meaning == "target" and tasks else meaning)


def _without_twice(columns: dict[int, PlanColumn]) -> dict[int, PlanColumn]:
    """Of columns that mean the same, none is known; targets of different years are not the same."""
    keys = [(column.meaning, column.year) for column in columns.values()]
    return {
        at: replace(column, meaning="") if keys.count((column.meaning, column.year)) > 1 else column
        for at, column in columns.items()
    }
