"""What lies in a report folder, described for programs (datapackage.json, Frictionless Data Package)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from pipeline.completion.records import Completion
from pipeline.report.csv_tables import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.words import Words

SCHEMA = "completion.schema.json"
"""The JSON Schema of completion.json, published beside it."""
WORD, PDF, SPREADSHEET = "report.docx", "report.pdf", "indicators-tasks.xlsx"
DOWNLOADS = (
    WORD,
    PDF,
    SPREADSHEET,
    "indicators.csv",
    "tasks.csv",
    "completion.json",
    SCHEMA,
    "datapackage.json",
    "manifest.json",
)
"""What the page offers to take along, what people want first."""


@cache
def completion_schema() -> str:
    """The schema as text; it is that of the records, so it cannot differ from what is written."""
    return _json(TypeAdapter(Completion).json_schema(mode="serialization"))


def data_package(completion: Completion) -> str:
    """The descriptor: names, types and titles of every column, and where the schema of the JSON lies."""
    words = Words("vi", "data")
    title = words.text("title", locality=completion.locality_name, period=words.period(completion.period))
    note = f" ({words.text('synthetic')})" if completion.synthetic else ""
    return _json(
        {
            "name": f"{completion.locality}-{completion.period.lower()}",
            "title": title + note,
            "resources": [
                _table("indicators", INDICATOR_COLUMNS, words),
                _table("tasks", TASK_COLUMNS, words),
                {
                    "name": "completion",
                    "path": "completion.json",
                    "format": "json",
                    "mediatype": "application/json",
                    "encoding": "utf-8",
                    "jsonSchema": SCHEMA,
                },
            ],
        }
    )


def _table(name: str, columns: Mapping[str, str], words: Words) -> dict[str, Any]:
    fields = [{"name": c, "type": kind, "title": words.text(f"column.{c}")} for c, kind in columns.items()]
    return {
        "name": name,
        "title": words.text(f"table.{name}"),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _json(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"
