"""Published reports without a kernel: real ones, and the same in the name of other localities, labelled as made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.synthetic import Shape, make_country
from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry, read_registry
from pipeline.steps import to_json
from tests.factories import report_2026_as_2025

REAL = (
    ("bach-long-vi", "2026"),
    ("binh-giang", "2026"),
    ("cat-hai", "2025"),
    ("hai-phong", "2024"),
    ("cat-hai", "2024"),
)
ELSEWHERE = ("11", "79", "92", "96")
"""Provinces and a city whose localities are given the reports of others."""


def real_reports(registry: Registry, root: Path) -> list[Completion]:
    """What the reports of the committed data state."""
    layout = report_2026_as_2025(root)
    found = []
    for slug, name in REAL:
        period = Period.parse(name)
        intake = validate_period(layout, registry, slug, period)
        found.append(evaluate(registry, registry.locality(slug), period, intake))
    return found


def in_other_names(registry: Registry, real: list[Completion], of_each: int) -> Iterator[Completion]:
    """`of_each` communes in every one of `ELSEWHERE`, each with a report of 2025 and one of 2026."""
    places = registry.localities
    for province in ELSEWHERE:
        named = [row for row in places.rows if row.parent == province][:of_each]
        for number, row in enumerate(named):
            for report in (real[number % 2], real[2]):
                yield report.model_copy(
                    update={
                        "locality": row.slug,
                        "locality_name": row.full_name,
                        "locality_code": row.code,
                        "parent_name": places.by_code[province].full_name,
                        "synthetic": True,
                    }
                )


def synthetic_country(root: Path) -> tuple[Layout, list[Completion]]:
    """Four made-up communes of two provinces, and a province that asks for more than its communes do."""
    make_country(root, 4, shape=Shape(indicators=30, tasks=15, periods=("2025", "2026-H1")))
    layout, found = Layout(root), []
    path = layout.raw / "localities.csv"
    path.write_text(path.read_text("utf-8").replace(",Xã,07", ",Xã,03").replace(",Xã,09", ",Xã,05"), "utf-8")
    registry = read_registry(layout)
    for row in registry.localities.rows:
        if row.parent:
            for period in ("2025", "2026-H1"):
                intake = validate_period(layout, registry, row.slug, Period.parse(period))
                found.append(evaluate(registry, registry.locality(row.slug), Period.parse(period), intake))
    return layout, [*found, _of_province(found[1], registry)]


def _of_province(report: Completion, registry: Registry) -> Completion:
    plan, place = report.plans[0], registry.localities[0]
    rows = [
        row.model_copy(update={"target": more, "stages": (more,)})
        for row in plan.indicators
        if row.target and row.target.low is not None
        for more in [row.target.model_copy(update={"low": row.target.low + 5})]
    ]
    named = {"locality": place.slug, "locality_name": place.full_name, "locality_code": place.code}
    plans = (plan.model_copy(update={"indicators": tuple(rows)}),)
    return report.model_copy(update={**named, "parent_name": place.full_name, "plans": plans})


def publish(layout: Layout, completion: Completion, note: str = "") -> Path:
    """Write what a report states where it is published, with a manifest that lists it; `note` changes the run."""
    folder = layout.report(completion.locality, completion.period)
    folder.mkdir(parents=True, exist_ok=True)
    content = to_json(completion).encode()
    (folder / "completion.json").write_bytes(content)
    output = {"path": "completion.json", "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    manifest = {"note": note, "outputs": [output]}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder
