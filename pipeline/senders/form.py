"""The form a locality fills in (biểu mẫu nhập số liệu): a workbook made from the registry.

Its columns are `INDICATORS` and `TASKS`. Its headings and codes are those the reader knows, so a returned form is read
without remarks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.arguments import known_agency
from pipeline.completion.stages import (
    is_open_after,
    plan_state,
    shows_starting_point,
    stage_in_force,
    target_in_force,
)
from pipeline.completion.statuses import PlanState
from pipeline.intake.rows import Observation
from pipeline.intake.subjects import CatalogueEntry
from pipeline.plans.amend import amended, in_force
from pipeline.plans.formulas import shared_figures
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.links import taken_lead
from pipeline.plans.models import Indicator, Locality, Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.plans.targets import parse_target
from pipeline.report.words import VIETNAMESE

HEAD = 4
"""Line of the column headings, above the rows to fill."""


DIFFICULTY = "Khó khăn, vướng mắc"
"""Heading of what stands in the way; a computed row has it at the shared figures."""


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
    FormColumn(DIFFICULTY, 16, "text"),
)
"""The columns of the sheet of indicators, from the left."""
ESTIMATE = FormColumn("Ước thực hiện cả năm", 9, "value")
"""Beside the result until the year has closed (ước thực hiện cả năm): shown, and never counted as a result."""
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
    FormColumn(DIFFICULTY, 16, "text"),
)
"""The columns of the sheet of tasks, from the left."""
_RATIO = ("Tử số", "Mẫu số", "Kết quả")


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
    agency: str = ""
    """The agency whose rows these are, by its name; '' for the form of the whole locality."""
    agency_slug: str = ""

    @property
    def name(self) -> str:
        """Name of the file."""
        return form_name(self.locality, self.period, self.agency_slug)

    def is_locked(self, code: str, heading: str) -> bool:
        """Whether a cell that others fill in is closed in this row."""
        if code in self.computed:
            return heading in (*_RATIO, ESTIMATE.heading, DIFFICULTY)
        return heading in _RATIO[:2] and any(code == figure for figure, *_ in self.figures)


def form_name(locality: Locality, period: Period, agency: str = "") -> str:
    """Name of the file of a form: 'bieu-mau-cat-hai-2026-Q1.xlsx', of an agency '…-2026-Q1-phong-kinh-te.xlsx'."""
    return "-".join(filter(None, ("bieu-mau", locality.slug, str(period), agency))) + ".xlsx"


def form_of(
    registry: Registry, locality: Locality, period: Period, earlier: Sequence[Observation], agency: str = ""
) -> Form:
    """The form of a period: indicators with a target to report on, and tasks, of the plans at its cut-off.

    They are those of plans in force; of a plan that has ended, what is due after it; of a plan that has not begun,
    the indicators, for their starting point. Of an agency, the rows it leads, alone or with others. Raises UsageError
    for an agency that leads none.
    """
    calendar = registry.calendar
    cut_off = period.cut_off(calendar)
    leads = LeadAgencies.of(registry, locality.slug, cut_off)
    named = known_agency(leads, locality, agency)
    plans = [amended(plan, in_force(plan, cut_off)) for plan in registry.plans_of(locality.slug)]
    asked = tuple(row for plan in plans for row in _indicator_rows(plan, registry, cut_off, earlier))
    codes = {code for code, *_ in asked}
    needed = {name: [r for r in rows if r in codes] for name, rows in shared_figures(plans).items()}
    whole = Form(
        locality=locality,
        period=period,
        start=period.start(calendar),
        cut_off=cut_off,
        indicators=asked,
        figures=tuple(_figure_row(registry, name, rows, earlier) for name, rows in needed.items() if rows),
        computed=frozenset(row for rows in needed.values() for row in rows),
        tasks=tuple(row for plan in plans for row in _task_rows(plan, registry, cut_off)),
    )
    return _split(whole, named, leads, needed) if named else whole


def _split(whole: Form, agency: str, leads: LeadAgencies, needed: Mapping[str, Sequence[str]]) -> Form:
    """The rows that an agency leads; a shared figure is asked of who leads the first row that is computed from it."""
    return replace(
        whole,
        agency=agency,
        agency_slug=leads.ids[agency],
        indicators=tuple(row for row in whole.indicators if agency in leads.by_code.get(row[0], ())),
        tasks=tuple(row for row in whole.tasks if agency in leads.by_task.get(row[0], ())),
        figures=tuple(row for row in whole.figures if agency == _asked_for(needed[row[0]], leads)),
    )


def _asked_for(rows: Sequence[str], leads: LeadAgencies) -> str:
    return next((leads.by_code[code][0] for code in rows if code in leads.by_code), "")


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
            lead = _lead(registry, plan, indicator)
            shown = _target(target.text, target.year) + (
                "; tính từ số liệu dùng chung ở cuối bảng" if indicator.formula else ""
            )
            rows.append((entry.code, indicator.name, indicator.unit, lead, shown, _last(entry, earlier)))
    return rows


def _lead(registry: Registry, plan: Plan, indicator: Indicator) -> str:
    """Who leads the row and, where that is another office, who holds the figure."""
    names = registry.agency_names(taken_lead(plan, indicator)[0], plan.locality)
    owner = registry.concept(indicator.concept).owner
    held = registry.agency_names((owner,), plan.locality) if owner else ()
    return "; ".join((*names, *(f"số liệu: {office}" for office in held if office not in names)))


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
    day = f"{last.as_of:%d/%m/%Y}" if last.as_of_stated else VIETNAMESE.day_of(last)
    return f"{last.text} ({day})"
