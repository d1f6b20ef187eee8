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
from tests.faults.tracing import FAULTS, Point, Traced, publish_traced

ALLOWED = "old or new, whole, the next run succeeds"
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

    def recover(self, root: Path, point: Point | None = None) -> Traced:
        """The next run, under strace from its start: it clears up before it does anything else."""
        order = Order(root, self.prepared, projects.LOCALITY, gate=self.folder / "gate", at_start=True)
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
            self.after_fault(root, self.recover(root, points[1]))
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
        assert not self.old or (Layout(root).former / self.old).is_dir(), "the run before is lost"


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
    counted = tally("system calls while publishing", f"{ALLOWED}; exit 0 only with new")
    counted.each(points if everything else points[::7], scene.check)


def test_a_fault_while_an_earlier_one_is_cleared_up(
    replacing: Scene, everything: bool, tally: Callable[[str, str], Tally]
) -> None:
    """Killed where most is half done; then every so many calls of the recovery that follows."""
    kills = [point for point in replacing.clean.points(["KILL"]) if point.call in ("rename", "renameat2", "pwrite64")]
    kills += [Point("fsync", last_of(replacing, "fsync") - back, "KILL") for back in (0, 1, 2)]
    assert len(kills) >= 8
    pairs = [(kill, point) for kill in kills for point in spread(recoveries(replacing, kill), 60 // len(kills) + 1)]
    counted = tally("a fault during recovery from another", ALLOWED)
    counted.each(pairs if everything else pairs[::6], replacing.check_two)


def last_of(scene: Scene, call: str) -> int:
    """How many calls of a name a publication makes."""
    return max(point.number for point in scene.clean.points(["KILL"]) if point.call == call)


def recoveries(scene: Scene, kill: Point) -> list[Point]:
    """The points of the run that follows a kill."""
    with scene.place() as root:
        scene.publish(root, kill)
        return scene.recover(root).points(of="/reports/")


def spread(points: list[Point], number: int) -> list[Point]:
    """So many of them, evenly, beginning and end among them, and every kind of fault."""
    step = max(1, (len(points) - 1) // (number - 1))
    return points[:: step + (step % len(FAULTS) == 0)][:number]


def test_everything_is_on_the_disk_before_it_is_seen(replacing: Scene, tally: Callable[[str, str], Tally]) -> None:
    """Losing power cannot be tried here; that every fsync comes before the rename that depends on it can be seen."""
    with tally(
        "order of fsync and rename", "fsync of file and folder before each rename, of the log before the end"
    ).case():
        unsynced: set[str] = set()
        renamed: list[str] = []
        for line in replacing.clean.lines:
            call, paths = parsed(line)
            if call in ("write", "pwrite64", "ftruncate", "fchmod") and "/reports/" in paths[0]:
                unsynced.add(paths[0])
            elif call == "fsync":
                unsynced.discard(paths[0])
            elif call in ("rename", "renameat2"):
                waiting = {path for path in unsynced if path.startswith(paths[-2]) and ".log/" not in path}
                assert not waiting, f"{paths[-2]} is renamed before {waiting} is on the disk"
                renamed.append(paths[-1])
                unsynced.add(str(Path(paths[-1]).parent))
        assert len(renamed) >= 4
        assert not unsynced, f"never on the disk: {unsynced}"


def parsed(line: str) -> tuple[str, list[str]]:
    """The name of a call, and the paths it speaks of."""
    call = re.match(r"\d+ +(\w+)\(", line)
    return (call[1] if call else ""), re.findall(r'[<"](/[^>"]*)[>"]', line)
