"""Signing off, and what an issued report does to the next one; on folders that a test fills."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import MismatchError, NoInputError, UsageError
from pipeline.inputs.describe import describe_inputs
from pipeline.inputs.draft import KNOWN
from pipeline.inputs.issued import COMPLETION, ENTRY, TAKEN_BACK, issued_folder, read_issue
from pipeline.publish import issue as module
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Action, Log
from pipeline.publish.manifest import SIGN_OFF, run_id
from pipeline.publish.publish import settle
from pipeline.publish.sign_off import WAY, State
from pipeline.publish.verify import Scope, verify
from pipeline.run import batch
from pipeline.run import make_report as reports
from pipeline.run.make_report import Outcome, make_report
from pipeline.steps import Run
from tests.publish.test_sign_off import of_new_code
from tests.run.filled import change, publish

OFFICE = 'UBND <đặc khu> "Bạch Long Vĩ"'


def _issue(run: Run) -> str:
    for state in WAY:
        signed = sign_off(run, state, OFFICE, print)
    return signed.run


def _faults(run: Run) -> list[str]:
    return verify(run.layout, Scope()).faults


def _record(run: Run, number: int) -> Path:
    return issued_folder(run.layout, "bach-long-vi", "2025", number)


def _files(run: Run) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in run.layout.reports.rglob("*") if path.is_file()}


def test_signatures_lie_beside_the_page_and_in_the_log(run: Run) -> None:
    publish(run, "one")
    before = {p.name: p.read_bytes() for p in run.report.iterdir()}
    assert _issue(run) == run_id(run.report)
    written = json.loads((run.report / SIGN_OFF).read_text("utf-8"))
    assert written["run"] == run_id(run.report)
    assert [(s["state"], s["by"]) for s in written["steps"]] == [(state, OFFICE) for state in WAY]
    assert {p.name: p.read_bytes() for p in run.report.iterdir() if p.name != SIGN_OFF} == before
    assert [e.action for e in Log(run.layout.log).chain().entries] == ["published", *["signed-off"] * len(WAY)]
    assert not _faults(run)
    signed = _files(run)
    settle(run, pytest.fail)
    assert _files(run) == signed


def test_nothing_can_be_signed_that_is_not_there_or_was_altered(run: Run) -> None:
    with pytest.raises(NoInputError, match="make report"):
        sign_off(run, State.SENT, OFFICE, print)
    publish(run, "one")
    (run.report / "completion.json").write_text("{}", "utf-8")
    with pytest.raises(MismatchError, match=r"completion\.json"):
        sign_off(run, State.SENT, OFFICE, print)
    assert not (run.report / SIGN_OFF).exists()


def test_a_report_of_code_that_is_not_committed_can_be_checked_but_not_issued(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KNOWN, "pipeline/report/page.py")
    publish(run, "one")
    for state in WAY[:-1]:
        sign_off(run, state, OFFICE, print)
    with pytest.raises(UsageError, match="chưa ghi nhận"):
        sign_off(run, State.ISSUED, OFFICE, print)


def test_code_that_only_publishes_may_be_under_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KNOWN, "pipeline/publish/issue.py")
    publish(run, "one")
    _issue(run)
    assert not _faults(run)


def test_an_issued_report_is_itself_until_its_inputs_change(run: Run) -> None:
    first = publish(run, "one")
    _issue(run)
    assert describe_inputs(run).id == first.id
    change(run)
    now = describe_inputs(run)
    assert now.base != first.id
    assert [file.path for file in now.issued] == [
        f"reports/.issued/bach-long-vi/2025/1/{name}" for name in ("completion.json", "entry.json")
    ]
    stated = next(o for o in json.loads((run.report / "manifest.json").read_text())["outputs"])
    assert now.issued[0].sha256 == stated["sha256"]  # what was issued, byte for byte


def test_the_issued_run_is_kept_with_its_signatures_when_it_is_replaced(run: Run) -> None:
    publish(run, "one")
    first = _issue(run)
    change(run)
    second = publish(run, "two")
    assert not (run.report / SIGN_OFF).exists()
    assert json.loads((run.layout.former / first / SIGN_OFF).read_text("utf-8"))["run"] == first
    assert describe_inputs(run).id == second.id
    assert not _faults(run)
    _issue(run)
    assert describe_inputs(run).id == second.id  # its own issue changes nothing
    change(run)
    assert [file.path.split("/")[-2] for file in describe_inputs(run).issued] == ["2", "2"]
    publish(run, "three")
    assert not _faults(run)


def test_a_report_that_is_what_was_issued_again_has_its_signatures_again(run: Run) -> None:
    publish(run, "one")
    first = _issue(run)
    before = (run.report / SIGN_OFF).read_bytes()
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    content = plan.read_bytes()
    change(run)
    publish(run, "two")
    plan.write_bytes(content)
    publish(run, "one")
    assert run_id(run.report) == first
    assert (run.report / SIGN_OFF).read_bytes() == before
    assert not _faults(run)


def test_a_run_that_came_back_is_signed_where_it_was_kept_too(run: Run) -> None:
    plan = next((run.layout.plans / "bach-long-vi").glob("*.yaml"))
    content = plan.read_bytes()
    publish(run, "one")
    change(run)
    publish(run, "two")
    plan.write_bytes(content)
    publish(run, "one")
    first = _issue(run)
    assert (run.layout.former / first / SIGN_OFF).read_bytes() == (run.report / SIGN_OFF).read_bytes()
    assert not _faults(run)


@pytest.mark.parametrize("what", ["write_as_logged", "write_whole", "_keep_issue"])
def test_killed_while_signing_the_log_holds_and_the_next_run_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from pipeline.publish import sign_off as files

    publish(run, "one")
    for state in WAY[:-1]:
        sign_off(run, state, OFFICE, print)

    class Killed(BaseException):
        pass

    def die(*arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module if what == "write_as_logged" else files, what, die)
        with pytest.raises(Killed):
            sign_off(run, State.ISSUED, OFFICE, print)
    assert _faults(run)
    settle(run, print)
    assert json.loads((run.report / SIGN_OFF).read_text("utf-8"))["steps"][-1]["state"] == "issued"
    assert (_record(run, 1) / ENTRY).is_file()
    assert not _faults(run)
    with pytest.raises(UsageError, match="Không ký lại"):
        sign_off(run, State.ISSUED, OFFICE, print)


def test_every_manipulation_of_signatures_is_found(run: Run) -> None:
    publish(run, "one")
    _issue(run)
    whole = run.layout.reports.with_name("whole")
    shutil.copytree(run.layout.reports, whole)
    for path in (run.report / SIGN_OFF, _record(run, 1) / ENTRY, _record(run, 1) / "completion.json"):
        for manipulate in (Path.unlink, lambda p: p.write_bytes(p.read_bytes().replace(b"1", b"2"))):
            content = path.read_bytes()
            manipulate(path)
            if not path.is_file() or path.read_bytes() != content:
                assert any(run.layout.relative(path) in fault for fault in _faults(run)), path
            shutil.rmtree(run.layout.reports)
            shutil.copytree(whole, run.layout.reports)
    assert not _faults(run)
    shutil.copytree(_record(run, 1), _record(run, 2))
    again = run.layout.relative(_record(run, 2))
    found = _faults(run)
    assert f"{again}: nhật ký không có lần ban hành này" in found
    assert all(fault.startswith(again) for fault in found)


def test_a_signature_that_no_log_knows_is_found_and_taken_away(run: Run) -> None:
    publish(run, "one")
    (run.report / SIGN_OFF).write_text('{"run": "x"}', "utf-8")
    assert any(SIGN_OFF in fault for fault in _faults(run))
    settle(run, print)
    assert not (run.report / SIGN_OFF).exists()
    assert Action.SIGNED_OFF not in [e.action for e in Log(run.layout.log).chain().entries]


def test_a_new_program_replaces_no_issued_report(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(run, "one")
    _issue(run)
    later = of_new_code(describe_inputs(run))
    monkeypatch.setattr(reports, "describe_inputs", lambda _: later)
    outcome = make_report(run)
    assert outcome.made is False
    assert outcome.since
    told = "\n".join(outcome.not_made)
    assert "đã mới nhất" not in told
    assert ".issued" not in told
    assert all(part in told for part in ("đã ban hành nên được giữ nguyên", outcome.since[0], "make why", "taken-back"))
    assert list(Outcome(run.report, made=True).not_made) == []
    assert "đã mới nhất" in "".join(Outcome(run.report, made=False).not_made)
    monkeypatch.setattr(batch, "describe_shared", lambda *_: later.shared)
    jobs, current = batch.stale(run.layout, batch.Wanted(period="2025"), dt.date(2026, 1, 1))
    assert ("bach-long-vi" in {job.locality for job in jobs}, current) == (False, 1)


def test_what_replaces_an_issue_that_was_taken_back_is_told_so(run: Run) -> None:
    publish(run, "one")
    _issue(run)
    sign_off(run, State.TAKEN_BACK, OFFICE, print, "Ký nhầm bản")
    record = _record(run, 1)
    warned = [line for line in verify(run.layout, Scope()).warnings if "rút lại" in line]
    assert len(warned) == 1
    assert f"({OFFICE}: Ký nhầm bản)" in warned[0]
    change(run)
    assert [f.path.rpartition("/")[2] for f in describe_inputs(run).issued] == [COMPLETION, ENTRY, TAKEN_BACK]
    line = read_issue(record, TAKEN_BACK)
    assert (line.by, line.detail, line.run) == (OFFICE, "Ký nhầm bản", run_id(run.report))
    (record / TAKEN_BACK).unlink()
    assert any(TAKEN_BACK in fault for fault in _faults(run))
    settle(run, print)  # the log is what counts
    assert not _faults(run)
    publish(run, "two")
    _issue(run)
    (_record(run, 2) / TAKEN_BACK).write_bytes((record / TAKEN_BACK).read_bytes())
    assert any("nhật ký không có việc rút lại này" in fault for fault in _faults(run))
    settle(run, print)
    assert not _faults(run)
