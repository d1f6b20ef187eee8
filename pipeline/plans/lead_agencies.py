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
    """The code of a row, and who leads it as the plan stands on a day; rows without an office are left out."""
    by_slug: Mapping[str, str]
    """The id of an agency, and each of its printed names in small letters without marks, to its name."""

    @classmethod
    def of(cls, registry: Registry, locality: str, day: dt.date) -> LeadAgencies:
        """Those of all plans of a locality, as they stand on `day`."""
        plans = [amended(plan, in_force(plan, day)) for plan in registry.plans_of(locality)]
        led = {code: names for plan in plans for code, names in _leads(registry, plan)}
        names = sorted({name for some in led.values() for name in some})
        slugs = {slug: name for name in names for slug in slugs_of_agency(registry, name, locality)}
        return cls(led, {**slugs, **{slug_of(name): name for name in names}})

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, by name."""
        return tuple(sorted(set(self.by_slug.values())))

    def named(self, text: str) -> str:
        """The agency that a printed name or its short form (phong-kinh-te) stands for; '' for none."""
        return self.by_slug.get(slug_of(text), "")

    def short(self, name: str) -> str:
        """The short form of a name, for names of files."""
        known = [slug for slug, agency in self.by_slug.items() if agency == name]
        return min(known, key=lambda slug: (len(slug), slug), default=slug_of(name))

    @property
    def listed(self) -> str:
        """All of them for a message: 'phong-kinh-te (Phòng Kinh tế), …'."""
        return ", ".join(f"{self.short(name)} ({name})" for name in self.names)


def slugs_of_agency(registry: Registry, name: str, locality: str) -> frozenset[str]:
    """What stands for an agency in names of files: its id, and its printed names as slugs."""
    agency = registry.agency(name, locality)
    if agency is None:
        return frozenset((slug_of(name),))
    forms = (agency.name, *agency.forms, *agency.local_forms.get(locality, ()))
    return frozenset((agency.id, slug_of(name), *map(slug_of, forms)))


def lead_agencies(registry: Registry, plan: Plan) -> tuple[str, ...]:
    """The offices in charge of rows and tasks of a plan (cơ quan chủ trì), by name."""
    return tuple(sorted({name for _, names in _leads(registry, plan) for name in names}))


def _leads(registry: Registry, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Code and leading agencies of each row of a plan that has any."""
    led = [(row.key, taken_lead(plan, row)[0]) for row in plan.indicators]
    led += [(task.key, task.lead) for task in plan.assignments]
    for key, printed in led:
        if printed:
            yield f"{plan.id}/{key.label}", registry.agency_names(printed, plan.locality)
