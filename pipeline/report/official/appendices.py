"""The appendices of the report (phụ lục): every row, in the columns that say something, with its sources as notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from pipeline.completion.records import Completion
from pipeline.completion.statuses import ABSENT
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.official.model import Appendix, DocumentColumn, DocumentRow, DocumentTable
from pipeline.report.published_column import Alignment, ReportColumn, word_columns
from pipeline.report.words import Words

_ALWAYS = {"no", "name", "status"}
"""Columns that stay where all their cells are alike."""


def appendix_label(key: str, completion: Completion, words: Words) -> str:
    """'Phụ lục I'; 'Phụ lục' for the only one: from two on they have numbers (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
    of_indicators = completion.in_force or completion.starting
    of_tasks = any(plan.tasks for plan in completion.in_force)
    return words.text(key if of_indicators and of_tasks else "appendix.alone")


def appendix(
    key: str, kind: str, columns: Sequence[ReportColumn[Any]], rows: Sequence[DocumentRow], words: Words
) -> Appendix:
    """The appendix named `key` in the catalogue, numbered; `kind` is what it holds: title and headings depend on it.

    `rows` are over the columns of Word. Left out are columns in which no row has anything; the sources, each of which
    would stand in many rows, become numbered notes.
    """
    t = words.text
    declared = word_columns(columns)
    names = [column.key for column, _ in declared]
    rows, notes = _numbered(rows, names.index("source")) if "source" in names else (rows, ())
    nothing = {"", NO_VALUE, t("none.stated"), *(t(f"status.{status}") for status in ABSENT)}
    kept = [
        place
        for place, name in enumerate(names)
        if name in _ALWAYS or any(row.cells[place] not in nothing for row in rows if not row.heading)
    ]
    title = t(f"{key}.title-{kind}")
    table = DocumentTable(
        title=title,
        summary=t(f"{key}.summary-{kind}"),
        columns=tuple(
            DocumentColumn(
                title=words.text_or(f"{key}.{column.key}-{kind}", t(f"{key}.{column.key}")),
                width=cell.width,
                centred=column.align is not Alignment.LEFT,
                heads=column.key == "name",
            )
            for column, cell in (declared[place] for place in kept)
        ),
        rows=tuple(
            row if row.heading else dataclasses.replace(row, cells=tuple(row.cells[place] for place in kept))
            for row in rows
        ),
    )
    return Appendix(label=t(key), title=title, table=table, notes=notes)


def _numbered(rows: Sequence[DocumentRow], source: int) -> tuple[list[DocumentRow], tuple[str, ...]]:
    """The rows with '[1]' for a source, and the notes: each source once, in the order of the rows."""
    numbers: dict[str, str] = {}

    def number(row: DocumentRow) -> DocumentRow:
        if row.heading or (text := row.cells[source]) == NO_VALUE:
            return row
        cells = list(row.cells)
        cells[source] = numbers.setdefault(text, f"[{len(numbers) + 1}]")
        return dataclasses.replace(row, cells=tuple(cells))

    numbered = [number(row) for row in rows]
    return numbered, tuple(f"{number} {text}" for text, number in numbers.items())
