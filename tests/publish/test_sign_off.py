"""Who may sign what, in which order, and what a record of it must say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import MismatchError, UsageError
from pipeline.inputs.issued import COMPLETION, ENTRY, issued_before, issued_folder, read_entry
from pipeline.paths import Layout
from pipeline.publish.log import Action, Event, Log, canonical_line
from pipeline.publish.sign_off import (
    SignOff,
    State,
    Step,
    check_order,
    file_content,
    issues_of,
    numbered,
    sign_off_of,
)

RUN, OTHER = "a" * 64, "b" * 64
AT = "2026-05-01T08:00:00Z"


def _signed(*states: State) -> SignOff:
    return SignOff(run=RUN, steps=tuple(Step(state=state, by="UBND", at=AT) for state in states))


def test_draft_checked_issued_in_this_order() -> None:
    check_order(_signed(), State.CHECKED)
    check_order(_signed(State.CHECKED), State.ISSUED)


@pytest.mark.parametrize(
    ("before", "wanted", "remedy"),
    [
        ((), State.ISSUED, "phải kiểm tra trước khi ban hành"),
        ((State.CHECKED,), State.CHECKED, "Không ký lại"),
        ((State.CHECKED, State.ISSUED), State.ISSUED, "Không ký lại"),
        ((State.CHECKED, State.ISSUED), State.CHECKED, "Không ký lại"),
    ],
)
def test_any_other_order_is_refused_with_the_remedy(before: tuple[State, ...], wanted: State, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy):
        check_order(_signed(*before), wanted)


def _event(run: str, state: State, name: str = "2025", base: str = "") -> Event:
    return Event(action=Action.SIGNED_OFF, locality="cat-hai", name=name, run=run, state=state, by="issued", base=base)


def test_the_log_says_who_signed_each_run(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert sign_off_of(log, RUN) == SignOff(run=RUN)
    assert file_content(SignOff(run=RUN)) == b""
    log.append(Event(action=Action.PUBLISHED, locality="cat-hai", name="2025", run=RUN), AT)
    log.append(_event(RUN, State.CHECKED), AT)
    log.append(_event(OTHER, State.CHECKED), AT)
    log.append(_event(RUN, State.ISSUED), AT)
    assert [step.state for step in sign_off_of(log, RUN).steps] == ["checked", "issued"]
    assert sign_off_of(log, OTHER).state is State.CHECKED
    assert not log.chain().faults


def test_issues_are_counted_by_address(tmp_path: Path) -> None:
    log = Log(tmp_path)
    for run, name in ((RUN, "2025"), (RUN, "2026"), (OTHER, "2025")):
        log.append(_event(run, State.CHECKED, name), AT)  # by an office whose name is "issued"
        log.append(_event(run, State.ISSUED, name), AT)
    assert [entry.run for entry in issues_of(log, "cat-hai", "2025")] == [RUN, OTHER]
    assert [(n, e.run, e.name) for n, e in numbered(log.chain().entries)] == [
        (1, RUN, "2025"),
        (1, RUN, "2026"),
        (2, OTHER, "2025"),
    ]


def _issue(layout: Layout, number: int, base: str) -> Path:
    entry = Log(layout.log).append(_event(RUN, State.ISSUED, base=base), AT)
    folder = issued_folder(layout, "cat-hai", "2025", number)
    folder.mkdir(parents=True)
    (folder / ENTRY).write_bytes(canonical_line(entry))
    (folder / COMPLETION).write_text("{}", "utf-8")
    return folder


def test_a_report_replaces_the_last_issued_one_that_is_not_itself(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    assert issued_before(layout, "cat-hai", "2025", "one") is None
    first = _issue(layout, 1, "one")
    assert issued_before(layout, "cat-hai", "2025", "one") is None
    assert issued_before(layout, "cat-hai", "2025", "two") == first
    second = _issue(layout, 2, "two")
    assert issued_before(layout, "cat-hai", "2025", "two") == first
    assert issued_before(layout, "cat-hai", "2025", "one") == second
    third = _issue(layout, 3, "one")
    assert issued_before(layout, "cat-hai", "2025", "one") == second
    assert issued_before(layout, "cat-hai", "2025", "two") == third
    for number in range(4, 12):
        _issue(layout, number, str(number))
    assert issued_before(layout, "cat-hai", "2025", "x") == issued_folder(layout, "cat-hai", "2025", 11)


def test_a_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = _issue(Layout(tmp_path), 1, "one")
    (folder / ENTRY).write_text("{", "utf-8")
    with pytest.raises(MismatchError, match=r"entry\.json"):
        read_entry(folder)
