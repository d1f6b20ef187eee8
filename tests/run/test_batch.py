"""Which reports `report-all` makes: one locality's fault is a failure of its own, and the others are made."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from contextlib import nullcontext

import pytest

from pipeline.errors import DataError
from pipeline.paths import Layout
from pipeline.run import batch
from pipeline.run.batch import Done, Wanted, listed, report_all, stale
from pipeline.run.candidates import newest_first

TODAY = dt.date(2026, 1, 1)
SOUND = ["bach-long-vi", "binh-giang", "cat-hai", "hai-phong"]


def _plan(layout: Layout, folder: str, text: str) -> None:
    (layout.plans / folder).mkdir()
    (layout.plans / folder / "a.yaml").write_text(text, "utf-8")


def _looked_at(layout: Layout) -> tuple[list[str], list[Done]]:
    failed = list[Done]()
    jobs, _ = stale(layout, Wanted(), TODAY, failed=failed.append)
    return [job.locality for job in jobs], failed


@pytest.mark.parametrize(
    ("folder", "exit_code", "line"),
    [
        ("an-bien", 65, "  an-bien: Sổ kế hoạch có lỗi"),  # it reports nothing, so that its plan says the period
        ("nowhere", 64, "  nowhere: data/raw/plans/nowhere: không có địa phương này"),
        ("Odd name", 64, "  Odd name: data/raw/plans/Odd name: không có địa phương này"),
        ("a\nb\x1b[2J", 64, r"  a\nb\x1b[2J: data/raw/plans/a\nb\x1b[2J: không có địa phương này"),
        (os.fsdecode(b"b\xff"), 64, r"  b\udcff: data/raw/plans/b\udcff: không có địa phương này"),
    ],
)
def test_a_plan_that_cannot_be_read_or_placed_stops_no_other(
    layout: Layout, folder: str, exit_code: int, line: str
) -> None:
    _plan(layout, folder, "id: [")
    jobs, failed = _looked_at(layout)
    assert jobs == SOUND
    assert [(done.locality, done.exit_code) for done in failed] == [(folder, exit_code)]
    first, *others = listed(failed)
    assert first.startswith(line)
    assert any("an-bien/a.yaml" in other for other in others) == (folder == "an-bien")


def test_a_folder_in_the_place_of_a_plan_stops_no_other(layout: Layout) -> None:
    (layout.plans / "an-bien" / "a.yaml").mkdir(parents=True)
    jobs, (done,) = _looked_at(layout)
    assert (jobs, done.locality, done.exit_code) == (SOUND, "an-bien", 65)


def test_a_locality_without_a_plan_is_not_made(layout: Layout) -> None:
    shutil.rmtree(layout.plans / "cat-hai")
    assert _looked_at(layout) == (["bach-long-vi", "binh-giang", "hai-phong"], [])


def test_a_fault_of_a_list_stops_all(layout: Layout) -> None:
    (layout.raw / "localities.csv").write_text("code\n1\n", "utf-8")
    with pytest.raises(DataError, match=r"localities\.csv"):
        _looked_at(layout)


def test_a_report_that_a_sent_file_stops_is_tried_so_that_its_sender_is_answered(layout: Layout) -> None:
    folder = layout.report("binh-giang", "2025")
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", "utf-8")
    (layout.submissions / "binh-giang" / "2025" / "so-lieu.csv").mkdir()
    jobs, failed = _looked_at(layout)
    assert (jobs, failed) == (SOUND, [])


def test_what_was_sent_last_is_looked_at_first_and_listed_in_order(layout: Layout) -> None:
    folder = layout.submissions / "cat-hai" / "2025"
    last = max((path.stat().st_mtime for path in layout.submissions.rglob("*")), default=0.0) + 60
    os.utime(next(folder.iterdir()), (last, last))
    assert newest_first(layout) == ["cat-hai", *(slug for slug in newest_first(layout) if slug != "cat-hai")]
    assert newest_first(layout, "2025")[0] == "cat-hai"
    assert newest_first(layout, "2031") == SOUND  # for which nobody has sent anything
    assert _looked_at(layout)[0] == SOUND


@pytest.mark.parametrize(
    ("to_make", "alone", "rehearsed"),
    [(SOUND, 100, [True]), (SOUND[1:2], 0, [False]), (SOUND[1:2], 100, []), ([], 0, [])],
)
def test_whether_one_or_several_are_to_be_made_is_told_once_and_early(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, to_make: list[str], alone: int, rehearsed: list[bool]
) -> None:
    monkeypatch.setattr(batch, "ALONE", alone)
    monkeypatch.setattr(batch._Look, "at", lambda _, slug: ("2025", slug not in to_make, "", 0))
    told = list[bool]()
    jobs, current = stale(layout, Wanted(), TODAY, found=lambda *, rehearsed: told.append(rehearsed))
    assert ([job.locality for job in jobs], current) == (to_make, len(SOUND) - len(to_make))
    assert told == rehearsed


@pytest.mark.parametrize(("cores", "calls"), [(1, 0), (2, 0), (4, 0), (5, 1)])
def test_other_work_begins_once_where_reports_leave_a_core(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, cores: int, calls: int
) -> None:
    called = list[bool]()
    monkeypatch.setattr(batch, "AGAIN", 0.02)
    monkeypatch.setattr(batch, "make_one", lambda job: time.sleep(0.2) or Done(job.locality, job.period))
    monkeypatch.setattr(batch, "notebook_session", lambda **_: nullcontext())
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    made = report_all(layout, Wanted(), TODAY, core_left=lambda: called.append(True)).made
    assert (sorted(made), len(called)) == (SOUND, calls)
