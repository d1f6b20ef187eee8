"""Publishing with a memory, on folders that a test fills; the real steps are in the end-to-end tests."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import BusyError, MismatchError, StorageError
from pipeline.paths import Layout
from pipeline.publish import publish as recording
from pipeline.publish.log import Action, Entry, Log
from pipeline.publish.manifest import Inputs, Manifest, describe_inputs, hash_outputs, run_id
from pipeline.publish.publish import is_settled, record, recover
from pipeline.publish.store import Store
from pipeline.publish.swap import staging
from pipeline.steps import Run, to_json


@pytest.fixture
def run(layout: Layout) -> Run:
    return Run.open("bach-long-vi", "2025", layout=layout)


def _fill(run: Run, folder: Path, text: str, inputs: Inputs) -> None:
    (folder / "index.html").write_text(text, "utf-8")
    manifest = Manifest(input_id=inputs.id, inputs=inputs, outputs=hash_outputs(run.layout, folder))
    (folder / "manifest.json").write_text(to_json(manifest), "utf-8")
    (folder / "run-info.json").write_text("{}\n", "utf-8")


def _make(run: Run, text: str) -> list[str]:
    """Publish a page with this text as a run would; gives what was said."""
    said: list[str] = []
    with staging(run.report) as staged:
        _fill(run, staged, text, describe_inputs(run))
        record(run, staged, describe_inputs(run), said.append)
    return said


def _change(run: Run) -> None:
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    plan.write_bytes(plan.read_bytes() + b"\n")


def _entries(run: Run) -> list[Entry]:
    chain = Log(run.layout.log).chain()
    assert not chain.faults
    return list(chain.entries)


def _actions(run: Run) -> list[str]:
    return [str(entry.action) for entry in _entries(run)]


def _text(folder: Path) -> str:
    return (folder / "index.html").read_text("utf-8")


def test_a_report_is_published_with_its_inputs_kept_and_a_line_in_the_log(run: Run) -> None:
    said = _make(run, "one")
    entry = _entries(run)[0]
    inputs = describe_inputs(run)
    assert (entry.action, entry.locality, entry.name) == (Action.PUBLISHED, "bach-long-vi", "2025")
    assert (entry.run, entry.input_id) == (run_id(run.report), inputs.id)
    assert set(entry.beside) == {"run-info.json"}
    assert entry.run[:16] in said[0]
    assert set(Store(run.layout.store).digests()) == inputs.digests
    assert not run.layout.former.exists()


def test_the_run_before_is_kept_whole(run: Run) -> None:
    _make(run, "one")
    first = run_id(run.report)
    _change(run)
    _make(run, "two")
    assert _text(run.report) == "two"
    assert [path.name for path in run.layout.former.iterdir()] == [first]
    assert {path.name for path in (run.layout.former / first).iterdir()} == {p.name for p in run.report.iterdir()}
    assert _text(run.layout.former / first) == "one"
    assert (_entries(run)[1].action, _entries(run)[1].before) == (Action.REPLACED, first)
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]


def test_the_same_again_replaces_nothing(run: Run) -> None:
    _make(run, "one")
    (run.report / "run-info.json").write_text("của lần đầu", "utf-8")
    assert "giống từng byte" in _make(run, "one")[0]
    assert (run.report / "run-info.json").read_text("utf-8") == "của lần đầu"
    assert _actions(run) == ["published", "reproduced"]
    assert _entries(run)[1].beside == {}  # else the log would now stand for what was altered
    assert not run.layout.former.exists()


def test_another_result_of_the_same_inputs_is_not_published(run: Run) -> None:
    _make(run, "one")
    with pytest.raises(MismatchError, match=r"index\.html") as refused:
        _make(run, "two")
    assert refused.value.exit_code == 76
    assert _text(run.report) == "one"
    assert _text(run.work / "differs") == "two"
    assert _actions(run) == ["published"]


def test_nor_one_that_differs_from_a_kept_run_of_the_same_inputs(run: Run) -> None:
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    before = plan.read_bytes()
    _make(run, "one")
    _change(run)
    _make(run, "two")
    plan.write_bytes(before)
    with pytest.raises(MismatchError):
        _make(run, "three")
    assert _text(run.report) == "two"
    _make(run, "one")
    assert _text(run.report) == "one"
    assert len(list(run.layout.former.iterdir())) == 2  # both were replaced once


def test_files_altered_after_publication_are_replaced_and_kept_for_inspection(run: Run) -> None:
    _make(run, "one")
    (run.report / "index.html").write_text("altered", "utf-8")
    (run.report / "more.txt").write_text("added", "utf-8")
    assert "bị sửa" in _make(run, "one")[0]
    assert _text(run.report) == "one"
    assert _text(run.work / "altered") == "altered"
    assert (_entries(run)[1].action, _entries(run)[1].detail) == (Action.REPAIRED, "index.html, more.txt")


def test_an_input_changed_meanwhile_publishes_nothing(run: Run) -> None:
    with staging(run.report) as staged:
        inputs = describe_inputs(run)
        _fill(run, staged, "one", inputs)
        _change(run)
        with pytest.raises(BusyError):
            record(run, staged, inputs, print)
    assert not run.report.exists()
    assert not run.layout.log.exists()


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("dies_at", ["publish", "keep", "_tell"])
def test_killed_between_two_steps_the_next_run_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, dies_at: str, atomic: bool
) -> None:
    from pipeline.publish import swap as publishing

    if not atomic:
        monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)
    _make(run, "one")
    first = run_id(run.report)
    _change(run)

    class Killed(BaseException):
        pass

    def die(*arguments: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(recording, dies_at, die)
        with pytest.raises(Killed):
            _make(run, "two")
    reached = dies_at != "publish"
    assert is_settled(run) != reached
    recover(run, print)
    assert is_settled(run)
    assert _text(run.report) == ("two" if reached else "one")
    assert (run.layout.former / first).exists() == reached
    expected = {"publish": [], "keep": ["swept", "recovered"], "_tell": ["recovered"]}
    assert _actions(run) == ["published", *expected[dies_at]]
    recover(run, print)
    assert _actions(run) == ["published", *expected[dies_at]]


def test_a_log_that_cannot_be_written_is_told_and_made_good(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "log.jsonl")

    with monkeypatch.context() as patch:
        patch.setattr(Log, "append", full)
        with pytest.raises(StorageError, match="đã công bố, nhưng chưa ghi xong nhật ký"):
            _make(run, "one")
    assert _text(run.report) == "one"
    recover(run, print)
    assert _actions(run) == ["recovered"]


def test_killed_between_the_two_renames_the_old_report_goes_back(run: Run) -> None:
    _make(run, "one")
    _change(run)
    ready, old = (run.report.with_name(f".staging-2025{end}") for end in ("-ready", "-old"))
    ready.mkdir()
    _fill(run, ready, "two", describe_inputs(run))
    run.report.rename(old)
    assert not is_settled(run)
    said: list[str] = []
    recover(run, said.append)
    assert _text(run.report) == "one"
    assert "2025" in said[0]
    assert _actions(run) == ["published", "restored", "swept"]
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]


def test_what_was_never_published_is_thrown_away_and_told(run: Run) -> None:
    _make(run, "one")
    whole, part = run.report.with_name(".staging-2025-Q1"), run.report.with_name(".staging-2025")
    shutil.copytree(run.report, whole)
    (whole / "index.html").write_text("never", "utf-8")
    part.mkdir()
    (part / "rest").write_text("x", "utf-8")
    recover(run, print)
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]
    assert not run.layout.former.exists()
    assert [(e.action, e.name) for e in _entries(run)[1:]] == [("swept", "2025"), ("swept", "2025-Q1")]


def test_a_report_from_before_the_log_is_taken_into_it(run: Run) -> None:
    _make(run, "one")
    shutil.rmtree(run.layout.log)
    assert not is_settled(run)
    recover(run, print)
    assert _actions(run) == ["recovered"]


def test_a_manifest_of_another_form_is_kept_too(run: Run) -> None:
    run.report.mkdir(parents=True)
    (run.report / "manifest.json").write_text(json.dumps({"input_id": "x", "form": "older"}), "utf-8")
    (run.report / "index.html").write_text("older", "utf-8")
    older = run_id(run.report)
    recover(run, print)
    _make(run, "one")
    assert _text(run.layout.former / older) == "older"
    assert _actions(run) == ["recovered", "replaced"]


def test_a_leftover_that_cannot_be_read_now_is_not_thrown_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(run, "one")
    first, left = run_id(run.report), run.report.with_name(".staging-2025-ready")
    shutil.copytree(run.report, left)
    read = Path.read_bytes

    def fails(path: Path) -> bytes:
        if path == left / "manifest.json":
            raise OSError(errno.EIO, "Input/output error")
        return read(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fails)
        with pytest.raises(OSError, match="Input/output"):
            recover(run, print)
    recover(run, print)
    assert _text(run.layout.former / first) == "one"
