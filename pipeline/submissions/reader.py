"""Reading what a locality sends, .csv or .xlsx, into rows that know file, sheet and cell.

Which column is which is told by its heading; no value is interpreted here. What is not read (hidden
sheets, columns without a known heading, lines outside tables) is said, never dropped in silence.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.text import name_key
from pipeline.submissions.cells import EMPTY, Area, Cell, Grid, Line, column_letter
from pipeline.submissions.delimited import read_delimited
from pipeline.submissions.faults import FileFaultError
from pipeline.submissions.headings import Forms, Heading, find_heading, read_forms
from pipeline.submissions.legacy import converted_grid
from pipeline.submissions.records import COLUMNS, Kind, Origin
from pipeline.submissions.workbook import read_workbook

LARGEST = 20 * 1024 * 1024
"""Bytes; a refusal of so much text takes about 6 s and 0.4 GiB."""
_GROUP = re.compile(r"([IVXL]+)(?:[.):\s].*)?", re.DOTALL)
_DOT_DECIMAL = re.compile(r"[<>=≥≤\s]*-?[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})\s*%*")
_COMMA_DECIMAL = re.compile(r"[<>=≥≤\s]*-?[0-9.]+,[0-9]+\s*%*")
_NUMBERS = ("value", "numerator", "denominator")
_DAYS = ("as_of", "started_on", "finished_on", "suspended_on", "reported_on")
_SLASHED = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}(?: .*)?")


@dataclass(frozen=True)
class Row:
    """One data row: texts by column name as received, '' where there is none."""

    cells: dict[str, str]
    origin: Origin
    letters: dict[str, str] = field(default_factory=dict)
    """Column name → column letter in the file."""
    faults: dict[str, str] = field(default_factory=dict)
    """Column name ('' for the row) → fault of the cell as found (`cells.FAULTS`, or 'width')."""
    hidden: bool = False
    whole: frozenset[str] = frozenset()
    """Columns whose heading promises whole numbers: there 1.234 is 1234."""
    mixed: frozenset[str] = frozenset()
    """Columns whose numbers, or days, are written in more than one way: each of them is doubtful."""

    def at(self, column: str) -> Origin:
        """The origin of one cell of the row."""
        return self.origin.model_copy(update={"column": self.letters.get(column, "")})


@dataclass(frozen=True)
class Sheet:
    """One table of a submission: the rows below one heading."""

    kind: Kind
    file: str
    sha256: str
    rows: tuple[Row, ...]
    name: str = ""
    """Sheet of the workbook; empty for CSV."""
    first_line: int = 1
    unfilled: int = 0
    """Rows of the form that the sender left empty; they are no rows received."""


@dataclass(frozen=True)
class Submission:
    """One file as read: its tables, and what must be said of the rest."""

    file: str
    sha256: str
    tables: tuple[Sheet, ...]
    remarks: tuple[Finding, ...] = ()


def periods_with_submissions(layout: Layout, locality: str) -> list[Period]:
    """The periods for which a locality has sent at least one file."""
    periods = []
    for name in _names(layout.submissions / locality):
        with suppress(ValueError):
            periods.append(Period.parse(name))
    return [period for period in periods if submission_files(layout, locality, period)]


def newest_period(layout: Layout, locality: str, calendar: Calendar) -> Period | None:
    return max(periods_with_submissions(layout, locality), key=lambda p: p.newness(calendar), default=None)


def submission_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """Files of a period by name; hidden files and the lock files of office programs are none."""
    folder = layout.submissions / locality / str(period)
    return [folder / name for name in _names(folder) if not name.startswith((".", "~$"))]


def _names(folder: Path) -> list[str]:
    """What lies in a folder, by name; nothing where it is none. A run over a country asks this 20,000 times."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - a third of the time of Path.iterdir
    except (FileNotFoundError, NotADirectoryError):
        return []


def read_submissions(
    layout: Layout, locality: str, period: Period, wanted: Callable[[str], bool] = lambda file: True
) -> list[Submission]:
    """The wanted files of a period. Raises DataError naming every file that cannot be read as a whole."""
    forms = read_forms(layout.headings)
    submissions: list[Submission] = []
    findings: list[Finding] = []
    for path in (p for p in submission_files(layout, locality, period) if wanted(p.name)):
        try:
            submissions.append(read_file(path, layout.relative(path), forms, period))
        except DataError as error:
            findings += error.findings
    if findings:
        raise DataError("Có tệp không đọc được, báo cáo chưa được lập:", findings)
    return submissions


def read_file(path: Path, file: str, forms: Forms, period: Period | None = None) -> Submission:
    """Read one file once: the bytes that are hashed are the bytes that are parsed."""
    try:
        content = read_content(path)
    except FileFaultError as fault:
        raise refusal(file, fault) from fault
    return parse(content, file, forms, period)


def parse(content: bytes, file: str, forms: Forms, period: Period | None = None) -> Submission:
    """The tables of a file. Raises DataError if it cannot be read as a whole."""
    try:
        return submission_of(read_grids(content, file), file, content, forms, period)
    except FileFaultError as fault:
        raise refusal(file, fault) from fault


def read_grids(content: bytes, file: str) -> list[Grid]:
    """The sheets of a file as found, by the ending of its name. Raises FileFaultError."""
    ending = Path(file).suffix.lower()
    if not content.strip():
        raise FileFaultError("empty", "tệp", "tệp rỗng", "điền số liệu rồi gửi lại")
    if ending == ".csv":
        return [read_delimited(content)]
    if ending == ".xlsx":
        return read_workbook(content)
    raise FileFaultError(
        "format", "tệp", f"chưa nhận định dạng {ending or 'không đuôi'}", "lưu thành .xlsx hoặc .csv rồi gửi lại"
    )


def refusal(file: str, fault: FileFaultError) -> DataError:
    """The error by which a file is refused whole."""
    finding = Finding(file, fault.place, fault.rule, fault.message, fault.remedy)
    return DataError(f"Không đọc được {file}", [finding])


def read_content(path: Path) -> bytes:
    """The bytes of a regular file of bearable size. Raises FileFaultError."""
    if path.is_symlink() or not path.is_file():
        raise FileFaultError(
            "not-regular", "tệp", "không phải tệp thường", "gửi lại tệp, không dùng liên kết hay thư mục"
        )
    if path.stat().st_size > LARGEST:
        raise FileFaultError("size", "tệp", "tệp lớn hơn 20 MB", "chia thành nhiều tệp")
    return path.read_bytes()


def submission_of(
    grids: Sequence[Grid], file: str, content: bytes, forms: Forms, period: Period | None = None
) -> Submission:
    """The tables on the sheets of a file. Raises FileFaultError if there is none, or a heading is doubtful."""
    digest = hashlib.sha256(content).hexdigest()
    tables: list[Sheet] = []
    remarks: list[Finding] = []
    unread: list[Finding] = []
    for found in grids:
        place = f"trang “{found.name}”" if found.name else "tệp"
        if found.hidden:
            remarks.append(Finding(file, place, "hidden-sheet", "trang đang ẩn, không đọc", "bỏ ẩn nếu là số liệu"))
            continue
        grid, legacy = converted_grid(found)
        if legacy is not None:
            told = f"viết bằng bảng mã {legacy.name}, đã đổi {legacy.converted} ô sang Unicode"
            remarks.append(
                Finding(file, place, "legacy-encoding", told, "lần sau dùng phông Unicode (Times New Roman)")
            )
        if name_key(grid.name) in forms.unused_sheets:
            continue
        read, said = _tables(grid, file, digest, forms, period)
        tables += read
        remarks += said
        if not read and any(not line.blank for line in grid.lines):
            unread.append(_without_heading(grid, file))
    if not tables:
        first = (
            unread[0]
            if unread
            else Finding(file, "tệp", "empty", "không có trang nào có số liệu", "điền số liệu rồi gửi lại")
        )
        raise FileFaultError(first.rule, first.place, first.message, first.remedy)
    if not any(table.rows or table.unfilled for table in tables):
        raise FileFaultError("empty", "tệp", "chỉ có dòng tiêu đề, không có số liệu", "điền số liệu rồi gửi lại")
    return Submission(file, digest, tuple(tables), (*remarks, *unread))


def _without_heading(grid: Grid, file: str) -> Finding:
    first = next(line for line in grid.lines if not line.blank)
    shown = ", ".join(text for text in first.texts if text)[:80]
    place = f"{_sheet_place(grid)}dòng {first.number}"
    message = f"không nhận ra dòng tiêu đề nào của biểu số liệu; dòng đầu ghi: {shown}"
    return Finding(file, place, "header", message, "giữ dòng tiêu đề của biểu mẫu (make template)")


@dataclass
class _Open:
    """A table being read."""

    heading: Heading
    line: int
    width: int
    lines: list[tuple[Line, str]] = field(default_factory=list)
    unfilled: int = 0
    group: str = ""


def _tables(
    grid: Grid, file: str, digest: str, forms: Forms, period: Period | None
) -> tuple[list[Sheet], list[Finding]]:
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
    """A heading names at least two columns and holds no number."""
    filled = [text for text in line.texts if text]
    return len(filled) >= 2 and not any(text.replace(",", "").replace("%", "").isdigit() for text in filled[1:3])


def _refuse_repeated(grid: Grid, line: Line, heading: Heading) -> None:
    for column, meaning in heading.repeated:
        first = heading.columns.get(meaning, column)
        raise FileFaultError(
            "heading-repeated",
            f"{_sheet_place(grid)}ô {column_letter(first)}{line.number} và {column_letter(column)}{line.number}",
            f"hai cột cùng nghĩa “{meaning}”",
            "giữ một cột, đặt tên khác hoặc xóa cột kia",
        )


def _unread_columns(grid: Grid, line: Line, heading: Heading, file: str) -> Iterator[Finding]:
    for column, text in heading.unknown:
        place = f"{_sheet_place(grid)}ô {column_letter(column)}{line.number}"
        yield Finding(file, place, "column-unused", f"cột “{text[:60]}” không dùng")


def _sheet_place(grid: Grid) -> str:
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
        place = f"{_sheet_place(grid)}dòng {line.number}"
        text = line.cells[filled[0]].text[:60]
        remarks.append(Finding(file, place, "line-unused", f"dòng ngoài bảng, không dùng: “{text}”"))


def _roman(line: Line, columns: dict[str, int]) -> str:
    """The number of a group row: 'II' alone in the number column, or 'II. Chính quyền số' in one cell."""
    filled = [cell.text for cell in line.cells if cell.text]
    numbered = line.cell(columns["no"]).text if "no" in columns else ""
    text = numbered or (filled[0] if len(filled) == 1 else "")
    found = _GROUP.fullmatch(text)
    return found[1] if found else ""


def _sheet(table: _Open, grid: Grid, file: str, digest: str) -> Sheet:
    heading = table.heading
    columns = dict(heading.columns)
    if "unit-or-agency" in columns:
        column = columns.pop("unit-or-agency")
        if "unit" not in columns and _holds_units([line.cell(column).text for line, _ in table.lines]):
            columns["unit"] = column
    mixed = _mixed_columns(table.lines, columns)
    rows = tuple(_row(line, group, _Shape(table, columns, mixed, grid, file, digest)) for line, group in table.lines)
    return Sheet(heading.kind, file, digest, rows, grid.name, table.line, table.unfilled)


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


def _row(line: Line, group: str, shape: _Shape) -> Row:
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
    return Row(cells, origin, shape.letters, faults, line.hidden, table.heading.whole, shape.mixed)


def _from_merged(number: int, column: int, is_input: bool, grid: Grid) -> Cell:
    """A cell merged into one above: texts that say what is asked hold for every row, answers for none."""
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
    """'Đơn vị' heads units if its cells are short and do not begin as the names of agencies do."""
    filled = [text for text in texts if text]
    agencies = re.compile(r"(?i)(phòng|ủy ban|ubnd|văn phòng|trung tâm|công an|sở|ban|bộ|chi cục|trường|trạm)\b")
    return bool(filled) and all(len(text) <= 20 and not agencies.match(text) for text in filled)


def _mixed_columns(lines: Sequence[tuple[Line, str]], columns: dict[str, int]) -> frozenset[str]:
    """Columns in which a number or a day may mean two things, judged by how the others are written."""
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
