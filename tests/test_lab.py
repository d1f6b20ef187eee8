"""What JupyterLab stores of our notebooks, and periods that papermill takes for numbers."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from pipeline.paths import CODE, Layout
from pipeline.steps import Run

CONFIG = CODE / "tools" / "jupyter" / "jupyter_server_config.py"


def _saved(content: Any) -> Any:
    manager = SimpleNamespace()
    runpy.run_path(str(CONFIG), {"c": SimpleNamespace(FileContentsManager=manager)})
    model = {"type": "notebook", "content": content}
    manager.pre_save_hook(model=model, path="a.ipynb", contents_manager=None)
    return model["content"]


@pytest.mark.parametrize("step", ["validate", "compute", "report", "overview", "due"])
def test_a_notebook_that_was_run_is_stored_as_it_is_committed(step: str, tmp_path: Path) -> None:
    committed = (CODE / "notebooks" / f"{step}.ipynb").read_text("utf-8")
    content = json.loads(committed)
    for cell in content["cells"]:
        cell["id"] = f"lab-{cell['id']}"
        if cell["cell_type"] == "code":
            cell["execution_count"], cell["metadata"]["execution"] = 3, {"iopub.status.busy": "2026-01-01"}
            cell["outputs"] = [nbformat.v4.new_output("stream", text="x")]
    nbformat.write(nbformat.from_dict(_saved(content)), tmp_path / "a.ipynb")
    assert (tmp_path / "a.ipynb").read_text("utf-8") == committed


def test_a_changed_cell_is_stored() -> None:
    content = json.loads((CODE / "notebooks" / "compute.ipynb").read_text("utf-8"))
    content["cells"][0]["source"] = "# Khác"
    assert _saved(content)["cells"][0]["source"] == ["# Khác"]


def test_another_notebook_is_stored_with_its_outputs() -> None:
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="x")])
    content = nbformat.v4.new_notebook(cells=[cell])
    assert _saved(content) is content


def test_a_period_may_come_as_a_number(layout: Layout) -> None:
    assert Run.open("cat-hai", 2025, layout=layout) == Run.open("cat-hai", "2025", layout=layout)
