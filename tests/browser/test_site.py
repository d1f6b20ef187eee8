"""The site with 115 made-up reports in Chromium: accessible in every view, quick to pass, whole on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.site.sections import Site
from pipeline.site.site_page import due_pages, render_due
from tests.browser.published import run_node
from tests.browser.test_pages import PHONE, QUIET, VIEWS, _told
from tests.browser.test_print import printed_text
from tests.factories import copy_raw
from tests.site.city import write_city, write_pages

PAGES = ("index.html", "due.html", "due-hai-phong.html")
MOST_STOPS = 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    layout = copy_raw(tmp_path_factory.mktemp("city"))
    write_city(layout)
    folder = tmp_path_factory.mktemp("pages")
    pages = write_pages(layout, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.site.due_page.MOST_PLACES", 0)  # above it, who owes what has a page for each province
        site = Site.open("", "en", "vi", layout=layout)
        made = {page.name: render_due(page, site) for page, _ in due_pages(layout, site)}
    pages["due-hai-phong.html"] = folder / "due-hai-phong.html"
    pages["due-hai-phong.html"].write_text(made["due-hai-phong.html"], "utf-8")
    return pages


@pytest.fixture(scope="module")
def seen(site: Mapping[str, Path], machine: None) -> dict[str, Any]:
    looked = run_node("inspect.mjs", [site[name] for name in PAGES])
    return {name: looked[str(site[name])] for name in PAGES}


@pytest.fixture(scope="module")
def walked(site: Mapping[str, Path], machine: None) -> dict[str, Any]:
    found: dict[str, Any] = run_node("walk.mjs", [site["index.html"]])[str(site["index.html"])]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_view_is_accessible_quiet_and_inside_its_width(seen: dict[str, Any], name: str) -> None:
    for view in VIEWS:
        one = seen[name]["views"][view]
        assert _told(one["violations"]) == [], view
        assert one["overflow"]["scrollWidth"] <= one["overflow"]["clientWidth"], (view, one["overflow"]["out"])
    for view in PHONE:
        assert _told(seen[name]["views"][view]["opened"]["violations"]) == [], view
    assert [seen[name][what] for what in QUIET] == [[]] * len(QUIET)


def test_the_list_is_near_by_keyboard(walked: dict[str, Any]) -> None:
    """With the ways past the grid and the heat table, each of which comes on the screen when it is reached."""
    stops = walked["stops"]
    assert stops[-1]["list"]
    assert len(stops) < MOST_STOPS
    past = [stop for stop in stops if stop["past"]]
    assert [stop["text"] for stop in past] == ["Bỏ qua lưới địa phương", "Bỏ qua bảng nhiệt"]
    assert all(stop["onScreen"] for stop in past)


def test_a_phone_is_told_what_is_to_the_right_and_keeps_the_head(walked: dict[str, Any]) -> None:
    for table in walked["phone"]:
        assert table["said"] == table["right"]
        assert (table["cut"], table["small"]) == (0, 0)
        assert table["links"] > 0
    first, scrolled = (table["right"] for table in walked["phone"])
    assert first > scrolled > 0
    assert walked["stuck"] == 0


def test_every_sheet_of_a_wide_heat_table_has_its_head(tmp_path: Path) -> None:
    """Over more than 40 columns the head has numbers, with the names before the table: names would be too high."""
    layout = copy_raw(tmp_path / "root")
    write_city(layout, rows=60)
    sheets = printed_text(write_pages(layout, tmp_path)["index.html"], tmp_path)
    begins = next(n for n, text in enumerate(sheets) if "Bảngnhiệt:" in text)
    ends = next(n for n, text in enumerate(sheets) if "Tỷlệđạtlàmộtcặp" in text)
    numbers = "".join(map(str, range(1, 61)))
    assert ends - begins > 3
    assert [numbers in text for text in sheets[begins:ends]] == [True] * (ends - begins)
    assert "1.Tỷlệ" in sheets[begins]
    assert "60." in sheets[begins]
