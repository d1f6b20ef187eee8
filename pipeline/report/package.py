"""The names of the published files, and their description for programs (datapackage.json, Frictionless)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from pipeline.completion.records import Completion
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS, ReportColumn, machine_columns
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
"""What the page offers to download; what most people want comes first."""


@cache
def completion_schema() -> str:
    """The schema as text, made from the records themselves: it cannot differ from what is written."""
    return _json(TypeAdapter(Completion).json_schema(mode="serialization"))


def data_package(completion: Completion) -> str:
    """The descriptor: name, type and title of every column, and where the schema of the JSON is."""
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


def _table(name: str, columns: Sequence[ReportColumn[Any]], words: Words) -> dict[str, Any]:
    fields = [
        {"name": column.key, "type": column.kind.frictionless, "title": words.text(f"column.{column.key}")}
        for column, _ in machine_columns(columns)
    ]
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
