"""Reminders ask for exactly the rows that lack a value, of exactly who has not given it."""

import csv
import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.cli import main
from pipeline.completion.evaluate import evaluate
from pipeline.intake.rows import Observation
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.report.page import Page
from pipeline.senders import form_workbook
from pipeline.steps import Run, load_report, to_json
from tests.factories import report_2026_as_2025

REGIMES = """
- {id: nam, reporter: locality, every: [year], due: {after: 6}, ground: Công văn số 1/CV-UBND, begins: 2026-01-01}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Bình Giang has sent its values of 2026 and has a report; Bạch Long Vĩ has sent for 2026 and has none."""
    layout = report_2026_as_2025(tmp_path_factory.mktemp("project"))
    (layout.raw / "regimes.yaml").write_text(REGIMES, "utf-8")
    run = Run.open("binh-giang", "2026", layout=layout)
    intake = validate_period(layout, run.registry, run.locality.slug, run.period)
    completion = evaluate(run.registry, run.locality, run.period, intake)
    run.save(intake)
    run.report.mkdir(parents=True)
    (run.report / "completion.json").write_text(to_json(completion), "utf-8")
    return layout


def _reminded(layout: Layout, monkeypatch: pytest.MonkeyPatch, *asked: str) -> tuple[Path, list[dict[str, str]]]:
    monkeypatch.setenv("PIPELINE_ROOT", str(layout.root))
    assert main(["reminders", "--as-of=2027-01-10", "--", *asked]) == 0
    folder = layout.processed / "reminders" / "2026"
    return folder, list(csv.DictReader((folder / "nhac.csv").read_text("utf-8-sig").splitlines()))


def test_a_report_lacks_what_the_messages_ask_for(project: Layout, monkeypatch, capsys) -> None:
    read, earlier_values = list[str](), form_workbook.earlier_values

    def once(*given: Any) -> tuple[Observation, ...]:
        read.append(given[2])
        return earlier_values(*given)

    monkeypatch.setattr(form_workbook, "earlier_values", once)
    _, rows = _reminded(project, monkeypatch)
    told = capsys.readouterr()
    assert len({(row["locality"], row["agency"]) for row in rows}) > len(read) == len(set(read)) > 0
    assert "Đặc khu Bạch Long Vĩ: đã gửi, chưa biết thiếu dòng nào" in told.err
    report = load_report("binh-giang", "2026", layout=project)
    indicators, tasks = report.indicators(), report.tasks()
    lacking = indicators[indicators["counted"] & indicators["absence"].isin(["not-submitted", "quarantined"])]
    lacking_tasks = tasks[~tasks["repeats"] & tasks["status"].isin(["not-reported", "not-reported-past-due"])]
    codes = [*lacking["code"], *lacking_tasks["code"]]
    assert [row["code"] for row in rows if (row["locality"], row["agency"]) == ("binh-giang", "")] == codes
    assert 0 < len(lacking) < indicators["counted"].sum()
    for agency in {row["agency"] for row in rows if row["agency"]}:
        own = [row["code"] for row in rows if (row["locality"], row["agency"]) == ("binh-giang", agency)]
        led = [*lacking.loc[lacking["lead"].fillna("").str.contains(agency, regex=False), "code"]]
        led += [*lacking_tasks.loc[lacking_tasks["lead"].fillna("").str.contains(agency, regex=False), "code"]]
        assert own == led


def test_the_report_lists_the_same_rows_under_each_agency(project: Layout, monkeypatch) -> None:
    _, rows = _reminded(project, monkeypatch, "binh-giang", "2026")
    report = load_report("binh-giang", "2026", layout=project)
    html = Page(report.completion, report.run.intake(), "").agencies().html
    listed = re.findall(
        r'<a href="#binh-giang-2026-(?:task-)?([^"]+)"', html.partition("<details")[2].partition("</details>")[0]
    )
    assert listed == [row["code"].partition("/")[2] for row in rows if row["agency"]]


def test_a_message_is_polite_whole_and_has_its_form(project: Layout, monkeypatch) -> None:
    folder, rows = _reminded(project, monkeypatch, "binh-giang", "2026")
    lines = (folder / "binh-giang" / "nhac-binh-giang.txt").read_text("utf-8").splitlines()
    assert lines[0] == "Kính gửi: UBND xã Bình Giang"
    assert "hạn gửi 20/12/2026" in lines[1]
    assert "Căn cứ: Công văn số 1/CV-UBND. Đã nhận báo cáo, còn thiếu số liệu." in lines[1]
    assert lines[-1] == "Trân trọng cảm ơn."
    asked = [line[2:].partition(":")[0] for line in lines if line.startswith("- ")]
    assert asked == [row["code"] for row in rows if not row["agency"]]
    assert len({row["form"] for row in rows}) == len({row["agency"] for row in rows}) > 1
    for agency, form, message in {(row["agency"], row["form"], row["message"]) for row in rows}:
        book = openpyxl.load_workbook(folder / form, read_only=True)
        led = [row for name in ("Chỉ tiêu", "Nhiệm vụ") for row in book[name].iter_rows(min_row=5, values_only=True)]
        assert {row["code"] for row in rows if row["agency"] == agency} <= {str(row[0]) for row in led}
        assert all(agency in (f"{row[2]}; {row[3]}") for row in led if "/" in str(row[0]))
        part = form.removeprefix("binh-giang/bieu-mau-binh-giang-2026-").removesuffix(".xlsx")
        told = f"<năm-tháng-ngày gửi>-phan-cua-{part}.xlsx" in (folder / message).read_text("utf-8")
        assert told == bool(agency)
    named = sorted(path.name for path in (folder / "binh-giang").iterdir())
    assert named == sorted({Path(row[name]).name for row in rows for name in ("message", "form")})


def test_who_sent_nothing_is_asked_for_all(project: Layout, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PIPELINE_ROOT", str(project.root))
    asked = ["reminders", "--as-of=2026-03-01", "--", "bach-long-vi", "2026-Q1"]
    assert main(asked) == 0  # no regime orders it; a person asks, before the period has closed, and is told so
    assert "Quý I năm 2026 chốt ngày 14/03/2026, chưa đến ngày ấy" in capsys.readouterr().out
    text = (project.processed / "reminders/2026-Q1/bach-long-vi/nhac-bach-long-vi.txt").read_text("utf-8")
    assert "Chỉ tiêu (28):" in text  # as tests/senders/test_form.py counts them
    assert "Nhiệm vụ (29):" in text
    assert "hạn gửi" not in text  # no paper prints a day
    assert f"chốt ngày {dt.date(2026, 3, 14):%d/%m/%Y}" in text
    assert main(["reminders", "--as-of=2020-01-01"]) == 66
    assert "make reminders LOCALITY=" in capsys.readouterr().err
