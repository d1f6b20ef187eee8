"""Files of a locality, .csv or .xlsx, into rows that know their file, sheet and cell.

Headings tell which column is which; no value is interpreted here. What is not read (hidden sheets, columns without a
known heading, lines outside tables) is reported, never dropped silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DataError, Finding
from pipeline.intake.cells import FileFaultError, Grid, Line, column_letter
from pipeline.intake.delimited import read_delimited
from pipeline.intake.headings import Forms, read_forms
from pipeline.intake.inbox import read_content, submission_files
from pipeline.intake.legacy import refuse_legacy
from pipeline.intake.sheets import SubmittedRow, SubmittedTable, place_on, tables_of
from pipeline.intake.workbook import read_workbook
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key


@dataclass(frozen=True)
class Submission:
    """One file as read: its tables, and remarks on the rest."""

    file: str
    sha256: str
    tables: tuple[SubmittedTable, ...]
    remarks: tuple[Finding, ...] = ()


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


def submission_of(
    grids: Sequence[Grid], file: str, content: bytes, forms: Forms, period: Period | None = None
) -> Submission:
    """The tables on the sheets of a file. Raises FileFaultError if there is none, or a heading is doubtful."""
    digest = hashlib.sha256(content).hexdigest()
    tables: list[SubmittedTable] = []
    remarks: list[Finding] = []
    unread: list[Finding] = []
    for grid in grids:
        if grid.hidden:
            place = f"trang “{grid.name}”"
            remarks.append(Finding(file, place, "hidden-sheet", "trang đang ẩn, không đọc", "bỏ ẩn nếu là số liệu"))
            continue
        if name_key(grid.name) in forms.unused_sheets:
            continue
        refuse_legacy(grid)
        found, unread_parts = tables_of(grid, file, digest, forms, period)
        tables += found
        remarks += unread_parts
        if not found and any(not line.blank for line in grid.lines):
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
    place = f"{place_on(grid)}dòng {first.number}"
    message = f"không nhận ra dòng tiêu đề nào của biểu số liệu; dòng đầu ghi: {shown}"
    return Finding(file, place, "header", message, "giữ dòng tiêu đề của biểu mẫu (make template)")


def describe_file(path: Path, layout: Layout) -> str:
    """How a file is read, as JSON: every sheet with its cells, and the tables recognised in it.

    Raises DataError if the file would be refused before its headings are looked at.
    """
    try:
        content = read_content(path)
        grids = read_grids(content, path.name)
    except FileFaultError as fault:
        raise refusal(path.name, fault) from fault
    try:
        submission = submission_of(grids, path.name, content, read_forms(layout.headings))
        tables = [
            {"kind": t.kind, "sheet": t.name, "line": t.first_line, "rows": [_row(row) for row in t.rows]}
            for t in submission.tables
        ]
        remarks = [str(remark) for remark in submission.remarks]
    except FileFaultError as fault:
        tables, remarks = [], [str(refusal(path.name, fault).findings[0])]
    sheets = [{"sheet": g.name, "hidden": g.hidden, "lines": [_line(line) for line in g.lines]} for g in grids]
    return json.dumps({"sheets": sheets, "tables": tables, "remarks": remarks}, ensure_ascii=False, indent=1)


def _row(row: SubmittedRow) -> dict[str, object]:
    return {"line": row.origin.line, "cells": {k: v for k, v in row.cells.items() if v}, "faults": row.faults}


def _line(line: Line) -> dict[str, object]:
    shown: dict[str, object] = {"line": line.number, "cells": list(line.texts)}
    faults = {column_letter(column): cell.fault for column, cell in enumerate(line.cells) if cell.fault}
    return shown | ({"hidden": True} if line.hidden else {}) | ({"faults": faults} if faults else {})
