"""Executing one notebook with papermill, and not taking its word for the outcome."""

from __future__ import annotations

import errno
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from pipeline import errors
from pipeline.errors import InternalError, StorageError, UserError
from pipeline.kernels.client import NAME as CLIENT
from pipeline.paths import Layout

TIMEOUT = 300
"""Seconds one cell may take."""
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
    """Execute `notebook` in a kernel of its own, and leave the executed copy at `output`.

    So it is where a cell failed, too; a kernel that died leaves none.

    Raises InternalError if `parameters` are not exactly those the notebook declares: papermill
    would run an unknown name as code, and a misspelt one with the default.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    for name in ("papermill", "asyncio"):  # Ctrl-C leaves a task behind, which asyncio tells with a traceback
        logging.getLogger(name).setLevel(logging.CRITICAL)
    declared = set(papermill.inspect_notebook(notebook))
    if declared != set(parameters):
        raise InternalError(f"{notebook.name} khai báo tham số {sorted(declared)}, được gọi với {sorted(parameters)}")
    output.parent.mkdir(parents=True, exist_ok=True)
    # A socket folder of its own for every kernel: kernels that share one collide and hang.
    with tempfile.TemporaryDirectory(prefix="k-") as sockets:
        manager = {"transport": "ipc", "ip": f"{sockets}/k", "client_class": CLIENT}
        config = Config({"KernelManager": manager})
        try:
            with warnings.catch_warnings():
                # papermill still calls datetime.utcnow.
                warnings.simplefilter("ignore", DeprecationWarning)
                executed = papermill.execute_notebook(
                    notebook,
                    output,
                    dict(parameters),
                    kernel_name="python3",
                    progress_bar=False,
                    # Written once, at the end or at an error, and not twice for every cell.
                    request_save_on_cell_execute=False,
                    # All outputs are here by then; a kernel that is asked to end takes a tenth of a second to do so.
                    shutdown_kernel="immediate",
                    # Not `cwd`: papermill would change the folder of this whole process, under other threads.
                    resources={"metadata": {"path": str(working_folder)}},
                    execution_timeout=TIMEOUT,
                    # No history of what was typed: it takes a database and a thread.
                    extra_arguments=["--Application.log_level=50", "--HistoryManager.enabled=False"],
                    config=config,
                )
        except PapermillExecutionError as error:
            return _failure(notebook, output, error)
        except Exception as error:  # a dead kernel and a timed-out cell come as many types
            if isinstance(error, OSError) and error.errno in _FULL:
                raise  # of the disk that the executed notebook goes to
            return NotebookRun(notebook.name, output, f"{type(error).__name__}: {error}")
    return NotebookRun(notebook.name, output, _unfinished(executed))


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


def canonical(path: Path) -> None:
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
