"""Faults planted on purpose: each must be caught by the corpus, or the corpus is worth nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pipeline.intake import delimited, examiner, interpret, reader, subjects, suites, values, workbook, workbook_parts
from pipeline.intake import sheets as tables
from pipeline.intake import validate as intake
from pipeline.intake.cells import Cell, Line, text_cell
from pipeline.paths import Layout
from pipeline.plans.registry import Registry, read_registry
from tests.corpus.generator import CLASSES, FILES_PER_CLASS, table
from tests.corpus.test_corpus import differences

Patch = pytest.MonkeyPatch


def latin_1_fallback(patch: Patch) -> None:
    strict = delimited.decode

    def lenient(content: bytes) -> str:
        try:
            return strict(content)
        except delimited.FileFaultError:
            return content.decode("latin-1")

    patch.setattr(delimited, "decode", lenient)


def width_check_off(patch: Patch) -> None:
    read = delimited.read_delimited
    patch.setattr(reader, "read_delimited", lambda content: replace(read(content), constant_width=False))


def loose_quotes(patch: Patch) -> None:
    def lines(text: str, delimiter: str, number: int) -> Iterator[Line]:
        for at, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=number):
            yield Line(at, tuple(map(text_cell, row)))

    patch.setattr(delimited, "_lines", lines)


def thousands_guessed(patch: Patch) -> None:
    patch.setattr(values, "_thousands", lambda text, style: values.Decimal(text.replace(".", "").replace(",", ".")))


def number_taken_out_of_words(patch: Patch) -> None:
    strict = values.read_cell

    def read(text: str, style: values.Style) -> values.Reading:
        try:
            return strict(text, style)
        except values.UnreadableError:
            found = re.search(r"[0-9]+", text)
            return strict(found[0] if found else text, style)

    patch.setattr(interpret, "read_cell", read)


def empty_is_zero(patch: Patch) -> None:
    read = tables._row

    def filled(*arguments: Any) -> tables.Row:
        row = read(*arguments)
        return replace(row, cells=row.cells | {"value": row.cells.get("value") or "0"})

    patch.setattr(tables, "_row", filled)


def conventions_may_mix(patch: Patch) -> None:
    patch.setattr(tables, "mixed_columns", lambda lines, columns: frozenset())


def names_not_compared(patch: Patch) -> None:
    patch.setattr(subjects.Catalogue, "_named", lambda self, entry, name: subjects.Subject((entry,)))


def merged_answers_filled_down(patch: Patch) -> None:
    take = tables._from_merged
    patch.setattr(tables, "_from_merged", lambda number, column, answer, grid: take(number, column, "", grid))


def hidden_characters_dropped(patch: Patch) -> None:
    patch.setattr(delimited, "text_cell", lambda text: Cell("".join(c for c in text if c.isprintable()).strip()))


def rule_dropped(patch: Patch) -> None:
    def read(path: Any) -> suites.Suite:
        suite = suites.read_suite(path)
        return replace(
            suite,
            rules=tuple(rule for rule in suite.rules if rule.id != "unique"),
            expectations=tuple(e for e in suite.expectations if e["meta"]["rule"] != "unique"),
        )

    patch.setattr(intake, "read_suite", read)


def _in_this_process(patch: Patch) -> None:
    patch.setattr(
        reader,
        "read_in_child",
        lambda content, kind: [workbook._grid(s) for s in examiner.read(content)],
    )


def workbook_not_examined(patch: Patch) -> None:
    _in_this_process(patch)
    patch.setattr(workbook_parts, "_examine_part", lambda name, data, found: None)


def readers_not_compared(patch: Patch) -> None:
    _in_this_process(patch)
    patch.setattr(examiner, "agree", lambda name, careful, fast: None)


def uncomputed_formula_is_empty(patch: Patch) -> None:
    _in_this_process(patch)
    patch.setattr(workbook_parts, "_NO_VALUE", re.compile(b"never"))


def percent_format_ignored(patch: Patch) -> None:
    _in_this_process(patch)
    patch.setattr(examiner, "number_cell", lambda value, percent: examiner.Cell(str(value).replace(".", ",")))


FAULTS: dict[Callable[[Patch], None], str] = {
    latin_1_fallback: "bytes_of_another_encoding",
    width_check_off: "one_cell_too_few",
    loose_quotes: "quote_inside_bare_text",
    thousands_guessed: "number_with_two_meanings",
    number_taken_out_of_words: "number_inside_words",
    empty_is_zero: "nothing_stated",
    conventions_may_mix: "dots_and_commas_in_one_column",
    names_not_compared: "name_of_another_row",
    merged_answers_filled_down: "xlsx_merged_answers",
    hidden_characters_dropped: "unseen_characters",
    rule_dropped: "one_indicator_twice",
    workbook_not_examined: "xlsx_cell_written_twice",
    readers_not_compared: "xlsx_value_written_twice",
    uncomputed_formula_is_empty: "xlsx_formula_never_computed",
    percent_format_ignored: "xlsx_percent_format",
}


@pytest.fixture(scope="module")
def binh_giang() -> Registry:
    return read_registry(Layout(), "binh-giang")


@pytest.mark.parametrize(("fault", "kind"), FAULTS.items(), ids=[fault.__name__ for fault in FAULTS])
def test_a_planted_fault_is_caught(
    fault: Callable[[Patch], None], kind: str, binh_giang: Registry, monkeypatch: Patch
) -> None:
    fault(monkeypatch)
    made = [CLASSES[kind](table(binh_giang, f"{kind}/{n}"), n, kind) for n in range(FILES_PER_CLASS)]
    assert any(list(differences(case, binh_giang)) for case in made)
