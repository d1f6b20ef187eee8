"""Values that no row of a plan takes (số liệu không gắn vào dòng nào), and the concepts that a report defines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.completion.records import IndicatorResult, PlanResult
from pipeline.completion.statuses import PlanState
from pipeline.intake.rows import Observation
from pipeline.plans.concepts import Concept


def unplaced_values(observations: Iterable[Observation], plans: Sequence[PlanResult]) -> tuple[Observation, ...]:
    """Observations of concepts for which no plan has a row, nor one near it; older values of rows do not count.

    A shared figure from which a shown value is computed stands in the row of that value.
    """
    # A value sent for a row stands in that row, also where its plan has ended or is not issued yet.
    keys = {(row.plan, row.key) for plan in plans for row in plan.indicators}
    rows = list(_taking(plans))
    concepts = {(row.concept, row.unit, row.scope) for row in rows}
    concepts |= {(o.concept, o.unit, o.scope) for row in rows for o in row.near}
    shown = (o for row in rows for o in (row.observation, row.latest, row.stale) if o is not None)
    parts = {origin for o in shown for origin in o.computed_from}
    return tuple(
        o
        for o in observations
        if (o.plan, o.key) not in keys and (o.concept, o.unit, o.scope) not in concepts and o.origin not in parts
    )


def _taking(plans: Iterable[PlanResult]) -> Iterator[IndicatorResult]:
    """The rows of plans in force, and the listed rows of others that show a value."""
    for plan in plans:
        if plan.state is PlanState.IN_FORCE:
            yield from plan.indicators
        elif plan.state is PlanState.EXPIRED or plan.starting_point is not None:
            yield from (row for row in plan.indicators if row.observation or row.latest)


def defined(
    concepts: Iterable[Concept], plans: Iterable[PlanResult], unplaced: Iterable[Observation]
) -> tuple[Concept, ...]:
    """Of `concepts`, those of all rows, of their near values and of values without a row; in the order of the list."""
    rows = [row for plan in plans for row in plan.indicators]
    used = {row.concept for row in rows} | {o.concept for row in rows for o in row.near}
    used |= {o.concept for o in unplaced}
    return tuple(concept for concept in concepts if concept.id in used)
