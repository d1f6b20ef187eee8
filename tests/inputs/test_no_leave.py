"""A file or folder of `data/raw` that may not be read: named, with the remedy, and the other localities go on."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.errors import DataError, PipelineError, StorageError
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.extra_sections import sections_of
from pipeline.intake.suite_files import load_reading
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.publish.backup import backup
from pipeline.run.batch import Done, Wanted, stale
from pipeline.steps import Run, newest_period_of_all
from tests.factories import copy_raw

NOBODY = 65534
TODAY = dt.date(2026, 5, 1)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may read everything."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture(scope="module")
def shared() -> Iterator[Layout]:
    """One copy of the data, of a user who is not root; pytest's own folders are closed to him."""
    with tempfile.TemporaryDirectory() as folder:
        layout = copy_raw(Path(folder, "project"))
        Path(folder).chmod(0o755)
        _files_of_people(layout)
        _validated(layout)  # imports what is needed while it may be read
        if not os.geteuid():
            for path in (layout.root, *layout.root.rglob("*")):
                shutil.chown(path, NOBODY, NOBODY)
        yield layout


def _files_of_people(layout: Layout) -> None:
    """What a locality has beside plans and submissions, each without an entry."""
    for place in (layout.corrections / "binh-giang" / "2025", layout.confirmations / "binh-giang"):
        place.mkdir(parents=True, exist_ok=True)
        (place / "phieu.yaml").write_text("[]\n", "utf-8")
    (layout.submissions / "binh-giang" / "2025" / "tra-loi.yaml").write_text("{}\n", "utf-8")
    layout.extra_sections.write_text("[]\n", "utf-8")


@contextmanager
def _closed(path: Path) -> Iterator[None]:
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        with _as_nobody():
            yield
    finally:
        path.chmod(mode)


def _registry(layout: Layout) -> object:
    return read_registry(layout, "binh-giang")


def _whole_registry(layout: Layout) -> object:
    return read_registry(layout)


def _validated(layout: Layout) -> object:
    return validate_period(layout, read_registry(layout, "binh-giang"), "binh-giang", Period(2025))


def _validated_later(layout: Layout) -> object:
    return validate_period(layout, read_registry(layout, "binh-giang"), "binh-giang", Period(2026))


def _described(layout: Layout) -> object:
    return describe_inputs(Run.open("binh-giang", "2025", layout=layout))


def _sections(layout: Layout) -> object:
    return sections_of(layout, "binh-giang", "2025")


CASES: list[tuple[str, Callable[[Layout], object]]] = [
    ("plans/binh-giang/binh-giang-2026.yaml", _registry),
    ("plans/binh-giang/binh-giang-2026.yaml", _described),
    ("plans/binh-giang", _registry),
    ("plans/binh-giang", _whole_registry),
    ("plans/binh-giang", _described),
    ("corrections/binh-giang/2025/phieu.yaml", _validated),
    ("corrections/binh-giang/2025/phieu.yaml", _described),
    ("corrections/binh-giang/2025", _validated),
    ("confirmations/binh-giang/phieu.yaml", _validated),
    ("confirmations/binh-giang", _validated),
    ("submissions/binh-giang/2025/tra-loi.yaml", _validated),
    ("submissions/binh-giang/2025", _validated),
    ("submissions/binh-giang/2025", _validated_later),
    ("submissions/binh-giang/2025", _described),
    ("submissions/binh-giang", _validated),
    ("localities.csv", _registry),
    ("concepts.yaml", _registry),
    ("method.yaml", _registry),
    ("headings.yaml", _described),
    ("extra-sections.yaml", _sections),
]


@pytest.mark.parametrize(("place", "read"), CASES)
def test_what_may_not_be_read_is_named_with_the_remedy(
    place: str, read: Callable[[Layout], object], shared: Layout
) -> None:
    with _closed(shared.raw / place), pytest.raises(DataError) as raised:
        read(shared)
    told = str(raised.value)
    assert f"data/raw/{place}" in told
    assert "không có quyền đọc" in told
    assert "chmod" in told


def test_a_file_that_was_sent_for_this_or_an_earlier_period(shared: Layout) -> None:
    sent = next((shared.submissions / "binh-giang" / "2025").glob("*.csv"))
    for read in (_validated, _validated_later, _described):
        with _closed(sent), pytest.raises(DataError, match="không có quyền đọc") as raised:
            read(shared)
        assert sent.name in str(raised.value)
        assert "chmod" in str(raised.value)


def test_all_of_data_raw(shared: Layout) -> None:
    with _closed(shared.raw), pytest.raises(PipelineError, match="không có quyền đọc"):
        _registry(shared)


@pytest.mark.parametrize(
    "place",
    [
        "plans/binh-giang",
        "plans/binh-giang/binh-giang-2026.yaml",
        "submissions/binh-giang",
        "submissions/binh-giang/2025",
    ],
)
def test_the_other_localities_go_on(place: str, shared: Layout) -> None:
    failed = list[Done]()
    with _closed(shared.raw / place):
        jobs, _ = stale(shared, Wanted("2025"), TODAY, failed=failed.append)
        assert newest_period_of_all(shared, read_registry(shared, "cat-hai").calendar) is not None
    slugs = {"bach-long-vi", "binh-giang", "cat-hai", "hai-phong"}
    assert {job.locality for job in jobs} | {done.locality for done in failed} == slugs
    assert {done.locality for done in failed} <= {"binh-giang"}
    assert all("không có quyền đọc" in done.error for done in failed)


@pytest.mark.parametrize("place", ["corrections/binh-giang", "corrections/binh-giang/2025/phieu.yaml"])
def test_a_backup_leaves_nothing_out_in_silence(place: str, shared: Layout) -> None:
    target = shared.root / "archive.tar"
    with _closed(shared.raw / place), pytest.raises(StorageError, match="chmod") as raised:
        backup(shared, target, lambda _: None)
    assert place in str(raised.value)
    assert not target.exists()


def test_rules_that_may_not_be_read(shared: Layout) -> None:
    rules = shared.root / "reading.json"
    shutil.copy(CODE / "expectations" / "reading.json", rules)
    if not os.geteuid():
        shutil.chown(rules, NOBODY)
    with _closed(rules), pytest.raises(DataError, match="chmod"):
        load_reading(rules)
