"""Rows of which there is nothing to show yet (dòng chưa có số liệu, chưa có mục tiêu), folded under their group.

A table on the page has the rows with a value. Every other row stands in a list that one line sums up: how many, which,
due when, owed by whom. Rows keep their anchor and their chain; what the chains of a list have in common is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pipeline.completion.records import IndicatorResult, PlanResult, TaskResult
from pipeline.completion.statuses import Status, TaskStatus
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.report.explain import ChainLink
from pipeline.report.words import Words

MOST_AGENCIES = 3
"""Named in the line that sums up a list; the list has them all."""
_Row = TypeVar("_Row", IndicatorResult, TaskResult)


@dataclass(frozen=True)
class FoldedIndicators:
    """Rows of one group with one status, and what is said of all of them."""

    rows: tuple[IndicatorResult, ...]
    status: Status
    shared: tuple[ChainLink, ...]
    """What every chain of the list says."""
    own: tuple[tuple[ChainLink, ...], ...]
    """What only the chain of a row says, by row."""

    @property
    def name(self) -> str:
        """The key of what the rows are: indicators or commitments (cam kết)."""
        return "sheet.indicators" if any(row.kind is Kind.INDICATOR for row in self.rows) else "sheet.commitments"

    def line(self, words: Words) -> str:
        """'1–3, 5. Hạn năm 2025. Chủ trì: Phòng Kinh tế.': which, due when, owed by whom."""
        due = list(dict.fromkeys(filter(None, (_due(row, words) for row in self.rows))))
        due += _undated(sum(not _due(row, words) for row in self.rows) if due else 0, words)
        return _line([row.no for row in self.rows], due, (row.lead for row in self.rows), words)


@dataclass(frozen=True)
class FoldedTasks:
    """Tasks of one plan with one status, of which nobody reported."""

    rows: tuple[TaskResult, ...]
    status: TaskStatus

    def line(self, words: Words) -> str:
        """The same of tasks; of many deadlines the first and the last."""
        days = sorted({task.due for task in self.rows if task.due})
        due = dict.fromkeys(words.date(day) for day in (*days[:1], *days[-1:]))
        told = [words.text("folded.until", days=" – ".join(due))] if due else []
        without = [task.deadline_kind for task in self.rows if task.due is None and due]
        recurring = without.count(DeadlineKind.RECURRING)
        told += [words.text("folded.recurring", count=recurring)] if recurring else []
        told += _undated(len(without) - recurring, words)
        return _line([task.key.label for task in self.rows], told, (task.lead for task in self.rows), words)


def has_something(row: IndicatorResult) -> bool:
    """Whether a row has a value of any day, a verdict by one, a value that was refused, or a difficulty that was told.

    It then stands in the table.
    """
    observed = (row.observation, row.latest, row.stale, *(verdict.observation for verdict in row.past))
    sent = any(o is not None and o.value is not None for o in observed)
    told = row.observation is not None and bool(row.observation.difficulty)
    return sent or told or row.estimate is not None or row.status is Status.QUARANTINED


def folded_indicators(
    rows: Iterable[IndicatorResult], chain_of: Callable[[IndicatorResult], Sequence[ChainLink]]
) -> list[FoldedIndicators]:
    """The rows that have nothing to show, by status in the order of the plan."""
    found = []
    for status, of_status in _by_status(row for row in rows if not has_something(row)):
        shared, own = parted(of_status, chain_of)
        found.append(FoldedIndicators(of_status, status, shared, own))
    return found


def folded_tasks(plan: PlanResult) -> list[FoldedTasks]:
    """The tasks of a plan of which nobody reported, by status in the order of the plan."""
    return [FoldedTasks(tasks, status) for status, tasks in _by_status(task for task in plan.tasks if not task.fact)]


def without_place(links: Iterable[ChainLink]) -> list[ChainLink]:
    """A chain without the line that says where the row stands in its plan: the page shows it there."""
    kept = [replace(link, lines=link.lines[1:]) if link.name == "clause" else link for link in links]
    return [link for link in kept if link.lines]


def _by_status(rows: Iterable[_Row]) -> list[tuple[Any, tuple[_Row, ...]]]:
    listed = list(rows)
    order = list(dict.fromkeys(row.status for row in listed))
    return [(status, tuple(row for row in listed if row.status is status)) for status in order]


def parted(
    rows: Iterable[IndicatorResult], chain_of: Callable[[IndicatorResult], Sequence[ChainLink]]
) -> tuple[tuple[ChainLink, ...], tuple[tuple[ChainLink, ...], ...]]:
    """The lines that the chains of all rows have, and the others of each; of a single row all are its own."""
    chains = [chain_of(row) for row in rows]
    said = [{(link.name, line) for link in links for line in link.lines} for links in chains]
    common = set.intersection(*said) if len(said) > 1 else set()

    def part(links: Sequence[ChainLink], *, shared: bool) -> tuple[ChainLink, ...]:
        kept = [
            replace(link, lines=tuple(line for line in link.lines if ((link.name, line) in common) is shared))
            for link in links
        ]
        return tuple(link for link in kept if link.lines)

    return part(chains[0], shared=True), tuple(part(links, shared=False) for links in chains)


def _due(row: IndicatorResult, words: Words) -> str:
    target = row.target if row.target is not None and row.target.due else None
    if target is not None:
        return words.text("folded.due", until=words.until(target))
    return words.text("folded.from", year=row.next_target.year) if row.next_target else ""


def _undated(number: int, words: Words) -> list[str]:
    """Of rows of which some have a day, how many have none."""
    return [words.text("folded.undated", count=number)] if number else []


def _line(labels: Sequence[str], due: Iterable[str], leads: Iterable[tuple[str, ...]], words: Words) -> str:
    listed = list(leads)
    agencies = list(dict.fromkeys(name for names in listed for name in names))
    named, more = "; ".join(agencies[:MOST_AGENCIES]), len(agencies) - MOST_AGENCIES
    if more > 0:
        named = words.text("folded.more", named=named, count=more)
    owed = [words.text("folded.lead", named=named) if named else words.text("folded.no-lead")]
    unnamed = sum(not names for names in listed)
    owed += [words.text("folded.some-no-lead", count=unnamed)] if named and unnamed else []
    return ". ".join([", ".join(runs(labels)), *due, *owed]) + "."


def runs(labels: Sequence[str]) -> list[str]:
    """Numbers in a row as one span, the others as they are: 1, 2, 3, 4a, 7 as 1–3, 4a, 7."""
    found: list[list[str]] = []
    for label in labels:
        last = found[-1][-1] if found else ""
        if label.isdecimal() and last.isdecimal() and int(label) == int(last) + 1:
            found[-1].append(label)
        else:
            found.append([label])
    spans = ([f"{of[0]}–{of[-1]}"] if len(of) > 2 else of for of in found)
    return [label for span in spans for label in span]
