"""The answer in two sentences (câu trả lời): what a chair can say of the period, and nothing that is not so.

What was met is met by values of the period. Earlier values, starting points and ended plans have sentences of their
own, each with its day or its plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from markupsafe import Markup

from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import PlanState, Status
from pipeline.intake.rows import Intake
from pipeline.plans.models import Kind
from pipeline.report.charts import farthest
from pipeline.report.concept_words import indicator_in
from pipeline.report.count_words import days_of_older
from pipeline.report.due_targets import DueTargets, due_parts, due_targets
from pipeline.report.marks import uses_earlier_files
from pipeline.report.not_met_words import after_not_met
from pipeline.report.words import Words

HEADLINE = 2
"""Sentences that stand large at the head of the page, for a chair to repeat."""


class Case(StrEnum):
    """What a report can say of its period; every case has sentences of its own."""

    NO_PLAN = "no-plan"
    """No plan is in force or about to begin: those that have ended are named (kế hoạch đã hết thời gian)."""
    STARTING = "starting"
    """A plan is about to begin, and what is there is its starting point (xuất phát điểm)."""
    NO_TARGET = "no-target"
    """The plans in force have no target to judge in this stage."""
    NO_DATA = "no-data"
    """No value of the period."""
    ALL_DUE = "all-due"
    """Every target that is judged has fallen due."""
    SOME_DUE = "some-due"
    """Some have, of this stage or of the one before; they are said first (mục tiêu đã đến hạn)."""
    NONE_DUE = "none-due"
    """All are still to come."""


def case_of(completion: Completion, due: DueTargets) -> Case:
    """Which of the cases a report is."""
    rate = completion.rate
    if not completion.in_force:
        return Case.STARTING if completion.starting else Case.NO_PLAN
    if not rate.total:
        return Case.NO_TARGET
    if not rate.observed:
        return Case.NO_DATA
    if rate.due == rate.total == len(due.all):
        return Case.ALL_DUE
    return Case.SOME_DUE if due.all else Case.NONE_DUE


@dataclass(frozen=True)
class Lead:
    """The sentences of one report, in the language of `words`."""

    completion: Completion
    intake: Intake
    words: Words

    @cached_property
    def case(self) -> Case:
        """Which kind of report it is."""
        return case_of(self.completion, self._due)

    def headline(self) -> list[Markup]:
        """At most two sentences: what has fallen due, then what is met; or why nothing can be said."""
        return list(self._answer())[:HEADLINE]

    def beneath(self) -> list[Markup]:
        """What limits or completes the headline; it stands below it, smaller."""
        return [*list(self._answer())[HEADLINE:], *self._beside()]

    def sentences(self) -> list[Markup]:
        """All, the most important first."""
        return [*self.headline(), *self.beneath()]

    def _answer(self) -> Iterator[Markup]:
        completion = self.completion
        nothing = not self.intake.files and bool(completion.plans)
        if nothing and self.case in (Case.NO_DATA, Case.NO_TARGET, Case.NO_PLAN):
            yield self._nothing_received()
        if self.case is Case.NO_PLAN:
            yield self._text("lead.no-plan")
        elif self.case is not Case.STARTING:
            yield from self._of_plans_in_force()
        for plan in completion.starting:
            yield from self._starting(plan)
        if nothing and self.case not in (Case.NO_DATA, Case.NO_TARGET, Case.NO_PLAN):
            yield self._nothing_received()
        for plan in completion.plans if not completion.in_force else ():
            if plan.state is PlanState.EXPIRED:
                yield self._text("lead.expired", plan=plan.title, year=plan.last_year)
            elif plan.starting_point is None:
                yield self._text("lead.begins", plan=plan.title, year=plan.first_year)

    def _of_plans_in_force(self) -> Iterator[Markup]:
        rate = self.completion.rate
        if self.case is Case.NO_TARGET:
            yield self._text("lead.no-target")
        elif self.case is Case.NO_DATA:
            yield self._text("lead.no-data", total=rate.total)
        if self._due.all and self.case is not Case.ALL_DUE:
            yield self._of_due()
        if self.case in (Case.NO_TARGET, Case.NO_DATA):
            return
        if rate.absent * 2 > rate.total:
            yield self._mostly_missing()
        else:
            yield self._met()
            if worst := farthest(self.completion):
                yield self._farthest(worst)

    def _beside(self) -> Iterator[Markup]:
        """What is never a headline: targets that were lowered, earlier values."""
        rate = self.completion.rate
        if read := self._read_from_words():
            yield self._text("lead.in-words", count=len(read), labels=", ".join(read))
        if not self.completion.in_force:
            if self.case is Case.NO_PLAN and self.completion.plans:
                yield self._text("lead.covers" if self.completion.parent_name else "lead.covers-province")
            return
        if rate.met_by_amendment:
            yield self._text("lead.lowered", count=rate.met_by_amendment)
        if rate.older:
            yield self._latest()

    def _read_from_words(self) -> list[str]:
        """Indicators whose figure the sender gave inside a sentence (số liệu dạng chữ), by their numbers."""
        plans = self.completion.in_force or self.completion.starting
        rows = (row for plan in plans for row in plan.indicators if row.kind is Kind.INDICATOR and not row.repeats)
        return [row.key.label for row in rows if row.observation and "value-in-words" in row.observation.flags]

    @cached_property
    def _due(self) -> DueTargets:
        return due_targets(self.completion)

    def _nothing_received(self) -> Markup:
        used = uses_earlier_files(self.completion)
        return self._text("lead.nothing-received-used" if used else "lead.nothing-received")

    def _of_due(self) -> Markup:
        """'Trong 55 mục tiêu đã đến hạn (năm 2025), 29 đạt, 19 không đạt, 7 chưa có số liệu.'"""
        due = self._due
        return self._text(
            "lead.due", count=len(due.all), years=due.in_years, parts=", ".join(due_parts(due, self.words))
        )

    def _met(self) -> Markup:
        rate, t = self.completion.rate, self._text
        parts = [t("lead.met", met=rate.met, total=rate.total)]
        if rate.not_met == rate.of([Status.MISSED]) > 0:
            parts.append(t("lead.missed", count=rate.not_met))
        elif rate.not_met:
            parts.append(t("lead.not-met", count=rate.not_met) + after_not_met(self.completion, self.words))
        if rate.undecidable:
            parts.append(t("lead.undecidable", count=rate.undecidable))
        if rate.absent:
            parts.append(self._absent())
        return Markup("; ").join(parts) + "."

    def _absent(self) -> Markup:
        """'25 chỉ tiêu chưa có số liệu của kỳ', and how many of them have fallen due."""
        absent, fallen = self.completion.rate.absent, self._due.absent
        # Those of a stage before are said in the sentence of what is due; two numbers would contradict each other.
        due = len(fallen) if all(target.current for target in fallen) else 0
        key = "lead.absent" if not due else "lead.absent-due" if due < absent else "lead.absent-all-due"
        return self._text(key, count=absent, due=due)

    def _mostly_missing(self) -> Markup:
        rate = self.completion.rate
        missed = rate.of([Status.MISSED])
        counts = {"met": rate.met, "missed": missed, "not": rate.not_met - missed, "undecidable": rate.undecidable}
        shown = [self._text(f"lead.part-{name}", number=n) for name, n in counts.items() if n or name == "met"]
        return self._text(
            "lead.mostly-missing",
            observed=rate.observed,
            total=rate.total,
            absent=self._absent(),
            parts=Markup(", ").join(shown),
        )

    def _farthest(self, row: IndicatorResult) -> Markup:
        return self._text(
            "lead.farthest",
            name=indicator_in(row, self.completion, self.words),
            value=self.words.measured(row.observation.value if row.observation else None, row.unit),
            target=self.words.target_with_unit(row.target, row.unit),
        )

    def _latest(self) -> Markup:
        """What earlier values say, with their days."""
        rate = self.completion.rate
        if rate.older_met:
            key = "lead.latest" if rate.observed else "lead.latest-only"
        else:
            key = "lead.latest-none" if rate.observed else "lead.latest-only-none"
        return self._text(
            key, older=rate.older, met=rate.older_met, total=rate.total, days=days_of_older(self.completion, self.words)
        )

    def _starting(self, plan: PlanResult) -> Iterator[Markup]:
        """Two sentences: what is there already, and that it is no result."""
        start = plan.starting_point
        if start is None or not start.total:
            yield self._text("lead.begins", plan=plan.title, year=plan.first_year)
            return
        yield self._text(
            "lead.starting",
            plan=plan.title,
            met=start.met,
            total=start.total,
            below=start.below,
            unknown=start.unknown,
        )
        yield self._text(
            "lead.starting-no-result",
            state=self.words.plan_state(plan.state),
            period=self.words.period_inside(self.completion.period),
        )

    def _text(self, key: str, **values: object) -> Markup:
        where = {"locality": self.completion.locality_name, "inside": locality_inside(self.completion, self.words)}
        return self.words.html(key, **where, day=self.words.date(self.completion.cut_off), **values)


def locality_inside(completion: Completion, words: Words) -> str:
    """The locality inside a sentence: 'xã Bình Giang'."""
    name = completion.locality_name
    return name[:1].lower() + name[1:] if words.code == "vi" else name
