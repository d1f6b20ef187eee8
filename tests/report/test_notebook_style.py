"""Sections in a notebook: framed, with the style of the page; the page itself has neither frame nor second style."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from selectolax.lexbor import LexborHTMLParser

from pipeline.completion.evaluate import evaluate
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.notebook_fragment import in_notebook, of_the_page
from pipeline.report.notebook_style import SHEET, NotebookStyle, notebook_css
from pipeline.report.page import Fragment, Page
from pipeline.report.render import check_page, render_page

HEAD = Fragment("<header>\n<h1>Cát Hải</h1>\n</header>\n")
PART = Fragment('<p><span class="hidden">II.14: đạt</span>14</p>\n')


def _page(tmp_path: Path, *shown: dict[str, str]) -> str:
    outputs = [new_output("execute_result", data, execution_count=1) for data in shown]
    notebook = new_notebook(cells=[new_code_cell("page.part()", outputs=[output]) for output in outputs])
    nbformat.write(notebook, tmp_path / "report.ipynb")
    return render_page(tmp_path / "report.ipynb", "Cát Hải", "2025", "vi")


def test_the_page_has_the_fragment_as_the_template_wrote_it(tmp_path: Path) -> None:
    """The header is no part of the main landmark, to which the way past it leads."""
    page = _page(tmp_path, HEAD._repr_mimebundle_(), PART._repr_mimebundle_())
    check_page(page)
    assert f'{HEAD.html.strip()}\n<main id="content">' in page
    assert PART.html in page
    body = LexborHTMLParser(page).css_first("body")
    assert [part.tag for part in body.iter()] == ["a", "header", "main"]
    assert [part.tag for part in body.css_first("main").iter()] == ["p"]
    assert 'class="report"' not in page


def test_the_page_has_no_frames_of_pandas_and_its_style_once(tmp_path: Path) -> None:
    frame = pd.DataFrame({"code": ["binh-giang-2026/II.14"]})
    others = ({"text/html": NotebookStyle()._repr_html_()}, {"text/html": frame.to_html()})
    page = _page(tmp_path, *others, PART._repr_mimebundle_())
    assert page == _page(tmp_path, PART._repr_mimebundle_())
    assert page.count("<style>") == 1


def test_without_its_style_a_notebook_says_nothing_twice() -> None:
    shown = PART._repr_mimebundle_()["text/html"]
    assert shown.startswith('<div class="report">\n')
    assert '<span class="hidden" hidden="hidden">' in shown


def test_a_square_says_in_words_what_its_style_would_show() -> None:
    square = '<a class="square" title="Tên"><span class="hidden">chỉ tiêu 2.1, đạt: </span>1</a></li>'
    shown = in_notebook(square)
    said = LexborHTMLParser(shown)
    for hidden in said.css("[hidden=hidden]"):
        hidden.decompose()
    assert said.css_first("a").text() == "chỉ tiêu 2.1, đạt"
    assert of_the_page(shown) == square


@pytest.mark.parametrize("part", ["answer", "plans", "tasks", "quality", "agencies"])
def test_the_page_gets_back_what_the_template_wrote(part: str, registry: Registry) -> None:
    layout, period = Layout(), Period.parse("2025")
    intake = validate_period(layout, registry, "cat-hai", period)
    page = Page(evaluate(registry, registry.locality("cat-hai"), period, intake), intake, "")
    written = getattr(page, part)()
    shown = written._repr_mimebundle_()["text/html"]
    assert of_the_page(shown) == written.html
    assert shown.count('hidden="hidden"') >= written.html.count('class="hidden"')


def test_the_style_of_a_notebook_is_that_of_the_page_held_to_its_sections() -> None:
    css, sheet = notebook_css(), SHEET.read_text("utf-8")
    assert css.startswith(".report.report {\n")
    assert css.count("{") == css.count("}")
    assert not [
        word for word in (":root", r"\bbody \{", r"\bhtml \{", "@page", "prefers-color-scheme") if re.search(word, css)
    ]
    assert '[data-jp-theme-light="false"] .report.report' in css
    for rule in (".square.met { background: var(--met);", ".dots { width: 10rem;", "--paper: #11181e"):
        assert rule in sheet
        assert rule in css


def test_the_headings_of_the_indicators_wrap_and_do_not_cover_each_other() -> None:
    """Their columns have fixed widths; 'Kết quả năm 2025 (xuất phát điểm)' is wider than its own."""
    for sheet in (SHEET.read_text("utf-8"), notebook_css()):
        assert ".indicators thead th, .agencies thead th { white-space: normal;" in sheet
