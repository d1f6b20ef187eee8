"""One figure from its cell to the rates it enters (giải trình một con số): the same steps for command and page."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import ABSENT, Status
from pipeline.errors import UsageError
from pipeline.plans.models import Kind
from pipeline.plans.text import name_key
from pipeline.reporting import words
from pipeline.submissions.intake import Intake
from pipeline.submissions.records import Absence, Observation
from pipeline.validation.handbook import SEVERITY


@dataclass(frozen=True)
class Step:
    """One link of the chain: what it is about, and what holds there, a sentence a line."""

    title: str
    lines: tuple[str, ...]


def find_row(completion: Completion, written: str) -> tuple[PlanResult, IndicatorResult]:
    """The row named plan/[annex/]group/number, or by its code. Raises UsageError with the nearest codes."""
    rows = {name_key(f"{plan.id}/{row.key.label}"): (plan, row) for plan in completion.plans for row in plan.indicators}
    keys = {
        name_key("/".join([plan.id, *filter(None, row.key)])): (plan, row)
        for plan in completion.plans
        for row in plan.indicators
    }
    found = keys.get(name_key(written)) or rows.get(name_key(written))
    if found is None:
        near = difflib.get_close_matches(name_key(written), list(rows), n=3, cutoff=0.5)
        hint = f" Có phải: {', '.join(near)}?" if near else ""
        raise UsageError(
            f"Không có chỉ tiêu “{written[:80]}”. Viết kế hoạch/nhóm/số, ví dụ binh-giang-2026/II/14 "
            f"(có phụ lục: cat-hai-nq57/PL2/IV/26).{hint}"
        )
    return found


def explain(completion: Completion, intake: Intake, plan: PlanResult, row: IndicatorResult) -> Iterator[str]:
    """The chain as lines of text for the command."""
    yield f"{row.plan}/{row.key.label}: {row.name}"
    yield f"{completion.locality_name}, {completion.period_label}, chốt ngày {words.date(completion.cut_off)}"
    for number, step in enumerate(chain(completion, intake, plan, row), start=1):
        first, *others = step.lines
        yield f"{number}. {step.title}: {first}"
        yield from (f"   {line}" for line in others)


def chain(completion: Completion, intake: Intake, plan: PlanResult, row: IndicatorResult) -> list[Step]:
    """Cell, value, rules, clause, formula, status, rates; every step has at least one line."""
    steps = [
        ("Ô", _cell(row)),
        ("Giá trị", _value(row, intake)),
        ("Quy tắc", _rules(row, intake)),
        ("Điều khoản", _clause(plan, row)),
        ("Phép tính", _formula(row)),
        ("Đánh giá", _verdict(row, completion)),
        ("Tỷ lệ", _rates(completion, plan, row)),
    ]
    return [Step(title, tuple(lines)) for title, lines in steps]


def _cell(row: IndicatorResult) -> Iterator[str]:
    shown = row.observation or row.stale
    if shown is not None:
        yield f"{shown.origin.file}, {shown.origin.cell}"
        yield f"SHA-256 {shown.origin.sha256}"
    elif row.quarantined is not None:
        yield f"{row.quarantined.origin.file}, {row.quarantined.origin.cell}: dòng bị loại"
    else:
        yield "không có tệp nào gửi số liệu cho chỉ tiêu này"


def _value(row: IndicatorResult, intake: Intake) -> Iterator[str]:
    shown = row.observation or row.stale
    if shown is None:
        yield "không có; thiếu số liệu không phải là 0"
        return
    if row.observation is None:
        yield f"{_read(shown)}: cũ, không còn dùng cho kỳ này"
    else:
        yield f"ghi “{shown.printed or shown.text or shown.absence or ''}” → {_read(shown)}"
    yield f"nguồn: {shown.source}{f', {shown.source_date}' if shown.source_date else ''}"
    if shown.note:
        yield f"ghi chú: {shown.note}"
    if row.shared_from:
        yield f"gửi cho {row.shared_from}, cùng khái niệm “{row.concept}”, đơn vị và phạm vi"
    for revision in intake.revisions:
        if revision.subject == shown.code:
            why = revision.reason or "không nêu lý do"
            yield f"sửa ngày {words.date(revision.on)}: {revision.before} → {revision.after} ({why})"


def _read(observation: Observation) -> str:
    parts = f" ({observation.numerator}/{observation.denominator})" if observation.denominator else ""
    day = words.date(observation.as_of) + ("" if observation.as_of_stated else ", ngày chốt vì nguồn không nêu ngày")
    if observation.value is None:
        return f"{words.ABSENCE[observation.absence or Absence.NOT_SUBMITTED]}, {day}"
    return f"{words.value_text(observation.value)}{words.unit_of(observation.unit)}{parts}, tính đến {day}"


def _rules(row: IndicatorResult, intake: Intake) -> Iterator[str]:
    shown = row.observation or row.stale
    if shown is None:
        yield from row.quarantined.messages if row.quarantined else ("không có gì để kiểm tra",)
        return
    judged = [r for r in intake.results if (r.file, r.sheet) == (shown.origin.file, shown.origin.sheet)]
    if not judged:
        yield "đã kiểm tra ở kỳ gửi" + (f"; cảnh báo: {', '.join(shown.flags)}" if shown.flags else "")
        return
    broken = [r for r in judged if shown.origin.line in r.lines]
    yield f"{len(judged) - len(broken)} trên {len(judged)} quy tắc không có gì"
    yield from (f"{SEVERITY[r.severity]} {r.rule}: {r.message}" for r in broken)


def _clause(plan: PlanResult, row: IndicatorResult) -> Iterator[str]:
    group = next((g.title for g in plan.groups if (g.annex, g.no) == (row.annex, row.group)), "")
    place = f"{row.annex + ', ' if row.annex else ''}nhóm {row.group} ({group}), số {row.no}"
    yield f"{plan.title}, {plan.reference}; {place}"
    yield from (words.amended_text(clause) for clause in row.amended)
    if row.target is None:
        yield "không có mục tiêu định lượng trong giai đoạn đang áp dụng"
        return
    due = f", đến hạn {words.date(row.target.due)}" if row.target.due else ", không ghi hạn"
    yield f"mục tiêu ghi “{row.target.text}” → {words.target_text(row.target)}{words.unit_of(row.unit)}{due}"
    if row.baseline is not None:
        yield f"xuất phát điểm ghi “{row.baseline_text}” (năm {row.baseline_year})"


def _formula(row: IndicatorResult) -> Iterator[str]:
    yield words.verdict_formula(row) or "không có giá trị để so với mục tiêu"
    exact = row.observation.value.exact if row.observation and row.observation.value else None
    if row.pace is not None and exact is not None and row.baseline is not None:
        n = words.number
        path = "lộ trình kế hoạch ghi" if row.pace.declared else "đường thẳng từ xuất phát điểm đến hạn"
        yield (
            f"tiến độ = ({n(exact, 4)} − {n(row.baseline, 4)}) / ({n(row.pace.expected, 4)} − {n(row.baseline, 4)})"
            f" = {n(row.pace.ratio, 4)}; {n(row.pace.expected, 4)} là mức lẽ ra đạt theo {path}"
        )
    if row.status is Status.IN_PROGRESS:
        yield words.no_pace_reason(row)
    if row.once_met is not None:
        yield f"đã từng đạt mục tiêu này, ngày {words.date(row.once_met)}"


def _verdict(row: IndicatorResult, completion: Completion) -> Iterator[str]:
    yield f"{words.STATUS[row.status]} (phương pháp {completion.method.id})"
    if row.former is not None:
        yield f"theo kế hoạch ban đầu ({words.target_text(row.former.target)}): {words.STATUS[row.former.status]}"
    yield from (f"theo {o.method}: {words.STATUS[o.status or row.status]}" for o in row.disputed)
    yield from (words.past_text(verdict, row.unit) for verdict in row.past)


def _rates(completion: Completion, plan: PlanResult, row: IndicatorResult) -> Iterator[str]:
    if not row.counted:
        yield "không vào tử số, không vào mẫu số nào"
        return
    side = "tử số và mẫu số" if row.status is Status.MET else "mẫu số"
    if row.status in ABSENT or row.status is Status.UNDECIDABLE:
        side = "mẫu số; cận dưới coi là không đạt, cận trên coi là đạt"
    yield f"vào {side} của"
    if row.kind is Kind.COMMITMENT:
        yield f"cam kết định lượng của kế hoạch: {_fraction(plan.commitments)}"
        return
    group = next(g for g in plan.groups if (g.annex, g.no, g.commitments) == (row.annex, row.group, False))
    yield f"nhóm {row.group}: {_fraction(group.rate)}"
    yield f"kế hoạch: {_fraction(plan.rate)}"
    yield f"địa phương: {_fraction(completion.rate)}"
    for agency in completion.agencies:
        if agency.name in row.lead:
            yield f"{agency.name}: {_fraction(agency.rate)}"


def _fraction(rate: Rate) -> str:
    upper = f" đến {rate.met_at_most}/{rate.total}" if rate.met_at_most != rate.met else ""
    return f"{rate.met}/{rate.total}{upper} chỉ tiêu đạt, {rate.observed}/{rate.total} có số liệu"
