"""Rows into files as offices send them: the official form as a workbook, a spreadsheet saved as CSV, plain CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from benchmarks.synthetic.plans import ROMAN, words
from benchmarks.synthetic.sent import Sent
from pipeline.intake.rows import COLUMNS, FileKind
from pipeline.paths import Layout
from pipeline.report.office_zip import without_times
from pipeline.senders.form import HEAD, INDICATORS, TASKS
from pipeline.senders.form_workbook import INSTRUCTIONS

_OF_THE_PLAN = ("plan", "annex", "group", "no", "concept")
_HEADINGS = {FileKind.OBSERVATIONS: [c.heading for c in INDICATORS], FileKind.TASKS: [c.heading for c in TASKS]}
_SHEETS = {FileKind.OBSERVATIONS: "Chỉ tiêu", FileKind.TASKS: "Nhiệm vụ"}


@dataclass(frozen=True)
class Table:
    """The rows of one table of a file, and on which line each stands. `sheet` is '' in CSV."""

    sheet: str
    rows: Sequence[Sent]
    lines: Sequence[int]


def plain_file(rows: Sequence[Sent], kind: FileKind) -> tuple[bytes, list[Table]]:
    """CSV with the column names of docs/data-formats.md, codes and ISO dates."""
    names = [name for name in COLUMNS[kind] if name not in _OF_THE_PLAN]
    content = csv_bytes([names, *([_value(row, name) for name in names] for row in rows)])
    return content, [Table("", rows, range(2, len(rows) + 2))]


def office_file(rows: Sequence[Sent], kind: FileKind, title: str) -> tuple[bytes, list[Table]]:
    """CSV as a Vietnamese Excel saves it: byte order mark, semicolons, title, group lines, numbers but no codes."""
    headings = ["STT", *_HEADINGS[kind][1:]]
    table: list[list[str]] = [[title], headings]
    lines, group = [], ""
    for row in rows:
        if row.row["group"] != group and row.row["group"] in ROMAN:
            table.append([row.row["group"], words()["groups"][ROMAN.index(row.row["group"])]])
        group = row.row["group"]
        values = [_value(row, _meanings().get(heading, "")) for heading in headings]
        table.append([f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else value for value in values])
        lines.append(len(table))
    padded = [line + [""] * (len(headings) - len(line)) for line in table]
    return b"\xef\xbb\xbf" + csv_bytes(padded, ";"), [Table("", rows, lines)]


def form_file(tables: Mapping[FileKind, Sequence[Sent]], title: str) -> tuple[bytes, list[Table]]:
    """The official form (biểu mẫu) with what was filled in; equal rows give equal bytes."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for kind, rows in tables.items():
        sheet = book.create_sheet(_SHEETS[kind])
        for line in ([title], ["Chỉ điền các ô nền vàng."], [], _HEADINGS[kind]):
            sheet.append(line)
        for row in rows:
            sheet.append([_typed(_value(row, _meanings().get(heading, ""))) for heading in _HEADINGS[kind]])
    book.create_sheet(INSTRUCTIONS).append(["Dữ liệu mô phỏng, không của địa phương nào."])
    content = io.BytesIO()
    book.save(content)
    lines = range(HEAD + 1, HEAD + 1 + max(map(len, tables.values())))
    return without_times(content.getvalue()), [Table(_SHEETS[kind], rows, lines) for kind, rows in tables.items()]


def csv_bytes(table: Iterable[Iterable[object]], delimiter: str = ",") -> bytes:
    """The lines of a table as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode()


@cache
def _meanings() -> dict[str, str]:
    """Heading as offices write it → column of a submission."""
    known = yaml.safe_load((Layout().raw / "headings.yaml").read_text("utf-8"))["columns"]
    return {form: "name" if column == "task" else column for column, forms in known.items() for form in forms}


def _value(sent: Sent, column: str) -> str | dt.date:
    """What stands in a column: number and unit are those of the plan where the row says nothing else."""
    value: str | dt.date = sent.cells.get(column, sent.row.get(column, "") if column in ("no", "unit") else "")
    return value


def _typed(value: str | dt.date) -> str | float | dt.date | None:
    """A spreadsheet makes a number of '82,5' as it is typed; '82,5%' and '>98' stay text here, '' an empty cell."""
    if isinstance(value, str) and "." not in value and value.replace(",", "", 1).isdigit():
        return float(value.replace(",", "."))
    return value or None
