"""A pipe, a link, a device, a folder or a file without end in the place of a file: named at once, never waited for."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.errors import DataError, MismatchError, PipelineError
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.extra_sections import sections_of
from pipeline.inputs.issued import ENTRY, read_issue
from pipeline.inputs.program import read_notebook
from pipeline.intake.period_cache import CACHE_NAME
from pipeline.intake.reader import describe_file
from pipeline.intake.rows import Intake
from pipeline.intake.suite_files import load_reading
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.localities import former_localities
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_method, read_registry
from pipeline.senders.receive import receive
from pipeline.steps import Run
from pipeline.whole import NotOrdinaryError, ordinary_text, write_ordinary
from tests.factories import copy_raw

SECONDS = 30
"""Far more than any of these takes; what waits for a pipe waits for ever."""
SIZE = 5 << 30
"""Bytes of a sparse file: reading it would take a minute and all the memory."""


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("zz-pipe"))
    path.symlink_to("zz-pipe")


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _folder(path: Path) -> None:
    path.mkdir()


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(SIZE)


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": _pipe,
    "link to a pipe": _link_to_pipe,
    "device": _device,
    "dangling link": _dangling,
    "folder": _folder,
    "5 GB": _sparse,
}


class _LateError(BaseException):
    """No error of the system, which a cache would pass over."""


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise _LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def _put(kind: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    return path


def _validated(layout: Layout) -> object:
    return validate_period(layout, read_registry(layout, "binh-giang"), "binh-giang", Period(2025))


def _described(layout: Layout) -> object:
    return describe_inputs(Run.open("binh-giang", "2025", layout=layout))


def _registry(layout: Layout) -> object:
    return read_registry(layout, "binh-giang")


def _of(folder: str, name: str) -> str:
    return f"{folder}/binh-giang/2025/{name}"


INPUTS: list[tuple[str, Callable[[Layout], object]]] = [
    (_of("submissions", "so-lieu.csv"), _validated),
    (_of("submissions", "so-lieu.csv"), _described),
    (_of("submissions", "so-lieu.csv"), lambda layout: receive(Run.open("binh-giang", "2025", layout=layout))),
    (_of("submissions", "so-lieu.csv"), lambda layout: describe_file(layout.raw / INPUTS[0][0], layout)),
    (_of("submissions", "ban-ky.pdf"), _described),
    (_of("submissions", "tra-loi.yaml"), _validated),
    (_of("corrections", "phieu.yaml"), _validated),
    (_of("corrections", "phieu.yaml"), _described),
    ("confirmations/binh-giang/xac-nhan.yaml", _validated),
    ("confirmations/binh-giang/xac-nhan.yaml", _described),
    ("plans/binh-giang/binh-giang-2027.yaml", _registry),
    ("plans/binh-giang/binh-giang-2026.yaml", _described),
    ("localities.csv", _registry),
    ("concepts.yaml", _registry),
    ("agencies.yaml", _registry),
    ("method.yaml", read_method),
    ("headings.yaml", _validated),
    ("headings.yaml", _described),
    ("extra-sections.yaml", lambda layout: sections_of(layout, "binh-giang", "2025")),
    ("former.csv", lambda layout: list(former_localities(layout.raw / "former.csv"))),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """One copy of the data for many cases, each of which puts back what it took."""
    return copy_raw(tmp_path_factory.mktemp("shared"))


@pytest.mark.parametrize(
    ("place", "read", "kind"),
    [
        (*case, kind)
        for number, case in enumerate(INPUTS)
        for kind in (KINDS if number == 0 else ("pipe", "dangling link", "5 GB"))
    ],
)
def test_what_people_send_and_write_is_refused_by_name(
    place: str, read: Callable[[Layout], object], kind: str, shared: Layout, tmp_path: Path
) -> None:
    path = shared.raw / place
    if path.exists():
        shutil.copyfile(path, tmp_path / "before")
    _put(kind, path)
    try:
        with pytest.raises(DataError) as raised:
            read(shared)
    finally:
        path.rmdir() if kind == "folder" else path.unlink()
        path.with_name("zz-pipe").unlink(missing_ok=True)
        if (tmp_path / "before").exists():
            shutil.copyfile(tmp_path / "before", path)
    assert path.name in str(raised.value)
    assert "tệp" in str(raised.value)
    assert raised.value.exit_code == 65


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_the_program_are_refused_by_name(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules, notebook = _put(kind, tmp_path / "rules" / "reading.json"), "notebooks/extra/phan.ipynb"
    with pytest.raises(DataError, match=r"reading\.json"):
        load_reading(rules)
    _put(kind, tmp_path / notebook)
    monkeypatch.setattr("pipeline.inputs.program.CODE", tmp_path)
    with pytest.raises(DataError, match=r"phan\.ipynb"):
        read_notebook(notebook)


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_refused_by_name(kind: str, layout: Layout) -> None:
    run = Run.open("binh-giang", "2025", layout=layout)
    _put(kind, run.work / "validated.json")
    with pytest.raises((PipelineError, NotOrdinaryError), match=r"validated\.json"):
        run.intake()
    entry = _put(kind, layout.issued / "binh-giang" / "2025" / "1" / ENTRY)
    with pytest.raises(MismatchError, match=r"entry\.json"):
        read_issue(entry.parent)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "5 GB"])
def test_nothing_is_written_through_what_is_no_file(kind: str, tmp_path: Path) -> None:
    path = _put(kind, tmp_path / "validated.json")
    with pytest.raises(NotOrdinaryError):
        write_ordinary(path, "x")


@pytest.mark.parametrize("kind", KINDS)
def test_a_cache_that_is_no_file_is_made_anew(kind: str, layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2026", layout=layout)
    before = validate_period(layout, run.registry, run.locality.slug, run.period)
    assert isinstance(before, Intake)
    _put(kind, layout.work(run.locality.slug, "2025") / CACHE_NAME)
    assert validate_period(layout, run.registry, run.locality.slug, run.period) == before


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "5 GB"])
def test_receipts_are_written_whatever_lies_in_their_place(kind: str, layout: Layout) -> None:
    run = Run.open("bach-long-vi", "2025", layout=layout)
    folder = run.work / "receipts"
    _put(kind, folder)
    receive(run)
    names = sorted(path.name for path in folder.iterdir())
    assert any(name.endswith(".phieu.html") for name in names)
    _put(kind, folder / "more")
    receive(run)
    assert sorted(path.name for path in folder.iterdir()) == names


def test_line_ends_are_one_kind(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2\r3\n")
    assert ordinary_text(tmp_path / "a") == "1\n2\n3\n" == (tmp_path / "a").read_text("utf-8")
