"""One figure from its cell to the rates it enters (giải trình một con số), for command and page alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.arguments import known_code
from pipeline.completion.counts import Rate
from pipeline.completion.records import Completion, IndicatorResult, PlanResult
from pipeline.completion.statuses import ABSENT, PlanState, Status
from pipeline.intake.revisions import describe
from pipeline.intake.rows import CORRECTED, Absence, Intake, Observation
from pipeline.plans.models import Kind
from pipeline.report.count_words import by_latest, lowered
from pipeline.report.marks import definition, near_values, repeated
from pipeline.report.printed_text import printed
from pipeline.report.words import VIETNAMESE, Words


@dataclass(frozen=True)
class ChainLink:
    """One link of the chain: its title, and what holds there, one sentence per line."""

    title: str
    lines: tuple[str, ...]
    name: str = ""
    """`cell`, `value`, `rules`, `clause`, `formula`, `verdict` or `rates`."""


def find_row(completion: Completion, written: str) -> tuple[PlanResult, IndicatorResult]:
    """The row of that code, with its plan. Raises UsageError if there is none."""
    code = known_code(completion.plans, written)
    return next((p, r) for p in completion.plans for r in p.indicators if r.code == code)


def explain(
    completion: Completion, intake: Intake, plan: PlanResult, row: IndicatorResult, words: Words = VIETNAMESE
) -> Iterator[str]:
    """The chain as lines of text for the command."""
    yield f"{row.code}: {row.name}"
    yield f"{completion.locality_name}, {words.period(completion.period)}, {words.date(completion.cut_off)}"
    for number, step in enumerate(chain(completion, intake, plan, row, words), start=1):
        first, *others = step.lines
        yield f"{number}. {step.title}: {first}"
        yield from (f"   {line}" for line in others)


def chain(
    completion: Completion, intake: Intake, plan: PlanResult, row: IndicatorResult, words: Words
) -> list[ChainLink]:
    """The chain of one row."""
    return Chains(completion, intake, words).of(plan, row)


class Chains:
    """The chains of one report. A rate is written once for all rows that enter it.

    Rates are known by their identity: they are fields of the completion, which is held here.
    """

    def __init__(self, completion: Completion, intake: Intake, words: Words) -> None:
        self.completion, self.intake, self.words = completion, intake, words
        self._fractions: dict[int, str] = {}

    def of(self, plan: PlanResult, row: IndicatorResult) -> list[ChainLink]:
        """Cell, value, rules, clause, formula, status, rates; every step has at least one line."""
        of_row = _ChainOfRow(self.completion, self.intake, plan, row, self.words, self._fraction)
        return [
            ChainLink(self.words.text(f"chain.{name}"), tuple(getattr(of_row, name)()), name)
            for name in ("cell", "value", "rules", "clause", "formula", "verdict", "rates")
        ]

    def _fraction(self, rate: Rate) -> str:
        if (written := self._fractions.get(id(rate))) is not None:
            return written
        key = "chain.fraction" if rate.met == rate.met_at_most else "chain.fraction-bounds"
        if not rate.observed:
            key = "chain.fraction-none"
        counts = {"met": rate.met, "most": rate.met_at_most, "total": rate.total, "observed": rate.observed}
        return self._fractions.setdefault(id(rate), self.words.text(key, **counts))


@dataclass(frozen=True)
class _ChainOfRow:
    """The lines of each link of the chain of one row."""

    completion: Completion
    intake: Intake
    plan: PlanResult
    row: IndicatorResult
    words: Words
    fraction: Callable[[Rate], str]

    @property
    def observed(self) -> Observation | None:
        """What the period has, or what is shown in its place."""
        row = self.row
        of_period = row.observation if row.observation is not None and row.observation.value is not None else None
        return of_period or row.latest or row.observation or row.stale

    def cell(self) -> Iterator[str]:
        if self.observed is not None:
            for origin in self.observed.computed_from or (self.observed.origin,):
                yield f"{origin.file}, {origin.cell}"
                yield f"SHA-256 {origin.sha256}"
        elif self.row.quarantined is not None:
            origin = self.row.quarantined.origin
            yield self.words.text("chain.refused-row", file=origin.file, cell=origin.cell)
        else:
            yield self.words.text("chain.no-file")

    def value(self) -> Iterator[str]:
        t, observed = self.words.text, self.observed
        if observed is None:
            yield t("chain.no-value")
            yield from near_values(self.row, self.completion, self.words)
            return
        if observed is self.row.latest:
            yield t("chain.latest", value=self._read(observed))
        elif observed is self.row.stale:
            yield t("chain.old", value=self._read(observed))
        else:
            yield t(
                "chain.read",
                written=observed.printed or describe(observed),
                value=self._read(observed),
            )
        if observed.computed_from:
            yield t("chain.computed")
        yield t(
            "chain.source", source=f"{observed.source}{f', {observed.source_date}' if observed.source_date else ''}"
        )
        if observed.evidence:
            yield t("chain.evidence", evidence=observed.evidence)
        if observed.note:
            yield t("chain.note", note=observed.note)
        if self.row.shared_from:
            by_concept = self.row.shared_from == self.row.concept
            yield t("chain.shared-concept" if by_concept else "chain.shared", label=self._named(self.row.shared_from))
        for r in self.intake.revisions:
            if r.subject == observed.code:
                why = r.reason or t("chain.no-reason")
                yield t("chain.revised", day=self.words.date(r.on), before=r.before, after=r.after, reason=why)

    def _named(self, code: str) -> str:
        """A row of the same plan by its number, one of another plan with the title of that."""
        plan, _, label = code.partition("/")
        title = next((p.title for p in self.completion.plans if p.id == plan and p.id != self.plan.id), "")
        return f"{label} ({title})" if title else label or code

    def _read(self, observation: Observation) -> str:
        number, parts = self.words.number, ""
        if observation.numerator is not None and observation.denominator:
            parts = f" ({number(observation.numerator)}/{number(observation.denominator)})"
        value = f"{self.words.measured(observation.value, observation.unit, 4)}{parts}"
        if observation.value is None:
            value = self.words.text(f"status.{observation.absence or Absence.NOT_SUBMITTED}")
        key = "chain.as-of" if observation.as_of_stated else "chain.as-of-cut-off"
        return self.words.text(key, value=value, day=self.words.date(observation.as_of))

    def rules(self) -> Iterator[str]:
        t, observed = self.words.text, self.observed
        if observed is None:
            messages = self.row.quarantined.messages if self.row.quarantined else ()
            yield from map(self._printed, messages or (t("chain.nothing-to-check"),))
            return
        of_table = (observed.origin.file, observed.origin.sheet)
        judged = [r for r in self.intake.results if (r.file, r.sheet) == of_table]
        if not judged:
            key = "chain.warnings" if observed.flags else "chain.checked-earlier"
            yield t(key, rules="; ".join(map(self._flag, observed.flags)))
            return
        broken = [r for r in judged if observed.origin.line in r.lines]
        yield t("chain.passed", passed=len(judged) - len(broken), all=len(judged))
        yield from (f"{t(f'severity.{r.severity}')}: {self._printed(r.message)}" for r in broken)

    def _printed(self, text: str) -> str:
        return str(printed(text, self.words.code))

    def _flag(self, flag: str) -> str:
        """What a flag of an accepted value says: that it was corrected, or the fault that its rule names."""
        if flag == CORRECTED:
            return self.words.text("flag.corrected")
        return next((r.message for r in self.intake.results if r.rule == flag), flag)

    def clause(self) -> Iterator[str]:
        t, plan, row = self.words.text, self.plan, self.row
        title = next((g.title for g in plan.groups if (g.annex, g.no) == (row.annex, row.group)), "")
        where = {"group": row.group, "title": title, "no": row.no, "annex": f"{row.annex}, " if row.annex else ""}
        yield t("chain.place", plan=plan.title, reference=self.words.citation(plan), **where)
        yield from map(self.words.amended, row.amended)
        if row.target is None:
            yield t("chain.no-target" if self.plan.state is PlanState.IN_FORCE else "chain.no-target-judged")
            yield from definition(row, self.completion, self.words)
            return
        target = self.words.target_with_unit(row.target, row.unit)
        key = "chain.target-due" if row.target.due else "chain.target"
        yield t(
            key,
            printed=row.target.text,
            target=target,
            until=self.words.until(row.target),
            day=self.words.date(row.target.due),
        )
        if row.baseline is not None:
            yield t("chain.baseline", printed=row.baseline_text, year=row.baseline_year)
        if row.above is not None:
            above = self.words.target_with_unit(row.above.target, row.unit)
            key = "chain.above-below" if row.above.below else "chain.above"
            yield t(key, plan=row.above.plan, label=row.above.label, target=above)
        yield from definition(row, self.completion, self.words)

    def formula(self) -> Iterator[str]:
        t, row, n = self.words.text, self.row, self.words.number
        yield self.words.formula(row) or t("chain.no-formula")
        exact = row.observation.value.exact if row.observation and row.observation.value else None
        if row.pace is not None and exact is not None and row.baseline is not None:
            yield t(
                "chain.pace",
                value=n(exact, 4),
                baseline=n(row.baseline, 4),
                expected=n(row.pace.expected, 4),
                day=self.words.date(row.observation.as_of if row.observation else None),
                ratio=n(row.pace.ratio, 4),
                path=t("chain.path-declared" if row.pace.declared else "chain.path-straight"),
            )
        if row.status is Status.IN_PROGRESS:
            yield self.words.no_pace(row)
        if row.latest is not None:
            yield by_latest(row, self.words)
        if row.once_met is not None:
            yield t("chain.once-met", day=self.words.date(row.once_met))

    def verdict(self) -> Iterator[str]:
        t, row = self.words.text, self.row
        yield t("chain.status", status=self.words.verdict(row), method=self.completion.method.id)
        if row.met_by_amendment:
            yield lowered(row, self.words)
        if row.former is not None:
            target = self.words.target_with_unit(row.former.target, row.unit)
            yield t("chain.original", target=target, status=self.words.status(row.former.status))
        for o in row.disputed:
            method = t(f"method.{o.method}")
            yield t("chain.other-method", method=method, status=self.words.status(o.status or row.status))
        yield from (self.words.past(verdict, row.unit) for verdict in row.past)

    def rates(self) -> Iterator[str]:
        t, plan, row = self.words.text, self.plan, self.row
        if row.repeats:
            yield repeated(row, self.words)
            return
        if not plan.counts(row):
            yield t("chain.outside" if plan.starting_point is None else "chain.starting")
            return
        side = "both" if row.status is Status.MET else "below"
        if row.status in ABSENT or row.status is Status.UNDECIDABLE:
            side = "bounds"
        yield t(f"chain.enters-{side}")
        if row.kind is Kind.COMMITMENT:
            yield t("chain.commitments", fraction=self.fraction(plan.commitments))
            return
        group = next(g for g in plan.groups if (g.annex, g.no, g.commitments) == (row.annex, row.group, False))
        yield t("chain.group", group=row.group, fraction=self.fraction(group.rate))
        yield t("chain.plan", fraction=self.fraction(plan.rate))
        yield t("chain.locality", fraction=self.fraction(self.completion.rate))
        for agency in self.completion.agencies:
            if agency.name in row.lead:
                yield t("chain.agency", agency=agency.name, fraction=self.fraction(agency.rate))
