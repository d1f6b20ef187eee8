"""The libraries of notebooks are used by their documented names; what cannot be said with these is listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.paths import CODE

LIBRARY = re.compile(r"(jupyter\w*|nb(client|convert|format)|papermill|ipykernel|IPython|traitlets)(\.|$)")
ALLOWED = {
    # A kernel without sockets and threads (pipeline/fork/direct.py): its own classes take the place of these methods.
    "direct.py": {"_flush", "_schedule_flush", "_abort_queues", "_supports_kernel_subshells", "_execute_sleep"},
}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _users() -> list[Path]:
    files = [*(CODE / "pipeline").rglob("*.py"), *(CODE / "tools").rglob("*.py")]
    return [path for path in files if any(map(LIBRARY.match, _imports(ast.parse(path.read_text("utf-8")))))]


def _private(tree: ast.AST) -> Iterator[str]:
    """Private names of other objects, of modules of these libraries, and in calls and classes that build on them."""
    for name in filter(LIBRARY.match, _imports(tree)):
        yield from (part for part in name.split(".") if part.startswith("_"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id in _OWN):
            yield node.attr
        elif isinstance(node, ast.Call):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.ClassDef) and node.bases:
            yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))
            targets = [target for part in node.body if isinstance(part, ast.Assign) for target in part.targets]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


_OWN = ("self", "cls", "os")  # os._exit is documented


@pytest.mark.parametrize("path", _users(), ids=lambda path: path.stem)
def test_no_private_name_of_a_library_of_notebooks_is_used(path: Path) -> None:
    named = _private(ast.parse(path.read_text("utf-8")))
    found = {name for name in named if re.match(r"_(?!_|repr_)", name)}
    assert found == ALLOWED.get(path.name, set())


def test_the_places_that_use_them_are_found() -> None:
    assert {"direct.py", "notebooks.py", "additions.py", "render.py"} <= {path.name for path in _users()}


@pytest.mark.parametrize("source", ["import nbclient\nx._y", "from jupyter_client import _a", "f(_b=1)"])
def test_a_private_name_is_found(source: str) -> None:
    assert any(name.startswith("_") for name in _private(ast.parse(source)))
