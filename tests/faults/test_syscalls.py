"""Every system call of publishing fails, or is the last one: old or new, never mixed, and the next run succeeds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from pipeline.paths import Layout
from tests.faults import projects
from tests.faults.publisher import Order, Publisher
from tests.faults.tally import Tally
from tests.faults.tracing import Point, Traced, publish_traced

EXITS = {0, -9, 73, 74, 75}
"""Success, killed, cannot create, input/output, busy."""
_numbers = count()


class Scene:
    """Copies of one state, in each of which the same publication is begun."""

    def __init__(self, source: Path, prepared: Path, publisher: Publisher, folder: Path) -> None:
        self.source, self.prepared, self.publisher, self.folder = source, prepared, publisher, folder
        self.old = projects.published(source)
        with self.place() as root:
            self.clean = self.publish(root)
            assert self.clean.code == 0, self.clean.said
            self.new = projects.published(root)

    @contextmanager
    def place(self) -> Iterator[Path]:
        root = projects.copy(self.source, self.folder / f"p{next(_numbers)}")
        yield root
        shutil.rmtree(root)

    def publish(self, root: Path, point: Point | None = None) -> Traced:
        order = Order(root, self.prepared, projects.LOCALITY, gate=self.folder / "gate")
        return publish_traced(self.publisher, order, self.folder, point)

    def check(self, point: Point) -> None:
        """One fault, then the next run."""
        with self.place() as root:
            self.after_fault(root, self.publish(root, point))
            self.next_run(root)

    def check_two(self, points: tuple[Point, Point]) -> None:
        """A fault, another one while the next run clears up after it, then a run that nothing disturbs."""
        with self.place() as root:
            self.after_fault(root, self.publish(root, points[0]))
            self.after_fault(root, recover_traced(self, root, points[1]))
            self.next_run(root)

    def after_fault(self, root: Path, traced: Traced) -> None:
        now = projects.published(root)
        assert now in {self.old, self.new}
        assert traced.code in EXITS, (traced.code, traced.said)
        assert traced.code or now == self.new, "said to have succeeded, and has not"
        assert "Traceback" not in traced.said
        assert "cũ còn nguyên" not in traced.said or now == self.old, traced.said
        projects.chain_is_whole_or_torn_at_its_end(root)

    def next_run(self, root: Path) -> None:
        code, said = self.publisher.run(Order(root, self.prepared, projects.LOCALITY))
        assert code == 0, said
        assert projects.published(root) == self.new
        projects.settled(root)
        assert not self.old or (Layout(root).kept / self.old).is_dir(), "the run before is lost"


@pytest.fixture(scope="module")
def replacing(published: Path, prepared: Path, publisher: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A report in the place of another one."""
    folder = tmp_path_factory.mktemp("replacing")
    source = projects.copy(published, folder / "source")
    projects.change_plan(source)
    return Scene(source, prepared, publisher, folder)


@pytest.fixture(scope="module")
def first(published: Path, prepared: Path, publisher: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The first report of a locality, where others have filled the store."""
    folder = tmp_path_factory.mktemp("first")
    source = projects.copy(published, folder / "source")
    projects.change_plan(source)
    shutil.rmtree(source / "reports" / projects.LOCALITY)
    shutil.rmtree(source / "reports" / ".log")
    return Scene(source, prepared, publisher, folder)


@pytest.mark.parametrize("name", ["replacing", "first"])
def test_every_system_call_of_publishing(
    name: str, request: pytest.FixtureRequest, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    scene: Scene = request.getfixturevalue(name)
    points = scene.clean.points()
    assert len(points) > 200
    counted = tally("system calls while publishing", "old or new, whole; exit 0 only with new; the next run succeeds")
    counted.each(points if everything else points[::5], scene.check)


def recover_traced(scene: Scene, root: Path, point: Point) -> Traced:
    """The next run under strace from its start, for it clears up before it does anything else."""
    order = Order(root, scene.prepared, projects.LOCALITY, gate=scene.folder / "gate", at_start=True)
    return publish_traced(scene.publisher, order, scene.folder, point)
