"""Publishing with a memory, on folders that a test fills; the real steps are in the end-to-end tests."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import BusyError, MismatchError, StorageError
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.program import all_files, notebook_source
from pipeline.paths import CODE
from pipeline.publish import manifest as manifests
from pipeline.publish import publish as module
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Action, Entry, Log
from pipeline.publish.manifest import MANIFEST, SIGN_OFF, read_recorded, run_id
from pipeline.publish.publish import is_current, recover, settle
from pipeline.publish.sign_off import State
from pipeline.publish.store import Store
from pipeline.publish.swap import staging
from pipeline.publish.verify import Scope, verify
from pipeline.steps import Run
from pipeline.whole import read_ordinary
from tests.run.filled import change, publish


def _make(run: Run, text: str) -> list[str]:
    """Publish a report with this text; gives the messages."""
    told: list[str] = []
    publish(run, text, told.append)
    return told


def _entries(run: Run) -> list[Entry]:
    chain = Log(run.layout.log).chain()
    assert not chain.faults
    return list(chain.entries)


def _actions(run: Run) -> list[str]:
    return [str(entry.action) for entry in _entries(run)]


def _text(folder: Path) -> str:
    return str(json.loads((folder / "completion.json").read_text("utf-8"))["text"])


def _former(run: Run) -> set[str]:
    return {path.name for path in run.layout.former.glob("*")}


def test_a_report_is_published_with_its_inputs_kept_and_a_line_in_the_log(run: Run) -> None:
    inputs = describe_inputs(run)
    assert not is_current(run, inputs)
    told = _make(run, "one")
    assert is_current(run, inputs)
    (entry,) = _entries(run)
    assert (entry.action, entry.locality, entry.name) == (Action.PUBLISHED, "bach-long-vi", "2025")
    assert (entry.run, entry.input_id) == (run_id(run.report), inputs.id)
    assert set(entry.beside) == {"run-info.json"}
    assert entry.run[:16] in told[0]
    assert not _former(run)


def test_the_store_has_what_making_it_again_takes(run: Run) -> None:
    _make(run, "one")
    recorded, store = read_recorded(run.report), Store(run.layout.store)
    assert set(store.digests()) == set(recorded.needed.values())
    assert {path.relative_to(CODE).as_posix() for path in all_files()} < recorded.needed.keys()
    notebook = "notebooks/report.ipynb"
    assert store.read(recorded.needed[notebook]) == notebook_source((CODE / notebook).read_bytes())


def test_the_run_before_is_kept_whole(run: Run) -> None:
    _make(run, "one")
    first = run_id(run.report)
    change(run)
    _make(run, "two")
    assert _text(run.report) == "two"
    assert _former(run) == {first}
    assert {path.name for path in (run.layout.former / first).iterdir()} == {p.name for p in run.report.iterdir()}
    assert _text(run.layout.former / first) == "one"
    assert (_entries(run)[1].action, _entries(run)[1].before) == (Action.REPLACED, first)
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]


def test_kept_runs_may_lie_on_another_disk(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        if (path.parent == run.layout.former) != (target.parent == run.layout.former):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    _make(run, "one")
    first = run_id(run.report)
    change(run)
    _make(run, "two")
    assert _former(run) == {first}
    assert _text(run.layout.former / first) == "one"
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]
    assert not verify(run.layout, Scope()).faults


def test_the_same_again_replaces_nothing(run: Run) -> None:
    _make(run, "one")
    (run.report / "run-info.json").write_text("của lần đầu", "utf-8")
    assert "giống từng byte" in _make(run, "one")[0]
    assert (run.report / "run-info.json").read_text("utf-8") == "của lần đầu"
    assert _actions(run) == ["published", "reproduced"]
    assert _entries(run)[1].beside == {}  # else the log would now stand for what was altered
    assert not _former(run)


def _other_program(patch: pytest.MonkeyPatch) -> None:
    """As if another file of the package that is no input had come."""
    patch.setattr(manifests, "all_files", lambda: (*all_files(), CODE / "README.md"))


def test_whichever_files_ran_it_the_same_files_are_the_same_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(run, "one")
    before = run_id(run.report)
    _other_program(monkeypatch)
    assert "giống từng byte" in _make(run, "one")[0]
    assert run_id(run.report) == before
    (run.report / "completion.json").write_text("altered", "utf-8")
    assert "bị sửa" in _make(run, "one")[0]
    assert run_id(run.report) == before
    assert _actions(run) == ["published", "reproduced", "repaired"]
    assert not verify(run.layout, Scope()).faults


def test_so_it_comes_back_with_what_was_signed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    content = plan.read_bytes()
    _make(run, "one")
    first = sign_off(run, State.SENT, "UBND", print).run
    change(run)
    _other_program(monkeypatch)
    _make(run, "two")
    plan.write_bytes(content)
    _make(run, "one")
    assert run_id(run.report) == first
    assert (run.report / SIGN_OFF).is_file()
    assert not verify(run.layout, Scope()).faults


def test_an_altered_manifest_is_not_taken_for_that_of_the_run(run: Run) -> None:
    """The part on the program is held by nothing but the run id."""
    _make(run, "one")
    path, before = run.report / MANIFEST, run_id(run.report)
    manifest = json.loads(path.read_bytes())
    manifest["program"][0]["sha256"] = "0" * 64
    path.write_text(json.dumps(manifest), "utf-8")
    altered = run_id(run.report)
    recover(run, print)
    _make(run, "one")
    assert run_id(run.report) == before
    assert _former(run) == {altered}


def test_a_manifest_that_this_edition_cannot_read_is_replaced(run: Run) -> None:
    """Else the report would be made again each time, and never be up to date."""
    _make(run, "one")
    path = run.report / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"part of another edition": []}), "utf-8")
    recover(run, print)
    _make(run, "one")
    assert is_current(run, describe_inputs(run))
    assert _actions(run) == ["published", "recovered", "replaced"]


def test_another_result_of_the_same_inputs_is_not_published(run: Run) -> None:
    _make(run, "one")
    with pytest.raises(MismatchError, match=r"completion\.json") as refused:
        _make(run, "two")
    assert refused.value.exit_code == 76
    assert _text(run.report) == "one"
    assert _text(run.work / "differs") == "two"
    assert _actions(run) == ["published"]


def test_nor_one_that_differs_from_a_former_run_of_the_same_inputs(run: Run) -> None:
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    before = plan.read_bytes()
    _make(run, "one")
    change(run)
    _make(run, "two")
    plan.write_bytes(before)
    with pytest.raises(MismatchError):
        _make(run, "three")
    assert _text(run.report) == "two"
    _make(run, "one")
    assert _text(run.report) == "one"
    assert len(_former(run)) == 2  # both were replaced once


def test_files_altered_after_publication_are_replaced_and_kept_for_inspection(run: Run) -> None:
    _make(run, "one")
    (run.report / "completion.json").write_text('{"text": "altered"}', "utf-8")
    (run.report / "more.txt").write_text("added", "utf-8")
    assert "bị sửa" in _make(run, "one")[0]
    assert _text(run.report) == "one"
    assert _text(run.work / "altered") == "altered"
    assert (_entries(run)[1].action, _entries(run)[1].detail) == (Action.REPAIRED, "completion.json, more.txt")


def test_an_input_changed_meanwhile_publishes_nothing(run: Run) -> None:
    with staging(run.report) as staged:
        inputs = describe_inputs(run)
        change(run)
        with pytest.raises(BusyError):
            module.publish(run, staged, inputs, print)
    assert not run.report.exists()
    assert not run.layout.log.exists()


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("dies_at", ["exchange", "_keep", "_log"])
def test_killed_between_two_steps_the_next_run_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, dies_at: str, atomic: bool
) -> None:
    from pipeline.publish import swap

    if not atomic:
        monkeypatch.setattr(swap, "_swap", lambda one, other: False)
    _make(run, "one")
    first = run_id(run.report)
    change(run)

    class Killed(BaseException):
        pass

    def die(*arguments: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, dies_at, die)
        with pytest.raises(Killed):
            _make(run, "two")
    reached = dies_at != "exchange"
    expected = {"exchange": [], "_keep": ["swept", "recovered"], "_log": ["recovered"]}
    for _ in range(2):  # once settled, nothing is left to do
        settle(run, print)
        assert _actions(run) == ["published", *expected[dies_at]]
    assert _text(run.report) == ("two" if reached else "one")
    assert (run.layout.former / first).exists() == reached


def test_nothing_is_settled_while_another_run_is_under_way(run: Run) -> None:
    from pipeline.publish.swap import lock

    _make(run, "one")
    shutil.rmtree(run.layout.log)
    with lock(run.report.parent):
        settle(run, print)
        assert not run.layout.log.exists()
    settle(run, print)
    assert _actions(run) == ["recovered"]


def test_a_log_that_cannot_be_written_is_reported_and_made_good(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
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
    ready, old = (run.report.with_name(f".staging-2025{end}") for end in ("-ready", "-old"))
    shutil.copytree(run.report, ready)
    (ready / MANIFEST).write_text("{}", "utf-8")  # never published
    run.report.rename(old)
    told: list[str] = []
    settle(run, told.append)
    assert _text(run.report) == "one"
    assert "2025" in told[0]
    assert _actions(run) == ["published", "restored", "swept"]
    assert {path.name for path in run.report.parent.iterdir()} == {"2025", ".lock"}


def test_what_was_never_published_is_thrown_away_with_a_line_in_the_log(run: Run) -> None:
    _make(run, "one")
    whole, part = run.report.with_name(".staging-2025-Q1"), run.report.with_name(".staging-2025")
    shutil.copytree(run.report, whole)
    (whole / "completion.json").write_text("never", "utf-8")
    part.mkdir()
    (part / "rest").write_text("x", "utf-8")
    recover(run, print)
    assert [path.name for path in run.report.parent.iterdir()] == ["2025"]
    assert not _former(run)
    assert [(e.action, e.name) for e in _entries(run)[1:]] == [("swept", "2025"), ("swept", "2025-Q1")]


def test_a_report_from_before_the_log_is_taken_into_it(run: Run) -> None:
    _make(run, "one")
    shutil.rmtree(run.layout.log)
    settle(run, print)
    assert _actions(run) == ["recovered"]


@pytest.mark.parametrize("content", ['{"input_id": "x", "form": "older"}', '{"outputs": []}', "no JSON", "[]"])
def test_a_manifest_of_another_form_is_kept_too(run: Run, content: str) -> None:
    run.report.mkdir(parents=True)
    (run.report / MANIFEST).write_text(content, "utf-8")
    (run.report / "completion.json").write_text('{"text": "older"}', "utf-8")
    older = run_id(run.report)
    recover(run, print)
    _make(run, "one")
    assert _text(run.layout.former / older) == "older"
    assert _actions(run) == ["recovered", "replaced"]
    assert _entries(run)[1].before == older


def test_a_leftover_that_cannot_be_read_now_is_not_thrown_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(run, "one")
    first, left = run_id(run.report), run.report.with_name(".staging-2025-ready")
    shutil.copytree(run.report, left)

    def fails(path: Path) -> bytes:
        if path == left / MANIFEST:
            raise OSError(errno.EIO, "Input/output error")
        return read_ordinary(path)

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.publish.publish.read_ordinary", fails)
        patch.setattr("pipeline.publish.manifest.read_ordinary", fails)
        with pytest.raises(OSError, match="Input/output"):
            recover(run, print)
    recover(run, print)
    assert _text(run.layout.former / first) == "one"
