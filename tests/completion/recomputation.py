"""The figures of a report, worked out a second time from plans and submissions, by the text of docs/methodology.md.

Nothing here comes from `pipeline`: files are read as they lie, wordings and arithmetic are done again with fractions.
It knows the wordings of the committed plans and the columns of the submissions, and no more; on another it fails.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Record = dict[str, Any]
ABSENT = {"not-submitted", "not-due", "quarantined"}
UNCOUNTED = {"not-applicable", "no-stage-target", "not-assessable", "plan-not-in-force"}
UNCOUNTED |= {"baseline-met", "baseline-below", "baseline-unknown"}
RECURRING = re.compile("thường xuyên|định kỳ|h[ằà]ng năm")
OTHER_PAPER = re.compile("theo hướng dẫn|theo thời gian tại")


class Bounds(NamedTuple):
    """A value; `open_low` for “> 98”, of which only the lower bound is known."""

    low: Fraction
    high: Fraction | None
    open_low: bool = False


class Sent(NamedTuple):
    code: str
    concept: tuple[str, str, str]
    value: Bounds
    day: dt.date
    edition: str
    within: bool
    """Within a period (trong kỳ): of its own edition only."""


class Target(NamedTuple):
    kind: str
    """'at-least', 'more-than', 'at-most', 'levels'; 'none' where there is nothing to reach."""
    bound: Fraction
    levels: tuple[int, ...]
    due: dt.date | None
    standing: bool


@dataclass
class Row:
    """What a row of a plan comes to."""

    status: str
    value: Bounds | None = None
    day: dt.date | None = None
    latest: dt.date | None = None
    latest_meets: bool | None = None


@dataclass
class Result:
    rows: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    """Of the indicators of plans in force: total, met, not_met, absent, older, older_met."""
    dated: Counter[str] = field(default_factory=Counter)
    recurring: Counter[str] = field(default_factory=Counter)
    undated: Counter[str] = field(default_factory=Counter)


class Report:
    """One locality and period, from the folder data/raw."""

    def __init__(self, raw: Path, locality: str, period: str) -> None:
        self.raw, self.locality, self.period = raw, locality, period
        self.start, self.cut_off, self.civil_end = days_of(period)
        plans = sorted((raw / "plans" / locality).glob("*.yaml"))
        self.plans = [self._amended(yaml.load(path.read_text("utf-8"), yaml.BaseLoader)) for path in plans]  # noqa: S506
        self.sent = list(self._sent())

    def result(self) -> Result:
        result = Result()
        for plan in self.plans:
            in_force = self._state(plan) == "in-force"
            rows = {label(r): self._row(plan, r) for r in plan["indicators"]}
            result.rows |= {f"{plan['id']}/{name}": row for name, row in rows.items()}
            for record in plan["indicators"] if in_force else ():
                repeats = rows.get(record.get("same_as", ""))
                if record.get("kind") != "commitment" and (repeats is None or repeats.status in UNCOUNTED):
                    self._count(result.counts, rows[label(record)])
            for task in (t for t in plan.get("tasks", ()) if t.get("kind") != "measure"):
                due, months = deadline(task.get("deadline", ""))
                status, finished = self._task(plan, task, due, months)
                result.tasks[f"{plan['id']}/{label(task)}"] = status
                if in_force and not task.get("same_as") and status != "suspended":
                    kind = result.dated if due else result.recurring if months else result.undated
                    count_task(kind, status, past=due is not None and due <= self.cut_off, finished=finished)
        return result

    def _amended(self, plan: Record) -> Record:
        """Targets as the documents dated up to the cut-off say."""
        for paper in plan.get("amendments", ()):
            if dt.date.fromisoformat(paper["date"]) <= self.cut_off:
                for change in paper["changes"]:
                    (record,) = (r for r in plan["indicators"] if label(r) == change["indicator"])
                    (target,) = (t for t in record["targets"] if t["text"] == change["target"]["before"])
                    target["text"] = change["target"]["after"]
        return plan

    def _state(self, plan: Record) -> str:
        issued, first, last = plan_days(plan)
        if issued is not None and self.cut_off < issued:
            return "not-issued"
        return "not-begun" if self.cut_off < first else "in-force" if self.cut_off <= last else "expired"

    def _starting(self, plan: Record, state: str) -> bool:
        first = plan_days(plan)[1]
        if state in ("in-force", "expired"):
            return False
        return self.cut_off >= first or dt.date(first.year - 1, 12, 14) <= self.cut_off

    # Submissions.

    def _files(self, heading: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
        for path in sorted((self.raw / "submissions" / self.locality).glob("*/*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                rows = csv.DictReader(file)
                if heading in (rows.fieldnames or ()):
                    yield path.parent.name, list(rows)

    def _sent(self) -> Iterator[Sent]:
        records = {f"{p['id']}/{label(r)}": r for p in self.plans for r in p["indicators"]}
        for edition, rows in self._files("value_printed"):
            corrected = self._corrections(edition)
            for row in rows:
                code = f"{row['plan']}/{label(row)}" if row["plan"] else ""
                record = records.get(code, {"concept": row["concept"], "unit": row["unit"]})
                text = corrected.get(code) or row["value"] or ("" if code else row["value_printed"])
                if not text:
                    continue
                day = dt.date.fromisoformat(row["as_of"]) if row["as_of"] else days_of(edition)[1]
                within = row["basis"] in ("trong-ky", "trong kỳ")
                yield Sent(code, concept(record), bounds(text), day, edition, within)

    def _corrections(self, edition: str) -> dict[str, str]:
        """The values that an office put in the place of those it had sent (đính chính)."""
        paths = (self.raw / "corrections" / self.locality / edition).glob("*.yaml")
        found = [item for path in paths for item in yaml.safe_load(path.read_text("utf-8"))]
        return {item["subject"]: item["value"] for item in found if item["status"] == "approved"}

    # Indicators.

    def _row(self, plan: Record, record: Record) -> Row:
        target, state = self._target(plan, record), self._state(plan)
        fresh, older = self._values(plan, record)
        row = Row("", fresh.value if fresh else None, fresh.day if fresh else None)
        if older and not fresh:
            row.latest = older.day
            row.latest_meets = None if target is None else meets(target, older.value)
        starting, last = self._starting(plan, state), plan_days(plan)[2]
        outlasts = target is not None and target.due is not None and last < self.cut_off <= target.due
        if state != "in-force" and not starting and (not outlasts or "yearly" in record["targets"][0]):
            row.status = "plan-not-in-force"
        elif target is None:
            several = any(parse_target(t["text"], record)[0] != "none" for t in record["targets"])
            row.status = "no-stage-target" if several else "not-assessable"
        elif starting:
            met = None if fresh is None else meets(target, fresh.value)
            row.status = "baseline-unknown" if met is None else "baseline-met" if met else "baseline-below"
        elif fresh is None:
            row.status = "not-submitted"
        else:
            row.status = self._judged(plan, record, target, fresh)
        return row

    def _target(self, plan: Record, record: Record) -> Target | None:
        """That of the stage in force; without stages the only one."""
        texts = record["targets"]
        objectives = [r for r in plan["indicators"] if r.get("kind") != "commitment"]
        years = sorted({int(t["year"]) for r in objectives for t in r["targets"] if "year" in t})
        if record.get("kind") != "commitment" and any(len(r["targets"]) > 1 for r in objectives):
            stage = next((year for year in years if self.cut_off <= year_end(year)), years[-1])
            texts = [t for t in texts if int(t["year"]) == stage]
        for text in texts:
            kind, bound, levels, span = parse_target(text["text"], record)
            if kind != "none":
                year = span or (self.cut_off.year if text.get("yearly") else int(text.get("year", 0)))
                due = deadline(text["deadline"])[0] if "deadline" in text else year_end(year) if year else None
                return Target(kind, bound, levels, due, "trong vòng" in text["text"])
        return None

    def _values(self, plan: Record, record: Record) -> tuple[Sent | None, Sent | None]:
        """The newest value of the period, and the newest earlier one that still serves; of one day the row's own."""
        code = f"{plan['id']}/{label(record)}"
        known = [s for s in self.sent if s.code == code or s.concept == concept(record)]
        known = [s for s in known if s.day <= self.cut_off and (not s.within or s.edition == self.period)]
        known = [s for s in known if self.cut_off < dt.date(reporting_year(s.day) + 1, 12, 14)]
        newest = max(known, key=lambda s: (s.day, s.code == code), default=None)
        in_period = newest is not None and newest.day >= self.start
        return (newest, None) if in_period else (None, newest)

    def _judged(self, plan: Record, record: Record, target: Target, sent: Sent) -> str:
        """The rules of “Đánh giá chỉ tiêu tại ngày D” in their order."""
        met, due = meets(target, sent.value), target.due
        if met is not False:
            return "met" if met else "undecidable"
        if target.standing:
            return "breached"
        if due is not None and due <= self.civil_end:
            return "missed" if due <= self.cut_off else "not-yet-met"
        code = f"{plan['id']}/{label(record)}"
        earlier = [s for s in self.sent if s.code == code and plan_days(plan)[1] <= s.day < sent.day]
        baseline = record.get("baseline")
        if any(meets(target, s.value) for s in earlier):
            return "reversed"
        if not baseline or "value" not in baseline:
            return "in-progress"
        start, since = Fraction(baseline["value"]), year_end(int(baseline["year"]))
        if self.cut_off <= since:
            return "starting-point"
        if sent.day <= since:
            return "in-progress"
        if meets(target, Bounds(start, start)):
            return "reversed"
        if due is None or target.kind == "levels" or sent.value.low != sent.value.high:
            return "in-progress"
        expected = start + (target.bound - start) * Fraction((self.cut_off - since).days, (due - since).days)
        ratio = (sent.value.low - start) / (expected - start)
        steps = (("on-track", Fraction(1)), ("at-risk", Fraction("0.6")), ("late", Fraction(0)))
        return next((name for name, step in steps if ratio >= step), "reversed")

    def _count(self, counts: Counter[str], row: Row) -> None:
        if row.status in UNCOUNTED:
            return
        absent = row.status in ABSENT
        name = "absent" if absent else row.status if row.status in ("met", "undecidable") else "not_met"
        counts.update(["total", name])
        if absent and row.latest is not None:
            counts.update(["older"] + ["older_met"] * (row.latest_meets is True))

    # Tasks.

    def _task(self, plan: Record, task: Record, due: dt.date | None, months: int) -> tuple[str, bool]:
        """Its status, and whether it is done."""
        last = plan_days(plan)[2]
        outlasts = due is not None and last < self.cut_off <= due
        if self._state(plan) != "in-force" and not outlasts:
            return "plan-not-in-force", False
        past = due is not None and due <= self.cut_off
        days = self._facts(plan["id"], label(task))
        if days is None:
            return ("not-reported-past-due" if past else "not-reported"), False
        finished = days.get("finished_on")
        if finished:
            return ("done-undated" if due is None else "done-on-time" if finished <= due else "done-late"), True
        if months:
            reported = days.get("reported_on")
            recent = reported is not None and reported > earlier_by(self.cut_off, months)
            return ("recurring" if recent else "recurring-lapsed" if reported else "not-reported"), False
        word = "under-way" if "started_on" in days else "not-started"
        if due is None:
            return ("undated" if "started_on" in days else "undated-not-started"), False
        return (f"{word}-overdue" if past else word), False

    def _facts(self, plan: str, name: str) -> dict[str, dt.date] | None:
        """The days of a task that are known at the cut-off; None if no report up to it is about the task."""
        known: dict[str, dt.date] | None = None
        files = sorted(self._files("finished_on"), key=lambda file: days_of(file[0])[1])
        for edition, rows in files:
            for row in (r for r in rows if r["plan"] == plan and label(r) == name):
                days = {k: dt.date.fromisoformat(v) for k, v in row.items() if k.endswith("ed_on") and v}
                days = {k: day for k, day in days.items() if day <= self.cut_off}
                if days_of(edition)[1] <= self.cut_off or any(day >= self.start for day in days.values()):
                    known = (known or {}) | days
        return known


def count_task(kind: Counter[str], status: str, *, past: bool, finished: bool) -> None:
    kind["total"] += 1
    kind["done"] += finished
    kind["due"] += past
    kind["in_time"] += status == "recurring"
    kind["under_way"] += status == "undated"
    kind["overdue"] += status.endswith("-overdue")
    kind["not_reported"] += status.startswith("not-reported")


def label(row: Record) -> str:
    """'II.15', 'PL2.IV.26'; '2.1' in group '2' stays '2.1'."""
    annex, group, number = row.get("annex", ""), row["group"], row["no"]
    own = number if number.startswith(f"{group}.") else f"{group}.{number}"
    return f"{annex}.{own}" if annex else own


def concept(record: Record) -> tuple[str, str, str]:
    return record["concept"], record.get("unit", ""), record.get("scope", "")


def year_end(year: int) -> dt.date:
    return dt.date(year, 12, 31)


def plan_days(plan: Record) -> tuple[dt.date | None, dt.date, dt.date]:
    """Day of issue, first and last day."""
    issued = plan.get("date") or plan.get("issued")
    first, last = (dt.date.fromisoformat(plan[key]) for key in ("begins", "ends"))
    return (dt.date.fromisoformat(issued) if issued else None), first, last


def days_of(period: str) -> tuple[dt.date, dt.date, dt.date]:
    """First day, cut-off and last civil day: the 15th of the month before to the 14th, but the civil year for 'F'."""
    year, part = int(period[:4]), period[5:]
    if part == "F":
        return dt.date(year, 1, 1), year_end(year), year_end(year)
    spans = {"": (1, 12), "H1": (1, 6), "H2": (7, 12), "9M": (1, 9)} | {
        f"Q{q}": (3 * q - 2, 3 * q) for q in range(1, 5)
    }
    first, last = spans[part] if part in spans else (int(part), int(part))
    start = dt.date(year - 1, 12, 15) if first == 1 else dt.date(year, first - 1, 15)
    return start, dt.date(year, last, 14), month_end(year, last)


def month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def reporting_year(day: dt.date) -> int:
    return day.year if day <= dt.date(day.year, 12, 14) else day.year + 1


def earlier_by(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return min(dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1), month_end(year, month + 1))


def number(text: str) -> Fraction:
    """'96,5', '80.5'; '30.000' is thirty thousand."""
    return Fraction(re.sub(r"\.(?=\d{3}\b)", "", text).replace(",", "."))


def bounds(text: str) -> Bounds:
    found = re.fullmatch(r"(>?)\s*(\d+(?:[.,]\d+)?)", text.strip())
    assert found, text
    value = number(found[2])
    return Bounds(value, None, open_low=True) if found[1] else Bounds(value, value)


def parse_target(text: str, record: Record) -> tuple[str, Fraction, tuple[int, ...], int]:
    """Kind, bound, levels, and the last year of a span such as “(2025-2027)”, else 0."""
    span = re.search(r"\(\d{4}-(\d{4})\)", text)
    words = re.sub(r"\(.*?\)", "", text).lower()
    numbers = re.findall(r"\d+(?:[.,]\d+)?", words)
    if not numbers:
        assert text in ("", "-"), text
        return "none", Fraction(0), (), 0
    if "cấp độ" in words:
        return "levels", Fraction(0), tuple(map(int, numbers)), 0
    falling = record.get("direction") == "falling"
    kind = "more-than" if "trên" in words else "at-most" if falling or "trong vòng" in words else "at-least"
    return kind, number(numbers[0]), (), int(span[1]) if span else 0


def meets(target: Target, value: Bounds) -> bool | None:
    """None where a bound decides nothing."""
    low, bound = value.low, target.bound
    if target.kind == "levels":
        return low in target.levels if value.high is not None else None
    if target.kind == "at-most":
        return low <= bound if value.high is not None else None if low < bound else False
    reached = low > bound or (low == bound and (value.open_low or target.kind == "at-least"))
    return True if reached else False if value.high is not None else None


def deadline(text: str) -> tuple[dt.date | None, int]:
    """The last day, and for a recurring task every how many months it is reported, else 0."""
    words = text.lower()
    if not words or OTHER_PAPER.match(words):
        return None, 0
    if RECURRING.search(words):
        return None, 1 if "tháng" in words else 3 if "quý" in words else 12
    years = [int(year) for year in re.findall(r"20\d{2}", words)]
    if quarter := re.search(r"quý (i{1,3}|iv)\b", words):
        return month_end(years[-1], 3 * ("i", "ii", "iii", "iv").index(quarter[1]) + 3), 0
    if month := re.search(r"tháng (\d+)", words):
        day = month_end(years[-1], int(month[1]))
        return (day.replace(day=1) - dt.timedelta(days=1) if "trước" in words else day), 0
    return year_end(years[-1]), 0
