"""Difficulties (khó khăn, vướng mắc) that offices report with their figures, for the Word report and the PDF."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.completion.records import Completion
from pipeline.intake.rows import Observation, TaskFact


def difficulties(completion: Completion) -> Iterator[tuple[str, str]]:
    """The name of a row and what its office wrote, in the order of the plans; what serves several rows only once."""
    told = set[tuple[str, str, int]]()
    for plan in completion.plans:
        rows: list[tuple[str, Observation | TaskFact | None]] = [(r.name, r.observation) for r in plan.indicators]
        rows += [(task.name, task.fact) for task in plan.tasks]
        for name, record in rows:
            if record is None or not record.difficulty:
                continue
            place = (record.origin.file, record.origin.sheet, record.origin.line)
            if place not in told:
                told.add(place)
                yield name, record.difficulty
