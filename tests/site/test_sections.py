"""The site without a kernel: its figures, links and absences, and what must not get into its pages."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
import nbformat
import pytest

from pipeline.completion.counts import DatedTasks, Rate, RecurringTasks, TasksByDeadline, UndatedTasks
from pipeline.completion.evaluate import evaluate
from pipeline.completion.rollup import ConceptOutcome
from pipeline.completion.statuses import Status
from pipeline.dataset.make_dataset import make_dataset
from pipeline.dataset.published_reports import ReportFault, published
from pipeline.errors import NoInputError, UsageError
from pipeline.inputs.draft import KNOWN
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.publish.sign_off import SignOff, State, Step, file_content
from pipeline.report import notebook_display
from pipeline.report.render import check_page
from pipeline.site import sections as module
from pipeline.site.collected import collect, dictionary_key
from pipeline.site.heat import HeatCell, cells, key_of, shared
from pipeline.site.locality_row import tasks_of
from pipeline.site.sections import Site
from pipeline.site.site_page import render_heat, script, script_hash
from pipeline.site.site_record import NOTEBOOK, SiteInputs, describe_site_inputs
from pipeline.steps import to_json
from tests.factories import report_2026_as_2025
from tests.site.city import page_of
from tests.site.country import localities, summaries, write_country, write_summary
from tests.site.summaries import Summary, completion_of, country_of, publish, rolled_of, rows_of, summarised

REAL = [
    ("bach-long-vi", "2026"),
    ("binh-giang", "2026"),
    ("cat-hai", "2025"),
    ("hai-phong", "2025"),
    ("cat-hai", "2024"),
]
PAYLOAD = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="session")
def real(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> list[Summary]:
    """The summaries of the committed data, as a report publishes them (their decimals are those of JSON).

    The plans of two communes are of 2026: their report of that year stands here for one of 2025.
    """
    layout = report_2026_as_2025(tmp_path_factory.mktemp("real"))
    found = [_published(registry, slug, Period.parse(period), layout) for slug, period in REAL]
    year = {name: getattr(found[2], name) for name in ("period", "start", "cut_off")}
    return [summary.model_copy(update=year) if summary.period == "2026" else summary for summary in found]


def _opened(period: str, page_lang: str = "", language: str = "vi", *, layout: Layout) -> Site:
    """The site after the data set was brought up to date."""
    _dataset(layout)
    return Site.open(period, page_lang, language, layout=layout)


def _dataset(layout: Layout) -> None:
    if published(layout):
        make_dataset(layout)


def _described(layout: Layout, period: str, page_lang: str) -> SiteInputs:
    """What the site would be made from after the data set was brought up to date."""
    _dataset(layout)
    return describe_site_inputs(layout, period, page_lang)


def _published(registry: Registry, slug: str, period: Period, layout: Layout | None = None) -> Summary:
    intake = validate_period(layout or Layout(), registry, slug, period)
    summary = summarised(evaluate(registry, registry.locality(slug), period, intake))
    return Summary.model_validate_json(to_json(summary))


@pytest.fixture
def reports(layout: Layout, real: list[Summary]) -> Layout:
    for summary in real:
        write_summary(layout.root, summary, "<!doctype html><title>x</title>")
    return layout


def _tree(html: str) -> Any:
    return html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _rows(html: str, name: str) -> list[list[str]]:
    """Texts of the cells of every table whose class begins with `name`."""
    tables = [t for t in _tree(html).iter("table") if name in t.get("class", "").split()]
    return [[_text(cell) for cell in row] for table in tables for row in table.find("tbody")]


def test_figures_are_those_of_the_roll_up(reports: Layout, real: list[Summary]) -> None:
    site = _opened("2025", layout=reports)
    rolled = rolled_of(s for s in real if s.period == "2025")
    assert site.rolled == rolled
    answer = _text(_tree(site.answer().html))
    assert f"chắc chắn đạt {rolled.met}/{rolled.total};" in answer
    assert f"đều đạt thì cao nhất {rolled.met_at_most}/{rolled.total}" in answer
    assert f"{rolled.observed}/{rolled.total} dòng chỉ tiêu được tính có số liệu của kỳ" in answer
    # Hải Phòng is not counted among its communes; no report is of another province.
    assert (len(site.listed), site.coverage.units) == (115, 114)
    assert "3 trên 114 xã, phường, đặc khu có trang báo cáo năm 2025; trong đó 2 nơi có số liệu của kỳ" in answer
    assert "Thành phố Hải Phòng có trang báo cáo của mình." in answer
    assert (
        "Chưa gồm nhiệm vụ trong phụ lục chưa có trong sổ, được kế hoạch dẫn đến, ở: Xã Bình Giang; Đặc khu" in answer
    )
    # Cát Hải has a second plan, whose tasks are in annexes and counted.
    assert "chỉ gồm nhiệm vụ trong phần lời" not in answer
    assert "trong đó 30 dòng của 1 nơi chưa có số liệu của kỳ" in answer  # Cát Hải
    rows = _rows(site.concepts().html, "concepts")
    common = shared(rolled, site.concept_name)
    rest = sorted((c for c in rolled.concepts if c not in common), key=site.concept_name)
    assert len(rows) == len(rolled.concepts)
    for concept, row in zip([*common, *rest], rows, strict=True):
        assert row[0].startswith(site.concept_name(concept))
        met = str(concept.met) if concept.observed else "–"
        assert row[1:4] == [met, str(concept.observed), str(concept.expected)]
        assert (row[5] == "–, chưa có số liệu của kỳ") == (not concept.observed)
        assert row[4] == site.words.percent(concept.coverage).replace("\N{NO-BREAK SPACE}", " ")


def test_provinces_without_any_report_are_named_and_not_counted(reports: Layout) -> None:
    site = _opened("2025", layout=reports)
    assert len(site.collected.lists.localities) == 3355
    assert [place.full_name for place in site.roots] == ["Thành phố Hải Phòng"]
    assert len(site.elsewhere) == 33
    answer = _text(_tree(site.answer().html))
    assert "không tính vào số địa phương (33)" in answer
    assert "Tỉnh Lào Cai" in answer
    assert "Phường Lào Cai" not in answer


def test_the_list_has_the_known_rates_of_2025(reports: Layout) -> None:
    rows = {row[0]: row for row in _rows(_opened("2025", layout=reports).localities().html, "localities")}
    assert rows["Xã Bình Giang"][2:4] == ["45,5% – 72,7% 10–16/22", "72,7% 16/22"]
    assert rows["Đặc khu Bạch Long Vĩ"][2:4] == ["35% – 55% 7–11/20", "80% 16/20"]
    assert rows["Đặc khu Cát Hải"][1:4] == ["2025, 2024", "–, chưa có số liệu của kỳ", "0% 0/30"]
    assert rows["Thành phố Hải Phòng"][2] == "–"


def test_a_starting_point_is_in_no_sum(layout: Layout, registry: Registry) -> None:
    for slug in ("binh-giang", "cat-hai"):
        write_summary(layout.root, _published(registry, slug, Period(2025)), "<!doctype html><title>x</title>")
    site = _opened("2025", layout=layout)
    assert (site.rolled.met, site.rolled.total, site.rolled.starting) == (0, 30, ("binh-giang",))
    answer = _text(_tree(site.answer().html))
    assert "chưa nơi nào có số liệu của kỳ ở chỉ tiêu được tính" in answer
    assert "–chưa có số liệu của kỳ ở dòng nào trong 30 dòng được tính, nên không tính tỷ lệ; gộp" in answer.replace(
        "– ", "–"
    )
    assert "100%" not in answer
    assert {row[5] for row in _rows(site.concepts().html, "concepts")} == {"–, chưa có số liệu của kỳ"}
    assert "1 địa phương có kế hoạch chưa bắt đầu: số liệu đã gửi là xuất phát điểm, không cộng vào" in answer
    assert "Kế hoạch chưa bắt đầu, chỉ có xuất phát điểm (1)Xã Bình Giang" in answer
    rows = {row[0]: row for row in _rows(site.localities().html, "localities")}
    assert rows["Xã Bình Giang"][2:4] == ["xuất phát điểm", "–"]


def test_the_list_shows_who_signed_each_report(reports: Layout, tmp_path: Path) -> None:
    before = _described(reports, "2025", "en").id
    for locality, states in (("binh-giang", ("checked",)), ("cat-hai", ("sent", "accepted-commune"))):
        steps = tuple(Step(state=State(state), by=PAYLOAD, at="2026-05-01T08:00:00Z") for state in states)
        content = file_content(SignOff(run="a" * 64, steps=steps))
        (reports.report(locality, "2025") / "sign-off.json").write_bytes(content)
    (reports.report("bach-long-vi", "2025") / "sign-off.json").write_text("{", "utf-8")
    assert _described(reports, "2025", "en").id != before
    words = ("vi", "đã kiểm tra", "cấp xã đã chấp nhận"), ("en", "checked", "accepted by the commune")
    for language, checked, accepted in words:
        site = _opened("2025", "en", language, layout=reports)
        rows = {row[0]: row for row in _rows(site.localities().html, "localities")}
        assert rows["Xã Bình Giang"][1] == f"2025 {checked}"
        assert rows["Đặc khu Cát Hải"][1] == f"2025 {accepted}, 2024"
        assert rows["Đặc khu Bạch Long Vĩ"][1] == "2025"
        check_page(page_of(site, tmp_path), script())


def test_every_cell_is_the_outcome_of_the_roll_up(reports: Layout) -> None:
    site = _opened("2025", layout=reports)
    counted = {key_of(c): Counter(c.by_outcome) for c in site.rolled.concepts}
    of_all = cells(site.country, site.summaries)
    for key, outcomes in counted.items():
        found = Counter(cell.outcome for one in of_all.values() if (cell := one.get(key)))
        assert found == outcomes, key


def test_columns_are_shared_concepts_and_the_page_says_how_many_are_not(reports: Layout) -> None:
    html = _opened("2025", layout=reports).heat().html
    heads = [th for th in _tree(html).iter("th") if th.get("class") == "concept"]
    site = _opened("2025", layout=reports)
    several = [c for c in site.rolled.concepts if sum(c.by_outcome.values()) > 1]
    assert [_text(th) for th in heads] != []
    assert len(heads) == len(several)
    assert f"{len(site.rolled.concepts) - len(several)} nội dung chỉ một nơi có" in html


@pytest.fixture
def one(real: list[Summary]) -> Callable[..., Summary]:
    """A summary with a row of its own concept for each status."""

    def made(statuses: Iterable[Status], **update: object) -> Summary:
        plain = next(s for s in real if s.locality == "binh-giang")
        rows = tuple(
            plain.rows[0].model_copy(
                update={"status": status, "concept": concept, "label": f"I.{n}", "observation": None}
            )
            for n, (status, concept) in enumerate(zip(statuses, [r.concept for r in plain.rows], strict=False))
        )
        rate = Rate(by_status=dict(Counter(r.status for r in rows)), due=0, met_of_due=0, attainment_of=0)
        return plain.model_copy(update={"rows": rows, "rate": rate} | update)

    return made


def test_every_kind_of_absence_has_its_own_sign(layout: Layout, one: Callable[..., Summary]) -> None:
    """On its way and late are two looks; each absence has its own; only what needs attention is a link."""
    wanted = {
        Status.MET: ("met", ""),
        Status.ON_TRACK: ("way", ""),
        Status.LATE: ("not", "I.2"),
        Status.AT_RISK: ("not", "I.3"),
        Status.UNDECIDABLE: ("undecided", ""),
        Status.QUARANTINED: ("refused", "I.5"),
        Status.NOT_SUBMITTED: ("absent", ""),
        Status.NOT_DUE: ("waiting", ""),
    }
    write_summary(layout.root, one(wanted))
    site = _opened("2025", layout=layout)
    (row,) = _tree(site.heat().html).find(".//tbody")
    found = dict[str, tuple[str, str]]()
    for cell in row.findall("td"):
        if (marked := cell.find(".//i")) is not None:
            link = cell.find("a")
            look = (cell if link is None else link).get("class")
            found[_text(marked)] = (look, "" if link is None else link.get("href").partition("#binh-giang-2026-")[2])
    assert found == {site.words.status(status): look for status, look in wanted.items()}
    assert [_text(cell) for cell in row.findall("td")[:2]] == ["1/8", "2"]
    behind = [_text(cell) for cell in _tree(site.heat().html).findall(".//thead/tr")[2].findall("td")[2:]]
    assert sorted(behind) == ["1", "1", *["–"] * 6]


def _cells(summary: Summary) -> list[HeatCell]:
    country = country_of([completion_of(summary)])
    return list(cells(country, rows_of(country))[summary.locality].values())


def test_a_concept_that_is_not_applicable_has_a_cell(one: Callable[..., Summary]) -> None:
    (cell,) = _cells(one([Status.NOT_APPLICABLE]))
    assert cell.outcome is ConceptOutcome.NOT_APPLICABLE


@pytest.mark.parametrize("worst", [Status.LATE, Status.NOT_SUBMITTED, Status.QUARANTINED])
def test_a_cell_leads_to_the_row_that_decides_it(one: Callable[..., Summary], worst: Status) -> None:
    summary = one([Status.MET, worst, Status.MET])
    rows = tuple(row.model_copy(update={"concept": "coverage-5g"}) for row in summary.rows)
    (cell,) = _cells(summary.model_copy(update={"rows": rows}))
    assert cell.label == "I.1"


def test_of_rows_that_are_not_met_the_worst_decides_the_look(one: Callable[..., Summary]) -> None:
    summary = one([Status.ON_TRACK, Status.AT_RISK, Status.MISSED, Status.LATE])
    rows = tuple(row.model_copy(update={"concept": "coverage-5g"}) for row in summary.rows)
    (cell,) = _cells(summary.model_copy(update={"rows": rows}))
    assert (cell.outcome, cell.status, cell.label) == (ConceptOutcome.NOT_MET, Status.MISSED, "I.2")


def test_links_lead_to_files_and_to_counted_rows(reports: Layout, real: list[Summary], tmp_path: Path) -> None:
    for language in ("vi", "en"):
        html = page_of(_opened("2025", "", language, layout=reports), tmp_path)
        ids = {element.get("id") for element in _tree(html).iter() if element.get("id")}
        rows = {(s.locality, f"{r.plan}-{r.label}") for s in real for r in s.rows}
        links = [a.get("href") for a in _tree(html).iter("a")]
        assert len(links) > 20
        for link in links:
            path, _, anchor = link.partition("#")
            if not path:
                assert anchor in ids, link
                continue
            assert path.startswith("due") or (reports.reports / path).is_file(), link  # made beside this page
            assert not anchor or (path.split("/")[0], unquote(anchor)) in rows, link


def test_a_page_in_the_language_is_linked_where_there_is_one(reports: Layout) -> None:
    before = _described(reports, "2025", "en").id
    (reports.reports / "cat-hai" / "2025" / "index.en.html").write_text("x", "utf-8")
    assert _described(reports, "2025", "en").id != before
    html = _opened("2025", "en", "en", layout=reports).heat().html
    assert 'href="cat-hai/2025/index.en.html"' in html
    assert 'href="binh-giang/2025/index.html"' in html


def test_every_page_says_that_the_code_is_not_committed(reports: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KNOWN, "")
    site = _opened("2025", layout=reports)
    group = next(iter(site.groups))
    assert "Bản nháp" not in site.head().html + render_heat(site, group)
    monkeypatch.setenv(KNOWN, "ab" * 32)
    draft = _opened("2025", "en", "en", layout=reports)
    assert '<p class="draft"><strong>Draft: ' in draft.head().html
    assert '<p class="draft"><strong>Draft: ' in render_heat(draft, group)
    assert draft.heat_key(group) != replace(site, language="en").heat_key(group)
    monkeypatch.setenv(KNOWN, "")
    assert _described(reports, "2025", "en").id != draft.inputs.id


def _hostile_lists(layout: Layout) -> None:
    """Put names into the lists that try to break out of their place in the page."""
    path = layout.raw / "localities.csv"
    cell = '"' + PAYLOAD.replace('"', '""') + '"'
    path.write_text(
        path.read_text("utf-8").replace("Xã Bình Giang", cell).replace(",Bình Giang,", f",{cell},"), "utf-8"
    )
    concepts = layout.raw / "concepts.yaml"
    name = "'" + PAYLOAD + "'"
    text = re.sub(r"(id: online-dossier-rate, name: )[^}]*", lambda m: m[1] + name, concepts.read_text("utf-8"))
    concepts.write_text(text, "utf-8")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_hostile_names_are_text(reports: Layout, real: list[Summary], tmp_path: Path, language: str) -> None:
    _hostile_lists(reports)
    plain = next(s for s in real if s.locality == "cat-hai" and s.period == "2025")
    rows = tuple(
        r.model_copy(update={"plan": PAYLOAD, "label": PAYLOAD, "scope": PAYLOAD, "unit": PAYLOAD, "concept": PAYLOAD})
        for r in plain.rows[:3]
    )
    hostile = plain.model_copy(update={"rows": rows + plain.rows, "locality_name": PAYLOAD, "parent_name": PAYLOAD})
    write_summary(reports.root, hostile)
    site = _opened("2025", "en", language, layout=reports)
    html = page_of(site, tmp_path)
    check_page(html, script())
    assert html.count("<script>") == 1
    assert PAYLOAD not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    for group in site.groups:
        check_page(render_heat(site, group), script())


def test_unreadable_reports_are_listed_and_stop_nothing(reports: Layout, real: list[Summary]) -> None:
    folder = reports.reports / "an-bien" / "2025"
    folder.mkdir(parents=True)
    malformed = write_summary(reports.root, real[0].model_copy(update={"locality": "an-duong"}))
    (malformed / "manifest.json").write_text("{", "utf-8")
    altered = write_summary(reports.root, real[0].model_copy(update={"locality": "an-hai"}))
    (altered / "completion.json").write_text("{}", "utf-8")
    misplaced = write_summary(reports.root, real[0].model_copy(update={"locality": "an-khanh"}))
    publish(misplaced, completion_of(real[0]))
    write_summary(reports.root, real[0].model_copy(update={"locality": "nowhere"}))
    _dataset(reports)
    found = {u.report.locality: u.fault for u in collect(reports).unreadable}
    assert found == {
        "an-bien": ReportFault.MISSING,
        "an-duong": ReportFault.MALFORMED,
        "an-hai": ReportFault.ALTERED,
        "an-khanh": ReportFault.MISPLACED,
        "nowhere": ReportFault.UNLISTED,
    }
    site = _opened("2025", layout=reports)
    assert site.rolled == rolled_of(s for s in real if s.period == "2025")
    assert "Trang báo cáo không đọc được (5)" in site.answer().html
    for slug in found:
        assert f"reports/{slug}/2025" in site.sources().html
    known = {place.slug for place in site.missing}
    assert not known & set(found)
    assert len(known) == len(site.listed) - 4 - 4  # one of the five is in no list


def test_reports_as_known_on_a_day_and_reports_in_the_making_do_not_count(reports: Layout) -> None:
    for name in ("2025.known-2025-06-01", ".staging-2025", "2025-Q5", "notebooks"):
        shutil.copytree(reports.reports / "cat-hai" / "2025", reports.reports / "cat-hai" / name)
    shutil.copytree(reports.reports / "cat-hai" / "2025", reports.reports / ".site" / "2025")
    listed = sorted((slug, period.replace("2026", "2025")) for slug, period in REAL)
    assert [(r.locality, r.name) for r in published(reports)] == listed


def test_another_method_is_not_added(reports: Layout, real: list[Summary]) -> None:
    write_summary(reports.root, real[0].model_copy(update={"method": "2030.1"}))
    site = _opened("2025", layout=reports)
    assert [s.locality for s in site.apart] == ["bach-long-vi"]
    assert site.rolled == rolled_of(s for s in real[1:] if s.period == "2025")
    assert "Đặc khu Bạch Long Vĩ (2030.1)" in site.answer().html
    assert "bach-long-vi/2025" in site.localities().html


def test_the_period_is_the_newest_then_the_longest(layout: Layout, real: list[Summary]) -> None:
    with pytest.raises(NoInputError, match="make report"):
        _opened("", layout=layout)
    for period in ("2026-Q2", "2026-H1", "2025", "2026-06"):
        write_summary(layout.root, real[0].model_copy(update={"period": period}))
    assert str(_opened("", layout=layout).period) == "2026-H1"
    assert str(_opened("2025", layout=layout).period) == "2025"
    with pytest.raises(NoInputError, match="2026-H1, 2026-Q2, 2026-06, 2025"):
        _opened("2027", layout=layout)
    with pytest.raises(UsageError):
        _opened("../2025", layout=layout)


def test_an_unreadable_report_is_not_the_newest(reports: Layout) -> None:
    folder = reports.reports / "cat-hai" / "2027"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", "utf-8")
    assert str(_opened("", layout=reports).period) == "2025"


def test_synthetic_localities_are_labelled_in_their_row_and_on_the_page(reports: Layout, real: list[Summary]) -> None:
    assert "MÔ PHỎNG" not in _opened("2025", layout=reports).head().html
    write_summary(reports.root, real[1].model_copy(update={"synthetic": True}))
    site = _opened("2025", layout=reports)
    assert "SỐ LIỆU MÔ PHỎNG: 1 trang báo cáo" in site.head().html
    for html, name in ((site.localities().html, "localities"), (site.heat().html, "heat")):
        assert [row[0] for row in _rows(html, name) if "mô phỏng" in row[0]] == ["Xã Bình Giang mô phỏng"]


def test_the_three_counts_of_tasks_of_several_localities_are_added_one_by_one(one: Callable[..., Summary]) -> None:
    dated, recurring = DatedTasks(total=3, done=1, due=2, overdue=1), RecurringTasks(total=2, in_time=1)
    undated, alone = UndatedTasks(total=4, under_way=4), one([Status.MET])
    counts = [
        TasksByDeadline(dated=dated, recurring=recurring),
        TasksByDeadline(dated=DatedTasks(total=1, done=1), undated=undated),
        TasksByDeadline(dated=dated),  # of a locality that is not asked for
    ]
    several = [alone.model_copy(update={"locality": f"xa-{n}", "tasks_by_deadline": c}) for n, c in enumerate(counts)]
    total = tasks_of(country_of(map(completion_of, several)).task_counts(["xa-0", "xa-1"]))
    both = DatedTasks(total=4, done=2, due=2, overdue=1)
    assert total == TasksByDeadline(dated=both, recurring=recurring, undated=undated)


def test_tasks_that_nobody_reported_on_are_not_zero_done(reports: Layout) -> None:
    site = _opened("2025", layout=reports)
    rows = {row[0]: row for row in _rows(site.localities().html, "localities")}
    assert rows["Xã Bình Giang"][4].startswith("– 3 nhiệm vụ chưa có báo cáo tiến độ")
    assert "hoàn thành 0/" not in site.answer().html


@pytest.fixture
def country(layout: Layout, registry: Registry) -> Layout:
    write_country(layout.root, [concept.id for concept in registry.concepts], communes=120)
    return layout


def test_too_many_localities_for_one_table_are_grouped_by_province(
    country: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 50)
    site = _opened("", layout=country)
    assert site.by_group
    html = site.heat().html
    assert "120 trang báo cáo quá nhiều cho một bảng" in html
    (few,) = [div for div in _tree(site.answer().html).iter("div") if div.get("class") == "few"]
    assert [len(province.findall("h3")) for province in few] == [1] * 34  # three or four places each, side by side
    assert len(list(few.iter("li"))) == 120 + 34
    rows = _rows(html, "groups")
    assert len(rows) == 34
    links = {a.get("href") for a in _tree(html).iter("a")}
    assert links == {site.heat_page(code) for code in site.groups} == {f"heat-{n:02}.html" for n in range(1, 35)}
    first = render_heat(site, "01")
    check_page(first, script())
    assert [row[0] for row in _rows(first, "heat")] == [f"{s.locality_name} mô phỏng" for s in site.groups["01"]]
    english = replace(site, language="en")
    assert english.heat_page("01") == "heat-01.en.html"
    assert 'href="index.en.html"' in render_heat(english, "01")
    columns = len(next(iter(_tree(html).iter("tr")))) - 1
    place = next(i for i, c in enumerate(module.shared(site.rolled, site.concept_name)) if c.expected > 1)
    concept = module.shared(site.rolled, site.concept_name)[place]
    counted = [row[place + 1].split("/") for row in rows if row[place + 1]]
    assert sum(int(met) for met, _ in counted if met != "–") == concept.met
    assert columns == len(module.shared(site.rolled, site.concept_name))


def test_the_generated_country_is_the_same_each_time_and_marked_as_synthetic() -> None:
    concepts = [f"concept-{n}" for n in range(40)]
    one, two = (list(summaries(localities(40), concepts)) for _ in range(2))
    assert one == two
    assert all(s.synthetic for s in one)


def test_the_page_has_both_languages_and_is_the_same_each_time(reports: Layout, tmp_path: Path) -> None:
    vietnamese, english = (_opened("2025", "en", code, layout=reports) for code in ("vi", "en"))
    page = page_of(english, tmp_path)
    assert '<html lang="en">' in page
    assert "Localities" in page
    assert "10–16/22" in page
    assert "45.5%" in page
    assert '<a href="index.html"' in english.head().html
    assert '<a href="index.en.html" lang="en" hreflang="en">English</a>' in vietnamese.head().html
    third = replace(vietnamese, page_lang="fr")
    assert '<a href="index.fr.html" lang="fr" hreflang="fr">Français</a>' in third.head().html
    assert page == page_of(_opened("2025", "en", "en", layout=reports), tmp_path)


def test_the_script_is_small_and_no_other_may_run(reports: Layout, tmp_path: Path) -> None:
    text = script()
    assert len(text.encode()) <= 3.5 * 1024
    assert "</" not in text
    assert "<!--" not in text
    page = page_of(_opened("2025", layout=reports), tmp_path)
    check_page(page, text)
    assert f"script-src '{script_hash()}'; style-src" in page
    assert "default-src 'none'" in page
    (element,) = _tree(page).iter("script")
    assert element.text == text
    assert not [e for e in _tree(page).iter() if e.tag in ("input", "button", "form")]
    (search,) = [p for p in _tree(page).iter("p") if p.get("class") == "search"]
    assert "hidden" in search.attrib


def test_names_are_in_dictionary_order() -> None:
    names = [
        "Đông Hải",
        "An Biên",
        "Ái Quốc",
        "Ân Thi",
        "Dương Kinh",
        "Bạch Long Vĩ",
        "Ba Vì",
        "Bà Nà",
        "Ăn Năn",
        "Cát Hải",
    ]
    ordered = sorted(names, key=dictionary_key)
    assert ordered == [
        "Ái Quốc",
        "An Biên",
        "Ăn Năn",
        "Ân Thi",
        "Bà Nà",
        "Ba Vì",
        "Bạch Long Vĩ",
        "Cát Hải",
        "Dương Kinh",
        "Đông Hải",
    ]


def test_inputs_change_with_a_summary_and_with_a_list(reports: Layout) -> None:
    before = _described(reports, "", "")
    assert before == _described(reports, "", "")
    assert str(reports.root) not in before.model_dump_json()
    assert str(CODE) not in before.model_dump_json()
    seen = {before.id}
    for path in (reports.reports / "cat-hai" / "2025" / "manifest.json", reports.raw / "localities.csv"):
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        seen.add(_described(reports, "", "").id)
    (reports.reports / "an-bien" / "2025").mkdir(parents=True)
    seen.add(_described(reports, "", "").id)
    assert len(seen) == 4


def test_silence_has_no_rate_and_older_values_have_days(layout: Layout, registry: Registry, tmp_path: Path) -> None:
    """Nothing is sent for nine months; 16 rows each of the year before serve, whose source names no day."""
    for slug in ("binh-giang", "bach-long-vi"):
        write_summary(layout.root, _published(registry, slug, Period(2026, "9M")), "<!doctype html><title>x</title>")
    site = _opened("2026-9M", layout=layout)
    answer = _text(_tree(site.answer().html))
    assert "ngoài ra, 32 dòng chỉ tiêu chỉ có số liệu của kỳ trước" in answer.lower()
    assert "theo số liệu gần nhất (đến 14/12/2025, ngày chốt vì nguồn không nêu ngày)" in answer
    assert "chưa có số liệu của kỳ ở dòng nào trong 42 dòng được tính, nên không tính tỷ lệ" in answer
    assert "100%" not in answer
    rows = {row[0]: row for row in _rows(site.localities().html, "localities")}
    assert rows["Xã Bình Giang"][2:4] == ["–, chưa có số liệu của kỳ", "0% 0/22"]
    assert rows["Đặc khu Bạch Long Vĩ"][2:4] == ["–, chưa có số liệu của kỳ", "0% 0/20"]


def test_a_province_without_a_value_has_no_shade(country: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 50)
    tree = _tree(_opened("", layout=country).heat().html)
    cells = [td for td in tree.iter("td") if _text(td)]
    silent = [td for td in cells if _text(td.find("small")) == "0"]
    assert silent
    assert len(silent) < len(cells)
    assert {(_text(td)[:2], td.get("class")) for td in silent} == {("–/", None)}


def test_an_english_site_marks_what_is_vietnamese_and_nothing_else(reports: Layout) -> None:
    site = _opened("2025", "en", "en", layout=reports)
    concepts = site.concepts().html
    assert "Work files handled electronically (commune level)" in concepts
    assert 'lang="vi">Tỷ lệ' not in concepts
    assert "\u2068" not in concepts + site.heat().html + site.answer().html
    assert "Progress" not in site.head().html  # where only starting points are shown there is none
    assert "without data of the period for a counted indicator" in site.answer().html


def test_the_notebook_recomputes_the_site_on_frames(reports: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells as they are; a roll-up that says something else stops it."""
    _dataset(reports)
    monkeypatch.setenv("PIPELINE_ROOT", str(reports.root))
    cells = nbformat.read(CODE / NOTEBOOK, as_version=4)["cells"]
    names: dict[str, Any] = {"period": "2025", "page_lang": "", "language": "vi"}
    monkeypatch.setattr(notebook_display, "as_on_the_page", lambda language: None)  # settings of a kernel
    run = [cell["source"] for cell in cells if cell["cell_type"] == "code" and "period = " not in cell["source"]]
    for source in run:
        exec(source, names)  # noqa: S102 - our own notebook
    rolled = names["site"].rolled
    assert names["grid"].loc["Thành phố Hải Phòng", ["reports", "met", "total"]].tolist() == [4, rolled.met, 72]
    assert names["outcomes"].sum().sum() == sum(concept.expected for concept in rolled.concepts)
    assert len(names["met"]) == len(rolled.concepts) == len(names["country"].roll_up(names["shown"]))
    object.__setattr__(names["site"], "rolled", replace(rolled, met=rolled.met + 1))
    with pytest.raises(AssertionError):
        exec(run[2], names)  # noqa: S102
