"""The environment in which notebooks run, the same on every machine and for every user."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Lock

from pipeline.fork.orders import Limits
from pipeline.fork.warm_process import warm_process
from pipeline.inputs.draft import for_kernels
from pipeline.inputs.program import ENVIRONMENT
from pipeline.paths import Layout

MODULES = (
    "pandas",
    "pandas.core.reshape.reshape",
    "papermill",
    "pipeline.inputs.describe",
    "pipeline.completion.evaluate",
    "pipeline.run.notebooks",
    "pipeline.report.page",
    "pipeline.report.notebook_tables",
    "pipeline.steps",
    "pipeline.senders.receive",
)
"""What notebooks and papermill import: loaded once, by the warm process, which one report waits for."""
OF_SEVERAL = ("great_expectations", "matplotlib.backends.backend_svg")
"""What one notebook of each report imports: loaded by the warm process where there are several."""
OF_ONE = ("matplotlib.backends.backend_svg", "pipeline.run.rehearsal:rehearse_the_page")
"""What it goes on with where there is one, while the first notebook imports Great Expectations on another core."""
OF_THE_SITE = ("pipeline.site.sections", "pyarrow.csv", "pyarrow.parquet", "duckdb", "nbconvert")
"""What data set and site import besides, in several processes."""
REHEARSED_SITE = "pipeline.run.site_pages:rehearse_pages"
"""What it goes on with where there is a site to make besides."""
REHEARSAL, OF_PAPERMILL = "pipeline.run.rehearsal:rehearse", "pipeline.run.notebooks:rehearse_papermill"
LIMITS = Limits(memory=3 << 30, seconds=300)
"""Far more than any locality needs; a runaway notebook fails before it uses up the machine."""

LONGEST = 60
"""Bytes of TMPDIR: sockets of kernels lie below it, and the system takes names of up to 107 bytes."""


@contextmanager
def notebook_session(*, rehearsed: bool = False, of_site: bool = False) -> Iterator[Path]:
    """Inside, notebooks run in forks of a warm process, in the fixed environment; gives their working folder.

    A process has one session: inside another one, the outer one is used. A rehearsal (tập dượt) takes as long as it
    saves the notebooks of two reports, so it precedes several; that of one report runs beside its first notebook. The
    notebook of the site (`of_site`) has none.
    """
    if _open:
        yield _open[0]
    elif _lasting:
        yield _lasting[0].enter_context(_new_session(rehearsed=rehearsed, of_site=of_site))
    else:
        with _new_session(rehearsed=rehearsed, of_site=of_site) as folder:
            yield folder


@contextmanager
def lasting_session(*also: str) -> Iterator[None]:
    """Inside, the first session that is opened stays open for the next: reports and site share a warm process.

    `also`: modules that it loads besides, such as `OF_THE_SITE`.
    """
    with ExitStack() as stack:
        _lasting.append(stack)
        _also.extend(also)
        try:
            yield
        finally:
            _lasting.clear()
            _also.clear()


def warm_up(*, rehearsed: bool = True) -> None:
    """Start the warm process of `lasting_session` early; outside of one, do nothing."""
    if _lasting:
        with notebook_session(rehearsed=rehearsed):
            pass


@contextmanager
def _new_session(*, rehearsed: bool, of_site: bool) -> Iterator[Path]:
    modules = (*MODULES, *_also, *(OF_SEVERAL if rehearsed else ()))
    later = [*(() if rehearsed else OF_ONE), *([REHEARSED_SITE] if _also else [])] if not of_site else []
    with kernel_environment() as folder, warm_process(modules, LIMITS, REHEARSAL if rehearsed else OF_PAPERMILL, later):
        _open.append(folder)
        try:
            yield folder
        finally:
            _open.clear()


def keep_session() -> Path:
    """Open a session until this process ends: for one that makes many reports, such as a worker of a cluster."""
    with _opening:
        if not _open:
            # Not atexit: in a worker of Dask, multiprocessing has deleted its folders by then.
            Finalize(None, _until_exit.close, exitpriority=1)
            _until_exit.enter_context(notebook_session(rehearsed=True))
        return _open[0]


_open: list[Path] = []
_lasting: list[ExitStack] = []
_also: list[str] = []
_opening = Lock()
_until_exit = ExitStack()


@contextmanager
def kernel_environment() -> Iterator[Path]:
    """Set the fixed environment for kernels started inside; gives an empty folder to start them in.

    IPython and Jupyter get empty folders of their own, so that no start-up file and no kernel of the user runs.
    """
    if len(os.fsencode(tempfile.gettempdir())) > LONGEST:
        tempfile.tempdir = "/tmp"  # noqa: S108 - all names below it are made by tempfile
    before, draft = dict(os.environ), for_kernels()
    with tempfile.TemporaryDirectory(prefix="pl-") as folder:
        own = {
            name: str(Path(folder, name.lower()))
            for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_PATH", "JUPYTER_RUNTIME_DIR")
        }
        empty = Path(folder, "cwd")
        empty.mkdir()
        settings = Path(folder, "matplotlibrc")  # empty: the library's own, whatever the user has
        settings.touch()
        home = os.path.expanduser("~")  # noqa: PTH111 - Path.expanduser raises
        if home in ("~", os.devnull):  # a user of whom the system knows nothing; Jupyter asks for his folder
            own["HOME"], home = folder, os.devnull
        own |= _matplotlib_folder(Path(home), Path(folder, "matplotlib"))
        os.environ.update(ENVIRONMENT | own | draft | {"MATPLOTLIBRC": str(settings)})
        try:
            yield empty
        finally:
            os.environ.clear()
            os.environ.update(before)


def _matplotlib_folder(home: Path, last_resort: Path) -> dict[str, str]:
    """Where matplotlib keeps its list of fonts, if not where it would: a new list takes seconds, and a warning.

    The folders of a user may be closed to him (no HOME, another user's); that of the project's own results is not.
    """
    usual = [
        Path(os.environ.get(name) or home / hidden, "matplotlib")
        for name, hidden in (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
    ]
    given = os.environ.get("MPLCONFIGDIR")
    if all(map(_may_be_filled, [Path(given)] if given else usual)):
        return {}
    lasting = Layout.of_project().processed / "matplotlib"
    return {"MPLCONFIGDIR": str(lasting if _may_be_filled(lasting) else last_resort)}


def _may_be_filled(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
