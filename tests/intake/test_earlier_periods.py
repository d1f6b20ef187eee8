"""Earlier periods are validated once, and again when anything they depend on has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.inputs.program import program_files
from pipeline.intake import validate as validating
from pipeline.intake.period_cache import CACHE_NAME, judging_code
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from tests.factories import copy_raw, submit

PLACE, NOW = "bach-long-vi", Period(2026)
Validated = list[str]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    copy_raw(tmp_path)
    shutil.rmtree(tmp_path / "data" / "raw" / "submissions")
    submit(
        tmp_path, PLACE, "2025", FileKind.OBSERVATIONS, {"value": "80,10"}, {"group": "I", "no": "1", "value": "1.234"}
    )
    submit(tmp_path, PLACE, "2026-Q1", FileKind.OBSERVATIONS, {"value": "81", "as_of": "2026-03-01"})
    submit(tmp_path, PLACE, "2026-Q1", FileKind.TASKS, {"started_on": "2026-02-01"})
    submit(tmp_path, PLACE, "2026", FileKind.OBSERVATIONS, {"value": "82", "as_of": "2026-12-01"})
    return Layout(tmp_path)


@pytest.fixture
def validated(monkeypatch: pytest.MonkeyPatch) -> Validated:
    """The periods whose files were validated, in order."""
    periods: Validated = []
    real: Callable[..., Intake] = validating._validate_known

    def spy(layout: Layout, context: validating.Context, *more: object) -> Intake:
        periods.append(str(context.period))
        return real(layout, context, *more)

    monkeypatch.setattr(validating, "_validate_known", spy)
    return periods


def _now(layout: Layout) -> Intake:
    return validate_period(layout, read_registry(layout, PLACE), PLACE, NOW)


def test_the_second_time_only_the_period_itself_is_validated(layout: Layout, validated: Validated) -> None:
    first = _now(layout)
    assert validated == ["2025", "2026-Q1", "2026"]
    assert (len(first.earlier), len(first.earlier_tasks)) == (2, 1)
    validated.clear()
    again = _now(layout)
    assert validated == ["2026"]
    assert again == first
    assert [repr(o) for o in again.earlier] == [repr(o) for o in first.earlier]  # 80.10 has not become 80.1


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ("data/raw/submissions/bach-long-vi/2025/observations.csv", ["2025", "2026-Q1", "2026"]),
        ("data/raw/submissions/bach-long-vi/2026-Q1/tasks.csv", ["2026-Q1", "2026"]),
        ("data/raw/submissions/bach-long-vi/2026/observations.csv", ["2026"]),
        ("data/raw/plans/bach-long-vi/bach-long-vi-2026.yaml", ["2025", "2026-Q1", "2026"]),
        ("data/raw/agencies.yaml", ["2025", "2026-Q1", "2026"]),
        ("data/raw/method.yaml", ["2025", "2026-Q1", "2026"]),
        ("data/raw/plans/cat-hai/cat-hai-2025-h2.yaml", ["2026"]),
    ],
)
def test_what_a_period_depends_on(layout: Layout, validated: Validated, changed: str, again: list[str]) -> None:
    _now(layout)
    validated.clear()
    path = layout.root / changed
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    _now(layout)
    assert validated == again


def test_it_depends_on_all_code_that_judges() -> None:
    package = CODE / "pipeline"
    judging = {path for path in program_files(validating.__name__) if path.suffix == ".py"}
    assert package / "typed_frame.py" in judging
    assert judging - {*judging_code()} == {package / "__init__.py"}  # which has no code


def test_an_added_file_is_noticed(layout: Layout, validated: Validated) -> None:
    _now(layout)
    validated.clear()
    submit(layout.root, PLACE, "2025", FileKind.TASKS, {"started_on": "2025-02-01"})
    assert len(_now(layout).earlier_tasks) == 2
    assert validated == ["2025", "2026-Q1", "2026"]


@pytest.mark.parametrize("spoilt", [b"", b"{}\n", b"no json", b"\xff\xfe"])
def test_a_cache_that_was_edited_is_not_used(layout: Layout, validated: Validated, spoilt: bytes) -> None:
    first = _now(layout)
    cache = layout.work(PLACE, "2025") / CACHE_NAME
    for content in (spoilt, cache.read_bytes().replace(b"80.10", b"90.10")):
        cache.write_bytes(content)
        validated.clear()
        assert _now(layout) == first
        assert validated == ["2025", "2026"]


def test_a_refused_period_is_refused_every_time(layout: Layout) -> None:
    (layout.submissions / PLACE / "2025" / "observations.csv").write_bytes(b"\x00")
    for _ in range(2):
        with pytest.raises(DataError):
            _now(layout)


def test_as_known_at_a_day_nothing_is_cached(layout: Layout, validated: Validated) -> None:
    registry, day = read_registry(layout, PLACE), NOW.cut_off(read_registry(layout, PLACE).calendar)
    for _ in range(2):
        validate_period(layout, registry, PLACE, NOW, day)
    assert validated == ["2025", "2026-Q1", "2026"] * 2
    assert not list(layout.processed.rglob(CACHE_NAME))


def test_a_cache_that_cannot_be_written_is_no_error(layout: Layout, validated: Validated) -> None:
    layout.processed.parent.mkdir(exist_ok=True)
    layout.processed.write_text("no folder", "utf-8")
    assert _now(layout) == _now(layout)
    assert validated == ["2025", "2026-Q1", "2026"] * 2
