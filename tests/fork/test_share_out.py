"""One function over many items in several processes: the same answers, whatever becomes of the forks."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.fork import share_out
from pipeline.fork.share_out import shared_out

ITEMS = [str(n) for n in range(11)]


@pytest.fixture(autouse=True)
def _three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})


def _who(item: str) -> list[object]:
    return [item, os.getpid()]


def _refused() -> int:
    raise BlockingIOError


@pytest.mark.parametrize(("least", "processes"), [(1, 3), (5, 2), (6, 1)])
def test_answers_come_in_order_from_several_processes(least: int, processes: int) -> None:
    answers = list(shared_out(_who, ITEMS, least))
    assert [item for item, _ in answers] == ITEMS
    assert len({process for _, process in answers}) == processes
    assert answers[0][1] == os.getpid()
    assert list(shared_out(_who, [], least)) == []


def _killed(item: str) -> str:
    if os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def _broken(item: str) -> str:
    if os.getpid() != HERE:
        raise KeyError(item)
    return item


HERE = os.getpid()


@pytest.mark.parametrize("function", [_killed, _broken])
def test_what_a_fork_does_not_answer_is_done_here(function: Callable[[str], str]) -> None:
    assert list(shared_out(function, ITEMS, 1)) == ITEMS


def test_without_room_for_a_process_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share_out.os, "fork", _refused)
    assert {process for _, process in shared_out(_who, ITEMS, 1)} == {os.getpid()}


def test_a_fault_of_an_item_is_raised_here_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, made = os.fork, list[int]()

    def noted() -> int:
        made.append(fork())
        return made[-1]

    monkeypatch.setattr(share_out.os, "fork", noted)

    def fault(item: str) -> str:
        if item == ITEMS[-1]:
            raise ValueError(item)
        return item

    with pytest.raises(ValueError, match=ITEMS[-1]):
        list(shared_out(fault, ITEMS, 1))
    assert len(made) == 2
    assert not any(Path("/proc", str(process)).exists() for process in made)
