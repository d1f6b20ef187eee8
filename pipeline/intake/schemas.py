"""JSON Schemas of the files people write by hand (`docs/schema`)."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from pipeline.intake.revisions import Correction
from pipeline.paths import Layout
from pipeline.plans.method import Method
from pipeline.plans.models import Agency, Concept, Plan, Total


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the files people write, by file name; editors complete and check with them."""
    return {
        "plan.schema.json": TypeAdapter(Plan).json_schema(),
        "concepts.schema.json": TypeAdapter(tuple[Concept, ...]).json_schema(),
        "agencies.schema.json": TypeAdapter(tuple[Agency, ...]).json_schema(),
        "sums.schema.json": TypeAdapter(tuple[Total, ...]).json_schema(),
        "method.schema.json": TypeAdapter(Method).json_schema(),
        "corrections.schema.json": TypeAdapter(tuple[Correction, ...]).json_schema(),
    }


def write_schemas(layout: Layout) -> None:
    """Write them all to `docs/schema`, making the folder if need be."""
    layout.schemas.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        (layout.schemas / name).write_text(text, "utf-8")
