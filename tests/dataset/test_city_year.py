"""A year of one city, from the first due day to the last: twenty made-up communes and three real ones.

The communes of `benchmarks.synthetic` are put under Hải Phòng, beside Bạch Long Vĩ, Bình Giang and Cát Hải. By hand are
city-year.csv (what each sends when, and what becomes of it), city-year-rates.csv (the sums), city-year-agencies.csv
(what Cát Hải has of its agencies). Rows of a report are counted in the files it is made from, and planted.csv beside
them. Figures close on the 14th of the last month of a quarter; reports are due on the 24th.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from benchmarks.synthetic import Shape, make_country
from pipeline.completion.evaluate import evaluate
from pipeline.dataset.make_dataset import make_dataset
from pipeline.dataset.rows_by_report import rows_by_report
from pipeline.due.due_book import DueBook
from pipeline.due.due_frames import By, due_frame, reporting_frame
from pipeline.due.owed_rows import rows_asked
from pipeline.due.timeliness import DueReport, RowsAsked
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.draft import KNOWN
from pipeline.intake.file_names import received_day
from pipeline.intake.inbox import COPIED
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.progress import silent
from pipeline.publish import publish as publishing
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Log
from pipeline.publish.manifest import RUN_INFO, run_id
from pipeline.publish.sign_off import WITH_REASON, State, sign_off_of
from pipeline.publish.swap import staging
from pipeline.publish.verify import Scope, verify
from pipeline.run.due_table import DueRequest
from pipeline.run.reminders import make_reminders
from pipeline.site.due_page import DuePage
from pipeline.site.sections import site_words
from pipeline.steps import Run, to_json
from tests.due.test_agencies_answer import _send
from tests.factories import copy_raw, csv_text


def _table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(__file__).with_name(name).read_text("utf-8").splitlines()))


YEAR, RATES, AGENCIES = map(_table, ("city-year.csv", "city-year-rates.csv", "city-year-agencies.csv"))
QUARTERS = [Period(2026, f"Q{number}") for number in (1, 2, 3, 4)]
JUNE = dt.date(2026, 6, 25)
"""The day after the second due day."""
REGIMES = f"""
- {{id: quy, reporter: locality, province: "31", every: [quarter], due: {{after: 10}}, ground: Công văn số 1/CV-UBND}}
- id: don-vi-quy
  reporter: agency
  agencies: [{", ".join(row["agency"] for row in AGENCIES[1:])}]
  localities: [cat-hai]
  every: [quarter]
  due: {{after: 6}}
  ground: Công văn số 2/CV-UBND
"""
REAL = {
    "bach-long-vi": [f"bach-long-vi-2026/{label}" for label in ("II.1", "II.10", "II.13")],
    "binh-giang": ["binh-giang-2026/II.3"],
    "cat-hai": ["cat-hai-nq57/PL2.IV.26"],
}
"""The rows for which a real commune sends a value; Cát Hải sends the parts of its agencies for the first quarter."""
CORRECTED = "code,value,unit,as_of,source,note\nmo-phong-00008-2026/III.3,80,%,2026-03-05,Phiếu khảo sát,Đếm lại\n"


def _make_city(root: Path) -> Layout:
    """The lists of both, the plans, the regimes, and the files of the table; the rest is taken away."""
    layout, made = copy_raw(root / "city"), Layout(root / "country")
    make_country(made.root, 20, shape=Shape(10, 10, tuple(map(str, QUARTERS))))
    shutil.copytree(made.plans, layout.plans, dirs_exist_ok=True)
    shutil.copytree(made.submissions, layout.submissions, dirs_exist_ok=True)
    places = (made.raw / "localities.csv").read_text("utf-8").splitlines()
    with (layout.raw / "localities.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{place.rpartition(',')[0]},31,,no\n" for place in places if ",Xã," in place)
    known = (layout.raw / "agencies.yaml").read_text("utf-8")
    offices = yaml.safe_load((made.raw / "agencies.yaml").read_text("utf-8"))
    new = [office | {"id": f"mp-{office['id']}"} for office in offices if office["name"] not in known]
    (layout.raw / "agencies.yaml").write_text(known + yaml.safe_dump(new, allow_unicode=True), "utf-8")
    (layout.raw / "regimes.yaml").write_text(REGIMES, "utf-8")
    for row in YEAR:
        _receive(layout, row)
    return layout


def _receive(layout: Layout, row: dict[str, str]) -> None:
    """The files of one commune for one quarter, with the day received in front of their names; '?' for none."""
    slug, period, day = row["locality"], row["period"], row["received"]
    folder = layout.submissions / slug / period
    if (slug, period) == ("cat-hai", "2026-Q1"):
        _send(layout)
    elif slug in REAL and day:
        folder.mkdir(parents=True)
        cells = {"plan": "", "group": "", "no": "", "as_of": f"2026-{3 * int(period[-1]):02}-10"}
        rows = [cells | {"code": code} for code in REAL[slug]]
        (folder / f"{day}-so-lieu.csv").write_text(csv_text(FileKind.OBSERVATIONS, *rows), "utf-8")
    for path in sorted(folder.glob("*")) if slug not in REAL else ():
        if path.name.startswith(COPIED):
            pass  # of the public page: nobody in the commune sent it
        elif not day:
            path.unlink()
        elif day != "?" and received_day(path.name) is None:  # a correction has the day on which it came
            path.rename(folder / f"{day}-{path.name}")


def _publish(run: Run) -> None:
    """What the report of a run states, published as a run publishes it; no kernel runs."""
    intake = validate_period(run.layout, run.registry, run.locality.slug, run.period)
    completion = evaluate(run.registry, run.locality, run.period, intake)
    inputs = describe_inputs(run)
    with staging(run.report) as staged:
        (staged / "completion.json").write_text(to_json(completion), "utf-8")
        (staged / RUN_INFO).write_text("{}\n", "utf-8")
        publishing.publish(run, staged, inputs, silent)


def _sign(run: Run, step: str) -> None:
    """One step of the column `signed`: a signature, or a corrected file and the report made again."""
    if step == "corrected":
        (run.layout.submissions / run.locality.slug / str(run.period) / "2026-04-08-sua.csv").write_text(CORRECTED)
        _publish(run)
    else:
        by = "Sở Khoa học và Công nghệ" if step in (State.CITY, State.RETURNED) else f"UBND {run.locality.full_name}"
        sign_off(run, State(step), by, silent, "Thiếu minh chứng" if step in WITH_REASON else "")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The city after its year: every report of the table that has a level is published, signed, in the data set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KNOWN, "")  # the code counts as committed
        layout = _make_city(tmp_path_factory.mktemp("year"))
        for row in filter(lambda row: row["level"], YEAR):
            run = Run.open(row["locality"], row["period"], layout=layout)
            _publish(run)
            for step in row["signed"].split():
                _sign(run, step)
        make_dataset(layout)
        yield layout


def _reports(layout: Layout, known_at: dt.date | None = None) -> list[DueReport]:
    return DueBook.open(layout).reports(QUARTERS, rows_by_report(layout, QUARTERS), known_at)


def test_what_becomes_of_each_report_is_that_of_the_table(city: Layout) -> None:
    frame = due_frame(_reports(city)).set_index(["locality", "period"])
    assert len(YEAR) == 23 * 4
    for row in YEAR:
        key = (row["locality"], row["period"])
        state, days = frame.loc[key, ["state", "days_late"]].astype(object).fillna("")
        assert (state, str(days)) == (row["state"], row["days_late"]), key
        counted = frame.loc[key, ["rows_accepted", "rows_asked"]].dropna()
        assert "/".join(map(str, counted)) == row["rows"], key
    assert frame["synthetic"].sum() == 20 * 4
    then = {(r.expected.locality, str(r.expected.period)): str(r.state) for r in _reports(city, JUNE)}
    assert {key: state for key, state in then.items() if key[1] <= "2026-Q2"} == {
        (row["locality"], row["period"]): row["on_25_june"] for row in YEAR if row["on_25_june"]
    }


def test_the_rates_are_the_sums_made_by_hand(city: Layout) -> None:
    for known_at in (None, JUNE):
        frame = reporting_frame(_reports(city, known_at), By.PROVINCE).set_index("period")
        assert set(frame["of"]) == {"31"}
        for row in (row for row in RATES if row["known_at"] == str(known_at or "")):
            columns = list(row)[2:]
            assert frame.loc[row["period"], columns].tolist() == [int(row[name]) for name in columns], row


def test_the_page_shows_the_same_rates(city: Layout) -> None:
    for period, known_at in ((QUARTERS[3], ""), (QUARTERS[1], str(JUNE))):
        as_of = dt.date.fromisoformat(known_at) if known_at else None
        page = DuePage.open(city, period, site_words("vi"), as_of=as_of)
        [line] = page.provinces  # of one city
        shown = {str(at): f"{rate.sent}/{rate.expected}" for at, rate in zip(page.periods, line.rates, strict=True)}
        sums = {row["period"]: row for row in RATES if row["known_at"] == known_at}
        assert {at: shown[at] for at in sums} == {at: f"{row['sent']}/{row['expected']}" for at, row in sums.items()}
        row = sums[str(period)]
        told = f"Đã nhận {row['sent']} trong 23 báo cáo phải gửi của kỳ này. Đúng hạn {row['on_time']} trong 23"
        assert told in " ".join(page.render().html.replace("<strong>", "").replace("</strong>", "").split())
        assert sum(map(len, dict(page.owing()).values())) == int(row["not_sent"])
        first = page.periods.index(QUARTERS[0])
        lines = {one.agency: one.rows[first] for one in page.agencies if one.locality == "Đặc khu Cát Hải"}
        for part in AGENCIES[1:]:
            assert lines[part["agency"]] == RowsAsked(int(part["accepted"]), int(part["asked"]))


def test_each_report_stands_at_its_level(city: Layout) -> None:
    for row in filter(lambda row: row["level"], YEAR):
        address = row["locality"], row["period"]
        history = Log(city.log).history(*address)
        assert sign_off_of(history, run_id(city.reports.joinpath(*address))).state == row["level"], row
        steps = [entry.state for entry in history if entry.action == "signed-off"]
        assert steps == [step for step in row["signed"].split() if step != "corrected"]
    assert verify(city, Scope()).faults == []


def test_one_report_is_merged_from_three_agencies(city: Layout) -> None:
    run = Run.open("cat-hai", "2026-Q1", layout=city)
    for known_at, at in ((None, ""), (dt.date(2026, 3, 20), "_on_20_march")):
        intake = validate_period(city, run.registry, "cat-hai", run.period, known_at)
        counted = rows_asked(evaluate(run.registry, run.locality, run.period, intake))
        rows = {("cat-hai", run.period, agency): both for agency, both in counted.items()}
        reports = DueBook.open(city, "cat-hai").reports([run.period], rows, known_at)
        made = {r.expected.agency: (str(r.state), str(counted[r.expected.agency].accepted)) for r in reports}
        assert made == {row["agency"]: (row[f"state{at}"], row[f"accepted{at}"]) for row in AGENCIES}
        days = {one.expected.agency: str(one.days_late or "") for one in reports}
        assert at or days == {row["agency"]: row["days_late"] for row in AGENCIES}


def test_reminders_go_to_who_owes_with_the_form_of_what_they_lead(city: Layout) -> None:
    told: list[str] = []
    assert "Quý II năm 2026: " in next(make_reminders(city, DueRequest(JUNE, past=True), told.append))
    folder = city.processed / "reminders" / "2026-Q2"
    rows = list(csv.DictReader((folder / "nhac.csv").read_text("utf-8-sig").splitlines()))
    quarter = {row["locality"]: row["reminded"] for row in YEAR if row["period"] == "2026-Q2"}
    assert {row["locality"] for row in rows} == {slug for slug, reminded in quarter.items() if reminded}
    assert sum("đã gửi, chưa biết thiếu dòng nào" in line for line in told) == list(quarter.values()).count("")
    for slug in dict.fromkeys(row["locality"] for row in rows):
        own = [row for row in rows if row["locality"] == slug]
        text = (folder / slug / f"nhac-{slug}.txt").read_text("utf-8")
        assert "hạn gửi 24/06/2026" in text
        arrived = "Hiện chưa nhận được báo cáo." if quarter[slug] == "all" else "Đã nhận báo cáo ngày 23/06/2026"
        assert arrived in text
        assert f"Biểu mẫu gửi kèm: bieu-mau-{slug}-2026-Q2.xlsx." in text
        assert all((folder / row[name]).is_file() for row in own for name in ("message", "form"))
        assert len({row["form"] for row in own}) == len({row["agency"] for row in own}) > 1
        if slug not in REAL:
            plan = json.loads(next((city.plans / slug).glob("*.yaml")).read_text("utf-8"))
            leads = {name for row in [*plan["indicators"], *plan["tasks"]] for name in row["lead"]}
            assert {row["agency"] for row in own} == {"", *leads}
    lacking = [r["code"] for r in rows if r["code"].startswith("bach-long-vi-2026/II.") and not r["agency"]]
    assert len(lacking) == 18 - 3
    assert not {*REAL["bach-long-vi"]} & {*lacking}
