"""The registry as flat tables (`data/processed/plans/*.csv`), for people and other programs."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.plans.links import taken_lead
from pipeline.plans.registry import Registry
from pipeline.plans.text import plain

CsvRow = dict[str, str]

PLAN_COLUMNS = (
    "plan_id",
    "locality",
    "title",
    "number",
    "date",
    "date_printed",
    "issuer",
    "signatory",
    "implements",
    "supersedes",
    "first_year",
    "last_year",
    "missing_annexes",
)
INDICATOR_COLUMNS = (
    "plan_id",
    "locality",
    "annex",
    "group",
    "no",
    "kind",
    "name",
    "name_printed",
    "unit",
    "direction",
    "concept",
    "baseline_text",
    "baseline_value",
    "lead_agency",
    "lead_printed",
    "scope",
    "baseline_year",
    "output",
    "same_as",
    "tasks",
    "lead_from",
)
TARGET_COLUMNS = (
    "plan_id",
    "annex",
    "group",
    "no",
    "year",
    "due",
    "text",
    "comparator",
    "low",
    "high",
    "levels",
    "aspirational",
    "yearly",
)
TASK_COLUMNS = (
    "plan_id",
    "annex",
    "group",
    "no",
    "name",
    "lead_agency",
    "coordinating",
    "output",
    "deadline_text",
    "deadline_kind",
    "due",
    "locality",
    "name_printed",
    "lead_printed",
    "coordinating_printed",
    "ref",
    "kind",
    "same_as",
)
CONCEPT_COLUMNS = ("id", "name", "counted", "over", "units", "direction", "owner", "system", "near", "parts")


def write_tables(registry: Registry, folder: Path) -> dict[str, int]:
    """Write the five tables; gives the number of rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: list[tuple[str, Sequence[str], list[CsvRow]]] = [
        ("plans", PLAN_COLUMNS, list(plan_rows(registry))),
        ("indicators", INDICATOR_COLUMNS, list(indicator_rows(registry))),
        ("targets", TARGET_COLUMNS, list(target_rows(registry))),
        ("tasks", TASK_COLUMNS, list(task_rows(registry))),
        ("concepts", CONCEPT_COLUMNS, list(concept_rows(registry))),
    ]
    for name, columns, rows in tables:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return {name: len(rows) for name, _, rows in tables}


def plan_rows(registry: Registry) -> Iterator[CsvRow]:
    """One row per plan."""
    for plan in registry.plans:
        yield {
            "plan_id": plan.id,
            "locality": plan.locality,
            "title": plan.title,
            "number": plan.number or "",
            "date": plan.date.isoformat() if plan.date else "",
            "date_printed": plan.date_printed or "",
            "issuer": plan.issuer,
            "signatory": plan.signatory or "",
            "implements": "; ".join(plan.implements),
            "supersedes": "; ".join(plan.supersedes),
            "first_year": str(plan.years.first),
            "last_year": str(plan.years.last),
            "missing_annexes": "; ".join(plan.missing_annexes),
        }


def indicator_rows(registry: Registry) -> Iterator[CsvRow]:
    """One row per indicator, in the order of the plans and their rows; `lead_from` says of which task its office is."""
    for plan in registry.plans:
        for x in plan.indicators:
            baseline = x.baseline
            lead, lead_from = taken_lead(plan, x)
            yield {
                "plan_id": plan.id,
                "locality": plan.locality,
                **_key(x.annex, x.group, x.no),
                "kind": x.kind,
                "name": x.name,
                "name_printed": x.name_printed or "",
                "unit": x.unit,
                "direction": x.direction,
                "concept": x.concept,
                "baseline_text": baseline.text if baseline else "",
                "baseline_value": plain(baseline.value) if baseline else "",
                "lead_agency": "; ".join(registry.agency_names(lead, plan.locality)),
                "lead_printed": "; ".join(x.lead),
                "scope": x.scope,
                "baseline_year": str(baseline.year) if baseline else "",
                "output": x.output,
                "same_as": x.same_as,
                "tasks": "; ".join(x.tasks),
                "lead_from": "; ".join(lead_from),
            }


def target_rows(registry: Registry) -> Iterator[CsvRow]:
    """One row per target of an indicator, as printed and as parsed."""
    for plan in registry.plans:
        for x in plan.indicators:
            for target in x.targets:
                parsed, due = target.parsed, target.due
                yield {
                    "plan_id": plan.id,
                    **_key(x.annex, x.group, x.no),
                    "year": str(target.year or ""),
                    "due": due.isoformat() if due else "",
                    "text": target.text,
                    "comparator": parsed.comparator,
                    "low": plain(parsed.low),
                    "high": plain(parsed.high),
                    "levels": " ".join(map(str, parsed.levels)),
                    "aspirational": "true" if parsed.aspirational else "false",
                    "yearly": "true" if target.yearly else "false",
                }


def task_rows(registry: Registry) -> Iterator[CsvRow]:
    """One row per task and measure, with the deadline as printed and as parsed."""
    for plan in registry.plans:
        for x in plan.tasks:
            deadline = x.due
            yield {
                "plan_id": plan.id,
                **_key(x.annex, x.group, x.no),
                "name": x.name,
                "lead_agency": "; ".join(registry.agency_names(x.lead, plan.locality)),
                "coordinating": "; ".join(registry.agency_names(x.coordinating, plan.locality)),
                "output": x.output,
                "deadline_text": x.deadline,
                "deadline_kind": deadline.kind,
                "due": deadline.due.isoformat() if deadline.due else "",
                "locality": plan.locality,
                "name_printed": x.name_printed or "",
                "lead_printed": "; ".join(x.lead),
                "coordinating_printed": "; ".join(x.coordinating),
                "ref": x.ref,
                "kind": x.kind,
                "same_as": x.same_as,
            }


def concept_rows(registry: Registry) -> Iterator[CsvRow]:
    """One row per concept with its definition (khái niệm)."""
    for x in registry.concepts:
        yield {
            "id": x.id,
            "name": x.name,
            "counted": x.counted,
            "over": x.over,
            "units": "; ".join(x.units),
            "direction": x.direction,
            "owner": x.owner,
            "system": x.system,
            "near": "; ".join(sorted(registry.near(x.id))),
            "parts": "; ".join(x.parts),
        }


def _key(annex: str, group: str, no: str) -> CsvRow:
    return {"annex": annex, "group": group, "no": no}


def summary(registry: Registry) -> Iterator[str]:
    """Counts per plan, group and kind, one line each."""
    for plan in registry.plans:
        kinds = Counter(str(x.kind) for x in plan.indicators)
        targets = sum(len(x.targets) for x in plan.indicators)
        yield (
            f"{plan.id}: {kinds['indicator']} chỉ tiêu, {kinds['commitment']} cam kết định lượng, "
            f"{targets} ô mục tiêu, {len(plan.assignments)} nhiệm vụ, {len(plan.measures)} giải pháp"
        )
        groups: Counter[tuple[str, str, str]] = Counter()
        groups.update((x.annex, x.group, str(x.kind)) for x in plan.indicators)
        groups.update((x.annex, x.group, str(x.kind)) for x in plan.tasks)
        words = {"indicator": "chỉ tiêu", "commitment": "cam kết", "task": "nhiệm vụ", "measure": "giải pháp"}
        for annex, group in dict.fromkeys(key[:2] for key in groups):
            counts = [
                f"{groups[annex, group, kind]} {word}" for kind, word in words.items() if groups[annex, group, kind]
            ]
            yield f"    {f'{annex} ' if annex else ''}{group}: {', '.join(counts)}"
