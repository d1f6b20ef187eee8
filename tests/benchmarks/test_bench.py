"""`make bench` measures what it says: processor time and memory of a whole process tree, real freshness."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import growth, plots, results
from benchmarks.measure import Measured, measure
from benchmarks.results import Contest, Growth, Results, Run
from benchmarks.synthetic import make_country
from pipeline.inputs.program import ENVIRONMENT
from pipeline.paths import CODE, Layout
from pipeline.run.batch import Wanted, stale

TODAY = dt.date(2026, 7, 1)
MEGABYTE = 1_000_000
BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
SAY = "import sys\ndef mark():\n    print('mark', flush=True)\n    sys.stdin.readline()\n"


def _measured(tmp_path: Path, code: str, stop_after: float | None = None) -> Measured:
    return measure(
        [sys.executable, "-c", SAY + code], os.environ, tmp_path, log=tmp_path / "log", stop_after=stop_after
    )


def test_processor_time_is_that_of_the_whole_tree_between_the_marks(tmp_path: Path) -> None:
    grandchild = BURN.format(seconds=0.5)
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {grandchild!r}])"
    run = f"import subprocess\nsubprocess.run([sys.executable, '-c', {child!r}])\n"
    code = f"{BURN.format(seconds=0.4)}mark()\n{run}mark()"
    measured = _measured(tmp_path, code)
    assert measured.exit_code == 0
    assert 0.45 < measured.cpu < 0.85
    assert measured.whole_cpu > measured.cpu + 0.35
    assert measured.start >= 0.35
    assert measured.wall >= 0.45
    assert measured.whole_wall >= measured.start + measured.wall


def test_a_living_child_counts_too(tmp_path: Path) -> None:
    code = (
        "import subprocess\n"
        f"burning = {BURN.format(seconds=0.5)!r} + 'print(1, flush=True)\\ntime.sleep(60)'\n"
        "mark()\nchild = subprocess.Popen([sys.executable, '-c', burning], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\nmark()\nchild.kill()\nchild.wait()\n"
    )
    assert 0.45 < _measured(tmp_path, code).cpu < 0.8


def test_memory_is_that_of_the_tree_and_shared_pages_count_once(tmp_path: Path) -> None:
    hold = "x = bytearray(b'x') * 100_000_000\nimport os, time\n"
    own = "import subprocess\nsubprocess.run([sys.executable, '-c', " + repr(hold + "time.sleep(1)") + "])\n"
    measured = _measured(tmp_path, own)
    assert 100 * MEGABYTE < measured.peak < 160 * MEGABYTE
    assert 0 < measured.parent_peak < 60 * MEGABYTE
    shared = hold + "children = [os.fork() for _ in range(1)]\ntime.sleep(1)\n"
    measured = _measured(tmp_path, shared)
    assert 100 * MEGABYTE < measured.peak < 160 * MEGABYTE
    assert measured.parent_peak > 100 * MEGABYTE


def test_a_run_can_be_interrupted_and_its_output_is_kept(tmp_path: Path) -> None:
    measured = _measured(tmp_path, "print('begun', flush=True)\nimport time\ntime.sleep(30)", stop_after=1.0)
    assert measured.whole_wall < 10
    assert measured.exit_code != 0
    assert measured.output == ["begun"]
    assert "KeyboardInterrupt" in (tmp_path / "log").read_text("utf-8")


def test_published_trees_are_up_to_date_and_one_change_makes_one_report_stale(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "country")
    make_country(layout.root, 7)
    assert growth.publish_all(layout, TODAY) == 7
    wanted = Wanted(period=growth.NEWEST)
    assert stale(layout, wanted, TODAY) == ([], 7)
    names = {path.parent.parent.name: path.read_text("utf-8") for path in layout.reports.glob("*/*/completion.json")}
    assert len(names) == 7
    assert all(f'"locality": "{slug}"' in text for slug, text in names.items())
    growth.change_one(layout, 1)
    jobs, current = stale(layout, wanted, TODAY)
    assert (len(jobs), current) == (1, 6)


@pytest.mark.parametrize("name", ["stock", "stock-processes", "ours-page", "ours", "floor", "floor-page"])
def test_a_contestant_leaves_the_page_of_the_floor(
    name: str, country: Layout, floor_page: bytes, tmp_path: Path
) -> None:
    """ploomber-engine is not in the environment."""
    assert _page_of(name, country, tmp_path) == floor_page


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout(tmp_path_factory.mktemp("country"))
    make_country(layout.root, 7)
    return layout


@pytest.fixture(scope="module")
def floor_page(country: Layout, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return _page_of("floor", country, tmp_path_factory.mktemp("floor"))


def _page_of(name: str, country: Layout, folder: Path) -> bytes:
    """The page the contestant makes for the second of two localities, in its own project."""
    root = shutil.copytree(country.root, folder / "contest")
    first, second = sorted(path.parent.name for path in Layout(root).submissions.glob(f"*/{growth.NEWEST}"))[:2]
    for plans in Layout(root).plans.iterdir():
        if plans.name not in (first, second):
            shutil.rmtree(plans)
    command = [sys.executable, "-m", "benchmarks.contestants", name, str(root), growth.NEWEST, "1", first, second]
    switches = {"WARM_KERNELS": "0"} if name.startswith("stock") else {}
    measured = measure(command, {**os.environ, **ENVIRONMENT, **switches}, CODE, log=folder / "log")
    assert measured.exit_code == 0, (folder / "log").read_text("utf-8")
    assert measured.wall > 0
    return (Layout(root).report(second, growth.NEWEST) / "index.html").read_bytes()


def _results() -> Results:
    """Made-up figures: the stock loop takes 24 s, ours 2 s, the floor 1 s of processor time."""

    def contest(jobs: int, wall: float, cpu: float, pages: str = "same") -> Contest:
        return Contest(jobs, [Run(Measured(start=5, wall=4 * wall, cpu=4 * cpu, peak=MEGABYTE), 4000, pages)] * 3)

    found = Results(localities=4, rounds=3, cores=2, missing={"ploomber": "does not install here"})
    found.contests = {
        "stock-1": contest(1, 24, 9),
        "stock-2": contest(2, 12, 9),
        "ours-1": contest(1, 2, 2.5),
        "ours-2": contest(2, 1.01, 2.5),
        "page-1": contest(1, 0.9, 1),
        "page-2": contest(2, 0.48, 1),
        "floor": contest(1, 1, 1, "other"),
        "floor-page": contest(1, 0.8, 0.8),
        "former-page": contest(1, 1.6, 1.6, "other"),
    }
    for size, peak in ((100, 100 * MEGABYTE), (3321, 131 * MEGABYTE)):
        run = Measured(whole_wall=15, parent_peak=peak)
        found.growth[size] = Growth(nothing=[run], one=[run], dataset=size * MEGABYTE)
    found.imports, found.reports = [Measured(whole_wall=10)], [Measured(whole_wall=13)]
    found.helps = [Measured(whole_wall=0.31)]
    return found


def test_targets_are_judged_at_their_bounds() -> None:
    judged = {
        target.name: (round(target.measured, 2), target.minimum_met, target.aim_met)
        for target in results.targets(_results())
    }
    loop = "against the stock loop"
    assert judged[f"page {loop}, 1 core"] == (26.67, True, False)
    assert judged[f"page {loop}, 2 cores"] == (25, True, False)
    assert judged[f"everything, 2 cores, {loop}"] == (11.88, False, False)
    assert judged["CPU of plain calls, page only, against 7b7bace"] == (0.5, True, False)
    assert judged["CPU of the page against plain calls"] == (1.25, True, False)
    assert judged["parent memory at 3,321 against at 100 localities"] == (1.31, False, False)
    assert judged["run with nothing to do, 3,321 localities"] == (15, False, False)
    assert judged["one changed of 3,321, with site and data set"] == (15, False, False)
    assert judged["country on 2 cores, extrapolated from the reports above"] == (55.99, False, False)
    assert judged["make report, cold, against importing the mandated packages"] == (1.3, False, False)
    assert judged["pipeline --help"] == (0.31, False, False)


def test_what_was_not_measured_meets_nothing_and_a_spread_is_shown() -> None:
    by_name = {target.name: target for target in results.targets(_results())}
    engine = by_name["page against ploomber-engine (one core, no isolation)"]
    assert (engine.shown, engine.minimum_met, engine.aim_met) == ("not measured", False, False)
    assert by_name["CPU of the page against plain calls"].shown == "1.25 × (1.25–1.25)"


def test_the_floor_bounds_every_ratio() -> None:
    assert "is 24.0 × the stock loop with everything and 30.0 × with the page alone" in results.bound(_results())


def test_the_table_names_who_is_missing_and_whose_pages_differ() -> None:
    lines = results.table(_results()).splitlines()
    assert "does not install here" in next(line for line in lines if "ploomber" in line)
    assert next(line for line in lines if line.startswith("| ours, everything, 2")).endswith("| same bytes |")
    assert next(line for line in lines if line.startswith("| floor")).endswith("| other bytes |")
    assert next(line for line in lines if line.startswith("| 3,321")).endswith("| – | 3,321.0 |")


def test_equal_figures_give_equal_plots_without_a_date() -> None:
    first, again = plots.drawn(_results()), plots.drawn(_results())
    assert first == again
    assert all("dc:date" not in svg and "<svg" in svg for svg in first.values())


@pytest.mark.parametrize("count", [2, 5])
def test_localities_are_spread_over_the_country(tmp_path: Path, count: int) -> None:
    from benchmarks.bench import _chosen

    layout = Layout(tmp_path)
    for number in range(10):
        (layout.submissions / f"x-{number}" / growth.NEWEST).mkdir(parents=True)
    assert _chosen(layout, count) == [f"x-{number * 10 // count}" for number in range(count)]
