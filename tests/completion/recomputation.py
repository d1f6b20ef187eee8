"""The figures of a report, worked out a second time from plans and submissions, by the text of docs/methodology.md.

Nothing here comes from `pipeline`: files are read as they lie, wordings and arithmetic are done again, with fractions.
It knows the wordings of the committed plans and the columns of their submissions, and fails on others.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import yaml

Record = dict[str, Any]
day_of = dt.date.fromisoformat
UNCOUNTED = {"no-stage-target", "not-assessable", "plan-not-in-force"}
RECURRING = re.compile("thường xuyên|định kỳ|h[ằà]ng năm")
FREQUENCY = re.compile("tháng|quý|năm")
OTHER_PAPER = re.compile("theo hướng dẫn|theo thời gian tại")
YEAR_CLOSES = dt.timedelta(days=17)  # from 14 to 31 December
PACE = (("on-track", Fraction(1)), ("at-risk", Fraction("0.6")), ("late", Fraction(0)))


class Sent(NamedTuple):
    concept: tuple[str, str, str]
    value: Fraction
    day: dt.date
    own_edition: str  # the one that takes a value within a period (trong kỳ); '' for other values


class Target(NamedTuple):
    """`kind` is 'at-least', 'more-than', 'at-most' or 'levels'."""

    kind: str
    numbers: list[Fraction]
    due: dt.date | None
    standing: bool

    def met_by(self, value: Fraction) -> bool:
        first = self.numbers[0]
        reached = {"at-least": value >= first, "more-than": value > first, "at-most": value <= first}
        return value in self.numbers if self.kind == "levels" else reached[self.kind]


class Row(NamedTuple):
    """What a row of a plan comes to: status word, value of the period, else the older value and whether it would do."""

    status: str
    value: Fraction | None
    day: dt.date | None
    latest: dt.date | None
    latest_meets: bool | None


@dataclass
class Result:
    """`counts` are of plans in force: 'rate' of their indicators, 'dated', 'recurring', 'undated' of their tasks."""

    rows: dict[str, Row] = field(default_factory=dict)
    tasks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Status word, and what stays said of the task when its plan has ended."""
    repeats: set[str] = field(default_factory=set)
    """Rows of plans in force that are one thing with another."""
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


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
            rows = {label(record): self._row(plan, record) for record in plan["indicators"]}
            result.rows |= {f"{plan['id']}/{name}": row for name, row in rows.items()}
            for record in plan["indicators"] if in_force else ():
                name, repeated = label(record), rows.get(record.get("same_as", ""))
                if repeated is not None:
                    counts_alone = repeated.status in UNCOUNTED and rows[name].status not in UNCOUNTED
                    result.repeats.add(f"{plan['id']}/{record['same_as'] if counts_alone else name}")
                if record.get("kind") != "commitment" and (repeated is None or repeated.status in UNCOUNTED):
                    result.counts["rate"].update(counted_as(rows[name]))
            for task in (t for t in plan["tasks"] if t.get("kind") != "measure" and "same_as" not in t):
                due, months = deadline(task.get("deadline", ""))
                status, past = self._task(plan, task, due, months)
                # A line that prints the task again says of it what the task says, and is counted with it.
                result.tasks |= {f"{plan['id']}/{name}": (status, past) for name in lines_of(plan, task)}
                kind = "dated" if due else "recurring" if months else "undated"
                if in_force:
                    result.counts[kind].update(task_counted_as(status, past=due is not None and due <= self.cut_off))
                    if months and not FREQUENCY.search(task["deadline"].lower()):
                        result.counts[kind].update(["unstated"] + ["unstated_in_time"] * (status == "recurring"))
        return result

    def _amended(self, plan: Record) -> Record:
        """Targets as the documents dated up to the cut-off say."""
        for paper in plan.get("amendments", ()):
            for change in paper["changes"] if day_of(paper["date"]) <= self.cut_off else ():
                (record,) = (r for r in plan["indicators"] if label(r) == change["indicator"])
                (target,) = (t for t in record["targets"] if t["text"] == change["target"]["before"])
                target["text"] = change["target"]["after"]
        return plan

    def _state(self, plan: Record) -> str:
        first = day_of(plan["begins"])
        if self.cut_off < max(first, day_of(plan.get("date") or plan["issued"])):
            since = dt.date(first.year - 1, 12, 14) if first.month == 1 else first
            return "starting" if self.cut_off >= since else "before"
        return "in-force" if self.cut_off <= day_of(plan["ends"]) else "ended"

    def _files(self, heading: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Edition and line of what was sent, the oldest edition first."""
        paths = (self.raw / "submissions" / self.locality).glob("*/*.csv")
        for path in sorted(paths, key=lambda path: (days_of(path.parent.name)[1], path)):
            with path.open(encoding="utf-8", newline="") as file:
                yield from ((path.parent.name, row) for row in csv.DictReader(file) if heading in row)

    def _sent(self) -> Iterator[Sent]:
        """The values sent; a correction by an office (đính chính) stands in the place of what it had sent."""
        records = {f"{plan['id']}/{label(r)}": r for plan in self.plans for r in plan["indicators"]}
        concepts = {concept(record) for record in records.values()}
        papers = (self.raw / "corrections" / self.locality).glob("*/*.yaml")
        items = ((path.parent.name, item) for path in papers for item in yaml.safe_load(path.read_text("utf-8")))
        corrected = {(edition, item["subject"]): item["value"] for edition, item in items}
        for edition, row in self._files("value_printed"):
            code = f"{row['plan']}/{label(row)}"
            of = concept(records.get(code, row))
            text = corrected.get((edition, code), row["value"])
            if of in concepts and text:
                day = day_of(row["as_of"]) if row["as_of"] else days_of(edition)[1]
                yield Sent(of, number(text), day, edition if row["basis"].startswith("trong") else "")

    def _row(self, plan: Record, record: Record) -> Row:
        target = self._target(plan, record)
        known = [s for s in self.sent if s.concept == concept(record) and s.own_edition in ("", self.period)]
        # A value serves until the annual cut-off after that of its own reporting year, which ends on 14 December.
        serving = [s for s in known if s.day <= self.cut_off < dt.date((s.day + YEAR_CLOSES).year + 1, 12, 14)]
        newest = max(serving, key=lambda s: s.day, default=None)
        fresh = newest if newest and newest.day >= self.start else None
        status = self._status(plan, record, target, fresh)
        if newest is None or fresh is not None:
            return Row(status, fresh and fresh.value, fresh and fresh.day, None, None)
        return Row(status, None, None, newest.day, target.met_by(newest.value) if target else None)

    def _status(self, plan: Record, record: Record, target: Target | None, sent: Sent | None) -> str:
        state, yearly = self._state(plan), "yearly" in record["targets"][0]
        outlasts = target is not None and target.due is not None and self.cut_off <= target.due and not yearly
        if state == "before" or (state == "ended" and not outlasts):
            return "plan-not-in-force"
        if target is None:
            several = any(re.search(r"\d", t["text"]) for t in record["targets"])
            return "no-stage-target" if several else "not-assessable"
        if state == "starting":
            return f"baseline-{'unknown' if sent is None else 'met' if target.met_by(sent.value) else 'below'}"
        if sent is None:
            return "not-submitted"
        if target.met_by(sent.value):
            return "met"
        if target.standing:
            return "breached"
        if target.due is not None and target.due <= self.civil_end:
            return "missed" if target.due <= self.cut_off else "not-yet-met"
        return self._on_the_way(plan, record, target, sent)

    def _on_the_way(self, plan: Record, record: Record, target: Target, sent: Sent) -> str:
        """Rules 6 to 10: not met, not due in the period."""
        first = day_of(plan["begins"])
        earlier = [s for s in self.sent if s.concept == concept(record) and first <= s.day < sent.day]
        if any(target.met_by(s.value) for s in earlier):
            return "reversed"
        baseline = record.get("baseline", {})
        if "value" not in baseline or target.due is None or target.kind == "levels":
            return "in-progress"
        start, since = Fraction(baseline["value"]), dt.date(int(baseline["year"]), 12, 31)
        if sent.day <= since:
            return "in-progress"
        if sent.day < first:
            return "starting-point"
        if target.met_by(start):
            return "reversed"
        assert len(record["targets"]) == 1, "a path over several stages is not worked out here"
        passed, whole = (sent.day - since).days, (target.due - since).days
        ratio = (sent.value - start) / ((target.numbers[0] - start) * Fraction(passed, whole))
        return next((name for name, step in PACE if ratio >= step), "reversed")

    def _target(self, plan: Record, record: Record) -> Target | None:
        """The target of the stage in force; in a plan without stages, and of a commitment, the only one."""
        texts = record["targets"]
        objectives = [r for r in plan["indicators"] if r.get("kind") != "commitment"]
        if record.get("kind") != "commitment" and any(len(r["targets"]) > 1 for r in objectives):
            years = sorted({int(t["year"]) for r in objectives for t in r["targets"]})
            stage = next(year for year in years if self.cut_off <= dt.date(year, 12, 31))
            texts = [t for t in texts if int(t["year"]) == stage]
        (text,) = texts or [{"text": "-"}]
        words = re.sub(r"\(.*?\)", "", text["text"]).lower()
        numbers = [number(found) for found in re.findall(r"\d+(?:[.,]\d+)*", words)]
        if not numbers:
            assert words in ("", "-"), words
            return None
        falling = record.get("direction") == "falling"
        kind = "levels" if "cấp độ" in words else "more-than" if "trên" in words else "at-least"
        span = re.search(r"-(\d{4})\)", text["text"])
        year = int(span[1]) if span else self.cut_off.year if "yearly" in text else int(text.get("year", 0))
        due = deadline(text["deadline"])[0] if "deadline" in text else dt.date(year, 12, 31) if year else None
        return Target("at-most" if falling else kind, numbers, due, "trong vòng" in words)

    def _task(self, plan: Record, task: Record, due: dt.date | None, months: int) -> tuple[str, str]:
        state, outlasts = self._state(plan), due is not None and self.cut_off <= due
        known = self._known_of(plan, task, due, months)
        if state == "in-force" or (state == "ended" and outlasts):
            return known, ""
        settled = known.startswith("done") or known.endswith(("-overdue", "-past-due"))
        return "plan-not-in-force", known if state == "ended" and settled else ""

    def _known_of(self, plan: Record, task: Record, due: dt.date | None, months: int) -> str:
        past = due is not None and due <= self.cut_off
        days = self._facts(plan["id"], lines_of(plan, task))
        if days is None:
            return "not-reported-past-due" if past else "not-reported"
        if "finished_on" in days:
            return "done-undated" if due is None else "done-on-time" if days["finished_on"] <= due else "done-late"
        if months:
            recent = "reported_on" in days and days["reported_on"] > earlier_by(self.cut_off, months)
            return "recurring" if recent else "recurring-lapsed" if "reported_on" in days else "not-reported"
        if due is None:
            return "undated" if "started_on" in days else "undated-not-started"
        return ("under-way" if "started_on" in days else "not-started") + ("-overdue" if past else "")

    def _facts(self, plan: str, names: set[str]) -> dict[str, dt.date] | None:
        """The days of a task that are known at the cut-off; None if no report up to it is about the task."""
        known: dict[str, dt.date] | None = None
        for edition, row in self._files("finished_on"):
            days = {key: day_of(text) for key, text in row.items() if key.endswith("ed_on") and text}
            days = {key: day for key, day in days.items() if day <= self.cut_off}
            if row["plan"] == plan and label(row) in names and (days or days_of(edition)[1] <= self.cut_off):
                known = (known or {}) | days
        return known


def counted_as(row: Row) -> list[str]:
    """The counts in which a row of a plan in force is one."""
    if row.status in UNCOUNTED:
        return []
    if row.status != "not-submitted":
        return ["total", "met" if row.status == "met" else "not_met"]
    return ["total", "absent"] + ["older"] * (row.latest is not None) + ["older_met"] * (row.latest_meets is True)


def task_counted_as(status: str, *, past: bool) -> list[str]:
    others = {"undated": "under_way", "recurring": "in_time", "not-reported-past-due": "not_reported"}
    kind = "done" if status.startswith("done") else others.get(status, status.replace("-", "_"))
    return ["total", kind] + ["due"] * past + ["overdue"] * status.endswith("-overdue")


def label(row: Record) -> str:
    """'II.15', 'PL2.IV.26'; '2.1' in group '2' stays '2.1'."""
    own = row["no"] if row["no"].startswith(f"{row['group']}.") else f"{row['group']}.{row['no']}"
    return f"{row['annex']}.{own}" if row.get("annex") else own


def lines_of(plan: Record, task: Record) -> set[str]:
    """The labels of a task and of the lines of its plan that repeat it."""
    repeats = (t for t in plan["tasks"] if t.get("kind") != "measure" and t.get("same_as") == label(task))
    return {label(task), *map(label, repeats)}


def concept(record: Record) -> tuple[str, str, str]:
    return record["concept"], record.get("unit", ""), record.get("scope", "")


def days_of(period: str) -> tuple[dt.date, dt.date, dt.date]:
    """First day, cut-off, last civil day: from the 15th of the month before to the 14th, or the year for 'F'."""
    year, part = int(period[:4]), period[5:]
    if part == "F":
        return dt.date(year, 1, 1), dt.date(year, 12, 31), dt.date(year, 12, 31)
    first, last = {"": (1, 12), "Q1": (1, 3), "H1": (1, 6), "9M": (1, 9), "Q4": (10, 12)}[part]
    start = month_end(year, first - 2) + dt.timedelta(days=15)
    return start, dt.date(year, last, 14), month_end(year, last)


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month; month 0 is December of the year before."""
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


def earlier_by(day: dt.date, months: int) -> dt.date:
    end = month_end(day.year, day.month - months)
    return end.replace(day=min(day.day, end.day))


def number(text: str) -> Fraction:
    """'96,5', '80.5'; '30.000' is thirty thousand."""
    return Fraction(re.sub(r"\.(?=\d{3}\b)", "", text).replace(",", "."))


def deadline(text: str) -> tuple[dt.date | None, int]:
    """The last day; or for a recurring task, every how many months it is reported, else 0."""
    words = text.lower()
    if not words or OTHER_PAPER.match(words):
        return None, 0
    if RECURRING.search(words):
        return None, 1 if "tháng" in words else 3 if "quý" in words else 12
    year = int(re.findall(r"20\d{2}", words)[-1])
    if quarter := re.search(r"quý (i{1,3}|iv)\b", words):
        return month_end(year, 3 * ("i", "ii", "iii", "iv").index(quarter[1]) + 3), 0
    month = re.search(r"tháng (\d+)", words)
    return month_end(year, (int(month[1]) - ("trước" in words)) if month else 12), 0
