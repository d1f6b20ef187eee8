"""A call beside the caller, in a process forked from the warm one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fork import Limits, warm_kernels
from pipeline.fork.run_in_fork import CallError, aside

MODULE = __name__


@pytest.fixture
def warm() -> Iterator[None]:
    with warm_kernels(["decimal"], Limits(memory=1 << 30)):
        yield


def note(path: str, text: str) -> None:
    Path(path).write_text(f"{text} {os.getpid()}", "utf-8")


def variable(name: str) -> str:
    return os.environ[name]


def fail(text: str) -> None:
    raise ValueError(text)


def die(code: str) -> None:
    os._exit(int(code))


def swell() -> None:
    bytearray(2 << 30)


def linger(path: str) -> None:
    Path(path).write_text(str(os.getpid()), "utf-8")
    time.sleep(60)


def test_the_call_is_made_in_another_process(warm: None, tmp_path: Path) -> None:
    path = tmp_path / "a"
    with aside(f"{MODULE}:note", str(path), "xong") as done:
        done()
    word, process = path.read_text("utf-8").split()
    assert (word, process != str(os.getpid())) == ("xong", True)


def test_it_has_the_environment_of_the_moment(warm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SET_SINCE", "Asia/Ho_Chi_Minh")
    with aside(f"{MODULE}:variable", "SET_SINCE") as told:
        assert told() == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("call", "argument", "name", "text"),
    [
        ("fail", ["không ghi được"], "ValueError", "không ghi được"),
        ("die", ["3"], "", "exit code 3"),
        ("swell", [], "MemoryError", "^$"),
        ("missing", [], "AttributeError", "missing"),
    ],
)
def test_what_it_raises_is_told(warm: None, call: str, argument: list[str], name: str, text: str) -> None:
    with aside(f"{MODULE}:{call}", *argument) as done, pytest.raises(CallError, match=text) as caught:
        done()
    assert caught.value.name == name


def test_who_leaves_earlier_ends_it(warm: None, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with aside(f"{MODULE}:linger", str(path)):
        while not (path.is_file() and path.read_text("utf-8")):
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(path.read_text("utf-8")), 0)


def test_without_a_warm_process_the_caller_makes_the_call(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with aside(f"{MODULE}:note", str(path), "xong") as done:
        assert not path.exists()
        done()
    assert path.read_text("utf-8") == f"xong {os.getpid()}"
    with aside(f"{MODULE}:fail", "x") as done, pytest.raises(ValueError, match="x"):
        done()
