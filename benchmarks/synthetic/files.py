"""Rows into files as offices send them: four habits of CSV and the official form as a workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.synthetic.rows import Sent
from benchmarks.synthetic.setting import ROMAN
from benchmarks.synthetic.workbook import Sheet, workbook
from pipeline.intake.rows import COLUMNS, Kind
from pipeline.plans.periods import Period
from pipeline.senders.form import HEAD, INDICATORS, INSTRUCTIONS, TASKS, Column

Value = str | dt.date


class Habit(StrEnum):
    """How a locality sends its figures."""

    FORM = "form"
    """The official workbook, filled in."""
    OFFICE = "office"
    """CSV as a Vietnamese Excel saves it: semicolons, byte order mark, a title line, headings in words."""
    BY_NAME = "by name"
    """CSV without codes: group lines, numbers and names, the period in the heading."""
    COLUMNS = "columns"
    """CSV with the column names of docs/data-formats.md and ISO dates."""


HABITS = ((Habit.FORM, 10), (Habit.OFFICE, 35), (Habit.BY_NAME, 25), (Habit.COLUMNS, 30))

# Meaning → heading as the office writes it.
_OBSERVATIONS = {
    "code": "Mã chỉ tiêu",
    "name": "Tên chỉ tiêu",
    "unit": "Đơn vị tính",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "value": "Kết quả thực hiện",
    "as_of": "Tính đến ngày",
    "basis": "Cách tính",
    "absence": "Lý do không có số liệu",
    "claim": "Tự đánh giá",
    "source": "Nguồn số liệu",
    "evidence": "Minh chứng",
    "note": "Ghi chú",
}
_TASKS = {
    "code": "Mã nhiệm vụ",
    "name": "Nội dung nhiệm vụ",
    "started_on": "Ngày bắt đầu",
    "finished_on": "Ngày hoàn thành",
    "suspended_on": "Ngày tạm dừng",
    "reported_on": "Ngày báo cáo gần nhất",
    "product": "Sản phẩm",
    "source": "Nguồn",
    "evidence": "Minh chứng",
    "note": "Ghi chú",
}
_HEADINGS = {Kind.OBSERVATIONS: _OBSERVATIONS, Kind.TASKS: _TASKS}
# The official form names its columns itself; here is what a filled cell of each holds.
_FORM_MEANING = {
    "Tử số": "numerator",
    "Mẫu số": "denominator",
    "Kết quả": "value",
    "Ngày số liệu": "as_of",
    "Cách tính": "basis",
    "Lý do không có số liệu": "absence",
    "Tự đánh giá": "claim",
    "Nguồn": "source",
    "Minh chứng": "evidence",
    "Ghi chú": "note",
    "Ngày bắt đầu": "started_on",
    "Ngày hoàn thành": "finished_on",
    "Tạm dừng, hủy bỏ từ ngày": "suspended_on",
    "Ngày báo cáo gần nhất": "reported_on",
    "Sản phẩm": "product",
}


@dataclass(frozen=True)
class Written:
    """A file, and on which line each of its rows stands, per sheet ('' for CSV)."""

    content: bytes
    lines: dict[str, list[int]]


def csv_file(rows: Sequence[Sent], kind: Kind, habit: Habit, period: Period, groups: Sequence[str]) -> Written:
    """One table as CSV; a locality that sends the form writes its later corrections as an office does."""
    if habit is Habit.COLUMNS:
        names = [c for c in COLUMNS[kind] if c not in ("plan", "annex", "group", "no", "concept")]
        table = [names, *([_cell(row, c, iso=True) for c in names] for row in rows)]
        return Written(_text(table, ","), {"": list(range(2, len(rows) + 2))})
    if habit is Habit.BY_NAME:
        return _by_name(rows, kind, period, groups)
    headings = _HEADINGS[kind]
    title = f"Biểu số liệu {period.label.lower()} (dữ liệu mô phỏng)"
    table = [[title] + [""] * (len(headings) - 1), list(headings.values())]
    table += [[_cell(row, c) for c in headings] for row in rows]
    return Written(b"\xef\xbb\xbf" + _text(table, ";"), {"": list(range(3, len(rows) + 3))})


def _by_name(rows: Sequence[Sent], kind: Kind, period: Period, groups: Sequence[str]) -> Written:
    headings = {"no": "STT"} | {c: h for c, h in _HEADINGS[kind].items() if c != "code"}
    if kind is Kind.OBSERVATIONS:
        headings["value"] = f"Kết quả {period.label[0].lower()}{period.label[1:]}"
    table: list[list[str]] = [list(headings.values())]
    numbers: list[int] = []
    group = ""
    for row in rows:
        if row.group != group and row.group in ROMAN:
            table.append([row.group, groups[ROMAN.index(row.group)]] + [""] * (len(headings) - 2))
        group = row.group
        table.append([row.no if c == "no" else _cell(row, c) for c in headings])
        numbers.append(len(table))
    return Written(_text(table, ","), {"": numbers})


def reported_file(rows: Sequence[dict[str, str]]) -> bytes:
    """Figures published elsewhere, with the column names of docs/data-formats.md."""
    names = COLUMNS[Kind.REPORTED]
    return _text([list(names), *([row.get(c, "") for c in names] for row in rows)], ",")


def form_file(observations: Sequence[Sent], tasks: Sequence[Sent], period: Period, place: str) -> Written:
    """The official form (biểu mẫu) with what was filled in."""
    tables: list[tuple[str, str, Sequence[Column], Sequence[Sent]]] = [
        ("Chỉ tiêu", "Số liệu chỉ tiêu", INDICATORS, observations)
    ]
    tables += [("Nhiệm vụ", "Tiến độ nhiệm vụ", TASKS, tasks)] if tasks else []
    sheets = [
        Sheet(name, [[f"{title} · {place} · {period.label}"], ["Chỉ điền các ô nền vàng."], [], *_form(columns, rows)])
        for name, title, columns, rows in tables
    ]
    guide = Sheet(INSTRUCTIONS, [["Dữ liệu mô phỏng, không của địa phương nào."]])
    lines = {name: list(range(HEAD + 1, HEAD + 1 + len(rows))) for name, _, _, rows in tables}
    return Written(workbook([*sheets, guide]), lines)


def _form(columns: Sequence[Column], rows: Sequence[Sent]) -> list[list[Value | float]]:
    head: list[Value | float] = [column.heading for column in columns]
    return [head, *([_form_cell(row, column) for column in columns] for row in rows)]


def _form_cell(row: Sent, column: Column) -> Value | float:
    if column.takes:
        meaning = _FORM_MEANING[column.heading]
        return _as_typed(row.cells.get(meaning, ""), column.takes in ("count", "value"))
    unit = str(row.cells.get("unit", row.shown[0]))
    shown = {"Mã": row.code, "Chỉ tiêu": row.name, "Nhiệm vụ": row.name, "ĐVT": unit, "Mục tiêu": row.shown[1]}
    shown |= {"Cơ quan chủ trì": row.shown[0], "Thời hạn": row.shown[1]}
    return shown.get(column.heading, "")


def _as_typed(value: Value, number: bool) -> Value | float:
    """A spreadsheet makes a number of '82,5' as it is typed; '82,5%', '>98' and words stay text here."""
    plain = value.replace(",", ".", 1) if isinstance(value, str) else ""
    typed = number and plain.replace(".", "", 1).isdigit() and "." not in str(value)
    return float(plain) if typed else value


def _cell(row: Sent, column: str, *, iso: bool = False) -> str:
    if column in ("code", "name"):
        return row.code if column == "code" else row.name
    value = row.cells.get(column, "")
    if isinstance(value, dt.date):
        return value.isoformat() if iso else f"{value:%d/%m/%Y}"
    return value


def _text(table: Sequence[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode()
