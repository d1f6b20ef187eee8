"""The files beside the page (tệp kèm theo): everything published that is made from the records alone."""

from __future__ import annotations

from pathlib import Path

from pipeline.completion.records import Completion
from pipeline.completion.summary import summarised
from pipeline.inputs.describe import ROOTS
from pipeline.inputs.draft import is_draft
from pipeline.inputs.issued import Replacement, replacement
from pipeline.intake.result import Intake
from pipeline.report.csv_tables import write_indicators, write_tasks
from pipeline.report.official import official_report, write_docx, write_pdf
from pipeline.report.package import PDF, SCHEMA, SPREADSHEET, WORD, completion_schema, data_package
from pipeline.report.spreadsheet import write_spreadsheet
from pipeline.steps import read_record, to_json


def write_files(work: str, input_id: str, issued: str, folder: str) -> None:
    """Write all of them into `folder`, from the records that the steps left in `work`.

    `issued` is the folder of the record of the issued report that this one replaces, '' for none.
    """
    completion = read_record(Path(work), Completion)
    intake = read_record(Path(work), Intake)
    replaced = replacement(Path(issued), completion) if issued else None
    write_all(completion, intake, input_id, Path(folder), replaced)


def write_all(
    completion: Completion, intake: Intake, input_id: str, folder: Path, replaced: Replacement | None = None
) -> None:
    """The same from the records themselves."""
    (folder / "completion.json").write_text(to_json(completion), "utf-8")
    write_indicators(completion, folder / "indicators.csv")
    write_tasks(completion, folder / "tasks.csv")
    write_spreadsheet(completion, input_id, folder / SPREADSHEET)
    official = official_report(completion, intake, uncommitted=is_draft(*ROOTS), replaced=replaced)
    write_docx(official, folder / WORD)
    write_pdf(official, folder / PDF)
    (folder / SCHEMA).write_text(completion_schema(), "utf-8")
    (folder / "datapackage.json").write_text(data_package(completion), "utf-8")
    (folder / "summary.json").write_text(to_json(summarised(completion, len(intake.out))), "utf-8")
