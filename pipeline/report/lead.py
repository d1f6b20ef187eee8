"""The answer in a few sentences (câu trả lời): what a chair can say of the period, and nothing that is not so.

What was met is met by values of the period. Earlier values, starting points and ended plans have sentences of their
own, each with its day or its plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import PlanState, Status
from pipeline.intake.rows import Intake
from pipeline.report.charts import farthest
from pipeline.report.concept_words import indicator_in
from pipeline.report.count_words import days_of_older
from pipeline.report.marks import distinct, uses_earlier_files
from pipeline.report.not_met_words import after_not_met, due_without_value
from pipeline.report.words import Words


@dataclass(frozen=True)
class Lead:
    """The sentences of one report, in the language of `words`."""

    completion: Completion
    intake: Intake
    words: Words

    def sentences(self) -> Iterator[Markup]:
        """First whether anything was received; then what is met and not met, or why nothing can be said."""
        completion = self.completion
        if not self.intake.files and completion.plans:
            yield self._text(
                "lead.nothing-received-used" if uses_earlier_files(completion) else "lead.nothing-received"
            )
        if completion.in_force:
            yield from self._of_plans_in_force()
        yield from map(self._starting, completion.starting)
        if not completion.in_force and not completion.starting:
            yield self._text("lead.no-plan")
        for plan in completion.plans if not completion.in_force else ():
            if plan.state is PlanState.EXPIRED:
                yield self._text("lead.expired", plan=plan.title, year=plan.last_year)
            elif plan.starting_point is None:
                yield self._text("lead.begins", plan=plan.title, year=plan.first_year)

    def _of_plans_in_force(self) -> Iterator[Markup]:
        rate = self.completion.rate
        if not rate.total:
            yield self._text("lead.no-target")
            return
        if not rate.observed:
            yield self._text("lead.no-data", total=rate.total)
        elif rate.absent * 2 > rate.total:
            yield self._mostly_missing()
        else:
            yield self._met()
            if worst := farthest(self.completion):
                yield self._farthest(worst)
        if sentence := distinct(self.completion, self.words):
            yield Markup("{}.").format(sentence)
        if rate.met_by_amendment:
            yield self._text("lead.lowered", count=rate.met_by_amendment)
        if rate.older:
            yield self._latest()

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
        absent, due = self.completion.rate.absent, len(due_without_value(self.completion))
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
        key = "lead.latest" if rate.observed else "lead.latest-only"
        return self._text(
            key, older=rate.older, met=rate.older_met, total=rate.total, days=days_of_older(self.completion, self.words)
        )

    def _starting(self, plan: PlanResult) -> Markup:
        start = plan.starting_point
        if start is None or not start.total:
            return self._text("lead.begins", plan=plan.title, year=plan.first_year)
        return self._text(
            "lead.starting",
            plan=plan.title,
            state=self.words.plan_state(plan.state),
            period=self.words.period_inside(self.completion.period),
            met=start.met,
            total=start.total,
            below=start.below,
            unknown=start.unknown,
        )

    def _text(self, key: str, **values: object) -> Markup:
        where = {"locality": self.completion.locality_name, "inside": locality_inside(self.completion, self.words)}
        return self.words.html(key, **where, day=self.words.date(self.completion.cut_off), **values)


def locality_inside(completion: Completion, words: Words) -> str:
    """The locality inside a sentence: 'xã Bình Giang'."""
    name = completion.locality_name
    return name[:1].lower() + name[1:] if words.code == "vi" else name
