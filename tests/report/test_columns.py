"""The declared columns: each can be shown where it says it stands, in the order that it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS, task_columns
from pipeline.report.page import TEMPLATES
from pipeline.report.published_column import ReportColumn, machine_columns, notebook_columns, word_columns
from pipeline.report.render import PAGE
from pipeline.report.words import Words

Columns = Sequence[ReportColumn[Any]]
TABLES = pytest.mark.parametrize("columns", [INDICATOR_COLUMNS, TASK_COLUMNS], ids=["indicators", "tasks"])


@TABLES
def test_a_column_is_declared_once_and_stands_somewhere(columns: Columns) -> None:
    assert len({column.key for column in columns}) == len(columns)
    for column in columns:
        assert any((column.machine, column.page, column.word, column.notebook)), column.key


@TABLES
def test_a_cell_of_the_page_has_its_macro_and_its_width(columns: Columns) -> None:
    macros = (TEMPLATES / "page" / "cells.html.j2").read_text("utf-8")
    style = (PAGE / "page.css").read_text("utf-8")
    for cell in (column.page for column in columns if column.page):
        assert f"{{% macro {cell.macro}(row, column) %}}" in macros
        assert (cell.macro == "text") == (cell.text is not None)
        assert not cell.width or f".{cell.width} {{" in style


def test_a_column_stands_where_it_is_declared_or_after_the_one_it_names() -> None:
    in_csv = [column.key for column, _ in machine_columns(INDICATOR_COLUMNS)]
    in_word = [column.key for column, _ in word_columns(INDICATOR_COLUMNS)]
    assert in_csv.index("attainment") == in_csv.index("status") + 1
    assert in_word.index("attainment") == in_word.index("fraction") + 1 < in_word.index("status")
    assert [column.key for column, _ in notebook_columns(INDICATOR_COLUMNS)][:3] == ["plan", "label", "name"]
    assert [column.heading for column in task_columns(Words("en", "page"))][-1] == "Status"
