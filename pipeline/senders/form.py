"""The form a locality fills in (biểu mẫu nhập số liệu): a workbook made from the registry.

Its columns are `INDICATORS` and `TASKS`. Its headings and codes are those the reader knows, so a returned form is read
without remarks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.completion.stages import (
    is_open_after,
    plan_state,
    shows_starting_point,
    stage_in_force,
    target_in_force,
)
from pipeline.completion.statuses import PlanState
from pipeline.errors import DataError, NoInputError
from pipeline.intake.rows import Observation
from pipeline.intake.shared_figures import computed_values
from pipeline.intake.subjects import CatalogueEntry
from pipeline.intake.validate import earlier_values
from pipeline.intake.values import COUNTING
from pipeline.plans.amend import amended, in_force
from pipeline.plans.formulas import shared_figures
from pipeline.plans.links import taken_lead
from pipeline.plans.models import Indicator, Locality, Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.targets import parse_target
from pipeline.plans.text import name_key
from pipeline.progress import Say
from pipeline.report.day_words import day_of
from pipeline.report.words import VIETNAMESE
from pipeline.senders.follow_up_sheet import add_follow_ups
from pipeline.steps import Run

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEAD = 4
"""Line of the column headings, above the rows to fill."""
_INPUT_COLOUR = "FFF9E5"
_HEAD_COLOUR = "DDE6F0"


@dataclass(frozen=True)
class FormColumn:
    """One column of the form: heading, width in characters, and the kind of input; '' for what is only shown."""

    heading: str
    width: int
    takes: str = ""


INDICATORS = (
    FormColumn("Mã", 13),
    FormColumn("Chỉ tiêu", 36),
    FormColumn("ĐVT", 8),
    FormColumn("Cơ quan chủ trì", 16),
    FormColumn("Mục tiêu", 11),
    FormColumn("Kỳ trước", 11),
    FormColumn("Tử số", 8, "count"),
    FormColumn("Mẫu số", 8, "count"),
    FormColumn("Kết quả", 8, "value"),
    FormColumn("Ngày số liệu", 11, "period-day"),
    FormColumn("Cách tính", 10, "basis"),
    FormColumn("Lý do không có số liệu", 12, "absence"),
    FormColumn("Tự đánh giá", 9, "claim"),
    FormColumn("Nguồn", 18, "text"),
    FormColumn("Minh chứng", 15, "text"),
    FormColumn("Ghi chú", 14, "text"),
)
"""The columns of the sheet of indicators, from the left."""
ESTIMATE = FormColumn("Ước thực hiện cả năm", 9, "value")
"""Beside the result in the report of December (ước thực hiện cả năm)."""
TASKS = (
    FormColumn("Mã", 13),
    FormColumn("Nhiệm vụ", 44),
    FormColumn("Cơ quan chủ trì", 20),
    FormColumn("Thời hạn", 13),
    FormColumn("Ngày bắt đầu", 11, "day"),
    FormColumn("Ngày hoàn thành", 11, "day"),
    FormColumn("Tạm dừng, hủy bỏ từ ngày", 12, "day"),
    FormColumn("Ngày báo cáo gần nhất", 12, "day"),
    FormColumn("Sản phẩm", 18, "text"),
    FormColumn("Minh chứng", 15, "text"),
    FormColumn("Nguồn", 15, "text"),
    FormColumn("Ghi chú", 14, "text"),
)
"""The columns of the sheet of tasks, from the left."""
_LISTS = {
    "basis": ("tại thời điểm", "trong kỳ", "lũy kế"),
    "absence": ("chưa có số liệu", "chưa đến hạn", "không áp dụng"),
    "claim": ("đạt", "không đạt"),
}
_RATIO = ("Tử số", "Mẫu số", "Kết quả")
INSTRUCTIONS = "Hướng dẫn"


@dataclass(frozen=True)
class Form:
    """The content of the workbook: per row, the cells that are only shown."""

    locality: Locality
    period: Period
    start: dt.date
    cut_off: dt.date
    indicators: tuple[tuple[str, ...], ...]
    tasks: tuple[tuple[str, ...], ...]
    figures: tuple[tuple[str, ...], ...] = ()
    """The shared figures (số liệu dùng chung), each once, whatever number of rows is computed from it."""
    computed: frozenset[str] = frozenset()
    """Codes of the rows that are computed from them: their result is not typed."""

    def is_locked(self, code: str, heading: str) -> bool:
        """Whether a cell that others fill in is closed in this row."""
        if code in self.computed:
            return heading in _RATIO
        return heading in _RATIO[:2] and any(code == figure for figure, *_ in self.figures)


def make_template(run: Run, say: Say) -> Path:
    """Write the form of a locality and period beside its processed data; gives its path.

    Raises NoInputError if no plan of the locality is in force then.
    """
    try:
        sent = earlier_values(run.layout, run.registry, run.locality.slug, run.period)
        earlier = (*sent, *computed_values(run.registry, run.locality.slug, sent))
    except DataError as error:
        say(f"Không lấy được giá trị kỳ trước, cột “Kỳ trước” để trống.\n{error}")
        earlier = ()
    form = form_of(run.registry, run.locality, run.period, earlier)
    if not form.indicators and not form.tasks:
        raise NoInputError(
            f"{run.locality.full_name} không có kế hoạch nào đang áp dụng trong kỳ “{run.period.label}”."
        )
    path = run.work / f"bieu-mau-{run.locality.slug}-{run.period}.xlsx"
    write_template(form, path)
    add_follow_ups(run, path)
    shared = f", {len(form.figures)} số liệu dùng chung" if form.figures else ""
    say(f"{len(form.indicators)} chỉ tiêu, {len(form.tasks)} nhiệm vụ{shared}")
    return path


def form_of(registry: Registry, locality: Locality, period: Period, earlier: Sequence[Observation]) -> Form:
    """The form of a period: indicators with a target to report on, and tasks, of the plans at its cut-off.

    They are those of plans in force; of a plan that has ended, what is due after it; of a plan that has not begun,
    the indicators, for their starting point.
    """
    calendar = registry.calendar
    cut_off = period.cut_off(calendar)
    plans = [amended(plan, in_force(plan, cut_off)) for plan in registry.plans_of(locality.slug)]
    asked = tuple(row for plan in plans for row in _indicator_rows(plan, registry, cut_off, earlier))
    codes = {code for code, *_ in asked}
    needed = {name: [r for r in rows if r in codes] for name, rows in shared_figures(plans).items()}
    return Form(
        locality=locality,
        period=period,
        start=period.start(calendar),
        cut_off=cut_off,
        indicators=asked,
        figures=tuple(_figure_row(registry, name, rows, earlier) for name, rows in needed.items() if rows),
        computed=frozenset(row for rows in needed.values() for row in rows),
        tasks=tuple(row for plan in plans for row in _task_rows(plan, registry, cut_off)),
    )


def _indicator_rows(
    plan: Plan, registry: Registry, cut_off: dt.date, earlier: Sequence[Observation]
) -> list[tuple[str, ...]]:
    stage = stage_in_force(plan, cut_off)
    state = plan_state(plan, cut_off)
    asked = state is PlanState.IN_FORCE or shows_starting_point(plan, state, cut_off, registry.calendar)
    rows: list[tuple[str, ...]] = []
    for indicator in plan.indicators:
        target = target_in_force(plan, indicator, stage, cut_off)
        if target is not None and (asked or (not target.yearly and is_open_after(plan, target.due, cut_off))):
            entry = CatalogueEntry(plan, indicator)
            lead = "; ".join(registry.agency_names(taken_lead(plan, indicator)[0], plan.locality))
            shown = _target(target.text, target.year) + (
                "; tính từ số liệu dùng chung ở cuối bảng" if indicator.formula else ""
            )
            rows.append((entry.code, indicator.name, indicator.unit, lead, shown, _last(entry, earlier)))
    return rows


def _figure_row(registry: Registry, name: str, rows: Sequence[str], earlier: Sequence[Observation]) -> tuple[str, ...]:
    figure, labels = registry.concept(name), (code.partition("/")[2] for code in rows)
    last = [o for o in earlier if o.concept == name and o.key is None and o.value is not None]
    return (name, figure.name, figure.units[0], figure.owner, f"để tính {', '.join(labels)}", _shown(last))


def _target(text: str, year: int | None) -> str:
    """'≥ 80% (2026)'; a span says its years itself: '100% (giai đoạn 2025-2027)'."""
    if parse_target(text).span_end:
        return text.replace("(", "(giai đoạn ", 1)
    return f"{text} ({year})" if year else text


def _task_rows(plan: Plan, registry: Registry, cut_off: dt.date) -> list[tuple[str, ...]]:
    asked = plan_state(plan, cut_off) is PlanState.IN_FORCE
    return [
        (CatalogueEntry(plan, t).code, t.name, "; ".join(registry.agency_names(t.lead, plan.locality)), t.deadline)
        for t in plan.assignments
        if not t.same_as and (asked or is_open_after(plan, t.due.due, cut_off))
    ]


def _last(entry: CatalogueEntry[Indicator], earlier: Sequence[Observation]) -> str:
    row = entry.row
    same = [
        o for o in earlier if o.code == entry.code or (o.concept, o.unit, o.scope) == (row.concept, row.unit, row.scope)
    ]
    return _shown([o for o in same if o.value is not None])


def _shown(values: Sequence[Observation]) -> str:
    """The newest of them with its day; '' for none."""
    last = max(values, key=lambda o: o.as_of, default=None)
    if last is None:
        return ""
    day = f"{last.as_of:%d/%m/%Y}" if last.as_of_stated else day_of(last, VIETNAMESE)
    return f"{last.text} ({day})"


def write_template(form: Form, path: Path) -> None:
    """Write the workbook, making its folder if needed."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    day = dt.datetime.combine(form.start, dt.time())
    book.properties.created = book.properties.modified = day
    book.properties.title = f"Biểu số liệu {form.locality.full_name}, {form.period.label}"
    book.properties.creator = ""
    rows = (*form.indicators, *form.figures)
    _table(book.create_sheet("Chỉ tiêu"), form, "Số liệu chỉ tiêu", _indicator_columns(form.period), rows)
    _table(book.create_sheet("Nhiệm vụ"), form, "Tiến độ nhiệm vụ", TASKS, form.tasks)
    _guide(book.create_sheet(INSTRUCTIONS), form)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _indicator_columns(period: Period) -> tuple[FormColumn, ...]:
    if period.part:
        return INDICATORS
    place = [column.heading for column in INDICATORS].index("Kết quả") + 1
    return (*INDICATORS[:place], ESTIMATE, *INDICATORS[place:])


def _table(
    sheet: Worksheet, form: Form, title: str, columns: Sequence[FormColumn], rows: Sequence[tuple[str, ...]]
) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
    from openpyxl.utils import get_column_letter

    line = Side(style="thin", color="B0B8C0")
    border = Border(top=line, bottom=line, left=line, right=line)
    font = "Times New Roman"
    _head(sheet, form, title)
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        head = sheet.cell(HEAD, number, column.heading)
        head.font = Font(name=font, bold=True, size=11)
        head.fill = PatternFill("solid", fgColor=_HEAD_COLOUR)
        head.border = border
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[HEAD].height = 45
    for at, row in enumerate(rows, start=HEAD + 1):
        # Not every office program fits the height of a row to wrapped text by itself.
        lines = max(-(-len(text) // int(1.1 * column.width)) for text, column in zip(row, columns, strict=False))
        sheet.row_dimensions[at].height = 15 * max(lines, 1)
        for number, column in enumerate(columns, start=1):
            cell = sheet.cell(at, number, row[number - 1] if number <= len(row) else None)
            cell.font = Font(name=font, size=11)
            cell.border = border
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if column.takes and not form.is_locked(row[0], column.heading):
                cell.fill = PatternFill("solid", fgColor=_INPUT_COLOUR)
                cell.protection = Protection(locked=False)
            else:
                # Registry text may begin with a sign that Excel would take for a formula.
                cell.data_type = "s" if cell.value is not None else "n"
            if "day" in column.takes:
                # With the language named, programs set to another do not turn it into month/day/year.
                cell.number_format = "[$-42A]dd/mm/yyyy"
    _validate_inputs(sheet, form, columns, rows)
    sheet.freeze_panes = sheet.cell(HEAD + 1, 3)
    _page(sheet, f"{HEAD}:{HEAD}")
    _protect(sheet)


def _head(sheet: Worksheet, form: Form, title: str) -> None:
    from openpyxl.styles import Font

    sheet["A1"] = f"{title} · {form.locality.full_name} · {form.period.label}"
    sheet["A1"].font = Font(name="Times New Roman", bold=True, size=14)
    sheet["A2"] = (
        f"Số liệu từ ngày {form.start:%d/%m/%Y} đến ngày {form.cut_off:%d/%m/%Y}. "
        f"Chỉ điền các ô nền vàng; cách điền ở trang “{INSTRUCTIONS}”."
    )
    sheet["A2"].font = Font(name="Times New Roman", italic=True, size=11)


def _validate_inputs(
    sheet: Worksheet, form: Form, columns: Sequence[FormColumn], rows: Sequence[tuple[str, ...]]
) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    rules: dict[tuple[object, ...], Any] = {}
    for number, column in enumerate(columns, start=1):
        for at, row in enumerate(rows, start=HEAD + 1):
            options = _allowed(column.takes, row[2], form)
            if options is None:
                continue
            key = (column.takes, *options.values())
            if key not in rules:
                rules[key] = DataValidation(
                    allow_blank=True, showErrorMessage=True, errorTitle="Kiểm tra lại", **options
                )
                sheet.add_data_validation(rules[key])
            rules[key].add(f"{get_column_letter(number)}{at}")


def _allowed(takes: str, unit: str, form: Form) -> dict[str, Any] | None:
    """What an input cell may hold, as a validation rule of the workbook; None if anything."""
    if takes in _LISTS:
        choices = ",".join(_LISTS[takes])
        return {"type": "list", "formula1": f'"{choices}"', "error": f"Chọn một trong: {choices}"}
    if takes == "period-day":
        return _days(form.start, form.cut_off)
    if takes == "day":
        return _days(dt.date(form.cut_off.year - 5, 1, 1), form.cut_off)
    if takes == "count":
        return {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": "0", "error": "Ghi một số không âm"}
    if takes == "value":
        # Only a warning: a bound such as >98 is allowed.
        allowed: dict[str, Any] = {
            "type": "decimal",
            "operator": "greaterThanOrEqual",
            "formula1": "0",
            "errorStyle": "warning",
        }
        if unit.startswith("%"):
            return allowed | {"operator": "between", "formula2": "100", "error": "Tỷ lệ % thường từ 0 đến 100"}
        if name_key(unit) in COUNTING:
            return allowed | {"type": "whole", "error": f"Số {unit} thường là số nguyên không âm"}
        return allowed | {"error": "Ghi một số không âm"}
    return None


def _days(first: dt.date, last: dt.date) -> dict[str, Any]:
    return {
        "type": "date",
        "operator": "between",
        "formula1": f"DATE({first.year},{first.month},{first.day})",
        "formula2": f"DATE({last.year},{last.month},{last.day})",
        "error": f"Ngày từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}",
    }


def _guide(sheet: Worksheet, form: Form) -> None:
    from openpyxl.styles import Alignment, Font

    _head(sheet, form, "Hướng dẫn điền biểu")
    sheet["A2"] = f"Hạn số liệu: hết ngày {form.cut_off:%d/%m/%Y} (ngày chốt số liệu của kỳ)."
    sheet.column_dimensions["A"].width = 110
    for at, text in enumerate(Path(__file__).with_name("form-guide.txt").read_text("utf-8").splitlines(), start=HEAD):
        cell = sheet.cell(at, 1, f"{at - HEAD + 1}. {text}")
        cell.font = Font(name="Times New Roman", size=12)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[at].height = 17 * -(-len(text) // 100)
    _page(sheet, "1:1")
    _protect(sheet)


def _page(sheet: Worksheet, repeated: str) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.75
    sheet.print_title_rows = repeated
    sheet.oddFooter.center.text = "Trang &P/&N"


def _protect(sheet: Worksheet) -> None:
    """Without a password: it prevents slips, not intent."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
