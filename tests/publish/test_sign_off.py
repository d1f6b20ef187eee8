"""Which state may be signed after which, what a log says of it, and which report is frozen."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.inputs.describe import Inputs, SharedInputs, describe_inputs
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.manifest import SIGN_OFF
from pipeline.publish.sign_off import (
    SignOff,
    State,
    Step,
    check_order,
    file_content,
    is_frozen,
    numbered,
    sign_off_of,
)
from pipeline.steps import Run
from tests.run.filled import change, publish

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


def _event(run: str, state: State, name: str = "2025") -> Event:
    """By an office whose name is "issued"."""
    return Event(action=Action.SIGNED_OFF, locality="cat-hai", name=name, run=run, state=state, by="issued")


def test_the_log_says_who_signed_each_run(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert sign_off_of(log.history("cat-hai", "2025"), RUN) == SignOff(run=RUN)
    assert file_content(SignOff(run=RUN)) == b""
    log.append(Event(action=Action.PUBLISHED, locality="cat-hai", name="2025", run=RUN), AT)
    log.append(_event(RUN, State.CHECKED), AT)
    log.append(_event(OTHER, State.CHECKED), AT)
    log.append(_event(RUN, State.ISSUED), AT)
    history = log.history("cat-hai", "2025")
    assert [step.state for step in sign_off_of(history, RUN).steps] == ["checked", "issued"]
    assert sign_off_of(history, OTHER).state is State.CHECKED
    assert not log.chain().faults


def test_issues_are_counted_by_address(tmp_path: Path) -> None:
    log = Log(tmp_path)
    for run, name in ((RUN, "2025"), (RUN, "2026"), (OTHER, "2025")):
        log.append(_event(run, State.CHECKED, name), AT)
        log.append(_event(run, State.ISSUED, name), AT)
    assert [(n, e.run, e.name) for n, e in numbered(log.chain().entries)] == [
        (1, RUN, "2025"),
        (1, RUN, "2026"),
        (2, OTHER, "2025"),
    ]
    assert [(n, e.run) for n, e in numbered(log.history("cat-hai", "2025"))] == [(1, RUN), (2, OTHER)]


@pytest.fixture
def run(run: Run) -> Run:
    """With a published report."""
    publish(run, "one")
    return run


def of_new_code(inputs: Inputs) -> Inputs:
    """The same data, read by another program."""
    fields = {name: getattr(inputs.shared, name) for name in SharedInputs.model_fields}
    own = {name: getattr(inputs, name) for name in Inputs.model_fields}
    return Inputs(**own | {"shared": SharedInputs(**fields | {"code": (), "notebooks": (), "python": "3.99"})})


def _is_frozen(run: Run) -> bool:
    return is_frozen(run.layout, run.report, of_new_code(describe_inputs(run)))


def test_only_an_issued_report_is_frozen(run: Run) -> None:
    assert of_new_code(describe_inputs(run)).id != describe_inputs(run).id
    assert not _is_frozen(run)
    sign_off(run, State.CHECKED, "UBND", print)
    assert not _is_frozen(run)
    sign_off(run, State.ISSUED, "UBND", print)
    assert _is_frozen(run)


def test_other_data_and_an_altered_file_end_the_freeze(run: Run) -> None:
    for state in (State.CHECKED, State.ISSUED):
        sign_off(run, state, "UBND", print)
    assert _is_frozen(run)
    english = dataclasses.replace(run, page_lang="en")
    assert not is_frozen(run.layout, run.report, describe_inputs(english))
    page = run.report / "completion.json"
    original = page.read_bytes()
    page.write_bytes(original + b" ")
    assert not _is_frozen(run)
    page.write_bytes(original)
    assert _is_frozen(run)
    change(run)
    assert not _is_frozen(run)


def test_a_forged_signature_freezes_nothing(run: Run) -> None:
    sign_off(run, State.CHECKED, "UBND", print)
    path = run.report / SIGN_OFF
    path.write_text(path.read_text("utf-8").replace("checked", "issued"), "utf-8")
    assert not _is_frozen(run)
