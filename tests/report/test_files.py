import csv
from pathlib import Path

from pipeline.completion.evaluate import evaluate
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.files import write_indicators, write_tasks
from tests.factories import submit


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_tables_of_a_report(layout: Layout, registry: Registry, tmp_path: Path) -> None:
    """Text as it was sent; absence stays empty, never 0."""
    submit(layout.root, "bach-long-vi", "2026", FileKind.OBSERVATIONS, {"source": "=1+1", "as_of": "2026-12-01"})
    when = Period(2026)
    intake = validate_period(layout, registry, "bach-long-vi", when)
    completion = evaluate(registry, registry.locality("bach-long-vi"), when, intake)
    write_indicators(completion, tmp_path / "indicators.csv")
    write_tasks(completion, tmp_path / "tasks.csv")
    indicators = _rows(tmp_path / "indicators.csv")
    assert (len(indicators), len(_rows(tmp_path / "tasks.csv"))) == (28, 30)
    observed = next(r for r in indicators if r["group"] == "II" and r["no"] == "13")
    absent = next(r for r in indicators if r["group"] == "II" and r["no"] == "15")
    assert observed["status"] == "not-yet-met"
    assert observed["source"] == "=1+1"
    assert observed["comparator"] == ">="
    assert {r["method"] for r in [*indicators, *_rows(tmp_path / "tasks.csv")]} == {registry.method.id}
    assert absent["status"] == "not-submitted"
    assert "0" not in {absent[c] for c in absent if "value" in c}
    older = next(r for r in indicators if r["group"] == "II" and r["no"] == "4")
    assert (older["value_low"], older["status"]) == ("", "not-submitted")
