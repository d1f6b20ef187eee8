"""The case of a report, from which the sentences of its headline follow."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.report.due_targets import DueTargets
from pipeline.report.lead import Case, case_of

IN_FORCE, BEGINNING = ("plan",), ("next",)


@pytest.mark.parametrize(
    ("in_force", "starting", "total", "observed", "due_now", "due", "case"),
    [
        ((), (), 0, 0, 0, 0, Case.NO_PLAN),
        ((), BEGINNING, 0, 0, 0, 0, Case.STARTING),
        (IN_FORCE, BEGINNING, 0, 0, 0, 0, Case.NO_TARGET),
        (IN_FORCE, (), 22, 0, 0, 0, Case.NO_DATA),
        (IN_FORCE, (), 22, 0, 22, 22, Case.NO_DATA),
        (IN_FORCE, (), 22, 18, 0, 0, Case.NONE_DUE),
        (IN_FORCE, (), 22, 18, 17, 17, Case.SOME_DUE),
        (IN_FORCE, (), 22, 1, 0, 55, Case.SOME_DUE),  # of the stage before
        (IN_FORCE, (), 22, 18, 22, 22, Case.ALL_DUE),
        (IN_FORCE, (), 22, 18, 22, 30, Case.SOME_DUE),  # and eight of a stage before
    ],
)
def test_the_case_of_a_report(
    in_force: Any, starting: Any, total: int, observed: int, due_now: int, due: int, case: Case
) -> None:
    rate = SimpleNamespace(total=total, observed=observed, due=due_now)
    completion: Any = SimpleNamespace(in_force=in_force, starting=starting, rate=rate)
    fallen: Any = [object()] * due
    assert case_of(completion, DueTargets(fallen)) is case
