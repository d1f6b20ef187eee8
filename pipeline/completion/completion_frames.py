"""The record of step 2 as frames (mức độ hoàn thành): indicators, tasks, rates, the path of each indicator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.completion.counts import Rate
from pipeline.completion.lines import Point
from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TargetInForce, TaskResult
from pipeline.completion.statuses import Category, PlanState, Status, TaskCategory, TaskStatus
from pipeline.intake.rows import Absence, Interval, Origin
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Direction, Kind
from pipeline.plans.targets import Comparator
from pipeline.typed_frame import Dtype, FrameColumn, typed_frame

if TYPE_CHECKING:
    import pandas as pd


class PlacedIndicator(NamedTuple):
    """An indicator with its plan."""

    plan: PlanResult
    row: IndicatorResult

    @property
    def target(self) -> TargetInForce | None:
        """The target in force at the cut-off."""
        return self.row.target

    @property
    def value(self) -> Interval | None:
        """What was observed."""
        return self.row.observation.value if self.row.observation else None

    @property
    def absence(self) -> Absence | None:
        """Why there is no value; None where there is one."""
        if self.value is not None:
            return None
        if self.row.observation is not None and self.row.observation.absence is not None:
            return self.row.observation.absence
        return Absence.QUARANTINED if self.row.quarantined else Absence.NOT_SUBMITTED

    @property
    def origin(self) -> Origin | None:
        """The cell of the value."""
        return self.row.observation.origin if self.row.observation else None


class PlacedTask(NamedTuple):
    """A task with its plan."""

    plan: PlanResult
    row: TaskResult


class PlacedPoint(NamedTuple):
    """One value of the path of an indicator."""

    row: IndicatorResult
    point: Point


class RateOf(NamedTuple):
    """The rate of a plan; of all plans in force together, with an empty `plan`."""

    plan: str
    rate: Rate


_I = FrameColumn[PlacedIndicator]
INDICATORS = (
    _I("code", lambda x: x.row.code, "mã chỉ tiêu, nối với các bảng khác"),
    _I("plan", lambda x: x.row.plan, "kế hoạch"),
    _I("plan_state", lambda x: x.plan.state, "kế hoạch đang ở đâu vào ngày chốt", Dtype.CATEGORY, of=PlanState),
    _I("annex", lambda x: x.row.annex, "phụ lục; trống nếu kế hoạch không chia phụ lục"),
    _I("group", lambda x: x.row.group, "nhóm"),
    _I("no", lambda x: x.row.no, "số thứ tự trong nhóm"),
    _I("kind", lambda x: x.row.kind, "chỉ tiêu hay cam kết định lượng", Dtype.CATEGORY, of=Kind),
    _I("name", lambda x: x.row.name, "tên chỉ tiêu"),
    _I("unit", lambda x: x.row.unit, "đơn vị của chỉ tiêu; trống nếu không có"),
    _I("direction", lambda x: x.row.direction, "chiều tốt lên", Dtype.CATEGORY, of=Direction),
    _I("concept", lambda x: x.row.concept, "khái niệm, chung cho mọi kế hoạch"),
    _I("scope", lambda x: x.row.scope, "phạm vi hẹp hơn của khái niệm"),
    _I("lead", lambda x: "; ".join(x.row.lead), "cơ quan chủ trì; trống nếu kế hoạch không nêu"),
    _I("baseline", lambda x: x.row.baseline, "xuất phát điểm", Dtype.NUMBER, "theo `unit`"),
    _I("target", lambda x: x.target and x.target.text, "mục tiêu đúng như in; trống nếu giai đoạn này không có"),
    _I("comparator", lambda x: x.target and x.target.comparator, "cách so sánh", Dtype.CATEGORY, of=Comparator),
    _I("bound", lambda x: x.target and x.target.bound, "con số phải đạt", Dtype.NUMBER, "theo `unit`"),
    _I("due", lambda x: x.target and x.target.due, "ngày đến hạn của mục tiêu", Dtype.DAY),
    _I(
        "value",
        lambda x: x.value and x.value.exact,
        "giá trị có ngày trong kỳ, nếu là một số",
        Dtype.NUMBER,
        "theo `unit`",
    ),
    _I("low", lambda x: x.value and x.value.low, "cận dưới của giá trị", Dtype.NUMBER, "theo `unit`"),
    _I("high", lambda x: x.value and x.value.high, "cận trên của giá trị", Dtype.NUMBER, "theo `unit`"),
    _I("absence", lambda x: x.absence, "vì sao không có giá trị; trống nếu có", Dtype.CATEGORY, of=Absence),
    _I("as_of", lambda x: x.row.observation and x.row.observation.as_of, "ngày của số liệu", Dtype.DAY),
    _I(
        "as_of_stated",
        lambda x: x.row.observation and x.row.observation.as_of_stated,
        "ngày đó do nơi gửi ghi, không phải ngày chốt",
        Dtype.FLAG,
    ),
    _I(
        "latest",
        lambda x: x.row.latest and x.row.latest.value and x.row.latest.value.exact,
        "số liệu gần nhất có trước kỳ, nếu kỳ không có",
        Dtype.NUMBER,
        "theo `unit`",
    ),
    _I("latest_as_of", lambda x: x.row.latest and x.row.latest.as_of, "ngày của số liệu gần nhất", Dtype.DAY),
    _I(
        "latest_as_of_stated",
        lambda x: x.row.latest and x.row.latest.as_of_stated,
        "ngày của số liệu gần nhất do nơi gửi ghi, không phải ngày chốt",
        Dtype.FLAG,
    ),
    _I("latest_meets", lambda x: x.row.latest_meets, "số liệu gần nhất ở mức mục tiêu", Dtype.FLAG),
    _I("status", lambda x: x.row.status, "đánh giá", Dtype.CATEGORY, of=Status),
    _I("category", lambda x: x.row.status.category, "nhóm đánh giá", Dtype.CATEGORY, of=Category),
    _I(
        "counted",
        lambda x: x.plan.counts(x.row),
        "được tính vào tỷ lệ: kế hoạch đang thực hiện, có mục tiêu, không ghi lại dòng khác",
        Dtype.FLAG,
    ),
    _I("attainment", lambda x: x.row.attainment, "mức đạt", Dtype.NUMBER, "phần của mục tiêu, 1 là đủ"),
    _I("gap", lambda x: x.row.gap, "còn thiếu bao nhiêu", Dtype.NUMBER, "theo `unit`"),
    _I("gap_per_month", lambda x: x.row.gap_per_month, "mỗi tháng cần thêm", Dtype.NUMBER, "`unit`/tháng"),
    _I(
        "pace",
        lambda x: x.row.pace and x.row.pace.ratio,
        "tiến độ so với đường đến mục tiêu",
        Dtype.NUMBER,
        "1 là đúng",
    ),
    _I("former_status", lambda x: x.row.former and x.row.former.status, "theo bản đầu", Dtype.CATEGORY, of=Status),
    _I("file", lambda x: x.origin and x.origin.file, "tệp có giá trị"),
    _I("cell", lambda x: x.origin and x.origin.cell, "ô có giá trị"),
)
_T = FrameColumn[PlacedTask]
TASKS = (
    _T("code", lambda x: x.row.code, "mã nhiệm vụ, nối với các bảng khác"),
    _T("plan", lambda x: x.row.plan, "kế hoạch"),
    _T("plan_state", lambda x: x.plan.state, "kế hoạch đang ở đâu vào ngày chốt", Dtype.CATEGORY, of=PlanState),
    _T("annex", lambda x: x.row.annex, "phụ lục; trống nếu kế hoạch không chia phụ lục"),
    _T("group", lambda x: x.row.group, "nhóm"),
    _T("no", lambda x: x.row.no, "số thứ tự trong nhóm"),
    _T("name", lambda x: x.row.name, "tên nhiệm vụ"),
    _T("lead", lambda x: "; ".join(x.row.lead), "cơ quan chủ trì; trống nếu kế hoạch không nêu"),
    _T("coordinating", lambda x: "; ".join(x.row.coordinating), "cơ quan phối hợp"),
    _T("deadline_text", lambda x: x.row.deadline_text, "thời hạn đúng như in"),
    _T("deadline_kind", lambda x: x.row.deadline_kind, "loại thời hạn", Dtype.CATEGORY, of=DeadlineKind),
    _T("due", lambda x: x.row.due, "ngày đến hạn", Dtype.DAY),
    _T("reported", lambda x: x.row.fact is not None, "có báo cáo về nhiệm vụ", Dtype.FLAG),
    _T("finished_on", lambda x: x.row.fact and x.row.fact.finished_on, "ngày hoàn thành", Dtype.DAY),
    _T("status", lambda x: x.row.status, "tình trạng", Dtype.CATEGORY, of=TaskStatus),
    _T("category", lambda x: x.row.status.category, "nhóm tình trạng", Dtype.CATEGORY, of=TaskCategory),
    _T(
        "past_status",
        lambda x: x.row.past_status,
        "của kế hoạch đã hết: đã hoàn thành, hoặc đến hạn mà chưa; không được đếm",
        Dtype.CATEGORY,
        of=TaskStatus,
    ),
    _T("past_due", lambda x: x.row.past_due, "đến hạn vào hay trước ngày chốt", Dtype.FLAG),
    _T("due_soon", lambda x: x.row.due_soon, "sắp đến hạn", Dtype.FLAG),
    _T("repeats", lambda x: x.row.repeats, "ghi lại nhiệm vụ khác, không được đếm", Dtype.FLAG),
)
_P = FrameColumn[PlacedPoint]
HISTORY = (
    _P("code", lambda x: x.row.code, "mã chỉ tiêu"),
    _P("day", lambda x: x.point.day, "ngày của giá trị", Dtype.DAY),
    _P("day_stated", lambda x: x.point.stated, "ngày đó do nơi gửi ghi, không phải ngày chốt", Dtype.FLAG),
    _P("value", lambda x: x.point.value, "giá trị", Dtype.NUMBER, "theo `unit` của chỉ tiêu"),
)


def _share(of: Callable[[Rate], Any]) -> Callable[[RateOf], object]:
    return lambda x: None if (share := of(x.rate)) is None else float(share)


_R = FrameColumn[RateOf]
RATES = (
    _R("plan", lambda x: x.plan, "kế hoạch; trống ở dòng của mọi kế hoạch đang thực hiện"),
    _R("total", lambda x: x.rate.total, "được tính", Dtype.INTEGER, "chỉ tiêu"),
    _R("met", lambda x: x.rate.met, "đạt", Dtype.INTEGER, "chỉ tiêu"),
    _R("not_met", lambda x: x.rate.not_met, "chưa đạt", Dtype.INTEGER, "chỉ tiêu"),
    _R("undecidable", lambda x: x.rate.undecidable, "không đủ căn cứ", Dtype.INTEGER, "chỉ tiêu"),
    _R("absent", lambda x: x.rate.absent, "chưa có số liệu của kỳ", Dtype.INTEGER, "chỉ tiêu"),
    _R("older", lambda x: x.rate.older, "chỉ có số liệu trước kỳ", Dtype.INTEGER, "chỉ tiêu"),
    _R("older_met", lambda x: x.rate.older_met, "trong đó ở mức mục tiêu", Dtype.INTEGER, "chỉ tiêu"),
    _R("older_first", lambda x: x.rate.older_first, "ngày sớm nhất của các số liệu đó", Dtype.DAY),
    _R("older_last", lambda x: x.rate.older_last, "ngày muộn nhất của các số liệu đó", Dtype.DAY),
    _R("older_unstated", lambda x: x.rate.older_unstated, "trong đó nguồn không nêu ngày", Dtype.INTEGER, "chỉ tiêu"),
    _R(
        "met_by_amendment",
        lambda x: x.rate.met_by_amendment,
        "trong số đạt, đạt do mục tiêu được hạ",
        Dtype.INTEGER,
        "chỉ tiêu",
    ),
    _R(
        "lower",
        _share(lambda r: r.lower),
        "cận dưới của tỷ lệ đạt; trống nếu không có gì được tính",
        Dtype.NUMBER,
        "0–1",
    ),
    _R("upper", _share(lambda r: r.upper), "cận trên của tỷ lệ đạt", Dtype.NUMBER, "0–1"),
    _R("coverage", _share(lambda r: r.coverage), "độ phủ", Dtype.NUMBER, "0–1"),
)


def completion_frame(completion: Completion, name: str) -> pd.DataFrame:
    """One of `FRAMES` by its name."""
    columns, rows = FRAMES[name]
    return typed_frame(columns, rows(completion))


def _indicators(completion: Completion) -> list[PlacedIndicator]:
    return [PlacedIndicator(plan, row) for plan in completion.plans for row in plan.indicators]


def _rates(completion: Completion) -> list[RateOf]:
    return [RateOf("", completion.rate), *(RateOf(plan.id, plan.rate) for plan in completion.plans)]


FRAMES: dict[str, tuple[Sequence[FrameColumn[Any]], Callable[[Completion], Sequence[Any]]]] = {
    "indicators": (INDICATORS, _indicators),
    "tasks": (TASKS, lambda c: [PlacedTask(plan, row) for plan in c.plans for row in plan.tasks]),
    "rates": (RATES, _rates),
    "history": (HISTORY, lambda c: [PlacedPoint(x.row, p) for x in _indicators(c) for p in x.row.history]),
}
"""What each frame holds, by the name of its method: its columns, and the rows of the record."""
