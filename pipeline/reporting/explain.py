"""One figure from its cell to the rates it enters (giải trình một con số), as lines of text."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import ABSENT, Status
from pipeline.errors import UsageError
from pipeline.plans.models import Kind
from pipeline.plans.text import name_key
from pipeline.reporting import words
from pipeline.submissions.intake import Intake
from pipeline.submissions.records import Observation
from pipeline.validation.handbook import SEVERITY


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
    """The chain: cell, value, rules, clause, formula, status, rates."""
    yield f"{row.plan}/{row.key.label}: {row.name}"
    yield f"{completion.locality_name}, {completion.period_label}, chốt ngày {words.date(completion.cut_off)}"
    yield from _value(row, intake)
    yield from _clause(plan, row)
    yield from _decision(row, completion)
    yield from _rates(completion, plan, row)


def _value(row: IndicatorResult, intake: Intake) -> Iterator[str]:
    shown = row.observation or row.stale
    if shown is not None:
        old = "" if row.observation else " (cũ, không còn dùng cho kỳ này)"
        o = shown.origin
        yield f"1. Ô: {o.file}, {o.cell}{old}"
        yield f"   SHA-256 {o.sha256}"
        yield f"2. Giá trị: ghi “{shown.text or shown.absence or ''}” → {_read(shown)}; nguồn: {shown.source}"
        if row.shared_from:
            yield f"   gửi cho {row.shared_from}, cùng khái niệm “{row.concept}”, đơn vị và phạm vi"
        yield from _revised(shown, intake)
        yield f"3. Quy tắc: {_rules(shown, intake)}"
    elif row.quarantined is not None:
        yield f"1. Ô: {row.quarantined.origin.file}, {row.quarantined.origin.cell}: dòng bị loại"
        yield from (f"3. Quy tắc: {message}" for message in row.quarantined.messages)
    else:
        yield "1. Ô: không có tệp nào gửi số liệu cho chỉ tiêu này"


def _read(observation: Observation) -> str:
    parts = f" ({observation.numerator}/{observation.denominator})" if observation.denominator else ""
    day = words.date(observation.as_of) + ("" if observation.as_of_stated else ", ngày chốt vì nguồn không nêu ngày")
    if observation.value is None:
        return f"không có giá trị ({observation.absence}), {day}"
    return f"{words.value_text(observation.value)}{words.unit_of(observation.unit)}{parts}, tính đến {day}"


def _revised(observation: Observation, intake: Intake) -> Iterator[str]:
    for revision in intake.revisions:
        if revision.subject == observation.code:
            why = revision.reason or "không nêu lý do"
            yield f"   sửa ngày {words.date(revision.on)}: {revision.before} → {revision.after} ({why})"


def _rules(observation: Observation, intake: Intake) -> str:
    judged = [r for r in intake.results if (r.file, r.sheet) == (observation.origin.file, observation.origin.sheet)]
    if not judged:
        return "đã kiểm tra ở kỳ gửi" + (f"; cảnh báo: {', '.join(observation.flags)}" if observation.flags else "")
    broken = [r for r in judged if observation.origin.line in r.lines]
    told = "; ".join(f"{SEVERITY[r.severity]} {r.rule}: {r.message}" for r in broken)
    return f"{len(judged) - len(broken)} trên {len(judged)} quy tắc không có gì" + (f"; {told}" if told else "")


def _clause(plan: PlanResult, row: IndicatorResult) -> Iterator[str]:
    group = next((g.title for g in plan.groups if (g.annex, g.no) == (row.annex, row.group)), "")
    place = f"{row.annex + ', ' if row.annex else ''}nhóm {row.group} ({group}), số {row.no}"
    yield f"4. Điều khoản: {plan.title}, {plan.reference}; {place}"
    if row.target is None:
        yield "   không có mục tiêu định lượng trong giai đoạn đang áp dụng"
        return
    due = f", đến hạn {words.date(row.target.due)}" if row.target.due else ", không ghi hạn"
    yield f"   mục tiêu ghi “{row.target.text}” → {words.target_text(row.target)}{words.unit_of(row.unit)}{due}"
    if row.baseline is not None:
        yield f"   xuất phát điểm ghi “{row.baseline_text}” (năm {row.baseline_year})"


def _decision(row: IndicatorResult, completion: Completion) -> Iterator[str]:
    formula = words.verdict_formula(row)
    yield f"5. Phép tính: {formula}" if formula else "5. Phép tính: không có giá trị để so với mục tiêu"
    exact = row.observation.value.exact if row.observation and row.observation.value else None
    if row.pace is not None and exact is not None and row.baseline is not None:
        n = words.number
        yield (
            f"   tiến độ = ({n(exact, 4)} − {n(row.baseline, 4)}) / ({n(row.pace.expected, 4)} − {n(row.baseline, 4)})"
            f" = {n(row.pace.ratio, 4)}"
        )
    for opinion in row.disputed:
        yield f"   theo {opinion.method}: {words.STATUS[opinion.status or row.status]}"
    yield f"6. Đánh giá: {words.STATUS[row.status]} (phương pháp {completion.method.id})"


def _rates(completion: Completion, plan: PlanResult, row: IndicatorResult) -> Iterator[str]:
    if not row.counted:
        yield "7. Tỷ lệ: không vào tử số, không vào mẫu số nào"
        return
    side = "tử số và mẫu số" if row.status is Status.MET else "mẫu số"
    if row.status in ABSENT or row.status is Status.UNDECIDABLE:
        side = "mẫu số; cận dưới coi là không đạt, cận trên coi là đạt"
    yield f"7. Tỷ lệ: vào {side} của"
    if row.kind is Kind.COMMITMENT:
        yield f"   cam kết định lượng của kế hoạch: {_fraction(plan.commitments)}"
        return
    group = next(g for g in plan.groups if (g.annex, g.no, g.commitments) == (row.annex, row.group, False))
    yield f"   nhóm {row.group}: {_fraction(group.rate)}"
    yield f"   kế hoạch: {_fraction(plan.rate)}"
    yield f"   địa phương: {_fraction(completion.rate)}"
    for agency in completion.agencies:
        if agency.name in row.lead:
            yield f"   {agency.name}: {_fraction(agency.rate)}"


def _fraction(rate: Rate) -> str:
    upper = f" đến {rate.met_at_most}/{rate.total}" if rate.met_at_most != rate.met else ""
    return f"{rate.met}/{rate.total}{upper} chỉ tiêu đạt, {rate.observed}/{rate.total} có số liệu"
