from pathlib import Path

import pytest

from pipeline.errors import MismatchError
from pipeline.inputs.issued import COMPLETION, ENTRY, Issue, Replacement, issued_before, issued_folder, read_issue
from pipeline.paths import Layout


def issue(layout: Layout, locality: str, base: str) -> Path:
    """Another issue of a report, as signing off leaves it."""
    number = 1 + len(list((layout.issued / locality / "2025").glob("*")))
    folder = issued_folder(layout, locality, "2025", number)
    folder.mkdir(parents=True)
    entry = Issue(run="a" * 64, by="UBND", at="2026-05-01T08:00:00Z", base=base)
    (folder / ENTRY).write_text(entry.model_dump_json(), "utf-8")
    (folder / COMPLETION).write_text("{}", "utf-8")
    return folder


def _before(layout: Layout, base: str) -> Path | None:
    return issued_before(layout, "cat-hai", "2025", base)


def test_a_report_replaces_the_last_issued_one_that_is_not_itself(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert _before(layout, "one") is None
    first = issue(layout, "cat-hai", "one")
    assert _before(layout, "one") is None
    assert _before(layout, "two") == first
    second = issue(layout, "cat-hai", "two")
    assert _before(layout, "two") == first
    assert _before(layout, "one") == second
    third = issue(layout, "cat-hai", "one")
    assert _before(layout, "one") == second
    assert _before(layout, "two") == third
    for number in range(4, 12):
        issue(layout, "cat-hai", str(number))
    assert _before(layout, "x") == issued_folder(layout, "cat-hai", "2025", 11)


def test_what_is_being_written_is_no_issue(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    first = issue(layout, "cat-hai", "one")
    first.rename(first.with_name(".new-1"))
    assert _before(layout, "two") is None


@pytest.mark.parametrize("content", ["{", "", "{}", '{"run": 1, "by": "a", "at": "b"}', None])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    folder = issue(Layout(tmp_path), "cat-hai", "one")
    (folder / ENTRY).unlink()
    if content is not None:
        (folder / ENTRY).write_text(content, "utf-8")
    with pytest.raises(MismatchError, match=r"entry\.json"):
        read_issue(folder)


def test_the_day_is_written_as_in_documents() -> None:
    replaced = Replacement(run="a" * 64, by="UBND", at="2026-05-01T08:00:00Z", differences=None)
    assert replaced.day == "01/05/2026"
