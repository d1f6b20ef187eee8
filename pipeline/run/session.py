"""The one environment in which notebooks run, wherever and by whomever they are started."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Lock

from pipeline.fork import Limits, warm_kernels
from pipeline.inputs.draft import for_kernels

# What could otherwise change bytes: hash order, time zone, locale, thread count, the date in SVG files.
FIXED = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "1735689600",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


MODULES = (
    "great_expectations",
    "openpyxl",
    "typst",
    "matplotlib.backends.backend_svg",
    "pandas",
    "papermill",
    "pipeline.inputs.describe",
    "pipeline.completion.evaluate",
    "pipeline.run.notebooks",
    "pipeline.report.files",
    "pipeline.report.page",
    "pipeline.report.notebook_tables",
    "pipeline.site.sections",
    "pipeline.steps",
    "pipeline.intake.validate",
)
"""What notebooks, papermill and the writers of files import, directly or through the package: loaded once for all."""
REHEARSAL = "pipeline.run.rehearsal:rehearse"
LIMITS = Limits(memory=3 << 30, seconds=300)
"""Far more than any locality needs; a runaway notebook ends in an error instead of the machine."""


@contextmanager
def notebook_session(*, rehearsed: bool = False) -> Iterator[Path]:
    """Kernels inside are forked from a warm process, in the fixed environment; gives their folder.

    There is one session in a process: inside another one, that one serves. A rehearsal (tập dượt) takes as long as it
    spares the kernels of two reports.
    """
    if _open:
        yield _open[0]
    elif _lasting:
        yield _lasting[0].enter_context(_new_session(rehearsed=True))
    else:
        with _new_session(rehearsed=rehearsed) as folder:
            yield folder


@contextmanager
def lasting_session() -> Iterator[None]:
    """Inside, the first session that is opened serves all that follow: reports and site share a warm process."""
    with ExitStack() as stack:
        _lasting.append(stack)
        try:
            yield
        finally:
            _lasting.clear()


def warm_up() -> None:
    """Open the session of `lasting_session` already, while there is other work to do; without one, nothing."""
    if _lasting:
        with notebook_session():
            pass


@contextmanager
def _new_session(*, rehearsed: bool) -> Iterator[Path]:
    with kernel_environment() as folder, warm_kernels(MODULES, LIMITS, REHEARSAL if rehearsed else ""):
        _open.append(folder)
        try:
            yield folder
        finally:
            _open.clear()


def keep_session() -> Path:
    """Open the session of a process that makes many reports, such as a worker of a cluster, until it ends."""
    with _opening:
        if not _open:
            # Not atexit: under a nanny of Dask the folders of multiprocessing would be gone by then.
            Finalize(None, _kept.close, exitpriority=1)
            _kept.enter_context(notebook_session(rehearsed=True))
        return _open[0]


_open: list[Path] = []
_lasting: list[ExitStack] = []
_opening = Lock()
_kept = ExitStack()


@contextmanager
def kernel_environment() -> Iterator[Path]:
    """Set the fixed environment for kernels started inside; gives an empty folder to start them in.

    Start-up files of the user are left out: IPython and Jupyter look for them in empty folders.
    """
    before, draft = dict(os.environ), for_kernels()
    with tempfile.TemporaryDirectory(prefix="pl-") as folder:
        own = {
            name: str(Path(folder, name.lower()))
            for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
        }
        empty = Path(folder, "cwd")
        empty.mkdir()
        os.environ.update(FIXED | own | draft)
        try:
            yield empty
        finally:
            os.environ.clear()
            os.environ.update(before)
