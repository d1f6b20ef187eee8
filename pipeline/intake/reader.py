"""Files of a locality, .csv or .xlsx, into rows that know their file, sheet and cell.

Headings tell which column is which; no value is interpreted here. What is not read (hidden sheets, columns without a
known heading, lines outside tables) is reported, never dropped silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import DataError, Finding
from pipeline.intake.answers import answers_in, read_answers
from pipeline.intake.cells import FileFaultError, Grid, Line, column_letter
from pipeline.intake.delimited import read_delimited
from pipeline.intake.file_names import refuse_name
from pipeline.intake.headings import Forms, read_forms
from pipeline.intake.inbox import EVIDENCE, read_content, sent_files
from pipeline.intake.kinds_of_file import refuse_kind
from pipeline.intake.legacy import refuse_legacy, refuse_legacy_headings
from pipeline.intake.missing_heading import only_pictures, without_heading
from pipeline.intake.row_scope import DocumentTitles, settled
from pipeline.intake.scope import Whose
from pipeline.intake.sheets import SEARCHED, SubmittedRow, SubmittedTable, tables_of
from pipeline.intake.workbook import read_in_child
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key

PROPOSAL = ".de-nghi.xlsx"
"""Ending of the workbook that is proposed for a PDF (sổ đề nghị)."""
DELIMITED = (".csv", ".txt")
"""Endings of delimited text; Excel gives .txt to what it calls Unicode Text."""
SHORT = 256 * 1024
"""Bytes of text that need no child: reading takes time and memory in proportion, at most 0.6 s and 20 MiB."""


@dataclass(frozen=True)
class Submission:
    """One file as read: its tables, and remarks on the rest."""

    file: str
    sha256: str
    tables: tuple[SubmittedTable, ...]
    remarks: tuple[Finding, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    """Code of a question → the answer chosen in this file."""
    part: str = ""
    """The agency whose part of the answer it is, by its name; '' for a file of the whole locality."""


def read_submissions(
    layout: Layout,
    locality: str,
    period: Period,
    wanted: Callable[[str], bool] = lambda file: True,
    whose: Whose | None = None,
) -> list[Submission]:
    """The wanted files of a period; `whose` knows the locality, and what was answered in workbooks of earlier ones.

    Raises DataError naming every file that cannot be read as a whole, or about which there is a question.
    """
    forms = read_forms(layout.headings)
    submissions: list[Submission] = []
    findings: list[Finding] = []
    sent = [p for p in sent_files(layout, locality, period) if wanted(p.name)]
    tables = [p for p in sent if p.suffix.lower() not in EVIDENCE]
    beside = [p.name for p in sent if tables and p not in tables]
    only_words = [p for p in tables if p.suffix.lower() in (".docx", ".txt")]
    for path in (p for p in sent if p.name in beside):
        findings += _name_faults(path, layout)
    opened = [_open(path, layout) for path in tables or sent]
    # A workbook that came back with answers answers for the file that was asked about, too.
    chosen = {code: text for one in opened if isinstance(one, _Opened) for code, text in answers_in(one.grids).items()}
    whose = whose or Whose(period)
    whose = replace(whose, answers={**whose.answers, **read_answers(layout, locality, period), **chosen})
    for path, one in zip(tables or sent, opened, strict=True):
        try:
            if isinstance(one, DataError):
                raise one
            submissions.append(one.read(forms, whose))
        except DataError as error:
            nothing = {finding.rule for finding in error.findings} <= {"empty", "header"}
            if nothing and path in only_words and len(only_words) < len(tables):
                beside.append(path.name)
            else:
                findings += error.findings
    if findings:
        raise DataError("Có tệp không đọc được, báo cáo chưa được lập:", findings)
    if submissions:
        submissions[0] = _with_companions(submissions[0], beside)
    return submissions


def _name_faults(path: Path, layout: Layout) -> Sequence[Finding]:
    """What is wrong with the name of a file that is kept and not read."""
    try:
        refuse_name(path.name)
    except FileFaultError as fault:
        return refusal(layout.relative(path), fault).findings
    return ()


def _with_companions(submission: Submission, names: Sequence[str]) -> Submission:
    """The submission with a remark on every signed copy or picture that lies beside it."""
    message = "tệp kèm theo được giữ làm minh chứng, không lấy số liệu"
    remarks = (Finding(submission.file, f"tệp “{name}”", "companion", message) for name in names)
    return replace(submission, remarks=(*submission.remarks, *remarks))


@dataclass(frozen=True)
class _Opened:
    """A file as its bytes and sheets; the bytes that are hashed are the bytes that are parsed."""

    file: str
    content: bytes
    grids: list[Grid]

    def read(self, forms: Forms, whose: Whose) -> Submission:
        """Its tables. Raises DataError if it cannot be read as a whole."""
        try:
            read = submission_of(self.grids, self.file, self.content, forms, whose)
        except FileFaultError as fault:
            raise _with_proposal(self.file, refusal(self.file, fault)) from fault
        if any(grid.printed_at for grid in self.grids):
            raise _with_proposal(self.file)
        return read


def _with_proposal(file: str, error: DataError | None = None) -> DataError:
    """The error by which a PDF is refused: what was read of it is a proposal, which its receipt brings.

    With what else was found in it; of any other file `error` as it is.
    """
    if error and Path(file).suffix.lower() != ".pdf":
        return error
    name = file.rpartition("/")[2]
    message = (
        f"chưa dùng số liệu nào trong tệp PDF: các bảng được chép thành sổ đề nghị {name}{PROPOSAL}, cạnh phiếu này"
    )
    remedy = (
        "so từng dòng của sổ ấy với bản giấy (trang “Đối chiếu” ghi chỗ in), sửa chỗ khác, rồi đặt sổ vào thư mục của "
        "kỳ này, ngày gửi ở đầu tên (2026-04-05-….xlsx); tệp PDF để bên cạnh làm minh chứng"
    )
    asked = refusal(file, FileFaultError("unconfirmed", "tệp", message, remedy))
    return DataError(str(asked).partition("\n")[0], [*(error.findings if error else ()), *asked.findings])


def _open(path: Path, layout: Layout) -> _Opened | DataError:
    """A file of a period, read once, or why it cannot be."""
    file = layout.relative(path)
    try:
        content = read_content(path)
        return _Opened(file, content, read_grids(content, file))
    except FileFaultError as fault:
        return refusal(file, fault)


def parse(
    content: bytes, file: str, forms: Forms, period: Period | None = None, whose: Whose | None = None
) -> Submission:
    """The tables of a file. Raises DataError if it cannot be read as a whole."""
    whose = whose or Whose(period)
    try:
        grids = read_grids(content, file)
    except FileFaultError as fault:
        raise refusal(file, fault) from fault
    return _Opened(file, content, grids).read(forms, replace(whose, answers={**whose.answers, **answers_in(grids)}))


def read_grids(content: bytes, file: str) -> list[Grid]:
    """The sheets of a file as found, by the ending of its name. Raises FileFaultError."""
    ending = Path(file).suffix.lower()
    if not content.strip():
        raise FileFaultError("empty", "tệp", "tệp rỗng", "điền số liệu rồi gửi lại")
    refuse_kind(content, ending)
    if ending in DELIMITED and len(content) <= SHORT:
        return [read_delimited(content)]
    if ending in DELIMITED:
        return read_in_child(content, "csv")
    if ending in (".xlsx", ".xlsm", ".xls", ".ods", ".docx", ".pdf"):
        return read_in_child(content, ending[1:])
    raise FileFaultError(
        "format", "tệp", f"chưa nhận định dạng {ending or 'không đuôi'}", "lưu thành .xlsx hoặc .csv rồi gửi lại"
    )


def refusal(file: str, fault: FileFaultError) -> DataError:
    """The error by which a file is refused whole; its name is escaped where it cannot be printed."""
    if not file.isprintable():
        file = file.encode("unicode_escape", "backslashreplace").decode("ascii", "replace")
    finding = Finding(file, fault.place, fault.rule, fault.message, fault.remedy, fault.question)
    return DataError(f"Không đọc được {file}", [finding])


def submission_of(grids: Sequence[Grid], file: str, content: bytes, forms: Forms, whose: Whose) -> Submission:
    """The tables on the sheets of a file.

    Raises FileFaultError if there is none, a heading is doubtful, or all of it is another's.
    """
    digest = hashlib.sha256(content).hexdigest()
    whose, part = replace(whose, file=file), whose.agency_of(file)
    tables: list[SubmittedTable] = []
    remarks: list[Finding] = []
    unread: list[Finding] = []
    if (said := whose.other_in_name(file)) and (foreign := _of_another(said, "tệp", file, whose)):
        raise _fault(foreign)
    titles = DocumentTitles(whose)
    for grid in grids:
        place = f"trang “{grid.name}”"
        if above := titles.enter(grid):
            remarks.append(above)
            continue
        if grid.hidden:
            remarks.append(Finding(file, place, "hidden-sheet", "trang đang ẩn, không đọc", "bỏ ẩn nếu là số liệu"))
            continue
        if name_key(grid.name) in forms.unused_sheets:
            continue
        said = whose.other_in(grid.name, sheet=True)
        if said and (foreign := _of_another(said, place, grid.name, whose)):
            remarks.append(foreign)
            continue
        refuse_legacy(grid)
        refuse_legacy_headings(grid, forms.meanings.keys(), SEARCHED)
        found, unread_parts = tables_of(grid, digest, forms, whose)
        tables += found
        remarks += unread_parts
        if not found and any(not line.blank for line in grid.lines):
            unread.append(without_heading(grid, file, forms, whose))
    if not tables and not unread and any(grid.pictures for grid in grids):
        unread.append(only_pictures(file))
    if not tables:
        raise _fault(_why_nothing(file, remarks, unread))
    if not any(table.rows or table.unfilled for table in tables):
        raise FileFaultError("empty", "tệp", "chỉ có dòng tiêu đề, không có số liệu", "điền số liệu rồi gửi lại")
    return Submission(file, digest, tuple(tables), (*remarks, *unread), answers_in(grids), part)


def _fault(finding: Finding) -> FileFaultError:
    """A finding for which the whole file is refused."""
    fault = FileFaultError(finding.rule, finding.place, finding.message, finding.remedy)
    fault.question = finding.question
    return fault


def _of_another(said: str, place: str, about: str, whose: Whose) -> Finding | None:
    """The finding that a sheet or file is of another locality or period, unless its sender has said that it is not."""
    rule = "other-locality" if said.endswith(f"không phải {whose.own}") and whose.own else "other-period"
    return settled(rule, place, said, about.rpartition("/")[2], whose)


def _why_nothing(file: str, remarks: Sequence[Finding], unread: Sequence[Finding]) -> Finding:
    """Why there is no table: all is another's, no head was found, or there is nothing at all."""
    foreign = [remark for remark in remarks if remark.rule in ("other-locality", "other-period", "header")]
    nothing = Finding(file, "tệp", "empty", "không có trang nào có số liệu", "điền số liệu rồi gửi lại")
    return next(iter((*foreign, *unread, nothing)))


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
        submission = submission_of(grids, path.name, content, read_forms(layout.headings), Whose())
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
