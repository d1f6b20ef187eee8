"""Executing one notebook with papermill, and checking that every cell ran."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import errors
from pipeline.errors import DataError, InternalError, StorageError, UserError
from pipeline.fork.child import TOO_LONG, resemble_a_kernel
from pipeline.fork.run_in_fork import CallError, run_in_fork
from pipeline.fork.warm_process import limits_in_force
from pipeline.inputs.program import published_notebook
from pipeline.paths import CODE, Layout
from pipeline.unexpected import of_another_process
from pipeline.whole import read_ordinary

if TYPE_CHECKING:
    from nbformat import NotebookNode

TIMEOUT = 300
"""Seconds one cell may take."""
_CAUSES_OF_DEATH = {
    TOO_LONG: f"một ô lệnh chạy quá {TIMEOUT} giây",
    -signal.SIGXCPU: "sổ tay dùng quá nhiều thời gian bộ xử lý",
    -signal.SIGKILL: "tiến trình bị dừng từ bên ngoài, có thể vì máy hết bộ nhớ",
}
_DIED = "tiến trình của sổ tay đã dừng giữa chừng"
_NOTHING_SAID = "không có lời báo lỗi, thường vì không đủ bộ nhớ (xem giới hạn: ulimit -v)"


@dataclass(frozen=True)
class NotebookRun:
    """The outcome of one execution; the caller decides what follows."""

    notebook: str
    output: Path
    error: str = ""
    user_message: str = ""
    """The message of a UserError raised in the notebook, with its `exit_code`."""
    exit_code: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether every cell ran and the last one showed its result."""
        return not self.error


def run_notebook(notebook: Path, output: Path, parameters: Mapping[str, str], working_folder: Path) -> NotebookRun:
    """Execute `notebook` in a process of its own, and write the executed copy to `output`: the same bytes every time.

    Where a cell failed, the copy is what papermill leaves; a process that died leaves none. The process is forked from
    the warm one; without one (WARM_KERNELS=0) it is Jupyter's own, with the stock kernel.

    Raises InternalError if `parameters` are not exactly those that the notebook declares: papermill would run an
    unknown name as code, and a misspelt one with the default. StorageError where the disk is full.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if limits_in_force() is None:
        return _run_stock(notebook, output, parameters, working_folder)
    arguments = (str(notebook.absolute()), str(output.absolute()), json.dumps(dict(parameters)), str(working_folder))
    with run_in_fork(f"{__name__}:{execute_in_fork.__name__}", *arguments, str(TIMEOUT)) as wait:
        try:
            return NotebookRun(notebook.name, output, *wait())
        except CallError as error:
            if error.name in (InternalError.__name__, StorageError.__name__):
                raise getattr(errors, error.name)(str(error)) from error
            cause = error.name or _CAUSES_OF_DEATH.get(error.exit_code or 0, _DIED)
            return NotebookRun(notebook.name, output, f"{cause}: {error}")


def execute_in_fork(
    notebook: str, output: str, parameters: str, working_folder: str, seconds: str
) -> tuple[str, str, int]:
    """Execute a notebook in this process, which does nothing else; gives `error` and what follows in NotebookRun.

    `parameters` is a JSON object, `seconds` the time for one cell. Raises as `run_notebook` does.
    """
    from pipeline.fork import engine
    from pipeline.fork.direct import DirectKernel

    resemble_a_kernel(working_folder)
    how = {"engine_name": engine.NAME, "km": DirectKernel(float(seconds))}
    run = _execute(Path(notebook), Path(output), json.loads(parameters), **how)
    return run.error, run.user_message, run.exit_code


def _run_stock(notebook: Path, output: Path, parameters: Mapping[str, str], working_folder: Path) -> NotebookRun:
    """Execute with the stock kernel, which Jupyter's manager starts; it has the environment of this process."""
    from traitlets.config import Config

    for name in ("papermill", "asyncio"):  # Ctrl-C leaves a task behind, for which asyncio prints a traceback
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # A folder for the sockets of each kernel: kernels that share one collide and hang.
    with tempfile.TemporaryDirectory(prefix="k-") as sockets:
        return _execute(
            notebook,
            output,
            parameters,
            # Not `cwd`: papermill would change the folder of this whole process, under other threads.
            resources={"metadata": {"path": str(working_folder)}},
            config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/k"}}),
            shutdown_kernel="immediate",  # all output is here by then, and a graceful end takes 0.1 s
            execution_timeout=TIMEOUT,
            # No history of cells: it needs a database and a thread.
            extra_arguments=["--Application.log_level=50", "--HistoryManager.enabled=False"],
        )


def _execute(notebook: Path, output: Path, parameters: Mapping[str, str], **how: Any) -> NotebookRun:
    import papermill
    from nbclient.exceptions import DeadKernelError
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
                # Write once, at the end or at an error, not twice for every cell.
                request_save_on_cell_execute=False,
                **how,
            )
    except InternalError:
        raise
    except PapermillExecutionError as error:
        return _failure(notebook, output, error)
    except Exception as error:  # a dead kernel and a timed-out cell raise many types
        # Of the disk to which the executed notebook is written.
        if isinstance(error, OSError) and error.errno in errors.REMEDIES:
            raise StorageError.of(error) from error
        if isinstance(error, DeadKernelError):
            return NotebookRun(notebook.name, output, f"{_DIED}, hoặc một ô lệnh đã tự thoát, in ra chữ không gửi được")
        return NotebookRun(notebook.name, output, f"{type(error).__name__}: {error}")
    run = NotebookRun(notebook.name, output, _unfinished(executed))
    if run.succeeded:
        output.write_text(published_notebook(read_ordinary(output)), "utf-8")
    return run


def rehearse_papermill() -> None:
    """Read, check and write a notebook without starting a kernel, which would open pipes."""
    import papermill

    notebook = str(Layout(CODE).notebooks / "validate.ipynb")
    parameters = dict.fromkeys(papermill.inspect_notebook(notebook), "")
    papermill.execute_notebook(notebook, None, parameters, kernel_name="python3", prepare_only=True)


def stopped(outcome: NotebookRun, folder: Path, layout: Layout, extra: str = "") -> Exception:
    """The error to raise for a failed execution; the notebook is copied to `folder`, which the message names.

    `extra` is the path of a notebook that a locality adds: whoever wrote it can mend it, or switch it off.
    """
    where = ""
    if outcome.output.is_file():
        copy = folder / outcome.output.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(outcome.output, copy)
        where = f"\nSổ tay dừng giữa chừng: {layout.relative(copy)}"
    if extra:
        said = outcome.user_message or outcome.error
        remedy = f"Sửa sổ tay ấy (make lab), hoặc tắt phần này trong {layout.relative(layout.extra_sections)}"
        return DataError(f"{extra} không chạy xong: {said.strip(' :')}. {remedy}.{where}")
    if outcome.user_message:
        error = UserError(f"{outcome.user_message}{where}")
        error.exit_code = outcome.exit_code
        return error
    name, _, text = outcome.error.partition(": ")
    told = of_another_process(name, text, outcome.error)
    return type(told)(f"Bước {outcome.notebook} không chạy xong: {told}{where}")


def _unfinished(executed: NotebookNode) -> str:
    """Why an execution that raised nothing is incomplete; '' if it is complete.

    After a killed kernel or sys.exit() papermill still marks the notebook 'completed'. So every cell must have run,
    and the last one, which writes the result, must have shown it.
    """
    code = [c for c in executed.cells if c.cell_type == "code" and c.source.strip()]
    for number, cell in enumerate(code, start=1):
        if cell.execution_count is None:
            return f"ô lệnh thứ {number} không được chạy"
        if any(o.output_type == "error" for o in cell.outputs):
            return f"ô lệnh thứ {number} có lỗi"
    return "" if code and code[-1].outputs else "ô lệnh cuối không cho kết quả"


def _failure(notebook: Path, output: Path, error: Any) -> NotebookRun:
    message = f"{error.ename}: {error.evalue.strip() or _NOTHING_SAID}"
    if error.ename == OSError.__name__:  # a full or read-only disk; errors with their own remedy are subclasses
        sentence = str(StorageError.of_message(error.evalue))
        return NotebookRun(notebook.name, output, message, sentence, StorageError.exit_code)
    kind = getattr(errors, error.ename, None)
    if isinstance(kind, type) and issubclass(kind, errors.UserError):
        return NotebookRun(notebook.name, output, message, error.evalue, kind.exit_code)
    return NotebookRun(notebook.name, output, message)
