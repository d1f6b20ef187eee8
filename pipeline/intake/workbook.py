"""Workbooks (.xlsx) into grids: examined first, then read by two engines in a child process.

A cell at XFD1048576 makes calamine abort the process, entities and bombs exhaust memory; no `except` catches that. So
the parent only starts a child with limits and reads its answer. A notebook runs in a process that has loaded the
engines already, so there the child is a fork: of the 170 ms that a new process takes, 140 are imports.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from pipeline.fork.child import may_be_forked
from pipeline.fork.orders import Limits
from pipeline.intake import examiner
from pipeline.intake.cells import EMPTY, Area, Cell, FileFaultError, Grid, Line
from pipeline.paths import CODE

SECONDS = 18
"""A refusal must come within 20 s."""


def read_workbook(content: bytes) -> list[Grid]:
    """The sheets of a workbook. Raises FileFaultError if it is hostile, damaged or read differently by two engines."""
    text = _forked(content) if may_be_forked() and "openpyxl" in sys.modules else _started(content)
    if text is None:
        raise FileFaultError(
            "resources",
            "tệp",
            "đọc sổ này cần quá nhiều bộ nhớ hoặc thời gian, hoặc sổ bị hỏng",
            "mở bằng Excel, chép riêng bảng số liệu sang sổ mới rồi gửi lại",
        )
    answer = json.loads(text)
    if "fault" in answer:
        raise FileFaultError(*answer["fault"])
    return [_grid(sheet) for sheet in answer["sheets"]]


def _started(content: bytes) -> bytes | None:
    """The answer of a new process; None if there is none, or not in time."""
    command = [sys.executable, "-m", "pipeline.intake.examiner"]
    try:
        child = subprocess.run(command, input=content, capture_output=True, cwd=CODE, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return child.stdout if child.returncode == 0 else None


def _forked(content: bytes) -> bytes | None:
    """The answer of a fork of this process, likewise."""
    context = multiprocessing.get_context("fork")
    answers, answer = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(answer, content))
    child.start()
    answer.close()
    try:
        return answers.recv_bytes() if answers.poll(SECONDS) else None
    except (EOFError, OSError):
        return None
    finally:
        child.kill()
        child.join()
        answers.close()


def _answer(asker: Connection, content: bytes) -> None:
    Limits(memory=examiner.MEMORY, seconds=examiner.CPU_SECONDS).apply()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(MemoryError):
        asker.send_bytes(examiner.answer(content).encode())


def _grid(sheet: dict[str, object]) -> Grid:
    lines = []
    for number, hidden, cells in sheet["lines"]:  # type: ignore[attr-defined]
        row = [EMPTY] * (cells[-1][0] + 1 if cells else 0)
        for column, text, fault in cells:
            row[column] = Cell(text, fault)
        lines.append(Line(number, tuple(row), hidden))
    merged = tuple(Area(*area) for area in sheet["merged"])  # type: ignore[attr-defined]
    return Grid(str(sheet["name"]), tuple(lines), bool(sheet["hidden"]), merged)
