"""Notebooks in forks of a warm process: isolation, limits, signals, no orphans, the bytes of the stock kernel."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from pipeline.errors import StorageError
from pipeline.fork.child import TOO_LONG
from pipeline.fork.direct import DirectKernel
from pipeline.fork.orders import Limits
from pipeline.fork.run_in_fork import CallError, run_in_fork
from pipeline.fork.warm_process import can_fork, warm_process
from pipeline.paths import CODE
from pipeline.run import notebooks
from pipeline.run.notebooks import NotebookRun, run_notebook
from pipeline.run.session import kernel_environment

pytestmark = pytest.mark.skipif(not can_fork(), reason="no fork here")
Run = Callable[..., NotebookRun]


def _notebook(path: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell('name = ""', metadata={"tags": ["parameters"]}),
            *(nbformat.v4.new_code_cell(textwrap.dedent(cell)) for cell in cells),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)
    return path


def _text(run: NotebookRun) -> str:
    cells = nbformat.read(run.output, as_version=4).cells
    return "".join(str(o.get("text", "")) for c in cells for o in c.get("outputs", []))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Runs cells in forks of a process that has imported `json`, `decimal` and `pandas`."""
    with (
        kernel_environment() as folder,
        warm_process(["colorsys", "decimal", "json", "pandas"], Limits(memory=1 << 30)) as warm,
    ):
        assert warm
        yield _in_folder(tmp_path, folder)


@pytest.fixture
def run_stock(tmp_path: Path) -> Iterator[Run]:
    """Runs cells in stock kernels, also beside a warm process."""
    place = tmp_path / "stock"
    place.mkdir()
    with kernel_environment() as folder:
        run = _in_folder(place, folder)

        def without_warm_process(*cells: str, output: Path | None = None) -> NotebookRun:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(notebooks, "limits_in_force", lambda: None)
                return run(*cells, output=output)

        yield without_warm_process


def _in_folder(place: Path, folder: Path) -> Run:
    count = 0

    def run(*cells: str, output: Path | None = None) -> NotebookRun:
        nonlocal count
        count += 1
        source = _notebook(place / f"in-{count}.ipynb", *cells, "'done'")
        return run_notebook(source, output or place / f"out-{count}.ipynb", {"name": "x"}, folder)

    return run


@pytest.fixture(params=["forked", "stock"])
def run_either(request: pytest.FixtureRequest) -> Run:
    """First in a fork, then in a stock kernel."""
    found: Run = request.getfixturevalue("run" if request.param == "forked" else "run_stock")
    return found


def test_a_forked_kernel_is_a_fresh_process_that_has_imported_already(run: Run) -> None:
    first = run("import os, sys", "print(os.getpid(), 'json' in sys.modules, 'debugpy' in sys.modules)")
    second = run("import os, sys", "print(os.getpid())", "print(os.environ['PYTHONHASHSEED'], name)")
    assert (first.error, second.error) == ("", "")
    pid, loaded, debugger = _text(first).splitlines()[0].split()
    assert (loaded, debugger) == ("True", "False")
    assert _text(second).splitlines()[0] != pid
    assert _text(second).splitlines()[1] == "0 x"


def test_nothing_of_one_notebook_is_seen_by_the_next(run: Run) -> None:
    """A patched module, a thread, another folder, an environment variable, another time zone."""
    spoiled = run(
        """
        import colorsys, decimal, os, threading, time
        colorsys.rgb_to_hls = lambda *a: "spoiled"
        decimal.getcontext().prec = 3
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        os.chdir("/"); os.environ["SPOILED"] = "1"; os.environ["TZ"] = "Asia/Ho_Chi_Minh"; time.tzset()
        """,
        "print(colorsys.rgb_to_hls(0, 0, 0))",
    )
    clean = run(
        "import colorsys, decimal, os, threading, time",
        "print(colorsys.rgb_to_hls(0, 0, 0), decimal.getcontext().prec, os.environ.get('SPOILED'))",
        "print(os.getcwd() != '/', time.tzname[0], sum(t.name.endswith('(sleep)') for t in threading.enumerate()))",
    )
    assert "spoiled" in _text(spoiled)
    assert _text(clean).splitlines() == ["(0.0, 0.0, 0.0) 28 None", "True UTC 0"]


CELLS = (
    "import os, sys, threading",
    "os.listdir(), os.environ['TZ'], sorted(name for name in os.environ if name.startswith(('IPYTHON', 'JUPYTER')))",
    "{'b': {3, 1}, 'a': hash('x')}",
    "print(sys.path, sys.flags.hash_randomization)",
    """
    for n in range(3):
        print(n)
        display(n)
    print("no end of line", end="")
    print("aside", file=sys.stderr)
    n
    """,
    """
    thread = threading.Thread(target=print, args=("from a thread",))
    thread.start(), thread.join()
    """,
    """
    import decimal, warnings
    decimal.getcontext().prec = 5
    with warnings.catch_warnings(record=True) as warned:
        warnings.warn("of this cell", DeprecationWarning)
    len(warned)
    """,
    "decimal.Decimal(1) / 3",
    """
    import asyncio
    await asyncio.sleep(0)
    waited = await asyncio.gather(asyncio.sleep(0, "one"), asyncio.sleep(0, "two"))
    waited
    """,
    """
    from IPython.display import HTML, clear_output, display
    handle = display(HTML("<b>before</b>"), display_id="kept")
    print("cleared"); clear_output()
    display({"text/plain": "raw", "text/html": "<i>raw</i>"}, raw=True)
    handle.update(HTML("<b>after</b>"))
    """,
    """
    try:
        input("asked: ")
    except Exception as error:
        print(type(error).__name__, error)
    """,
    "'IPKernelApp' in get_ipython().config, __name__, _",
    "%matplotlib inline\nimport matplotlib; matplotlib.get_backend()",
    """
    import logging
    logging.getLogger("of.the.notebook").warning("told")
    print(__import__("tqdm").tqdm.__module__, flush=True)
    """,
    "import pandas; pandas.DataFrame([range(1000, 1030)])",
    # What a kernel made before the fork does not know yet.
    """
    import pathlib, pickle
    class Here:
        place = _dh == [pathlib.Path.cwd()], get_ipython().starting_dir == os.getcwd()
    pickle.loads(pickle.dumps(Here)).place, get_ipython().kernel.session.pid == os.getpid(), os.environ["PAGER"]
    """,
    "later = asyncio.create_task(asyncio.sleep(0, 'by a task of the cell before'))",
    "await later",
)


def test_the_same_cells_give_the_same_bytes_as_in_the_stock_kernel(run: Run, run_stock: Run) -> None:
    warm, stock = run(*CELLS), run_stock(*CELLS)
    assert (warm.error, stock.error) == ("", "")
    assert "site-packages" in _text(stock)
    assert _text(warm) == _text(stock)
    assert warm.output.read_bytes() == stock.output.read_bytes()


def test_output_below_python_reaches_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel leaves descriptors alone in a test
    with kernel_environment() as folder, warm_process([]):
        cells = "import os, time; code = os.system('echo from below'); time.sleep(0.5)", "print(code)"
        ran = run_notebook(_notebook(tmp_path / "in.ipynb", *cells), tmp_path / "out.ipynb", {"name": "x"}, folder)
    assert _text(ran) == "from below\n0\n"


def test_a_full_disk_is_a_storage_error(run_either: Run, tmp_path: Path) -> None:
    full = tmp_path / "full.ipynb"
    full.symlink_to("/dev/full")
    with pytest.raises(StorageError, match="No space left on device"):
        run_either("1", output=full)


@pytest.mark.parametrize(
    "cell",
    [
        "import signal; signal.alarm(30); signal.alarm(0)",
        "import logging; logging.basicConfig(level=logging.DEBUG)",
        "import os, tempfile; d = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)",
        "import os; os.fork() or os._exit(0)",
    ],
)
def test_a_cell_may_change_what_papermill_needs(run: Run, cell: str) -> None:
    ran = run(f"{cell}\nNone", "print('goes on')")
    assert (ran.error, _text(ran)) == ("", "goes on\n")


def test_output_that_no_notebook_may_hold_is_an_error(run_either: Run) -> None:
    ran = run_either("from IPython.display import display; display({'text/plain': 5}, raw=True)")
    assert ran.error.startswith("NotebookValidationError: ")


def test_output_that_cannot_be_sent_is_an_error(run: Run) -> None:
    assert "in ra chữ không gửi được" in run(r"print('a\ud800b')").error


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "1 / 0", "None"])
def test_a_process_that_a_notebook_has_started_ends_with_it(run: Run, end: str, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    run(
        "import os, subprocess; child = subprocess.Popen(['sleep', '60'])",
        f"print(child.pid, file=open({str(mark)!r}, 'w'), flush=True)",
        end,
    )
    _wait(lambda: not _runs(int(mark.read_text())), 5)


def endless() -> None:
    asyncio.run(DirectKernel(0.5).execute("while True: pass"))


def test_a_cell_that_takes_too_long_ends_its_process() -> None:
    with warm_process([]), run_in_fork(f"{__name__}:endless") as wait, pytest.raises(CallError) as caught:
        wait()
    assert caught.value.exit_code == TOO_LONG


def test_a_notebook_obeys_the_time_for_one_cell(run_either: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "TIMEOUT", 2)
    begin = time.monotonic()
    error = run_either("import time; time.sleep(60)").error
    assert "timed out" in error or "một ô lệnh chạy quá" in error
    assert time.monotonic() - begin < 30


def test_a_notebook_sees_every_module(run: Run) -> None:
    """Ipykernel does not, while the kernel starts."""
    ran = run("import sys, ipykernel.ipkernel", "print('colorsys' in sys.modules, ipykernel.ipkernel.sys is sys)")
    assert _text(ran) == "True True\n"


def test_only_the_stock_kernel_is_reached_over_sockets(run: Run, run_stock: Run) -> None:
    cell = """
        import sys
        from pipeline.fork.child import may_be_forked
        print("-f" in sys.argv, may_be_forked())
    """
    assert (_text(run(cell)), _text(run_stock(cell))) == ("False True\n", "True False\n")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("import os; os._exit(3)", "đã dừng giữa chừng: mã thoát 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "bị dừng từ bên ngoài"),
        ("exit", "tự thoát"),
        ("x = bytearray(2 << 30)", "MemoryError"),
        ("raise ValueError('no')", "ValueError"),
    ],
)
def test_a_kernel_that_ends_badly_is_reported_and_the_next_one_runs(run: Run, cell: str, message: str) -> None:
    assert message.lower() in run(cell).error.lower()
    assert run("1 + 1").succeeded


@pytest.mark.parametrize(
    ("cell", "message"), [("import os; os._exit(3)", "đã dừng giữa chừng"), ("1 / 0", "ZeroDivisionError")]
)
def test_a_stock_kernel_that_ends_badly_is_reported_too(run_stock: Run, cell: str, message: str) -> None:
    assert message in run_stock(cell).error


def test_a_dead_warm_process_is_replaced(run: Run) -> None:
    server = int(_text(run("import os", "print(os.getppid())")).splitlines()[0])
    os.kill(server, signal.SIGKILL)
    time.sleep(0.2)
    again = run("import os, sys", "print(os.getppid())")
    assert again.succeeded
    assert _text(again).splitlines()[0] != str(server)


def test_processor_time_is_limited(tmp_path: Path) -> None:
    with kernel_environment() as folder, warm_process([], Limits(seconds=1)):
        source = _notebook(tmp_path / "in.ipynb", "while True: pass")
        assert "thời gian bộ xử lý" in run_notebook(source, tmp_path / "out.ipynb", {"name": "x"}, folder).error


def test_no_process_outlives_the_context(tmp_path: Path) -> None:
    before = _children()
    with kernel_environment() as folder, warm_process(["json"]):
        source = _notebook(tmp_path / "in.ipynb", "1")
        assert run_notebook(source, tmp_path / "out.ipynb", {"name": "x"}, folder).succeeded
        assert len(_children()) > len(before)
    # The resource tracker of multiprocessing, which holds nothing, stays.
    assert len(set(_children()) - set(before)) <= 1


PROGRAM = """
import sys
sys.path.insert(0, {code!r})
from pathlib import Path
from pipeline.run.session import kernel_environment
from pipeline.run.notebooks import run_notebook
from pipeline.fork.warm_process import warm_process
if __name__ == "__main__":
    with kernel_environment() as folder, warm_process(["json"]):
        run_notebook(Path({source!r}), Path({output!r}), {{"name": "x"}}, folder)
"""


@pytest.mark.parametrize(
    ("number", "switch"),
    [(signal.SIGKILL, ""), (signal.SIGTERM, ""), (signal.SIGINT, ""), (signal.SIGKILL, "0"), (signal.SIGINT, "0")],
)
def test_no_kernel_is_left_when_the_command_is_killed(number: signal.Signals, switch: str, tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    source = _notebook(
        tmp_path / "in.ipynb",
        f"import os, time; open({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}'); time.sleep(60)",
    )
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(code=str(CODE), source=str(source), output=str(tmp_path / "out.ipynb")))
    environment = os.environ | {"WARM_KERNELS": switch}
    command = subprocess.Popen([sys.executable, str(program)], stderr=subprocess.DEVNULL, env=environment)
    _wait(lambda: mark.exists() and len(mark.read_text().split()) == 2, 60)
    pids = [int(pid) for pid in mark.read_text().split()]
    command.send_signal(number)
    command.wait(timeout=30)
    _wait(lambda: not any(_runs(pid) for pid in pids), 10)


LOADING = """
import sys, time
sys.path.insert(0, {code!r})
from pipeline.fork.warm_process import warm_process
if __name__ == "__main__":
    with warm_process(["slow_to_import"]):
        time.sleep(60)
"""


def test_the_warm_process_ends_with_the_command_while_it_loads(tmp_path: Path) -> None:
    mark, program = tmp_path / "pid", tmp_path / "program.py"
    slow = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid()))\nfor _ in range(600): time.sleep(0.1)\n"
    (tmp_path / "slow_to_import.py").write_text(slow)
    program.write_text(LOADING.format(code=str(CODE)))
    command = subprocess.Popen([sys.executable, str(program)], env=os.environ | {"PYTHONPATH": str(tmp_path)})
    _wait(lambda: mark.exists() and bool(mark.read_text()), 60)
    warm = int(mark.read_text())
    assert _runs(warm)
    command.kill()
    command.wait(timeout=30)
    _wait(lambda: not _runs(warm), 5)


CANCELLED = """
import multiprocessing.forkserver, os, sys
sys.path.insert(0, {code!r})
from pipeline.fork.warm_process import warm_process
if __name__ == "__main__":
    with warm_process([]):
        answer, order = multiprocessing.forkserver.connect_to_new_process([])
        multiprocessing.forkserver.read_signed(answer)
        os.close(order)
        print(multiprocessing.forkserver.read_signed(answer))
"""


def test_a_process_whose_order_is_cancelled_ends_silently(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(CANCELLED.format(code=str(CODE)))
    answer = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=60, check=True)
    assert (answer.stdout, answer.stderr) == ("1\n", "")


def _wait(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def _children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
