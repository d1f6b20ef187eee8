"""Sentences of page and Word that must be true of every report: names of kinds, zeros, silence, ended plans."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.report.page import Page
from tests.made_up_year import write_cat_hai, write_perfect_year, write_year
from tests.report.test_year import _official, _paragraphs, _report, _text

Report = tuple[Completion, Intake]
Reports = Callable[..., Report]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_year(tmp_path_factory.mktemp("walk")))


@pytest.fixture(scope="module")
def cat_hai(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_cat_hai(tmp_path_factory.mktemp("cat-hai")))


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    return _reports(write_perfect_year(tmp_path_factory.mktemp("perfect")))


def _reports(layout: Layout) -> Reports:
    """The reports of a project, each computed once."""
    return cache(lambda period, locality="binh-giang": _report(layout, period, locality))


def _page(report: Report, language: str = "vi") -> Page:
    return Page(*report, "0" * 64, language)


def _said(report: Report) -> str:
    return _paragraphs(_official(report))


def test_the_table_of_agencies_says_what_it_leaves_out(walk: Reports) -> None:
    """15 of 22 indicators and 4 of 31 tasks name no agency; the rows of the table add up to less than 22."""
    report = walk("2026-F")
    completion = report[0]
    assert sum(agency.rate.total for agency in completion.agencies) < completion.rate.total
    agencies = _text(_page(report).agencies())
    assert "lớn hơn" not in agencies
    assert "cộng các dòng không ra số chung của địa phương" in agencies
    assert "Ngoài bảng: 15 chỉ tiêu, vì kế hoạch không nêu cơ quan chủ trì." in agencies
    assert "Ngoài bảng: 4 nhiệm vụ, vì kế hoạch không nêu cơ quan chủ trì." in agencies
    named = [task.model_copy(update={"lead": ("Văn phòng",)}) for task in completion.plans[0].tasks]
    plan = completion.plans[0].model_copy(update={"tasks": tuple(named)})
    all_named = completion.model_copy(update={"plans": (plan,)})
    assert "nhiệm vụ, vì kế hoạch" not in _text(_page((all_named, report[1])).agencies())
