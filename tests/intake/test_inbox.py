"""What is no ordinary file is refused by name, at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.intake.cells import FileFaultError
from pipeline.intake.inbox import LARGEST, read_content
from pipeline.intake.reader import read_submissions
from pipeline.paths import Layout
from pipeline.plans.periods import Period


def test_pipes_links_folders_devices_and_large_files_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("/dev/zero")
    (tmp_path / "dangling.csv").symlink_to("nowhere")
    (tmp_path / "folder.csv").mkdir()
    with (tmp_path / "large.csv").open("wb") as large:
        large.truncate(5 * 1024**3)
    rules = {}
    for path in tmp_path.iterdir():
        with pytest.raises(FileFaultError) as refused:
            read_content(path)
        rules[path.name] = refused.value.rule
    assert rules.pop("large.csv") == "size"
    assert set(rules.values()) == {"not-regular"}
    assert len(rules) == 4
    whole = tmp_path / "whole.csv"
    whole.write_bytes(b"x" * 10)
    assert read_content(whole) == b"x" * 10
    assert LARGEST == 20 * 1024**2


@pytest.mark.parametrize(
    "name", ["a\u00a0b.csv", "a\u202fb.csv", "a\nb.csv", "a\u202eb.csv", "a\x1b[31m.csv", "a\udcff.csv"]
)
def test_a_name_that_cannot_be_printed_is_refused_and_shown_escaped(layout: Layout, name: str) -> None:
    folder = layout.submissions / "binh-giang" / "2026-Q1"
    folder.mkdir(parents=True)
    (folder / name).write_text("x", "utf-8")
    with pytest.raises(DataError) as raised:
        read_submissions(layout, "binh-giang", Period.parse("2026-Q1"))
    (finding,) = raised.value.findings
    assert finding.rule == "name"
    assert str(finding).isprintable()
