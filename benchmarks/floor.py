"""The floor: a whole report by plain calls in one warm process. What it costs is what the work costs.

The calls are those of the notebooks; a result is put where the notebook would show it, so that the page, the notebooks
and everything else that is published come out as they do from kernels.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from pipeline.completion.evaluate import evaluate
from pipeline.publish.manifest import describe_inputs
from pipeline.publish.swap import lock, publish, staging
from pipeline.report import notebook_tables as shown
from pipeline.report.files import write_all
from pipeline.report.page import Page
from pipeline.run.make_report import _assemble
from pipeline.senders.receive import receive
from pipeline.steps import Run

_SECTION = re.compile(r"page\.(\w+)\(\)")


def plain_report(run: Run) -> None:
    """Make and publish the report of `run`, in Vietnamese."""
    folder, inputs = run.report, describe_inputs(run)
    with lock(folder.parent), staging(folder) as staged:
        intake = receive(run)
        completion = evaluate(run.registry, run.locality, run.period, intake)
        page = Page(completion, intake, inputs.id, draft=bool(inputs.shared.draft))
        saved = [run.save(intake), run.save(completion)]
        notebooks = staged / "notebooks"
        notebooks.mkdir()
        results = {
            "validate": [
                shown.files(intake),
                shown.rules(intake),
                shown.accepted(intake),
                shown.quarantined(intake),
                f"{shown.balance(intake)}\n{saved[0]}",
            ],
            "compute": [
                shown.method(completion),
                shown.rates(completion),
                shown.indicators(completion),
                shown.tasks(completion),
                shown.differences(completion),
                saved[1],
            ],
            "report": [getattr(page, name)() for name in sections(run.layout.notebooks / "report.ipynb")],
        }
        for step, given in results.items():
            _fill(run.layout.notebooks / f"{step}.ipynb", given, notebooks / f"{step}.ipynb")
        write_all(completion, intake, inputs.id, staged)
        _assemble(run, staged, inputs)
        publish(staged, folder)


def sections(notebook: Path) -> list[str]:
    """The sections of the page in the order in which the notebook shows them."""
    return _SECTION.findall("\n".join(c.source for c in nbformat.read(notebook, as_version=4).cells))


def _fill(source: Path, results: Sequence[object], target: Path) -> None:
    """The notebook with `results` as the outputs of its last code cells."""
    notebook = nbformat.read(source, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, (cell, result) in enumerate(zip(code[-len(results) :], results, strict=True), start=1):
        shown = {"text/plain": repr(result)}
        if html := getattr(result, "_repr_html_", None):
            shown["text/html"] = html()
        cell.outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=number)]
        cell.execution_count = number
    nbformat.write(notebook, target)
