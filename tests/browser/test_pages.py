"""Published pages in Chromium: for everybody to read, quiet, and inside their width."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.published import NAMES

VIEWS = ("1280-light", "1280-dark", "390-light", "390-dark", "print")
PHONE = ("390-light", "390-dark")
EVERY_PAGE = pytest.mark.parametrize("name", NAMES)
QUIET = ("requests", "refused", "errors", "dialogs", "windows")

Found = dict[str, Any]


def _told(violations: list[dict[str, Any]]) -> list[str]:
    return [f"{v['id']} ({v['count']}): {node['at']}: {node['why']}" for v in violations for node in v["nodes"]]


@EVERY_PAGE
@pytest.mark.parametrize("view", VIEWS)
def test_axe_has_nothing_to_object_to(found: Found, name: str, view: str) -> None:
    assert _told(found[name]["views"][view]["violations"]) == []


@EVERY_PAGE
@pytest.mark.parametrize("view", PHONE)
def test_nor_with_everything_opened_on_a_phone(found: Found, name: str, view: str) -> None:
    assert found[name]["details"] > 0
    assert _told(found[name]["views"][view]["opened"]["violations"]) == []


@EVERY_PAGE
@pytest.mark.parametrize("view", VIEWS)
def test_axe_looked(found: Found, name: str, view: str) -> None:
    """Rules that are easily lost: one needs colours, one sizes, one is no success criterion."""
    assert {"color-contrast", "target-size", "region"} <= set(found[name]["views"][view]["rules"])


@EVERY_PAGE
@pytest.mark.parametrize("view", ["1280-light", "1280-dark"])
def test_no_grey_text_is_below_the_contrast_of_level_aaa(found: Found, name: str, view: str) -> None:
    assert found[name]["views"][view]["faint"] == []


@EVERY_PAGE
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_scrolls_sideways(found: Found, name: str, view: str) -> None:
    """On screens, and on the width of an A4 sheet, where what sticks out is cut."""
    seen = found[name]["views"][view]
    widths = [seen["overflow"], seen["opened"]["overflow"]] if seen["opened"] else [seen["overflow"]]
    for width in widths:
        assert width["scrollWidth"] <= width["clientWidth"], width["out"]


@EVERY_PAGE
@pytest.mark.parametrize("what", QUIET)
def test_the_page_does_nothing_but_show_itself(found: Found, name: str, what: str) -> None:
    """Under its own policy, in every view, opened, scrolled and printed. `refused` is what the policy stopped."""
    assert found[name][what] == []


@EVERY_PAGE
def test_pictures_say_what_they_show(found: Found, name: str) -> None:
    """Axe takes an empty alt for decoration; there is none on these pages."""
    pictures = found[name]["pictures"]
    assert pictures["withoutAlt"] == []
    assert pictures["unnamed"] == []


def test_there_are_pictures_to_look_at(found: Found) -> None:
    assert sum(seen["pictures"]["roles"] for name, seen in found.items() if name != "bad") > 0


def test_a_bad_page_is_found_out(found: Found) -> None:
    """What every test above would have to notice, on a page that has it."""
    bad = found["bad"]
    for view in VIEWS:
        objections = {violation["id"] for violation in bad["views"][view]["violations"]}
        assert {"color-contrast", "html-has-lang", "document-title", "svg-img-alt"} <= objections, view
    assert bad["views"]["1280-light"]["faint"]
    opened = {violation["id"] for violation in bad["views"]["390-light"]["opened"]["violations"]}
    assert opened - {violation["id"] for violation in bad["views"]["390-light"]["violations"]} == {"link-name"}
    width = bad["views"]["390-dark"]["overflow"]
    assert width["scrollWidth"] > width["clientWidth"]
    assert width["out"]
    assert bad["requests"] == ["http://outside.invalid/picture.png"]
    assert any(refusal.startswith("script-src") for refusal in bad["refused"])
    assert bad["errors"]
    assert len(bad["pictures"]["withoutAlt"]) == len(bad["pictures"]["unnamed"]) == 1
