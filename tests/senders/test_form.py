import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline.intake.headings import find_heading, read_forms
from pipeline.intake.rows import FileKind
from pipeline.intake.scope import Whose
from pipeline.intake.workbook import read_in_child
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from pipeline.report.office_zip import without_times
from pipeline.senders.form import HEAD, TASKS, Form, form_of
from pipeline.senders.form_workbook import indicator_columns, write_template


@pytest.fixture(scope="module")
def form(registry: Registry) -> Form:
    return form_of(registry, registry.locality("bach-long-vi"), Period.parse("2026-Q1"), ())


@pytest.fixture(scope="module")
def path(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "new" / "form.xlsx"
    write_template(form, path)
    return path


def test_it_asks_for_what_has_a_target_and_for_all_tasks(form: Form) -> None:
    assert len(form.indicators) == 28  # 20 indicators and 8 commitments, all quantified
    assert len(form.tasks) == 29  # 30 tasks, of which V.3.2 repeats 3.2; the 43 measures are not asked about
    assert form.indicators[0][0] == "bach-long-vi-2026/I.1"
    assert form.indicators[0][4].endswith("(2026)")
    assert (form.start, form.cut_off) == (date(2025, 12, 15), date(2026, 3, 14))


def test_an_expired_plan_is_not_asked_about(registry: Registry) -> None:
    form = form_of(registry, registry.locality("cat-hai"), Period.parse("2026-Q1"), ())
    assert {row[0].partition("/")[0] for row in (*form.indicators, *form.tasks)} == {"cat-hai-nq57"}


def test_it_follows_the_plan_as_amended(layout: Layout) -> None:
    path = layout.plans / "binh-giang" / "binh-giang-2026.yaml"
    changes = [
        {"indicator": "II.14", "target": {"year": 2026, "before": "≥ 80%", "after": "≥ 60%"}},
        {"indicator": "II.15", "dropped": "không còn phù hợp"},
    ]
    amendment = {"document": "Quyết định số 12/QĐ-UBND", "date": "2026-05-20", "changes": changes}
    text = path.read_text("utf-8").partition("\namendments:")[0]
    path.write_text(f"{text}\namendments: {json.dumps([amendment], ensure_ascii=False)}\n", "utf-8")
    registry = read_registry(layout, "binh-giang")
    before, after = (
        {row[0]: row[4] for row in form_of(registry, registry.locality("binh-giang"), Period.parse(p), ()).indicators}
        for p in ("2026-Q1", "2026-H1")
    )
    assert before["binh-giang-2026/II.14"].partition(";")[0] == "≥ 80% (2026)"
    assert after["binh-giang-2026/II.14"].partition(";")[0] == "≥ 60% (2026)"
    assert before.keys() - after.keys() == {"binh-giang-2026/II.15"}


def test_the_reader_knows_its_headings(path: Path) -> None:
    forms = read_forms(Layout().headings)
    for grid, kind in zip(read_in_child(path.read_bytes()), (FileKind.OBSERVATIONS, FileKind.TASKS), strict=False):
        index = next(i for i, line in enumerate(grid.lines) if line.number == HEAD)
        found = find_heading(grid, index, forms, Period.parse("2026-Q1"))
        assert found is not None
        assert (found[0].kind, found[0].unknown, found[0].repeated) == (kind, (), ())


@pytest.mark.parametrize("period", ["2026-01", "2026-12", "2026-Q1", "2026-Q4", "2026-H1", "2026-9M", "2026", "2026-F"])
def test_the_reader_takes_it_for_no_other_period_or_place(registry: Registry, tmp_path: Path, period: str) -> None:
    locality = registry.locality("bach-long-vi")
    whose = Whose.of(locality.slug, registry.localities, Period.parse(period), {})
    write_template(form_of(registry, locality, whose.period, ()), tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(tmp_path / "form.xlsx")
    heads = [str(cell.value) for sheet in book for row in sheet["A1:A2"] for cell in row if cell.value]
    assert len(heads) >= 4
    assert not [said for head in heads if (said := whose.other_in(head))]


def test_only_inputs_are_open_and_every_kind_of_input_is_checked(path: Path, form: Form) -> None:
    book = openpyxl.load_workbook(path)
    for name, columns in (("Chỉ tiêu", indicator_columns(form.period)), ("Nhiệm vụ", TASKS)):
        sheet = book[name]
        assert sheet.protection.sheet
        assert [not cell.protection.locked for cell in sheet[HEAD + 1]] == [bool(c.takes) for c in columns]
        assert sheet.freeze_panes == f"C{HEAD + 1}"
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        checked = {r.coord[0] for v in sheet.data_validations.dataValidation for r in v.sqref.ranges}
        asked = {chr(ord("A") + i) for i, c in enumerate(columns) if c.takes not in ("", "text")}
        assert checked == asked
    assert without_times(path.read_bytes()) == path.read_bytes()
    assert "82,78" in " ".join(str(c.value) for c in book["Hướng dẫn"]["A"])
