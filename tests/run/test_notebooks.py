"""Notebooks that fail in ways that papermill overlooks."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pipeline.errors import DataError, InternalError
from pipeline.paths import Layout
from pipeline.run.notebooks import NotebookRun, _unfinished, run_notebook, stopped
from pipeline.run.session import kernel_environment

PARAMETERS = new_code_cell('locality = "x"', metadata={"tags": ["parameters"]}, id="p")

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def _notebook(tmp_path: Path, *sources: str) -> Path:
    cells = [PARAMETERS, *(new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources))]
    path = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), path)
    return path


def _run(tmp_path: Path, *sources: str, parameters: dict[str, str] | None = None):
    with kernel_environment() as folder:
        notebook = _notebook(tmp_path, *sources)
        return run_notebook(notebook, tmp_path / "out" / "a.ipynb", parameters or {"locality": "cat-hai"}, folder)


def test_a_notebook_that_runs_to_its_end_succeeds(tmp_path: Path) -> None:
    run = _run(tmp_path, "locality")
    assert run.succeeded
    text = run.output.read_text("utf-8")
    assert "'cat-hai'" in text
    assert str(tmp_path) not in text
    assert "papermill" not in json.loads(text)["metadata"]
    assert text == nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("1/0", "ZeroDivisionError"),
        ("import os; os.kill(os.getpid(), 9)", "đã dừng giữa chừng"),
        ("import sys; sys.exit(0)", ""),
        ("pass", "không cho kết quả"),
    ],
)
def test_a_notebook_that_does_not_reach_its_end_fails(tmp_path: Path, source: str, message: str) -> None:
    run = _run(tmp_path, source, *(["'later'"] if "exit" in source else []))
    assert not run.succeeded
    assert message in run.error
    assert run.output.is_file() is ("dừng" not in message)


def test_a_cell_that_was_passed_over_is_found_though_the_last_one_ran(tmp_path: Path) -> None:
    path = _notebook(tmp_path, "1", "2", "3")
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.execution_count = None if number == 3 else number
    notebook.cells[-1].outputs = [new_output("execute_result", {"text/plain": "3"})]
    assert _unfinished(notebook) == "ô lệnh thứ 3 không được chạy"


def test_an_error_of_the_user_keeps_its_message(tmp_path: Path) -> None:
    run = _run(tmp_path, "from pipeline.errors import NoInputError\nraise NoInputError('không có số liệu')")
    assert (run.user_message, run.exit_code) == ("không có số liệu", 66)


@pytest.mark.parametrize("parameters", [{"localty": "x"}, {"locality": "x", "extra": "y"}, {"x=1;import os;y": "z"}])
def test_unknown_parameters_are_refused_before_anything_runs(tmp_path: Path, parameters: dict[str, str]) -> None:
    with pytest.raises(InternalError, match="tham số"):
        _run(tmp_path, "locality", parameters=parameters)


def test_a_parameter_is_never_run_as_code(tmp_path: Path) -> None:
    hostile = "'; import os; os.mkdir('owned') #\"\\\n"
    run = _run(tmp_path, "locality == " + repr(hostile), parameters={"locality": hostile})
    assert run.succeeded
    assert "True" in run.output.read_text("utf-8")


@pytest.mark.parametrize("said", [{"error": "KeyError: 'a'"}, {"error": "x", "user_message": "KeyError: 'a'"}])
def test_a_stopped_notebook_of_a_locality_is_named_with_the_remedy(tmp_path: Path, said: dict[str, str]) -> None:
    outcome = NotebookRun("rieng.ipynb", tmp_path / "rieng.ipynb", **said)
    error = stopped(outcome, tmp_path, Layout(tmp_path), "notebooks/extra/rieng.ipynb")
    assert isinstance(error, DataError)
    assert str(error).startswith("notebooks/extra/rieng.ipynb không chạy xong: KeyError: 'a'. Sửa sổ tay ấy")
    assert "data/raw/extra-sections.yaml" in str(error)
