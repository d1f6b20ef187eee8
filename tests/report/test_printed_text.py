"""What stays Vietnamese on a page in another language is marked as Vietnamese, and stands in no English sentence."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from markupsafe import Markup

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.paths import Layout
from pipeline.report.concept_words import indicator_in, named_in
from pipeline.report.page import Page
from pipeline.report.printed_text import printed, with_elements, without_marks
from pipeline.report.words import Words
from tests.made_up_year import write_cat_hai, write_year
from tests.report.test_year import _report, _text

SECTIONS = ("head", "answer", "attention", "change", "plans", "stages", "agencies", "tasks", "reported")
MORE = ("conflicts", "quality")
_VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơư\u1ea0-\u1ef9]", re.IGNORECASE)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return write_year(tmp_path_factory.mktemp("walk"))


def test_a_vietnamese_value_becomes_an_element_of_another_page() -> None:
    text = Words("en").text("attention.lead", lead="Công an <xã>")
    made = with_elements(str(Markup("<p title='{0}'>{0}</p>").format(text)))
    marked = '<span lang="vi">Công an &lt;xã&gt;</span>'
    assert made == f"<p title='lead: Công an &lt;xã&gt;'>lead: {marked}</p>"
    assert without_marks(text) == "lead: Công an <xã>"


def test_only_what_is_vietnamese_is_set_apart_and_only_once() -> None:
    assert printed("Công an", "vi") == "Công an"
    assert printed("SHA-256", "en") == "SHA-256"
    assert printed(Markup("<b>Xã</b>"), "en") == "<b>Xã</b>"
    once = printed("Xã", "en")
    assert printed(f"of {once}", "en") == f"of {once}"
    assert with_elements("\u2069a\u2068") == "a"  # a stray character of what somebody sent opens nothing


def test_one_point_is_singular() -> None:
    assert Words("en").text("unit.points", count=1) == "percentage point"
    assert Words("en").text("unit.points", count=2) == "percentage points"


@pytest.mark.parametrize("period", ["2026-9M", "2026-F", "2027-Q1"])
def test_no_vietnamese_stands_unmarked_on_an_english_page(walk: Layout, period: str) -> None:
    _assert_marked(_report(walk, period))


def test_no_vietnamese_stands_unmarked_beside_figures_published_elsewhere(tmp_path: Path) -> None:
    layout = write_cat_hai(tmp_path)
    for place in ("cat-hai", "hai-phong"):
        _assert_marked(_report(layout, "2025", place))


@pytest.mark.parametrize("place", ["bach-long-vi", "binh-giang"])
def test_nor_on_the_pages_of_the_real_plans(place: str) -> None:
    """Indicators are named by their concepts, in English; the words of the plan stand apart below."""
    report = _report(Layout(), "2025", place)
    _assert_marked(report)
    page = Page(*report, "0" * 64, "en")
    assert "Only in Vietnamese: the words of indicators, tasks and definitions" in page.head().html
    squares = re.findall(r'<a class="square[^>]* title="([^"]*)"', page.answer().html)
    names = [named_in(row.concept, page.completion, page.words) for row in page.completion.plans[0].indicators]
    assert all(names)
    shown = html.unescape(page.plans().html)
    assert [name for name in names if name not in shown] == []
    assert not [title for title in squares if _VIETNAMESE.search(title)]


def test_a_sentence_names_the_concept_and_the_unit_in_english(walk: Layout) -> None:
    completion, _ = _report(walk, "2026-F")
    words = Words("en")
    row = next(row for plan in completion.plans for row in plan.indicators if row.concept == "incident-recovery-hours")
    assert indicator_in(row, completion, words) == "Time to bring an information system back after an incident"
    assert words.target_with_unit(row.target, row.unit) == "≤\N{NO-BREAK SPACE}24\N{NO-BREAK SPACE}h"
    assert _VIETNAMESE.search(indicator_in(row, completion, Words("vi")))
    assert words.unit("gian hàng") == "gian hàng"  # not in the catalogue: as it is printed


def _assert_marked(report: tuple[Completion, Intake]) -> None:
    page = Page(*report, "0" * 64, "en")
    for section in (*SECTIONS, *MORE):
        shown = getattr(page, section)().html
        tree = html5lib.parse(shown, treebuilder="etree", namespaceHTMLElements=False)
        assert [text for text in _unmarked(tree) if _VIETNAMESE.search(text)] == [], section
        assert [text for text in _labels(tree) if _VIETNAMESE.search(text)] == [], section
        assert "\u2068" not in shown


def _labels(tree: Any) -> Iterator[str]:
    """What is read out or shown from attributes, which cannot say their language."""
    for element in tree.iter():
        yield from (element.get(name, "") for name in ("title", "alt", "aria-label", "data-label"))


def _unmarked(element: Any) -> Iterator[str]:
    """The texts outside elements that are said to be Vietnamese."""
    if element.get("lang") == "vi":
        return
    yield element.text or ""
    for child in element:
        yield from _unmarked(child)
        yield child.tail or ""


def test_rules_and_the_decree_are_said_to_be_in_vietnamese_only(walk: Layout) -> None:
    report = _report(walk, "2026-9M")
    english, vietnamese = Page(*report, "0" * 64, "en"), Page(*report, "0" * 64)
    assert "The texts of the rules and of their warnings are in Vietnamese only." in _text(english.quality())
    assert "chỉ có bằng tiếng Việt" not in _text(vietnamese.quality())
    told = '<li>Where the days of the cut-offs come from, in Vietnamese only: <span lang="vi">'
    assert told in english.quality().html
    head = _text(english.head())
    assert "(counted as in Nghị định 09/2019/NĐ-CP , which has no period of nine months)" in head
