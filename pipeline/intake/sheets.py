"""The tables (bảng) on a sheet: which line is a heading, a group, a row, or none of these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.errors import Finding
from pipeline.intake.cells import EMPTY, Area, Cell, FileFaultError, Grid, Line, column_letter
from pipeline.intake.headings import Forms, TableHeading, find_heading
from pipeline.intake.rows import COLUMNS, DAYS_OF_TASK, FileKind, Origin
from pipeline.plans.periods import Period

_GROUP = re.compile(r"([IVXL]+)(?:[.):\s].*)?", re.DOTALL)
_DOT_DECIMAL = re.compile(r"[<>=≥≤\s]*-?[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})\s*%*")
_COMMA_DECIMAL = re.compile(r"[<>=≥≤\s]*-?[0-9.]+,[0-9]+\s*%*")
_NUMBERS = ("value", "numerator", "denominator")
_DAYS = ("as_of", *DAYS_OF_TASK)
_SLASHED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}(?: .*)?")


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
    """Columns with numbers or days written in more than one way, where each of them is doubtful."""

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
    lines: list[tuple[Line, str]] = field(default_factory=list)
    unfilled: int = 0
    group: str = ""


def tables_of(
    grid: Grid, file: str, digest: str, forms: Forms, period: Period | None
) -> tuple[list[SubmittedTable], list[Finding]]:
    """The tables of a sheet, and remarks on what was not read. Raises FileFaultError for two columns of one meaning."""
    tables: list[_Open] = []
    remarks: list[Finding] = []
    index = 0
    while index < len(grid.lines):
        line = grid.lines[index]
        found = find_heading(grid, index, forms, period) if _may_be_heading(line) else None
        if found is not None:
            heading, height = found
            _refuse_repeated(grid, line, heading)
            tables.append(_Open(heading, line.number, len(line.cells)))
            remarks += _unread_columns(grid, line, heading, file)
            index += height
            continue
        if tables:
            _take(tables[-1], line, grid, remarks, file)
        index += 1
    return [_sheet(table, grid, file, digest) for table in tables], remarks


def _may_be_heading(line: Line) -> bool:
    """Whether a line fills at least two cells, and neither the second nor the third of them with a number."""
    filled = [text for text in line.texts if text]
    return len(filled) >= 2 and not any(text.replace(",", "").replace("%", "").isdigit() for text in filled[1:3])


def _refuse_repeated(grid: Grid, line: Line, heading: TableHeading) -> None:
    for column, meaning in heading.repeated:
        first = heading.columns.get(meaning, column)
        raise FileFaultError(
            "heading-repeated",
            f"{place_on(grid)}ô {column_letter(first)}{line.number} và {column_letter(column)}{line.number}",
            f"hai cột cùng nghĩa “{meaning}”",
            "giữ một cột, đặt tên khác hoặc xóa cột kia",
        )


def _unread_columns(grid: Grid, line: Line, heading: TableHeading, file: str) -> Iterator[Finding]:
    for column, text in heading.unknown:
        place = f"{place_on(grid)}ô {column_letter(column)}{line.number}"
        yield Finding(file, place, "column-unused", f"cột “{text[:60]}” không dùng")


def place_on(grid: Grid) -> str:
    """The sheet in front of a cell or line, as messages name it; '' for CSV."""
    return f"trang “{grid.name}”, " if grid.name else ""


def _take(table: _Open, line: Line, grid: Grid, remarks: list[Finding], file: str) -> None:
    """Sort one line below a heading: data, a group row, an unfilled row of the form, or something else."""
    if line.blank:
        return
    columns = table.heading.columns
    filled = [column for column, cell in enumerate(line.cells) if cell.text or cell.fault]
    answered = any(columns[name] in filled for name in table.heading.inputs)
    if grid.constant_width and len(line.cells) != table.width:
        table.lines.append((line, table.group))
    elif not answered and (roman := _roman(line, columns)):
        table.group = roman
    elif answered and not (len(filled) == 1 and not re.search(r"[0-9]", line.cells[filled[0]].text)):
        table.lines.append((line, table.group))
    elif len(filled) > 1 and any(name in columns and columns[name] in filled for name in ("code", "no", "name")):
        table.unfilled += 1
    else:
        place = f"{place_on(grid)}dòng {line.number}"
        text = line.cells[filled[0]].text[:60]
        remarks.append(Finding(file, place, "line-unused", f"dòng ngoài bảng, không dùng: “{text}”"))


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
        if "unit" not in columns and _holds_units([line.cell(column).text for line, _ in table.lines]):
            columns["unit"] = column
    mixed = _mixed_columns(table.lines, columns)
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

    @property
    def letters(self) -> dict[str, str]:
        return {name: column_letter(column) for name, column in self.columns.items()}


def _row(line: Line, group: str, shape: _Shape) -> SubmittedRow:
    table, grid = shape.table, shape.grid
    origin = Origin(file=shape.file, sha256=shape.digest, sheet=grid.name, line=line.number)
    cells = dict.fromkeys(COLUMNS[table.heading.kind], "")
    faults: dict[str, str] = {}
    if grid.constant_width and len(line.cells) != table.width:
        faults[""] = "width"
    for name, column in shape.columns.items():
        cell = line.cell(column)
        if not cell.text and not cell.fault:
            cell = _from_merged(line.number, column, name in table.heading.inputs, grid)
        cells[name] = cell.text
        if cell.fault:
            faults[name] = cell.fault
    if not cells.get("group") and group and "group" in cells and not cells["code"]:
        cells["group"] = group
    return SubmittedRow(cells, origin, shape.letters, faults, line.hidden, table.heading.whole, shape.mixed)


def _from_merged(number: int, column: int, is_input: bool, grid: Grid) -> Cell:
    """The text of the merged area over a cell: what is asked holds for every row of it, an answer for none."""
    area = next((a for a in grid.merged if _covers(a, number, column)), None)
    if area is None or (area.first_line, area.first_column) == (number, column):
        return EMPTY
    top = next((line for line in grid.lines if line.number == area.first_line), None)
    text = top.cell(area.first_column).text if top else ""
    if not text:
        return EMPTY
    return Cell(text, "merged") if is_input else Cell(text)


def _covers(area: Area, number: int, column: int) -> bool:
    return area.first_line <= number <= area.last_line and area.first_column <= column <= area.last_column


def _holds_units(texts: Sequence[str]) -> bool:
    """Whether a column headed 'Đơn vị' holds units: short cells that do not begin like names of agencies."""
    filled = [text for text in texts if text]
    agencies = re.compile(r"(?i)(phòng|ủy ban|ubnd|văn phòng|trung tâm|công an|sở|ban|bộ|chi cục|trường|trạm)\b")
    return bool(filled) and all(len(text) <= 20 and not agencies.match(text) for text in filled)


def _mixed_columns(lines: Sequence[tuple[Line, str]], columns: dict[str, int]) -> frozenset[str]:
    """Columns in which a number or a day may mean two things, judging by how the other cells are written."""
    texts = {
        name: [line.cell(columns[name]).text for line, _ in lines] for name in (*_NUMBERS, *_DAYS) if name in columns
    }
    dotted = {name for name in texts.keys() & set(_NUMBERS) if any(map(_DOT_DECIMAL.fullmatch, texts[name]))}
    mixed = {name for name in dotted if any(map(_COMMA_DECIMAL.fullmatch, texts[name]))}
    days = [
        (int(found[1]), int(found[3]))
        for name in texts.keys() & set(_DAYS)
        for found in map(_SLASHED.fullmatch, texts[name])
        if found
    ]
    month_first = any(second > 12 for _, second in days)
    day_first = any(first > 12 for first, _ in days)
    # A computer set to English writes 81.52 and 3/1/2026 for the first of March.
    if month_first or (dotted and not day_first):
        mixed |= texts.keys() & set(_DAYS)
    return frozenset(mixed)
