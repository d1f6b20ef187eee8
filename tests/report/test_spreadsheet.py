"""The figures to take along: a workbook without formulas, and the description of the tables."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import jsonschema
import pytest
from openpyxl import Workbook, load_workbook

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.cell_looks import CellLooks
from pipeline.report.files import completion_schema, data_package, write_indicators, write_tasks
from pipeline.report.office_zip import without_times
from pipeline.report.spreadsheet import spreadsheet
from pipeline.steps import to_json
from tests.factories import copy_raw, submit

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "=HYPERLINK(1)"]


@pytest.fixture(scope="module")
def completion(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Completion:
    """Bạch Long Vĩ at the end of 2026, with a formula in every free text."""
    root = tmp_path_factory.mktemp("project")
    copy_raw(root)
    rows = [
        {"no": str(n), "value": "80", "as_of": "2026-12-01", "source": text, "note": text, "evidence": text}
        for n, text in enumerate(FORMULAS, start=8)
    ]
    submit(root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, *rows)
    when = Period(2026)
    intake = validate_period(Layout(root), registry, "bach-long-vi", when)
    assert len(intake.observations) == len(FORMULAS)
    return evaluate(registry, registry.locality("bach-long-vi"), when, intake)


def test_no_cell_is_a_formula_and_every_text_is_there(completion: Completion) -> None:
    book = load_workbook(io.BytesIO(spreadsheet(completion, "0" * 64)))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {text.strip() for text in FORMULAS} <= {text.strip() for text in texts}


def test_a_text_that_excel_cannot_hold_is_made_to_fit() -> None:
    sheet = Workbook().create_sheet()
    CellLooks({"text": {}}).write(sheet["A1"], "\ufffe" + "ế" * 40_000, "text")
    assert sheet["A1"].value == "\N{REPLACEMENT CHARACTER}" + "ế" * 32_766


def test_numbers_are_numbers_dates_are_dates_and_absence_is_empty(completion: Completion) -> None:
    sheet = load_workbook(io.BytesIO(spreadsheet(completion, "0" * 64))).worksheets[1]
    headings = [cell.value for cell in sheet[1]]
    rows = {
        line[headings.index("Số")]: line for line in sheet.iter_rows(min_row=2, values_only=True) if line[4] == "II"
    }
    observed, absent = rows["13"], rows["15"]
    assert observed[headings.index("Kết quả, cận dưới")] == 80
    assert observed[headings.index("Đến hạn")] == dt.datetime(2026, 12, 31)
    assert observed[headings.index("Đánh giá")] == "chưa đạt tại ngày chốt (còn 17 ngày)"
    assert absent[headings.index("Kết quả, cận dưới")] is None
    assert absent[headings.index("Đánh giá")] == "chưa có số liệu"


def test_the_first_sheet_is_printed(completion: Completion) -> None:
    """A4 landscape, nine columns, rows as high as their text, Vietnamese words, and every row of the plan."""
    book = load_workbook(io.BytesIO(spreadsheet(completion, "0" * 64)))
    assert book.sheetnames[:4] == ["Bản in chỉ tiêu", "Chỉ tiêu", "Bản in nhiệm vụ", "Nhiệm vụ"]
    for sheet, rows in ((book.worksheets[0], "indicators"), (book.worksheets[2], "tasks")):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.max_column == 9
        lines = list(sheet.iter_rows(values_only=True))
        assert sum(1 for line in lines if line[1]) - 1 == sum(len(getattr(p, rows)) for p in completion.plans)
        width = sheet.column_dimensions["B"].width
        for number, line in enumerate(lines, start=1):
            lines_needed = len(line[1] or "") / width
            assert sheet.row_dimensions[number].height >= 15 * lines_needed
        texts = {text for line in lines for text in line if text}
        assert not texts & {"true", "false", "indicator", "commitment", "recurring", "not-submitted"}


@pytest.mark.parametrize(
    ("locality", "title"),
    [
        ("cat-hai", "Kết quả thực hiện kế hoạch chuyển đổi số: Đặc khu Cát Hải, năm 2025"),
        ("binh-giang", "Xuất phát điểm của kế hoạch chuyển đổi số: Xã Bình Giang, năm 2025"),
        ("hai-phong", "Tình hình các kế hoạch chuyển đổi số: Thành phố Hải Phòng, năm 2025"),
    ],
)
def test_a_workbook_of_starting_points_does_not_say_results(registry: Registry, locality: str, title: str) -> None:
    intake = validate_period(Layout(), registry, locality, Period(2025))
    completion = evaluate(registry, registry.locality(locality), Period(2025), intake)
    assert load_workbook(io.BytesIO(spreadsheet(completion, "0" * 64))).worksheets[0]["A1"].value == title
    assert json.loads(data_package(completion))["title"].startswith(title)


def test_the_same_report_gives_the_same_bytes(completion: Completion) -> None:
    one = spreadsheet(completion, "0" * 64)
    assert one == spreadsheet(completion, "0" * 64)
    with zipfile.ZipFile(io.BytesIO(one)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")
    assert without_times(one) == one


def test_the_schema_fits_the_record(completion: Completion) -> None:
    jsonschema.validate(json.loads(to_json(completion)), json.loads(completion_schema()))


def test_the_package_describes_the_tables_as_they_are(completion: Completion, tmp_path) -> None:
    write_indicators(completion, tmp_path / "indicators.csv")
    write_tasks(completion, tmp_path / "tasks.csv")
    package = json.loads(data_package(completion))
    parsers = {"number": Decimal, "integer": int, "date": dt.date.fromisoformat, "boolean": ("true", "false").index}
    tables = [r for r in package["resources"] if r["path"].endswith(".csv")]
    assert [t["path"] for t in tables] == ["indicators.csv", "tasks.csv"]
    for table in tables:
        fields = {f["name"]: f["type"] for f in table["schema"]["fields"]}
        with (tmp_path / table["path"]).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert rows
        assert list(rows[0]) == list(fields)
        for row in rows:
            for name, text in row.items():
                if text and fields[name] in parsers:
                    parsers[fields[name]](text)


def test_the_tables_for_machines_hold_text_as_it_is(completion: Completion, tmp_path) -> None:
    write_indicators(completion, tmp_path / "indicators.csv")
    with (tmp_path / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        sources = {row["source"] for row in csv.DictReader(lines)}
    assert {"=1+1", "@SUM(A1)"} <= sources
