"""The site of all localities, as an analyst makes it; no page of a locality holds the data of another."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.render import check_page
from pipeline.site.site_page import script
from pipeline.site.site_record import SiteRecord
from tests.e2e.conftest import run_make
from tests.factories import copy_raw, report_2026_as_2025, submit
from tests.faults.hostile import MAKE
from tests.site.country import write_country, write_summary
from tests.site.summaries import Summary, publish

CANARIES = {
    "bach-long-vi": ("bach-long-vi-2026", "13", "71.3947", "Nguồn hoàng yến bạch"),
    "binh-giang": ("binh-giang-2026", "14", "63.8251", "Nguồn hoàng yến bình"),
}
"""Plan, row, value and source that only this locality sends."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Two real reports with planted figures, one of them refused, and their site."""
    root = tmp_path_factory.mktemp("site")
    copy_raw(root)
    for locality, (plan, number, value, source) in CANARIES.items():
        shutil.rmtree(root / "data" / "raw" / "submissions" / locality)
        row = {"plan": plan, "no": number, "value": value, "source": source, "as_of": "2026-11-20"}
        out = row | {"no": "11", "value": f"1{value}", "note": f"{source} ghi"}
        submit(root, locality, "2026", FileKind.OBSERVATIONS, row, out)
    for given in (["LOCALITY=bach-long-vi", "PERIOD=2026"], ["LOCALITY=binh-giang", "PERIOD=2026", "PAGE_LANG=en"]):
        answer = run_make(CODE, "report", *given, PIPELINE_ROOT=str(root))
        assert answer.returncode == 0, answer.stderr
    answer = run_make(CODE, "overview", "PAGE_LANG=en", PIPELINE_ROOT=str(root))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "reports/index.html\n"
    return Layout(root)


def _bytes(layout: Layout) -> dict[str, str]:
    files = [*layout.reports.glob("*.html"), *(layout.reports / ".site").iterdir()]
    return {layout.relative(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_site_is_published_with_its_notebook_and_record(site: Layout) -> None:
    assert set(_bytes(site)) == {
        "reports/index.html",
        "reports/index.en.html",
        "reports/due.html",
        "reports/due.en.html",
        "reports/.site/overview.ipynb",
        "reports/.site/overview.en.ipynb",
        "reports/.site/site.json",
    }
    assert not list(site.reports.glob(".staging*"))
    record = SiteRecord.model_validate_json((site.reports / ".site" / "site.json").read_text("utf-8"))
    shown = record.shown
    assert (shown.period, shown.with_report, shown.reported, shown.listed) == ("2026", 2, 2, 115)
    for name in ("index.html", "index.en.html"):
        html = (site.reports / name).read_text("utf-8")
        check_page(html, script())
        assert record.input_id in html
    for name in _bytes(site):
        text = (site.root / name).read_text("utf-8")
        assert str(site.root) not in text, name
        assert str(CODE) not in text, name


def test_every_link_leads_to_an_existing_file_and_row(site: Layout) -> None:
    for name in ("index.html", "index.en.html"):
        tree = html5lib.parse(
            (site.reports / name).read_text("utf-8"), treebuilder="etree", namespaceHTMLElements=False
        )
        links = {a.get("href") for a in tree.iter("a")}
        ids = {name: {e.get("id") for e in tree.iter()}}
        for link in sorted(links):
            path, _, anchor = link.partition("#")
            target = site.reports / (path or name)
            assert target.is_file(), link
            if str(target) not in ids:
                page = html5lib.parse(target.read_text("utf-8"), treebuilder="etree", namespaceHTMLElements=False)
                ids[str(target)] = {e.get("id") for e in page.iter()}
            assert not anchor or unquote(anchor) in ids[str(target)], link
        assert sum("#" in link and not link.startswith("#") for link in links) > 1  # cells that need attention


def test_the_second_time_there_is_nothing_to_do_and_force_gives_equal_bytes(site: Layout) -> None:
    before = _bytes(site)
    again = run_make(CODE, "overview", "PAGE_LANG=en", PIPELINE_ROOT=str(site.root))
    assert again.returncode == 0
    assert "đã mới nhất" in again.stderr
    assert _bytes(site) == before
    changed = {"TZ": "Asia/Ho_Chi_Minh", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    forced = run_make(CODE, "overview", "PAGE_LANG=en", "FORCE=1", PIPELINE_ROOT=str(site.root), **changed)
    assert "lập trang index.en.html" in forced.stderr
    assert _bytes(site) == before


def test_after_one_change_the_site_has_the_bytes_of_one_made_from_nothing(layout: Layout, registry: Registry) -> None:
    """Real kernels and processes; enough localities for heat pages by province."""
    write_country(layout.root, [concept.id for concept in registry.concepts], communes=220)
    assert run_make(CODE, "overview", PIPELINE_ROOT=str(layout.root)).returncode == 0
    before = _bytes(layout)
    assert len(before) == 34 + 4
    path = layout.reports / "xa-0007" / "2025" / "summary.json"
    text = path.read_text("utf-8").replace('"not-submitted"', '"met"').replace('"missed"', '"met"')
    write_summary(layout.root, Summary.model_validate_json(text))
    pages = {page: page.stat().st_mtime_ns for page in layout.reports.glob("heat-*.html")}
    assert run_make(CODE, "overview", PIPELINE_ROOT=str(layout.root)).returncode == 0
    again = _bytes(layout)
    assert [page.name for page in pages if page.stat().st_mtime_ns != pages[page]] == ["heat-08.html"]
    assert {name for name in again if again[name] != before[name]} == {
        "reports/index.html",
        "reports/heat-08.html",
        "reports/.site/overview.ipynb",
        "reports/.site/site.json",
    }
    assert run_make(CODE, "overview", "FORCE=1", PIPELINE_ROOT=str(layout.root), WARM_KERNELS="0").returncode == 0
    assert _bytes(layout) == again


NODE = shutil.which("node")
BROWSER = Path(os.environ.get("CHROMIUM") or "/usr/bin/chromium")
_no_browser = not NODE or not BROWSER.exists() or not (CODE / "tests" / "browser" / "node_modules").is_dir()


@pytest.mark.skipif(_no_browser, reason="no node, Chromium or tests/browser/node_modules")
def test_search_and_sort_work_by_keyboard_and_without_a_script_nothing_is_missing(
    tmp_path: Path, registry: Registry
) -> None:
    layout = report_2026_as_2025(tmp_path)
    for slug in ("binh-giang", "cat-hai", "bach-long-vi", "hai-phong"):
        when = Period(2026)
        intake = validate_period(layout, registry, slug, when)
        publish(layout.report(slug, str(when)), evaluate(registry, registry.locality(slug), when, intake))
    answer = run_make(CODE, "overview", PIPELINE_ROOT=str(layout.root))
    assert answer.returncode == 0, answer.stderr
    command = [str(NODE), str(Path(__file__).with_name("site.mjs")), str(layout.reports / "index.html")]
    seen = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout)
    bach, binh, cat, city = "Đặc khu Bạch Long Vĩ", "Xã Bình Giang", "Đặc khu Cát Hải", "Thành phố Hải Phòng"
    assert seen["plain"] == [bach, binh, cat, city]
    assert seen["rate"] == [
        {"names": [binh, bach, cat, city], "sorted": ["descending"]},
        {"names": [bach, binh, cat, city], "sorted": ["ascending"]},  # those without a rate come last, both times
    ]
    assert seen["name"] == [
        {"names": [bach, binh, cat, city], "sorted": ["ascending"]},
        {"names": [city, cat, binh, bach], "sorted": ["descending"]},
    ]
    assert seen["search"] == {"names": [binh], "told": "1/4 địa phương"}
    assert seen["cleared"] == 4
    assert seen["bare"] == {"rows": 4, "controls": 0, "search": False}


def _published(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file of a report as text, with each part of an archive separately."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path.name}!{name}", archive.read(name).decode("utf-8", "replace")
        else:
            yield path.name, path.read_bytes().decode("utf-8", "replace")


def _forms(value: str) -> set[str]:
    return {value, value.replace(".", ",")}


@pytest.mark.parametrize(("own", "other"), [("bach-long-vi", "binh-giang"), ("binh-giang", "bach-long-vi")])
def test_no_page_of_a_locality_holds_another_s_data(site: Layout, own: str, other: str) -> None:
    _, _, mine, my_source = CANARIES[own]
    plan, _, value, source = CANARIES[other]
    files = dict(_published(site.reports / own / "2026"))
    for planted in (my_source, *_forms(mine)):
        assert any(planted in text for text in files.values()), planted  # the search would find it
    # The manifest names the lists that all localities share, and nothing of the other locality.
    names = {"bach-long-vi": "Bạch Long Vĩ", "binh-giang": "Bình Giang"}
    for name, text in files.items():
        for planted in (source, *_forms(value), plan, names[other], f"submissions/{other}"):
            assert planted not in text, (name, planted)


@pytest.mark.parametrize("name", ["PERIOD", "PAGE_LANG"])
@pytest.mark.parametrize("payload", MAKE)
def test_nothing_in_a_parameter_of_the_overview_is_run(site: Layout, name: str, payload: str) -> None:
    _nothing_runs(site, "overview", name, payload)


def _nothing_runs(site: Layout, target: str, name: str, payload: str) -> None:
    marks = [folder / "P" for folder in (CODE, site.root, Path.home())]
    for answer in (
        run_make(CODE, target, f"{name}={payload}", PIPELINE_ROOT=str(site.root)),
        run_make(CODE, target, PIPELINE_ROOT=str(site.root), **{name: payload}),
    ):
        assert "Error 6" in answer.stderr
        assert "Traceback" not in answer.stderr
    assert not any(mark.exists() for mark in marks)


def test_without_a_report_the_remedy_is_named(layout: Layout) -> None:
    answer = run_make(CODE, "overview", PIPELINE_ROOT=str(layout.root))
    assert "Error 66" in answer.stderr
    assert "make report" in answer.stderr
