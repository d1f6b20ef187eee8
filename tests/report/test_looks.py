"""One status, one look: its colours can be read, and are the same on the page, in charts and in the workbook."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from pipeline.completion.statuses import NOT_MET, ON_ITS_WAY, Category, Status
from pipeline.report.catalogues import LANGUAGES
from pipeline.report.charts import INK, MUTED
from pipeline.report.looks import Look, look
from pipeline.report.notebook_style import SHEET
from pipeline.report.words import Words

_SHEET = SHEET.read_text("utf-8")
_THEMES = [dict(re.findall(r"--(\w+): (#\w+)", part)) for part in re.findall(r":root \{(.*?)\}", _SHEET, re.DOTALL)]
_JUDGED = (Look.MET, Look.ON_ITS_WAY, Look.NOT_MET)


def _contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours, `#rrggbb` or `#rgb`."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", _THEMES, ids=["light", "dark"])
def test_a_look_is_read_on_its_ground_and_told_from_the_others_in_black_and_white(theme: dict[str, str]) -> None:
    for kind in (*_JUDGED, Look.UNKNOWN):
        assert min(_contrast(theme[kind], theme[ground]) for ground in ("paper", "soft")) >= 4.5
    for one, other in combinations(_JUDGED, 2):
        assert _contrast(theme[one], theme[other]) >= 1.3
    assert max(_JUDGED, key=lambda kind: _contrast(theme[kind], theme["paper"])) is Look.NOT_MET


@pytest.mark.parametrize("theme", _THEMES, ids=["light", "dark"])
def test_body_text_and_grey_notes_have_the_contrast_of_level_aaa(theme: dict[str, str]) -> None:
    for text in ("ink", "muted"):
        assert min(_contrast(theme[text], theme[ground]) for ground in ("paper", "soft")) >= 7


def test_charts_and_workbook_have_the_colours_of_the_style_sheet() -> None:
    light = _THEMES[0]
    assert light["muted"] == MUTED == Look.NOT_DUE.colour
    assert {kind: kind.colour for kind in (*_JUDGED, Look.UNKNOWN)} == {
        kind: light[kind] for kind in (*_JUDGED, Look.UNKNOWN)
    }
    for kind in _JUDGED:
        assert _contrast(kind.tint, INK) >= 7
        assert f".square.{kind} " in _SHEET


def test_a_word_without_blanks_breaks_and_widens_no_list() -> None:
    """An address of 120 letters in a name made a page of 390 px 1,283 px wide."""
    body = re.search(r"^body \{(.*?)\}", _SHEET, re.S | re.M)
    assert body and "overflow-wrap: break-word" in body[1]
    tracks = re.findall(r"\.attention li \{[^}]*grid-template-columns: ([^;]+);", _SHEET)
    assert len(tracks) == 3 and not [t for t in tracks if re.search(r"(?<!, )\b\d+fr", t)]


def test_what_is_on_its_way_never_looks_like_a_failure() -> None:
    assert {look(status) for status in ON_ITS_WAY} == {Look.ON_ITS_WAY}
    assert {look(status) for status in NOT_MET - ON_ITS_WAY} == {Look.NOT_MET}
    assert {s for s in Status if look(s) is Look.MET} == {Status.MET, Status.BASELINE_MET}
    assert look(Status.BASELINE_BELOW) is Look.ON_ITS_WAY
    assert {look(status) for status in Status} == set(Look)
    assert {status.category for status in Status} == set(Category)


def test_a_look_has_a_sign_and_a_word_of_its_own() -> None:
    assert len({kind.sign for kind in Look}) == len(Look)
    assert len({kind.fill for kind in _JUDGED}) == len(_JUDGED)
    for language in LANGUAGES:
        assert len({Words(language, "words").text(kind.word) for kind in Look}) == len(Look)


def test_nothing_moves_by_itself() -> None:
    """A reader may ask for less motion; so there is none."""
    assert not re.search(r"scroll-behavior|transition|animation", _SHEET)
