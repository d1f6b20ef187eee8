"""How long it takes to score a whole country on one core, and how much memory (`make bench-score`).

All figures are synthetic, drawn from a fixed seed: 3,321 localities × 60 indicators × 12 months. Each size runs in a
process of its own, so that its peak of memory is its own. Drawing the figures is not timed, but is part of the peak.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

# What limits threads must be in place before numpy is loaded: it is imported inside the functions.
if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from benchmarks.scoring import Columns, Scores
    from pipeline.plans.method import Steps

LOCALITIES = (10, 100, 1_000, 3_321)
INDICATORS = 60
MONTHS = 12
SEED = 20261214
SAMPLE = 20_000  # rows that are also judged one by one
MOST_SECONDS = 30.0
MOST_MEBIBYTES = 2048.0
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_HUNDREDTH = 10_000
"""In millionths: figures have two decimals."""


def main() -> None:
    """Without arguments: the table of all sizes. With a number of localities: one measurement, as JSON."""
    if len(sys.argv) > 1:
        print(json.dumps(_measured(int(sys.argv[1]))))
        return
    results = [_in_own_process(localities) for localities in LOCALITIES]
    _print_table(results)
    full = results[-1]
    if not all(result["agrees"] for result in results):
        sys.exit("The scorer and the scalar judge disagree on the sample, or a row was left to the scalar judge.")
    if full["with_rates"] > MOST_SECONDS or full["peak"] > MOST_MEBIBYTES:
        sys.exit(f"The country took more than {MOST_SECONDS:.0f} s or more than {MOST_MEBIBYTES:.0f} MiB.")


def _in_own_process(localities: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.score_country", str(localities)]
    result: dict[str, Any] = json.loads(subprocess.check_output(command, env=os.environ | _ONE_THREAD))
    return result


def _measured(localities: int) -> dict[str, Any]:
    """Seconds of the whole, MiB at the peak, seconds per row one by one."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import pandas  # noqa: F401  (loaded before the clock starts)

    from benchmarks.scoring import rates_by, score
    from pipeline.plans.method import Steps

    steps = Steps(on_track=Decimal(1), at_risk=Decimal("0.6"), late=Decimal(0))
    columns, keys = _drawn(localities)
    start = time.perf_counter()
    scores = score(columns, steps)
    middle = time.perf_counter()
    rates_by(scores, keys)
    end = time.perf_counter()
    # Linux counts in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    alone, agrees = _one_by_one(columns, scores, steps)
    return {
        "localities": localities,
        "rows": len(columns),
        "scoring": middle - start,
        "with_rates": end - start,
        "peak": peak,
        "alone": alone,
        "agrees": agrees and bool(scores.taken.all()),
    }


def _drawn(localities: int) -> tuple[Columns, dict[str, npt.NDArray[np.int32]]]:
    """Synthetic rows of every locality, indicator and month of 2026, and the keys of locality and period."""
    import numpy as np

    from benchmarks.scoring import MISSING, Columns

    random = np.random.default_rng(SEED)
    shape = (localities, INDICATORS, MONTHS)
    comparator, falling, bound, due = _drawn_targets(random)
    start = np.where(falling, random.uniform(0.95, 1.7, shape[:2]), random.uniform(0.3, 1.05, shape[:2]))
    baseline = np.rint(start * bound / _HUNDREDTH).astype(np.int64)[:, :, None] * _HUNDREDTH
    month = np.arange(1, MONTHS + 1)
    done = random.random(shape, np.float32) * 2 * month / MONTHS
    value = baseline + np.rint((bound[:, None] - baseline) * done / _HUNDREDTH).astype(np.int64) * _HUNDREDTH
    settled = _drawn_absences(random, shape)
    # A few values are stated as a bound only.
    stated = random.choice(np.array([0, 1, 2], np.int8), p=[0.93, 0.05, 0.02], size=shape)
    cut_off = np.array([date(2026, m, 14).toordinal() for m in month], np.int32)
    known = random.random((*shape[:2], 1)) > 0.15

    def rows(column: npt.ArrayLike) -> npt.NDArray[Any]:
        return np.broadcast_to(column, shape).reshape(-1)

    columns = Columns(
        settled=rows(settled),
        comparator=rows(comparator[:, None]),
        wants_less=rows(falling[:, None]),
        bound=rows(bound[:, None]),
        low=rows(np.where((settled >= 0) | (stated == 2), MISSING, value)),
        high=rows(np.where((settled >= 0) | (stated == 1), MISSING, value)),
        low_open=rows(stated == 1),
        high_open=rows(stated == 2),
        baseline=rows(np.where(known, baseline, MISSING)),
        baseline_day=rows(np.int32(date(2025, 12, 14).toordinal())),
        begins=rows(np.int32(date(2025, 12, 15).toordinal())),
        due=rows(due[:, None]),
        cut_off=rows(cut_off),
        observed_on=rows(cut_off - random.integers(0, 40, shape, np.int32)),
        met_before=rows(random.random(shape, np.float32) < 0.03),
    )
    places = np.arange(localities, dtype=np.int32)[:, None, None]
    return columns, {"locality": rows(places), "period": rows(month.astype(np.int32))}


def _drawn_targets(random: np.random.Generator) -> tuple[npt.NDArray[Any], ...]:
    """One target per indicator: comparator, whether less is wanted, bound, due date."""
    import numpy as np

    from benchmarks.scoring import COMPARATORS, NO_DAY
    from pipeline.plans.targets import Comparator

    codes = np.array(
        [COMPARATORS.index(c) for c in Comparator if c not in (Comparator.IN_SET, Comparator.NONE)], np.int8
    )
    comparator = random.choice(codes, p=[0.4, 0.1, 0.1, 0.3, 0.1], size=INDICATORS)
    free = np.isin(comparator, [COMPARATORS.index(Comparator.EQUAL), COMPARATORS.index(Comparator.RANGE)])
    at_most = comparator == COMPARATORS.index(Comparator.AT_MOST)
    falling = at_most | free & (random.random(INDICATORS) < 0.3)
    bound = random.integers(10, 101, INDICATORS) * 100 * _HUNDREDTH
    days = [*(date(*day).toordinal() for day in ((2026, 12, 14), (2026, 6, 14), (2030, 12, 14))), NO_DAY]
    due = random.choice(np.array(days, np.int32), p=[0.7, 0.1, 0.15, 0.05], size=INDICATORS)
    return comparator, falling, bound, due


def _drawn_absences(random: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.int8]:
    import numpy as np

    from benchmarks.scoring import OPEN, STATUSES
    from pipeline.completion.statuses import Status

    absences = (Status.NOT_SUBMITTED, Status.NOT_DUE, Status.QUARANTINED, Status.NOT_APPLICABLE)
    codes = np.array([OPEN, *map(STATUSES.index, absences)], np.int8)
    return random.choice(codes, p=[0.85, 0.1, 0.02, 0.01, 0.02], size=shape)


def _one_by_one(columns: Columns, scores: Scores, steps: Steps) -> tuple[float, bool]:
    """Seconds per row of `judge`, `attainment` and `gap` on a sample, and whether all statuses agree."""
    import numpy as np

    from benchmarks.scoring import OPEN, STATUSES, question
    from pipeline.completion.status import attainment, gap, judge

    sample = np.random.default_rng(SEED).choice(len(columns), min(SAMPLE, len(columns)), replace=False)
    judged = sample[columns.settled[sample] == OPEN]
    asked = [question(columns, row, steps) for row in judged.tolist()]
    start = time.perf_counter()
    answers = [
        (judge(q.target, q.value, q.baseline, q.terms), attainment(q.target, q.value), gap(q.target, q.value))
        for q in asked
    ]
    seconds = (time.perf_counter() - start) / len(sample)
    agrees = [STATUSES[code] for code in scores.status[judged]] == [judgement.status for judgement, *_ in answers]
    return seconds, agrees


def _print_table(results: list[dict[str, Any]]) -> None:
    print("localities  observations  scoring s  with rates s  peak RSS MiB  µs each  judge µs each  ratio")
    for r in results:
        each, alone = 1e6 * r["scoring"] / r["rows"], 1e6 * r["alone"]
        times = f"{r['scoring']:9.3f}  {r['with_rates']:12.3f}  {r['peak']:12.0f}  {each:7.3f}  {alone:13.2f}"
        print(f"{r['localities']:10,}  {r['rows']:12,}  {times}  {alone / each:5.0f}")
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    print(
        f"synthetic figures, seed {SEED}; Python {platform.python_version()}, {packages}; 1 of {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
