"""Published reports without a kernel: real ones, and the same in the name of other localities, labelled as made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
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
