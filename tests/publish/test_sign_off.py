"""Which state may be signed after which, what a log says of it, and which report is frozen."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.arguments import STATES
from pipeline.errors import UsageError
from pipeline.inputs.describe import Inputs, SharedInputs, describe_inputs
from pipeline.paths import Layout
from pipeline.plans.registry import NO_PLANS, read_registry
from pipeline.publish.issue import sign_off
from pipeline.publish.log import Action, Entry, Event, Log, canonical_line
from pipeline.publish.manifest import SIGN_OFF
from pipeline.publish.sign_off import (
    WAY,
    SignOff,
    State,
    Step,
    check_order,
    file_content,
    is_frozen,
    numbered,
    sign_off_of,
    way_of,
)
from pipeline.steps import Run
from tests.run.filled import change, publish

RUN, OTHER = "a" * 64, "b" * 64
AT = "2026-05-01T08:00:00Z"


def _signed(*states: State) -> SignOff:
    return SignOff(run=RUN, steps=tuple(Step(state=state, by="UBND", at=AT) for state in states))


def test_the_levels_follow_each_other() -> None:
    for place, way in (("cat-hai", WAY), ("hai-phong", (State.SENT, State.CITY, State.ISSUED))):
        levels = way_of(read_registry(Layout.of_project(), NO_PLANS).locality(place))
        assert levels == way
        for n, state in enumerate(way):
            check_order(_signed(*way[:n]), state, "UBND", way)
            assert _signed(*way[: n + 1]).state is state


SENT, COMMUNE, CITY, ISSUED = WAY
BACK, RETURNED, CHECKED = State.TAKEN_BACK, State.RETURNED, State.CHECKED


@pytest.mark.parametrize(
    ("before", "wanted", "remedy"),
    [
        ((), COMMUNE, "phải trình trước khi cấp xã chấp nhận.*STATE=sent"),
        ((), ISSUED, "còn là dự thảo; phải trình trước khi ban hành"),
        ((SENT,), CITY, "phải cấp xã chấp nhận trước.*STATE=accepted-commune"),
        ((SENT, COMMUNE), ISSUED, "phải cấp tỉnh, thành phố chấp nhận trước khi ban hành"),
        ((SENT,), SENT, "Không ký lại"),
        ((SENT, COMMUNE, CITY), COMMUNE, "Không ký lại"),
        (WAY, SENT, "Không ký lại"),
        ((CHECKED, ISSUED), CITY, "Không ký lại"),  # as earlier versions issued
        ((CHECKED,), ISSUED, "phải cấp xã chấp nhận trước khi ban hành"),
        ((SENT, COMMUNE, RETURNED), COMMUNE, "bị trả lại; phải trình trước"),
        ((SENT, COMMUNE, BACK), CITY, "phải cấp xã chấp nhận trước"),
        ((), RETURNED, "chưa trình nên chưa trả lại được"),
        ((SENT, RETURNED), RETURNED, "chưa trình"),
        (WAY, RETURNED, "rút lại trước"),
        ((), BACK, "không có bước nào để rút lại"),
        ((SENT, RETURNED), BACK, "không có bước nào để rút lại"),
    ],
)
def test_any_other_order_is_refused_with_the_remedy(before: tuple[State, ...], wanted: State, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy):
        check_order(_signed(*before), wanted, "UBND")


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((CHECKED, ISSUED), ISSUED),
        ((CHECKED, ISSUED, BACK), CHECKED),
        ((CHECKED, ISSUED, BACK, BACK), State.DRAFT),
        ((SENT, COMMUNE, BACK), SENT),
        ((SENT, COMMUNE, RETURNED), RETURNED),
        ((SENT, RETURNED, SENT), SENT),
        ((SENT, RETURNED, SENT, BACK), State.DRAFT),
        ((*WAY, BACK, ISSUED), ISSUED),
    ],
)
def test_the_state_is_what_still_holds(steps: tuple[State, ...], state: State) -> None:
    assert _signed(*steps).state is state


@given(st.lists(st.sampled_from([*WAY, BACK, RETURNED]), max_size=12))
def test_no_way_leads_past_a_level(wanted: list[State]) -> None:
    """Whatever is tried in whatever order, the levels that hold are the lowest ones, none left out."""
    now = _signed()
    for state in wanted:
        with suppress(UsageError):
            check_order(now, state, "UBND")
            now = _signed(*(step.state for step in now.steps), state)
        assert tuple(step.state for step in now.standing) == WAY[: len(now.standing)]


def test_only_who_signed_takes_back() -> None:
    with pytest.raises(UsageError, match="do UBND ký; chỉ nơi ấy rút lại được"):
        check_order(_signed(SENT), BACK, "Sở Khoa học và Công nghệ")
    with pytest.raises(UsageError, match=r"viết BY đúng như vậy\)\.$"):  # what is issued cannot be returned
        check_order(_signed(*WAY), BACK, "Sở Khoa học và Công nghệ")
    with pytest.raises(UsageError, match="không có bước cấp xã chấp nhận"):
        check_order(_signed(SENT), COMMUNE, "UBND", (SENT, CITY, ISSUED))


def test_the_door_knows_the_states() -> None:
    assert set(STATES) == set(State) - {State.DRAFT, State.CHECKED}


def test_a_file_written_by_an_earlier_version_is_still_what_the_log_says() -> None:
    """Byte for byte as it was written before there were levels and reasons."""
    step = f'    {{\n      "state": "checked",\n      "by": "UBND",\n      "at": "{AT}"\n    }}'
    old = f'{{\n  "run": "{RUN}",\n  "steps": [\n{step}\n  ]\n}}\n'
    assert file_content(_signed(CHECKED)) == old.encode()
    line = Entry(seq=1, prev="0" * 64, at=AT, **_event(RUN, CHECKED).model_dump())
    assert b"detail" not in canonical_line(line)


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
    for state in WAY:
        assert not _is_frozen(run)
        sign_off(run, state, "UBND", print)
    assert _is_frozen(run)
    sign_off(run, State.TAKEN_BACK, "UBND", print, "Sai phụ lục")
    assert not _is_frozen(run)


def test_other_data_and_an_altered_file_end_the_freeze(run: Run) -> None:
    for state in WAY:
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
    sign_off(run, State.SENT, "UBND", print)
    path = run.report / SIGN_OFF
    path.write_text(path.read_text("utf-8").replace("sent", "issued"), "utf-8")
    assert not _is_frozen(run)
