"""Verifying beside runs: what is under way is waited for, what is wrong stays wrong.

What verifying finds is counted in `tests/faults/test_manipulations.py`.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from pathlib import Path

import pytest

from pipeline.errors import NoInputError
from pipeline.publish import verify as module
from pipeline.publish.swap import lock
from pipeline.publish.verify import Scope, verify, verify_at_rest
from pipeline.steps import Run
from tests.run.filled import change, publish

ALL = Scope()


@pytest.fixture
def run(run: Run) -> Run:
    """With a published report."""
    publish(run, "one")
    return run


def test_everything_is_counted(run: Run) -> None:
    change(run)
    publish(run, "two")
    found = verify(run.layout, ALL)
    assert not found.faults
    assert (found.published, found.former, found.outputs) == (1, 1, 2)
    assert found.inputs == len(list(run.layout.store.glob("??/*")))
    assert verify(run.layout, Scope("bach-long-vi", "2025")).inputs == found.inputs
    with pytest.raises(NoInputError):
        verify(run.layout, Scope("cat-hai"))


@pytest.mark.parametrize(
    ("scope", "taken"),
    [
        (Scope(), ["a 2025", "a 2025.known-2025-06-01", "b 2025"]),
        (Scope("a"), ["a 2025", "a 2025.known-2025-06-01"]),
        (Scope("a", "2025"), ["a 2025", "a 2025.known-2025-06-01"]),
        (Scope("a", "2025.known-2025-06-01"), ["a 2025.known-2025-06-01"]),
        (Scope("", "2026"), []),
    ],
)
def test_a_scope_takes_a_period_with_what_was_known_on_a_day(scope: Scope, taken: list[str]) -> None:
    names = ["a 2025", "a 2025.known-2025-06-01", "b 2025"]
    assert [name for name in names if scope.takes(*name.split())] == taken


def test_a_run_under_way_is_waited_for(run: Run) -> None:
    told: list[str] = []
    away = run.report.with_name(".away")
    held = threading.Event()

    def another_run() -> None:
        with lock(run.report.parent):
            run.report.rename(away)
            held.set()
            while not any("đang có lần chạy" in line for line in told):
                time.sleep(0.01)
            away.rename(run.report)

    thread = threading.Thread(target=another_run)
    thread.start()
    held.wait()
    found = verify_at_rest(run.layout, ALL, "", told.append)
    thread.join()
    assert not found.faults
    assert any(line.startswith("  bach-long-vi: đang có lần chạy") for line in told)


def test_what_was_published_between_two_looks_is_no_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    look, looks = module.verify, list[int]()

    def slow(*arguments: object) -> object:
        found = look(*arguments)  # type: ignore[arg-type]
        if not looks:
            change(run)
            publish(Run.open("bach-long-vi", "2025", layout=run.layout), "two")
            found.faults.append("as the first look met it")
        looks.append(len(found.faults))
        return found

    monkeypatch.setattr(module, "verify", slow)
    assert not verify_at_rest(run.layout, ALL, "", print).faults
    assert looks == [1, 0]


def test_the_site_that_is_being_made_is_waited_for(run: Run) -> None:
    reports, told = run.layout.reports, list[str]()
    page = reports / "index.html"
    page.write_text("half", "utf-8")
    run.layout.site_record.parent.mkdir()
    whole = {"path": "index.html", "sha256": hashlib.sha256(b"whole").hexdigest(), "size": 5}
    run.layout.site_record.write_text(json.dumps({"outputs": [whole]}), "utf-8")
    held = threading.Event()

    def site() -> None:
        with lock(reports):
            held.set()
            while not any("đang" in line for line in told):
                time.sleep(0.01)
            page.write_text("whole", "utf-8")

    thread = threading.Thread(target=site)
    thread.start()
    held.wait()
    assert not verify_at_rest(run.layout, ALL, "", told.append).faults
    thread.join()


def test_what_is_wrong_is_reported_at_once_and_after_a_run_that_does_not_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, told = Path(run.report / "completion.json"), list[str]()
    page.write_text("other", "utf-8")
    assert any("completion.json" in fault for fault in verify_at_rest(run.layout, ALL, "", told.append).faults)
    assert all("tệp trong kho" in line for line in told)  # progress, and nothing about waiting
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with lock(run.report.parent):
        assert any("completion.json" in fault for fault in verify_at_rest(run.layout, ALL, "", print).faults)
