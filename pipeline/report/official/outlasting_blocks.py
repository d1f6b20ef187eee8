"""What the report says of rows and tasks that outlast a plan that has ended: each is named until it is due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.completion.outlasting import outlasting, outlasting_tasks
from pipeline.completion.records import IndicatorResult, PlanResult
from pipeline.completion.statuses import DONE
from pipeline.report.cell_texts import task_verdict
from pipeline.report.count_words import kinds_of, outlasting_counts
from pipeline.report.marks import has_later_value
from pipeline.report.official.model import Block, Items, Span, plain_paragraph
from pipeline.report.words import Words


def outlasting_blocks(plan: PlanResult, words: Words) -> Iterator[Block]:
    """Later values of rows that were due, then the rows due later (Phần II); nothing for none."""
    if later := [row for row in plan.indicators if has_later_value(row)]:
        yield plain_paragraph(words.text("ended.rows"))
        yield _listed([_ended(row, words) for row in later])
    if rows := outlasting(plan):
        yield plain_paragraph(words.text("outlasting.rows", counts=outlasting_counts(plan, words)))
        yield _listed([_row(row, words) for row in rows])


def outlasting_task_blocks(plan: PlanResult, words: Words) -> Iterator[Block]:
    """The tasks of the plan that are due later, then what became of the others (Phần III); nothing for none."""
    if tasks := outlasting_tasks(plan):
        yield plain_paragraph(words.text("outlasting.tasks", n=len(tasks), plan=plan.title))
        shown = [(task.name, words.date(task.due), words.task_status(task.status)) for task in tasks]
        yield _listed([words.text("outlasting.task", name=name, day=day, status=s) for name, day, s in shown])

    yield from _past_tasks(plan, words)


def _past_tasks(plan: PlanResult, words: Words) -> Iterator[Block]:
    """How many tasks of a plan that has ended are done, and each that was due without being done."""
    settled = [task for task in plan.tasks if task.past_status is not None and not task.same_as]
    left = [task for task in settled if task.past_status not in DONE]
    counts = (("done", len(settled) - len(left)), ("open", len(left)))
    if settled:
        parts = "; ".join(words.text(f"past-tasks.{kind}", n=n) for kind, n in counts if n)
        yield plain_paragraph(words.text("past-tasks", plan=plan.title, parts=parts))
    if left:
        shown = [(task.name, task_verdict(task, words)) for task in left]
        yield _listed([words.text("past-tasks.row", name=name, status=status) for name, status in shown])


def outlasting_next_blocks(plan: PlanResult, words: Words) -> Iterator[Block]:
    """That what outlasts the plan and is not due yet goes on (Phần VI); nothing for none."""
    tasks = [task for task in outlasting_tasks(plan) if not task.past_due and task.status not in DONE]
    rows = [row for row in outlasting(plan) if row.days_left is not None]
    of_tasks = words.text("outlasting.count", n=len(tasks)) if tasks else ""
    if listed := ", ".join(filter(None, (kinds_of(rows, words), of_tasks))):
        yield plain_paragraph(words.text("outlasting.next", counts=listed, plan=plan.title))


def _ended(row: IndicatorResult, words: Words) -> str:
    if row.observation is None:
        return row.name
    value, day = words.measured(row.observation.value, row.unit), words.day_of(row.observation)
    return words.text("ended.row", name=row.name, value=value, day=day, past=words.past(row.past[-1], row.unit))


def _row(row: IndicatorResult, words: Words) -> str:
    target = words.target_with_unit(row.target, row.unit)
    day = words.date(row.target.due if row.target else None)
    return words.text("outlasting.row", name=row.name, target=target, day=day, value=_value(row, words))


def _value(row: IndicatorResult, words: Words) -> str:
    if row.observation is not None and row.observation.value is not None:
        value = words.measured(row.observation.value, row.unit)
        return words.text("outlasting.value", value=value, status=words.verdict(row))
    if row.latest is not None:
        value, day = words.measured(row.latest.value, row.unit), words.day_of(row.latest)
        return words.text("outlasting.latest", value=value, day=day)
    return words.verdict(row)


def _listed(texts: Sequence[str]) -> Items:
    last = len(texts) - 1
    return Items(tuple((Span(f"{text}{'.' if n == last else ';'}"),) for n, text in enumerate(texts)))
