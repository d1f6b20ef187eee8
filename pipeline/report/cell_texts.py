"""The texts of cells that people read, where they need more than a field of the record.

Why a value is absent is written in words, each kind by its own (docs/methodology.md); what follows from it, such as a
share or a source, is then a dash. Most keys are of the catalogue `official`.
Functions of a row are `columns.HumanText`: they take the completion whether they need it or not.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import DONE, TaskStatus
from pipeline.intake.rows import Interval, Observation
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.day_words import day_of_point, within_report
from pipeline.report.marks import repeated, sent_before
from pipeline.report.words import Words


def amended_name(row: IndicatorResult | TaskResult, _: Completion, words: Words) -> str:
    """The name, what amendments changed in the row, and the row that it repeats."""
    return "; ".join(filter(None, [row.name, *map(words.amended, row.amended), repeated(row, words)]))


def baseline(row: IndicatorResult, _: Completion, words: Words) -> str:
    """The starting value with its unit (xuất phát điểm)."""
    value = None if row.baseline is None else Interval(low=row.baseline, high=row.baseline)
    return words.measured(value, row.unit, 4)


def target_and_due_date(row: IndicatorResult, _: Completion, words: Words) -> str:
    """As judged, with its year or the day it falls due; a row without one in this stage names its nearest later one."""
    target = row.target
    if target is None or words.target(target) == NO_VALUE:
        later = row.next_target
        if later is None:
            return words.text("none.target")
        return words.text("target.later", target=words.target(later), until=words.until(later))
    key = "target.due" if target.due else "target.undated"
    return words.text(key, target=words.target(target), until=words.until(target))


def previous_value(row: IndicatorResult, _: Completion, words: Words) -> str:
    """The value before the one judged, with its day."""
    if row.latest is not None:
        return words.text("before", value=words.value(row.latest.value), day=words.day_of(row.latest))
    judged = row.observation.as_of if row.observation and row.observation.value else None
    earlier = [point for point in row.history if judged is None or point.day < judged]
    if earlier:
        return words.text(
            "before",
            value=words.number(earlier[-1].value, 4),
            day=day_of_point(earlier[-1], words),
        )
    if row.stale is not None and row.stale.value is not None:
        day = within_report(row.stale, words) or words.day_of(row.stale)
        return words.text("before", value=words.value(row.stale.value), day=day)
    return NO_VALUE


def value_and_estimate(row: IndicatorResult, completion: Completion, words: Words) -> str:
    """The value judged, its day where another period sent it, and the estimate of the year (ước thực hiện cả năm)."""
    beside = [sent_before(row, completion, words), words.estimate(row) if row.estimate else ""]
    return " ".join([judged_value(row, completion, words), *(f"({text})" for text in beside if text)])


def judged_value(row: IndicatorResult, _: Completion, words: Words) -> str:
    """The value of the period without its unit, or in words why there is none, with the newest earlier one."""
    if row.latest is not None:
        value, day = words.value(row.latest.value), words.day_of(row.latest)
        return words.text("value.latest", value=value, day=day)
    if row.observation is not None and row.observation.value is not None:
        return words.value(row.observation.value)
    if row.observation is not None and row.observation.absence is not None:
        return words.text(f"status.{row.observation.absence}")
    return words.text("status.quarantined" if row.quarantined else "status.not-submitted")


def value_with_unit(observation: Observation, words: Words) -> str:
    """'81,52%', or why there is none."""
    if observation.value is None:
        return words.text(f"status.{observation.absence}") if observation.absence else NO_VALUE
    return words.measured(observation.value, observation.unit)


def fraction(row: IndicatorResult, _: Completion, words: Words) -> str:
    """Numerator and denominator of the value, where the sender gives them."""
    observation = row.observation
    if observation is None or None in (observation.value, observation.numerator, observation.denominator):
        return NO_VALUE
    return f"{words.number(observation.numerator, 4)}/{words.number(observation.denominator, 4)}"


def verdict_and_miss(row: IndicatorResult, _: Completion, words: Words) -> str:
    """The verdict of the period, that a bound to be exceeded is reached, and the verdict of a due day before."""
    at_bound = [words.gap(row)] if row.gap == 0 else []
    of_day = [words.past(verdict, row.unit) for verdict in row.past if verdict.target == row.target]
    return "; ".join([words.verdict(row), *at_bound, *of_day])


def attainment(row: IndicatorResult, _: Completion, words: Words) -> str:
    """The share of the target that is reached (mức đạt)."""
    return NO_VALUE if row.attainment is None else words.percent(row.attainment)


def source(row: IndicatorResult, *_: object) -> str:
    """Source, its date, and the evidence."""
    observation = row.observation
    if observation is None:
        return NO_VALUE
    parts = (observation.source, observation.source_date, observation.evidence)
    return "; ".join(part for part in parts if part) or NO_VALUE


def agencies(names: Sequence[str], words: Words) -> str:
    """Agencies of a task, or that the plan names none."""
    return "; ".join(names) or words.text("none.stated")


def deadline(task: TaskResult, _: Completion, words: Words) -> str:
    """The deadline as the plan prints it."""
    return task.deadline_text if task.deadline_text.strip("-– ") else words.text("none.stated")


def output(task: TaskResult, *_: object) -> str:
    """The product as reported, else as planned (sản phẩm)."""
    return (task.fact.product if task.fact else "") or task.output or NO_VALUE


def finished_on(task: TaskResult, completion: Completion, words: Words) -> str:
    """The day it was finished, if that is known by the cut-off; else why there is none.

    A recurring task is never finished: the day of its last report stands there.
    """
    if task.fact is None:
        return NO_VALUE
    finished, reported = task.fact.finished_on, task.fact.reported_on
    if finished is not None and finished <= completion.cut_off:
        return words.date(finished)
    if task.status not in (TaskStatus.RECURRING, TaskStatus.RECURRING_LAPSED):
        return NO_VALUE
    return words.text("finished.reported", day=words.date(reported)) if reported else words.text("none.recurring")


def task_verdict(task: TaskResult, words: Words) -> str:
    """The status of a task; of a plan that has ended what is known of it, with its day."""
    if task.past_status is None:
        return words.task_status(task.status)
    day = task.fact.finished_on if task.fact and task.past_status in DONE else task.due
    if day is None:  # a line without a deadline that repeats a task with one
        return words.task_status(task.past_status)
    return words.text(f"task-past.{task.past_status}", day=words.date(day))
