"""The notebook of who owes what runs on the project as it is, and shows frames."""

import ast
import json

import pandas as pd
import pytest

from pipeline.paths import CODE
from tests.due.made_up_city import make_city


def test_its_cells_show_frames(tmp_path_factory: pytest.TempPathFactory, monkeypatch) -> None:
    city = make_city(tmp_path_factory.mktemp("city"))
    monkeypatch.setenv("PIPELINE_ROOT", str(city.root))
    cells = json.loads((CODE / "notebooks" / "due.ipynb").read_text("utf-8"))["cells"]
    names, shown = dict[str, object](), list[pd.DataFrame]()
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        if cell["metadata"].get("tags") == ["parameters"]:
            names |= {"period": "2026-Q2", "as_of": ""}
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "due.ipynb", "exec"), names)  # noqa: S102 - our own notebook
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "due.ipynb", "eval"), names)  # noqa: S307
            assert isinstance(value, pd.DataFrame)
            shown.append(value)
    assert shown[2].set_index("period").loc["2026-Q2", ["expected", "sent"]].tolist() == [11, 7]
    assert len(shown) >= 5
