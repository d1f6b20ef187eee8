"""The registry as frames (sổ kế hoạch): one row per target, one row per task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.plans.deadlines import Deadline, DeadlineKind
from pipeline.plans.links import taken_lead
from pipeline.plans.models import Direction, Indicator, Kind, Plan, Target, Task
from pipeline.plans.targets import Comparator
from pipeline.typed_frame import Dtype, FrameColumn, typed_frame

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.plans.registry import Registry


@dataclass(frozen=True)
class PlannedTarget:
    """A target with the row and the plan it stands in."""

    plan: Plan
    row: Indicator
    target: Target
    registry: Registry


@dataclass(frozen=True)
class PlannedTask:
    """A task with the plan it stands in."""

    plan: Plan
    task: Task
    deadline: Deadline
    registry: Registry


_T = FrameColumn[PlannedTarget]
TARGETS = (
    _T("code", lambda x: f"{x.plan.id}/{x.row.key.label}", "mã chỉ tiêu, nối với các bảng khác"),
    _T("locality", lambda x: x.plan.locality, "địa phương"),
    _T("plan", lambda x: x.plan.id, "kế hoạch"),
    _T("annex", lambda x: x.row.annex, "phụ lục; trống nếu kế hoạch không chia phụ lục"),
    _T("group", lambda x: x.row.group, "nhóm"),
    _T("no", lambda x: x.row.no, "số thứ tự trong nhóm"),
    _T("kind", lambda x: x.row.kind, "chỉ tiêu hay cam kết định lượng", Dtype.CATEGORY, of=Kind),
    _T("name", lambda x: x.row.name, "tên chỉ tiêu"),
    _T("unit", lambda x: x.row.unit, "đơn vị của chỉ tiêu; trống nếu không có"),
    _T("direction", lambda x: x.row.direction, "chiều tốt lên: tăng hay giảm", Dtype.CATEGORY, of=Direction),
    _T("concept", lambda x: x.row.concept, "khái niệm, chung cho mọi kế hoạch"),
    _T("scope", lambda x: x.row.scope, "phạm vi hẹp hơn của khái niệm"),
    _T(
        "baseline",
        lambda x: x.row.baseline and x.row.baseline.value,
        "xuất phát điểm",
        Dtype.NUMBER,
        "theo `unit`",
    ),
    _T("baseline_year", lambda x: x.row.baseline and x.row.baseline.year, "năm của xuất phát điểm", Dtype.INTEGER),
    _T("year", lambda x: x.target.year, "năm của cột mục tiêu; trống nếu kế hoạch không ghi", Dtype.INTEGER),
    _T("due", lambda x: x.target.due, "ngày đến hạn", Dtype.DAY),
    _T("yearly", lambda x: x.target.yearly, "mục tiêu hằng năm", Dtype.FLAG),
    _T("text", lambda x: x.target.text, "mục tiêu đúng như in; trống nếu ô trống"),
    _T("comparator", lambda x: x.target.parsed.comparator, "cách so sánh", Dtype.CATEGORY, of=Comparator),
    _T("low", lambda x: x.target.parsed.low, "cận dưới của mục tiêu", Dtype.NUMBER, "theo `unit`"),
    _T("high", lambda x: x.target.parsed.high, "cận trên của mục tiêu", Dtype.NUMBER, "theo `unit`"),
    _T("aspirational", lambda x: x.target.parsed.aspirational, "mục tiêu phấn đấu", Dtype.FLAG),
    _T(
        "lead",
        lambda x: "; ".join(x.registry.agency_names(taken_lead(x.plan, x.row)[0], x.plan.locality)),
        "cơ quan chủ trì; của nhiệm vụ phục vụ chỉ tiêu nếu dòng không nêu",
    ),
    _T("same_as", lambda x: x.row.same_as, "số của dòng cùng kế hoạch mà dòng này lặp lại; trống nếu không"),
)
_A = FrameColumn[PlannedTask]
ASSIGNMENTS = (
    _A("code", lambda x: f"{x.plan.id}/{x.task.key.label}", "mã nhiệm vụ, nối với các bảng khác"),
    _A("locality", lambda x: x.plan.locality, "địa phương"),
    _A("plan", lambda x: x.plan.id, "kế hoạch"),
    _A("annex", lambda x: x.task.annex, "phụ lục; trống nếu kế hoạch không chia phụ lục"),
    _A("group", lambda x: x.task.group, "nhóm"),
    _A("no", lambda x: x.task.no, "số thứ tự trong nhóm"),
    _A("name", lambda x: x.task.name, "tên nhiệm vụ"),
    _A("lead", lambda x: "; ".join(x.registry.agency_names(x.task.lead, x.plan.locality)), "cơ quan chủ trì"),
    _A("deadline_text", lambda x: x.task.deadline, "thời hạn đúng như in"),
    _A("deadline_kind", lambda x: x.deadline.kind, "loại thời hạn", Dtype.CATEGORY, of=DeadlineKind),
    _A("due", lambda x: x.deadline.due, "ngày đến hạn", Dtype.DAY),
    _A("output", lambda x: x.task.output, "sản phẩm phải có"),
    _A("same_as", lambda x: x.task.same_as, "số của nhiệm vụ cùng kế hoạch mà dòng này lặp lại; trống nếu không"),
)


def targets_frame(registry: Registry) -> pd.DataFrame:
    """One row per target of every indicator, also those printed empty or as a dash."""
    return typed_frame(TARGETS, _targets(registry))


def assignments_frame(registry: Registry) -> pd.DataFrame:
    """One row per task of every plan."""
    tasks = ((plan, task) for plan in registry.plans for task in plan.assignments)
    return typed_frame(ASSIGNMENTS, (PlannedTask(p, task, task.due, registry) for p, task in tasks))


def _targets(registry: Registry) -> Iterator[PlannedTarget]:
    for plan in registry.plans:
        for row in plan.indicators:
            yield from (PlannedTarget(plan, row, target, registry) for target in row.targets)
