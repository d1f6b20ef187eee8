"""Statuses of many rows at once, for a whole country, by the rules of `status.judge` (đánh giá hàng loạt).

Every decision compares integers: numbers in millionths of the unit, days as ordinals, and progress a/b reaches a
threshold p/q where a·q ≥ p·b. Floats are only for show and for means.

A row is taken (`Scores.taken`) if its status is settled beforehand, or if all of these hold; the others are for
`judge`, which `score` calls for them:

- The target is one number (no set of levels) and the path to it is straight (no waypoints).
- Bound, ends of the value and baseline have at most six decimals and lie within ±LIMIT = 2**62 − 1 millionths, about
  4.6 × 10**12 units: the difference of any two fits int64.
- Where pace decides: |value − baseline| and |bound − baseline| in millionths, each times the days from baseline to due
  date, times the largest numerator or denominator of the thresholds, are at most 2**63 − 1. With 0.6 = 3/5 that is a
  difference of 5.05 × 10**9 units over one year, 5.05 × 10**8 over ten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.completion.records import TargetInForce
from pipeline.completion.status import Baseline, Terms, attainment, gap, judge
from pipeline.completion.statuses import ABSENT, UNCOUNTED, Status
from pipeline.intake.rows import Interval
from pipeline.plans.method import Steps
from pipeline.plans.models import Direction
from pipeline.plans.targets import Comparator

if TYPE_CHECKING:
    import pandas as pd

Millionths = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

STATUSES = tuple(Status)
"""What a status code stands for."""
COMPARATORS = tuple(Comparator)
"""What a comparator code stands for."""
OPEN = -1
"""Code of a status that is not decided."""
MISSING = -(2**63)
"""A number that is not there: no bound, an unbounded end, no baseline."""
LIMIT = 2**62 - 1
NO_DAY = 0
"""A due date that is not there; ordinals begin at 1."""
_LARGEST = 2**63 - 1
_MILLION = 10**6
_STATUS = {status: np.int8(code) for code, status in enumerate(STATUSES)}
_COMPARATOR = {comparator: code for code, comparator in enumerate(COMPARATORS)}
_NONE = _COMPARATOR[Comparator.NONE]
_BOUNDLESS = (_COMPARATOR[Comparator.IN_SET], _NONE)
_UPWARDS = [code for comparator, code in _COMPARATOR.items() if not comparator.wants_less(falling=True)]
_DOWNWARDS = [code for comparator, code in _COMPARATOR.items() if comparator.wants_less(falling=False)]
_STRICT = [code for comparator, code in _COMPARATOR.items() if comparator.strict]


@dataclass(frozen=True)
class Columns:
    """One entry per row in every column; numbers in millionths of the unit, days as ordinals.

    Raises ValueError for columns of different lengths, and where `wants_less` contradicts the comparator.
    """

    settled: Codes
    """Code of a status known without judging (an absence, no target in this stage, …), or OPEN."""
    comparator: Codes
    wants_less: Flags
    """As `TargetInForce.wants_less`: never for "≥" and ">", always for "≤"."""
    bound: Millionths
    low: Millionths
    """Ends of the value, equal where it is exact; MISSING is unbounded."""
    high: Millionths
    low_open: Flags
    high_open: Flags
    baseline: Millionths
    baseline_day: Days
    """Read only where there is a baseline."""
    begins: Days
    due: Days
    cut_off: Days
    observed_on: Days
    met_before: Flags

    def __post_init__(self) -> None:
        if len({len(getattr(self, field.name)) for field in fields(self)}) > 1:
            raise ValueError("columns of different lengths")
        upwards, downwards = np.isin(self.comparator, _UPWARDS), np.isin(self.comparator, _DOWNWARDS)
        if np.any((upwards & self.wants_less | downwards & ~self.wants_less) & (self.settled == OPEN)):
            raise ValueError("wants_less contradicts the comparator")

    def __len__(self) -> int:
        return len(self.settled)

    @property
    def exact(self) -> Flags:
        """Rows to be judged on one number."""
        exact: Flags = (self.settled == OPEN) & (self.low != MISSING) & (self.low == self.high)
        return exact


@dataclass(frozen=True)
class Question:
    """One row as `judge` takes it."""

    target: TargetInForce
    value: Interval
    baseline: Baseline | None
    terms: Terms


@dataclass(frozen=True)
class Scores:
    """One entry per row: status as code, figures as floats, NaN where there is none.

    `attainment` and `gap` as `status.attainment` and `status.gap` give them, so the gap of a met row is 0 or negative.
    """

    status: Codes
    attainment: Floats
    gap: Floats
    pace: Floats
    """The ratio of `Pace`."""
    taken: Flags
    """Decided here; the others were decided by `judge`, or are still OPEN."""

    @property
    def words(self) -> pd.Categorical[str]:
        """The statuses; missing where OPEN."""
        import pandas as pd

        return pd.Categorical.from_codes(self.status, categories=pd.Index([str(status) for status in STATUSES]))


_NO_OTHERS: Mapping[int, Question] = MappingProxyType({})


def score(columns: Columns, steps: Steps, others: Mapping[int, Question] = _NO_OTHERS) -> Scores:
    """The score of every row; the rows not taken one by one through `judge`.

    `others` holds, by place, the rows that do not fit into columns. Raises ValueError for a row without a bound that
    is not among them.
    """
    scores = scored(columns, steps)
    for row in np.flatnonzero(~scores.taken).tolist():
        asked = others[row] if row in others else question(columns, row, steps)
        judgement = judge(asked.target, asked.value, asked.baseline, asked.terms)
        scores.status[row] = _STATUS[judgement.status]
        scores.attainment[row] = _float(attainment(asked.target, asked.value))
        scores.gap[row] = _float(gap(asked.target, asked.value))
        scores.pace[row] = _float(judgement.pace.ratio if judgement.pace else None)
    return scores


def scored(columns: Columns, steps: Steps) -> Scores:
    """The score of the rows that are taken; the others are OPEN, without figures."""
    status = _before_pace(columns)
    taken = (columns.settled != OPEN) | _within_limits(columns)
    pace = np.full(len(columns), np.nan)
    paced = np.flatnonzero(taken & (status == OPEN))
    taken[paced], status[paced], pace[paced] = _by_pace(columns, paced, steps)
    status[~taken] = OPEN
    exact = columns.exact & taken
    return Scores(status, _attainment(columns, exact), _gap(columns, exact), pace, taken)


def columns_of(rows: Sequence[Question | Status], steps: Steps) -> tuple[Columns, dict[int, Question]]:
    """The rows as columns, and by place those that do not fit: levels, waypoints, other steps, numbers beyond limits.

    A row that needs no judging is given as its status.
    """
    entries = [_status_entry(row) if isinstance(row, Status) else _entry(row, steps) for row in rows]
    table = np.array([_NOTHING if entry is None else entry for entry in entries], dtype=_ENTRY)
    others = {
        place: row
        for place, (row, entry) in enumerate(zip(rows, entries, strict=True))
        if entry is None and isinstance(row, Question)
    }
    return Columns(*(np.ascontiguousarray(table[field.name]) for field in fields(Columns))), others


def question(columns: Columns, row: int, steps: Steps) -> Question:
    """One row that is not settled, as `judge` takes it; the bound stands at both ends, whichever is read.

    Raises ValueError for a row without a bound.
    """
    bound, baseline = _decimal(columns.bound[row]), _decimal(columns.baseline[row])
    if bound is None or columns.comparator[row] in _BOUNDLESS:
        raise ValueError("a target without a bound does not fit into columns")
    target = TargetInForce(
        text="",
        comparator=COMPARATORS[columns.comparator[row]],
        direction=Direction.FALLING if columns.wants_less[row] else Direction.RISING,
        low=bound,
        high=bound,
        due=None if columns.due[row] == NO_DAY else _date(columns.due[row]),
    )
    value = Interval(
        low=_decimal(columns.low[row]),
        high=_decimal(columns.high[row]),
        low_open=bool(columns.low_open[row]),
        high_open=bool(columns.high_open[row]),
    )
    start = None if baseline is None else Baseline(baseline, _date(columns.baseline_day[row]))
    cut_off, observed_on, begins = (_date(c[row]) for c in (columns.cut_off, columns.observed_on, columns.begins))
    return Question(target, value, start, Terms(cut_off, observed_on, begins, steps, (), bool(columns.met_before[row])))


def rates_by(scores: Scores, keys: Mapping[str, npt.ArrayLike | pd.Series]) -> pd.DataFrame:
    """One line for each combination of `keys`, in their order: rows by status, and what `Rate` makes of them.

    `lower`, `upper` and `coverage` are shares of 1, NaN for 0/0. Raises ValueError while a row is OPEN.
    """
    import pandas as pd

    if np.any(scores.status == OPEN):
        raise ValueError("rows without a status cannot be counted")
    groups = pd.DataFrame(dict(keys)).groupby(list(keys), sort=True, observed=True, dropna=False)
    cells = groups.ngroup().to_numpy() * len(STATUSES) + scores.status
    counts = np.bincount(cells, minlength=groups.ngroups * len(STATUSES)).reshape(-1, len(STATUSES))
    table = pd.DataFrame(counts, columns=[str(status) for status in STATUSES], index=groups.size().index)
    table["total"] = table.sum(axis=1) - table[sorted(UNCOUNTED)].sum(axis=1)
    table["absent"] = table[sorted(ABSENT)].sum(axis=1)
    table["met_at_most"] = table[Status.MET] + table[Status.UNDECIDABLE] + table["absent"]
    whole = table["total"].where(table["total"] > 0)
    table["lower"] = table[Status.MET] / whole
    table["upper"] = table["met_at_most"] / whole
    table["coverage"] = (table["total"] - table["absent"]) / whole
    return table


def _before_pace(c: Columns) -> Codes:
    """The rules of `judge` in its order, as far as they need no pace; OPEN where pace decides."""
    met, not_met = _holds(c)
    has_baseline, has_due = c.baseline != MISSING, c.due != NO_DAY
    unmoved = ~has_baseline | (c.observed_on <= c.baseline_day)
    pathless = ~c.exact | ~has_due | (c.bound == c.baseline)
    rules = [
        (met, Status.MET),
        (~not_met, Status.UNDECIDABLE),
        (c.cut_off < c.begins, Status.STARTING_POINT),
        (has_due & (c.cut_off >= c.due), Status.MISSED),
        (has_baseline & (c.cut_off <= c.baseline_day), Status.STARTING_POINT),
        (c.met_before, Status.REVERSED),
        (unmoved, Status.IN_PROGRESS),
        (_beyond(c.baseline, c) | (c.baseline == c.bound) & ~_strict(c), Status.REVERSED),
        (pathless, Status.IN_PROGRESS),
    ]
    conditions = [c.settled != OPEN, *(condition for condition, _ in rules)]
    return np.select(conditions, [c.settled, *(_STATUS[status] for _, status in rules)], default=np.int8(OPEN))


def _holds(c: Columns) -> tuple[Flags, Flags]:
    """Whether every value between the ends meets the target, and whether none does, as `holds`."""
    least, least_open = np.where(c.wants_less, c.high, c.low), np.where(c.wants_less, c.high_open, c.low_open)
    most, most_open = np.where(c.wants_less, c.low, c.high), np.where(c.wants_less, c.low_open, c.high_open)
    strict = _strict(c)
    met = (least != MISSING) & (_beyond(least, c) | (least == c.bound) & (least_open | ~strict))
    short = ~_beyond(most, c) & (most != c.bound)
    return met, (most != MISSING) & (short | (most == c.bound) & (most_open | strict))


def _by_pace(columns: Columns, rows: npt.NDArray[np.intp], steps: Steps) -> tuple[Flags, Codes, Floats]:
    """Of `rows` between baseline and due date: whether the products fit int64, status and ratio."""
    ladder = [Fraction(step) for step in (steps.on_track, steps.at_risk, steps.late)]
    start, baseline = columns.baseline_day[rows].astype(np.int64), columns.baseline[rows]
    whole, gone = columns.due[rows] - start, columns.cut_off[rows] - start
    way = columns.bound[rows] - baseline
    done, way = (columns.low[rows] - baseline) * np.sign(way), np.abs(way)
    room = _LARGEST // max(max(abs(step.numerator), step.denominator) for step in ladder) // whole
    fits = (np.abs(done) <= room) & (way <= room)
    status, ratio = np.full(len(rows), OPEN, np.int8), np.full(len(rows), np.nan)
    # Thresholds that do not fit int64 leave no room, and must not be multiplied.
    if fits.any():
        reached, expected = done * whole, way * gone
        passed = [reached * step.denominator >= expected * step.numerator for step in ladder]
        words = [_STATUS[status] for status in (Status.ON_TRACK, Status.AT_RISK, Status.LATE)]
        status[fits] = np.select(passed, words, default=_STATUS[Status.REVERSED])[fits]
        ratio[fits] = reached[fits] / expected[fits]
    return fits, status, ratio


def _within_limits(c: Columns) -> Flags:
    numbers = (c.bound, c.low, c.high, c.baseline)
    within = [(number == MISSING) | (number >= -LIMIT) & (number <= LIMIT) for number in numbers]
    fits: Flags = np.logical_and.reduce([c.bound != MISSING, ~np.isin(c.comparator, _BOUNDLESS), *within])
    return fits


def _attainment(c: Columns, exact: Flags) -> Floats:
    whole, part = np.where(c.wants_less, c.low, c.bound), np.where(c.wants_less, c.bound, c.low)
    share = np.full(len(c), np.nan)
    np.divide(part, whole, out=share, where=exact & (whole > 0))
    return share


def _gap(c: Columns, exact: Flags) -> Floats:
    missing = np.where(c.wants_less, c.low - c.bound, c.bound - c.low)
    return np.where(exact, missing / _MILLION, np.nan)


def _strict(c: Columns) -> Flags:
    return np.isin(c.comparator, _STRICT)


def _beyond(number: Millionths, c: Columns) -> Flags:
    """Strictly on the better side of the bound."""
    return np.where(c.wants_less, number < c.bound, number > c.bound)


_ENTRY = np.dtype(
    [
        ("settled", np.int8),
        ("comparator", np.int8),
        ("wants_less", np.bool_),
        *((name, np.int64) for name in ("bound", "low", "high")),
        *((name, np.bool_) for name in ("low_open", "high_open")),
        ("baseline", np.int64),
        *((name, np.int32) for name in ("baseline_day", "begins", "due", "cut_off", "observed_on")),
        ("met_before", np.bool_),
    ]
)
_Entry = tuple[int | bool, ...]
_NOTHING: _Entry = (OPEN, _NONE, False, *(MISSING,) * 3, False, False, MISSING, *(NO_DAY,) * 5, False)


def _status_entry(status: Status) -> _Entry:
    return (int(_STATUS[status]), *_NOTHING[1:])


def _entry(row: Question, steps: Steps) -> _Entry | None:
    """The row in the order of `Columns`; None where it does not fit."""
    target, value, baseline, terms = row.target, row.value, row.baseline, row.terms
    stated = (target.bound, value.low, value.high, baseline.value if baseline else None)
    numbers = [n for n in map(_millionths, stated) if n is not None]
    if target.bound is None or terms.waypoints or terms.steps != steps or len(numbers) < len(stated):
        return None
    bound, *ends, start = numbers
    return (
        OPEN,
        _COMPARATOR[target.comparator],
        target.wants_less,
        bound,
        *ends,
        value.low_open,
        value.high_open,
        start,
        baseline.day.toordinal() if baseline else NO_DAY,
        terms.begins.toordinal(),
        target.due.toordinal() if target.due else NO_DAY,
        terms.cut_off.toordinal(),
        terms.observed_on.toordinal(),
        terms.met_before,
    )


def _millionths(number: Decimal | None) -> int | None:
    """MISSING for no number; None for one with more than six decimals or beyond LIMIT."""
    if number is None:
        return MISSING
    numerator, denominator = number.as_integer_ratio()
    whole, rest = divmod(numerator * _MILLION, denominator)
    return None if rest or abs(whole) > LIMIT else whole


def _decimal(millionths: np.int64) -> Decimal | None:
    return None if millionths == MISSING else Decimal(int(millionths)).scaleb(-6)


def _date(ordinal: np.int32) -> dt.date:
    return dt.date.fromordinal(int(ordinal))


def _float(number: Decimal | None) -> float:
    return np.nan if number is None else float(number)
