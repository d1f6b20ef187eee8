"""The site (trang chung): all localities and periods, section by section, as fragments that a notebook shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from markupsafe import Markup

from pipeline.audit.site import Published, describe_site_inputs
from pipeline.completion.rollup import ConceptRollUp, Outcome, RollUp, roll_up
from pipeline.completion.statuses import Status
from pipeline.completion.summary import Summary
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from pipeline.plans.periods import Period
from pipeline.reporting.collected import Collected, alphabetical, collect, dictionary_key, group_of
from pipeline.reporting.heat import MOST_ROWS, Cell, group_heat, heat_of, shade_of, shared, sign_of
from pipeline.reporting.language import LANGUAGES, NO_VALUE
from pipeline.reporting.page import Fragment, environment
from pipeline.reporting.words import Words, unit_of
from pipeline.runs import known_period

FIRST_NAMES = 50
"""Names written out in a sentence; the others lie behind a `details`."""


@dataclass(frozen=True)
class Listed:
    """A line of the list of localities: its reports, and the one of the period shown if there is one."""

    place: Locality
    reports: tuple[Published, ...]
    summary: Summary | None


@dataclass(frozen=True)
class Site:
    """All sections of the site in one language, for one period."""

    collected: Collected
    period: Period
    input_id: str
    language: str = LANGUAGES[0]
    other_language: bool = False
    """The same page lies beside this one in the other language."""

    @classmethod
    def open(cls, period: str, page_lang: str = "", language: str = "vi", *, layout: Layout | None = None) -> Site:
        """The site of a period, '' for the newest. Raises UsageError, NoInputError, DataError."""
        layout = layout or Layout.of_project()
        wanted = known_period(period) if period else None
        input_id = describe_site_inputs(layout, period, page_lang).id
        collected = collect(layout)
        return cls(collected, collected.period(wanted), input_id, language, bool(page_lang))

    @cached_property
    def words(self) -> Words:
        return Words(self.language, "site")

    def head(self) -> Fragment:
        return self._render("head")

    def answer(self) -> Fragment:
        """How many report and how they stand together; who is missing, by name."""
        return self._render("answer", figures=self.rolled, tasks=self._tasks)

    def heat(self, group: str = "") -> Fragment:
        """Localities against concepts; with more than `MOST_ROWS`, a row a province, and a page for each (`group`)."""
        if not group and self.by_group:
            heat = group_heat(self.groups, self.rolled, self.concept_name)
            return self._render("groups", heat=heat)
        summaries = self.groups[group] if group else self.summaries
        rolled = roll_up(summaries) if group else self.rolled
        return self._render("heat", heat=heat_of(summaries, rolled, self.concept_name), group=group)

    def localities(self) -> Fragment:
        """Every locality that has a report, with its periods."""
        return self._render("localities", rows=list(self._listed()), parents=len(self._parents) > 1)

    def concepts(self) -> Fragment:
        """The roll-up by concept: first those that localities share, then those of a single one."""
        common = shared(self.rolled, self.concept_name)
        rest = sorted((c for c in self.rolled.concepts if c not in common), key=self.concept_name)
        return self._render("concepts", concepts=common, single=rest)

    def sources(self) -> Fragment:
        """What could not be read, how figures are counted, from what the page was made."""
        return self._render("sources", input_id=_code(self.input_id))

    @cached_property
    def summaries(self) -> list[Summary]:
        """The reports that are rolled up, by name."""
        names = {s.locality: dictionary_key(self.place(s.locality).name) for s in self._together}
        return sorted(self._together, key=lambda s: (names[s.locality], s.locality))

    @cached_property
    def _together(self) -> list[Summary]:
        return self.collected.of(self.period)

    @cached_property
    def apart(self) -> list[Summary]:
        return self.collected.apart(self.period)

    @cached_property
    def rolled(self) -> RollUp:
        return roll_up(self.summaries)

    @cached_property
    def groups(self) -> dict[str, list[Summary]]:
        """The reports by the code of their province or city."""
        found = dict[str, list[Summary]]()
        for summary in self.summaries:
            found.setdefault(group_of(self.place(summary.locality)), []).append(summary)
        return dict(sorted(found.items(), key=lambda item: (dictionary_key(self.group_name(item[0])), item[0])))

    @property
    def by_group(self) -> bool:
        """Whether the localities are too many for one heat table."""
        return len(self.summaries) > MOST_ROWS

    @cached_property
    def missing(self) -> list[Locality]:
        """Localities of the list without a report of the period; one that cannot be read is listed as that."""
        there = {s.locality for s in [*self.summaries, *self.apart]}
        there |= {u.report.locality for u in self.collected.unreadable if u.report.period == self.period}
        return alphabetical([place for place in self.collected.lists.localities if place.slug not in there])

    @property
    def synthetic(self) -> int:
        """Reports of the period made up for testing."""
        return sum(s.synthetic for s in [*self.summaries, *self.apart])

    @property
    def no_plan(self) -> list[str]:
        """Localities with a report, but without a plan in force in the period."""
        return [s.locality for s in self.summaries if not s.plans_in_force]

    def names(self, slugs: Sequence[str]) -> list[str]:
        return [place.full_name for place in alphabetical([self.place(slug) for slug in slugs])]

    def place(self, slug: str) -> Locality:
        return self.collected.places[slug]

    def group_name(self, code: str) -> str:
        """The name of a province or city; its code where the list does not hold it."""
        place = self.collected.by_code.get(code)
        return place.full_name if place else self.words.text("group.unnamed", code=code)

    def heat_page(self, group: str) -> str:
        """The page of a province's heat table, beside this one."""
        return f"heat-{group}{'' if self.language == LANGUAGES[0] else f'.{self.language}'}.html"

    @property
    def title(self) -> str:
        return self.words.text("title", period=self.words.period(str(self.period)))

    @property
    def roots(self) -> list[Locality]:
        """Provinces and cities of the list."""
        return [place for place in self.collected.lists.localities if not place.parent]

    @property
    def other_periods(self) -> list[tuple[str, int]]:
        """The other periods that have reports, the newest first, with how many."""
        counts, calendar = self.collected.counts, self.collected.lists.calendar
        others = sorted((p for p in counts if p != self.period), key=lambda p: p.newness(calendar), reverse=True)
        return [(str(p), counts[p]) for p in others]

    def page(self, report: Published) -> str:
        return report.page(self.language)

    def page_of(self, summary: Summary, cell: Cell | None = None) -> str:
        """The page of a locality for the period shown, at the row of a cell."""
        page = self._pages[summary.locality]
        return f"{page}#{cell.anchor}" if cell else page

    @cached_property
    def _pages(self) -> dict[str, str]:
        return {r.locality: r.page(self.language) for r, _ in self.collected.reports if r.period == self.period}

    def concept_name(self, concept: ConceptRollUp) -> str:
        """Its name, with the scope that narrows it, and the unit where two of one name are told apart by it."""
        lists = self.collected.lists
        name = lists.concept(concept.concept).name if lists.has_concept(concept.concept) else concept.concept
        if concept.scope:
            name = self.words.text("concept.scope", name=name, scope=concept.scope)
        twice = (concept.concept, concept.scope) in self._several_units
        return self.words.text("concept.unit", name=name, unit=concept.unit or NO_VALUE) if twice else name

    @cached_property
    def _several_units(self) -> set[tuple[str, str]]:
        keys = [(c.concept, c.scope) for c in self.rolled.concepts]
        return {key for key in keys if keys.count(key) > 1}

    def spread(self, concept: ConceptRollUp) -> str:
        """'40 – 81,5 – 98 %', each a value that somebody sent; '–' for none."""
        d = concept.distribution
        if d is None:
            return NO_VALUE
        if d.count == 1:
            return self.words.text("spread.one", value=f"{self.words.number(d.median, 4)}{unit_of(concept.unit)}")
        return " – ".join(self.words.number(v, 4) for v in (d.minimum, d.median, d.maximum)) + unit_of(concept.unit)

    def total(self, concept: ConceptRollUp) -> str:
        """'815/1.000 = 81,5 %' over the localities that give both terms; '–' for none."""
        total = concept.total
        if total is None:
            return NO_VALUE
        terms = f"{self.words.number(total.numerator)}/{self.words.number(total.denominator)}"
        if concept.unit.startswith("%"):
            return f"{terms} = {self.words.percent(total.share)}"
        return f"{terms} = {self.words.number(total.numerator / total.denominator)}{unit_of(concept.unit)}"

    def notes(self, concept: ConceptRollUp) -> Iterator[str]:
        """What a reader must know before comparing: absences by kind, bounds, contradictions, bases."""
        for outcome in Outcome:
            if outcome not in (Outcome.MET, Outcome.NOT_MET) and (count := concept.of(outcome)):
                yield f"{self.words.number(count)} {self.words.status(Status(outcome.value))}"
        for name in ("bounded", "contradictory", "wholes"):
            if count := getattr(concept, name):
                yield self.words.text(f"note.{name}", count=count)
        if len(concept.bases) > 1:
            yield self.words.text("note.bases")
        if concept.total is not None:
            yield self.words.text("note.total-of", count=concept.total_of, observed=concept.observed)

    def bounds(self, lower: Fraction | None, upper: Fraction | None) -> str:
        """'45,5 % – 72,7 %', one figure where both are equal."""
        both = [self.words.percent(share) for share in (lower, upper)]
        return " – ".join(dict.fromkeys(both))

    @property
    def _parents(self) -> set[str]:
        return {group_of(self.place(report.locality)) for report, _ in self.collected.reports}

    @property
    def _tasks(self) -> dict[str, int]:
        """Counts of all localities; nothing else of tasks can be added up."""
        counts = [s.task_counts for s in self.summaries]
        names = ("assigned", "counted", "done", "overdue", "not_reported")
        return {name: sum(getattr(c, name) for c in counts) for name in names}

    def _listed(self) -> Iterator[Listed]:
        newest, calendar = dict[str, list[Published]](), self.collected.lists.calendar
        for report, _ in self.collected.reports:
            newest.setdefault(report.locality, []).append(report)
        shown = {s.locality: s for s in [*self.summaries, *self.apart]}
        for place in alphabetical([self.place(slug) for slug in newest]):
            reports = sorted(newest[place.slug], key=lambda r: r.period.newness(calendar), reverse=True)
            yield Listed(place, tuple(reports), shown.get(place.slug))

    @property
    def cut_off(self) -> dt.date:
        return self.rolled.cut_off

    def _render(self, section: str, **values: Any) -> Fragment:
        template = environment().get_template(f"site/{section}.html.j2")
        helpers = {"shade_of": shade_of, "sign_of": sign_of, "outcomes": Outcome, "first_names": FIRST_NAMES}
        common = {"site": self, "w": self.words, "t": self.words.html, "roll": self.rolled}
        return Fragment(template.render(**common, **helpers, **values))


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)
