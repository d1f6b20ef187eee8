"""The main job: three notebooks, one published folder.

What runs notebooks and writes office files is imported where it is used: while the warm process loads, and not at all
for a report that is up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BusyError, InternalError, StorageError
from pipeline.languages import in_language, page_languages
from pipeline.progress import Say, silent
from pipeline.publish.manifest import (
    MANIFEST,
    STEPS,
    Inputs,
    Manifest,
    describe_inputs,
    hash_outputs,
    is_up_to_date,
    issued_record,
)
from pipeline.publish.publish import is_settled, record, recover
from pipeline.publish.run_info import Clock, write_beside
from pipeline.publish.sign_off import is_frozen
from pipeline.publish.swap import lock, staging
from pipeline.run.session import notebook_session
from pipeline.steps import Run, to_json

WORDS = {"validate": "kiểm tra số liệu", "compute": "tính mức độ hoàn thành", "report": "lập trang báo cáo"}
FILES = "pipeline.report.files:write_files"


@dataclass(frozen=True)
class Outcome:
    """Where the page lies, and whether it was made now."""

    page: Path
    made: bool


def make_report(run: Run, *, force: bool = False, say: Say = silent) -> Outcome:
    """Run the steps and publish. Up to date is decided by hashes, never by the time of a file."""
    folder, clock = run.report, Clock(say)
    try:
        _settle(run, say)  # first: a report that was issued is an input of the one that replaces it
        inputs = describe_inputs(run)
        if not force and (is_up_to_date(run.layout, folder, inputs) or is_frozen(run.layout, folder, inputs)):
            return Outcome(folder / "index.html", made=False)
        with lock(folder.parent):
            recover(run, say)
            with staging(folder) as staged:
                _execute(run, staged, inputs, clock)
                with clock.step("assemble"):
                    _assemble(run, staged, inputs)
                write_beside(staged, clock.info(), run.locality.full_name, run.period.label)
                record(run, staged, inputs, say)
    except OSError as error:
        raise StorageError.of(error) from error
    return Outcome(folder / "index.html", made=True)


def _settle(run: Run, say: Say) -> None:
    """What a killed run left is put right even where nothing is to be made; not while another run is under way."""
    if not is_settled(run):
        with suppress(BusyError), lock(run.report.parent):
            recover(run, say)


def _execute(run: Run, staged: Path, inputs: Inputs, clock: Clock) -> None:
    """The notebooks one after the other; beside the last, the files that need only the records of those before."""
    with ExitStack() as stack:
        working_folder = stack.enter_context(notebook_session())
        from pipeline.fork.run_in_fork import CallError, aside
        from pipeline.report.render import PAGE, exporter

        exporter(PAGE)  # loaded while the warm process loads too
        *before, last = enumerate(STEPS, start=1)
        for number, step in before:
            with clock.step(step, f"  {number}/{len(STEPS)} {WORDS[step]}…"):
                _step(run, step, staged, working_folder)
        told = clock.step(last[1], f"  {last[0]}/{len(STEPS)} {WORDS[last[1]]}…")
        issued = str(issued_record(run.layout, inputs) or "")
        with told, aside(FILES, str(run.work), inputs.id, issued, str(staged)) as files_written:
            _step(run, last[1], staged, working_folder)
            try:
                files_written()
            except CallError as error:
                if error.name == OSError.__name__:
                    raise StorageError.told(str(error)) from error
                raise InternalError(f"Các tệp kèm theo không lập xong: {error.name} {error}") from error


def _step(run: Run, step: str, staged: Path, working_folder: Path) -> None:
    from pipeline.run.notebooks import run_notebook, stopped

    source = run.layout.notebooks / f"{step}.ipynb"
    for target, parameters in _executions(run, step):
        outcome = run_notebook(source, staged / "notebooks" / target, parameters, working_folder)
        if not outcome.succeeded:
            raise stopped(outcome, run.work / "failed", run.layout)


def _executions(run: Run, step: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The notebooks of a step with their parameters: one, but for the page one for each language."""
    if step != "report":
        yield f"{step}.ipynb", run.parameters
        return
    for language in page_languages(run.page_lang):
        yield in_language(f"{step}.ipynb", language), run.parameters | {"language": language}


def _assemble(run: Run, staged: Path, inputs: Inputs) -> None:
    """The pages from their notebooks, and the manifest of all."""
    from pipeline.report.html_check import check_page
    from pipeline.report.render import render_page

    for language in page_languages(run.page_lang):
        notebook = staged / "notebooks" / in_language("report.ipynb", language)
        page = render_page(notebook, run.locality.full_name, str(run.period), language)
        check_page(page)
        (staged / in_language("index.html", language)).write_text(page, "utf-8")
    if describe_inputs(run).id != inputs.id:
        raise BusyError("Dữ liệu đầu vào thay đổi trong khi đang lập báo cáo; hãy chạy lại.")
    manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=hash_outputs(run.layout, staged))
    (staged / MANIFEST).write_text(to_json(manifest), "utf-8")
