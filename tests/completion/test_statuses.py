"""What a status carries, and that it stays the text that is published."""

from __future__ import annotations

import json
import pickle

import pytest

from pipeline.completion.rollup import ConceptOutcome
from pipeline.completion.statuses import ABSENT, BEHIND, Category, PlanState, Status, TaskCategory, TaskStatus


@pytest.mark.parametrize("member", [*Status, *TaskStatus, *PlanState, *Category, *TaskCategory, *ConceptOutcome])
def test_a_member_is_its_value(member: Status | TaskStatus | PlanState | Category | TaskCategory) -> None:
    assert type(member)(member.value) is member
    assert json.loads(json.dumps(member)) == member.value == f"{member}"
    assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301 - our own bytes


def test_every_absence_has_an_outcome_in_the_roll_up() -> None:
    for status in (*ABSENT, Status.UNDECIDABLE):
        assert ConceptOutcome(status.value)


def test_what_is_behind_comes_first_and_what_is_met_needs_no_attention() -> None:
    urgencies = {status: status.urgency for status in Status if status.urgency is not None}
    assert {status for status, urgency in urgencies.items() if urgency == 0} == BEHIND
    assert not urgencies.keys() & {Status.MET, Status.ON_TRACK, Status.NOT_APPLICABLE}
