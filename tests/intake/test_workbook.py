"""The child that opens a workbook: new or forked, it gives the same answer, and its end does not hurt the parent."""

from __future__ import annotations

import io
import json
import os
import signal
import time

import openpyxl
import pytest

from pipeline.intake import examiner, workbook
from pipeline.intake.cells import FileFaultError


def _content() -> bytes:
    book = openpyxl.Workbook()
    for row in (["TT", "Chỉ tiêu", "Giá trị"], [1, "Tỷ lệ", 82.5], [2, "Số", None]):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [_content(), b"PK no workbook", b"\xd0\xcf\x11\xe0"])
def test_a_fork_answers_as_a_new_process_does(content: bytes) -> None:
    answer = workbook._forked(content, "xlsx")
    assert answer.text
    assert answer == workbook._started(content, "xlsx")


def _die(*_: object) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def _use_too_much_memory(*_: object) -> str:
    return str(len(bytearray(2 * examiner.MEMORY)))


def _hang(*_: object) -> str:
    time.sleep(60)
    return ""


def _compute(*_: object) -> str:
    while True:
        pass


@pytest.mark.parametrize(
    ("does", "rule", "said"),
    [
        (_die, "resources", "giây tính toán"),
        (_use_too_much_memory, "resources", "bộ nhớ"),
        (_hang, "resources", "máy quá bận"),
        (_compute, "resources", "quá 1 giây tính toán"),
        (lambda *_: os._exit(1), "damaged", "dừng giữa chừng"),
        (lambda *_: "0 is out of range", "damaged", "dừng giữa chừng"),
    ],
)
def test_a_child_without_an_answer_is_a_refusal_that_says_why(
    does: object, rule: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "_started", workbook._forked)
    monkeypatch.setattr(examiner, "CPU_SECONDS", 1)
    monkeypatch.setattr(examiner, "answer", does)
    monkeypatch.setattr(workbook, "SECONDS", 2 if does is _hang else 50)
    began = time.monotonic()
    with pytest.raises(FileFaultError) as refused:
        workbook.read_in_child(_content())
    assert refused.value.rule == rule
    assert said in refused.value.message
    assert time.monotonic() - began < 60


def test_what_a_library_prints_is_no_answer() -> None:
    import subprocess
    import sys

    from pipeline.paths import CODE

    program = (
        "import sys, openpyxl; from pipeline.intake import examiner\n"
        "load = openpyxl.load_workbook\n"
        "def loud(*a, **k):\n    print('0 is out of range'); return load(*a, **k)\n"
        "openpyxl.load_workbook = loud; sys.argv[1:] = ['xlsx']; examiner.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], input=_content(), capture_output=True, cwd=CODE, check=True)
    assert [sheet["name"] for sheet in json.loads(done.stdout)["sheets"]] == ["Sheet"]
    assert b"out of range" in done.stderr


def test_pictures_are_not_opened() -> None:
    examiner.read(_content())
    assert openpyxl.reader.drawings.PILImage is None
