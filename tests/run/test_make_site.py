"""After a change the site is byte for byte the site made from scratch. Notebooks run without a kernel."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from pipeline.completion.statuses import Status
from pipeline.dataset import country_period
from pipeline.dataset.make_dataset import make_dataset
from pipeline.errors import NoInputError
from pipeline.paths import Layout
from pipeline.plans.registry import Registry
from pipeline.run import make_site as module
from pipeline.run import site_pages
from pipeline.run.make_site import SiteRequest, make_overview
from pipeline.run.notebooks import NotebookRun
from pipeline.site import sections, site_record
from pipeline.site.due_inputs import due_inputs
from pipeline.site.sections import Site
from tests.factories import copy_raw
from tests.site.country import write_country, write_summary
from tests.site.summaries import Summary

COMMUNES, PROVINCES, MOST_ROWS = 12, 4, 7
"""Three in each province, together more than one heat table takes."""
REQUEST = SiteRequest("2025", "en")


def _notebooks_of(layout: Layout) -> Callable[..., NotebookRun]:
    def run(notebook: Path, output: Path, parameters: Mapping[str, str], folder: Path) -> NotebookRun:
        """Leave the notebook as a kernel would."""
        site, read = Site.open(**parameters, layout=layout), nbformat.read(notebook, as_version=4)
        for cell in (cell for cell in read.cells if cell.source.startswith("site.")):
            html = eval(cell.source, {"site": site})._repr_mimebundle_()["text/html"]  # noqa: S307 - our own notebook
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/html": html}, execution_count=1)]
        output.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(read, output)
        return NotebookRun(notebook.name, output)

    return run


@contextmanager
def _no_session(**_: object) -> Iterator[Path]:
    yield Path()


def _without_kernels(patch: pytest.MonkeyPatch, layout: Layout) -> None:
    patch.setattr(sections, "MOST_ROWS", MOST_ROWS)
    patch.setattr(module, "notebook_session", _no_session)
    patch.setattr(module, "run_notebook", _notebooks_of(layout))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Layout:
    """A country with its site, for tests to copy."""
    layout = copy_raw(tmp_path_factory.mktemp("country"))
    write_country(layout.root, [concept.id for concept in registry.concepts], COMMUNES, provinces=PROVINCES)
    with pytest.MonkeyPatch.context() as patch:
        _without_kernels(patch, layout)
        make_overview(layout, REQUEST)
    return layout


@pytest.fixture
def country(published: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    layout = Layout(tmp_path / "country")
    shutil.copytree(published.root, layout.root)
    _without_kernels(monkeypatch, layout)
    return layout


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The heat pages that are rendered, by province and language."""
    seen, render = list[str](), site_pages.render_heat

    def watched(site: Site, group: str) -> str:
        seen.append(f"{group}.{site.language}")
        return render(site, group)

    monkeypatch.setattr(site_pages, "render_heat", watched)
    return seen


def _site(layout: Layout) -> dict[str, str]:
    files = [*layout.reports.glob("*.html"), *(layout.reports / ".site").iterdir()]
    return {layout.relative(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _edit(path: Path, **update: object) -> None:
    """Publish another report in the place of one, with these fields of its summary."""
    summary = Summary.model_validate(json.loads(path.read_text("utf-8")) | update)
    assert path.parent == write_summary(path.parents[3], summary)


def _summary(layout: Layout, slug: str) -> Path:
    return layout.reports / slug / "2025" / "summary.json"


def _one_changed(layout: Layout) -> None:
    summary = json.loads(_summary(layout, "xa-0007").read_text("utf-8"))
    rows = [row | {"status": "met", "unit": "hồ sơ", "observation": None} for row in summary["rows"][:3]]
    _edit(_summary(layout, "xa-0007"), rows=[*rows, *summary["rows"][3:]])


def _one_removed(layout: Layout) -> None:
    shutil.rmtree(layout.reports / "xa-0007")


def _one_added(layout: Layout) -> None:
    shutil.copytree(layout.reports / "xa-0007", layout.reports / "tinh-02")
    _edit(layout.reports / "tinh-02" / "2025" / "summary.json", locality="tinh-02", locality_name="Tỉnh Mô phỏng 02")


def _other_method(layout: Layout) -> None:
    _edit(_summary(layout, "xa-0007"), method="2030.1")


def _unreadable(layout: Layout) -> None:
    (_summary(layout, "xa-0007").parent / "manifest.json").write_text("{", "utf-8")


def _other_period(layout: Layout) -> None:
    shutil.copytree(layout.reports / "xa-0007" / "2025", layout.reports / "xa-0007" / "2024")
    _edit(layout.reports / "xa-0007" / "2024" / "summary.json", period="2024", start="2023-12-15", cut_off="2024-12-14")


def _page_in_english(layout: Layout) -> None:
    (layout.reports / "xa-0007" / "2025" / "index.en.html").write_text("x", "utf-8")


def _renamed(layout: Layout) -> None:
    path = layout.raw / "localities.csv"
    path.write_text(path.read_text("utf-8").replace("Tỉnh Mô phỏng 04", "Tỉnh Mô phỏng Bốn"), "utf-8")


def _moved(layout: Layout) -> None:
    path = layout.raw / "localities.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    moved = [line.replace(",04,", ",03,") if ",xa-0007," in line else line for line in lines]
    assert moved != lines
    path.write_text("".join(moved), "utf-8")


def _heat_page_damaged(layout: Layout) -> None:
    path = layout.reports / "heat-04.html"
    path.write_text(path.read_text("utf-8").replace("đ", "c"), "utf-8")


def _heat_page_lost(layout: Layout) -> None:
    (layout.reports / "heat-04.html").unlink()


def _dataset_damaged(layout: Layout) -> None:
    path = layout.dataset / "indicators" / "04" / "2025.parquet"
    path.write_bytes(path.read_bytes()[::-1])
    _one_changed(layout)


def _dataset_lost(layout: Layout) -> None:
    shutil.rmtree(layout.dataset)
    _one_changed(layout)


def _record_lost(layout: Layout) -> None:
    (layout.reports / ".site" / "site.json").unlink()


ALL = [f"{n:02}.{language}" for n in range(1, PROVINCES + 1) for language in ("vi", "en")]
CHANGES: dict[Callable[[Layout], None], list[str]] = {
    _one_changed: ["04.vi", "04.en"],
    _one_removed: ["04.vi", "04.en"],
    _one_added: ["02.vi", "02.en"],
    _other_method: ["04.vi", "04.en"],
    _unreadable: ["04.vi", "04.en"],
    _other_period: [],
    _page_in_english: ["04.en"],
    _renamed: ALL,
    _moved: ALL,
    _heat_page_damaged: ["04.vi"],
    _heat_page_lost: ["04.vi"],
    _dataset_damaged: ["04.vi", "04.en"],
    _dataset_lost: ["04.vi", "04.en"],
    _record_lost: ALL,
}
"""Every change with the heat pages that must be rendered again; no others may be."""


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.lstrip("_"))
def test_the_site_after_a_change_is_the_site_from_scratch(
    country: Layout, rendered: list[str], change: Callable[[Layout], None]
) -> None:
    change(country)
    assert make_overview(country, REQUEST).made
    assert sorted(rendered) == sorted(CHANGES[change])
    again = _site(country)
    rendered.clear()
    make_overview(country, REQUEST, force=True)
    assert sorted(rendered) == sorted(ALL)
    assert _site(country) == again
    assert len(again) == 2 * PROVINCES + 2 + 2 + 3  # heat pages, who owes what, index, notebooks and record
    assert not make_overview(country, REQUEST).made


def test_who_owes_what_as_of_a_day_changes_one_page_and_is_hashed_once(
    country: Layout, rendered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, asked, real = _site(country), list[str](), due_inputs
    for module_of in (site_pages, site_record):
        monkeypatch.setattr(module_of, "due_inputs", lambda *given: asked.append(given[1]) or real(*given))
    request = replace(REQUEST, as_of="2026-01-10")
    assert make_overview(country, request).made
    assert (asked, rendered) == (2 * ["2026-01-10"], [])  # by who looks whether it is new, and by who makes the page
    made = _site(country)
    changed = {Path(name).name for name in made if made[name] != first[name]}
    assert changed == {"due.html", "due.en.html", "site.json"}
    assert "10/01/2026" in (country.reports / "due.html").read_text("utf-8")
    assert json.loads((country.reports / ".site" / "site.json").read_text("utf-8"))["as_of"] == "2026-01-10"
    assert not make_overview(country, request).made
    assert make_overview(country, REQUEST).made
    assert _site(country) == first
    _one_changed(country)
    asked.clear()
    assert make_overview(country, REQUEST).made
    assert asked == [""]  # once a run


def test_heat_pages_read_the_rows_of_their_provinces_alone(
    country: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_changed(country)
    make_dataset(country)
    seen, files_of = list[Path](), country_period.files_of

    def watched(*asked: object) -> list[Path]:
        seen.extend(found := files_of(*asked))
        return found

    monkeypatch.setattr(country_period, "files_of", watched)
    make = site_pages.prepare_pages(str(country.root))
    assert seen == []
    make(REQUEST.period, REQUEST.page_lang, "", str(tmp_path))
    rows = [path.relative_to(country.dataset).as_posix() for path in seen if "localities" not in path.parts]
    assert rows == ["results/04/2025.parquet"]  # once for two languages


def test_a_plan_that_changes_after_its_head_was_read_is_found_by_the_next_run(
    country: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, plan = site_pages.prepare_pages(str(country.root)), next((country.plans / "cat-hai").glob("*.yaml"))
    plan.write_text(re.sub(r"(?m)^years:.*(\n .*)*$", "years: {first: 2000, last: 2001}", plan.read_text("utf-8")))
    _one_changed(country)
    monkeypatch.setattr(module, "prepare_in_fork", lambda *_: nullcontext(lambda *given: lambda: make(*given)))
    assert make_overview(country, REQUEST).made
    monkeypatch.undo()
    before = (country.reports / "due.html").read_bytes()
    _without_kernels(monkeypatch, country)
    assert make_overview(country, REQUEST).made
    assert (country.reports / "due.html").read_bytes() != before
    assert not make_overview(country, REQUEST).made


def test_changes_one_after_the_other_and_undone(country: Layout) -> None:
    first, summary = _site(country), Summary.model_validate_json(_summary(country, "xa-0007").read_bytes())
    for change in (_one_changed, _one_added, _other_method, _one_removed):
        change(country)
        make_overview(country, REQUEST)
    shutil.rmtree(country.reports / "tinh-02")
    write_summary(country.root, summary)
    make_overview(country, REQUEST)
    assert _site(country) == first


def test_fewer_localities_leave_no_heat_page_behind(country: Layout) -> None:
    for number in range(MOST_ROWS - 1, COMMUNES):
        shutil.rmtree(country.reports / f"xa-{number:04}")
    make_overview(country, REQUEST)
    assert {Path(name).name for name in _site(country)} == {
        "index.html",
        "due.en.html",
        "due.html",
        "index.en.html",
        "overview.ipynb",
        "overview.en.ipynb",
        "site.json",
    }


def test_without_reports_it_says_so_before_starting_anything(layout: Layout) -> None:
    with pytest.raises(NoInputError, match="make report"):
        make_overview(layout, SiteRequest())


def test_a_period_without_a_value_is_shown_only_on_request(country: Layout) -> None:
    summary = Summary.model_validate_json(_summary(country, "xa-0007").read_bytes())
    nothing = summary.rate.model_copy(update={"by_status": {Status.NOT_SUBMITTED: summary.rate.total}})
    write_summary(country.root, summary.model_copy(update={"period": "2026", "rate": nothing}))
    make_overview(country, SiteRequest())
    record = module.read_site_record(country.reports / ".site" / "site.json")
    assert record is not None
    assert record.shown.period == "2025"
    page = (country.reports / "index.html").read_text("utf-8")
    assert "Năm 2026 (1 địa phương, chưa nơi nào có số liệu của kỳ ở chỉ tiêu được tính)" in page
    make_overview(country, SiteRequest("2026"))
    page = (country.reports / "index.html").read_text("utf-8")
    assert f"Năm 2025 ({COMMUNES} địa phương)" in page
