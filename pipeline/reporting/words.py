"""How figures and statuses are said in Vietnamese (cách viết số và lời đánh giá)."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.numbers import format_decimal

from pipeline.completion.records import AmendedClause, IndicatorResult, PastVerdict, TargetInForce
from pipeline.completion.statuses import ABSENT, NOT_MET, PlanState, Status, TaskStatus
from pipeline.plans.targets import Comparator
from pipeline.submissions.records import Absence, Interval

NBSP = "\N{NO-BREAK SPACE}"
NO_VALUE = "–"

STATUS = {
    Status.MET: "đạt",
    Status.MISSED: "không đạt",
    Status.STARTING_POINT: "chưa đạt (xuất phát điểm)",
    Status.ON_TRACK: "đúng tiến độ",
    Status.AT_RISK: "có nguy cơ chậm",
    Status.LATE: "chậm tiến độ",
    Status.REVERSED: "đi lùi",
    Status.IN_PROGRESS: "đang thực hiện",
    Status.UNDECIDABLE: "không đủ căn cứ",
    Status.NOT_SUBMITTED: "chưa có số liệu",
    Status.NOT_DUE: "chưa đến hạn",
    Status.NOT_APPLICABLE: "không áp dụng",
    Status.QUARANTINED: "số liệu bị loại",
    Status.NO_STAGE_TARGET: "không có mục tiêu giai đoạn này",
    Status.NOT_ASSESSABLE: "không lượng hoá",
    Status.PLAN_NOT_IN_FORCE: "không đánh giá",
    Status.DROPPED: "đã bỏ theo văn bản sửa đổi",
}

ABSENCE = {
    Absence.NOT_SUBMITTED: "chưa có số liệu",
    Absence.NOT_DUE: "chưa đến hạn",
    Absence.NOT_APPLICABLE: "không áp dụng",
    Absence.QUARANTINED: "số liệu bị loại",
}

AMENDED = {
    "target": "mục tiêu",
    "deadline": "thời hạn",
    "lead": "cơ quan chủ trì",
    "dropped": "đã bỏ",
    "added": "bổ sung",
}

DIFFERENCE = {
    "target": "mục tiêu",
    "year": "thời hạn",
    "unit": "đơn vị",
    "agency": "cơ quan chủ trì",
    "wording": "tên gọi",
    "parts": "gộp hai việc nhưng cao hơn mục tiêu của một việc",
    "same-number-other-words": "cùng con số, khác cách nói",
    "later-asks-less": "mục tiêu sau thấp hơn mục tiêu trước",
}

TASK_STATUS = {
    TaskStatus.DONE_ON_TIME: "hoàn thành đúng hạn",
    TaskStatus.DONE_LATE: "hoàn thành quá hạn",
    TaskStatus.DONE_UNDATED: "hoàn thành (không có hạn)",
    TaskStatus.UNDER_WAY: "đang thực hiện, trong hạn",
    TaskStatus.UNDER_WAY_OVERDUE: "đang thực hiện, quá hạn",
    TaskStatus.NOT_STARTED: "chưa triển khai, trong hạn",
    TaskStatus.NOT_STARTED_OVERDUE: "chưa triển khai, quá hạn",
    TaskStatus.RECURRING: "thường xuyên, có báo cáo đúng kỳ",
    TaskStatus.RECURRING_LAPSED: "thường xuyên, quá kỳ báo cáo",
    TaskStatus.UNDATED: "không xác định hạn",
    TaskStatus.SUSPENDED: "tạm dừng",
    TaskStatus.TAKEN_OVER: "đã chuyển sang kế hoạch khác",
    TaskStatus.DROPPED: "đã bỏ theo văn bản sửa đổi",
    TaskStatus.NOT_REPORTED: "chưa có báo cáo",
}

PLAN_STATE = {
    PlanState.IN_FORCE: "còn hiệu lực",
    PlanState.NOT_BEGUN: "chưa bắt đầu",
    PlanState.EXPIRED: "đã hết thời gian thực hiện",
}

_SIGNS = {Comparator.AT_LEAST: "≥", Comparator.MORE_THAN: ">", Comparator.AT_MOST: "≤"}


def shade(status: Status) -> str:
    """The four looks a status has on the page: met, not met, absent, outside the count."""
    if status is Status.MET:
        return "met"
    if status in NOT_MET:
        return "not"
    return "absent" if status in ABSENT or status is Status.UNDECIDABLE else "outside"


def number(value: Decimal | int | None, digits: int = 2) -> str:
    """'1.234,5': at most `digits` decimals, rounded half up; '–' for none."""
    if value is None:
        return NO_VALUE
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # never "-0"
    text: str = format_decimal(rounded, format=f"#,##0.{'#' * digits}", locale="vi")
    return text


def percent(share: Fraction | Decimal | None, digits: int = 1) -> str:
    """A share as '45,5 %', rounded half up; '–' for 0/0."""
    if share is None:
        return NO_VALUE
    exact = Fraction(share) * 100
    return f"{number(Decimal(exact.numerator) / Decimal(exact.denominator), digits)}{NBSP}%"


def unit_of(unit: str) -> str:
    """The unit as it follows a figure, with its space."""
    return f"{NBSP}{unit}" if unit else ""


def value_text(value: Interval | None) -> str:
    """An observed value without its unit: '11,87', '> 98'."""
    if value is None:
        return NO_VALUE
    if value.exact is not None:
        return number(value.exact, 4)
    if value.low is not None:
        return f"{'>' if value.low_open else '≥'}{NBSP}{number(value.low, 4)}"
    return f"{'<' if value.high_open else '≤'}{NBSP}{number(value.high, 4)}"


def target_text(target: TargetInForce | None) -> str:
    """A target without its unit: '≥ 80', '45–50', 'cấp độ 2 hoặc 3'; '–' for none."""
    if target is None or target.comparator is Comparator.NONE:
        return NO_VALUE
    if target.comparator is Comparator.IN_SET:
        return f"cấp độ {' hoặc '.join(str(level) for level in target.levels)}"
    if target.comparator is Comparator.RANGE:
        return f"{number(target.low)}–{number(target.high)}"
    sign = _SIGNS.get(target.comparator, "")
    bound = target.high if target.comparator is Comparator.AT_MOST else target.low
    return f"{sign}{NBSP if sign else ''}{number(bound)}"


def date(day: dt.date | None) -> str:
    return NO_VALUE if day is None else f"{day:%d/%m/%Y}"


def gap_text(result: IndicatorResult) -> str:
    """What is missing and how fast it must come: 'còn 15 điểm %, cần 1,25 điểm % mỗi tháng'."""
    if result.gap is None:
        return ""
    if result.gap == 0:
        return "bằng mức mục tiêu, phải vượt mới là đạt"
    unit = f"{NBSP}điểm{NBSP}%" if result.unit.startswith("%") else unit_of(result.unit)
    pace = f", cần {number(result.gap_per_month)}{unit} mỗi tháng" if result.gap_per_month else ""
    return f"còn {number(result.gap)}{unit}{pace}"


def verdict_formula(result: IndicatorResult) -> str:
    """The decision with its numbers: '11,87 ≥ 80? Không → chưa đạt'."""
    if result.observation is None or result.observation.value is None or result.target is None:
        return ""
    value, target = value_text(result.observation.value), target_text(result.target)
    sign, end = ("≤", "trên") if result.target.wants_less else ("≥", "dưới")
    if result.target.comparator is Comparator.EQUAL:
        target = f"{sign}{NBSP}{target}"
    if result.target.comparator is Comparator.RANGE:
        target = f"{sign}{NBSP}{number(result.target.bound)} (cận {end} của khoảng {target})"
    answer = {"met": "đúng", "not": "sai"}.get(shade(result.status), "không quyết định được")
    formula = f"{value} so với {target}: {answer} → {STATUS[result.status]}"
    if result.attainment is not None:
        formula += f"; mức đạt so với mục tiêu: {percent(result.attainment)}"
    return formula


def amended_text(clause: AmendedClause) -> str:
    """What an amendment changed: 'mục tiêu “≥80%” → “≥60%” (Quyết định số 12/QĐ-UBND, 20/05/2026)'."""
    by = f"({clause.document}, {date(clause.date)})"
    if clause.kind in ("dropped", "added"):
        return f"{AMENDED[clause.kind]}{f': {clause.after}' if clause.after else ''} {by}"
    return f"{AMENDED[clause.kind]} “{clause.before}” → “{clause.after}” {by}"


def past_text(verdict: PastVerdict, unit: str) -> str:
    """What became of an earlier target: 'mục tiêu năm 2025 (≥ 60 %): không đạt, 55 %'."""
    when = f"năm {verdict.target.year}" if verdict.target.year else f"đến {date(verdict.target.due)}"
    value = verdict.observation.value if verdict.observation else None
    told = f", {value_text(value)}{unit_of(unit)}" if value else ""
    return f"mục tiêu {when} ({target_text(verdict.target)}{unit_of(unit)}): {STATUS[verdict.status]}{told}"


def no_pace_reason(result: IndicatorResult) -> str:
    """Why a row that is under way has no pace (không tính được tiến độ)."""
    if result.baseline is None:
        return "không tính tiến độ: kế hoạch không ghi xuất phát điểm bằng số"
    if result.target is not None and result.target.due is None:
        return "không tính tiến độ: mục tiêu không ghi hạn"
    if result.target is not None and result.target.bound is None:
        return "không tính tiến độ: mục tiêu là cấp độ"
    if result.observation is not None and result.observation.value and result.observation.value.exact is None:
        return "không tính tiến độ: số liệu chỉ là một cận"
    return "không tính tiến độ: chưa có số liệu nào mới hơn xuất phát điểm"
