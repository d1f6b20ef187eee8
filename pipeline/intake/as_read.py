"""How one file is read (`make read`): its cells as found, and the tables recognised among them."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.intake.cells import Line, column_letter
from pipeline.intake.faults import FileFaultError
from pipeline.intake.headings import read_forms
from pipeline.intake.inbox import read_content
from pipeline.intake.reader import read_grids, refusal, submission_of
from pipeline.intake.sheets import SubmittedRow
from pipeline.paths import Layout


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
        tables = [
            {"kind": t.kind, "sheet": t.name, "line": t.first_line, "rows": [_row(row) for row in t.rows]}
            for t in submission.tables
        ]
        remarks = [str(remark) for remark in submission.remarks]
    except FileFaultError as fault:
        tables, remarks = [], [str(refusal(path.name, fault).findings[0])]
    sheets = [{"sheet": g.name, "hidden": g.hidden, "lines": [_line(line) for line in g.lines]} for g in grids]
    return json.dumps({"sheets": sheets, "tables": tables, "remarks": remarks}, ensure_ascii=False, indent=1)


def _row(row: SubmittedRow) -> dict[str, object]:
    return {"line": row.origin.line, "cells": {k: v for k, v in row.cells.items() if v}, "faults": row.faults}


def _line(line: Line) -> dict[str, object]:
    shown: dict[str, object] = {"line": line.number, "cells": list(line.texts)}
    faults = {column_letter(column): cell.fault for column, cell in enumerate(line.cells) if cell.fault}
    return shown | ({"hidden": True} if line.hidden else {}) | ({"faults": faults} if faults else {})
