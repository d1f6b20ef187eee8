"""What the bench measured, as one table, beside the targets of the task."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from math import nan
from statistics import median

from benchmarks.measure import Measured

COUNTRY = 3_321
PACKAGES = (
    *("papermill", "nbconvert", "nbclient", "jupyter_client", "ipykernel", "great-expectations"),
    *("pandas", "matplotlib", "typst", "python-docx", "openpyxl"),
)
_MB = 1e6
_WHAT = {
    "stock-1": "stock papermill + nbconvert loop, page only",
    "stock": "the same in {jobs} processes, page only",
    "ploomber": "ploomber-engine, one process, page only",
    "page": "ours, page only, {jobs} at once",
    "ours": "ours, everything, {jobs} at once",
    "floor": "floor: everything, plain calls in one process",
    "floor-page": "floor, page only",
    "former-page": "floor of commit 7b7bace, page only, its own synthetic country",
}


@dataclass(frozen=True)
class Run:
    """One contestant in one round: what it took, bytes published, digest of all its pages."""

    measured: Measured
    size: int
    pages: str


@dataclass
class Contest:
    """All rounds of one contestant."""

    jobs: int
    runs: list[Run] = field(default_factory=list)


@dataclass
class Growth:
    """Runs over a country of one size: nothing to do, one submission changed, all changed and interrupted."""

    nothing: list[Measured] = field(default_factory=list)
    one: list[Measured] = field(default_factory=list)
    forced: list[Measured] = field(default_factory=list)
    dataset: int = 0
    """Bytes of `reports/data/`."""

    @property
    def parent_peak(self) -> float:
        """The largest median of the three kinds, in bytes."""
        kinds = (self.nothing, self.one, self.forced)
        return max(median(m.parent_peak for m in kind) for kind in kinds if kind)


@dataclass
class Results:
    """Everything measured in one run of the bench."""

    localities: int
    rounds: int
    cores: int
    date: str = ""
    contests: dict[str, Contest] = field(default_factory=dict)
    growth: dict[int, Growth] = field(default_factory=dict)
    imports: list[Measured] = field(default_factory=list)
    reports: list[Measured] = field(default_factory=list)
    helps: list[Measured] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    minutes: float = 0.0

    def growth_of(self, size: int) -> Growth:
        """The runs over a country of this size; created at the first call."""
        return self.growth.setdefault(size, Growth())

    def of(self, key: str, figure: Callable[[Run], float]) -> float:
        """The median of a figure over the rounds of a contestant."""
        return median(figure(run) for run in self.contests[key].runs)

    def wall(self, key: str) -> float:
        """Seconds for each report, without what is done once for all."""
        return self.of(key, lambda run: run.measured.wall) / self.localities

    def cpu(self, key: str) -> float:
        """Seconds of processor time for each report, of the whole tree."""
        return self.of(key, lambda run: run.measured.cpu) / self.localities

    def ratios(self, slow: str, fast: str, figure: Callable[[Run], float]) -> list[float]:
        """The ratios within each round, whose two runs are minutes apart at most; none where one was not run."""
        if not {slow, fast} <= self.contests.keys():
            return []
        pairs = zip(self.contests[slow].runs, self.contests[fast].runs, strict=True)
        return [figure(one) / figure(other) for one, other in pairs]


@dataclass(frozen=True)
class Target:
    """One line of the task's table; `more` says that more is better."""

    name: str
    values: Sequence[float]
    """One for each round; none where it was not measured."""
    minimum: float
    aim: float
    unit: str = "×"
    more: bool = False

    @property
    def measured(self) -> float:
        """The median; NaN where there is none."""
        return median(self.values) if self.values else nan

    @property
    def minimum_met(self) -> bool:
        """Whether the required minimum is reached."""
        return self._reached(self.minimum)

    @property
    def aim_met(self) -> bool:
        """Whether the aim is reached."""
        return self._reached(self.aim)

    @property
    def shown(self) -> str:
        """The median, and the smallest and largest where there are several."""
        if not self.values:
            return "not measured"
        spread = f" ({min(self.values):.2f}–{max(self.values):.2f})" if len(self.values) > 1 else ""
        return f"{self.measured:.2f} {self.unit}{spread}"

    def _reached(self, wanted: float) -> bool:
        return self.measured >= wanted if self.more else self.measured <= wanted


def targets(found: Results) -> list[Target]:
    """The targets of the task, in its order; those about the country where a country was measured."""
    return [*_of_one_report(found), *_of_the_country(found), *_of_a_cold_command(found)]


def _wall(run: Run) -> float:
    return run.measured.wall


def _cpu(run: Run) -> float:
    return run.measured.cpu


def _of_one_report(found: Results) -> Iterator[Target]:
    cores = found.cores
    for jobs, least in {1: 20, cores: 18}.items():
        name = f"page against the stock loop, {jobs} core{'s' * (jobs > 1)}"
        yield Target(name, found.ratios(f"stock-{jobs}", f"page-{jobs}", _wall), least, 30, more=True)
    engine = found.ratios("ploomber", "page-1", _wall)
    yield Target("page against ploomber-engine (one core, no isolation)", engine, 0.85, 1, more=True)
    yield Target(
        "CPU of plain calls, page only, against 7b7bace", found.ratios("floor-page", "former-page", _cpu), 0.6, 0.4
    )
    yield Target("CPU of the page against plain calls", found.ratios("page-1", "floor-page", _cpu), 1.4, 1.2)
    whole = found.ratios(f"stock-{cores}", f"ours-{cores}", _wall)
    yield Target(f"everything, {cores} cores, against the stock loop", whole, 14, 20, more=True)


def _of_the_country(found: Results) -> Iterator[Target]:
    if not {100, COUNTRY} <= found.growth.keys():
        return
    key = f"ours-{found.cores}"
    runs = [run.measured for run in found.contests[key].runs]
    minutes = [(run.start + COUNTRY * run.wall / found.localities) / 60 for run in runs]
    name = f"country on {found.cores} cores, extrapolated from the reports above"
    yield Target(name, minutes, 40, 25, "min")
    memory = found.growth[COUNTRY].parent_peak / found.growth[100].parent_peak
    yield Target("parent memory at 3,321 against at 100 localities", [memory], 1.3, 1.0)
    nothing = [m.whole_wall for m in found.growth[COUNTRY].nothing]
    yield Target("run with nothing to do, 3,321 localities", nothing, 4, 4, "s")
    one = [m.whole_wall for m in found.growth[COUNTRY].one]
    yield Target("one changed of 3,321, with site and data set", one, 8, 4, "s")


def _of_a_cold_command(found: Results) -> Iterator[Target]:
    cold = [r.whole_wall / i.whole_wall for r, i in zip(found.reports, found.imports, strict=True)]
    yield Target("make report, cold, against importing the mandated packages", cold, 1.0, 0.8)
    yield Target("pipeline --help", [m.whole_wall for m in found.helps], 0.3, 0.3, "s")


def table(found: Results) -> str:
    """All tables in Markdown."""
    parts = [_contest_lines(found), _growth_lines(found), _cold_lines(found), _target_lines(found)]
    return "\n\n".join("\n".join(part) for part in parts)


def _contest_lines(found: Results) -> Iterator[str]:
    yield "| each report | start s | wall s | CPU s | reports/min | tree PSS MB | published kB | pages |"
    yield "|---|--:|--:|--:|--:|--:|--:|---|"
    ours = {run.pages for key in ("ours-1", f"ours-{found.cores}") for run in found.contests[key].runs}
    for key, contest in found.contests.items():
        kind = key if key in _WHAT else key.partition("-")[0]
        size = found.of(key, lambda run: run.size) / found.localities
        figures = (
            f"{found.of(key, lambda run: run.measured.start):.1f}",
            f"{found.wall(key):.2f}",
            f"{found.cpu(key):.2f}",
            f"{60 / found.wall(key):.1f}",
            f"{found.of(key, lambda run: run.measured.peak) / _MB:,.0f}",
            f"{size / 1e3:,.0f}",
            "same bytes" if {run.pages for run in contest.runs} == ours and len(ours) == 1 else "other bytes",
        )
        yield f"| {_WHAT[kind].format(jobs=contest.jobs)} | {' | '.join(figures)} |"
    for key, reason in found.missing.items():
        yield f"| {_WHAT[key]} | {reason} | | | | | | |"


def _growth_lines(found: Results) -> Iterator[str]:
    columns = ("localities", "nothing to do s", "CPU s", "one changed, with site and data set s", "CPU s")
    yield f"| {' | '.join(columns)} | parent RSS MB | one | all | data set MB |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for size, grown in sorted(found.growth.items()):
        cells = [f"{size:,}"]
        for kind in (grown.nothing, grown.one):
            cells += [f"{median(m.whole_wall for m in kind):.2f}", f"{median(m.whole_cpu for m in kind):.2f}"]
        for kind in (grown.nothing, grown.one, grown.forced):
            cells.append(f"{median(m.parent_peak for m in kind) / _MB:,.0f}" if kind else "–")
        cells.append(f"{grown.dataset / _MB:,.1f}")
        yield f"| {' | '.join(cells)} |"


def _cold_lines(found: Results) -> Iterator[str]:
    yield "| cold, a fresh process each time | wall s | CPU s |"
    yield "|---|--:|--:|"
    rows = (
        ("import of the mandated packages", found.imports),
        ("make report of one locality", found.reports),
        ("pipeline --help", found.helps),
    )
    for name, measured in rows:
        wall, cpu = median(m.whole_wall for m in measured), median(m.whole_cpu for m in measured)
        yield f"| {name} | {wall:.2f} | {cpu:.2f} |"


def _target_lines(found: Results) -> Iterator[str]:
    yield "| to reach | median (smallest–largest) | at least | | aim | |"
    yield "|---|--:|--:|---|--:|---|"
    for target in targets(found):
        sign = "≥" if target.more else "≤"
        judged = (_judged(target.minimum_met), _judged(target.aim_met))
        wanted = (f"{sign} {target.minimum:g} {target.unit}", f"{sign} {target.aim:g} {target.unit}")
        yield f"| {target.name} | {target.shown} | {wanted[0]} | {judged[0]} | {wanted[1]} | {judged[1]} |"


def bound(found: Results) -> str:
    """What the ratios to the stock loop can be at most."""
    stock, whole, page = (found.wall(key) for key in ("stock-1", "floor", "floor-page"))
    return (
        f"The floor itself, which runs no notebook, is {stock / whole:.1f} × the stock loop with everything and "
        f"{stock / page:.1f} × with the page alone: the same work on one core cannot be faster."
    )


def _judged(met: bool) -> str:
    return "đạt" if met else "không đạt"


def document(found: Results, shown: str, command: str, note: str) -> str:
    """RESULTS.md."""
    day = f" on {found.date}" if found.date else ""
    return "\n".join(
        (
            "# What a report costs",
            "",
            f"`{command}`{day}, {found.minutes:.0f} minutes on {machine(found.cores)}.",
            *((f"Beside it: {note}",) if note else ()),
            "",
            shown,
            "",
            bound(found),
            "",
            "![Seconds for each report](results-contest.svg)",
            "![Time and memory against the number of localities](results-growth.svg)",
            "",
            _NOTES,
            "",
            f"Versions: Python {platform.python_version()}, {', '.join(versions())}.",
            "",
        )
    )


_NOTES = """## How it is measured

- Synthetic localities (`benchmarks/synthetic`, seed 2026), spread evenly over the country of 3,321, with its whole
  list of localities; the newest of three periods. Contestants take turns in every round; figures are medians
  over the rounds, ratios medians of the ratios within a round; beside each, the smallest and the largest.
- *start*: until the reports that count begin: imports, the warm process and one report that does not count; for the
  stock loops only the import of papermill and nbconvert. *wall*, *CPU*: after that, for each report.
- CPU is user + system of the whole process tree, read from /proc at both ends (living processes and the children
  they have reaped). *tree PSS* is sampled four times a second over the whole run; a page shared by n processes
  counts 1/n in each. *parent RSS* is the peak of the command alone.
- The stock loop runs papermill on the three notebooks and converts the last by nbconvert with the same template.
  It has no HTML check, tables, workbook, Word, PDF, manifest, lock or staging. `page only` is ours with just these
  products (it keeps lock, staging and fsync). Byte code is cached for all, as after a first use.
- ploomber-engine runs the notebooks in one process, with nothing isolated; from a temporary environment.
- The floor makes all products by plain calls and reads nothing again that it has just made. The floor of commit
  7b7bace runs from a temporary clone, over the synthetic country which that commit makes: the inputs differ.
- Growth: real inputs and freshness; reports are made by plain calls for a few localities and linked into the others
  with their own records and manifests. *all*: every submission changed, interrupted.
- `make report`, cold, includes make and the check of the environment; files are in the cache of the system.

`python -m benchmarks.country ROOT` executes the whole country."""


def machine(cores: int) -> str:
    """Cores, processor, memory, system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.release().split('-')[0]}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - not a file of the project
            names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
            return next(names, platform.machine())
    except OSError:
        return platform.machine()


def versions() -> Iterable[str]:
    """Name and version of the packages whose speed this is."""
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
