"""Three agencies of Cát Hải answer for one quarter, each with its part: the report, and who sent when, by hand."""

import csv
import datetime as dt
import re
from pathlib import Path

import openpyxl
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.due.due_book import DueBook
from pipeline.due.owed_rows import rows_asked
from pipeline.due.timeliness import DueReport, ReportingRate, Timeliness
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.report.difficulties import difficulties
from pipeline.report.page import Page
from pipeline.senders.form import HEAD, INDICATORS, TASKS, form_of
from pipeline.senders.form_workbook import write_template
from pipeline.senders.receipt import receipt_page
from pipeline.senders.receive import _receipts
from pipeline.steps import Run
from tests.factories import copy_raw, csv_text

PERIOD = Period(2026, "Q1")
SERVICE, CULTURE, POLICE = "trung-tam-phuc-vu-hanh-chinh-cong", "phong-van-hoa-xa-hoi", "cong-an-dac-khu"
NAMES = {
    SERVICE: "Trung tâm Phục vụ hành chính công",
    CULTURE: "Phòng Văn hóa - Xã hội",
    POLICE: "Công an đặc khu",
}
REGIMES = f"""
- id: phong-quy
  reporter: agency
  agencies: [{", ".join(NAMES.values())}]
  every: [quarter]
  due: {{after: 6}}
  ground: Công văn số 1/CV-UBND
  begins: 2026-01-01
- {{id: xa-quy, reporter: locality, every: [quarter], due: {{after: 6}}, ground: Công văn số 2, begins: 2026-01-01}}
"""
"""Due on 20 March 2026."""
SENT = (Path(__file__).with_name("three-agencies.csv")).read_text("utf-8").splitlines()
"""What the agencies send (day, agency, row, value), and by hand what the report has of it."""


def _send(layout: Layout) -> None:
    """The first part of each agency in its own form, as Excel saves it; later ones as CSV."""
    run = Run.open("cat-hai", str(PERIOD), layout=layout)
    folder = layout.submissions / "cat-hai" / str(PERIOD)
    folder.mkdir(parents=True)
    for day, agency in dict.fromkeys((r["day"], r["agency"]) for r in csv.DictReader(SENT)):
        rows = [r for r in csv.DictReader(SENT) if (r["day"], r["agency"]) == (day, agency)]
        path = folder / f"{day}-phan-cua-{agency}.xlsx"
        if any(folder.glob(f"*-phan-cua-{agency}.xlsx")):
            cells = ({"plan": "", "group": "", "no": "", "as_of": "2026-03-10"} | _cells(row) for row in rows)
            path.with_suffix(".csv").write_text(csv_text(FileKind.OBSERVATIONS, *cells), "utf-8")
            continue
        write_template(form_of(run.registry, run.locality, run.period, (), agency), path)
        _fill(path, rows)


def _cells(row: dict[str, str]) -> dict[str, str]:
    return {"code": row["row"], "value": row["value"], "source": "Hệ thống", "difficulty": row["difficulty"]}


def _fill(path: Path, rows: list[dict[str, str]]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Chỉ tiêu"]
    columns = {cell.value: number for number, cell in enumerate(sheet[HEAD], start=1)}
    lines = {sheet.cell(line, 1).value: line for line in range(5, sheet.max_row + 1)}
    for row in rows:
        line = lines.get(row["row"], sheet.max_row + 1)  # a row of another agency, written below
        sheet.cell(line, 1, row["row"])
        absence = "chưa có số liệu" if not row["value"] else ""
        values = {"Kết quả": row["value"] and float(row["value"]), "Lý do không có số liệu": absence}
        values |= {"Ngày số liệu": dt.date(2026, 3, 10), "Nguồn": "Hệ thống", "Khó khăn, vướng mắc": row["difficulty"]}
        for heading, value in values.items():
            if value:
                sheet.cell(line, columns[heading], value)
    book.save(path)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = copy_raw(tmp_path_factory.mktemp("project"))
    layout.raw.joinpath("regimes.yaml").write_text(REGIMES, "utf-8")
    _send(layout)
    return layout


@pytest.fixture(scope="module")
def intake(project: Layout) -> Intake:
    run = Run.open("cat-hai", str(PERIOD), layout=project)
    return validate_period(project, run.registry, "cat-hai", PERIOD)


@pytest.fixture(scope="module")
def completion(project: Layout, intake: Intake) -> Completion:
    run = Run.open("cat-hai", str(PERIOD), layout=project)
    return evaluate(run.registry, run.locality, PERIOD, intake)


def test_the_form_of_an_agency_has_the_rows_it_leads(project: Layout) -> None:
    registry = Run.open("cat-hai", str(PERIOD), layout=project).registry
    place = registry.locality("cat-hai")
    whole = form_of(registry, place, PERIOD, ())
    forms = {slug: form_of(registry, place, PERIOD, (), slug) for slug in NAMES}
    assert {slug: (len(f.indicators), len(f.tasks), len(f.figures)) for slug, f in forms.items()} == {
        SERVICE: (11, 5, 2),
        CULTURE: (36, 10, 3),
        POLICE: (2, 1, 0),
    }
    for slug, form in forms.items():
        assert all(NAMES[slug] in row[3] for row in form.indicators)
        assert all(NAMES[slug] in row[2] for row in form.tasks)
        assert form == form_of(registry, place, PERIOD, (), NAMES[slug])
    assert {row[0] for form in forms.values() for row in form.figures} == {row[0] for row in whole.figures}
    assert [c.heading for c in (INDICATORS[-1], TASKS[-1])] == ["Khó khăn, vướng mắc"] * 2


def test_the_report_is_that_made_by_hand(intake: Intake) -> None:
    made = {o.code: f"{o.text}|{o.difficulty}" for o in intake.observations}
    hand = {row["row"]: f"{row['report']}|{row['difficulty']}" for row in csv.DictReader(SENT) if row["report"] != "-"}
    assert made == hand
    assert intake.received == len(SENT) - 1 == intake.accepted + len(intake.quarantined)
    assert {q.subject for q in intake.out} == {"cat-hai-nq57/PL2.IV.26", "cat-hai-nq57/PL2.IV.30"}
    [lost] = [q for q in intake.out if q.subject.endswith("26")]
    assert "Trung tâm Phục vụ hành chính công ghi “90" in lost.messages[0]  # the cell that is used
    assert "ô “Chỉ tiêu”!I" in lost.messages[0]
    assert "2026-03-25-phan-cua-phong-van-hoa-xa-hoi.xlsx" in lost.origin.file
    assert [(r.subject, r.before, r.after) for r in intake.revisions] == [("cat-hai-nq57/PL1.I.1", "70", "75")]


def _due(project: Layout, completion: Completion, known_at: dt.date | None = None) -> dict[str, DueReport]:
    book = DueBook.open(project, "cat-hai")
    rows = {("cat-hai", PERIOD, agency): counted for agency, counted in rows_asked(completion).items()}
    return {report.expected.agency: report for report in book.reports([PERIOD], rows, known_at)}


def test_one_is_late_one_in_time_and_one_owes(project: Layout, completion: Completion) -> None:
    reports = _due(project, completion)
    states = {agency: (str(r.state), r.received_on, r.days_late) for agency, r in reports.items()}
    assert states == {
        NAMES[SERVICE]: ("on-time", dt.date(2026, 3, 18), None),
        NAMES[CULTURE]: ("late", dt.date(2026, 3, 25), 5),
        NAMES[POLICE]: ("not-sent", None, None),
        "": ("on-time", dt.date(2026, 3, 18), None),
    }
    rate = ReportingRate.over(report for agency, report in reports.items() if agency)
    assert (rate.expected, rate.sent, rate.of(Timeliness.ON_TIME), rate.with_day) == (3, 2, 1, 3)
    whole, service = reports[""].rows, reports[NAMES[SERVICE]].rows
    assert whole is not None
    assert service is not None
    assert (whole.accepted, whole.asked) == (completion.rate.observed, completion.rate.total)
    assert service.accepted == 3  # PL1.I.1, PL2.IV.26, and PL2.IV.25 from two shared figures
    before = _due(project, completion, dt.date(2026, 3, 20))
    assert [str(before[NAMES[slug]].state) for slug in (SERVICE, CULTURE, POLICE)] == [
        "on-time",
        "not-sent",
        "not-sent",
    ]


def test_what_was_known_on_a_day_has_only_the_parts_received_by_then(project: Layout) -> None:
    run = Run.open("cat-hai", str(PERIOD), layout=project)
    known = validate_period(project, run.registry, "cat-hai", PERIOD, dt.date(2026, 3, 20))
    assert {o.code.rpartition("/")[2]: o.text for o in known.observations if o.key} == {
        "PL1.I.1": "70",
        "PL2.IV.26": "90",
    }


def test_difficulties_stand_on_the_page_and_in_the_report(intake: Intake, completion: Completion) -> None:
    html = re.sub(r"<[^>]+>", "", Page(completion, intake, "").plans().html)
    for text in ("Thiếu máy quét", "Chưa có phần mềm"):
        assert f"Khó khăn, vướng mắc: {text}" in html
    assert [text for _, text in difficulties(completion)] == ["Thiếu máy quét", "Chưa có phần mềm"]


def test_each_agency_is_answered_for_its_part(project: Layout, intake: Intake) -> None:
    run = Run.open("cat-hai", str(PERIOD), layout=project)
    answered = {one.name: one for one in _receipts(run, intake)}
    service = answered["2026-03-18-phan-cua-trung-tam-phuc-vu-hanh-chinh-cong.xlsx"]
    assert (service.part, service.received, len(service.out)) == (NAMES[SERVICE], 4, 0)
    assert [point.rule for point in service.warned if point.rule == "agencies-agree"] == ["agencies-agree"]
    assert len(service.lacking) == 10 - 2 + 5  # of eleven indicators one is computed, two are answered; five tasks
    economy = answered["2026-03-26-phan-cua-phong-kinh-te.xlsx"]
    assert (economy.part, economy.received, economy.accepted) == ("Phòng Kinh tế", 1, 0)
    assert "Phần của Phòng Kinh tế" in receipt_page(economy, run.locality, PERIOD)
