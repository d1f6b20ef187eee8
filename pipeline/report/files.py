"""The files beside the page (tệp kèm theo): everything published that is made from the records alone.

The CSV tables and the descriptor of the data package are written here; Word, PDF, workbook elsewhere.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.inputs.issued import replacement
from pipeline.inputs.peers import kept_peers
from pipeline.intake.rows import Intake
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.downloads import PDF, SCHEMA, SPREADSHEET, WORD
from pipeline.report.official import OfficialReport, official_report, own_template, write_docx, write_pdf
from pipeline.report.plan_words import data_title
from pipeline.report.published_column import ReportColumn, machine_columns
from pipeline.report.sheet import Sheet
from pipeline.report.spreadsheet import write_spreadsheet
from pipeline.report.words import Words
from pipeline.steps import read_record, to_json


def write_files(  # noqa: PLR0913, PLR0917 -- a call in another process takes strings alone
    work: str, input_id: str, issued: str, folder: str, draft: str = "", template: str = "", peers: str = ""
) -> None:
    """Write all of them into `folder`, from the records that the steps left in `work`.

    `issued` is the folder of the record of the issued report that this one replaces, `template` the Word template of
    the office, `peers` the file of what other places had published: each '' for none. `draft` is '' where the program
    is as it is committed.
    """
    completion = read_record(Path(work), Completion)
    intake = read_record(Path(work), Intake)
    replaced = replacement(Path(issued), completion) if issued else None
    sheet = Sheet(completion, Words("vi", "official"), kept_peers(Path(peers) if peers else None), input_id)
    official = official_report(completion, intake, uncommitted=bool(draft), replaced=replaced, sheet=sheet)
    write_docx(official, Path(folder) / WORD, own_template(Path(template)) if template else None)
    write_all(completion, intake, official, input_id, Path(folder))


def write_all(completion: Completion, intake: Intake, official: OfficialReport, input_id: str, folder: Path) -> None:
    """All but the Word file from the records themselves, and the official report made of them."""
    (folder / "completion.json").write_text(to_json(completion), "utf-8")
    write_indicators(completion, folder / "indicators.csv")
    write_tasks(completion, folder / "tasks.csv")
    write_spreadsheet(completion, input_id, folder / SPREADSHEET)
    write_pdf(official, folder / PDF)
    (folder / SCHEMA).write_text(completion_schema(), "utf-8")
    (folder / "datapackage.json").write_text(data_package(completion), "utf-8")


_Row = TypeVar("_Row", IndicatorResult, TaskResult)


def write_indicators(completion: Completion, path: Path) -> None:
    """Every row of every plan, over `INDICATOR_COLUMNS`."""
    _write(path, INDICATOR_COLUMNS, (row for plan in completion.plans for row in plan.indicators), completion)


def write_tasks(completion: Completion, path: Path) -> None:
    """Every task of every plan, over `TASK_COLUMNS`; `line` is that of the file the facts came from."""
    _write(path, TASK_COLUMNS, (row for plan in completion.plans for row in plan.tasks), completion)


def _write(path: Path, columns: Sequence[ReportColumn[_Row]], rows: Iterable[_Row], completion: Completion) -> None:
    declared = machine_columns(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.key for column, _ in declared)
        writer.writerows([text(row, completion) for _, text in declared] for row in rows)


@cache
def completion_schema() -> str:
    """The schema as text, made from the records themselves: it cannot differ from what is written."""
    return _json(TypeAdapter(Completion).json_schema(mode="serialization"))


def data_package(completion: Completion) -> str:
    """The descriptor: name, type and title of every column, and where the schema of the JSON is."""
    words = Words("vi", "data")
    title = data_title(completion, words)
    marks = [words.text("synthetic")] if completion.synthetic else []
    marks += [words.text("unreviewed", plans="; ".join(completion.unreviewed))] if completion.unreviewed else []
    note = f" ({'; '.join(marks)})" if marks else ""
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
