"""Files into grids in a child process: workbooks examined and read by two engines, long text by its own reader.

A cell at XFD1048576 makes calamine abort the process, entities and bombs exhaust memory; no `except` catches that. So
the parent only starts a child with limits and reads its answer. A notebook runs in a process that has loaded the
engines already, so there the child is a fork: of the 170 ms that a new process takes, 140 are imports.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

from pipeline.errors import LimitError
from pipeline.fork.child import may_be_forked
from pipeline.fork.orders import Limits
from pipeline.intake import examiner
from pipeline.intake.cells import EMPTY, Area, Cell, FileFaultError, Grid, Line
from pipeline.paths import CODE
from pipeline.system_limits import tighter_than

SECONDS = 170
"""Of wall time, for a child that does nothing: how long a reading takes depends on what else the machine does, so the
limit of processor time decides."""


@dataclass(frozen=True)
class Answer:
    """What a child said, and how it ended."""

    text: bytes = b""
    code: int | None = 0
    """Its exit code, minus the number of the signal that ended it; None where it was still running."""


def read_in_child(content: bytes, kind: str = "xlsx") -> list[Grid]:
    """The sheets of a file. Raises FileFaultError if it is hostile, damaged, too large, or read differently.

    Raises LimitError where the system gives less memory or time than a reading may take, and that was not enough.
    """
    return [_grid(sheet) for sheet in plain_in_child(content, kind)]


def plain_in_child(content: bytes, kind: str) -> list[dict[str, Any]]:
    """What a reader of `examiner` gives, as it gives it. Raises FileFaultError and LimitError likewise."""
    forked = may_be_forked() and "openpyxl" in sys.modules
    said = _forked(content, kind) if forked else _started(content, kind)
    try:
        answer = json.loads(said.text)
        fault = answer.get("fault")
        sheets = answer.get("sheets", [])
    except (ValueError, AttributeError) as error:
        raise _no_answer(said.code) from error
    if fault:
        raise FileFaultError(*fault)
    return cast("list[dict[str, Any]]", sheets)


def _no_answer(code: int | None) -> FileFaultError | LimitError:
    """Why a child gave no answer: time, memory, or a file that breaks a reader; or a limit that is not ours."""
    remedy = "chép riêng bảng số liệu sang sổ mới rồi gửi lại"
    if code is None:
        return FileFaultError("resources", "tệp", "máy quá bận, chưa đọc xong tệp", "chạy lại khi máy rảnh")
    if limit := tighter_than(examiner.MEMORY, examiner.CPU_SECONDS):
        return limit
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        why = f"đọc tệp này cần quá {examiner.CPU_SECONDS} giây tính toán"
        return FileFaultError("resources", "tệp", why, remedy)
    if code == examiner.OUT_OF_MEMORY:
        return FileFaultError("resources", "tệp", "đọc tệp này cần quá 1 GiB bộ nhớ", remedy)
    return FileFaultError("damaged", "tệp", "tệp làm bộ đọc dừng giữa chừng: tệp bị hỏng", remedy)


def _started(content: bytes, kind: str) -> Answer:
    """The answer of a new process."""
    command = [sys.executable, "-m", "pipeline.intake.examiner", kind]
    try:
        child = subprocess.run(command, input=content, capture_output=True, cwd=CODE, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Answer(code=None)
    return Answer(child.stdout if child.returncode == 0 else b"", child.returncode)


def _forked(content: bytes, kind: str) -> Answer:
    """The answer of a fork of this process, likewise."""
    context = multiprocessing.get_context("fork")
    answers, answer = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(answer, content, kind))
    child.start()
    answer.close()
    text = b""
    try:
        if not answers.poll(SECONDS):
            return Answer(code=None)
        text = answers.recv_bytes()
    except (EOFError, OSError):
        child.join(5)
    finally:
        code = child.exitcode
        child.kill()
        child.join()
        answers.close()
    return Answer(text, 0 if text else code)


def _answer(asker: Connection, content: bytes, kind: str) -> None:
    Limits(memory=examiner.MEMORY, seconds=examiner.CPU_SECONDS).apply()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(2, 1)  # libraries print, and the parent's output is not theirs
    try:
        asker.send_bytes(examiner.answer(content, kind).encode())
    except MemoryError:
        os._exit(examiner.OUT_OF_MEMORY)


def _grid(sheet: dict[str, Any]) -> Grid:
    lines = []
    for number, hidden, cells in sheet["lines"]:
        row = [EMPTY] * (cells[-1][0] + 1 if cells else 0)
        for column, text, fault in cells:
            row[column] = Cell(text, fault)
        lines.append(Line(number, tuple(row), hidden))
    merged = tuple(Area(*area) for area in sheet["merged"])
    return Grid(
        str(sheet["name"]),
        tuple(lines),
        bool(sheet["hidden"]),
        merged,
        bool(sheet["constant_width"]),
        frozenset(sheet["hidden_columns"]),
        {(number, column): text for number, column, text in sheet.get("comments", ())},
        bool(sheet.get("pictures", False)),
        bool(sheet.get("since_1904", False)),
        dict(sheet.get("printed_at", ())),
    )
