"""The main job: three notebooks, one published folder.

What runs notebooks and writes office files is imported where it is used: while the warm process loads, and not at all
for a report that is up to date.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.audit.manifest import STEPS, Inputs, Manifest, describe_inputs, hash_outputs, is_up_to_date
from pipeline.errors import BusyError, InternalError, StorageError, UserError
from pipeline.execution.environment import notebook_session
from pipeline.execution.publish import lock, publish, staging
from pipeline.runs import Run, to_json

if TYPE_CHECKING:
    from pipeline.execution.notebooks import NotebookRun

WORDS = {"validate": "kiểm tra số liệu", "compute": "tính mức độ hoàn thành", "report": "lập trang báo cáo"}


@dataclass(frozen=True)
class Outcome:
    """Where the page lies, and whether it was made now."""

    page: Path
    made: bool


def make_report(run: Run, *, force: bool = False, say: Callable[[str], None] = lambda text: None) -> Outcome:
    """Run the steps and publish. Up to date is decided by hashes, never by the time of a file."""
    folder = run.report
    inputs = describe_inputs(run)
    if not force and is_up_to_date(run.layout, folder, inputs):
        return Outcome(folder / "index.html", made=False)
    try:
        with lock(folder.parent), staging(folder) as staged:
            _execute(run, staged / "notebooks", say)
            _assemble(run, staged, inputs)
            publish(staged, folder)
    except OSError as error:
        raise StorageError(f"Lỗi đọc, ghi tệp: {error.strerror}: {error.filename}. Báo cáo cũ còn nguyên.") from error
    return Outcome(folder / "index.html", made=True)


def _execute(run: Run, notebooks: Path, say: Callable[[str], None]) -> None:
    with ExitStack() as stack:
        working_folder = stack.enter_context(notebook_session())
        from pipeline.execution.notebooks import canonical, run_notebook

        for number, step in enumerate(STEPS, start=1):
            say(f"  {number}/{len(STEPS)} {WORDS[step]}…")
            source = run.layout.notebooks / f"{step}.ipynb"
            for target, parameters in _executions(run, step):
                outcome = run_notebook(source, notebooks / target, parameters, working_folder)
                if not outcome.succeeded:
                    raise _stopped(run, outcome)
                canonical(outcome.output)


def _executions(run: Run, step: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The notebooks of a step with their parameters: one, but for the page one for each language."""
    if step != "report":
        yield f"{step}.ipynb", run.parameters
        return
    for language in _languages(run):
        yield f"{step}{_suffix(language)}.ipynb", run.parameters | {"language": language}


def _languages(run: Run) -> list[str]:
    return ["vi", *([run.page_lang] if run.page_lang else [])]


def _suffix(language: str) -> str:
    return "" if language == "vi" else f".{language}"


def _stopped(run: Run, outcome: NotebookRun) -> Exception:
    """The error a failed notebook becomes; the notebook itself is kept where the message says."""
    where = ""
    if outcome.output.is_file():
        kept = run.work / "failed" / outcome.notebook
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(outcome.output, kept)
        where = f"\nSổ tay dừng giữa chừng: {run.layout.relative(kept)}"
    if outcome.user_message:
        error = UserError(f"{outcome.user_message}{where}")
        error.exit_code = outcome.exit_code
        return error
    return InternalError(f"Bước {outcome.notebook} không chạy xong: {outcome.error}{where}")


def _assemble(run: Run, staged: Path, inputs: Inputs) -> None:
    """Everything that is published beside the notebooks, made from the record of step 2."""
    from pipeline.audit.gate import check_page
    from pipeline.completion.summary import summarised
    from pipeline.reporting.official import official_report, write_docx, write_pdf
    from pipeline.reporting.package import PDF, SCHEMA, SPREADSHEET, WORD, completion_schema, data_package
    from pipeline.reporting.render import render_page
    from pipeline.reporting.spreadsheet import write_spreadsheet
    from pipeline.reporting.tables import write_indicators, write_tasks

    completion = run.completion()
    for language in _languages(run):
        page = render_page(staged / "notebooks" / f"report{_suffix(language)}.ipynb", completion, language)
        check_page(page)
        (staged / f"index{_suffix(language)}.html").write_text(page, "utf-8")
    (staged / "completion.json").write_text(to_json(completion), "utf-8")
    write_indicators(completion, staged / "indicators.csv")
    write_tasks(completion, staged / "tasks.csv")
    write_spreadsheet(completion, inputs.id, staged / SPREADSHEET)
    official = official_report(completion, run.intake())
    write_docx(official, staged / WORD)
    write_pdf(official, staged / PDF)
    (staged / SCHEMA).write_text(completion_schema(), "utf-8")
    (staged / "datapackage.json").write_text(data_package(completion), "utf-8")
    (staged / "summary.json").write_text(to_json(summarised(completion, len(run.intake().out))), "utf-8")
    if describe_inputs(run).id != inputs.id:
        raise BusyError("Dữ liệu đầu vào thay đổi trong khi đang lập báo cáo; hãy chạy lại.")
    manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=hash_outputs(run.layout, staged))
    (staged / "manifest.json").write_text(to_json(manifest), "utf-8")
