"""A revised plan against the one in the registry (kế hoạch sửa đổi): a proposed entry of `amendments`.

Rows are the same where number and name agree, or the name alone is found once. What differs is proposed as the registry
writes it; nothing is changed in the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.digitise.draft_rows import DraftRow
from pipeline.digitise.draft_yaml import DraftOf
from pipeline.plans.models import Indicator, LineKind, Plan, Task
from pipeline.plans.text import name_key


@dataclass(frozen=True)
class Proposed:
    """One line of the entry: the change as YAML, and a remark behind it."""

    change: str
    remark: str = ""


def plan_revised(draft: DraftOf, plans: Sequence[Plan]) -> Plan | None:
    """The plan in the registry that a draft may revise: of the same locality and years, the only one.

    None where it is the same document, by number and day.
    """
    years, facts = draft.document.years, draft.document.reading.facts
    number, day = (facts[name][0].value if name in facts else "" for name in ("number", "date"))
    same = [
        plan
        for plan in plans
        if plan.locality == draft.locality.slug and years and (plan.years.first, plan.years.last) == years[:2]
    ]
    if len(same) != 1 or (number and (same[0].number, str(same[0].date)) == (number, day)):
        return None
    return same[0]


def amendments_yaml(draft: DraftOf, plan: Plan) -> str:
    """The proposed entry; '' where the draft says what the plan says."""
    changes = list(_changes(draft.document.reading.rows, plan))
    if not changes:
        return ""
    facts = draft.document.reading.facts
    number = facts["number"][0].value if "number" in facts else "…"
    lines = [
        f"# Đề xuất từ {draft.source}, so với {plan.id} trong sổ.",
        "# Đối chiếu từng thay đổi với văn bản rồi chép vào cuối tệp kế hoạch.",
        "amendments:",
        f"  - document: {_quoted(f'Kế hoạch số {number}')}",
        f"    date: {facts['date'][0].value}" if "date" in facts else "    # date: văn bản để trống ngày",
        "    changes:",
    ]
    lines += [f"      - {one.change}{f'  # {one.remark}' if one.remark else ''}" for one in changes]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _changes(rows: Sequence[DraftRow], plan: Plan) -> Iterator[Proposed]:
    tasks = [line for line in plan.tasks if line.kind is LineKind.TASK]
    for field, known, measured in (("indicator", plan.indicators, True), ("task", tasks, False)):
        now = [row for row in rows if row.kind.measured is measured and (measured or row.kind == "task")]
        found = {id(row): _same(row, known) for row in now}
        for row in now:
            before = found[id(row)]
            if before is None:
                yield Proposed(f"{{{field}: {_quoted(row.label)}, added: true}}", "thêm dòng này vào kế hoạch trước")
            elif isinstance(before, Indicator):
                yield from _targets(row, before)
            else:
                yield from _task(row, before)
        kept = {id(before) for before in found.values()}
        for line in known:
            if id(line) not in kept:
                reason = _quoted("không còn trong bản mới")
                remark = f"“{line.name[:60]}”: không tìm thấy, xem lại"
                yield Proposed(f"{{{field}: {_quoted(line.key.label)}, dropped: {reason}}}", remark)


def _same(row: DraftRow, known: Sequence[Indicator] | Sequence[Task]) -> Indicator | Task | None:
    name = name_key(row.fields["name"].value)
    named = [one for one in known if name in (name_key(one.name), name_key(one.name_printed or ""))]
    numbered = [one for one in known if one.key.label == row.label]
    both = [one for one in numbered if any(one is other for other in named)]
    if both or len(named) == 1:
        return (both or named)[0]
    # Names of tasks in prose are shortened in the registry, and those of figures in sentences are put together: there
    # the number alone decides.
    told_by_number = not row.kind.measured or bool(row.fields["name"].doubt)
    return numbered[0] if numbered and not named and told_by_number else None


def _targets(row: DraftRow, before: Indicator) -> Iterator[Proposed]:
    for target in row.targets:
        stands = next((one for one in before.targets if one.year == target.year), None)
        if stands is not None and stands.text != target.text.value:
            texts = f"before: {_quoted(stands.text)}, after: {_quoted(target.text.value)}"
            change = f"{{indicator: {_quoted(before.key.label)}, target: {{year: {target.year}, {texts}}}}}"
            yield Proposed(change, target.text.place)


def _task(row: DraftRow, before: Task) -> Iterator[Proposed]:
    label = _quoted(before.key.label)
    deadline = row.fields.get("deadline")
    if deadline is not None and deadline.value != before.deadline:
        texts = f"before: {_quoted(before.deadline)}, after: {_quoted(deadline.value)}"
        yield Proposed(f"{{task: {label}, deadline: {{{texts}}}}}", deadline.place)
    lead = row.fields.get("lead")
    if lead is not None and list(map(name_key, lead.several)) != list(map(name_key, before.lead)):
        was, now = (f"[{', '.join(map(_quoted, several))}]" for several in (before.lead, lead.several))
        yield Proposed(f"{{task: {label}, lead: {{before: {was}, after: {now}}}}}", lead.place)
