"""What the notebooks of the first two steps show (bảng trong sổ tay): whole tables in Vietnamese, one a question.

They present records and compute nothing. The page is made of `page` and its templates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion
from pipeline.intake.result import Intake
from pipeline.intake.rows import FileKind
from pipeline.report.cell_texts import value_with_unit
from pipeline.report.columns import INDICATOR_COLUMNS, notebook_columns
from pipeline.report.language import NO_VALUE
from pipeline.report.words import VIETNAMESE, Words

if TYPE_CHECKING:
    import pandas as pd

_KINDS = {FileKind.OBSERVATIONS: "chỉ tiêu", FileKind.TASKS: "nhiệm vụ", FileKind.REPORTED: "số đã công bố"}


@dataclass(frozen=True)
class NotebookTable:
    """A table as Jupyter shows it: every row and every letter, whatever pandas is set to on a machine."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def _repr_html_(self) -> str:
        with _whole():
            return self._frame().to_html(index=False, border=0)

    def __repr__(self) -> str:
        with _whole():
            return self._frame().to_string(index=False)

    def _frame(self) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=list(self.columns))


@contextmanager
def _whole() -> Iterator[None]:
    import pandas as pd

    whole = {f"display.{name}": None for name in ("max_colwidth", "max_rows", "max_columns", "width")}
    # Text between two dollar signs would be set as a formula: money in a note would read differently.
    with pd.option_context({**whole, "display.html.use_mathjax": False}):
        yield


def files(intake: Intake) -> NotebookTable:
    """Files received: path, what it holds, rows, SHA-256."""
    rows = [(f.file, _KINDS[f.kind], f.rows, f.sha256) for f in intake.files]
    return NotebookTable(("tệp", "loại", "số dòng", "SHA-256"), rows)


def rules(intake: Intake) -> NotebookTable:
    """Every rule that a row breaks, with the lines; of the others how many there are."""
    broken = [
        (r.file, r.rule, VIETNAMESE.text(f"severity.{r.severity}"), r.message, f"dòng {', '.join(map(str, r.lines))}")
        for r in intake.results
        if not r.holds
    ]
    held = sum(r.holds for r in intake.results)
    return NotebookTable(
        ("tệp", "quy tắc", "mức", "điều bị coi là lỗi", "kết quả"),
        [*broken, ("mọi tệp", f"{held} quy tắc khác", "", "", "không dòng nào vi phạm")],
    )


def accepted(intake: Intake) -> NotebookTable:
    """Accepted values with the cell they came from."""
    return NotebookTable(
        ("chỉ tiêu", "giá trị", "tính đến", "tệp, ô", "cảnh báo"),
        [
            (
                o.code,
                value_with_unit(o, VIETNAMESE),
                VIETNAMESE.date(o.as_of),
                f"{o.origin.file} {o.origin.cell}",
                ", ".join(o.flags),
            )
            for o in intake.observations
        ],
    )


def quarantined(intake: Intake) -> NotebookTable:
    """Rows kept out, with the reason and the remedy."""
    return NotebookTable(
        ("tệp, ô", "lý do và cách sửa"),
        [(f"{q.origin.file} {q.origin.cell}", "; ".join(q.messages)) for q in intake.quarantined],
    )


def balance(intake: Intake) -> str:
    """The sentence that must always be true."""
    replaced = f" (trong đó {intake.replaced} dòng đã có bản mới thay)" if intake.replaced else ""
    return (
        f"{intake.received} dòng nhận = {intake.accepted} dòng dùng{replaced} + {len(intake.quarantined)} dòng bị loại"
    )


def method(completion: Completion) -> NotebookTable:
    """What decides a word: the id of the method, its calendar, its thresholds and windows."""
    m, steps = completion.method, completion.method.linear
    on, risk, late = (VIETNAMESE.number(x) for x in (steps.on_track, steps.at_risk, steps.late))
    return NotebookTable(
        ("điều", "theo phương pháp này"),
        [
            ("phương pháp", m.id),
            ("lịch chốt số liệu", f"{m.calendar_in_use.name}: {m.calendar_in_use.source}"),
            ("kỳ", f"từ {VIETNAMESE.date(completion.start)} đến {VIETNAMESE.date(completion.cut_off)}"),
            ("tiến độ", f"từ {on} đúng tiến độ; từ {risk} có nguy cơ chậm; từ {late} chậm; dưới đó là đi lùi"),
            ("một số liệu được dùng", f"đến trước ngày chốt năm thứ {m.value_serves_years} sau năm của nó"),
            ("nhiệm vụ thường xuyên", f"báo cáo {m.recurring_months} tháng một lần nếu kế hoạch không ghi"),
        ],
    )


def rates(completion: Completion) -> NotebookTable:
    """One line for all plans together and one for each plan: the counts every rate is made of."""
    rows = [("tất cả kế hoạch còn hiệu lực", *_counts(completion.rate))]
    rows += [(plan.id, *_counts(plan.rate)) for plan in completion.plans]
    columns = ("kế hoạch", "được tính", "đạt", "chưa đạt", "không đủ căn cứ", "chưa có số liệu", "cận dưới", "cận trên")
    return NotebookTable(columns, rows)


def indicators(completion: Completion) -> NotebookTable:
    """Every row of every plan with its target, value and status."""
    words, columns = Words("vi", "data"), notebook_columns(INDICATOR_COLUMNS)
    rows = [row for plan in completion.plans for row in plan.indicators]
    return NotebookTable(
        tuple(words.text(f"notebook.{column.key}") for column, _ in columns),
        [tuple(text(row, completion, words) for _, text in columns) for row in rows],
    )


def tasks(completion: Completion) -> NotebookTable:
    """Tasks by status; the counts add up to the number assigned."""
    counts = completion.task_counts
    rows = [(VIETNAMESE.task_status(status), number) for status, number in counts.by_status.items()]
    return NotebookTable(("tình trạng", "số nhiệm vụ"), [*rows, ("tổng số được giao", counts.assigned)])


def differences(completion: Completion) -> NotebookTable:
    """Clauses on one concept that differ in more than their wording, each with what it says."""
    return NotebookTable(
        ("điều khoản", "khác nhau ở", "điều khoản thứ nhất ghi", "điều khoản thứ hai ghi"),
        [
            (" và ".join(c.code for c in conflict.clauses), VIETNAMESE.text(f"difference.{d.kind}"), *d.texts[:2])
            for conflict in completion.conflicts
            for d in conflict.differences
            if d.kind != "wording"
        ],
    )


def _counts(rate: Rate) -> tuple[object, ...]:
    return (
        rate.total,
        rate.met,
        rate.not_met,
        rate.undecidable,
        rate.absent,
        f"{rate.met}/{rate.total}" if rate.total else NO_VALUE,
        f"{rate.met_at_most}/{rate.total}" if rate.total else NO_VALUE,
    )
