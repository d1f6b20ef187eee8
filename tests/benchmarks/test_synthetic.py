"""The synthetic country: read without a remark, rejected only where planted, labelled, and of no real place."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from benchmarks.synthetic import Country, Shape, make_country
from benchmarks.synthetic.__main__ import main
from benchmarks.synthetic.country import FIRST_CODE, PROVINCE_CODES
from benchmarks.synthetic.plans import Commune
from pipeline.completion.evaluate import evaluate
from pipeline.completion.statuses import TaskStatus
from pipeline.intake.interpret import Context
from pipeline.intake.reader import read_submissions
from pipeline.intake.rows import Intake
from pipeline.intake.validate import validate, validate_period
from pipeline.paths import Layout
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from pipeline.report.page import Page
from pipeline.report.render import render_page
from tests.report.test_page import SECTIONS
from tests.report.what_is_said import contradictions, said

LOCALITIES = 6
"""Enough for everything that follows from the number of a commune."""
SEED = 2051
LARGEST_PAGE = 400_000
LABEL = "SỐ LIỆU MÔ PHỎNG"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Country]:
    root = tmp_path_factory.mktemp("country") / "root"
    return Layout(root), make_country(root, LOCALITIES, SEED)


@pytest.fixture(scope="module")
def synthetic(made: tuple[Layout, Country]) -> Registry:
    return read_registry(made[0])


@pytest.fixture(scope="module")
def intakes(made: tuple[Layout, Country], synthetic: Registry) -> list[Intake]:
    """Every period of every locality, each by itself. A refused file or table would raise."""
    return _intakes(made[0], synthetic)


def _intakes(layout: Layout, registry: Registry) -> list[Intake]:
    contexts = [
        Context(registry, folder.parent.name, Period.parse(folder.name))
        for folder in sorted(layout.submissions.glob("*/*"))
    ]
    return [validate(read_submissions(layout, c.locality, c.period), c, layout.expectations) for c in contexts]


def _planted(layout: Layout) -> dict[tuple[str, str, int], tuple[str, ...]]:
    with (layout.root / "planted.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["file"], row["sheet"], int(row["line"])): (row["rule"],) for row in csv.DictReader(lines)}


def _rejected(intakes: list[Intake]) -> dict[tuple[str, str, int], tuple[str, ...]]:
    return {(q.origin.file, q.origin.sheet, q.origin.line): tuple(q.rules) for i in intakes for q in i.quarantined}


def test_exactly_the_planted_rows_are_rejected_each_for_its_rule(
    made: tuple[Layout, Country], intakes: list[Intake]
) -> None:
    layout, country = made
    planted = _planted(layout)
    assert planted == _rejected(intakes)
    assert len(planted) == len(country.planted)
    assert 0.01 < len(planted) / country.rows < 0.03
    assert sum(intake.received for intake in intakes) == country.rows


def test_every_kind_of_fault_breaks_its_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.synthetic.sent.PLANTED_SHARE", 0.8)
    layout = Layout(tmp_path / "country")
    make_country(layout.root, 2, SEED, Shape(indicators=200, tasks=110, periods=("2026-H1",)))
    planted = _planted(layout)
    assert planted == _rejected(_intakes(layout, read_registry(layout)))
    assert len(set(planted.values())) == 12


def test_some_send_nothing_and_the_others_send_every_kind_of_file(
    made: tuple[Layout, Country], synthetic: Registry, intakes: list[Intake]
) -> None:
    layout, country = made
    senders = {path.name for path in layout.submissions.iterdir()}
    silent = {plan.locality for plan in synthetic.plans} - senders
    assert len(silent) == country.silent == 1
    names = {path.name for path in layout.submissions.glob("*/*/*")}
    assert {"bieu-so-lieu.xlsx", "chi-tieu.csv", "nhiem-vu.csv", "so-lieu-cong-bo.csv"} <= names
    observations = [o for i in intakes for o in i.observations]
    assert 0.2 < sum(o.numerator is not None for o in observations) / len(observations) < 0.45
    assert {o.absence for o in observations} == {None, "not-submitted", "not-due", "not-applicable"}
    assert any(o.value is not None and o.value.exact is None for o in observations)
    revisions = [r for i in intakes for r in i.revisions]
    assert revisions
    assert all(r.reason for r in revisions)
    assert any(i.reported for i in intakes)
    assert not any(i.remarks for i in intakes)


def test_plans_have_what_plans_have(synthetic: Registry) -> None:
    assert len(synthetic.plans) == LOCALITIES
    assert all(plan.synthetic for plan in synthetic.plans)
    assert {plan.years.last for plan in synthetic.plans} == {2026, 2045}
    for plan in synthetic.plans:
        rows = [x for x in plan.indicators if x.kind is Kind.INDICATOR]
        assert (len(rows), len(plan.indicators), len(plan.tasks)) == (60, 63, 60)
        assert 40 <= len({x.concept for x in rows}) <= 45
        assert 0.6 < sum(x.baseline is not None for x in rows) / 60 < 0.98
    rows = [x for plan in synthetic.plans for x in plan.indicators]
    assert {t.parsed.comparator for x in rows for t in x.targets} >= {">=", ">", "<=", "=", "range", "in-set", "none"}
    assert any(t.parsed.span_end for x in rows for t in x.targets)
    assert any(x.path for x in rows)
    assert any(len(x.lead) == 2 for x in rows)
    kinds = {t.due.kind for plan in synthetic.plans for t in plan.tasks}
    assert kinds == set(DeadlineKind)
    assert any(plan.amendments for plan in synthetic.plans)


def test_tasks_come_to_every_status(made: tuple[Layout, Country], synthetic: Registry) -> None:
    """But for one that a later plan takes over: a commune has one plan, and its own is in force."""
    found: set[str] = set()
    for plan in synthetic.plans:
        intake = validate_period(made[0], synthetic, plan.locality, Period.parse("2026-H1"))
        completion = evaluate(synthetic, synthetic.locality(plan.locality), Period.parse("2026-H1"), intake)
        found |= {task.status for plan in completion.in_force for task in plan.tasks}
    assert found == set(TaskStatus) - {TaskStatus.TAKEN_OVER, TaskStatus.PLAN_NOT_IN_FORCE}


def test_equal_seeds_give_equal_bytes_and_a_locality_does_not_depend_on_their_number(
    made: tuple[Layout, Country], tmp_path: Path
) -> None:
    make_country(tmp_path / "again", LOCALITIES, SEED)
    make_country(tmp_path / "fewer", 2, SEED)
    make_country(tmp_path / "other", 2, SEED + 1)
    first = _digests(made[0].root)
    assert first == _digests(tmp_path / "again")
    fewer, other = _digests(tmp_path / "fewer"), _digests(tmp_path / "other")
    local = {name: digest for name, digest in fewer.items() if "mo-phong-" in name}
    assert local.items() <= first.items()
    assert not {name for name, digest in local.items() if other.get(name) == digest}


def _digests(root: Path) -> dict[str, str]:
    """Of what was written as input; other tests validate, which leaves processed files."""
    files = (path for path in root.rglob("*") if path.is_file() and "processed" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_no_real_place_appears(made: tuple[Layout, Country], registry: Registry) -> None:
    root, real = made[0].root, registry.localities
    with (made[0].raw / "localities.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == LOCALITIES + len(PROVINCE_CODES)
    assert not {x.code for x in real} & {row["code"] for row in rows}
    assert all("Mô phỏng" in row["full_name"] for row in rows)
    assert Commune(1).name == "Mô phỏng 00001"
    assert FIRST_CODE > 32_999  # the list of 2025 ends before
    # A slug of one syllable is a word like any other.
    slugs, names = {x.slug for x in real if "-" in x.slug}, {x.full_name for x in real}
    for path in [p for p in root.rglob("*") if p.suffix in (".csv", ".yaml")]:
        text = f"{path.relative_to(root)} {path.read_text('utf-8')}"
        assert not slugs & set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", text)), path
        assert not [name for name in names if name in text], path


@pytest.mark.parametrize("staged", [False, True])
def test_a_page_is_labelled_and_not_too_large(
    made: tuple[Layout, Country], synthetic: Registry, staged: bool, tmp_path: Path
) -> None:
    layout, period = made[0], Period.parse("2026-H1")
    plan = next(
        p
        for p in synthetic.plans
        if (p.years.last == 2045) is staged and (layout.submissions / p.locality / "2026-H1").is_dir()
    )
    intake = validate_period(layout, synthetic, plan.locality, period)
    completion = evaluate(synthetic, synthetic.locality(plan.locality), period, intake)
    page = Page(completion, intake, "0" * 64)
    cells = [
        new_code_cell(
            f"page.{section.__name__}()",
            outputs=[new_output("execute_result", section(page)._repr_mimebundle_(), execution_count=1)],
        )
        for section in SECTIONS
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "report.ipynb")
    html = render_page(tmp_path / "report.ipynb", completion.locality_name, completion.period, "vi")
    assert completion.synthetic
    assert LABEL in html
    assert completion.conflicts
    assert html.startswith("<!DOCTYPE html>") and "<style>" in html  # the whole file, not its sections
    assert len(html.encode()) < LARGEST_PAGE


def test_no_two_sentences_of_any_report_contradict_each_other(
    made: tuple[Layout, Country], synthetic: Registry
) -> None:
    told = 0
    for folder in sorted(made[0].submissions.glob("*/*")):
        locality, period = folder.parent.name, Period.parse(folder.name)
        intake = validate_period(made[0], synthetic, locality, period)
        completion = evaluate(synthetic, synthetic.locality(locality), period, intake)
        assert not contradictions(completion, intake), folder
        told += bool(said(completion, intake)["due"])
    assert told


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["{new}", "--localities", "0"], 64, "từ 1 đến"),
        (["{new}", "--localities", "10000"], 64, "từ 1 đến"),
        (["{new}", "--localities", "$(id)"], 64, "LOCALITIES"),
        (["{new}", "--localities", "٣"], 64, "LOCALITIES"),
        (["{new}", "--periods", "quý 3"], 64, "2026-Q1"),
        (["--localities", "1", "--", ""], 64, "TO="),
        (["{used}", "--localities", "1"], 73, "rỗng"),
        (["{used}/file", "--localities", "1"], 73, "rỗng"),
        (["{used}/file/below", "--localities", "1"], 74, "below"),
    ],
)
def test_a_wrong_call_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    used = tmp_path / "used"
    used.mkdir()
    (used / "file").write_text("x", "utf-8")
    before = sorted(tmp_path.rglob("*"))
    given = [text.format(new=tmp_path / "new", used=used) if "{" in text else text for text in arguments]
    assert main(given) == code
    assert message in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_another_shape(tmp_path: Path) -> None:
    country = make_country(tmp_path / "c", 1, 1, Shape(indicators=10, tasks=12, periods=("2026-03",)))
    registry = read_registry(Layout(tmp_path / "c"))
    assert country.localities == 1
    assert len([x for x in registry.plans[0].indicators if x.kind is Kind.INDICATOR]) == 10
    assert len(registry.plans[0].tasks) == 12
    assert {path.name for path in (tmp_path / "c/data/raw/submissions").glob("*/*")} <= {"2026-03"}
