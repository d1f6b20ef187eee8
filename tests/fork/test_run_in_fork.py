"""A call in a process forked from the warm one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.fork.orders import Limits
from pipeline.fork.run_in_fork import CallError, prepare_in_fork, run_in_fork
from pipeline.fork.warm_process import warm_process
from pipeline.paths import CODE


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


def prepared(path: str) -> Callable[[str], str]:
    Path(path).write_text("sẵn sàng", "utf-8")
    return lambda text: f"{text} {Path(path).read_text('utf-8')} {os.getpid()}"


def failing_later(text: str) -> Callable[[str], None]:
    return lambda _: fail(text)


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_prepared_call_goes_on_when_it_is_told(is_warm: bool, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if is_warm:
        request.getfixturevalue("warm")
    path = tmp_path / "a"
    with prepare_in_fork(f"{__name__}:prepared", str(path)) as go_on:
        while is_warm and not (path.is_file() and path.read_text("utf-8")):
            time.sleep(0.01)
        *words, process = go_on("nay")().split()
    assert words == ["nay", "sẵn", "sàng"]
    assert (process != str(os.getpid())) == is_warm


@pytest.mark.parametrize(
    ("call", "argument", "name", "text"),
    [
        ("fail", "đọc", "ValueError", "đọc"),
        ("failing_later", "ghi", "ValueError", "ghi"),
        ("die", "3", "", "exit code 3"),
    ],
)
def test_an_error_of_a_prepared_call_is_raised_where_it_is_waited_for(
    warm: None, call: str, argument: str, name: str, text: str
) -> None:
    with prepare_in_fork(f"{__name__}:{call}", argument) as go_on:
        time.sleep(0.3)  # so that it has failed before it is told to go on
        with pytest.raises(CallError, match=text) as caught:
            go_on("x")()
    assert caught.value.name == name


def test_a_prepared_call_that_is_not_gone_on_with_ends(warm: None, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with prepare_in_fork(f"{__name__}:prepared_with_its_number", str(path)):
        while not (path.is_file() and path.read_text("utf-8")):
            time.sleep(0.01)
    with pytest.raises(ProcessLookupError):
        os.kill(int(path.read_text("utf-8")), 0)


def prepared_with_its_number(path: str) -> Callable[[], None]:
    Path(path).write_text(str(os.getpid()), "utf-8")
    return lambda: None


def test_a_fork_does_not_run_the_main_program_of_the_command_again(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from pipeline.fork.run_in_fork import run_in_fork\n"
        "from pipeline.fork.warm_process import warm_process\n"
        "print('begun', flush=True)\n"
        "if __name__ == '__main__':\n"
        "    with warm_process(['decimal']), run_in_fork('os:getcwd') as wait:\n"
        "        wait()\n",
        "utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(CODE)}
    ran = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "begun\n"
