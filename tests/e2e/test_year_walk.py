"""A year of Bình Giang through real notebooks: page, Word and CSV say what a table written by hand says.

Each line of year-walk.csv is one sentence or count, worked out from the figures of `tests.made_up_year` and the plan.
`walk` is that year, `silent` is Bạch Long Vĩ, which sends nothing in it, `perfect` a commune that does everything.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from docx import Document

from pipeline.paths import CODE
from tests.e2e.conftest import run_make
from tests.made_up_year import EDITIONS, write_perfect_year, write_year

with Path(__file__).with_name("year-walk.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))
LOCALITIES = {"walk": "binh-giang", "silent": "bach-long-vi", "perfect": "binh-giang"}
NOT_MET = {
    *("missed", "not-yet-met", "breached", "starting-point", "on-track", "at-risk", "late", "reversed", "in-progress")
}
ABSENT = {"not-submitted", "not-due", "quarantined"}
Row = dict[str, str]
INDICATORS: dict[str, Callable[[Row], bool]] = {
    "met": lambda row: row["status"] == "met",
    "not met": lambda row: row["status"] in NOT_MET,
    "absent": lambda row: row["status"] in ABSENT,
    "older": lambda row: row["status"] in ABSENT and row["latest_as_of"] != "",
    "older at target": lambda row: row["status"] in ABSENT and row["latest_meets"] == "true",
    "starting point met": lambda row: row["status"] == "baseline-met",
    "starting point below": lambda row: row["status"] == "baseline-below",
    "starting point unknown": lambda row: row["status"] == "baseline-unknown",
}
DONE = {"done-on-time", "done-late"}
TASKS: dict[str, Callable[[Row], bool]] = {
    "dated": lambda row: row["due"] != "",
    "dated done": lambda row: row["due"] != "" and row["status"] in DONE,
    "recurring": lambda row: row["deadline_kind"] == "recurring",
    "recurring in time": lambda row: row["status"] == "recurring",
    "undated": lambda row: row["due"] == "" and row["deadline_kind"] != "recurring",
    "undated done": lambda row: row["status"] == "done-undated",
}


@pytest.fixture(scope="module")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The folder of a report, made once with `make report`, after those of the periods before it."""
    year, perfect = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("perfect")
    write_year(year)
    write_perfect_year(perfect)
    roots = {"walk": year, "silent": year, "perfect": perfect}

    @cache
    def folder(whose: str, period: str) -> Path:
        if whose == "walk" and period != EDITIONS[0]:
            folder(whose, EDITIONS[EDITIONS.index(period) - 1])
        parameters = (f"LOCALITY={LOCALITIES[whose]}", f"PERIOD={period}")
        answer = run_make(CODE, "report", *parameters, PIPELINE_ROOT=str(roots[whose]))
        assert answer.returncode == 0, answer.stderr
        return roots[whose] / Path(answer.stdout.strip()).parent

    return folder


def test_the_table_has_every_report_of_the_year() -> None:
    assert {row["period"] for row in TABLE if row["year"] == "walk"} == set(EDITIONS)
    assert {row["year"] for row in TABLE} == set(LOCALITIES)


@pytest.mark.parametrize(
    "line", [pytest.param(row, id=f"{number}-{row['year']}-{row['period']}") for number, row in enumerate(TABLE, 2)]
)
def test_a_line_of_the_table(line: Row, report_of: Callable[[str, str], Path]) -> None:
    report, what, expected = report_of(line["year"], line["period"]), line["what"], line["expected"]
    if line["where"] in ("page", "word"):
        text = _page(report) if line["where"] == "page" else _word(report)
        assert (expected in text) is (what == "says"), _near(expected, text)
    else:
        assert _figure(report / line["where"], what) == expected


def _figure(path: Path, what: str) -> str:
    """A cell, named by row and column ('II.15 status'), or the number of rows of a kind ('not met')."""
    rows = _rows(path)
    if what in INDICATORS:
        return str(sum(INDICATORS[what](row) for row in rows if row["kind"] == "indicator"))
    if what in TASKS:
        return str(sum(TASKS[what](row) for row in rows if _counted(row)))
    label, column = what.split()
    return next(row[column] for row in rows if f"{row['group']}.{row['no']}" == label)


@cache
def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _page(report: Path) -> str:
    """The words of the page, without styles and scripts."""
    text = (report / "index.html").read_text("utf-8")
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return _plain(re.sub(r"</?(?:em|strong|a|span|small|b|code)\b[^>]*>", "", text))


@cache
def _word(report: Path) -> str:
    """The words of the Word file: paragraphs, then the cells of its tables."""
    document = Document(str(report / "report.docx"))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return _plain("\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def _near(expected: str, text: str) -> str:
    """What stands where the sentence begins, for the message of a failure."""
    start = next((text.find(expected[:n]) for n in (40, 20, 10) if expected[:n] in text), -1)
    return text[max(start, 0) : start + len(expected) + 80] if start >= 0 else "no such words"


def _counted(task: Row) -> bool:
    return task["repeats"] == "false" and task["status"] != "plan-not-in-force"
