"""The receipt of a file (phiếu tiếp nhận): what was accepted, what was not, cell by cell, and how to fix it.

Beside the page are the list of its points as CSV and, for workbooks and tables of Word, a marked workbook; for a PDF
that was sent alone, the proposal made of it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import Finding, Question
from pipeline.intake.asked import FollowUp
from pipeline.intake.reader import DELIMITED, PROPOSAL
from pipeline.intake.revisions import Accepted, describe
from pipeline.intake.rows import Intake, Observation, Quarantined, RowFinding
from pipeline.intake.suites import SEVERITY
from pipeline.paths import LONGEST_NAME
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.report.render import PAGE, check_page
from pipeline.report.templating import environment
from pipeline.report.words import VIETNAMESE
from pipeline.senders.outliers import QUESTION

CHECKED = "Kết quả kiểm tra"
"""The sheet added to a marked workbook; `data/raw/headings.yaml` lists it as not read."""
HEADINGS = ("Trang", "Ô", "Mức", "Điều sai hoặc cần xem", "Cách sửa", "Quy tắc")
"""Of the list of points, as a sheet and as CSV."""
MARKED = (".xlsx", ".xlsm", ".xls", ".ods", ".docx")
"""Endings of the files that come back as a marked workbook; of delimited text one does where there is a question."""
SEVERITIES = SEVERITY | {QUESTION: "hỏi lại"}
"""How strict a point is, with its word; a question only asks."""
# Spreadsheets run a text that begins with one of these (CWE-1236), so a quote is put before it.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ReceiptPoint:
    """One thing to look at: where, which rule, what is wrong, how to fix it."""

    severity: str
    sheet: str
    cell: str
    rule: str
    message: str
    remedy: str
    question: Question | None = None

    @property
    def place(self) -> str:
        """The cell to look at: “Chỉ tiêu”!G7; without the sheet for CSV."""
        return f"“{self.sheet}”!{self.cell}" if self.sheet else self.cell

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of one line of the list of points, in the order of its headings."""
        return self.sheet, self.cell, SEVERITIES[self.severity], self.message, self.remedy, self.rule


@dataclass(frozen=True)
class Understood:
    """How an accepted row was read."""

    place: str
    code: str
    value: str
    day: str


@dataclass(frozen=True)
class Receipt:
    """Everything that the answer to one file says."""

    file: str
    sha256: str
    received: int = 0
    unfilled: int = 0
    out: tuple[Quarantined, ...] = ()
    points: tuple[ReceiptPoint, ...] = ()
    refused: tuple[ReceiptPoint, ...] = ()
    understood: tuple[Understood, ...] = ()
    part: str = ""
    """The agency whose part the file is (phần của cơ quan), by its name; '' for a file of the whole locality."""
    lacking: tuple[str, ...] = ()
    """Of a part: the rows asked of the agency about which none of the files says anything, by code and name."""
    follow_ups: tuple[FollowUp, ...] = ()
    """What is asked about reports of the locality and not answered (chưa trả lời)."""

    @property
    def name(self) -> str:
        """The name of the file without its folders."""
        return self.file.rpartition("/")[2]

    @property
    def accepted(self) -> int:
        """Rows that are used, including those with warnings."""
        return self.received - len(self.out)

    @property
    def critical(self) -> list[ReceiptPoint]:
        """Points that kept a row out (mức loại)."""
        return [p for p in self.points if p.severity == "critical"]

    @property
    def warned(self) -> list[ReceiptPoint]:
        """Points of rows that are used but should be looked at (cảnh báo)."""
        return [p for p in self.points if p.severity == "warning"]

    @property
    def noted(self) -> list[ReceiptPoint]:
        """Points that only say how something was read (lưu ý)."""
        return [p for p in self.points if p.severity == "info"]

    @property
    def questions(self) -> list[ReceiptPoint]:
        """Points that ask whether a value is right; it is used as it was sent (hỏi lại)."""
        return [p for p in self.points if p.severity == QUESTION]

    @property
    def page_name(self) -> str:
        """The name of the page in the folder of receipts."""
        return f"{self._short}.phieu.html"

    @property
    def _short(self) -> str:
        """The name of the file; of one refused for its length the beginning and a hash: endings are put after it."""
        whole = self.name.encode()
        if len(whole) <= LONGEST_NAME:
            return self.name
        return f"{whole[: LONGEST_NAME - 13].decode('utf-8', 'ignore')}-{hashlib.sha256(whole).hexdigest()[:12]}"

    @property
    def asked(self) -> bool:
        """Whether an answer to a question mends what the file is refused for."""
        return any(point.question is not None for point in self.refused)

    @property
    def proposed(self) -> bool:
        """Whether what was read of the file, a PDF, goes back as a proposal that a person confirms."""
        return any(point.rule == "unconfirmed" for point in self.refused)

    @property
    def beside(self) -> tuple[str, ...]:
        """The names of the list of points and of the workbook that goes back, if one does.

        A marked copy where tables could be read or are asked about; the proposal that is made of a PDF.
        """
        points, name = f"{self._short}.loi.csv", self.name.lower()
        if self.proposed:
            return points, f"{self._short}{PROPOSAL}"
        marked = name.endswith(MARKED) and (not self.refused or self.asked)
        marked = marked or (name.endswith(DELIMITED) and self.asked)
        return (points, f"{self._short}.danh-dau.xlsx") if marked else (points,)


def receipts(
    intake: Intake, asked: Iterable[RowFinding] = (), rows_of: Mapping[str, Sequence[str]] | None = None
) -> list[Receipt]:
    """One receipt for every file of a period, in the order of their names, with what is asked about its values.

    `rows_of`: of each agency with a part, the rows that it is asked for and nobody answered.
    """
    questions, lacking = tuple(asked), rows_of or {}
    made = [_receipt(file, intake, questions) for file in dict.fromkeys(f.file for f in intake.files)]
    return [replace(one, lacking=tuple(lacking.get(one.part, ()))) for one in made]


def refused_file(file: str, sha256: str, findings: Iterable[Finding]) -> Receipt:
    """The receipt of a file that is refused whole."""
    points = (ReceiptPoint("critical", "", f.place, f.rule, f.message, f.remedy, f.question) for f in findings)
    return Receipt(file, sha256, refused=tuple(points))


def _receipt(file: str, intake: Intake, questions: tuple[RowFinding, ...]) -> Receipt:
    tables = [f for f in intake.files if f.file == file]
    out = tuple(q for q in intake.quarantined if q.origin.file == file)
    findings = [f for q in out for f in q.findings]
    findings += [f for f in (*intake.findings, *questions) if f.origin.file == file]
    return Receipt(
        file=file,
        sha256=tables[0].sha256,
        received=sum(t.rows for t in tables),
        unfilled=sum(t.unfilled for t in tables),
        out=out,
        points=(*map(_point, findings), *_remarks(file, intake)),
        understood=tuple(_understood(r) for r in _records(intake) if r.origin.file == file),
        part=tables[0].part,
        follow_ups=tuple(f for f in intake.follow_ups if f.answer is None),
    )


def _point(finding: RowFinding) -> ReceiptPoint:
    sheet, cell = finding.origin.sheet, finding.origin.cell_of_sheet
    return ReceiptPoint(finding.severity, sheet, cell, finding.rule, finding.message, finding.remedy)


def _remarks(file: str, intake: Intake) -> Iterator[ReceiptPoint]:
    for remark in intake.remarks:
        if remark.file == file:
            yield ReceiptPoint("info", "", remark.place, remark.rule, f"không đọc: {remark.message}", remark.remedy)


def _understood(record: Accepted) -> Understood:
    if isinstance(record, Observation):
        value = VIETNAMESE.measured(record.value, record.unit)
        shown = VIETNAMESE.text(f"status.{record.absence}") if record.absence else value
        return Understood(record.origin.cell, record.code, shown, VIETNAMESE.date(record.as_of))
    return Understood(record.origin.cell, record.code, describe(record), "")


def _records(intake: Intake) -> Iterator[Accepted]:
    yield from intake.observations
    yield from intake.tasks
    yield from intake.reported


def receipt_page(receipt: Receipt, locality: Locality, period: Period) -> str:
    """The receipt as one static page. Raises InternalError if it would hold active content."""
    css = (PAGE / "page.css").read_text("utf-8")
    template = environment(Path(__file__).parent).get_template("receipt.html.j2")
    from markupsafe import Markup

    page = template.render(receipt=receipt, locality=locality, period=period, css=Markup(css))  # noqa: S704 - our file
    check_page(page)
    return page


def points_csv(receipt: Receipt) -> str:
    """The points as a table for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for p in (*receipt.refused, *receipt.points):
        writer.writerow([f"'{cell}" if cell.startswith(_ACTIVE) else cell for cell in p.cells])
    return text.getvalue()
