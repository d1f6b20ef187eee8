"""`make bench`: one table of what a report costs, all measured in one run on one machine.

Contestants take turns (A B C, A B C, …), so that other load on the machine affects all of them; medians count.
Absolute times hold for one machine and one day; the ratios are the result.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cold, growth, plots, results
from benchmarks.measure import Measured, measure
from benchmarks.results import Contest, Results, Run
from benchmarks.synthetic import make_country
from pipeline.inputs.describe import describe_shared
from pipeline.inputs.program import ENVIRONMENT
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_method

SEED = 2026
SIZES = (10, 100, 1_000, 3_321)
QUICK_SIZES = (10, 100)
FOLDER = Path(__file__).parent
_PLOOMBER = ("ploomber-engine==0.0.33",)
_SWITCHES = {
    "stock": {"WARM_KERNELS": "0"},
    "stock-processes": {"WARM_KERNELS": "0"},
}
# Not `-m`, with which every forked process would import the module again; `python -m pipeline` avoids that too.
_CALLED = ("-c", "from benchmarks.contestants import main; main()")
# Not every plan has a chart, and what draws them is not part of a report.
_CALLED_PLAINLY = ("-c", f"import matplotlib.backends.backend_svg, matplotlib.figure; {_CALLED[1]}")
_FORMER = "7b7bace"
_DROPPED = ("PYTHONDONTWRITEBYTECODE", "PIPELINE_ROOT", "WARM_KERNELS", "MAKEFLAGS", "MAKELEVEL", "LOCALITY")


@dataclass(frozen=True)
class Setting:
    """What all measurements of one run share."""

    work: Path
    localities: int
    rounds: int
    sizes: tuple[int, ...]
    cores: int
    environment: Mapping[str, str]

    @property
    def log(self) -> Path:
        """Standard error of all commands."""
        return self.work / "log.txt"

    def country(self, size: int) -> Layout:
        """The synthetic country of this size."""
        return Layout(self.work / f"country-{size}")


@dataclass(frozen=True)
class Former:
    """A clone of the commit to compare with, and localities of the country that it makes itself: it reads no other."""

    code: Path
    country: Layout
    chosen: list[str]


@dataclass
class Prepared:
    """What is ready before anything is measured."""

    chosen: list[str] = field(default_factory=list)
    python: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    """Contestants that cannot take part, and why."""
    former: Former | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 1 with `--check` if a minimum is missed, else 0."""
    options = _parser().parse_args(arguments)
    begin = time.monotonic()
    with _work_folder(options.work) as work:
        setting = _setting(options, work)
        before = describe_shared(Layout(), read_method(Layout())).id
        found = Results(localities=setting.localities, rounds=setting.rounds, cores=setting.cores, date=options.date)
        prepared = _prepare(setting, options.ploomber)
        found.missing = prepared.missing
        for turn in range(setting.rounds):
            _contest(setting, prepared, found, turn)
            _cold(setting, prepared, found)
            if turn < options.growth_rounds:
                _grow(setting, found, turn)
        for size in setting.sizes[1:]:
            _say(f"{size} localities, all out of date, interrupted")
            measured = growth.interrupted(setting.country(size), setting.environment, setting.log)
            found.growth_of(size).forced.append(measured)
        if describe_shared(Layout(), read_method(Layout())).id != before:
            raise SystemExit("The code changed while it was measured: nothing is written.")
    found.minutes = (time.monotonic() - begin) / 60
    table = results.table(found)
    print(f"{table}\n\n{results.bound(found)}")
    if not options.quick or options.write:
        _write(found, options, table)
    missed = [target.name for target in results.targets(found) if not target.minimum_met]
    return 1 if options.check and missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.bench", description="What a report costs, in one table.")
    parser.add_argument("--localities", type=int, default=4, help="reports each contestant makes in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth-rounds", type=int, default=1, help="how many of them run over whole countries")
    parser.add_argument(
        "--quick", action="store_true", help="two localities, one round, no large country: three minutes"
    )
    parser.add_argument("--write", action="store_true", help="write RESULTS.md and the plots, also with --quick")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where RESULTS.md and the plots go")
    parser.add_argument("--date", default="", help="the day that RESULTS.md names; none by default")
    parser.add_argument("--note", default="", help="what else RESULTS.md is to say, as of other load on the machine")
    parser.add_argument("--check", action="store_true", help="exit code 1 if a minimum is missed")
    parser.add_argument("--ploomber", default="auto", help="an interpreter that has ploomber-engine, or 'no'")
    parser.add_argument("--work", type=Path, default=None, help="keep trees and logs in this new folder")
    return parser


def _setting(options: argparse.Namespace, work: Path) -> Setting:
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    environment = kept | ENVIRONMENT | {"PLOOMBER_STATS_ENABLED": "false", "PYTHONUNBUFFERED": "1"}
    cores = len(os.sched_getaffinity(0))
    if options.quick:
        return Setting(work, 2, 1, QUICK_SIZES, cores, environment)
    return Setting(work, options.localities, options.rounds, SIZES, cores, environment)


def _prepare(setting: Setting, ploomber: str) -> Prepared:
    """Make the countries and their published reports, cache byte code, find an interpreter with ploomber-engine."""
    today = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=7))).date()
    for size in setting.sizes:
        _say(f"synthetic country of {size} localities, published by plain calls and links")
        make_country(setting.country(size).root, size, SEED)
        command = ["benchmarks.growth", str(setting.country(size).root), today.isoformat()]
        _call([sys.executable, "-m", *command], setting)
        growth.first_run(setting.country(size), setting.environment, setting.log)
    cold.imports(setting.environment, setting.log)
    prepared = Prepared(chosen=_chosen(setting.country(setting.sizes[-1]), setting.localities + 1))
    python = _ploomber(setting, ploomber)
    if Path(python).is_file():
        prepared.python["ploomber"] = python
    else:
        prepared.missing["ploomber"] = python
    prepared.former = _former(setting)
    if prepared.former is None:
        prepared.missing["former-page"] = f"{_FORMER} is not in the history here, or does not run"
    return prepared


def _former(setting: Setting) -> Former | None:
    """The clone with its country; None where there is no such commit."""
    _say(f"clone of {_FORMER} with a country of its own")
    code, country = setting.work / "former", Layout(setting.work / "former-country")
    make = (
        f"from benchmarks.synthetic import make_country as m; from pathlib import Path as P; m(P({str(country.root)!r})"
    )
    try:
        _call(["git", "clone", "--quiet", str(CODE), str(code)], setting)
        _call(["git", "-C", str(code), "checkout", "--quiet", _FORMER], setting)
        _call([sys.executable, "-c", f"{make}, {QUICK_SIZES[-1]}, {SEED})"], setting, code)
    except subprocess.CalledProcessError:
        return None
    return Former(code, country, _chosen(country, setting.localities + 1))


def _chosen(layout: Layout, count: int) -> list[str]:
    """Localities with a submission for the newest period, spread evenly over the country."""
    sent = sorted(path.parent.name for path in layout.submissions.glob(f"*/{growth.NEWEST}"))
    if len(sent) < count:
        raise SystemExit(f"Only {len(sent)} localities have sent something for {growth.NEWEST}; {count} are needed.")
    return [sent[number * len(sent) // count] for number in range(count)]


def _contestants(setting: Setting) -> list[tuple[str, str, int]]:
    """Key of the row in the table, name of the contestant, jobs."""
    return [
        ("stock-1", "stock", 1),
        (f"stock-{setting.cores}", "stock-processes", setting.cores),
        ("ploomber", "ploomber", 1),
        ("page-1", "ours-page", 1),
        (f"page-{setting.cores}", "ours-page", setting.cores),
        ("ours-1", "ours", 1),
        (f"ours-{setting.cores}", "ours", setting.cores),
        ("floor", "floor", 1),
        ("floor-page", "floor-page", 1),
        ("former-page", "former-page", 1),
    ]


def _contest(setting: Setting, prepared: Prepared, found: Results, turn: int) -> None:
    for key, name, jobs in _contestants(setting):
        if name in prepared.missing:
            continue
        _say(f"round {turn + 1} of {setting.rounds}: {key}")
        code, source, chosen = CODE, setting.country(setting.sizes[-1]), prepared.chosen
        if name == "former-page" and prepared.former:
            code, source, chosen = prepared.former.code, prepared.former.country, prepared.former.chosen
        python = prepared.python.get(name, sys.executable)
        called = _CALLED_PLAINLY if name.startswith(("floor", "former")) else _CALLED
        root = _fresh_root(setting, source, chosen)
        own = name.replace("former", "floor")
        command = [python, *called, own, str(root), growth.NEWEST, str(jobs), *chosen]
        measured = measure(command, {**setting.environment, **_SWITCHES.get(name, {})}, code, log=setting.log)
        if measured.exit_code or not measured.wall:
            if name not in ("ploomber", "former-page"):
                raise SystemExit(f"{key} ended with {measured.exit_code}; see {setting.log}")
            prepared.missing[name] = f"does not run these notebooks (exit code {measured.exit_code})"
            found.contests.pop(key, None)
            continue
        found.contests.setdefault(key, Contest(jobs)).runs.append(_run(measured, root, chosen[1:]))
        shutil.rmtree(root)


def _run(measured: Measured, root: Path, localities: Sequence[str]) -> Run:
    folders = [Layout(root).report(locality, growth.NEWEST) for locality in localities]
    sizes = [path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file()]
    pages = [hashlib.sha256((folder / "index.html").read_bytes()).hexdigest() for folder in folders]
    return Run(measured, sum(sizes), hashlib.sha256("".join(pages).encode()).hexdigest())


def _fresh_root(setting: Setting, source: Layout, chosen: Sequence[str]) -> Path:
    """A project with the lists of the whole country, plans and submissions of those chosen, and no reports."""
    target = Layout(setting.work / "contest")
    shutil.rmtree(target.root, ignore_errors=True)
    for folder in (target.plans, target.submissions):
        folder.mkdir(parents=True)
    for path in source.raw.iterdir():
        if path.is_file():
            shutil.copyfile(path, target.raw / path.name)
    for slug in chosen:
        shutil.copytree(source.plans / slug, target.plans / slug)
        shutil.copytree(source.submissions / slug, target.submissions / slug)
    return target.root


def _cold(setting: Setting, prepared: Prepared, found: Results) -> None:
    _say("cold command")
    layout = Layout(_fresh_root(setting, setting.country(setting.sizes[-1]), prepared.chosen[:1]))
    found.imports.append(cold.imports(setting.environment, setting.log))
    found.reports.append(cold.make_report(layout, prepared.chosen[0], setting.environment, setting.log))
    found.helps.append(cold.help_text(setting.environment, setting.log))


def _grow(setting: Setting, found: Results, turn: int) -> None:
    for size in setting.sizes:
        _say(f"{size} localities: nothing to do, one changed")
        grown = found.growth_of(size)
        for kind, measured in growth.runs(setting.country(size), setting.environment, setting.log, turn):
            (grown.nothing if kind == "nothing" else grown.one).append(measured)
        grown.dataset = sum(path.stat().st_size for path in setting.country(size).dataset.rglob("*") if path.is_file())


def _ploomber(setting: Setting, wanted: str) -> str:
    """An interpreter with ploomber-engine and after it our packages; or why there is none."""
    if wanted == "no":
        return "left out (--ploomber no)"
    if wanted != "auto":
        return wanted
    _say("temporary environment with ploomber-engine")
    folder = setting.work / "ploomber"
    try:
        _call([sys.executable, "-m", "venv", str(folder)], setting)
        _call([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *_PLOOMBER], setting)
    except subprocess.CalledProcessError:
        return "does not install here"
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "zz-project.pth").write_text(f"{ours}\n", "utf-8")
    templates = folder / "share" / "jupyter" / "nbconvert"  # where nbconvert looks, whatever the environment says
    if not templates.exists():
        templates.parent.mkdir(parents=True, exist_ok=True)
        templates.symlink_to(Path(sys.prefix, "share", "jupyter", "nbconvert"))
    return str(folder / "bin" / "python")


def _call(command: Sequence[str], setting: Setting, folder: Path = CODE) -> None:
    with setting.log.open("ab") as log:
        subprocess.run(command, env=dict(setting.environment), cwd=folder, stdout=log, stderr=log, check=True)


def _write(found: Results, options: argparse.Namespace, table: str) -> None:
    options.to.mkdir(parents=True, exist_ok=True)
    (options.to / "RESULTS.md").write_text(results.document(found, table, _command(options), options.note), "utf-8")
    for name, svg in plots.drawn(found).items():
        (options.to / name).write_text(svg, "utf-8")


def _command(options: argparse.Namespace) -> str:
    """How to run the same again: the options that differ from `make bench`."""
    usual = _parser().parse_args([])
    names = ("localities", "rounds", "growth_rounds", "quick", "write")
    given = {name: getattr(options, name) for name in names if getattr(options, name) != getattr(usual, name)}
    if not given:
        return "make bench"
    flags = (f"--{name.replace('_', '-')}{'' if value is True else f' {value}'}" for name, value in given.items())
    return f"python -m benchmarks.bench {' '.join(flags)}"


@contextmanager
def _work_folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        wanted.mkdir(parents=True)
        yield wanted.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
