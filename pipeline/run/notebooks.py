"""Executing one notebook with papermill, and not taking its word for the outcome."""

from __future__ import annotations

import errno
import json
import logging
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import errors
from pipeline.errors import InternalError, StorageError, UserError
from pipeline.fork.child import TOO_LONG, resemble_a_kernel
from pipeline.fork.pool import hands_over
from pipeline.fork.run_in_fork import CallError, aside
from pipeline.paths import Layout

if TYPE_CHECKING:
    from nbformat import NotebookNode

TIMEOUT = 300
"""Seconds one cell may take."""
_KILLED = {
    TOO_LONG: f"một ô lệnh chạy quá {TIMEOUT} giây",
    -signal.SIGXCPU: "sổ tay dùng quá nhiều thời gian bộ xử lý",
    -signal.SIGKILL: "tiến trình bị dừng từ bên ngoài, có thể vì máy hết bộ nhớ",
}
_FULL = {errno.EDQUOT, errno.EIO, errno.ENOSPC, errno.EROFS}


@dataclass(frozen=True)
class NotebookRun:
    """What became of one execution; deciding what follows is the caller's."""

    notebook: str
    output: Path
    error: str = ""
    user_message: str = ""
    """The sentence of a UserError raised in the notebook, with `exit_code`."""
    exit_code: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether every cell ran and the last one handed on its result."""
        return not self.error


def run_notebook(notebook: Path, output: Path, parameters: Mapping[str, str], working_folder: Path) -> NotebookRun:
    """Execute `notebook` in a process of its own, and leave the executed copy at `output`: the same bytes every time.

    Where a cell failed, it is as papermill leaves it; a process that died leaves none.

    Raises InternalError if `parameters` are not exactly those the notebook declares: papermill
    would run an unknown name as code, and a misspelt one with the default. StorageError where the disk is full.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if not hands_over():
        with _sockets() as how:
            # Not `cwd`: papermill would change the folder of this whole process, under other threads.
            return _execute(notebook, output, parameters, resources={"metadata": {"path": str(working_folder)}}, **how)
    told = str(notebook.absolute()), str(output.absolute()), json.dumps(dict(parameters)), str(working_folder)
    with aside(f"{__name__}:{execute_here.__name__}", *told) as executed:
        try:
            return NotebookRun(notebook.name, output, *executed())
        except CallError as error:
            if error.name in (InternalError.__name__, StorageError.__name__):
                raise getattr(errors, error.name)(str(error)) from error
            died = _KILLED.get(error.exit_code or 0, "Kernel died")
            return NotebookRun(notebook.name, output, f"{error.name or f'DeadKernelError: {died}'}: {error}")


def execute_here(notebook: str, output: str, parameters: str, working_folder: str) -> tuple[str, str, int]:
    """Execute a notebook in this process, which is there for nothing else; gives what follows the paths in NotebookRun.

    `parameters` is the JSON of an object. Raises as `run_notebook` does.
    """
    from pipeline.fork.direct import DirectKernel

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # also where a cell asks every logger to speak
    resemble_a_kernel(working_folder)
    run = _execute(Path(notebook), Path(output), json.loads(parameters), km=DirectKernel(TIMEOUT))
    return run.error, run.user_message, run.exit_code


def _execute(notebook: Path, output: Path, parameters: Mapping[str, str], **how: Any) -> NotebookRun:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        declared = set(papermill.inspect_notebook(notebook))
        if declared != set(parameters):
            called = f"được gọi với {sorted(parameters)}"
            raise InternalError(f"{notebook.name} khai báo tham số {sorted(declared)}, {called}")
        with warnings.catch_warnings():
            # papermill still calls datetime.utcnow.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"papermill\.")
            executed = papermill.execute_notebook(
                notebook,
                output,
                dict(parameters),
                kernel_name="python3",
                progress_bar=False,
                # Written once, at the end or at an error, and not twice for every cell.
                request_save_on_cell_execute=False,
                **how,
            )
    except InternalError:
        raise
    except PapermillExecutionError as error:
        return _failure(notebook, output, error)
    except Exception as error:  # a dead kernel and a timed-out cell come as many types
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageError.of(error) from error  # of the disk that the executed notebook goes to
        return NotebookRun(notebook.name, output, f"{type(error).__name__}: {error}")
    run = NotebookRun(notebook.name, output, _unfinished(executed))
    if run.succeeded:
        _make_canonical(output)
    return run


@contextmanager
def _sockets() -> Iterator[dict[str, Any]]:
    """How papermill is to reach a kernel in another process, forked or started anew."""
    from traitlets.config import Config

    from pipeline.fork.client import PromptClient

    for name in ("papermill", "asyncio"):  # Ctrl-C leaves a task behind, which asyncio tells with a traceback
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # A folder of its own for every kernel: kernels that share one collide and hang.
    with tempfile.TemporaryDirectory(prefix="k-") as sockets:
        client = f"{PromptClient.__module__}.{PromptClient.__name__}"
        manager = {"transport": "ipc", "ip": f"{sockets}/k", "client_class": client}
        yield {
            "config": Config({"KernelManager": manager}),
            # All outputs are here by then; a kernel that is asked to end takes a tenth of a second to do so.
            "shutdown_kernel": "immediate",
            "execution_timeout": TIMEOUT,
            # No history of what was typed: it takes a database and a thread.
            "extra_arguments": ["--Application.log_level=50", "--HistoryManager.enabled=False"],
        }


def stopped(outcome: NotebookRun, folder: Path, layout: Layout) -> Exception:
    """The error that a failed execution becomes; its notebook is kept in `folder`, as the message says."""
    where = ""
    if outcome.output.is_file():
        kept = folder / outcome.output.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(outcome.output, kept)
        where = f"\nSổ tay dừng giữa chừng: {layout.relative(kept)}"
    if outcome.user_message:
        error = UserError(f"{outcome.user_message}{where}")
        error.exit_code = outcome.exit_code
        return error
    return InternalError(f"Bước {outcome.notebook} không chạy xong: {outcome.error}{where}")


def _make_canonical(path: Path) -> None:
    """Rewrite an executed notebook without what changes from run to run: times, ids, versions."""
    notebook = json.loads(path.read_bytes())
    for name in ("papermill", "widgets"):
        notebook["metadata"].pop(name, None)
    notebook["metadata"].get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number:03d}"
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
    # The form of nbformat, which would check twice more what papermill has just had checked.
    written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))
    path.write_text(written + "\n", "utf-8")


def _unfinished(executed: NotebookNode) -> str:
    """Why an execution that raised nothing is not complete; '' if it is.

    After a killed kernel or sys.exit() papermill's notebook still says 'completed': what counts is
    that every cell was executed and that the last one, which hands the result on, has shown it.
    """
    code = [c for c in executed.cells if c.cell_type == "code" and c.source.strip()]
    for number, cell in enumerate(code, start=1):
        if cell.execution_count is None:
            return f"ô lệnh thứ {number} không được chạy"
        if any(o.output_type == "error" for o in cell.outputs):
            return f"ô lệnh thứ {number} có lỗi"
    return "" if code and code[-1].outputs else "ô lệnh cuối không cho kết quả"


def _failure(notebook: Path, output: Path, error: Any) -> NotebookRun:
    message = f"{error.ename}: {error.evalue}"
    if error.ename == OSError.__name__:  # a full or read-only disk: errors with a remedy of their own are subclasses
        return NotebookRun(notebook.name, output, message, str(StorageError.told(error.evalue)), StorageError.exit_code)
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, errors.UserError):
        return NotebookRun(notebook.name, output, message, error.evalue, kind.exit_code)
    return NotebookRun(notebook.name, output, message)
