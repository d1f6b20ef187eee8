"""Makes a report without kernels, in one process, and says which files of the package were read for it.

    python -m tests.e2e.what_is_read

`PIPELINE_ROOT` is the project. The last line of the answer names them, with colons between.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat

CODE = Path(__file__).resolve().parents[2]
LOCALITY = {"locality": "bach-long-vi", "period": "2025"}
opened = set[Path]()


def main() -> None:
    from pipeline.intake import period_cache

    # The key of the cache of earlier periods holds the hash of whole packages: read for that is not read for a report.
    period_cache._hashes = lambda files: []
    sys.addaudithook(_note)
    cells: dict[str, Any] = {}
    for step in ("validate", "compute", "report"):
        notebook = nbformat.read(CODE / "notebooks" / f"{step}.ipynb", as_version=4)
        cells = {}
        for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
            _execute(cell, cells)
    from pipeline.report.files import write_files
    from pipeline.report.render import check_page, render_page

    with tempfile.TemporaryDirectory() as folder:
        write_files(str(cells["run"].work), cells["inputs"].id, "", folder)
        executed = Path(folder, "report.ipynb")
        nbformat.write(notebook, executed)
        check_page(render_page(executed, "Bạch Long Vĩ", "2025", "vi"))
    loaded = {Path(module.__file__) for module in sys.modules.values() if getattr(module, "__file__", None)}
    ours = {path.resolve() for path in opened | loaded if path.is_relative_to(CODE / "pipeline")}
    sys.stdout.write("\n" + ":".join(str(path) for path in sorted(ours) if path.suffix != ".pyc" and path.is_file()))


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str):
        opened.add(Path(arguments[0]).absolute())


def _execute(cell: Any, names: dict[str, Any]) -> None:
    """Parameters as given, statements as they are, and the value of a last expression as the output of the cell."""
    if "parameters" in cell.metadata.get("tags", ()):
        exec(cell.source, names)  # noqa: S102 - our own notebook
        names.update(LOCALITY)
    elif "\n" in cell.source or cell.source.startswith("print("):
        exec(cell.source, names)  # noqa: S102
    else:
        from pipeline.report.page import Fragment

        shown = eval(cell.source, names)  # noqa: S307
        data = shown._repr_mimebundle_() if isinstance(shown, Fragment) else {"text/html": shown._repr_html_()}
        cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]


if __name__ == "__main__":
    main()
