"""Rows without a value are folded, and none of them is lost; the filter and the list of contents fit the page."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from pipeline.plans.registry import Registry
from pipeline.report.folded_rows import runs
from tests.report.test_page import PLANS, _html, _page

EVERY_PLACE = pytest.mark.parametrize("locality", PLANS)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], []),
        (["1"], ["1"]),
        (["1", "2"], ["1", "2"]),
        (["1", "2", "3", "5", "7", "8", "9", "10"], ["1–3", "5", "7–10"]),
        (["1", "2", "3", "4a", "4b", "5"], ["1–3", "4a", "4b", "5"]),
        (["9", "10", "11", "3.1", "3.2"], ["9–11", "3.1", "3.2"]),
    ],
)
def test_numbers_in_a_row_are_one_span(labels: list[str], expected: list[str]) -> None:
    assert runs(labels) == expected


@EVERY_PLACE
def test_every_row_and_task_has_its_anchor_once(registry: Registry, locality: str) -> None:
    page = _page(registry, locality, "2025")
    ids = Counter(re.findall(r' id="([^"]+)"', _html(page)))
    rows = [f"{row.plan}-{row.key.label}" for plan in page.shown_plans for row in plan.indicators]
    tasks = [f"{task.plan}-task-{task.key.label}" for plan in page.shown_task_plans for task in plan.tasks]
    assert rows and [anchor for anchor in rows + tasks if ids[anchor] != 1] == []
    assert [anchor for anchor, times in ids.items() if times > 1] == []


@EVERY_PLACE
def test_links_of_the_contents_lead_to_sections_in_their_order(registry: Registry, locality: str) -> None:
    html = _html(_page(registry, locality, "2025"))
    contents = re.search(r'<nav class="contents".*?</nav>', html, re.DOTALL)
    assert contents is not None
    linked = re.findall(r'href="#([^"]+)"', contents[0])
    there = [name for name in re.findall(r'<section id="([^"]+)"', html) if name not in ("replaces", "sheet")]
    assert linked == there


@EVERY_PLACE
def test_what_the_filter_offers_finds_rows(registry: Registry, locality: str) -> None:
    html = _html(_page(registry, locality, "2025"))
    choices = set(re.findall(r'<input type="radio" name="only" id="(?:only-)?([^"]+)"', html)) - {"all"}
    classes = {name for of_row in re.findall(r'class="row ([^"]*)"', html) for name in of_row.split()}
    assert choices == classes


def test_what_all_rows_of_a_list_share_is_said_once(registry: Registry) -> None:
    """Seven rows of Cát Hải without any file said seven times that a missing figure is not 0."""
    html = _html(_page(registry, "cat-hai", "2025"))
    folds = re.findall(r'<details class="fold">.*?<ol class="folded">.*?\n</details>', html, re.DOTALL)
    assert folds
    assert all(fold.count("thiếu số liệu không phải là 0") <= 1 for fold in folds)


def test_a_row_with_a_value_is_two_low_rows_and_what_a_table_shares_is_said_once(registry: Registry) -> None:
    """A page of values grew on a desk: a column of its own for the trend left the names 115 px."""
    html = _html(_page(registry, "binh-giang", "2025"))
    tables = re.findall(r'<table class="indicators">.*?</table>(?:\n<p class="note shared">.*?</details>)?', html, re.S)
    assert tables
    assert all('<col class="trend">' not in table for table in tables)
    for table in tables:
        own, _, shared = table.partition('<p class="note shared">')
        lines = [set(re.findall(r"SHA-256 <code>\w+", chain)) for chain in own.split('<tr class="origin')[1:]]
        assert len(lines) < 2 or not set.intersection(*lines)
        assert len(lines) < 2 or shared


@pytest.mark.parametrize(
    ("locality", "told"),
    [
        (
            "binh-giang",
            "Hạn năm 2026. Hạn năm 2027. Chủ trì: Phòng Văn hóa - Xã hội. 2 dòng không nêu cơ",
        ),
        (
            "bach-long-vi",
            "Hạn năm 2027. Chủ trì: Phòng Văn hóa - Xã hội. 3 dòng không nêu cơ quan chủ trì.",
        ),
        ("cat-hai", "Hạn 31/12/2025. 17 dòng thường xuyên. 12 dòng không ghi ngày đến hạn."),
    ],
)
def test_what_one_line_says_of_a_list_is_true_of_every_row(registry: Registry, locality: str, told: str) -> None:
    """One agency stood as the lead of rows for which the plan names none; what recurs each year had “no deadline”."""
    assert told in re.sub(r"\s+", " ", _html(_page(registry, locality, "2025")))
