"""Workbooks (.xlsx) into grids: examined first, then read by two engines in a child process.

A cell at XFD1048576 makes calamine abort the process, entities and bombs exhaust memory; no `except`
catches that. So the parent only starts a child with limits and takes its answer.
"""

from __future__ import annotations

import json
import subprocess
import sys

from pipeline.paths import CODE
from pipeline.submissions.cells import EMPTY, Area, Cell, Grid, Line
from pipeline.submissions.faults import FileFaultError

SECONDS = 18
"""A refusal must come within 20 s."""


def read_workbook(content: bytes) -> list[Grid]:
    """The sheets of a workbook. Raises FileFaultError if it is hostile, damaged or read differently by two engines."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "pipeline.submissions.examiner"],
            input=content,
            capture_output=True,
            cwd=CODE,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    if child.returncode != 0:
        raise _too_much()
    answer = json.loads(child.stdout)
    if "fault" in answer:
        raise FileFaultError(*answer["fault"])
    return [_grid(sheet) for sheet in answer["sheets"]]


def _grid(sheet: dict[str, object]) -> Grid:
    lines = []
    for number, hidden, cells in sheet["lines"]:  # type: ignore[attr-defined]
        row = [EMPTY] * (cells[-1][0] + 1 if cells else 0)
        for column, text, fault in cells:
            row[column] = Cell(text, fault)
        lines.append(Line(number, tuple(row), hidden))
    merged = tuple(Area(*area) for area in sheet["merged"])  # type: ignore[attr-defined]
    return Grid(str(sheet["name"]), tuple(lines), bool(sheet["hidden"]), merged)


def _too_much() -> FileFaultError:
    return FileFaultError(
        "resources",
        "tệp",
        "đọc sổ này cần quá nhiều bộ nhớ hoặc thời gian, hoặc sổ bị hỏng",
        "mở bằng Excel, chép riêng bảng số liệu sang sổ mới rồi gửi lại",
    )
