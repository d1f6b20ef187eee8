"""Many machines: a real scheduler, real workers, killed, stopped, started again, of other code, or not there."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client

from benchmarks.synthetic import Shape, make_country
from pipeline.paths import CODE, Layout
from pipeline.publish.manifest import BESIDE
from tests.checkout import checkout, for_make
from tests.cluster.machines import Cluster, Machine, environment, processes, wait_until
from tests.e2e.conftest import run_make
from tests.faults.hostile import MAKE

LOCALITIES = 6
SEED = 2051
"""Six synthetic localities have a workbook, a correction, an amended plan, stages, published figures, a silent one."""
PERIOD = "2025"
LONGEST = 150
"""Seconds one command may take on a busy machine of two cores."""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return for_make(checkout(tmp_path_factory.mktemp("code")))


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory, code: Path) -> Layout:
    """A country whose reports were made by threads of the command."""
    layout = Layout(tmp_path_factory.mktemp("local") / "root")
    make_country(layout.root, LOCALITIES, SEED, Shape(indicators=12, tasks=10, periods=(PERIOD,)))
    with command(code, layout, "JOBS=2") as run:
        _, told = run.communicate(timeout=LONGEST)
    assert run.returncode == 0, told
    assert len(made(layout)) == LOCALITIES
    return layout


@pytest.fixture
def layout(local: Layout, tmp_path: Path) -> Layout:
    """The same country with its site, which is not made again, and without reports."""
    shutil.copytree(local.root, tmp_path / "root", ignore=shutil.ignore_patterns("processed", PERIOD, ".lock"))
    sent = local.submissions.relative_to(local.root)
    shutil.copytree(local.root / sent, tmp_path / "root" / sent, dirs_exist_ok=True)
    return Layout(tmp_path / "root")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, code: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("machines"), code)
    try:
        yield cluster
    finally:
        cluster.end()


@contextmanager
def command(code: Path, layout: Layout, *given: str) -> Iterator[subprocess.Popen[str]]:
    """`make report-all`, ended in any case."""
    run = subprocess.Popen(
        # The environment is that of this checkout, brought in line by the target that runs the tests.
        ["make", "--no-print-directory", "-o", "environment", "report-all", f"PERIOD={PERIOD}", *given],
        cwd=code,
        env=environment(code, PIPELINE_ROOT=str(layout.root)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield run
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()


def made(layout: Layout) -> set[str]:
    return {path.parent.parent.name for path in layout.reports.glob(f"*/{PERIOD}/manifest.json")}


def under_way(layout: Layout) -> set[str]:
    return {path.parent.name for path in layout.reports.glob("*/.staging-*")}


def published(layout: Layout) -> dict[str, str]:
    """Every file that is promised to be the same again; what is hidden or beside the manifest tells of one run."""
    files = (p for p in layout.reports.glob("[!.]*/**/*") if p.is_file() and p.name not in (".lock", *BESIDE))
    return {p.relative_to(layout.reports).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def ends_well(run: subprocess.Popen[str], layout: Layout, local: Layout, count: int = LOCALITIES) -> str:
    """All reports are there, whole, equal to the local ones, and nothing beside them. Gives what was told."""
    out, told = run.communicate(timeout=LONGEST)
    assert run.returncode == 0, told
    assert out == f"{count} báo cáo đã lập, {LOCALITIES - count} đã mới nhất, 0 lỗi\n"
    assert published(layout) == published(local)
    assert not under_way(layout)
    return told


def busy(layout: Layout, done: int, running: int) -> Callable[[], bool]:
    return lambda: len(made(layout)) >= done and len(under_way(layout)) >= running


def told_no_more(machine: Machine) -> None:
    wait_until(lambda: not processes(machine.mark), 15, "processes of a machine that is gone")


def test_the_same_bytes_as_by_threads(cluster: Cluster, layout: Layout, local: Layout, code: Path) -> None:
    cluster.ensure("may-1", "may-2")
    with command(code, layout, f"SCHEDULER={cluster.address}") as run:
        ends_well(run, layout, local)
    logs = "".join(m.log.read_text("utf-8") for m in cluster.workers.values())
    assert "Traceback" not in logs
    with command(code, layout, f"SCHEDULER={cluster.address}") as again:
        ends_well(again, layout, local, count=0)


def test_a_stopped_worker_that_was_taken_for_dead_makes_nothing_twice(
    cluster: Cluster, layout: Layout, local: Layout, code: Path
) -> None:
    """Its lock holds while it sleeps, the other reports go on; woken up, it ends, and the last report is made."""
    cluster.ensure("may-1", "may-2")
    with command(code, layout, f"SCHEDULER={cluster.address}") as run:
        wait_until(busy(layout, 1, 2), LONGEST, "two reports under way")
        worker = cluster.workers["may-1"].worker()
        worker.send_signal(signal.SIGSTOP)
        try:
            _declare_dead(cluster, "may-1")
            wait_until(lambda: len(made(layout)) >= LOCALITIES - 1, LONGEST, "the other reports")
            time.sleep(3)
            assert (len(made(layout)), run.poll()) == (LOCALITIES - 1, None)
        finally:
            worker.send_signal(signal.SIGCONT)
        ends_well(run, layout, local)


def _declare_dead(cluster: Cluster, name: str) -> None:
    """What the scheduler does after five minutes without a sign of life (worker-ttl)."""

    async def remove(dask_scheduler: object) -> None:
        workers = dask_scheduler.workers.values()  # type: ignore[attr-defined]
        address = next(w.address for w in workers if w.name == name)
        await dask_scheduler.remove_worker(address, stimulus_id="worker-ttl", close=False)  # type: ignore[attr-defined]

    with Client(cluster.address, set_as_default=False) as client:
        client.run_on_scheduler(remove)


def test_a_killed_worker_loses_no_report(cluster: Cluster, layout: Layout, local: Layout, code: Path) -> None:
    cluster.ensure("may-1", "may-2")
    with command(code, layout, f"SCHEDULER={cluster.address}") as run:
        wait_until(busy(layout, 1, 2), LONGEST, "two reports under way")
        dead = cluster.workers["may-2"]
        dead.kill()
        told_no_more(dead)
        ends_well(run, layout, local)
    assert processes(cluster.workers["may-1"].mark)


def test_a_worker_with_other_code_is_refused_by_name(
    cluster: Cluster, layout: Layout, local: Layout, code: Path, tmp_path: Path
) -> None:
    """It is told once, its jobs go to another machine; where nobody else is there, the command ends."""
    other = checkout(tmp_path / "other")
    with (other / "pipeline" / "run" / "batch.py").open("a") as file:  # no input, and yet other code
        file.write("# another version\n")
    cluster.ensure("may-1")
    strange = cluster.add("may-la", other)
    try:
        wait_until(lambda: "may-la" in cluster.registered(), 60, "the other worker")
        with command(code, layout, f"SCHEDULER={cluster.address}") as run:
            told = ends_well(run, layout, local)
        assert told.count("Máy may-la (tcp://127.0.0.1:") == 1
        assert f"bị từ chối: mã ở {other} khác mã của lệnh" in told
    finally:
        strange.end()


def test_a_scheduler_that_is_started_again(cluster: Cluster, layout: Layout, local: Layout, code: Path) -> None:
    """The command ends with a sentence; called again, it goes on where it was."""
    cluster.ensure("may-1", "may-2")
    with command(code, layout, f"SCHEDULER={cluster.address}") as run:
        wait_until(busy(layout, 1, 1), LONGEST, "a report under way")
        assert cluster.scheduler is not None
        cluster.scheduler.kill()
        _, told = run.communicate(timeout=60)
    assert "Error 75" in told, told
    assert f"Mất liên lạc với bộ điều phối {cluster.address}" in told
    assert "Traceback" not in told
    cluster.ensure("may-1", "may-2")
    before = {path: path.stat().st_ino for path in layout.reports.glob(f"*/{PERIOD}/manifest.json")}
    with command(code, layout, f"SCHEDULER={cluster.address}") as again:
        _, told = again.communicate(timeout=LONGEST)
    assert again.returncode == 0, told
    assert published(layout) == published(local)
    assert not under_way(layout)
    assert all(path.stat().st_ino == number for path, number in before.items())


def test_without_machines_the_command_ends_within_half_a_minute(
    local: Layout, layout: Layout, code: Path, tmp_path: Path
) -> None:
    alone = Cluster(tmp_path, code)
    try:
        nobody = _ends(code, layout, alone.address, 75)
        assert "Không kết nối được với bộ điều phối" in nobody
        alone.ensure()
        assert f"Chưa có máy nào nối vào bộ điều phối {alone.address}" in _ends(code, layout, alone.address, 75)
        other = checkout(tmp_path / "other")
        (other / "requirements.lock").write_text("numpy==0.1\n", "utf-8")
        alone.add("may-la", other)
        wait_until(lambda: "may-la" in alone.registered(), 60, "the other worker")
        told = _ends(code, layout, alone.address, 64)
        assert "Không máy nào được giao việc" in told
        assert "Máy may-la" in told
        assert "numpy" in told
    finally:
        alone.end()
    assert not made(layout)


def _ends(code: Path, layout: Layout, address: str, exit_code: int) -> str:
    start = time.monotonic()
    with command(code, layout, f"SCHEDULER={address}") as run:
        _, told = run.communicate(timeout=60)
    assert f"Error {exit_code}" in told
    assert "Traceback" not in told
    assert time.monotonic() - start < 30
    return str(told)


@pytest.mark.parametrize("payload", MAKE)
def test_nothing_in_scheduler_is_run(layout: Layout, payload: str) -> None:
    marks = [folder / "P" for folder in (CODE, layout.root, Path.home())]
    given = run_make(CODE, "report-all", f"SCHEDULER={payload}", PIPELINE_ROOT=str(layout.root))
    inherited = run_make(CODE, "report-all", SCHEDULER=f"tcp://{payload}:8786", PIPELINE_ROOT=str(layout.root))
    assert not any(mark.exists() for mark in marks)
    assert not made(layout)
    for answer in (given, inherited):
        assert "Error 64" in answer.stderr
        assert "Địa chỉ bộ điều phối không hợp lệ" in answer.stderr
        assert "Traceback" not in answer.stderr
