"""Sections that are switched on for some reports are inputs of these alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.inputs import extra_sections
from pipeline.inputs.describe import Inputs, describe_inputs, differences
from pipeline.inputs.draft import KNOWN
from pipeline.inputs.extra_sections import check_parameters, lines_of, sections_of
from pipeline.inputs.program import read_notebook
from pipeline.paths import Layout
from pipeline.publish import publish as publishing
from pipeline.publish.manifest import read_manifest, read_recorded
from pipeline.publish.sign_off import is_frozen
from pipeline.publish.store import Store
from pipeline.steps import Run
from tests.run.filled import issued_and_replaced, publish

PATH = "notebooks/extra/rieng.ipynb"
LINE = "- {section: rieng, locality: cat-hai, period: 2025}\n"


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook of a locality, in a checkout that is like this one otherwise."""
    folder = tmp_path / "code"
    (folder / PATH).parent.mkdir(parents=True)
    _write(folder, "import pipeline.run.rehearsal")
    here = extra_sections.CODE
    monkeypatch.setenv(KNOWN, "")
    monkeypatch.setattr(extra_sections, "CODE", folder)

    def read(path: str) -> bytes:
        monkeypatch.setattr("pipeline.inputs.program.CODE", folder if "extra" in path else here)
        try:
            return read_notebook(path)
        finally:
            monkeypatch.setattr("pipeline.inputs.program.CODE", here)

    for module in ("pipeline.inputs.extra_sections", "pipeline.inputs.program", "pipeline.publish.publish"):
        monkeypatch.setattr(f"{module}.read_notebook", read)
    return folder


def _write(folder: Path, source: str) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": [source], "outputs": [], "execution_count": None}
    (folder / PATH).write_text(json.dumps({"cells": [cell]}), "utf-8")


def _switch_on(layout: Layout, lines: str = LINE) -> None:
    layout.extra_sections.write_text(lines, "utf-8")


def _inputs(layout: Layout, locality: str = "cat-hai", period: str = "2025") -> Inputs:
    return describe_inputs(Run.open(locality, period, layout=layout))


@pytest.mark.parametrize(
    ("line", "reports"),
    [
        (LINE, {("cat-hai", "2025")}),
        ("- {section: rieng, locality: cat-hai, period: all}\n", {("cat-hai", "2025"), ("cat-hai", "2026-Q1")}),
        ("- {section: rieng, locality: all, period: 2025}\n", {("cat-hai", "2025"), ("binh-giang", "2025")}),
        ("- {section: rieng, locality: all, period: 2026-Q1}\n", {("cat-hai", "2026-Q1")}),
        ("# không có gì\n", set()),
    ],
)
def test_only_the_reports_that_have_it_depend_on_it(
    line: str, reports: set[tuple[str, str]], layout: Layout, code: Path
) -> None:
    every = [("cat-hai", "2025"), ("cat-hai", "2026-Q1"), ("binh-giang", "2025")]
    before = {report: _inputs(layout, *report).id for report in every}
    _switch_on(layout, line)
    switched_on = {report: _inputs(layout, *report).id for report in every}
    assert {report for report in every if switched_on[report] != before[report]} == reports
    _write(code, "1 + 1")
    changed = {report for report in every if _inputs(layout, *report).id != switched_on[report]}
    assert changed == reports


@pytest.mark.usefixtures("code")
def test_what_it_imports_is_an_input_and_what_others_say_is_none(layout: Layout) -> None:
    before = _inputs(layout)
    _switch_on(layout)
    own = _inputs(layout)
    rehearsal = "pipeline/run/rehearsal.py"
    assert rehearsal in own.files.keys() - before.files.keys()
    assert {PATH, "data/raw/extra-sections.yaml"} <= own.files.keys()
    _switch_on(layout, f"# đổi\n- {{section: rieng, locality: binh-giang, period: all}}\n{LINE}")
    assert _inputs(layout).id == own.id
    told = list(differences(before, own))
    assert f"mới: {PATH}" in told
    assert "mới: data/raw/extra-sections.yaml" in told


@pytest.mark.usefixtures("code")
def test_the_lines_of_one_report_read_again_say_the_same(layout: Layout) -> None:
    _switch_on(layout, "- {section: rieng, locality: all, period: all}\n")
    content = lines_of(sections_of(layout, "cat-hai", "2025"), "cat-hai", "2025")
    _switch_on(layout, content.decode())
    assert lines_of(sections_of(layout, "cat-hai", "2025"), "cat-hai", "2025") == content
    assert sections_of(layout, "cat-hai", "2024") == []


@pytest.mark.usefixtures("code")
def test_the_store_holds_what_the_report_needs(layout: Layout) -> None:
    _switch_on(layout, "- {section: rieng, locality: all, period: all}\n")
    run = Run.open("cat-hai", "2025", layout=layout)
    inputs, recorded = publish(run, "một"), read_recorded(run.report)
    store = Store(layout.store)
    assert all(store.holds(sha256) for sha256 in recorded.needed.values())
    assert store.read(recorded.inputs["data/raw/extra-sections.yaml"]) == lines_of([PATH], "cat-hai", "2025")
    manifest = read_manifest(run.report)
    assert manifest is not None
    assert manifest.inputs == inputs
    assert publishing.staleness(run) == []


@pytest.mark.usefixtures("code")
def test_an_issued_report_is_frozen_while_its_sections_are_the_same(layout: Layout) -> None:
    run = issued_and_replaced(layout)
    plan = next((layout.plans / run.locality.slug).glob("*.yaml"))
    plan.write_bytes(plan.read_bytes()[:-1])
    issued = describe_inputs(run)
    publish(run, "one")
    assert is_frozen(layout, run.report, issued)
    _switch_on(layout, "- {section: rieng, locality: all, period: all}\n")
    assert not is_frozen(layout, run.report, describe_inputs(run))


@pytest.mark.usefixtures("code")
def test_a_section_that_is_not_committed_makes_a_draft_of_its_reports(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    _switch_on(layout)
    assert not _inputs(layout).shared.draft
    monkeypatch.setenv(KNOWN, PATH)
    assert _inputs(layout).shared.draft
    assert not _inputs(layout, "binh-giang").shared.draft


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("- {section: rieng, locality: cat-ha, period: 2025}\n", "cat-hai"),
        ("- {section: rieng, locality: cat-hai, period: 2025-Q9}\n", "2026-Q1"),
        ("- {section: khac, locality: cat-hai, period: 2025}\n", "chưa có notebooks/extra/khac.ipynb"),
        ("- {section: ../rieng, locality: cat-hai, period: 2025}\n", "section"),
        ("- {section: rieng, locality: cat-hai}\n", "period"),
        ("rieng: [\n", "mẫu: - {section: "),
    ],
)
def test_a_fault_in_the_list_is_said_with_the_file(lines: str, said: str, layout: Layout) -> None:
    _switch_on(layout, lines)
    with pytest.raises(DataError, match=r"data/raw/extra-sections\.yaml") as error:
        _inputs(layout)
    assert said in str(error.value)


PARAMETERS = {"locality", "language"}


def _with_parameters(folder: Path, source: str, *, tagged: bool = True) -> None:
    tags = {"tags": ["parameters"]} if tagged else {}
    (folder / PATH).write_text(
        json.dumps({"cells": [{"cell_type": "code", "metadata": tags, "source": source, "outputs": []}]}), "utf-8"
    )


@pytest.mark.parametrize(
    "source", ['locality = ""\nlanguage = "vi"', 'language: str = "vi"  # ngôn ngữ\nlocality = ""']
)
def test_a_notebook_that_declares_its_parameters_is_run(code: Path, source: str) -> None:
    _with_parameters(code, source)
    check_parameters(PATH, PARAMETERS)


@pytest.mark.parametrize(
    ("source", "tagged"),
    [
        ('locality = ""', True),
        ('locality = ""\nlanguage = ""\nother = 1', True),
        ('locality = ""\nlanguage = ""', False),
        ("locality =", True),
        ("", True),
    ],
)
def test_a_notebook_with_other_parameters_is_refused_by_its_path(code: Path, source: str, tagged: bool) -> None:
    _with_parameters(code, source, tagged=tagged)
    with pytest.raises(DataError, match=f"^{PATH}: ô mang nhãn .* language, locality. Mẫu: docs/add-a-section.md"):
        check_parameters(PATH, PARAMETERS)


@pytest.mark.parametrize(
    "written", ["{", "{}", '{"cells": null}', '{"cells": [{"cell_type": "x", "source": ""}]}', '{"worksheets": []}']
)
def test_what_is_no_notebook_is_said_with_its_path_and_the_remedy(code: Path, written: str, layout: Layout) -> None:
    _switch_on(layout)
    (code / PATH).write_text(written, "utf-8")
    with pytest.raises(DataError, match=f"^{PATH}: không đọc được sổ tay .*git checkout {PATH}; .*make lab"):
        _inputs(layout)
