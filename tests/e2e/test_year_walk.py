"""A year of Bình Giang through real notebooks: page, Word and CSV say what a table written by hand says.

Each line of year-walk.csv is one sentence or count, worked out from the figures of `tests.made_up_year` and the plan.
`walk` is that year, `silent` is Bạch Long Vĩ, which sends nothing in it, `perfect` a commune that does everything.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from pipeline.paths import CODE
from tests.e2e.conftest import run_make
from tests.made_up_year import EDITIONS, write_perfect_year, write_year

with Path(__file__).with_name("year-walk.csv").open(encoding="utf-8", newline="") as file:
    TABLE = list(csv.DictReader(file))
REPORTS = list(dict.fromkeys((row["year"], row["period"]) for row in TABLE))
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
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The project of each of the three."""
    year, perfect = tmp_path_factory.mktemp("year"), tmp_path_factory.mktemp("perfect")
    write_year(year)
    write_perfect_year(perfect)
    return {"walk": year, "silent": year, "perfect": perfect}


def test_the_table_has_every_report_of_the_year() -> None:
    assert [period for whose, period in REPORTS if whose == "walk"] == list(EDITIONS)
    assert {whose for whose, _ in REPORTS} == set(LOCALITIES)


@pytest.mark.parametrize(("whose", "period"), REPORTS)
def test_a_report_says_what_was_worked_out_by_hand(whose: str, period: str, roots: dict[str, Path]) -> None:
    parameters = (f"LOCALITY={LOCALITIES[whose]}", f"PERIOD={period}")
    answer = run_make(CODE, "report", *parameters, PIPELINE_ROOT=str(roots[whose]))
    assert answer.returncode == 0, answer.stderr
    folder = roots[whose] / Path(answer.stdout.strip()).parent
    texts = {"page": _page(folder), "word": _word(folder)}
    wrong = {}
    for line in TABLE:
        where, what, expected = line["where"], line["what"], line["expected"]
        if (line["year"], line["period"]) != (whose, period):
            continue
        if where in texts:
            holds, found = (expected in texts[where]) is (what == "says"), _near(expected, texts[where])
        else:
            found = _figure(folder / where, what)
            holds = found == expected
        if not holds:
            wrong[f"{where} {what} {expected}"] = found
    assert not wrong, wrong


def _figure(path: Path, what: str) -> str:
    """A cell, named by row and column ('II.15 status'), or the number of rows of a kind ('not met')."""
    rows = _rows(path)
    if what in INDICATORS:
        return str(sum(INDICATORS[what](row) for row in rows if row["kind"] == "indicator"))
    if what in TASKS:
        return str(sum(TASKS[what](row) for row in rows if _counted(row)))
    label, column = what.split()
    return next(row[column] for row in rows if f"{row['group']}.{row['no']}" == label)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _page(report: Path) -> str:
    """The words of the page, without styles and scripts."""
    text = (report / "index.html").read_text("utf-8")
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return _plain(re.sub(r"</?(?:em|strong|a|span|small|b|code)\b[^>]*>", "", text))


def _word(report: Path) -> str:
    """The words of the Word file: paragraphs, then the cells of its tables; numbers of documents with plain hyphens."""
    document = Document(str(report / "report.docx"))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    return _plain(text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NON-BREAKING HYPHEN}", "-"))


def _near(expected: str, text: str) -> str:
    """What stands where the sentence begins, for the message of a failure."""
    start = next((text.find(expected[:n]) for n in (40, 20, 10) if expected[:n] in text), -1)
    return text[max(start, 0) : start + len(expected) + 80] if start >= 0 else "no such words"


def _counted(task: Row) -> bool:
    return task["repeats"] == "false" and task["status"] != "plan-not-in-force"
