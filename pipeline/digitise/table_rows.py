"""The rows of a table of a plan (dòng của bảng): groups, indicators with their targets, tasks.

A cell that may belong to two rows or mean two things is left out, with the reason; the figures in it are listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.digitise.draft_rows import DraftGroup, DraftRow, DraftTarget, PlanReading, RowKind, taken
from pipeline.digitise.offices import offices_of
from pipeline.digitise.plan_columns import PlanHead
from pipeline.documents.blocks import Table, TableCell
from pipeline.documents.join_blocks import UNSURE
from pipeline.documents.labels import split_label
from pipeline.intake.cells import FAULTS
from pipeline.plans.deadlines import DeadlineSyntaxError, parse_deadline
from pipeline.plans.targets import Comparator, TargetSyntaxError, parse_target
from pipeline.plans.units import unit_fault

_ROMAN = re.compile(r"[IVX]{1,6}|[A-HĐ]")
_DECIMAL = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3})*[a-zđ]?")
_YEAR_IN = re.compile(r"(?:năm|đến|giai đoạn[^0-9]*20[0-9]{2} ?[-–])\s*(20[0-9]{2})", re.IGNORECASE)
OTHER_YEARS = re.compile(
    r"ngày [0-9]{1,2}(?:/[0-9]{1,2}/20[0-9]{2}| tháng [0-9]{1,2} năm 20[0-9]{2})|so với(?: cùng kỳ)? năm 20[0-9]{2}",
    re.IGNORECASE,
)
"""Days of other papers, and bases of comparison: no year of a target or plan."""
_TOTAL = re.compile(r"(?:tổng cộng|tổng số|cộng)\b", re.IGNORECASE)
NO_GROUP = "bảng không có dòng nhóm: ghi group, và nhóm ấy vào groups"
_LISTS = ("lead", "coordinating")


@dataclass
class Standing:
    """Where a table stands: its annex, the group its rows are under, and the year of targets without one."""

    annex: str = ""
    group: str = ""
    year: int | None = None
    under: dict[str, int] = field(default_factory=dict)
    """Rows so far under each group, for tables without numbers."""


def year_in(text: str) -> int | None:
    """The one year that a heading names: 'Đến năm 2030' → 2030; None for none, and for several."""
    years = set(_YEAR_IN.findall(OTHER_YEARS.sub("", text)))
    return int(years.pop()) if len(years) == 1 else None


def read_table(table: Table, head: PlanHead, standing: Standing, reading: PlanReading) -> None:
    """Read every row behind the head into `reading`."""
    reading.pass_over(cell for cell in table.cells if cell.row < head.begin)
    reader = _TableReader(table, head, standing, reading)
    for row in range(head.begin, table.rows):
        reader.row(row)


class _TableReader:
    def __init__(self, table: Table, head: PlanHead, standing: Standing, reading: PlanReading) -> None:
        self._table, self._head, self._standing, self._reading = table, head, standing, reading
        self._kind = RowKind.TASK if head.tasks else RowKind.INDICATOR
        self._name_at = head.of("name")[0]
        self._no_at = head.of("no")[0] if head.of("no") else None
        self._parent: DraftRow | None = None

    def row(self, row: int) -> None:
        cells = [cell for cell in self._table.row_cells(row) if cell.text]
        if not cells:
            return
        faulty = [cell for cell in cells if cell.fault]
        self._reading.leave(faulty, "")
        for cell in faulty:
            self._reading.reasons[cell.at] = FAULTS.get(cell.fault, cell.fault)
        if any(cell.fault == UNSURE or cell.column in (self._name_at, self._no_at) for cell in faulty):
            self._reading.leave(cells, "dòng có ô tên hoặc số hỏng")
        elif [cell.text.strip("()[] .") for cell in cells] == [str(n + 1) for n in range(self._table.columns)]:
            self._reading.pass_over(cells)  # (1) (2) (3): the numbers of the columns
        elif not self._group(row, cells):
            self._data(row, cells)

    def _cell(self, row: int, column: int) -> TableCell | None:
        return next((cell for cell in self._table.row_cells(row) if cell.column == column), None)

    def _above(self, row: int, column: int) -> TableCell | None:
        """The cell over this place: of this row, or merged down into it."""
        return next(
            (
                c
                for c in self._table.cells
                if c.row <= row < c.row + c.height and c.column <= column < c.column + c.width
            ),
            None,
        )

    def _number(self, row: int) -> str:
        cell = self._cell(row, self._no_at) if self._no_at is not None else None
        return cell.text.strip(" .)(:") if cell is not None and cell.width == 1 else ""

    def _group(self, row: int, cells: Sequence[TableCell]) -> bool:
        """Whether the row is a heading of those below it; then it is taken as one."""
        number, name = self._number(row), self._cell(row, self._name_at)
        title = name if name is not None and name.text else None
        label, rest = "", ""
        wide = [cell for cell in cells if cell.width >= max(self._table.columns - 1, 2)]
        if len(cells) == 1 and (wide or (title is not None and not number)):
            title = cells[0]
            label, rest = split_label(title.text)
        elif wide and len(cells) <= 2:
            title = wide[0]
        if title is None or _TOTAL.match(title.text):
            return False
        number = number or label.strip(" .)(:")
        others = [cell for cell in cells if cell is not title and cell.text.strip(" .)(:") != number]
        filled = [cell for cell in others if cell.column in self._meant()]
        roman = bool(_ROMAN.fullmatch(number))
        if not roman and not (wide and (number or len(cells) == 1)) and not self._heads(row, number, others):
            return False
        if len(filled) > (1 if roman and not wide else 0):
            return False
        self._begin_group(number, title, rest)
        self._reading.pass_over(cell for cell in cells if cell not in others and cell is not title)
        self._reading.leave(others, "ô của dòng tên nhóm: không rõ thuộc dòng nào")
        return True

    def _meant(self) -> set[int]:
        return {at for at, column in self._head.columns.items() if column.meaning not in ("", "no", "name")}

    def _heads(self, row: int, number: str, others: Sequence[TableCell]) -> bool:
        """Whether a row of tasks that is numbered and says nothing else is the heading of the next."""
        if not (self._head.tasks and number and not others and row + 1 < self._table.rows):
            return False
        below = self._number(row + 1)
        return below.startswith(f"{number}.") or below in ("1", "a", "-", "")

    def _begin_group(self, number: str, title: TableCell, rest: str) -> None:
        text = rest or title.text
        doubt = "" if number else "nhóm không in số: đặt số theo thứ tự"
        if not number:
            number = f"N{sum(group.annex == self._standing.annex for group in self._reading.groups) + 1}"
        self._standing.group = number
        self._standing.year = year_in(text) or self._standing.year
        self._parent = None
        known = {(group.annex, group.no) for group in self._reading.groups}
        if (self._standing.annex, number) in known:
            self._reading.leave([title], f"nhóm {number} đã có")
            return
        self._reading.groups.append(DraftGroup(self._standing.annex, number, taken(title, text.rstrip(" .:"), doubt)))

    def _data(self, row: int, cells: Sequence[TableCell]) -> None:
        name = self._above(row, self._name_at)
        if name is None or not name.text or name.row != row:
            why = "ô tên gộp từ dòng trên" if name is not None and name.text else "dòng không có tên"
            self._reading.leave(cells, f"{why}: không rõ là dòng nào")
            return
        if _TOTAL.match(name.text):
            self._reading.leave(cells, "dòng cộng")
            return
        made = DraftRow(self._kind, self._standing.annex, self._standing.group, "", _row_place(name))
        number = self._row_number(row, name, made)
        if number is None:
            self._reading.leave(cells, "dòng không có số, không rõ thuộc dòng nào")
            return
        made.no = number
        made.fields.setdefault("name", taken(name, name.text.lstrip("-+– ").rstrip(" .;")))
        for at, column in sorted(self._head.columns.items()):
            cell = self._above(row, at)
            if cell is not None and column.meaning not in ("no", "name"):
                self._field(made, column.meaning, cell, row)
        if self._head.mixed and not self._measured(row) and made.fields.keys() & {"deadline", "coordinating", "lead"}:
            made.kind = RowKind.TASK
        self._finish(made)
        self._reading.pass_over(cell for cell in cells if cell.column == self._no_at)
        self._reading.rows.append(made)

    def _measured(self, row: int) -> bool:
        """Whether a row of a mixed table says what an indicator says: a unit, a starting value or a target."""
        places = (at for meaning in ("unit", "baseline", "target") for at in self._head.of(meaning))
        return any(cell.text.strip("-–— ") for at in places if (cell := self._above(row, at)) is not None)

    def _row_number(self, row: int, name: TableCell, made: DraftRow) -> str | None:
        """The number of a row; None where it has none and cannot be given one."""
        number = self._number(row)
        under = self._standing.under
        label, rest = split_label(name.text)
        if _DECIMAL.fullmatch(number) or _ROMAN.fullmatch(number):
            self._parent = made if label not in ("-", "+") else self._parent
            return number
        if number in ("", "-", "+", "–") and (label or number) and self._parent is not None:
            key = f"{made.group}/{self._parent.no}"
            under[key] = under.get(key, 0) + 1
            whole = f"{self._parent.fields['name'].value}: {rest.rstrip(' .;')}"
            made.fields["name"] = taken(name, whole, "tên ghép từ dòng trên và dòng này")
            return f"{self._parent.no}{chr(ord('a') + under[key] - 1)}" if under[key] <= 26 else None
        if number:
            return None
        if self._no_at is None:
            under[made.group] = under.get(made.group, 0) + 1
            made.doubts.append("bảng không in số: đặt số theo thứ tự trong nhóm")
            self._parent = made
            return str(under[made.group])
        return None

    def _field(self, made: DraftRow, meaning: str, cell: TableCell, row: int) -> None:
        heading = self._head.columns[cell.column].heading if cell.column in self._head.columns else ""
        if not meaning:
            self._reading.leave([cell], f"cột “{heading}” không vào dự thảo")
            return
        if cell.fault:
            made.doubts.append(f"ô ở cột “{heading}” chưa được đọc: {FAULTS.get(cell.fault, cell.fault)}")
            return
        spread = cell.height > 1 and meaning in ("target", "baseline", "output", "deadline")
        if cell.width > 1 or spread or (cell.row != row and meaning == "unit"):
            self._reading.leave([cell], "ô gộp nhiều cột hoặc nhiều dòng: không rõ thuộc dòng, cột nào")
            made.doubts.append(f"ô gộp ở cột “{heading}” chưa được đọc")
            return
        if meaning == "target":
            self._target(made, cell)
        elif meaning == "baseline":
            self._baseline(made, cell)
        elif cell.text:
            if meaning in _LISTS:
                offices = offices_of(cell.text, cell.lines)
                shared = cell.height > 1 and len(offices) > 1
                doubt = "ô gộp nhiều dòng có nhiều cơ quan: cơ quan nào của dòng nào" if shared else ""
                made.fields[meaning] = taken(cell, "\n".join(offices), doubt)
            elif meaning == "deadline":
                self._deadline(made, cell)
            else:
                made.fields[meaning] = taken(cell)

    def _baseline(self, made: DraftRow, cell: TableCell) -> None:
        """The starting value: of several columns that of the latest year. A dash is none."""
        year = self._head.columns[cell.column].year
        if cell.text.strip("-–— ") == "":
            self._reading.pass_over([cell])
        elif "baseline" not in made.fields or (year or 0) > (made.baseline_year or 0):
            made.fields["baseline"], made.baseline_year = taken(cell), year
            if year is None:
                made.doubts.append("không rõ năm của xuất phát điểm: ghi baseline với year")

    def _target(self, made: DraftRow, cell: TableCell) -> None:
        year = self._head.columns[cell.column].year or self._standing.year
        if fault := target_fault(cell.text):
            self._reading.leave([cell], fault)
            made.doubts.append(f"mục tiêu “{cell.text}” chưa được đọc: {fault}")
            return
        made.targets.append(DraftTarget(taken(cell), year))

    def _deadline(self, made: DraftRow, cell: TableCell) -> None:
        if fault := deadline_fault(cell.text):
            self._reading.leave([cell], fault)
            made.doubts.append(f"thời hạn “{cell.text}” chưa được đọc: {fault}")
            return
        made.fields["deadline"] = taken(cell)

    def _finish(self, made: DraftRow) -> None:
        """What the fields of a row say of each other: the unit that its target prints; one that does not fit."""
        if not made.group:
            made.doubts.append(NO_GROUP)
        if not made.kind.measured:
            return
        self._keep_measured(made)
        with_unit(made)
        said = [made.fields["name"].value, *(self._head.columns[at].heading for at in self._head.of("target"))]
        if "unit" not in made.fields and any("(%)" in text for text in said) and made.targets:
            made.fields["unit"] = replace(made.targets[0].text, value="%", printed="(%)")
        if not made.targets:
            made.doubts.append("không đọc được mục tiêu nào")
        unit = made.fields["unit"].value if "unit" in made.fields else ""
        for target in list(made.targets):
            if fault := unit_fault(parse_target(target.text.value), unit):
                made.targets.remove(target)
                made.doubts.append(f"{fault}: mục tiêu chưa được đọc")
                self._reading.reasons.setdefault(target.text.spans[0].at, fault)

    def _keep_measured(self, made: DraftRow) -> None:
        """An indicator has no partners, and a time only as that of its one target, within the year of the target."""
        for name in ("coordinating", "deadline"):
            one = made.fields.get(name)
            if one is None or (name == "deadline" and is_of_target(one.value, made.targets)):
                continue
            del made.fields[name]
            self._reading.reasons.setdefault(one.spans[0].at, "sổ không có chỗ cho điều này ở dòng chỉ tiêu")
            made.doubts.append(f"“{one.value}” không vào dự thảo: xem có phải hạn của mục tiêu")


def is_of_target(deadline: str, targets: Sequence[DraftTarget]) -> bool:
    """Whether a time is that of the one target of a row: it has a day, in the year of the target."""
    due = parse_deadline(deadline).due
    return len(targets) == 1 and due is not None and due.year == targets[0].year


def _row_place(cell: TableCell) -> str:
    return re.sub(r", cột [0-9]+", "", cell.place)


def target_fault(text: str) -> str:
    """Why a target is not understood, in Vietnamese; '' for one that is."""
    try:
        parse_target(text)
    except TargetSyntaxError as error:
        return str(error)
    return ""


def deadline_fault(text: str) -> str:
    """Likewise for a deadline."""
    try:
        parse_deadline(text)
    except DeadlineSyntaxError as error:
        return str(error)
    return ""


def with_unit(row: DraftRow) -> None:
    """The unit that a target prints behind its figure, where the document has no unit for the row."""
    if "unit" in row.fields:
        return
    for target in row.targets:
        parsed = parse_target(target.text.value)
        level = parsed.comparator is Comparator.IN_SET and "cấp độ" in target.text.value.lower()
        percent = parsed.unit if parsed.unit.startswith("%/") else "%"
        unit = percent if parsed.percent else "cấp độ" if level else parsed.unit
        if unit:
            row.fields["unit"] = replace(target.text, value=unit)
            return


def unit_of_row(row: DraftRow) -> str:
    """The unit of a row; '' for none."""
    return row.fields["unit"].value if "unit" in row.fields else ""
