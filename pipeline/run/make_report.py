"""One report: three notebooks, one published folder (`make report`).

What runs notebooks and writes office files is imported where it is used: while the warm process loads, and not at all
for a report that is up to date.
"""

from __future__ import annotations

import getpass
import os
import platform
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from pipeline.errors import BusyError, DataError, StorageError
from pipeline.inputs.describe import Inputs, describe_inputs, issued_record
from pipeline.inputs.draft import checkout
from pipeline.inputs.extra_sections import FOLDER, check_parameters
from pipeline.inputs.peers import keep_peers
from pipeline.inputs.program import read_notebook
from pipeline.languages import in_language, page_languages
from pipeline.paths import Layout
from pipeline.plans.base import Frozen
from pipeline.progress import Say, silent
from pipeline.publish.log import moment
from pipeline.publish.manifest import RUN_INFO, is_up_to_date
from pipeline.publish.publish import changed_since, is_current, keep_inputs, publish, recover, settle
from pipeline.publish.swap import lock, staging
from pipeline.run.session import notebook_session
from pipeline.steps import STEPS, Run, to_json
from pipeline.unexpected import of_another_process
from pipeline.whole import read_ordinary

DOING = {"validate": "kiểm tra số liệu", "compute": "tính mức độ hoàn thành", "report": "lập trang báo cáo"}
FILES = "pipeline.report.files:write_files"
FAILED = "failed"
"""The folder of a notebook that stopped, below the work of a run, until one succeeds."""
_SINCE = 5
"""Lines of what has changed since a report was issued; `make why` has all."""
BEFORE_THE_PAGE, PAGE_NOTEBOOK = [f"notebooks/{step}.ipynb" for step in STEPS[:-1]], f"notebooks/{STEPS[-1]}.ipynb"


@dataclass(frozen=True)
class Outcome:
    """Where the page lies, and whether it was made now."""

    page: Path
    made: bool
    since: tuple[str, ...] = ()
    """Where it was not made because it is issued: what has come or changed since, a line each."""

    @property
    def not_made(self) -> Iterator[str]:
        """Why it was not made, in lines; none where it was."""
        if self.made:
            return
        if not self.since:
            yield "  đã mới nhất, không chạy lại (FORCE=1 để lập lại)"
            return
        yield "  báo cáo đã ban hành nên được giữ nguyên, không lập lại; từ đó đến nay:"
        yield from (f"    {line}" for line in self.since[:_SINCE])
        if len(self.since) > _SINCE:
            yield f"    … và {len(self.since) - _SINCE} thay đổi khác"
        yield (
            "  Xem đủ: make why. Để đưa vào báo cáo: nơi ban hành rút lại (make sign-off STATE=taken-back REASON=…) "
            "rồi lập và ban hành lại, hoặc lập báo cáo thay thế (FORCE=1)"
        )


def make_report(run: Run, *, force: bool = False, say: Say = silent) -> Outcome:
    """Run the steps and publish. Up to date is decided by hashes, never by the time of a file."""
    page, clock = run.report / "index.html", Clock(say)
    try:
        settle(run, say)  # first: a report that was issued is an input of the one that replaces it
        inputs = _inputs(run)
        current = is_current(run, inputs)
        if current and not force:
            return Outcome(page, made=False, since=_since_issue(run, inputs))
        with lock(run.report.parent):
            recover(run, say)
            if not current and keep_peers(run):
                inputs = describe_inputs(run)
            with staging(run.report) as staged:
                _make(run, staged, inputs, clock)
                (staged / RUN_INFO).write_text(to_json(clock.info()), "utf-8")
                publish(run, staged, inputs, say)
            shutil.rmtree(run.work / FAILED, ignore_errors=True)
    except OSError as error:
        raise StorageError.of(error) from error
    return Outcome(page, made=True)


def _since_issue(run: Run, inputs: Inputs) -> tuple[str, ...]:
    """What an issued report that stays as it is does not have, what was sent before what the program is."""
    if is_up_to_date(run.report, inputs.id):
        return ()
    own = run.layout.relative(run.layout.issued)  # the record of its own issue is no news
    found = (line for line in changed_since(run, inputs) if own not in line)
    return tuple(sorted(found, key=lambda line: "data/raw/" not in line))


def _inputs(run: Run) -> Inputs:
    """What the report depends on. Where a file that was sent is none, its sender and the others are answered first."""
    try:
        return describe_inputs(run)
    except DataError as error:
        if not is_about_submissions(run.layout, error):
            raise
        from pipeline.senders.receive import answer_all

        raise answer_all(run, error) from error


def is_about_submissions(layout: Layout, error: DataError) -> bool:
    """Whether a file that was sent is among those that `error` names."""
    sent = layout.relative(layout.submissions) + "/"
    return any(finding.file.startswith(sent) for finding in error.findings)


def _make(run: Run, staged: Path, inputs: Inputs, clock: Clock) -> None:
    """The notebooks one after the other; beside the last, the files that need only the records of those before."""
    for path in inputs.sections:
        check_parameters(path, {*run.parameters, "language"})
    with ExitStack() as stack:
        working_folder = stack.enter_context(notebook_session())
        sources = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="notebooks-")))
        from pipeline.fork.run_in_fork import CallError, run_in_fork
        from pipeline.report.render import PAGE, exporter

        # While the warm process loads and the first notebook runs.
        beside = stack.enter_context(ThreadPoolExecutor(1))
        ready = beside.submit(exporter, PAGE), beside.submit(keep_inputs, run.layout, inputs)
        *before, last = enumerate(STEPS, start=1)
        for number, step in before:
            with clock.step(step, f"  {number}/{len(STEPS)} {DOING[step]}…"):
                _run_notebook(run, f"notebooks/{step}.ipynb", sources, staged, working_folder)
        for one in ready:
            one.result()
        last_step = clock.step(last[1], f"  {last[0]}/{len(STEPS)} {DOING[last[1]]}…")
        issued, draft = str(issued_record(run.layout, inputs) or ""), "draft" if inputs.shared.draft else ""
        template = next((str(run.layout.root / file.path) for file in inputs.templates), "")
        peers = next((str(run.layout.root / file.path) for file in inputs.peers), "")
        arguments = (str(run.work), inputs.id, issued, str(staged), draft, template, peers)
        with last_step, run_in_fork(FILES, *arguments) as files_written:
            for path in (PAGE_NOTEBOOK, *inputs.sections):
                _run_notebook(run, path, sources, staged, working_folder)
            try:
                files_written()
            except CallError as error:
                what = f"Các tệp kèm theo không lập xong: {error.reason}"
                raise of_another_process(error.name, str(error), what) from error
    with clock.step("assemble"):
        _assemble(run, staged, inputs, clock.tell)


def _run_notebook(run: Run, path: str, sources: Path, staged: Path, working_folder: Path) -> None:
    """Execute the notebook at a path of the project; the executed copy has the same path in the report."""
    from pipeline.run.notebooks import run_notebook, stopped

    source = sources / path.rpartition("/")[2]  # without what saving leaves in it
    source.write_bytes(read_notebook(path))
    for target, parameters in _executions(run, path):
        outcome = run_notebook(source, staged / target, parameters, working_folder)
        if not outcome.succeeded:
            extra = path if path.startswith(FOLDER) else ""
            raise stopped(outcome, run.work / FAILED, run.layout, extra)


def _executions(run: Run, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The executions of a notebook with their parameters: one, but for what shows on the page one for each language."""
    if path in BEFORE_THE_PAGE:
        yield path, run.parameters
        return
    for language in page_languages(run.page_lang):
        yield in_language(path, language), run.parameters | {"language": language}


def _assemble(run: Run, staged: Path, inputs: Inputs, tell: Say) -> None:
    """The pages from their notebooks."""
    from pipeline.report.render import check_page, render_page

    for language in page_languages(run.page_lang):
        last, *own = (staged / in_language(path, language) for path in (PAGE_NOTEBOOK, *inputs.sections))
        page = render_page(last, run.locality.full_name, str(run.period), language, own, tell=tell)
        check_page(page)
        (staged / in_language("index.html", language)).write_text(page, "utf-8")
        copy_evidence(run.layout, page, inputs, staged)
    if describe_inputs(run).id != inputs.id:
        raise BusyError("Dữ liệu đầu vào thay đổi trong khi đang lập báo cáo; hãy chạy lại.")


def copy_evidence(layout: Layout, page: str, inputs: Inputs, folder: Path) -> None:
    """Put the kept files that a page links to beside it; they are inputs of the report."""
    from pipeline.report.evidence_links import linked_files

    hashes = ((file.path, file.sha256) for file in (*inputs.submissions, *inputs.follow_ups))
    for name, source in linked_files(page, hashes):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(read_ordinary(layout.root / source))


class RunInfo(Frozen):
    """The file run-info.json beside a published report."""

    started: str
    """The moment in UTC, 2026-05-01T08:00:00Z; `finished` likewise."""
    finished: str
    seconds: dict[str, float] = Field(default_factory=dict)
    """Duration of each step."""
    host: str
    user: str
    python: str
    """Version and build of the interpreter."""
    platform: str
    processors: int
    commit: str
    """The commit of the code; '' where there is no git."""
    packages: tuple[str, ...]
    """Name and version of what is installed, `numpy-2.4.0`."""


class Clock:
    """Measures one run, step by step, and says which step begins."""

    def __init__(self, say: Say) -> None:
        self._say = self.tell = say
        self.started = moment()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, message: str = "") -> Iterator[None]:
        """Inside, a step of the run is timed, in seconds; `message` is said before it."""
        if message:
            self._say(message)
        before = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - before, 3)

    def info(self) -> RunInfo:
        """The record, with now as the end."""
        return RunInfo(
            started=self.started,
            finished=moment(),
            seconds=self.seconds,
            host=socket.gethostname(),
            user=_user(),
            python=sys.version,
            platform=platform.platform(),
            processors=os.cpu_count() or 1,
            commit=checkout().commit,
            packages=installed(),
        )


@cache
def installed() -> tuple[str, ...]:
    """Name and version of every installed package, by the names of their folders."""
    found = (path.stem for entry in sys.path if entry for path in Path(entry).glob("*.dist-info"))
    return tuple(sorted(found, key=str.lower))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
