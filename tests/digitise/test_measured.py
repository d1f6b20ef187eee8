"""The documents with a known truth, measured: nothing wrong in silence, and the shares of docs/digitisation.md."""

from __future__ import annotations

import re

import pytest

from pipeline.paths import CODE
from tests.digitise.measure import DOUBTED, FIELDS, LEFT, RIGHT, SILENT, Measured, added, measured

MEASURED = (
    ("bach-long-vi-2026-table-auto.docx", "bach-long-vi-2026", "bach-long-vi"),
    ("bach-long-vi-2026-table-typed.docx", "bach-long-vi-2026", "bach-long-vi"),
    ("binh-giang-2026-table-cut.docx", "binh-giang-2026", "binh-giang"),
    ("cat-hai-2025-h2-bullets-auto.docx", "cat-hai-2025-h2", "cat-hai"),
    ("hai-phong-2023-bullets-typed.docx", "hai-phong-2023", "hai-phong"),
    ("bach-long-vi-2026-table-auto.pdf", "bach-long-vi-2026", "bach-long-vi"),
    ("bach-long-vi-2026-table-typed.pdf", "bach-long-vi-2026", "bach-long-vi"),
    ("binh-giang-2026-table-cut.pdf", "binh-giang-2026", "binh-giang"),
    ("cat-hai-2025-h2-bullets-auto.pdf", "cat-hai-2025-h2", "cat-hai"),
    ("hai-phong-2023-bullets-typed.pdf", "hai-phong-2023", "hai-phong"),
    ("chinh-phu-nq03-pl1.md", "chinh-phu-nq03-pl1", "quoc-gia"),
    ("chinh-phu-nq03-pl2.md", "chinh-phu-nq03-pl2", "quoc-gia"),
)
FIGURES = ("target", "year", "unit")


def line(name: str, what: str, made: Measured) -> str:
    """A row of the table in docs/digitisation.md."""
    counts = " | ".join(str(made.of(outcome)) for outcome in (RIGHT, SILENT, DOUBTED, LEFT))
    return f"| `{name}` | {what} | {counts} |"


@pytest.mark.parametrize(("name", "gold", "locality"), MEASURED, ids=[name for name, _, _ in MEASURED])
def test_nothing_is_wrong_in_silence(name: str, gold: str, locality: str) -> None:
    for made in measured(name, gold, locality):
        assert made.of(SILENT) == 0, made.faults


@pytest.mark.parametrize(("name", "gold", "locality"), MEASURED, ids=[name for name, _, _ in MEASURED])
def test_cells_of_tables_are_right(name: str, gold: str, locality: str) -> None:
    tables, _ = measured(name, gold, locality)
    assert tables.share() >= (0.98 if name.endswith(".docx") else 0.95), tables.faults


@pytest.mark.parametrize(("name", "gold", "locality"), MEASURED, ids=[name for name, _, _ in MEASURED])
def test_no_row_is_added_in_silence(name: str, gold: str, locality: str) -> None:
    assert [row.label for row in added(name, gold, locality) if not row.all_doubts] == []


@pytest.mark.parametrize("ending", [".docx", ".pdf"])
def test_figures_in_bullets_are_right(ending: str) -> None:
    prose = [measured(*one)[1] for one in MEASURED if one[0].endswith(ending) and "typed.docx" not in one[0][:30]]
    right = sum(made.of(RIGHT, *FIGURES) for made in prose)
    every = sum(made.of(outcome, *FIGURES) for made in prose for outcome in (RIGHT, SILENT, DOUBTED, LEFT))
    assert right / every >= 0.9


def test_the_table_of_the_documentation_is_what_is_measured() -> None:
    text = (CODE / "docs" / "digitisation.md").read_text("utf-8")
    for name, gold, locality in MEASURED:
        for what, made in zip(("bảng", "câu"), measured(name, gold, locality), strict=True):
            if made.counts:
                assert line(name, what, made) in text


def test_the_fields_of_the_documentation_are_what_is_measured() -> None:
    """By field, over all documents."""
    text = (CODE / "docs" / "digitisation.md").read_text("utf-8")
    every = [made for one in MEASURED for made in measured(*one)]
    for name in FIELDS:
        counts = " | ".join(
            str(sum(made.of(outcome, name) for made in every)) for outcome in (RIGHT, SILENT, DOUBTED, LEFT)
        )
        assert re.search(rf"^\| {name} \| {re.escape(counts)} \|$", text, re.MULTILINE), f"| {name} | {counts} |"
