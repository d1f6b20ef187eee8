"""What of the program a result depends on: files found from the imports, and the form in which notebooks are kept.

A report depends on what its notebooks can import and on what renders its files. What runs notebooks, publishes,
verifies, makes many reports or reads a command line changes no byte of it, and is no input: the environment in which
notebooks run and the form in which they are published are therefore declared here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from pipeline.paths import CODE
from pipeline.whole import ordinary_text, read_ordinary

PACKAGE = "pipeline"
RENDERERS = ("pipeline.report.files", "pipeline.report.render")
"""What makes the files of a report beside its notebooks: Word, PDF, workbook, tables, the shell of the page."""
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "1735689600",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in the stock kernel: a figure of a cell is shown
    "OMP_NUM_THREADS": "1",
    "PYTHONUTF8": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""In which notebooks run and files are written: hash order, time zone, locale, thread count, the date in SVG files."""
# By patterns, since a parser takes 0.2 s for the package; `tests/inputs/test_program.py` holds them against one.
_MODULE = rf"{PACKAGE}(?:\.\w+)*"
_IMPORTED = re.compile(rf"(?:^|;)[ \t]*import ({_MODULE})", re.MULTILINE)
_IMPORTED_FROM = re.compile(rf"(?:^|;)[ \t]*from ({_MODULE}) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_FOR_TYPE_CHECKERS = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t][^\n]*\n|\n)+", re.MULTILINE)
_NAMED = re.compile(rf"[\"']({_MODULE})(?::\w+)?[\"']")
"""A module named in a string: what a child process is to run."""
_WORD = re.compile(r"\w+")


@cache
def program_files(*roots: str) -> tuple[Path, ...]:
    """The files of the package that `roots` depend on, in order.

    A root is the name of a module, or the path of a notebook below the project. Imports inside functions count, those
    for type checkers alone do not. With a module come the packages around it, and with a package every file in its
    folder that is no module: templates, words, styles.
    """
    modules = set[str]()
    to_read = [name for root in roots for name in _of_root(root)]
    while to_read:
        module = to_read.pop()
        if module not in modules:
            modules.add(module)
            to_read += _imported(module)
    packages = {module for module in modules if _path(module).name == "__init__.py"}
    assets = (file for package in packages for file in _assets(_path(package).parent))
    return tuple(sorted({*map(_path, modules), *assets}))


def all_files() -> Iterator[Path]:
    """Every file of the package."""
    return (p for p in (CODE / PACKAGE).rglob("*") if p.is_file() and "__pycache__" not in p.parts and _is_ours(p))


@lru_cache(maxsize=16)
def notebook_source(content: bytes) -> bytes:
    """A notebook without what saving and running change: type, source and tags of its cells, in the stored form.

    Empty cells at the end do not count: JupyterLab appends one where the last cell is run with Shift+Enter.
    Raises ValueError for what is no notebook.
    """
    try:
        cells = [_cell(number, cell) for number, cell in enumerate(json.loads(content)["cells"])]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a notebook") from error
    while cells and not "".join(cells[-1]["source"]).strip():
        cells.pop()
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(notebook, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _cell(number: int, cell: dict[str, Any]) -> dict[str, Any]:
    if cell["cell_type"] not in ("code", "markdown", "raw"):
        raise ValueError("not a cell")
    tags = cell.get("metadata", {}).get("tags")
    source = "".join(cell["source"]).splitlines(keepends=True)
    always = {"cell_type": cell["cell_type"], "id": str(number), "metadata": {"tags": tags} if tags else {}}
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    attached = {"attachments": cell["attachments"]} if cell.get("attachments") else {}
    return {**always, **run, **attached, "source": source}


def read_notebook(path: str) -> bytes:
    """The source of a notebook of the program, by its path below the project. Raises DataError where it is none."""
    try:
        return notebook_source(read_ordinary(CODE / path))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: không đọc được sổ tay (tệp mất hoặc hỏng). Trả lại bản đã ghi nhận: git checkout {path}; "
            "sổ tay mới, chưa ghi nhận thì mở và lưu lại bằng make lab"
        ) from error


def published_notebook(notebook: dict[str, Any]) -> str:
    """An executed notebook without what changes from run to run: times, ids, versions; `notebook` is changed."""
    for name in ("papermill", "widgets"):
        notebook["metadata"].pop(name, None)
    notebook["metadata"].get("language_info", {}).pop("version", None)
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number:03d}"
        for name in ("papermill", "execution"):
            cell["metadata"].pop(name, None)
        for place, output in enumerate(cell.get("outputs", ())):
            _without_addresses(output, f"T_{number:03d}_{place}")
    # The form of nbformat, which would check again each output that nbclient has had checked.
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"


def _without_addresses(output: dict[str, Any], table: str) -> None:
    """Leave out of what a cell shows where objects lay in memory, and name a styled table of pandas `table`."""
    for holder, kind in ((output, "text"), (output.get("data", {}), "text/plain")):
        if kind in holder:
            holder[kind] = _replaced(_ADDRESS, " at 0x…", holder[kind])
    html = output.get("data", {}).get("text/html", ())
    if "".join(html).startswith(_STYLER):
        output["data"]["text/html"] = _replaced(_ID_OF_STYLER, table, html)


def _replaced(pattern: re.Pattern[str], by: str, text: str | list[str]) -> str | list[str]:
    return pattern.sub(by, text) if isinstance(text, str) else [pattern.sub(by, line) for line in text]


_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_STYLER, _ID_OF_STYLER = '<style type="text/css">\n', re.compile(r"\bT_[0-9a-f]{5}(?=_|\b)")


def _of_root(root: str) -> list[str]:
    if not root.endswith(".ipynb"):
        return [root, *_around(root)]
    cells = json.loads(read_notebook(root))["cells"]
    return list(_names_in("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")))


@cache
def _imported(module: str) -> tuple[str, ...]:
    return tuple(_names_in(ordinary_text(_path(module))))


def _names_in(code: str) -> Iterator[str]:
    """The modules of the package that code imports or names, each with the packages around it."""
    code = _FOR_TYPE_CHECKERS.sub("", code)
    names = [*_IMPORTED.findall(code), *_NAMED.findall(code)]
    for module, imported in _IMPORTED_FROM.findall(code):
        names += [module, *(f"{module}.{name}" for name in _WORD.findall(imported))]
    for found in names:
        yield from (name for name in (found, *_around(found)) if _is_module(name))


def _around(module: str) -> Iterable[str]:
    parts = module.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts)))


@cache
def _is_module(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] == PACKAGE and _path(name).is_file()


@cache
def _path(module: str) -> Path:
    path = CODE.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _assets(package: Path) -> Iterator[Path]:
    """Files that are no modules, in the folder of a package and in folders below that are no packages."""
    for path in filter(_is_ours, package.iterdir()):
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from _assets(path)
        elif path.suffix not in (".py", ".pyc"):
            yield path


def _is_ours(path: Path) -> bool:
    """Not what editors and Jupyter leave beside a file that is open: .page.css.swp, page.css~, .ipynb_checkpoints."""
    return not path.name.startswith(".") and not path.name.endswith("~")
