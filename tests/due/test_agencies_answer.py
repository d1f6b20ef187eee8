"""Three agencies of Cát Hải answer for one quarter, each with its part: the report, and who sent when, by hand."""

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.regimes import DueDay, Every, Regime, Reporter
from pipeline.senders.form import INDICATORS, TASKS, form_of
from pipeline.senders.form_workbook import write_template
from pipeline.steps import Run
from tests.factories import copy_raw, csv_text

PERIOD = Period(2026, "Q1")
SERVICE, CULTURE, POLICE = "trung-tam-phuc-vu-hanh-chinh-cong", "phong-van-hoa-xa-hoi", "cong-an-dac-khu"
NAMES = {
    SERVICE: "Trung tâm Phục vụ hành chính công",
    CULTURE: "Phòng Văn hóa - Xã hội",
    POLICE: "Công an đặc khu",
}
REGIME = Regime(
    id="phong-quy",
    reporter=Reporter.AGENCY,
    agencies=tuple(NAMES.values()),
    every=(Every.QUARTER,),
    due=DueDay(after=6),  # 20 March 2026
    ground="Công văn số 1/CV-UBND",
    begins=dt.date(2026, 1, 1),
)
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
    columns = {column.heading: number for number, column in enumerate(INDICATORS, start=1)}
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
    layout.raw.joinpath("regimes.yaml").write_text("[]\n", "utf-8")
    _send(layout)
    return layout


@pytest.fixture(scope="module")
def intake(project: Layout) -> Intake:
    run = Run.open("cat-hai", str(PERIOD), layout=project)
    return validate_period(project, run.registry, "cat-hai", PERIOD)


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
