"""A call in a process forked from the warm one."""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.fork.orders import Limits
from pipeline.fork.run_in_fork import CallError, run_in_fork
from pipeline.fork.warm_process import warm_process


@pytest.fixture
def warm() -> Iterator[None]:
    with warm_process(["decimal"], Limits(memory=1 << 30)):
        yield


def write(path: str, text: str) -> None:
    Path(path).write_text(f"{text} {os.getpid()}", "utf-8")


def variable(name: str) -> str:
    return os.environ[name]


def fail(text: str) -> None:
    raise ValueError(text)


def die(code: str) -> None:
    os._exit(int(code))


def use_memory() -> None:
    bytearray(2 << 30)


def run_long(path: str) -> None:
    Path(path).write_text(str(os.getpid()), "utf-8")
    time.sleep(60)


def test_the_call_runs_in_another_process(warm: None, tmp_path: Path) -> None:
    path = tmp_path / "a"
    with run_in_fork(f"{__name__}:write", str(path), "xong") as wait:
        wait()
    word, process = path.read_text("utf-8").split()
    assert (word, process != str(os.getpid())) == ("xong", True)


def test_it_has_the_environment_of_the_caller(warm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SET_SINCE", "Asia/Ho_Chi_Minh")
    with run_in_fork(f"{__name__}:variable", "SET_SINCE") as wait:
        assert wait() == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("call", "arguments", "name", "text"),
    [
        ("fail", ["không ghi được"], "ValueError", "không ghi được"),
        ("die", ["3"], "", "exit code 3"),
        ("use_memory", [], "MemoryError", "^$"),
        ("missing", [], "AttributeError", "missing"),
    ],
)
def test_its_error_is_raised_where_it_is_waited_for(
    warm: None, call: str, arguments: list[str], name: str, text: str
) -> None:
    with run_in_fork(f"{__name__}:{call}", *arguments) as wait, pytest.raises(CallError, match=text) as caught:
        wait()
    assert caught.value.name == name


def steps() -> Iterator[None]:
    """Steps of a rehearsal: what forks find is how many have been taken."""
    while len(taken) < 3:
        taken.append(os.getpid())
        yield
    raise ValueError


taken: list[int] = []


def look() -> tuple[int, bool, bool, bool]:
    """Steps taken before this process was forked, by its parent alone; whether it collects, and handles SIGALRM."""
    if not os.fork():  # a notebook may fork: that is no order to go on
        os._exit(0)
    os.wait()
    return len(taken), {*taken} <= {os.getppid()}, gc.isenabled(), signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_the_warm_process_goes_on_while_its_forks_run() -> None:
    """An error ends what it goes on with, and nothing else."""
    with warm_process([__name__], later=["colorsys", f"{__name__}:steps", "decimal"]):
        time.sleep(0.2)  # nothing is begun before the first fork
        found = list[int]()
        while 3 not in found[:-2]:
            with run_in_fork(f"{__name__}:look") as wait:
                count, *as_meant = wait()
            assert as_meant == [True, True, True]
            found.append(count)
    assert (found[0], found == sorted(found), found[-1]) == (0, True, 3)


def test_leaving_without_waiting_kills_it(warm: None, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with run_in_fork(f"{__name__}:run_long", str(path)):
        while not (path.is_file() and path.read_text("utf-8")):
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(path.read_text("utf-8")), 0)


def test_a_warm_process_that_the_system_ends_is_told_where_the_answer_is_waited_for(
    warm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise EOFError

    monkeypatch.setattr("multiprocessing.context.ForkServerProcess.start", refused)
    with run_in_fork("json:loads", "1") as wait, pytest.raises(CallError, match="ulimit -t"):
        wait()


def test_without_a_warm_process_the_call_runs_in_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with run_in_fork(f"{__name__}:write", str(path), "xong") as wait:
        assert not path.exists()
        wait()
    assert path.read_text("utf-8") == f"xong {os.getpid()}"
    with run_in_fork(f"{__name__}:fail", "x") as wait, pytest.raises(ValueError, match="x"):
        wait()
