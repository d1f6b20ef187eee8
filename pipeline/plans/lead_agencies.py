"""Lead agencies (cơ quan chủ trì) of a locality: which rows each leads, and by which names it is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.plans.amend import amended, in_force
from pipeline.plans.links import taken_lead
from pipeline.plans.localities import slug_of
from pipeline.plans.models import Plan
from pipeline.plans.registry import Registry


@dataclass(frozen=True)
class LeadAgencies:
    """The agencies of one locality, by name."""

    by_code: Mapping[str, tuple[str, ...]]
    """The code of an indicator or commitment, and who leads it as the plan stands on a day; none without an office."""
    by_task: Mapping[str, tuple[str, ...]]
    """The same of tasks, whose labels may be those of indicators."""
    by_slug: Mapping[str, str]
    """The id of an agency, and each of its printed names in small letters without marks, to its name."""
    ids: Mapping[str, str]
    """The name of an agency to its id."""

    @classmethod
    def of(cls, registry: Registry, locality: str, day: dt.date) -> LeadAgencies:
        """Those of all plans of a locality, as they stand on `day`."""
        plans = [amended(plan, in_force(plan, day)) for plan in registry.plans_of(locality)]
        rows = {code: names for plan in plans for code, names in _of_rows(registry, plan)}
        tasks = {code: names for plan in plans for code, names in _of_tasks(registry, plan)}
        names = sorted({name for some in (*rows.values(), *tasks.values()) for name in some})
        slugs = {slug: name for name in names for slug in slugs_of_agency(registry, name, locality)}
        known = {name: registry.agency(name, locality) for name in names}
        ids = {name: agency.id if agency else slug_of(name) for name, agency in known.items()}
        return cls(rows, tasks, {**slugs, **{slug_of(name): name for name in names}}, ids)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, by name."""
        return tuple(sorted(self.ids))

    def named(self, text: str) -> str:
        """The agency that a printed name or its short form (phong-kinh-te) stands for; '' for none."""
        return self.by_slug.get(slug_of(text), "")

    @property
    def listed(self) -> str:
        """All of them for a message: 'phong-kinh-te (Phòng Kinh tế), …'."""
        return ", ".join(f"{self.ids[name]} ({name})" for name in self.names)


def slugs_of_agency(registry: Registry, name: str, locality: str) -> frozenset[str]:
    """What stands for an agency in names of files: its id, and its printed names as slugs."""
    agency = registry.agency(name, locality)
    if agency is None:
        return frozenset((slug_of(name),))
    forms = (agency.name, *agency.forms, *agency.local_forms.get(locality, ()))
    return frozenset((agency.id, slug_of(name), *map(slug_of, forms)))


def lead_agencies(registry: Registry, plan: Plan) -> tuple[str, ...]:
    """The offices in charge of rows and tasks of a plan (cơ quan chủ trì), by name."""
    led = (*_of_rows(registry, plan), *_of_tasks(registry, plan))
    return tuple(sorted({name for _, names in led for name in names}))


def _of_rows(registry: Registry, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in plan.indicators:
        if printed := taken_lead(plan, row)[0]:
            yield f"{plan.id}/{row.key.label}", registry.agency_names(printed, plan.locality)


def _of_tasks(registry: Registry, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    for task in plan.assignments:
        if task.lead:
            yield f"{plan.id}/{task.key.label}", registry.agency_names(task.lead, plan.locality)
