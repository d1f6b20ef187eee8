"""The child that opens a workbook: new or forked, it gives the same answer, and its end does not hurt the parent."""

from __future__ import annotations

import io
import os
import signal
import time

import openpyxl
import pytest

from pipeline.intake import examiner, workbook


def _content() -> bytes:
    book = openpyxl.Workbook()
    for row in (["TT", "Chỉ tiêu", "Giá trị"], [1, "Tỷ lệ", 82.5], [2, "Số", None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [_content(), b"PK no workbook", b"\xd0\xcf\x11\xe0"])
def test_a_fork_answers_as_a_new_process_does(content: bytes) -> None:
    answer = workbook._forked(content)
    assert answer is not None
    assert answer == workbook._started(content)


def _die(_: bytes) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def _use_too_much_memory(_: bytes) -> str:
    return str(len(bytearray(2 * examiner.MEMORY)))


def _hang(_: bytes) -> str:
    time.sleep(60)
    return ""


@pytest.mark.parametrize("does", [_die, _use_too_much_memory, _hang])
def test_a_child_that_dies_or_uses_too_much_memory_or_time_gives_no_answer(
    does: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examiner, "answer", does)
    monkeypatch.setattr(workbook, "SECONDS", 2)
    began = time.monotonic()
    assert workbook._forked(_content()) is None
    assert time.monotonic() - began < 10


def test_pictures_are_not_opened() -> None:
    examiner.read(_content())
    assert openpyxl.reader.drawings.PILImage is None
