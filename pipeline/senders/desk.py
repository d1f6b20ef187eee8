"""The verbs around a submission: sending out the form, answering the sender."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DataError, NoInputError
from pipeline.intake.cells import Line, column_letter
from pipeline.intake.faults import FileFaultError
from pipeline.intake.headings import read_forms
from pipeline.intake.inbox import read_content, submission_files
from pipeline.intake.reader import read_grids, refusal, submission_of
from pipeline.intake.rows import Observation
from pipeline.intake.sheets import Row
from pipeline.intake.validate import earlier_records
from pipeline.paths import Layout
from pipeline.progress import Say
from pipeline.report import notebook_tables as shown
from pipeline.senders.form import form_of, write_template
from pipeline.senders.receipt import Receipt, receipts, receive
from pipeline.steps import Run


def make_template(run: Run, say: Say) -> Path:
    """Write the form of a locality and period beside its processed data; gives its path."""
    try:
        earlier = earlier_records(run.layout, run.registry, run.locality.slug, run.period)
    except DataError as error:
        say(f"Không lấy được giá trị kỳ trước, cột “Kỳ trước” để trống.\n{error}")
        earlier = ()
    values = [record for record in earlier if isinstance(record, Observation)]
    form = form_of(run.registry, run.locality, run.period, values)
    if not form.indicators and not form.tasks:
        raise NoInputError(
            f"{run.locality.full_name} không có kế hoạch nào đang áp dụng trong {run.period.label.lower()}."
        )
    path = run.work / f"bieu-mau-{run.locality.slug}-{run.period}.xlsx"
    write_template(form, path)
    say(f"{len(form.indicators)} chỉ tiêu, {len(form.tasks)} nhiệm vụ")
    return path


def validate_and_answer(run: Run) -> Iterator[str]:
    """Check what was sent and write the receipts; gives the lines for the terminal, a table last."""
    if not submission_files(run.layout, run.locality.slug, run.period):
        folder = run.layout.relative(run.layout.submissions / run.locality.slug / str(run.period))
        raise NoInputError(f"Chưa có tệp nào trong {folder}/. Biểu mẫu: make template")
    intake = receive(run)
    answered = receipts(intake)
    for receipt in answered:
        for point in (*receipt.critical, *receipt.warned):
            mark = "loại" if point.severity == "critical" else "cảnh báo"
            yield f"{receipt.file}, {point.place}: {mark}: {point.message} [{point.rule}] → {point.remedy}"
    yield from _aligned([_HEAD, *map(_line, answered)])
    yield shown.balance(intake)
    yield f"Phiếu tiếp nhận: {run.layout.relative(run.work / 'receipts')}/"


_HEAD = ("tệp", "nhận", "dùng", "loại", "cảnh báo", "để trống")


def _line(receipt: Receipt) -> tuple[str, ...]:
    numbers = (receipt.received, receipt.accepted, len(receipt.out), len(receipt.warned), receipt.unfilled)
    return (receipt.name, *map(str, numbers))


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        yield "  ".join([first.ljust(widths[0]), *(text.rjust(w) for text, w in zip(rest, widths[1:], strict=True))])


def describe_file(path: Path, layout: Layout) -> str:
    """How a file is read, as JSON: every sheet with its cells, and the tables recognised in it.

    Raises DataError if the file would be refused before its headings are looked at.
    """
    try:
        content = read_content(path)
        grids = read_grids(content, path.name)
    except FileFaultError as fault:
        raise refusal(path.name, fault) from fault
    try:
        submission = submission_of(grids, path.name, content, read_forms(layout.headings))
        found = [
            {"kind": t.kind, "sheet": t.name, "line": t.first_line, "rows": [_shown(row) for row in t.rows]}
            for t in submission.tables
        ]
        said = [str(remark) for remark in submission.remarks]
    except FileFaultError as fault:
        found, said = [], [str(refusal(path.name, fault).findings[0])]
    sheets = [
        {
            "sheet": grid.name,
            "hidden": grid.hidden,
            "lines": [_shown_line(line) for line in grid.lines],
        }
        for grid in grids
    ]
    return json.dumps({"sheets": sheets, "tables": found, "remarks": said}, ensure_ascii=False, indent=1)


def _shown_line(line: Line) -> dict[str, object]:
    shown: dict[str, object] = {"line": line.number, "cells": list(line.texts)}
    faults = {column_letter(column): cell.fault for column, cell in enumerate(line.cells) if cell.fault}
    return shown | ({"hidden": True} if line.hidden else {}) | ({"faults": faults} if faults else {})


def _shown(row: Row) -> dict[str, object]:
    return {"line": row.origin.line, "cells": {k: v for k, v in row.cells.items() if v}, "faults": row.faults}
