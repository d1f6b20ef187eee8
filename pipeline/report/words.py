"""Figures and statuses in words (cách viết số và lời đánh giá), in the language of a page."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from pipeline.completion.change_records import AmendedClause
from pipeline.completion.counts import ConceptCount, Rate
from pipeline.completion.records import IndicatorResult, PastVerdict, PlanResult, TargetInForce
from pipeline.completion.status import holds
from pipeline.completion.statuses import ABSENT, UNCOUNTED, PlanState, Status, TaskStatus
from pipeline.intake.rows import Interval, Observation
from pipeline.plans.deadlines import year_end
from pipeline.plans.models import UNNUMBERED
from pipeline.plans.periods import Period
from pipeline.plans.targets import Comparator
from pipeline.report.catalogues import NO_VALUE, Language
from pipeline.report.printed_text import printed

if TYPE_CHECKING:
    from pipeline.completion.rollup import ConceptRollUp

NBSP = "\N{NO-BREAK SPACE}"
FEWEST_FOR_MEDIAN = 3
"""Of two values the median would be one of them."""
_UNITS_BEFORE = ("cấp độ", "hạng", "level", "rank")
"""Units that stand before their figure."""
_PRINTED_MONTH = re.compile(r"(?:tháng\s+([0-9]{1,2})\s+)?(?:tháng\s+)?năm\s+([0-9]{4})")
"""In a date whose day, or day and month, the plan leaves blank."""


class Words(Language):
    """The phrases of a report over the catalogue `words`, in one language."""

    def status(self, status: Status) -> str:
        """The word for a status of an indicator (đánh giá), as the page prints it."""
        return self.text(status.word)

    def verdict(self, row: IndicatorResult) -> str:
        """The word for the status of a row, with the days left where the period ends before its deadline.

        Of a target that cannot be judged it says why (không đánh giá: …).
        """
        word = self.status(row.status)
        if row.unjudged is not None and row.status is Status.NOT_ASSESSABLE:
            return self.text(f"unjudged.{row.unjudged.comparator}", target=row.unjudged.text)
        if row.status is not Status.NOT_YET_MET:
            return word
        return self.text("verdict.days-left", status=word, days=row.days_left)

    def estimate(self, row: IndicatorResult) -> str:
        """'ước cả năm: 97%'."""
        return self.text("estimate", value=self.measured(row.estimate, row.unit))

    def task_status(self, status: TaskStatus) -> str:
        """The word for a status of a task (tình trạng nhiệm vụ)."""
        return self.text(status.word)

    def plan_state(self, state: PlanState) -> str:
        """The word for the state of a plan at the cut-off: in force, not begun, expired."""
        return self.text(state.word)

    def period(self, written: str) -> str:
        """'2026-Q1' as 'Quý I năm 2026'."""
        period = Period.parse(written)
        part, year = period.part, period.year
        fixed = {"": "year", "F": "final", "9M": "nine-months", "H1": "first-half", "H2": "second-half"}
        if part in fixed:
            return self.text(f"period.{fixed[part]}", year=year)
        if part.startswith("Q"):
            return self.text("period.quarter", part=("I", "II", "III", "IV")[int(part[1]) - 1], year=year)
        return self.text("period.month", part=int(part), year=year)

    def period_inside(self, written: str) -> str:
        """The period within a sentence: 'quý I năm 2026'."""
        return (text := self.period(written))[:1].lower() + text[1:]

    def value(self, value: Interval | None, digits: int = 2) -> str:
        """An observed value without its unit: '11,87', '> 98'; at least 4 digits for a value below 1."""
        if value is None:
            return NO_VALUE
        if value.exact is not None:
            return self.figure(value.exact, digits)
        if value.low is not None:
            return f"{'>' if value.low_open else '≥'}{NBSP}{self.number(value.low, 4)}"
        return f"{'<' if value.high_open else '≤'}{NBSP}{self.number(value.high, 4)}"

    def figure(self, value: Decimal, digits: int = 2) -> str:
        """One figure: at most `digits` decimals, and at least 4 below 1, where two would be too few."""
        return self.number(value, digits if abs(value) >= 1 or not value else max(digits, 4))

    def target(self, target: TargetInForce | None) -> str:
        """A target without its unit: '≥ 80', '45–50', 'cấp độ 2 hoặc 3'; '–' for none."""
        if target is None or target.comparator is Comparator.NONE:
            return NO_VALUE
        if target.comparator is Comparator.IN_SET:
            levels = self.text("target.or").join(str(level) for level in target.levels)
            return self.text("target.levels", levels=levels)
        if target.comparator is Comparator.RANGE:
            return f"{self.number(target.low)}–{self.number(target.high)}"
        sign = target.comparator.sign
        return f"{sign}{NBSP if sign else ''}{self.number(target.bound)}"

    def unit(self, unit: str) -> str:
        """A unit in the language of the page; as it is printed where the catalogue does not have it."""
        return self.text_or(f"unit-of.{unit}", unit)

    def target_with_unit(self, target: TargetInForce | None, unit: str) -> str:
        """A target with its unit; a level and a dash have none."""
        bare = target is None or target.comparator in (Comparator.NONE, Comparator.IN_SET)
        return str(printed(self.target(target) if bare else self.with_unit(self.target(target), unit), self.code))

    def with_unit(self, figure: str, unit: str) -> str:
        """A figure with its unit as officials write it: '80%', '12 phút', 'cấp độ 2', 'hạng 1'."""
        if unit in _UNITS_BEFORE:
            return f"{self.unit(unit)}{NBSP}{figure}"
        return f"{figure}{'' if not unit or unit.startswith('%') else NBSP}{self.unit(unit)}"

    def measured(self, value: Interval | None, unit: str, digits: int = 2) -> str:
        """A value with its unit: '80%', 'cấp độ 1', 'hạng 1'; '–' for none."""
        if value is None:
            return NO_VALUE
        return str(printed(self.with_unit(self.value(value, digits), unit), self.code))

    def written(self, value: str, unit: str) -> str:
        """A value as a source writes it, with its unit: '284,719 tỷ đồng (133,5% dự toán)'."""
        if not unit or unit in value:
            return value
        figure, space, more = value.partition(" ")
        return f"{self.with_unit(figure, unit)}{space}{more}"

    def citation(self, plan: PlanResult) -> str:
        """How a plan is cited: number and date; for one without a number what is printed of its date."""
        if plan.reference != UNNUMBERED:
            return plan.reference
        found = _PRINTED_MONTH.search(plan.date_printed)
        if found is None:
            return self.text("unnumbered")
        month, year = found.groups()
        if month is None:
            return self.text("unnumbered.year", when=year)
        return self.text("unnumbered.month", when=f"{int(month):02}/{year}")

    def until(self, target: TargetInForce) -> str:
        """Until when a target is to be reached: 'năm 2026' where it is of a year, 'đến 30/06/2026' for another day."""
        due = target.due
        if due is not None and due == year_end(due.year):
            return self.text("until.year", year=due.year)
        return self.text("until.day", day=self.date(due))

    def yes_or_no(self, flag: bool) -> str:
        """A flag in words."""
        return self.text("yes" if flag else "no")

    def scope(self, scope: str) -> str:
        """A scope in words (phạm vi); one that no plan here has, as it is written."""
        return self.text_or(f"scope.{scope}", scope)

    def gap(self, result: IndicatorResult) -> str:
        """What is missing, in all and per month: 'còn 15 điểm phần trăm, cần 1,25 điểm phần trăm mỗi tháng'."""
        if result.gap is None:
            return ""
        if result.gap == 0:
            return self.text("gap.equal")
        percent, monthly_gap = result.unit.startswith("%"), result.gap_per_month or Decimal()
        needed = monthly_gap if percent or result.gap % 1 else monthly_gap.to_integral_value(ROUND_CEILING)
        points = [self.text("unit.points", count=1 if x == 1 else 2) for x in (result.gap, needed)]
        units = points if percent else [self.unit(result.unit)] * 2
        parts = zip((result.gap, needed), units, strict=True)
        gap, monthly = (f"{self.number(x)}{NBSP}{of}".rstrip(NBSP) for x, of in parts)
        if result.target is not None and result.target.wants_less:
            return self.text("gap.above", gap=gap)
        # With less than a month left, what is needed in a month says nothing; nor does a part of one thing, or 0,00.
        per_month = monthly_gap >= (Decimal("0.005") if percent else 1) and result.status is not Status.NOT_YET_MET
        return self.text("gap.left-monthly" if per_month else "gap.left", gap=gap, monthly=monthly)

    def formula(self, result: IndicatorResult) -> str:
        """The decision with its numbers: '80 < 95: chưa thỏa mục tiêu → …'; '' without a value or a target."""
        if result.observation is None or result.observation.value is None or result.target is None:
            return ""
        value, target = result.observation.value, result.target
        met = holds(target, value)
        exact = target.bound is not None and value.exact is not None
        key = "undecided" if met is None or not exact else "verdict"
        if result.status is not Status.UNDECIDABLE and result.status in UNCOUNTED:
            key = "not-judged" if key == "verdict" else "not-judged-unknown"
        ended = result.status is Status.PLAN_NOT_IN_FORCE
        formula = self.text(
            f"formula.{'decided' if key == 'undecided' and met is not None else key}",
            value=self._exact_enough(result, value),
            sign=_sign(target, met),
            target=self._demand(target) if exact else self.target(target),
            answer=self.text("formula.met" if met else "formula.not-met"),
            status=self.text("formula.expired") if ended else self.verdict(result),
        )
        if result.attainment is None:
            return formula
        return f"{formula}; {self.text('formula.attainment', share=self.percent(result.attainment))}"

    def amended(self, clause: AmendedClause) -> str:
        """What an amendment changed: 'mục tiêu “≥80%” → “≥60%” (Quyết định số 12/QĐ-UBND, 20/05/2026)'."""
        document = {"document": clause.document, "date": self.date(clause.date), "after": clause.after}
        if clause.kind in ("dropped", "added"):
            return self.text(f"amended.{clause.kind}", **document)
        what = self.text(f"amended.{clause.kind}")
        return self.text("amended.changed", what=what, before=clause.before, **document)

    def day_of(self, observation: Observation) -> str:
        """The day of a value: 'ngày 10/12/2026'; the period instead where its source names no day."""
        if observation.as_of_stated or not observation.edition:
            return self.text("days.one", day=self.date(observation.as_of))
        return self.text("days.unstated", period=self.period_inside(observation.edition))

    def past(self, verdict: PastVerdict, unit: str) -> str:
        """The verdict on an earlier target: 'mục tiêu năm 2025 (≥ 60%): không đạt, 55% (ngày 10/12/2025)'."""
        due, target = verdict.target.due, self.target_with_unit(verdict.target, unit)
        status = self.text("past.absent") if verdict.status in ABSENT else self.status(verdict.status)
        key = "past.year" if due is not None and due == year_end(due.year) else "past.day"
        text = self.text(key, year=due and due.year, day=self.date(due), target=target, status=status)
        if (used := verdict.observation) is not None and used.value is not None:
            return f"{text}, {self.measured(used.value, unit)} ({self.day_of(used)})"
        if (within := verdict.within) is None:
            return text
        period, value = self.period_inside(within.edition), self.measured(within.value, unit)
        return f"{text}; {self.text('past.within', period=period, value=value)}"

    def no_pace(self, result: IndicatorResult) -> str:
        """Why a row in progress has no pace (không tính được tiến độ)."""
        target, observed = result.target, result.observation
        if result.baseline is None:
            return self.text("no-pace.baseline")
        if target is not None and target.due is None:
            return self.text("no-pace.due")
        if target is not None and target.bound is None:
            return self.text("no-pace.levels")
        if observed is not None and observed.value and observed.value.exact is None:
            return self.text("no-pace.bound")
        newer = observed is not None and result.baseline_day is not None and observed.as_of > result.baseline_day
        return self.text("no-pace.path" if newer else "no-pace.old")

    def rate(self, rate: Rate) -> str:
        """The met rate with numerator and denominator in words."""
        if not rate.total:
            return self.text("rate.none")
        key = "rate.exact" if rate.met == rate.met_at_most else "rate.bounds"
        return self.text(key, met=rate.met, total=rate.total, most=rate.met_at_most)

    def commitments(self, rate: Rate) -> str:
        """The same of commitments (cam kết), which are no indicators."""
        key = "rate.commitments" if rate.met == rate.met_at_most else "rate.commitments-bounds"
        return self.text(key, met=rate.met, total=rate.total, most=rate.met_at_most)

    def concepts(self, concepts: ConceptCount) -> str:
        """The met rate over concepts instead of rows."""
        key = "rate.concepts" if concepts.met == concepts.met_at_most else "rate.concepts-bounds"
        return self.text(key, met=concepts.met, total=concepts.total, most=concepts.met_at_most)

    def spread(self, concept: ConceptRollUp) -> str:
        """Minimum, median and maximum of the values sent: '40 – 81,5 – 98%'; of two both; '–' for none."""
        d = concept.distribution
        if d is None:
            return NO_VALUE
        if d.count == 1:
            return self.text("spread.one", value=self.with_unit(self.figure(d.median), concept.unit))
        shown = (d.minimum, d.median, d.maximum) if d.count >= FEWEST_FOR_MEDIAN else (d.minimum, d.maximum)
        between = " – " if d.count >= FEWEST_FOR_MEDIAN else "; "
        return self.with_unit(between.join(map(self.figure, shown)), concept.unit)

    def total(self, concept: ConceptRollUp) -> str:
        """'815/1.000 = 81,5%' over the localities that give both terms; '–' for none."""
        total = concept.total
        if total is None:
            return NO_VALUE
        terms = f"{self.number(total.numerator)}/{self.number(total.denominator)}"
        if concept.unit.startswith("%"):
            return f"{terms} = {self.percent(total.share)}"
        return f"{terms} = {self.with_unit(self.number(total.numerator / total.denominator), concept.unit)}"

    def share(self, part: int, whole: int, digits: int = 1) -> str:
        """'45,5%', or '–' for 0/0."""
        return self.percent(Fraction(part, whole) if whole else None, digits)

    def _exact_enough(self, result: IndicatorResult, value: Interval) -> str:
        """The value, with more digits where 4 would make it look like the bound that it does not reach."""
        short = self.value(value, 4)
        bound = result.target.bound if result.target else None
        near = bound is not None and result.status is not Status.MET and short == self.number(Decimal(bound), 4)
        return self.value(value, 15) if near else short

    def _demand(self, target: TargetInForce) -> str:
        """The number that must be reached; of an interval, with the interval."""
        bound = self.number(Decimal(target.bound)) if target.bound is not None else ""
        if target.comparator is Comparator.RANGE:
            end = self.text("formula.upper" if target.wants_less else "formula.lower")
            return self.text("formula.range", bound=bound, end=end, range=self.target(target))
        return bound


def _sign(target: TargetInForce, met: bool | None) -> str:
    """How a value stands to the bound: '≥' where “≥” holds, '<' where it does not; by direction if unprinted."""
    strict = target.comparator.strict
    if target.wants_less:
        return ("<" if strict else "≤") if met else ("≥" if strict else ">")
    return (">" if strict else "≥") if met else ("≤" if strict else "<")


VIETNAMESE = Words("vi", "words")
"""For commands and receipts, which are in Vietnamese."""
