"""The page, section by section. Each section is a fragment of HTML that a notebook cell shows.

Data reaches HTML only through the templates beside this module, and those escape everything.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.completion.counts import ConceptCount, Rate, TaskCounts
from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TaskResult
from pipeline.completion.statuses import ABSENT, NOT_MET, PlanState, Status
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind
from pipeline.plans.targets import Comparator
from pipeline.reporting import words
from pipeline.reporting.charts import charts
from pipeline.reporting.explain import chain
from pipeline.submissions.intake import Intake, RowFinding

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Fragment:
    """A piece of the page, already escaped; Jupyter and nbconvert show it as HTML."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"Fragment({len(self.html)} ký tự)"


@dataclass(frozen=True)
class Page:
    """All sections of the report of one locality and period."""

    completion: Completion
    intake: Intake
    input_id: str

    def head(self) -> Fragment:
        return self._render("head")

    def answer(self) -> Fragment:
        return self._render("answer")

    def attention(self) -> Fragment:
        return self._render("attention", rows=self.worst_first)

    def charts(self) -> Fragment:
        drawn = [(base64.b64encode(c.svg).decode(), c) for c in charts(self.completion)]
        return self._render("charts", charts=drawn)

    def plans(self) -> Fragment:
        """Every row of every plan, each with its chain from cell to rate."""
        chains = {
            f"{row.plan}/{row.key.label}": chain(self.completion, self.intake, plan, row)
            for plan in self.completion.plans
            for row in plan.indicators
        }
        return self._render("plans", chains=chains)

    def agencies(self) -> Fragment:
        return self._render("agencies")

    def tasks(self) -> Fragment:
        return self._render("tasks")

    def reported(self) -> Fragment:
        return self._render("reported")

    def conflicts(self) -> Fragment:
        """Clauses that differ in more than the wording of their names, with the status under each."""
        found = self.completion.conflicts
        telling = [c for c in found if any(d.kind != "wording" for d in c.differences)]
        statuses = {f"{r.plan}/{r.key.label}": r.status for plan in self.completion.plans for r in plan.indicators}
        return self._render("conflicts", conflicts=telling, reworded=len(found) - len(telling), statuses=statuses)

    def quality(self) -> Fragment:
        return self._render("quality")

    def method(self) -> Fragment:
        return self._render("method")

    @cached_property
    def worst_first(self) -> list[IndicatorResult]:
        """What needs attention: not met, undecidable or quarantined, the least attained first."""
        rows = [
            r
            for plan in self.completion.in_force
            for r in plan.indicators
            if r.status in NOT_MET or r.status in (Status.UNDECIDABLE, Status.QUARANTINED)
        ]
        return sorted(rows, key=lambda r: (r.attainment is None, r.attainment or 0, -(r.gap or 0)))

    @property
    def warned(self) -> list[RowFinding]:
        """Warnings of accepted rows, at their cells."""
        return [finding for finding in self.intake.findings if finding.severity == "warning"]

    @property
    def noun(self) -> str:
        """How a sentence names the locality: 'Xã', 'Đặc khu', 'Thành phố'."""
        return self.completion.locality_name.removesuffix(self._proper_name).strip() or "Địa phương"

    @property
    def _proper_name(self) -> str:
        name = self.completion.locality_name
        kinds = ("Thành phố", "Đặc khu", "Phường", "Xã")
        return next((name.removeprefix(kind) for kind in kinds if name.startswith(kind)), name)

    def _render(self, section: str, **values: Any) -> Fragment:
        template = environment().get_template(f"{section}.html.j2")
        return Fragment(template.render(page=self, c=self.completion, intake=self.intake, **values))


def short_name(name: str) -> str:
    """The name of an indicator inside a sentence: without 'Tỷ lệ' and what stands in brackets."""
    text = name.removeprefix("Tỷ lệ ").split(" (")[0].rstrip(".;,")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def bar(row: IndicatorResult) -> dict[str, float | str] | None:
    """Geometry of the bar of one row on a scale of 120 units; None where there is no number to draw."""
    bound = row.target.bound if row.target else None
    if bound is None or row.target is None or row.target.comparator is Comparator.NONE:
        return None
    value = row.observation.value if row.observation and row.observation.value else None
    shown = value.exact if value and value.exact is not None else (value.low or value.high) if value else None
    top = max(float(bound), float(shown or 0), 100.0 if row.unit.startswith("%") else 0.0) or 1.0
    said = f"{words.value_text(value)} so với {words.target_text(row.target)}{words.unit_of(row.unit)}"
    return {
        "value": round(118 * float(shown) / top, 1) if shown is not None else 0.0,
        "tick": round(1 + 118 * float(bound) / top, 1),
        "said": said
        if value
        else f"chưa có số liệu, mục tiêu {words.target_text(row.target)}{words.unit_of(row.unit)}",
    }


def reviewable(tasks: Sequence[TaskResult]) -> list[TaskResult]:
    """Tasks whose deadline another document sets; someone has to look them up."""
    return [task for task in tasks if task.deadline_kind is DeadlineKind.BY_GUIDANCE]


def task_rate_sentences(counts: TaskCounts) -> list[str]:
    """Both official rates, each with its denominator in words."""
    done_of_due = counts.done + counts.overdue
    return [
        f"{counts.done}/{counts.counted} trên tổng số nhiệm vụ được giao ({words.percent(counts.of_assigned, 2)})",
        f"{counts.done}/{done_of_due} trên số đã hoàn thành hoặc đã đến hạn ({words.percent(counts.of_due, 2)})",
    ]


def rate_sentence(rate: Rate) -> str:
    """The met rate with numerator and denominator in words."""
    if not rate.total:
        return "không có chỉ tiêu nào được tính (0/0)"
    if rate.met == rate.met_at_most:
        return f"{rate.met}/{rate.total} chỉ tiêu đạt"
    return (
        f"{rate.met}/{rate.total} chỉ tiêu đạt nếu phần chưa có số liệu đều không đạt, "
        f"{rate.met_at_most}/{rate.total} nếu đều đạt"
    )


def concept_sentence(concepts: ConceptCount) -> str:
    """The met rate over concepts instead of rows."""
    upper = f" đến {concepts.met_at_most}/{concepts.total}" if concepts.met_at_most != concepts.met else ""
    return f"{concepts.met}/{concepts.total}{upper} đạt"


def environment() -> Environment:
    """Templates that escape all data, with the words and figures they may use."""
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    helpers: list[Callable[..., Any]] = [
        words.number,
        words.percent,
        words.unit_of,
        words.value_text,
        words.target_text,
        words.date,
        words.gap_text,
        words.amended_text,
        words.past_text,
        words.shade,
        short_name,
        bar,
        reviewable,
        task_rate_sentences,
        rate_sentence,
        concept_sentence,
        sections,
    ]
    templates.globals.update({helper.__name__: helper for helper in helpers})
    templates.globals.update(
        STATUS=words.STATUS,
        DIFFERENCE=words.DIFFERENCE,
        TASK_STATUS=words.TASK_STATUS,
        PLAN_STATE=words.PLAN_STATE,
        Status=Status,
        ABSENT=ABSENT,
        PlanState=PlanState,
        Kind=Kind,
    )
    return templates


def sections(plan: PlanResult) -> list[tuple[Any, list[IndicatorResult]]]:
    """The headings of a plan with their rows, objectives first, then commitments."""
    return [
        (
            group,
            [
                r
                for r in plan.indicators
                if (r.annex, r.group) == (group.annex, group.no) and (r.kind is Kind.COMMITMENT) == group.commitments
            ],
        )
        for group in plan.groups
    ]
