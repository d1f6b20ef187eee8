"""Expected and actual reports of a made-up city against a table made by hand, and what holds whatever was sent."""

import csv
import datetime as dt
import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.cli import main
from pipeline.due.due_book import DueBook
from pipeline.due.due_frames import By, due_frame, reporting_frame
from pipeline.due.plan_heads import FIELDS, head_in, plan_heads
from pipeline.due.received import arrival_of
from pipeline.due.timeliness import DueReport, ReportingRate, RowsAsked, Timeliness, timeliness
from pipeline.errors import DataError, UsageError
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period
from pipeline.plans.regimes import DueDay, Every, Regime, Reporter, last_periods, named_in_vain, read_regimes
from pipeline.plans.registry import Registry, read_registry
from pipeline.site import due_page
from pipeline.site.due_inputs import due_inputs
from pipeline.site.due_page import DuePage
from pipeline.site.sections import site_words
from tests.due.made_up_city import MADE_UP, city_rows, make_city

QUARTERS = [Period(2026, "Q1"), Period(2026, "Q2")]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return make_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def book(city: Layout) -> DueBook:
    return DueBook.open(city)


@pytest.fixture(scope="module")
def reports(book: DueBook) -> list[DueReport]:
    return book.reports(QUARTERS, {("bach-long-vi", QUARTERS[0], ""): RowsAsked(18, 20)})


def test_it_is_the_table_made_by_hand(reports: list[DueReport]) -> None:
    made = {
        (r.expected.locality, str(r.expected.period)): (
            str(r.state),
            str(r.received_on or ""),
            str(r.days_late or ""),
        )
        for r in reports
    }
    assert made == {(r["locality"], r["period"]): (r["state"], r["received"], r["days_late"]) for r in city_rows()}


def test_a_day_in_the_past_gives_what_was_known_then(book: DueBook) -> None:
    day = dt.date(2026, 3, 22)
    made = {
        (r.expected.locality, str(r.expected.period)): str(r.state) for r in book.reports(QUARTERS, {}, known_at=day)
    }
    assert made == {(r["locality"], r["period"]): r["on_22_march"] for r in city_rows() if r["on_22_march"]}
    assert [str(p) for p in book.recent_periods(day)] == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]


def test_the_rates_are_those_counted_by_hand(reports: list[DueReport]) -> None:
    frame = reporting_frame(reports).set_index("period")
    counts = ["expected", "sent", "on_time", "late", "day_unknown", "no_due_day", "not_sent", "with_due_day"]
    assert frame.loc["2026-Q1", counts].tolist() == [10, 7, 3, 1, 2, 1, 3, 9]
    assert frame.loc["2026-Q2", counts].tolist() == [11, 7, 4, 2, 1, 0, 4, 10]
    assert frame.loc["2026-Q1", ["rows_accepted", "rows_asked"]].tolist() == [18, 20]
    places = reporting_frame(reports, By.LOCALITY).groupby("of")[["expected", "sent"]].sum()
    assert places.loc["kien-an"].tolist() == [1, 1]
    assert places.loc["le-chan"].tolist() == [2, 0]
    assert set(reporting_frame(reports, By.PROVINCE)["of"]) == {"31"}


def test_the_frame_says_what_is_over_its_day(reports: list[DueReport]) -> None:
    frame = due_frame(reports, dt.date(2026, 7, 1)).set_index(["locality", "period"])
    assert frame.loc[("le-chan", "2026-Q2"), "days_over"] == 7
    assert frame.loc[("binh-giang", "2026-Q2"), ["due", "days_over"]].isna().all()  # no paper prints a day
    assert frame.loc[("bach-long-vi", "2026-Q2"), ["days_late"]].tolist() == [6]
    assert frame["synthetic"].sum() == 2 * len(MADE_UP) - 1
    assert due_frame(reports)["days_over"].isna().all()  # as of no day


@given(
    due=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    days=st.lists(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), max_size=3),
    undated=st.integers(0, 2),
)
def test_a_report_is_late_only_where_every_file_came_after_a_printed_day(
    due: dt.date | None, days: list[dt.date], undated: int
) -> None:
    arrival = arrival_of([*(f"{day}-x.csv" for day in days), *("x.csv",) * undated], dt.date(2026, 3, 14))
    if arrival is None:
        assert not days
        assert not undated
        return
    state = timeliness(due, arrival.dated[0] if arrival.dated else None, bool(arrival.undated))
    assert state is not Timeliness.NOT_SENT  # after the day it is late, and accepted
    assert (state is Timeliness.RECEIVED) == (due is None)
    assert (state is Timeliness.LATE) == (due is not None and not undated and min(days) > due)


@given(st.lists(st.sampled_from(["2026-03-01-a.csv", "2026-04-01-b.csv", "c.csv", "d.pdf"]), max_size=4), st.dates())
def test_nothing_is_known_before_it_came(names: list[str], day: dt.date) -> None:
    then, now = (arrival_of(names, dt.date(2026, 3, 14), known_at) for known_at in (day, None))
    assert (then.files if then else 0) <= (now.files if now else 0)
    assert then is None or all(known <= day for known in then.dated)
    assert then is None or now is None or then.complete == (then.files == now.files)


@pytest.mark.parametrize(
    ("due", "period", "day"),
    [
        ({"after": 0}, "2026-Q1", "2026-03-14"),
        ({"after": 20}, "2026", "2027-01-03"),
        ({"day": 20}, "2026-Q1", "2026-03-20"),
        ({"day": 31}, "2026-02", "2026-02-28"),
        ({"day": 15, "month": 1}, "2026", "2027-01-15"),
        ({"day": 10, "month": 1}, "2026-9M", "2026-10-10"),
    ],
)
def test_the_last_day(due: dict[str, int], period: str, day: str, calendar: Calendar) -> None:
    assert str(DueDay.model_validate(due).of(Period.parse(period), calendar)) == day


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": {}},
        {"due": {"after": 3, "day": 4}},
        {"due": {"after": 3, "month": 1}},
        {"due": {"after": 3}, "every": []},
        {"agencies": ["Phòng"]},
        {"province": "1"},
        {"printed": "định \u202ekỳ"},
        {"agencies": ["Phòng\u200bA"], "reporter": "agency"},
    ],
)
def test_a_regime_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    right = {"id": "thu", "reporter": "locality", "every": ["year"], "ground": "thử"}
    assert Regime.model_validate(right)
    with pytest.raises(ValidationError):
        Regime.model_validate(right | wrong)


def test_the_periods_before() -> None:
    assert [str(p) for p in last_periods(Period.parse("2026-Q2"), 4)] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
    assert [str(p) for p in last_periods(Period.parse("2026-01"), 2)] == ["2025-12", "2026-01"]
    assert [str(p) for p in last_periods(Period.parse("2026-9M"), 2)] == ["2025-9M", "2026-9M"]


def test_a_regime_written_twice_is_told(city: Layout, tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.raw.mkdir(parents=True)
    places = read_registry(city).localities
    assert read_regimes(layout, places) == ()  # no file: nothing is ordered
    (layout.raw / "regimes.yaml").write_text((city.raw / "regimes.yaml").read_text("utf-8").replace("rieng", "quy"))
    with pytest.raises(DataError, match=r"regimes\.yaml, id quy"):
        read_regimes(layout, places)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("localities", ["binh-giang", "cat-hay"], "không có địa phương “cat-hay” .*Có phải: cat-hai "),
        ("province", "99", "không có tỉnh, thành phố mã “99”"),
        ("province", "31", ""),
        ("localities", ["binh-giang"], ""),
    ],
)
def test_a_regime_of_a_place_that_is_not_there_is_refused(
    key: str, value: object, message: str, city: Layout, tmp_path: Path
) -> None:
    layout, places = Layout(tmp_path), read_registry(city).localities
    layout.raw.mkdir(parents=True)
    regime = {"id": "thu", "reporter": "locality", "every": ["quarter"], "ground": "thử", key: value}
    (layout.raw / "regimes.yaml").write_text(yaml.safe_dump([regime]), "utf-8")
    if not message:
        assert len(read_regimes(layout, places)) == 1
        return
    with pytest.raises(DataError) as raised:
        read_regimes(layout, places)
    assert re.search(rf"regimes\.yaml, id thu, {key}: {message}", str(raised.value.findings[0]))


def test_a_plan_or_agency_that_a_regime_names_in_vain_is_told() -> None:
    given = {"reporter": "agency", "every": ["quarter"], "ground": "thử"}
    regimes = [
        Regime.model_validate(given | {"id": "a", "plans": ["x-2026"], "agencies": ["Phòng A", "Phòng B"]}),
        Regime.model_validate(given | {"id": "b", "plans": ["x-2062"]}),
    ]
    told = [f.place for f in named_in_vain(regimes, {"x-2026"}, {"x-2026": ("Phòng A",)})]
    assert told == ["id a, agencies", "id b, plans"]
    assert not list(named_in_vain(regimes, (), {}))  # of one locality, or with faults: what is not known is not told


def test_the_regimes_of_the_project_name_known_plans(registry: Registry) -> None:
    regimes = read_regimes(Layout(), registry.localities)
    assert {name for regime in regimes for name in regime.plans} <= {plan.id for plan in registry.plans}
    assert not any(regime.due for regime in regimes)  # no paper here prints a day
    own = [regime for regime in regimes if regime.reporter is Reporter.AGENCY and regime.every]
    assert [regime.every for regime in own] == [(Every.MONTH, Every.QUARTER, Every.YEAR)]


def test_the_head_of_a_plan_is_that_of_the_whole_plan(city: Layout) -> None:
    whole = {plan.id: plan for plan in read_registry(city).plans}
    heads, faults, _ = plan_heads(city)
    assert not faults
    assert {head.id: [getattr(head, f) for f in FIELDS] for head in heads} == {
        name: [getattr(plan, f) for f in FIELDS] for name, plan in whole.items()
    }
    assert head_in("id: x\r\ntitle: à\r\nyears:\r\n  first: 2026\r\n  last: 2027\r\n".encode()) == {
        "id": "x",
        "years": {"first": 2026, "last": 2027},
    }
    assert head_in(b'{"id": "x", "groups": []}') == {"id": "x"}  # as made-up countries have it
    assert head_in(b"{id: x, groups: []}") == {"id": "x"}  # YAML that begins with the same sign
    with pytest.raises(yaml.YAMLError):
        head_in(b'{"id": "x", "groups": [')


def test_agencies_report_by_the_rows_they_lead(city: Layout) -> None:
    text = "- {id: don-vi, reporter: agency, plans: [cat-hai-nq57], every: [quarter], ground: thử, due: {after: 10}}"
    layout = Layout(city.root)
    kept = (layout.raw / "regimes.yaml").read_text("utf-8")
    sent = layout.submissions / "cat-hai" / str(QUARTERS[1]) / "2026-06-26-trung-tam.csv"
    try:
        (layout.raw / "regimes.yaml").write_text(kept + text, "utf-8")
        sent.touch()
        book = DueBook.open(layout, "cat-hai")
        name = next(r.agency for r in book.expected([QUARTERS[1]]) if r.agency.startswith("Trung tâm Phục vụ"))
        rows = {("cat-hai", QUARTERS[1], name): RowsAsked(2, 5, (sent.name,))}
        states = {r.expected.agency: r for r in book.reports([QUARTERS[1]], rows)}
        agency = next(one for one in book.lists.agencies if one.name == name)
        form = sent.rename(sent.with_name(f"2026-06-20-bieu-mau-cat-hai-2026-Q2-{agency.id}.xlsx"))
        alone = {r.expected.agency: r.state for r in book.reports([QUARTERS[1]], {})}
        sent = form.rename(form.with_name("2026-06-20-bieu-mau-cat-hai-2026-Q2-ban-sua.xlsx"))
        no_agency = {r.expected.agency: r.state for r in book.reports([QUARTERS[1]], {})}
    finally:
        sent.unlink()
        (layout.raw / "regimes.yaml").write_text(kept, "utf-8")
    assert (states[name].state, states[name].days_late) == (Timeliness.LATE, 2)
    assert states[name].owed
    assert states["Công an đặc khu"].state is Timeliness.UNREAD  # no report says yet what is in the file
    # Its form under its own name is the part of one agency, as for intake.
    assert (alone[name], no_agency[name]) == (Timeliness.ON_TIME, Timeliness.UNREAD)
    only = arrival_of([form.name], dt.date(2026, 6, 14))
    assert only is not None
    assert (only.of_the_whole({agency.id}), only.of_the_whole(())) == ((), only.names)
    assert ReportingRate.over(states.values()).of(Timeliness.DAY_UNKNOWN) == 1  # of the locality
    assert reporting_frame(states.values(), By.LOCALITY)["expected"].tolist() == [1]  # levels are not added
    assert reporting_frame(states.values(), By.AGENCY)["expected"].sum() == len(states) - 1


def test_the_command_prints_what_is_owed(city: Layout, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PIPELINE_ROOT", str(city.root))
    assert main(["due", "--as-of=2026-07-01", "--", "", "2026-Q2"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Ngày 01/07/2026, Quý II năm 2026:"
    assert told[2].split() == ["2026-Q2", "11", "7", "4/10", "2", "1", "4", "chưa", "biết"]
    assert any("Phường Lê Chân" in line and "chưa gửi, quá hạn 7 ngày" in line for line in told)
    assert "Căn cứ: Công văn thử; gửi Sở" in told
    table = (city.root / told[-1]).read_text("utf-8-sig").splitlines()
    assert len(table) == 12
    words = {row["locality"]: (row["state"], row["state_words"]) for row in csv.DictReader(table)}
    assert words["le-chan"] == ("not-sent", "chưa gửi, quá hạn 7 ngày")
    assert main(["due", "--", "thai-binh"]) in (64, 66)
    assert main(["due", "--", "", "2026-Q7"]) == 64


def test_the_page_shows_the_table(city: Layout) -> None:
    page = DuePage.open(city, QUARTERS[1], site_words("vi"))
    assert [str(period) for period in page.periods] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]  # of Cát Hải
    (line,) = page.provinces
    assert [(rate.sent, rate.expected) for rate in line.rates] == [(0, 1), (0, 1), (7, 10), (7, 11)]
    assert line.bars[2][1:] == (6.2, 13.3)  # 19 units are all
    assert dict(page.owing()) == {
        "Thành phố Hải Phòng": ["Xã Bình Giang", "Phường Đồ Sơn", "Phường Hải An", "Phường Lê Chân"]
    }
    text = " ".join(re.sub(r"<[^>]+>", " ", page.render().html).split())
    assert "Đã nhận 7 trong 11 báo cáo phải gửi của kỳ này. Đúng hạn 4 trong 10" in text
    assert "+6 muộn (số ngày)" in text
    assert "quá hạn" not in text  # no day of today is asked for


def test_the_page_tells_the_grounds_of_the_regimes_as_the_command_does(city: Layout, capsys, monkeypatch) -> None:
    monkeypatch.setenv("PIPELINE_ROOT", str(city.root))
    assert main(["due", "--as-of=2026-07-01", "--", "", "2026-Q2"]) == 0
    told = [line.partition(": ") for line in capsys.readouterr().out.splitlines() if line.startswith(("Căn cứ", "Văn"))]
    html = DuePage.open(city, QUARTERS[1], site_words("vi")).render().html
    (fold,) = re.findall("<details><summary>Căn cứ, nơi nhận</summary>(.*?)</details>", html, re.DOTALL)
    items = re.findall("<li>(.*?)</li>", fold)
    assert len(items) == len(told) > 1
    for head, _, said in told:
        ground, _, to = said.partition("; gửi ")
        (item,) = [item for item in items if ground in item and to.partition(" (qua")[0] in item]
        assert ("không ghi kỳ" in item) is head.startswith("Văn")


def test_of_many_places_each_province_has_a_page(city: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.site.due_page.MOST_PLACES", 3)
    page = DuePage.open(city, QUARTERS[1], site_words("vi"))
    (of_city,) = page.by_province()
    assert (page.places, page.agencies, len(of_city.places)) == ([], [], 11)
    assert (page.name, of_city.name) == ("due.html", "due-hai-phong.html")
    html, inside = page.render().html, of_city.render().html
    assert html.count('href="due-hai-phong.html"') == 2
    assert "Phường Lê Chân" not in html
    assert "Phường Lê Chân" in inside
    assert 'href="due.html"' in inside
    assert of_city.rate == page.rate
    assert not list(of_city.by_province())


def test_a_page_without_regimes_says_so(city: Layout, tmp_path: Path) -> None:
    bare = Layout(tmp_path)
    shutil.copytree(city.raw, bare.raw)
    (bare.raw / "regimes.yaml").unlink()
    (bare.plans / "an-bien" / "an-bien-2026.yaml").write_text("id: [", "utf-8")
    html = DuePage.open(bare, QUARTERS[1], site_words("vi")).render().html
    assert "Không văn bản nào" in html
    assert "1 chỗ trong các tệp kế hoạch không đọc được" in html


def test_the_site_is_made_again_when_what_is_owed_may_change(tmp_path: Path) -> None:
    layout = make_city(tmp_path)
    keys = [due_inputs(layout)]
    plan = layout.plans / "an-bien" / "an-bien-2026.yaml"
    plan.write_text(plan.read_text("utf-8").replace("title: Nhóm", "title: Khác"), "utf-8")
    assert due_inputs(layout) == keys[0]  # a row of a plan changes nothing
    for change in (
        lambda: plan.write_text(plan.read_text("utf-8").replace("2026-01-05", "2026-05-05"), "utf-8"),
        lambda: (layout.submissions / "le-chan" / "2026-Q2" / "2026-07-01-a.csv").write_bytes(b""),
        lambda: (layout.raw / "regimes.yaml").write_text("[]", "utf-8"),
    ):
        change()
        keys.append(due_inputs(layout))
    keys.append(due_inputs(layout, "2026-07-01"))
    assert len(set(keys)) == 5


def test_the_page_as_of_a_day_counts_what_had_come_by_then(city: Layout) -> None:
    page = DuePage.open(city, QUARTERS[0], site_words("vi"), as_of=dt.date(2026, 3, 22))
    by_hand = {r["locality"]: r["on_22_march"] for r in city_rows() if r["period"] == "2026-Q1" and r["on_22_march"]}
    assert {r.expected.locality: str(r.state) for r in page.now} == by_hand
    assert "Tính đến hết ngày 22/03/2026" in page.render().html
    assert "Tính đến" not in DuePage.open(city, QUARTERS[0], site_words("vi")).render().html
    with pytest.raises(UsageError, match="PERIOD"):
        DuePage.open(city, QUARTERS[1], site_words("vi"), as_of=dt.date(2026, 3, 22))


def test_agencies_of_a_whole_country_have_no_line_where_nothing_is_owed_either(
    city: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {(f"xa-{number}", QUARTERS[1], ""): RowsAsked(1, 2) for number in range(due_page.MOST_PLACES + 1)}
    monkeypatch.setattr(due_page, "rows_by_report", lambda *_: rows)
    monkeypatch.setattr(due_page, "agency_rows", lambda *_: {("cat-hai", QUARTERS[1], "Sở"): RowsAsked(1, 2)})
    bare = Layout(tmp_path)
    shutil.copytree(city.raw, bare.raw)
    (bare.raw / "regimes.yaml").unlink()
    assert DuePage.open(bare, QUARTERS[1], site_words("vi")).agencies == []
    rows.popitem()
    assert len(DuePage.open(bare, QUARTERS[1], site_words("vi")).agencies) == 1
