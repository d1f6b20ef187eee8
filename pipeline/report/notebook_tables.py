"""Tables of the first two notebooks in the words of the page (bảng trong sổ tay), beside their frames.

They present records and compute nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.report.catalogues import NO_VALUE
from pipeline.report.columns import INDICATOR_COLUMNS
from pipeline.report.published_column import notebook_columns
from pipeline.report.words import VIETNAMESE, Words


@dataclass(frozen=True)
class NotebookTable:
    """A table that Jupyter shows with every row and every letter, whatever the settings of pandas are."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def _repr_html_(self) -> str:
        """With the classes of pandas: Jupyter styles by the first; by the others two dollar signs make no formula."""
        head, body = _line("th", self.columns), "".join(_line("td", row) for row in self.rows)
        classes = "dataframe tex2jax_ignore mathjax_ignore"
        return f'<table class="{classes}"><thead>{head}</thead><tbody>{body}</tbody></table>'

    def __repr__(self) -> str:
        return f"NotebookTable({len(self.rows)} dòng)"


def _line(tag: str, cells: Iterable[object]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(str(cell), quote=False)}</{tag}>' for cell in cells)}</tr>\n"


def rules(intake: Intake) -> NotebookTable:
    """Every broken rule with its lines, and the number of the others."""
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


def balance(intake: Intake) -> str:
    """Rows received = rows accepted + rows quarantined, as a sentence."""
    replaced = f" (trong đó {intake.replaced} dòng đã có bản mới thay)" if intake.replaced else ""
    return (
        f"{intake.received} dòng nhận = {intake.accepted} dòng dùng{replaced} + {len(intake.quarantined)} dòng bị loại"
    )


def method(completion: Completion) -> NotebookTable:
    """What decides a status: the id of the method, its calendar, thresholds and windows."""
    m, steps = completion.method, completion.method.linear
    on, risk, late = (VIETNAMESE.number(x) for x in (steps.on_track, steps.at_risk, steps.late))
    return NotebookTable(
        ("điều", "theo phương pháp này"),
        [
            ("phương pháp", m.id),
            ("lịch chốt số liệu", f"{m.calendar_in_use.name}: {m.calendar_in_use.source}"),
            ("kỳ", f"từ {VIETNAMESE.date(completion.start)} đến {VIETNAMESE.date(completion.cut_off)}"),
            ("tiến độ", f"từ {on} đúng tiến độ; từ {risk} có nguy cơ chậm; từ {late} chậm; dưới đó là kém hơn trước"),
            ("một số liệu được dùng", f"đến trước ngày chốt năm thứ {m.value_serves_years} sau năm của nó"),
            ("nhiệm vụ thường xuyên", f"báo cáo {m.recurring_months} tháng một lần nếu kế hoạch không ghi"),
        ],
    )


def rates(completion: Completion) -> NotebookTable:
    """The counts of every rate: one line for all plans together, one for each plan."""
    rows = [("tất cả kế hoạch đang thực hiện", *_counts(completion.rate))]
    rows += [(plan.id, *_counts(plan.rate)) for plan in completion.plans]
    columns = ("kế hoạch", "được tính", "đạt", "chưa đạt", "không đủ căn cứ", "chưa có số liệu")
    return NotebookTable((*columns, "chỉ có số liệu trước kỳ", "cận dưới", "cận trên"), rows)


def indicators(completion: Completion) -> NotebookTable:
    """Every row of every plan, over `INDICATOR_COLUMNS`."""
    words, columns = Words("vi", "data"), notebook_columns(INDICATOR_COLUMNS)
    rows = [row for plan in completion.plans for row in plan.indicators]
    return NotebookTable(
        tuple(words.text(f"notebook.{column.key}") for column, _ in columns),
        [tuple(text(row, completion, words) for _, text in columns) for row in rows],
    )


def tasks(completion: Completion) -> NotebookTable:
    """Number of tasks by status; the counts add up to the number assigned."""
    counts = completion.task_counts
    rows = [(VIETNAMESE.task_status(status), number) for status, number in counts.by_status.items()]
    return NotebookTable(("tình trạng", "số nhiệm vụ"), [*rows, ("tổng số được giao", counts.assigned)])


def differences(completion: Completion) -> NotebookTable:
    """Clauses on one concept that differ in more than wording, with the texts of both."""
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
        rate.older,
        f"{rate.met}/{rate.total}" if rate.total else NO_VALUE,
        f"{rate.met_at_most}/{rate.total}" if rate.total else NO_VALUE,
    )
