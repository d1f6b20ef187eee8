"""The floor: a whole report by plain calls in one warm process, so the cost of the work itself.

The cells of the notebooks are evaluated here, on records that are not read again, and their results stored as outputs.
The page, the notebooks and everything else that is published come out as they do from kernels.
"""

from __future__ import annotations

import ast
import io
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import numpy
import pandas

from pipeline.completion.evaluate import evaluate
from pipeline.inputs.describe import describe_inputs
from pipeline.progress import silent
from pipeline.publish.manifest import MANIFEST, manifest_of
from pipeline.publish.swap import exchange, lock, staging
from pipeline.report import notebook_tables
from pipeline.report.downloads import WORD
from pipeline.report.files import write_all
from pipeline.report.notebook_display import described
from pipeline.report.official import official_report, write_docx
from pipeline.report.page import Fragment, Page
from pipeline.report.render import render_page
from pipeline.run.make_report import _assemble
from pipeline.senders.receive import receive
from pipeline.steps import STEPS, Run, to_json


def plain_report(run: Run, *, page_only: bool = False) -> None:
    """Make and publish the report of `run`, which has none yet, in Vietnamese."""
    inputs = describe_inputs(run)
    with lock(run.report.parent), staging(run.report) as staged:
        intake = receive(run)
        completion = evaluate(run.registry, run.locality, run.period, intake)
        page = Page(completion, intake, inputs.id, draft=inputs.shared.draft)
        names: dict[str, object] = {"run": run, "intake": intake, "completion": completion, "page": page}
        names |= {"pd": pandas, "np": numpy, "shown": notebook_tables, "indicators": completion.indicators()}
        names |= {name: intake.frame(name) for name in ("files", "values", "rules")}
        names |= {"out": intake.frame("quarantined"), "targets": run.registry.targets()}
        notebooks = staged / "notebooks"
        notebooks.mkdir()
        for step in STEPS:
            _evaluate_cells(run.layout.notebooks / f"{step}.ipynb", names, notebooks / f"{step}.ipynb")
        if page_only:
            html = render_page(notebooks / "report.ipynb", run.locality.full_name, str(run.period), "vi")
            (staged / "index.html").write_text(html, "utf-8")
        else:
            official = official_report(completion, intake, uncommitted=inputs.shared.draft)
            write_docx(official, staged / WORD)
            write_all(completion, intake, official, inputs.id, staged)
            _assemble(run, staged, inputs, silent)
            (staged / MANIFEST).write_text(to_json(manifest_of(run.layout, inputs, staged)), "utf-8")
        exchange(staged, run.report)


def _evaluate_cells(source: Path, names: dict[str, object], target: Path) -> None:
    """Write the notebook with the results of its cells; the first two, parameters and set-up, only give `names`."""
    notebook = nbformat.read(source, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code[2:], start=3):
        printed, result = io.StringIO(), None
        *before, last = ast.parse(cell.source).body
        with redirect_stdout(printed):
            exec(compile(ast.Module(before, []), source.name, "exec"), names)  # noqa: S102 - our own notebook
            if isinstance(last, ast.Expr):
                result = eval(compile(ast.Expression(last.value), source.name, "eval"), names)  # noqa: S307 - likewise
            else:
                exec(compile(ast.Module([last], []), source.name, "exec"), names)  # noqa: S102 - likewise
        data = {"text/plain": printed.getvalue()} if result is None else _shown(result)
        cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=number)]
        cell.execution_count = number
    nbformat.write(notebook, target)


def _shown(result: object) -> dict[str, str]:
    """What a kernel stores of a result, after `as_on_the_page`."""
    if isinstance(result, Fragment):
        return result._repr_mimebundle_()
    shown = {"text/plain": described(result) if isinstance(result, pandas.DataFrame) else repr(result)}
    if html := getattr(result, "_repr_html_", None):
        shown["text/html"] = html()
    return shown
