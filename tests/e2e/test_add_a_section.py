"""docs/add-a-section.md as it is written: cells of its blocks, its commands, in a checkout of its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from selectolax.lexbor import LexborHTMLParser

from pipeline.paths import CODE, Layout
from pipeline.report.render import check_page
from pipeline.steps import load_report
from tests.checkout import checkout, commit, committed, for_make
from tests.e2e.conftest import run_make
from tests.factories import copy_raw

GUIDE = (CODE / "docs" / "add-a-section.md").read_text("utf-8")
COMMON, OWN = re.split(r"^## Chỉ cho một vài báo cáo$", GUIDE, flags=re.M)


def _blocks(text: str, *kinds: str) -> list[tuple[str, str]]:
    return [block for block in re.findall(r"```(\w+)\n(.*?)\n```", text, re.S) if block[0] in kinds]


def _cells(text: str) -> list[nbformat.NotebookNode]:
    made = {"markdown": new_markdown_cell, "python": new_code_cell}
    return [made[kind](source) for kind, source in _blocks(text, "markdown", "python")]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_raw(tmp_path_factory.mktemp("project")).root


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed(for_make(checkout(tmp_path_factory.mktemp("checkout") / "code")))


def _make(code: Path, root: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    _, *arguments = command.split()
    return run_make(code, "-o", "environment", *arguments, PIPELINE_ROOT=str(root), **more)


def _page(root: Path, name: str = "index.html") -> LexborHTMLParser:
    html = (root / "reports" / "binh-giang" / "2025" / name).read_text("utf-8")
    check_page(html)
    return LexborHTMLParser(html)


def test_cells_added_to_the_report_are_on_the_page(code: Path, root: Path) -> None:
    path = code / "notebooks" / "report.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.source == "page.change()") + 1
    added = _cells(COMMON)
    notebook.cells[place:place] = added
    nbformat.write(notebook, path)
    ((_, command),) = _blocks(COMMON, "sh")
    answer = _make(code, root, command, PAGE_LANG="en")
    assert answer.returncode == 0, answer.stderr
    page = _page(root)
    assert "Bản nháp" in page.html
    (section,) = page.css("section.addition")
    assert "phần bổ sung của địa phương" in section.text()
    assert section.css_first("caption").text() == "Bảng bổ sung 1. Số chỉ tiêu và số đã đạt của từng cơ quan"
    indicators = load_report("binh-giang", "2025", layout=Layout(root)).indicators()
    rows = section.css("tbody tr")
    assert len(rows) == indicators["lead"].nunique(dropna=False)
    sums = [sum(int(row.css("td")[n].text()) for row in rows) for n in (0, 1)]
    assert sums == [len(indicators), (indicators["status"] == "met").sum()]
    counts = indicators["category"].value_counts()
    said = f"Nhiều nhất là nhóm {counts.idxmax()}: {counts.max()} trên {len(indicators)} chỉ tiêu."
    assert section.css_first("img").attributes["alt"] == said
    assert section.css_first("figcaption").text() == "Hình bổ sung 1. Số chỉ tiêu ở mỗi nhóm đánh giá"
    assert "added by the locality" in _page(root, "index.en.html").html
    figure = added[-1]
    figure.source = figure.source.replace("show_figure(fig, alt,", "plt.show() #")
    notebook.cells[place + len(added) - 1] = figure
    nbformat.write(notebook, path)
    answer = _make(code, root, command)
    assert answer.returncode
    assert "notebooks/report.ipynb, phần “Chỉ tiêu theo cơ quan chủ trì”: hình chưa có lời mô tả" in answer.stderr
    assert "#| fig-alt:" in answer.stderr
    assert _page(root).html == page.html


def test_a_section_of_one_locality_leaves_the_others_as_they_are(code: Path, root: Path) -> None:
    subprocess.run(["git", "checkout", "-q", "."], cwd=code, check=True)
    report = "make report LOCALITY={} PERIOD=2025"
    for locality in ("binh-giang", "bach-long-vi"):
        assert _make(code, root, report.format(locality)).returncode == 0
    (name,) = re.findall(r"`(notebooks/extra/[\w-]+\.ipynb)`", OWN)
    cells = _cells(OWN)
    cells[1].metadata["tags"] = ["parameters"]
    (code / name).parent.mkdir()
    nbformat.write(new_notebook(cells=cells), code / name)
    commit(code)
    ((_, lines),) = _blocks(OWN, "yaml")
    (root / "data" / "raw" / "extra-sections.yaml").write_text(f"{lines}\n", "utf-8")
    why = _make(code, root, "make why LOCALITY=binh-giang PERIOD=2025").stdout.splitlines()
    assert why == ["mới: data/raw/extra-sections.yaml", f"mới: {name}"]
    assert _make(code, root, "make why LOCALITY=bach-long-vi PERIOD=2025").stdout.splitlines() == ["đã mới nhất"]
    answer = _make(code, root, report.format("binh-giang"))
    assert answer.returncode == 0, answer.stderr
    page = _page(root)
    (section,) = page.css("section.addition")
    assert "Bản nháp" not in page.html
    assert section.css_first("h2").text() == "Nhiệm vụ đến hạn theo quý"
    assert [cell.text() for cell in section.css("thead th")] == ["quý", "nhiệm vụ"]
    tasks = load_report("binh-giang", "2025", layout=Layout(root)).tasks()
    assert sum(int(cell.text()) for cell in section.css("td.num")) == tasks["due"].notna().sum()
    assert (root / "reports" / "binh-giang" / "2025" / name).is_file()
    answer = _make(code, root, "make audit LOCALITY=binh-giang PERIOD=2025")
    assert answer.returncode == 0, answer.stdout + answer.stderr
