"""The record of step 1 as frames (số liệu nhận được): values, facts, rows kept out, findings, rules, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.errors import UsageError
from pipeline.intake.rows import (
    Absence,
    Basis,
    FileKind,
    Intake,
    Observation,
    Quarantined,
    Reported,
    Revision,
    RowFinding,
    RuleResult,
    SubmittedFile,
    TaskFact,
)
from pipeline.intake.suites import SEVERITY
from pipeline.typed_frame import Dtype, FrameColumn, typed_frame

if TYPE_CHECKING:
    import pandas as pd

_Placed: TypeAlias = Observation | TaskFact | Reported | Quarantined | RowFinding


@dataclass(frozen=True)
class AcceptedValue:
    """An accepted value, and whether it was sent for another period."""

    given: Observation
    earlier: bool


_ORIGIN: tuple[FrameColumn[_Placed], ...] = (
    FrameColumn("file", lambda x: x.origin.file, "tệp, đường dẫn trong dự án"),
    FrameColumn("sheet", lambda x: x.origin.sheet, "trang tính; trống với CSV"),
    FrameColumn("line", lambda x: x.origin.line, "dòng trong tệp", Dtype.INTEGER),
    FrameColumn("cell", lambda x: x.origin.cell, "ô, như phiếu tiếp nhận ghi"),
)


_O = FrameColumn[Observation]
OBSERVATIONS: tuple[FrameColumn[Observation], ...] = (
    _O("code", lambda o: o.code if o.key else "", "mã chỉ tiêu; trống nếu số liệu chỉ ghi khái niệm"),
    _O("plan", lambda o: o.plan, "kế hoạch; trống như trên"),
    _O("concept", lambda o: o.concept, "khái niệm"),
    _O("scope", lambda o: o.scope, "phạm vi hẹp hơn của khái niệm"),
    _O("unit", lambda o: o.unit, "đơn vị; trống nếu không có"),
    _O("value", lambda o: o.value and o.value.exact, "giá trị, nếu là một số", Dtype.NUMBER, "theo `unit`"),
    _O("low", lambda o: o.value and o.value.low, "cận dưới của giá trị", Dtype.NUMBER, "theo `unit`"),
    _O("high", lambda o: o.value and o.value.high, "cận trên của giá trị", Dtype.NUMBER, "theo `unit`"),
    _O("low_open", lambda o: o.value and o.value.low_open, "bản thân cận dưới không tính (“>”)", Dtype.FLAG),
    _O("high_open", lambda o: o.value and o.value.high_open, "bản thân cận trên không tính (“<”)", Dtype.FLAG),
    _O("text", lambda o: o.text, "giá trị đúng như trong tệp"),
    _O("absence", lambda o: o.absence, "vì sao không có giá trị", Dtype.CATEGORY, of=Absence),
    _O("numerator", lambda o: o.numerator, "tử số", Dtype.NUMBER),
    _O("denominator", lambda o: o.denominator, "mẫu số", Dtype.NUMBER),
    _O("basis", lambda o: o.basis, "tại thời điểm, trong kỳ, lũy kế", Dtype.CATEGORY, of=Basis),
    _O("as_of", lambda o: o.as_of, "ngày của số liệu", Dtype.DAY),
    _O("as_of_stated", lambda o: o.as_of_stated, "ngày do nơi gửi ghi, không phải ngày chốt", Dtype.FLAG),
    _O("estimate", lambda o: o.estimate.exact if o.estimate else None, "ước thực hiện cả năm", Dtype.NUMBER),
    _O("edition", lambda o: o.edition, "kỳ mà số liệu được gửi cho"),
    _O("source", lambda o: o.source, "nguồn"),
    _O("evidence", lambda o: o.evidence, "minh chứng"),
    _O("note", lambda o: o.note, "ghi chú"),
    _O("difficulty", lambda o: o.difficulty, "khó khăn, vướng mắc, đúng như nơi gửi ghi"),
    _O("flags", lambda o: ", ".join(o.flags), "quy tắc mức cảnh báo mà dòng vi phạm"),
    *_ORIGIN,
)


def _given(value: AcceptedValue) -> Observation:
    return value.given


VALUES = (
    *(column.over(_given) for column in OBSERVATIONS),
    FrameColumn[AcceptedValue]("earlier", lambda x: x.earlier, "gửi cho một kỳ khác, được dùng ở kỳ này", Dtype.FLAG),
)
_F = FrameColumn[TaskFact]
FACTS: tuple[FrameColumn[TaskFact], ...] = (
    _F("code", lambda f: f.code, "mã nhiệm vụ"),
    _F("started_on", lambda f: f.started_on, "ngày bắt đầu", Dtype.DAY),
    _F("finished_on", lambda f: f.finished_on, "ngày hoàn thành", Dtype.DAY),
    _F("suspended_on", lambda f: f.suspended_on, "ngày tạm dừng, hủy bỏ", Dtype.DAY),
    _F("reported_on", lambda f: f.reported_on, "ngày báo cáo gần nhất", Dtype.DAY),
    _F("product", lambda f: f.product, "sản phẩm"),
    _F("source", lambda f: f.source, "nguồn"),
    _F("note", lambda f: f.note, "ghi chú"),
    _F("difficulty", lambda f: f.difficulty, "khó khăn, vướng mắc, đúng như nơi gửi ghi"),
    *_ORIGIN,
)
_P = FrameColumn[Reported]
PUBLISHED: tuple[FrameColumn[Reported], ...] = (
    _P("subject", lambda r: r.subject, "chủ đề"),
    _P("name", lambda r: r.name, "tên con số"),
    _P("value", lambda r: r.value, "con số đúng như nguồn ghi, là chữ"),
    _P("unit", lambda r: r.unit, "đơn vị"),
    _P("as_of", lambda r: r.as_of, "thời điểm đúng như nguồn ghi, là chữ"),
    _P("source", lambda r: r.source, "nguồn"),
    *_ORIGIN,
)
_Q = FrameColumn[Quarantined]
KEPT_OUT: tuple[FrameColumn[Quarantined], ...] = (
    _Q("code", lambda q: q.subject, "mã chỉ tiêu, nhiệm vụ hay khái niệm; trống nếu không biết"),
    _Q("kind", lambda q: q.kind, "loại bảng", Dtype.CATEGORY, of=FileKind),
    _Q("rules", lambda q: ", ".join(q.rules), "các quy tắc bị vi phạm"),
    _Q("messages", lambda q: "; ".join(q.messages), "lý do và cách sửa"),
    _Q("received", lambda q: " | ".join(filter(None, q.cells.values())), "các ô đúng như nhận được"),
    _Q("replaced", lambda q: q.replaced_by is not None, "một tệp gửi sau đã thay dòng này", Dtype.FLAG),
    *_ORIGIN,
)
_W = FrameColumn[RowFinding]
FINDINGS: tuple[FrameColumn[RowFinding], ...] = (
    _W("rule", lambda f: f.rule, "quy tắc"),
    _W("severity", lambda f: f.severity, "mức", Dtype.CATEGORY, of=tuple(SEVERITY)),
    _W("message", lambda f: f.message, "điều cần xem"),
    _W("remedy", lambda f: f.remedy, "cách sửa"),
    *_ORIGIN,
)
_R = FrameColumn[RuleResult]
RULES = (
    _R("file", lambda r: r.file, "tệp"),
    _R("sheet", lambda r: r.sheet, "trang tính; trống với CSV"),
    _R("kind", lambda r: r.kind, "loại bảng", Dtype.CATEGORY, of=FileKind),
    _R("rule", lambda r: r.rule, "quy tắc"),
    _R("severity", lambda r: r.severity, "mức", Dtype.CATEGORY, of=tuple(SEVERITY)),
    _R("holds", lambda r: r.holds, "không dòng nào vi phạm", Dtype.FLAG),
    _R("broken_by", lambda r: len(r.lines), "số dòng vi phạm", Dtype.INTEGER, "dòng"),
    _R("message", lambda r: r.message, "điều bị coi là lỗi"),
)
_S = FrameColumn[SubmittedFile]
FILES = (
    _S("file", lambda f: f.file, "tệp, đường dẫn trong dự án"),
    _S("sheet", lambda f: f.sheet, "trang tính; trống với CSV"),
    _S("kind", lambda f: f.kind, "loại bảng", Dtype.CATEGORY, of=FileKind),
    _S("rows", lambda f: f.rows, "số dòng nhận", Dtype.INTEGER, "dòng"),
    _S("sha256", lambda f: f.sha256, "dấu vân tay của tệp"),
)
_V = FrameColumn[Revision]
REVISIONS = (
    _V("code", lambda r: r.subject, "mã chỉ tiêu, nhiệm vụ hay khái niệm"),
    _V("before", lambda r: r.before, "giá trị cũ, là chữ"),
    _V("after", lambda r: r.after, "giá trị mới, là chữ"),
    _V("on", lambda r: r.on, "ngày nhận bản mới, hay ngày quyết định", Dtype.DAY),
    _V("reason", lambda r: r.reason, "lý do"),
    _V("office", lambda r: r.office, "cơ quan quyết định đính chính"),
)


def intake_frame(intake: Intake, name: str) -> pd.DataFrame:
    """One of `FRAMES` by its name. Raises UsageError for a name there is none of."""
    if name not in FRAMES:
        raise UsageError(f"Không có bảng “{name[:40]}”. Có: {', '.join(FRAMES)}.")
    columns, rows = FRAMES[name]
    return typed_frame(columns, rows(intake))


def _values(intake: Intake) -> list[AcceptedValue]:
    now = [AcceptedValue(given, earlier=False) for given in intake.observations]
    return now + [AcceptedValue(given, earlier=True) for given in (*intake.earlier, *intake.later)]


FRAMES: dict[str, tuple[Sequence[FrameColumn[Any]], Callable[[Intake], Sequence[Any]]]] = {
    "values": (VALUES, _values),
    "tasks": (FACTS, lambda intake: intake.tasks),
    "reported": (PUBLISHED, lambda intake: intake.reported),
    "quarantined": (KEPT_OUT, lambda intake: intake.quarantined),
    "findings": (FINDINGS, lambda intake: intake.findings),
    "rules": (RULES, lambda intake: intake.results),
    "files": (FILES, lambda intake: intake.files),
    "revisions": (REVISIONS, lambda intake: intake.revisions),
}
"""What each frame holds, by the name it is asked for: its columns, and the rows of the record."""
