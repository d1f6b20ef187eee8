"""What a report depends on: found by patterns, held against a parser, and tried file by file in a checkout."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grimp
import nbformat
import pytest

from pipeline.errors import DataError
from pipeline.inputs.describe import NOTEBOOKS, ROOTS, hash_notebook
from pipeline.inputs.program import all_files, notebook_source, program_files, published_notebook, read_notebook
from pipeline.paths import CODE
from pipeline.site.site_record import ROOTS as SITE
from tests.checkout import checkout, python
from tests.factories import copy_raw

APART = ("cli", "publish", "run", "site")
"""What changes no byte of a report."""


def _module(path: Path) -> str:
    parts = path.relative_to(CODE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _modules(*roots: str) -> set[str]:
    return {_module(path) for path in program_files(*roots) if path.suffix == ".py"}


def _imported_by(notebook: str) -> set[str]:
    cells = json.loads((CODE / notebook).read_bytes())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    assert not [name for name in plain if name.startswith("pipeline")]
    modules = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {module for module in modules if module.startswith("pipeline")}


@pytest.mark.parametrize("roots", [ROOTS, SITE], ids=["report", "site"])
def test_no_import_is_missed(roots: tuple[str, ...]) -> None:
    graph, found = grimp.build_graph("pipeline", exclude_type_checking_imports=True, cache_dir=None), _modules(*roots)
    named = [root for root in roots if not root.endswith(".ipynb")]
    given = set(named).union(*(_imported_by(root) for root in roots if root.endswith(".ipynb")))
    assert given <= found
    for module in found:
        assert graph.find_modules_directly_imported_by(module) <= found, module
        assert module == "pipeline" or module.rpartition(".")[0] in found


def test_imports_of_every_form_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = "abcdefghi"
    for name in names:
        (tmp_path / "pipeline" / name).mkdir(parents=True)
        (tmp_path / "pipeline" / name / "__init__.py").touch()
        (tmp_path / "pipeline" / name / "words.po").touch()
        for left in (".words.po.swp", "words.po~"):  # by an editor
            (tmp_path / "pipeline" / name / left).touch()
        (tmp_path / "pipeline" / name / "m.py").touch()
    (tmp_path / "pipeline" / "__init__.py").touch()
    (tmp_path / "pipeline" / "b" / "deep").mkdir()
    (tmp_path / "pipeline" / "b" / "deep" / "a.html").touch()
    code = (
        "from typing import TYPE_CHECKING\n"
        "import pipeline.a\n"
        "from pipeline import b\n"
        "from pipeline.c import m as x, y\n"
        "from pipeline.d import (\n    y,\n    m,\n)\n"
        "if TYPE_CHECKING:\n    from pipeline.e import m\n\n    from pipeline.f import m\n"
        "def f():\n    from pipeline.g.m import y\n"
        'CHILD = "pipeline.h.m:main"\n'
        "import os; from pipeline.i import m\n"
    )
    (tmp_path / "pipeline" / "root.py").write_text(code, "utf-8")
    monkeypatch.setattr("pipeline.inputs.program.CODE", tmp_path)
    caches = [program_files, *_caches()]
    for cache in caches:
        cache.cache_clear()
    try:
        found = {path.relative_to(tmp_path / "pipeline").as_posix() for path in program_files("pipeline.root")}
    finally:
        for cache in caches:
            cache.cache_clear()
    assert {name.split("/")[0] for name in found} == {"__init__.py", "root.py", *"abcdghi"}
    assert {"c/m.py", "d/m.py", "g/m.py", "h/m.py", "i/m.py", "b/deep/a.html", "a/words.po"} <= found
    assert not {"a/m.py", "b/m.py", "a/.words.po.swp", "a/words.po~"} & found


def _caches() -> list[Any]:
    from pipeline.inputs import program

    return [program._imported, program._is_module, program._path]


def test_what_renders_is_in_it_and_what_publishes_is_not() -> None:
    found = {path.relative_to(CODE).as_posix() for path in program_files(*ROOTS)}
    rendering = {p.relative_to(CODE).as_posix() for p in all_files() if p.suffix != ".py" and "report" in p.parts}
    assert {"page.css", "report.typ", "words.po", "index.html.j2"} <= {name.rpartition("/")[2] for name in rendering}
    assert rendering <= found
    assert "pipeline/senders/receipt.html.j2" in found
    assert not {name for name in found if name.split("/")[1].removesuffix(".py") in APART}
    assert "pipeline/__main__.py" not in found


def test_a_change_in_each_file_counts_or_does_not(tmp_path: Path) -> None:
    """Through the command: `tests/e2e/test_inputs.py`."""
    code, root = checkout(tmp_path / "code"), copy_raw(tmp_path / "project").root
    answer = python(code, "-m", "tests.inputs.each_file", str(root), PYTHONPATH=f"{code}:{CODE}")
    assert answer.returncode == 0, answer.stderr
    tried = json.loads(answer.stdout)
    inputs = {path.relative_to(CODE).as_posix() for path in program_files(*ROOTS)}
    assert len(tried) > len(inputs) > 100
    assert tried == {name: [name in inputs] * 2 for name in tried}


def save_as_jupyter(path: Path) -> None:
    """As after running and saving it: outputs, counts, ids, the kernel; what the cells say is as it was."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell())  # after Shift+Enter on the last one
    for number, cell in enumerate(notebook.cells):
        cell.id = f"jupyter-{number}"
        cell.metadata["jupyter"] = {"source_hidden": False}
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="x")]
    notebook.metadata = {"kernelspec": {"name": "other", "display_name": "Other"}, "widgets": {}}
    nbformat.write(notebook, path)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_running_and_saving_a_notebook_changes_nothing(name: str, tmp_path: Path) -> None:
    content, copy = (CODE / name).read_bytes(), tmp_path / "a.ipynb"
    copy.write_bytes(content)
    save_as_jupyter(copy)
    assert copy.read_bytes() != content
    assert notebook_source(copy.read_bytes()) == notebook_source(content)
    assert hash_notebook(name).size == len(notebook_source(content))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_source_of_a_notebook_is_a_notebook_and_its_own_source(name: str) -> None:
    source = notebook_source((CODE / name).read_bytes())
    nbformat.validate(nbformat.reads(source.decode(), as_version=4))
    assert notebook_source(source) == source


CHANGES: dict[str, Callable[[Any], object]] = {
    "source": lambda cells: cells[-1].update(source=[*cells[-1]["source"], "\n"]),
    "type": lambda cells: cells[-1].update(cell_type="raw"),
    "tag": lambda cells: cells[-1]["metadata"].update(tags=["parameters"]),
    "tag taken away": lambda cells: next(c for c in cells if "tags" in c["metadata"])["metadata"].clear(),
    "order": lambda cells: cells.reverse(),
    "a cell less": lambda cells: cells.pop(),
    "attachment": lambda cells: cells[0].update(attachments={"a.png": {"image/png": "QUJD"}}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_notebook_says_and_does_counts(change: str) -> None:
    content = (CODE / NOTEBOOKS[0]).read_bytes()
    notebook = json.loads(content)
    CHANGES[change](notebook["cells"])
    assert notebook_source(json.dumps(notebook).encode()) != notebook_source(content)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"cells": [1]}', b'{"cells": [{"cell_type": "code"}]}'])
def test_what_is_no_notebook_has_no_source(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        notebook_source(content)


def test_a_broken_notebook_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.inputs.program.CODE", tmp_path)
    (tmp_path / "a.ipynb").write_text('{"cells": [', "utf-8")
    for name in ("a.ipynb", "none.ipynb"):
        with pytest.raises(DataError, match=rf"{name}: .*git checkout {name}"):
            read_notebook(name)


def test_a_published_notebook_says_nothing_of_memory_and_of_chance() -> None:
    def published(address: str, table: str) -> str:
        html = [
            '<style type="text/css">\n',
            f"#T_{table}_row0_col0 {{ color: red }}\n",
            "</style>\n",
            f'<table id="T_{table}">',
        ]
        data = {"text/plain": [f"[<matplotlib.lines.Line2D at {address}>]"], "text/html": html}
        outputs = [{"output_type": "display_data", "data": data, "metadata": {}}]
        outputs.append({"output_type": "stream", "name": "stdout", "text": [f"<P object at {address}>\n"]})
        cell = {"cell_type": "code", "metadata": {}, "source": [], "outputs": outputs}
        return published_notebook({"metadata": {}, "cells": [cell]})

    assert published("0x7fab1cb7f790", "8d78a") == published("0x7f294b341190", "7bc7f")
    assert "T_000_0_row0_col0" in published("0x7fab1cb7f790", "8d78a")
