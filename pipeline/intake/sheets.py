"""The tables (bảng) on a sheet: which line is a heading, a group, a row, or none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.errors import Finding
from pipeline.intake import asides
from pipeline.intake.cells import EMPTY, Cell, FileFaultError, Grid, Line, column_letter, place_on
from pipeline.intake.column_style import NUMBERS, holds_units, mixed_columns
from pipeline.intake.head_lines import IDENTITY
from pipeline.intake.heading_words import fold
from pipeline.intake.headings import Forms, TableHeading, find_heading
from pipeline.intake.missing_heading import tasks_in_words
from pipeline.intake.result_column import Result, result_of, without_hidden
from pipeline.intake.row_scope import RowScope, foreign_title
from pipeline.intake.rows import COLUMNS, FileKind, Origin
from pipeline.intake.scope import Whose
from pipeline.intake.values import same_unit, states_a_value

_GROUP = re.compile(r"([IVXL]+)(?:[.):\s].*)?", re.DOTALL)
_FOR_ALL_ROWS = frozenset(("source", "source_date", "evidence", "note", "basis", "as_of"))
"""Answers that, merged over several rows, hold for each of them."""
_ABOUT_FIGURES = re.compile(r"(?<![a-z])(?:so lieu|tinh den|ket qua)(?![a-z])")
SEARCHED = 200
"""Lines in which the first head must stand."""


@dataclass(frozen=True)
class SubmittedRow:
    """One data row: texts by column name as received, '' where there is none."""

    cells: dict[str, str]
    origin: Origin
    letters: dict[str, str] = field(default_factory=dict)
    """Column name → column letter in the file."""
    faults: dict[str, str] = field(default_factory=dict)
    """Column name ('' for the row) → fault of the cell as found (`cells.FAULTS`, or 'width')."""
    hidden: bool = False
    whole: frozenset[str] = frozenset()
    """Columns whose heading promises whole numbers, where 1.234 is 1234."""
    mixed: frozenset[str] = frozenset()
    """Columns with numbers or days written in more than one way; what may mean two things there is doubtful."""
    since_1904: bool = False
    """Of a workbook that counts days from 1904."""
    comments: dict[str, str] = field(default_factory=dict)
    """Column name → what a comment on the cell says."""

    def at(self, column: str) -> Origin:
        """The origin of one cell of the row."""
        return self.origin.model_copy(update={"column": self.letters.get(column, "")})


@dataclass(frozen=True)
class SubmittedTable:
    """One table of a submission: the rows below one heading."""

    kind: FileKind
    file: str
    sha256: str
    rows: tuple[SubmittedRow, ...]
    name: str = ""
    """SubmittedTable of the workbook; empty for CSV."""
    first_line: int = 1
    unfilled: int = 0
    """Rows of the form that the sender left empty; they do not count as received."""


@dataclass
class _Open:
    """A table being read."""

    heading: TableHeading
    line: int
    width: int
    result: Result | None = None
    lines: list[tuple[Line, str]] = field(default_factory=list)
    unfilled: int = 0
    group: str = ""
    scope: RowScope = field(default_factory=RowScope)
    stated: dict[str, str] = field(default_factory=dict)
    """What one line states for the whole table: source, unit."""
    foreign: bool = False
    """Its title names another locality or period."""
    signed: bool = False
    """The signatures have begun."""
    untouched: bool = True
    """No line was taken yet."""

    def take(self, line: Line) -> None:
        """Take a line as a row."""
        self.lines.append((line, self.group))
        self.scope.enter(line)


def tables_of(grid: Grid, digest: str, forms: Forms, whose: Whose) -> tuple[list[SubmittedTable], list[Finding]]:
    """The tables of a sheet, and remarks on what was not read.

    Raises FileFaultError for headings that are doubtful, with a question where the sender can answer it.
    """
    reading = _Reading(grid, whose.file, digest, forms, whose)
    index = 0
    while index < len(grid.lines):
        if not reading.tables and index >= SEARCHED:
            break
        index += reading.take(index)
    found = [t for table in reading.tables if not table.foreign and (t := reading.finished(table)) is not None]
    return found, [*reading.remarks, *_other_comments(grid, whose.file, found)]


@dataclass
class _Reading:
    """One sheet being read from top to bottom."""

    grid: Grid
    file: str
    digest: str
    forms: Forms
    whose: Whose
    tables: list[_Open] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    titles: list[Line] = field(default_factory=list)
    """Lines outside tables since the last row."""

    def take(self, index: int) -> int:
        """Take the line at `index` as what it is; gives the number of lines taken."""
        grid, line = self.grid, self.grid.lines[index]
        found = None
        if _may_be_heading(line):
            found = find_heading(grid, index, self.forms, self.whose.period, self.whose)
        if found is not None:
            heading, height = found
            self._open(heading, index, height)
            return height
        if not self.tables:
            self.titles.append(line)
        elif not line.blank:
            _take(self.tables[-1], line, self)
        return 1

    def _open(self, heading: TableHeading, index: int, height: int) -> None:
        grid = self.grid
        line, last = grid.lines[index], grid.lines[index + height - 1]
        _refuse_repeated(grid, line, heading)
        result = result_of(heading, grid, index + height, self.whose)
        if result is not None:
            heading.columns["value"] = result.column
            self.remarks += result.remarks
        read, hidden = without_hidden(heading, grid, last.number, self.file)
        self.remarks += hidden
        width = max(len(part.cells) for part in grid.lines[index : index + height])
        table = _Open(read, line.number, width, result)
        table.scope = RowScope.of(heading, grid, index + height, self.whose)
        if read.columns.get("unit-or-agency") in {c.index for c in table.scope.columns}:
            del read.columns["unit-or-agency"]
        if foreign := foreign_title(self.titles, grid, self.whose):
            self.remarks.append(foreign)
            table.foreign = True
        for title in self.titles:
            self.state(table, title)
        self.tables.append(table)
        self.titles = []
        named = {c.index for c in table.scope.columns}
        self.remarks += [r for column, r in _unread_columns(grid, line, heading, self.file) if column not in named]

    def state(self, table: _Open, line: Line) -> bool:
        """Note what a line states for the whole table; False where it states nothing."""
        name, text = asides.statement(line)
        if name:
            table.stated.setdefault(name, text)
        return bool(name)

    def aside(self, line: Line, text: str) -> None:
        """A line outside the table, which the receipt names."""
        self.titles.append(line)
        said = next((t for t in line.texts if _ABOUT_FIGURES.search(fold(t[:300]))), "")
        if said and self.tables and (foreign := foreign_title([line], self.grid, self.whose)):
            self.remarks.append(foreign)
            self.tables[-1].foreign = True
        place = f"{place_on(self.grid)}dòng {line.number}"
        self.remarks.append(Finding(self.file, place, "line-unused", f"dòng ngoài bảng, không dùng: “{text[:60]}”"))

    def finished(self, table: _Open) -> SubmittedTable | None:
        """The table with its own rows; None where all of them are of another locality or period."""
        own = []
        for line, group in table.lines:
            if not table.scope.leaves_out(line):
                own.append((line, group))
        self.remarks += table.scope.remarks(self.grid)
        if table.lines and not own:
            return None
        if _told_in_words(table.heading, [line for line, _ in own]):
            self.remarks.append(tasks_in_words(self.file, f"{place_on(self.grid)}dòng {table.line}"))
            return None
        table.lines = own
        return _sheet(table, self.grid, self.file, self.digest)


def _other_comments(grid: Grid, file: str, tables: Sequence[SubmittedTable]) -> Iterator[Finding]:
    """Comments on cells of no row: of heads, titles, columns that are not read."""
    told = {(row.origin.line, row.letters[name]) for table in tables for row in table.rows for name in row.comments}
    for (number, column), text in grid.comments.items():
        if (number, letter := column_letter(column)) not in told:
            message = f"ghi chú của ô (comment): “{text}”"
            remedy = "nếu ghi chú sửa số liệu thì sửa ngay trong ô, hoặc ghi ở cột Ghi chú"
            yield Finding(file, f"{place_on(grid)}ô {letter}{number}", "cell-comment", message, remedy)


def _may_be_heading(line: Line) -> bool:
    """Whether a line has text, and neither its second nor third filled cell is a number."""
    filled = [text for text in line.texts if text]
    numbers = (text.replace(",", "").replace("%", "").isdigit() and len(text) != 4 for text in filled[1:3])
    return bool(filled) and not any(numbers)


def _refuse_repeated(grid: Grid, line: Line, heading: TableHeading) -> None:
    for column, meaning in heading.repeated:
        first = heading.columns.get(meaning, heading.columns.get("product", column))
        if meaning == "value" and heading.kind is not FileKind.TASKS:
            continue  # which of several results is meant is a question
        labels = {c.index: c.label[:60] for c in heading.described}
        message = f"hai cột cùng nghĩa: “{labels.get(first, '')}” và “{labels.get(column, '')}”"
        remedy = "giữ một cột, đặt tên khác hoặc xóa cột kia"
        if sum(again in (*IDENTITY, "value") for _, again in heading.repeated) > 1:
            message = f"hai bảng đặt cạnh nhau ({message})"
            remedy = "đặt bảng bên phải xuống dưới bảng bên trái, cách một dòng trống, hoặc sang trang khác"
        where = f"ô {column_letter(first)}{line.number} và {column_letter(column)}{line.number}"
        raise FileFaultError("heading-repeated", f"{place_on(grid)}{where}", message, remedy)


def _unread_columns(grid: Grid, line: Line, heading: TableHeading, file: str) -> Iterator[tuple[int, Finding]]:
    for column, text in heading.unknown:
        place = f"{place_on(grid)}ô {column_letter(column)}{line.number}"
        yield column, Finding(file, place, "column-unused", f"cột “{text[:60]}” không dùng")


def _take(table: _Open, line: Line, reading: _Reading) -> None:
    """Sort one line below a heading: data, a group row, an unfilled row of the form, or something else."""
    grid, columns = reading.grid, table.heading.columns
    filled = [column for column, cell in enumerate(line.cells) if cell.text or cell.fault]
    first, table.untouched = table.untouched, False
    text = line.cells[filled[0]].text
    if first and asides.numbers_of_columns(line):
        return
    answered = any(columns[name] in filled for name in table.heading.inputs)
    alone = len({line.cells[column].text for column in filled}) == 1 or not answered
    if alone and table.scope.section(line, reading.whose):
        reading.aside(line, " ".join(dict.fromkeys(filter(None, line.texts))))
        return
    if reading.state(table, line):
        return
    if grid.constant_width and len(line.cells) != table.width:
        if _around(table, line, grid):
            reading.aside(line, text)
        else:
            table.take(line)
    elif not answered and (roman := _roman(line, columns)):
        table.group = roman
    elif asides.total(line, columns) or _around(table, line, grid):
        reading.aside(line, text)
    elif answered and not (len(filled) == 1 and not re.search(r"[0-9]", text)):
        table.take(line)
        reading.titles = []
    elif len(filled) > 1 and any(name in columns and columns[name] in filled for name in ("code", "no", "name")):
        table.unfilled += 1
    else:
        reading.aside(line, text)


def _around(table: _Open, line: Line, grid: Grid) -> bool:
    """Whether a line belongs to the signatures below the table: it names nothing asked, and gives no figure."""
    columns = table.heading.columns
    table.signed |= asides.signature(line)
    figures = [columns[name] for name in NUMBERS if name in columns]
    named = [columns[name] for name in ("code", "no", "name", "concept", "subject") if name in columns]
    asked = any(line.cell(c).text or _from_merged(line.number, c, "", grid).text for c in named)
    if not table.signed or asides.holds_figures(line, figures):
        return bool(not asked and asides.signature(line))
    return True


def _told_in_words(heading: TableHeading, lines: Sequence[Line]) -> bool:
    """Whether a table of tasks without a column of days says in words what was done: no rows of indicators."""
    column = heading.columns.get("value") if heading.kind is FileKind.OBSERVATIONS else None
    if column is None or not any(c.meaning == "task" for c in heading.described):
        return False
    filled = [text for line in lines if (text := line.cell(column).text)]
    return bool(filled) and 5 * sum(map(states_a_value, filled)) <= len(filled)


def _roman(line: Line, columns: dict[str, int]) -> str:
    """The number of a group row: 'II' alone in the number column, or 'II. Chính quyền số' in one cell."""
    filled = [cell.text for cell in line.cells if cell.text]
    numbered = line.cell(columns["no"]).text if "no" in columns else ""
    text = numbered or (filled[0] if len(filled) == 1 else "")
    found = _GROUP.fullmatch(text)
    return found[1] if found else ""


def _sheet(table: _Open, grid: Grid, file: str, digest: str) -> SubmittedTable:
    heading = table.heading
    columns = dict(heading.columns)
    if "unit-or-agency" in columns:
        column = columns.pop("unit-or-agency")
        if "unit" not in columns and holds_units([line.cell(column).text for line, _ in table.lines]):
            columns["unit"] = column
    mixed = mixed_columns(table.lines, columns)
    rows = tuple(_row(line, group, _Shape(table, columns, mixed, grid, file, digest)) for line, group in table.lines)
    return SubmittedTable(heading.kind, file, digest, rows, grid.name, table.line, table.unfilled)


@dataclass(frozen=True)
class _Shape:
    """What all rows of a table share."""

    table: _Open
    columns: dict[str, int]
    mixed: frozenset[str]
    grid: Grid
    file: str
    digest: str


def _row(line: Line, group: str, shape: _Shape) -> SubmittedRow:
    table, grid = shape.table, shape.grid
    origin = Origin(file=shape.file, sha256=shape.digest, sheet=grid.name, line=line.number)
    cells = dict.fromkeys(COLUMNS[table.heading.kind], "")
    faults: dict[str, str] = {}
    if grid.constant_width and len(line.cells) != table.width:
        faults[""] = "width"
    elif doubt := table.scope.doubt(line, line.cell(shape.columns["note"]).text if "note" in shape.columns else ""):
        faults[""] = doubt
    columns = _columns_of(line, shape)
    for name, column in columns.items():
        cell = line.cell(column)
        if not cell.text and not cell.fault:
            cell = _from_merged(line.number, column, name if name in table.heading.inputs else "", grid)
        cells[name] = cell.text
        if cell.fault:
            faults[name] = cell.fault
    if not cells.get("group") and group and "group" in cells and not cells["code"]:
        cells["group"] = group
    _fill_in(cells, table)
    if (
        table.result is not None
        and table.result.unit
        and cells["value"]
        and not _suits(line, cells["unit"], table.result)
    ):
        faults["unit"] = "unit-of-heading"
    letters = {name: column_letter(column) for name, column in columns.items()}
    comments = {name: said for name, c in columns.items() if (said := grid.comments.get((line.number, c)))}
    common = (line.hidden, table.heading.whole, shape.mixed, grid.since_1904, comments)
    return SubmittedRow(cells, origin, letters, faults, *common)


def _columns_of(line: Line, shape: _Shape) -> dict[str, int]:
    """The columns of one row: where a rate and a number stand side by side, its unit decides which is the value."""
    counts = shape.table.result.counts if shape.table.result else None
    if counts is None or "unit" not in shape.columns:
        return shape.columns
    unit = line.cell(shape.columns["unit"]).text
    return shape.columns | {"value": counts} if unit and not same_unit(unit, "%") else shape.columns


def _suits(line: Line, unit: str, result: Result) -> bool:
    """Whether the unit of a row is that of the heading, or the value was taken from the column of numbers."""
    return result.counts is not None or not unit or same_unit(unit, result.unit) or same_unit(result.unit, unit)


def _fill_in(cells: dict[str, str], table: _Open) -> None:
    """What heading or title say for every row that does not say it itself."""
    result = table.result
    said = dict(table.stated)
    if result is not None and cells.get("value") and (result.counts is None or not cells["unit"]):
        said |= {name: text for name, text in (("unit", result.unit), ("basis", result.basis)) if text}
    for name, text in said.items():
        if name in cells and not cells[name]:
            cells[name] = text


def _from_merged(number: int, column: int, answer: str, grid: Grid) -> Cell:
    """The text of the merged area over a cell: what is asked holds for every row of it, a figure for none."""
    area = grid.area_at(number, column)
    if area is None or (area.first_line, area.first_column) == (number, column):
        return EMPTY
    top = grid.line_at(area.first_line)
    text = top.cell(area.first_column).text if top else ""
    if not text:
        return EMPTY
    return Cell(text, "merged") if answer and answer not in _FOR_ALL_ROWS else Cell(text)
