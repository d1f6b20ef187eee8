"""The grid of places, what the site says of each, and how large its pages are with 115 of them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path
from typing import Any

import html5lib
import pytest

from pipeline.completion.counts import DatedTasks
from pipeline.paths import CODE, Layout
from pipeline.plans.models import Locality
from pipeline.report.words import Words
from pipeline.site import coverage as module
from pipeline.site.coverage import Sent, coverage_of, sentence_of
from pipeline.site.locality_row import LocalityRow, RowCounts
from pipeline.site.sections import Site
from tests.factories import copy_raw
from tests.site.city import write_city, write_pages

MOST_BYTES = 400_000


def _row(slug: str = "xa-a", starting: int = 0, **counts: int) -> LocalityRow:
    given = dict.fromkeys(RowCounts.__dataclass_fields__, 0) | counts
    dates: dict[str, Any] = {"older_first": None, "older_last": None}
    return LocalityRow(
        locality=slug,
        locality_name="Xã A",
        period="2026",
        method="x",
        cut_off=dt.date(2026, 12, 14),
        synthetic=False,
        starting=starting,
        missing_annexes=False,
        rate=RowCounts(**(given | dates)),
        dated=DatedTasks(),
    )


@pytest.mark.parametrize(
    ("row", "vi", "en"),
    [
        (
            _row(total=22, met=10, absent=6),
            "Xã A: 10 trên 22 chỉ tiêu đạt; 6 chưa đạt; 6 chưa có số liệu của kỳ",
            "Xã A: 10 of 22 indicators met; 6 not met; 6 without data of the period",
        ),
        (_row(total=5, met=4, undecidable=1), "Xã A: 4 trên 5 chỉ tiêu đạt; 1 không đủ căn cứ", ""),
        (_row(total=5, met=5), "Xã A: 5 trên 5 chỉ tiêu đạt", "Xã A: 5 of 5 indicators met"),
        (_row(total=30, absent=30), "Xã A: chưa có số liệu của kỳ ở chỉ tiêu nào trong 30 chỉ tiêu được tính", ""),
        (_row(starting=1), "Xã A: kế hoạch chưa bắt đầu, số liệu đã gửi là xuất phát điểm", ""),
        (_row(), "Xã A: không có chỉ tiêu nào được tính trong kỳ", ""),
    ],
)
def test_a_locality_in_a_sentence(row: LocalityRow, vi: str, en: str) -> None:
    """The parts add up to the whole, and none is said that is zero."""
    assert sentence_of(row, Words("vi", "site")) == vi
    if en:
        assert re.sub("[\u2068\u2069]", "", sentence_of(row, Words("en", "site"))) == en


def _place(slug: str, kind: str, parent: str = "01") -> Locality:
    code = parent if not parent or kind in ("Tỉnh", "Thành phố") else "00001"
    name = slug.upper()
    return Locality(
        code=code or "01",
        slug=slug,
        name=name,
        full_name=f"{kind} {name}",
        type=kind,
        parent="" if kind in ("Tỉnh", "Thành phố") else parent,
    )


def test_a_city_is_not_among_its_own_communes_and_each_kind_is_apart() -> None:
    places = [_place("tp", "Thành phố", "01"), *(_place(slug, "Xã") for slug in ("a", "b", "c", "d"))]
    places.append(_place("e", "Phường"))
    rows = {
        "tp": _row("tp", total=3, absent=3),
        "a": _row("a", total=2, met=1),
        "b": _row("b", total=2, absent=2),
        "c": _row("c", starting=1),
    }
    grid = coverage_of(places, rows, frozenset({"d"}))
    (province,) = grid.provinces
    assert (grid.units, grid.reporting, grid.observed, grid.own_reports) == (5, 4, 1, 1)
    assert [(kind.name, kind.reporting, len(kind.tiles)) for kind in province.kinds] == [("Phường", 0, 1), ("Xã", 4, 4)]
    assert [tile.sent for tile in province.units] == [
        Sent.VALUES,
        Sent.SILENT,
        Sent.STARTING,
        Sent.UNREADABLE,
        Sent.OWED,
    ]
    assert [tile.met for tile in province.units] == ["1/2", "–/2", "", "", ""]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = copy_raw(tmp_path_factory.mktemp("city"))
    write_city(layout)
    return layout


def test_every_page_with_115_reports_is_light(city: Layout, tmp_path: Path) -> None:
    pages = write_pages(city, tmp_path)
    assert {name: path.stat().st_size for name, path in pages.items() if path.stat().st_size > MOST_BYTES} == {}
    tree = html5lib.parse(pages["index.html"].read_text("utf-8"), namespaceHTMLElements=False)
    tiles = [li for ul in tree.iter("ul") if ul.get("class") == "grid" for li in ul]
    assert len(tiles) == 115
    site = Site.open("", layout=city)
    said = {a.get("title") for li in tiles if (a := li.find("a")) is not None}
    assert said == {site.sentence(row) for row in site.summaries}
    rates = [row.rate for row in site.summaries]
    assert Counter(li.get("class") for li in tiles) == Counter("on" if r.observed else "silent" for r in rates)
    links = [a for a in tree.iter("a") if not "".join(a.itertext()).strip()]
    assert links == []
    for path in pages.values():  # the way past the header ends behind it
        body = html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False).find("body")
        assert [part.tag for part in body] == ["a", "header", "main", "script"]


def test_many_places_have_a_line_for_each_province(city: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TILES", 100)
    tree = html5lib.parse(Site.open("", layout=city).answer().html, namespaceHTMLElements=False)
    (grid,) = [e for e in tree.iter("div") if e.get("class") == "coverage"]
    (head,) = grid.findall("h3")
    assert re.sub(r"\s+", " ", "".join(head.itertext())) == "Thành phố Hải Phòng 114/114 có trang báo cáo"


@pytest.mark.parametrize(("language", "report"), [("vi", r"(?<!trang )báo cáo(?! tiến độ)"), ("en", r"\breports?\b")])
def test_a_page_and_a_report_that_is_owed_have_words_of_their_own(language: str, report: str) -> None:
    """“Trang báo cáo” is made here, “báo cáo” is what an office sends: only the page of who owes what speaks of it."""
    catalogue = (CODE / "pipeline" / "site" / "locale" / language / "site.po").read_text("utf-8")
    messages = re.findall(r'msgid "([\w.-]+)"\n(.*?)(?=\n\n|\Z)', catalogue, flags=re.DOTALL)
    no_words = r"\{\w+\}|make report|msgid_plural.*"
    said = {key for key, text in messages if re.search(report, re.sub(no_words, "", text.lower()))}
    assert len(messages) > 150
    assert {key for key in said if not key.startswith("due.")} == set()
    assert {"due.lead", "due.no-day", "due.read"} <= said
