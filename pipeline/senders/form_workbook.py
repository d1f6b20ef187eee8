"""The workbook of a form (biểu mẫu): its sheets, what may be typed in which cell, and what is locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.arguments import known_agency
from pipeline.errors import DataError, NoInputError
from pipeline.intake.file_names import PART
from pipeline.intake.rows import Observation
from pipeline.intake.shared_figures import computed_values
from pipeline.intake.validate import earlier_values
from pipeline.intake.values import COUNTING
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.periods import Period
from pipeline.plans.text import name_key
from pipeline.progress import Say
from pipeline.report.office_zip import workbook_bytes
from pipeline.senders.follow_up_sheet import add_follow_ups
from pipeline.senders.form import ESTIMATE, HEAD, INDICATORS, TASKS, Form, FormColumn, form_of
from pipeline.steps import Run

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_INPUT_COLOUR = "FFF9E5"
_HEAD_COLOUR = "DDE6F0"
_LISTS = {
    "basis": ("tại thời điểm", "trong kỳ", "lũy kế"),
    "absence": ("chưa có số liệu", "chưa đến hạn", "không áp dụng"),
    "claim": ("đạt", "không đạt"),
}
INSTRUCTIONS = "Hướng dẫn"
_GUIDE = Path(__file__).with_name("form-guide.txt")


def make_template(run: Run, say: Say, agency: str = "", earlier: Sequence[Observation] | None = None) -> Path:
    """Write the form of a locality and period, or of one of its agencies, beside its processed data; gives its path.

    `earlier`: what `shown_before` gives, where several forms of a run are written.

    The agency is given by its printed name or by its short one. Raises UsageError for one that leads no row of the
    locality, and NoInputError if no plan is in force then, or no row of the agency.
    """
    # Before earlier periods are read, which keeps what was judged: a wrong name writes nothing.
    known_agency(
        LeadAgencies.of(run.registry, run.locality.slug, run.period.cut_off(run.registry.calendar)),
        run.locality,
        agency,
    )
    shown = shown_before(run, say) if earlier is None else earlier
    form = form_of(run.registry, run.locality, run.period, shown, agency)
    if not form.indicators and not form.tasks:
        whose = f"{form.agency} không chủ trì dòng nào của" if form.agency else "không có"
        raise NoInputError(
            f"{run.locality.full_name}: {whose} kế hoạch nào đang áp dụng trong kỳ “{run.period.label}”."
        )
    path = run.work / form.name
    write_template(form, path)
    add_follow_ups(run, path, form.agency)
    shared = f", {len(form.figures)} số liệu dùng chung" if form.figures else ""
    say(f"{len(form.indicators)} chỉ tiêu, {len(form.tasks)} nhiệm vụ{shared}")
    return path


def shown_before(run: Run, say: Say) -> tuple[Observation, ...]:
    """The values of earlier periods that the forms of a run show; none, with a message, where they cannot be read."""
    try:
        sent = earlier_values(run.layout, run.registry, run.locality.slug, run.period)
        return (*sent, *computed_values(run.registry, run.locality.slug, sent))
    except DataError as error:
        say(f"Không lấy được giá trị kỳ trước, cột “Kỳ trước” để trống.\n{error}")
        return ()


def write_template(form: Form, path: Path) -> None:
    """Write the workbook, making its folder if needed."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.title = f"Biểu số liệu {form.locality.full_name}, {form.period.label}"
    book.properties.creator = ""
    rows = (*form.indicators, *form.figures)
    _table(book.create_sheet("Chỉ tiêu"), form, "Số liệu chỉ tiêu", indicator_columns(form.period), rows)
    _table(book.create_sheet("Nhiệm vụ"), form, "Tiến độ nhiệm vụ", TASKS, form.tasks)
    _guide(book.create_sheet(INSTRUCTIONS), form)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_bytes(book))


def indicator_columns(period: Period) -> tuple[FormColumn, ...]:
    """The columns of the sheet of indicators in the form of a period.

    The estimate of the whole year is asked for until the year has closed: in every form but that of the final figures.
    """
    if period.final:
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

    sheet["A1"] = " · ".join(filter(None, (title, form.locality.full_name, form.agency, form.period.label)))
    sheet["A1"].font = Font(name="Times New Roman", bold=True, size=14)
    sheet["A2"] = (
        f"Số liệu từ ngày {form.start:%d/%m/%Y} đến ngày {form.cut_off:%d/%m/%Y}. "
        f"Chỉ điền các ô nền vàng; cách điền ở trang “{INSTRUCTIONS}”."
    )
    if form.agency:
        sheet["A2"] = f"{sheet['A2'].value} Gửi lại với tên <ngày gửi>-{PART}-{form.agency_slug}.xlsx."
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
    for at, text in enumerate(_GUIDE.read_text("utf-8").splitlines(), start=HEAD):
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
