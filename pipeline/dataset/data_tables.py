"""The tables of the data set: their columns, which are those of the frames of a report, and their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from pipeline.completion.by_concept import ConceptResult, concept_results
from pipeline.completion.completion_frames import INDICATORS, RATES, TASKS, PlacedIndicator, PlacedTask, RateOf
from pipeline.completion.counts import TasksByDeadline
from pipeline.completion.records import Completion, IndicatorResult, TargetInForce
from pipeline.completion.rollup import ConceptOutcome
from pipeline.completion.statuses import PlanState, Status
from pipeline.dataset.published_reports import ReportFault, Source
from pipeline.intake.intake_frames import OBSERVATIONS
from pipeline.intake.rows import Observation
from pipeline.plans.concepts import Concept
from pipeline.plans.models import Direction
from pipeline.plans.plan_frames import TARGETS
from pipeline.publish.sign_off import State
from pipeline.typed_frame import Dtype, FrameColumn


class ValueUse(StrEnum):
    """What a report does with a value (dùng để làm gì)."""

    JUDGED = "judged"
    """Dated in the period: the status of the indicator rests on it."""
    LATEST = "latest"
    """The newest one before the period, where the period has none; shown, not judged."""
    STALE = "stale"
    """An older one that no longer serves."""
    NEAR = "near"
    """Of a similar concept; it decides nothing."""
    UNPLACED = "unplaced"
    """Of a concept in which no plan in force sets a target."""


class ValueOf(NamedTuple):
    """A value, the code of the indicator for which it stands, and how it is used."""

    code: str
    use: ValueUse
    given: Observation


class TargetOf(NamedTuple):
    """One printed target of an indicator."""

    row: IndicatorResult
    target: TargetInForce


@dataclass(frozen=True)
class DataTable:
    """One table: the columns of its rows, before which those of `HEAD` stand, and the rows of one report."""

    name: str
    title: str
    key: tuple[str, ...]
    """Names of the columns that together name a row; empty where a row has no name of its own."""
    columns: Sequence[FrameColumn[Any]]
    rows: Callable[[Source], Iterable[Any]]
    head: Sequence[FrameColumn[Source]]

    @property
    def all_columns(self) -> list[FrameColumn[Any]]:
        """In the order in which they are written."""
        return [*self.head, *self.columns]


_H = FrameColumn[Source]
HEAD = (
    _H("locality", lambda s: s.locality, "địa phương, tên ngắn"),
    _H("period", lambda s: s.period, "kỳ báo cáo"),
    _H("province", lambda s: s.province, "mã tỉnh, thành phố"),
    _H("synthetic", lambda s: s.synthetic, "số liệu mô phỏng để thử, không phải của nơi nào", Dtype.FLAG),
)
"""The first columns of every table but `concepts`."""


def _stated(value: Callable[[Completion], object]) -> Callable[[Source], object]:
    """What a report states; nothing without one."""
    return lambda source: value(source.completion) if source.completion else None


def _signed(source: Source) -> object:
    if source.completion is None:
        return None
    return source.signed.state if source.signed else State.DRAFT


def _of_rate(column: FrameColumn[RateOf]) -> FrameColumn[Source]:
    return column.with_value(_stated(lambda c: column.value(RateOf("", c.rate))))


_TASK_COUNTS = (
    ("dated", "total", "nhiệm vụ có thời hạn"),
    ("dated", "done", "trong đó đã hoàn thành"),
    ("dated", "done_late", "trong số hoàn thành, hoàn thành sau thời hạn"),
    ("dated", "due", "đã đến hạn vào ngày chốt"),
    ("dated", "done_of_due", "trong số đến hạn, đã hoàn thành"),
    ("dated", "overdue", "báo cáo chưa xong và quá hạn"),
    ("dated", "not_reported", "có thời hạn, không có báo cáo"),
    ("dated", "not_reported_past_due", "trong đó đã quá hạn"),
    ("recurring", "total", "nhiệm vụ thường xuyên phải báo cáo"),
    ("recurring", "in_time", "trong đó báo cáo đúng kỳ"),
    ("recurring", "lapsed", "để quá kỳ"),
    ("recurring", "not_reported", "thường xuyên, không có báo cáo"),
    ("recurring", "unstated", "kế hoạch không ghi tần suất"),
    ("recurring", "unstated_in_time", "trong đó có báo cáo"),
    ("undated", "total", "nhiệm vụ không ghi thời hạn"),
    ("undated", "done", "trong đó đã hoàn thành"),
    ("undated", "under_way", "đang thực hiện"),
    ("undated", "not_reported", "không ghi thời hạn, không có báo cáo"),
)
"""The three counts of `TasksByDeadline`, each by its fields."""


def _task_count(part: str, name: str, meaning: str) -> FrameColumn[Source]:
    def value(counts: TasksByDeadline) -> object:
        return getattr(getattr(counts, part), name)

    counted = _stated(lambda c: value(c.tasks_by_deadline))
    return _H(f"{part}_{name}", counted, meaning, Dtype.INTEGER, "nhiệm vụ")


LOCALITIES: tuple[FrameColumn[Source], ...] = (
    _H("code", lambda s: s.place and s.place.code, "mã theo Quyết định 19/2025/QĐ-TTg"),
    _H("name", lambda s: s.place and s.place.full_name, "tên đầy đủ"),
    _H("type", lambda s: s.place and s.place.type, "loại đơn vị"),
    _H("province_name", lambda s: s.province_name, "tên tỉnh, thành phố"),
    _H("run", lambda s: s.run, "mã lần chạy: SHA-256 của bản kê; trống nếu chưa có báo cáo của kỳ"),
    _H("sign_off", lambda s: s.sign_off, "SHA-256 của tệp ký duyệt"),
    _H("state", _signed, "trạng thái của báo cáo", Dtype.CATEGORY, of=State),
    _H("signed_by", lambda s: s.signed and s.signed.holds and s.signed.holds.by, "cơ quan ký trạng thái ấy"),
    _H("fault", lambda s: s.fault, "vì sao báo cáo không đọc được; trống nếu đọc được", Dtype.CATEGORY, of=ReportFault),
    _H("method", _stated(lambda c: c.method.id), "phương pháp tính"),
    _H("start", _stated(lambda c: c.start), "ngày đầu kỳ", Dtype.DAY),
    _H("cut_off", _stated(lambda c: c.cut_off), "ngày chốt số liệu", Dtype.DAY),
    _H("plans_in_force", _stated(lambda c: len(c.in_force)), "kế hoạch đang thực hiện", Dtype.INTEGER, "kế hoạch"),
    _H(
        "plans_ended",
        _stated(lambda c: sum(plan.state is PlanState.EXPIRED for plan in c.plans)),
        "kế hoạch đã hết thời hạn",
        Dtype.INTEGER,
        "kế hoạch",
    ),
    _H(
        "plans_starting",
        _stated(lambda c: len(c.starting)),
        "kế hoạch chưa bắt đầu mà báo cáo nêu xuất phát điểm",
        Dtype.INTEGER,
        "kế hoạch",
    ),
    _H(
        "missing_annexes",
        _stated(lambda c: bool(c.missing_annexes)),
        "kế hoạch dẫn phụ lục nhiệm vụ mà sổ không có",
        Dtype.FLAG,
    ),
    *(_of_rate(column) for column in RATES if column.name != "plan"),
    *(_task_count(*named) for named in _TASK_COUNTS),
)


def _given(value: ValueOf) -> Observation:
    return value.given


_U = FrameColumn[ValueOf]
VALUES_IN_USE = (
    _U("code", lambda x: x.code, "mã chỉ tiêu; trống nếu không kế hoạch nào có mục tiêu về khái niệm này"),
    _U("use", lambda x: x.use, "báo cáo dùng giá trị để làm gì", Dtype.CATEGORY, of=ValueUse),
    *(column.over(_given) for column in OBSERVATIONS if column.name not in ("code", "plan")),
)
_T = FrameColumn[TargetOf]
_PRINTED = {column.name: column for column in TARGETS}
_PRINTED_TARGETS: dict[str, Callable[[TargetOf], object]] = {
    "code": lambda x: x.row.code,
    "plan": lambda x: x.row.plan,
    "concept": lambda x: x.row.concept,
    "scope": lambda x: x.row.scope,
    "unit": lambda x: x.row.unit,
    "direction": lambda x: x.target.direction,
    "year": lambda x: x.target.year,
    "due": lambda x: x.target.due,
    "yearly": lambda x: x.target.yearly,
    "text": lambda x: x.target.text,
    "comparator": lambda x: x.target.comparator,
    "low": lambda x: x.target.low,
    "high": lambda x: x.target.high,
    "aspirational": lambda x: x.target.aspirational,
}
STAGES = (
    *(_PRINTED[name].with_value(value) for name, value in _PRINTED_TARGETS.items()),
    _T("in_force", lambda x: x.target == x.row.target, "mục tiêu được dùng để đánh giá ở kỳ này", Dtype.FLAG),
)
_R = FrameColumn[ConceptResult]
RESULTS = (
    _R("code", lambda r: r.decided_by.code, "mã dòng quyết định kết quả: trong các dòng chưa đạt là dòng xấu nhất"),
    _R("plan", lambda r: r.decided_by.plan, "kế hoạch của dòng ấy"),
    _R("concept", lambda r: r.concept, "khái niệm, chung cho mọi kế hoạch"),
    _R("scope", lambda r: r.scope, "phạm vi hẹp hơn của khái niệm"),
    _R("unit", lambda r: r.unit, "đơn vị; trống nếu không có"),
    _R("outcome", lambda r: r.outcome, "kết quả, gộp mọi dòng của khái niệm", Dtype.CATEGORY, of=ConceptOutcome),
    _R("status", lambda r: r.decided_by.status, "đánh giá của dòng quyết định", Dtype.CATEGORY, of=Status),
    _R("counted", lambda r: r.counted, "được tính: ít nhất một dòng phải báo cáo", Dtype.FLAG),
    _R("observed", lambda r: bool(r.given), "có giá trị của kỳ", Dtype.FLAG),
    _R("as_of", lambda r: r.given[0].as_of if r.given else None, "ngày mới nhất có giá trị", Dtype.DAY),
    _R("bases", lambda r: "; ".join(r.bases), "cách tính của các giá trị ngày ấy: tại thời điểm, trong kỳ, lũy kế"),
    _R("single", lambda r: r.single is not None, "mọi dòng cho cùng một giá trị của ngày ấy", Dtype.FLAG),
    _R("value", lambda r: r.value and r.value.exact, "giá trị ấy, nếu là một số", Dtype.NUMBER, "theo `unit`"),
    _R("numerator", lambda r: r.ratio and r.ratio.numerator, "tử số của giá trị ấy", Dtype.NUMBER),
    _R("denominator", lambda r: r.ratio and r.ratio.denominator, "mẫu số của giá trị ấy", Dtype.NUMBER),
    _R("before_merger", lambda r: r.before_merger, "giá trị ấy là của các đơn vị trước sáp nhập", Dtype.FLAG),
)
_C = FrameColumn[Concept]
CONCEPTS = (
    _C("concept", lambda c: c.id, "khái niệm, như ở các bảng khác"),
    _C("name", lambda c: c.name, "tên"),
    _C("name_en", lambda c: c.name_en, "tên bằng tiếng Anh"),
    _C("counted", lambda c: c.counted, "đếm cái gì (tử số)"),
    _C("over", lambda c: c.over, "trên tổng nào (mẫu số); trống với số đếm, thời gian, mức độ"),
    _C("units", lambda c: "; ".join(c.units), "đơn vị mà các kế hoạch dùng"),
    _C("direction", lambda c: c.direction, "chiều tốt lên", Dtype.CATEGORY, of=Direction),
    _C("owner", lambda c: c.owner, "cơ quan mà kế hoạch giao chịu trách nhiệm về số liệu"),
    _C("system", lambda c: c.system, "hệ thống có số liệu"),
    _C("near", lambda c: "; ".join(c.near), "khái niệm gần nghĩa nhưng khác"),
    _C("parts", lambda c: "; ".join(c.parts), "các khái niệm thành phần"),
)


def _indicators(source: Source) -> Iterator[PlacedIndicator]:
    plans = source.completion.plans if source.completion else ()
    yield from (PlacedIndicator(plan, row) for plan in plans for row in plan.indicators)


def _tasks(source: Source) -> Iterator[PlacedTask]:
    plans = source.completion.plans if source.completion else ()
    yield from (PlacedTask(plan, row) for plan in plans for row in plan.tasks)


def _targets(source: Source) -> Iterator[TargetOf]:
    for _, row in _indicators(source):
        printed = row.stages or tuple(filter(None, (row.target, row.unjudged, row.next_target)))
        yield from (TargetOf(row, target) for target in printed)


def _values(source: Source) -> Iterator[ValueOf]:
    for _, row in _indicators(source):
        single = ((ValueUse.JUDGED, row.observation), (ValueUse.LATEST, row.latest), (ValueUse.STALE, row.stale))
        yield from (ValueOf(row.code, use, given) for use, given in single if given is not None)
        yield from (ValueOf(row.code, ValueUse.NEAR, given) for given in row.near)
    unplaced = source.completion.unplaced if source.completion else ()
    yield from (ValueOf("", ValueUse.UNPLACED, given) for given in unplaced)


def _results(source: Source) -> Iterator[ConceptResult]:
    yield from concept_results(source.completion) if source.completion else ()


_CODE = ("locality", "period", "code")
BY_REPORT = (
    DataTable(
        "localities", "Địa phương và báo cáo của từng kỳ", ("locality", "period"), LOCALITIES, lambda s: [s], HEAD
    ),
    DataTable("indicators", "Chỉ tiêu và cam kết định lượng", _CODE, INDICATORS, _indicators, HEAD),
    DataTable("tasks", "Nhiệm vụ", _CODE, TASKS, _tasks, HEAD),
    DataTable("targets", "Mục tiêu in trong kế hoạch, mỗi giai đoạn một dòng", (), STAGES, _targets, HEAD),
    DataTable("observations", "Giá trị mà báo cáo dựa vào", (), VALUES_IN_USE, _values, HEAD),
    DataTable("results", "Kết quả của từng khái niệm ở từng địa phương", _CODE, RESULTS, _results, HEAD),
)
"""In partitions by province and period."""
CONCEPT_TABLE = DataTable("concepts", "Khái niệm: chỉ tiêu đo cái gì", ("concept",), CONCEPTS, lambda _: (), ())
"""In one file."""
TABLES = (*BY_REPORT, CONCEPT_TABLE)
