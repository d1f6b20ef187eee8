"""The site (trang chung): all localities and periods, section by section, as fragments for the notebook to display."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.arguments import period_or_newest
from pipeline.completion.counts import TasksByDeadline
from pipeline.completion.rollup import ConceptOutcome, ConceptRollUp, RollUp
from pipeline.completion.statuses import Status
from pipeline.dataset.country_period import CountryPeriod
from pipeline.dataset.published_reports import Published, province_of
from pipeline.inputs.hashes import hash_of
from pipeline.languages import in_language
from pipeline.paths import Layout
from pipeline.plans.localities import Row
from pipeline.plans.periods import Period
from pipeline.report.catalogues import LANGUAGES, NO_VALUE
from pipeline.report.day_words import span_of
from pipeline.report.page import Fragment
from pipeline.report.printed_text import printed, with_elements
from pipeline.report.templating import environment
from pipeline.report.words import Words
from pipeline.site.collected import Collected, Readable, alphabetical, collect, dictionary_key
from pipeline.site.coverage import Coverage, coverage_of, sentence_of
from pipeline.site.heat import MOST_ROWS, HeatCell, behind, group_heat, heat_of, shared
from pipeline.site.locality_row import LocalityRow, RowCounts, tasks_of
from pipeline.site.roll_up import roll_up
from pipeline.site.site_record import SiteFigures, SiteInputs, describe_site_inputs

TEMPLATES = Path(__file__).parent / "templates"
FIRST_NAMES = 50
"""Names written out in a sentence; the rest are folded into a `details`."""


@dataclass(frozen=True)
class ListedLocality:
    """A line of the list of localities: its reports, and its row of the period shown if there is one."""

    place: Row
    reports: tuple[Published, ...]
    summary: LocalityRow | None


@dataclass(frozen=True)
class Site:
    """All sections of the site in one language, for one period."""

    collected: Collected
    country: CountryPeriod
    """The tables of the data set for the period, as frames to go on with."""
    period: Period
    inputs: SiteInputs
    language: str = LANGUAGES[0]
    page_lang: str = ""
    """The language of the page published beside the Vietnamese one; '' for none."""

    @classmethod
    def open(
        cls, period: str | int, page_lang: str = "", language: str = "vi", *, layout: Layout | None = None
    ) -> Site:
        """The site of a period, '' for the newest that has values. Raises UsageError, NoInputError, DataError."""
        layout, period = layout or Layout.of_project(), str(period)  # papermill makes a number of 2025
        wanted = period_or_newest(period)
        inputs, collected = describe_site_inputs(layout, period, page_lang), collect(layout)
        shown = collected.period(wanted)
        country = CountryPeriod.open(layout.dataset, str(shown))
        return cls(collected, country, shown, inputs, language, page_lang)

    @cached_property
    def words(self) -> Words:
        """The phrases of the site in the language of the page."""
        return site_words(self.language)

    def head(self) -> Fragment:
        """Which country or province, which period; with links to the other periods and to the sections."""
        return self._render("head")

    def answer(self) -> Fragment:
        """Which places report and which owe one, as a grid; and how they do together."""
        return self._render("answer", grid=self.coverage, tasks=self._tasks)

    def heat(self, group: str = "") -> Fragment:
        """Localities against concepts.

        With more than `MOST_ROWS` localities, one row per province; `group` then gives the table of one province.
        """
        if not group and self.by_group:
            groups = group_heat(self.country, self.groups, self.rolled, self.concept_name)
            return self._render("groups", heat=groups)
        localities = self.groups[group] if group else self.summaries
        rolled = roll_up(self.country, localities) if group else self.rolled
        name = self._names(rolled)
        heat = heat_of(self.country, localities, rolled, name)
        words = {status: self.words.status(status) for status in Status}
        return self._render("heat", heat=heat, group=group, name=name, words=words, behind=behind)

    def heat_key(self, group: str) -> str:
        """The hash of everything that the heat page of a province depends on, which is nothing of another province."""
        made_from = sorted(self._made_from[one.locality] for one in self.groups[group])
        return hash_of(
            {
                "maker": self.inputs.maker,
                "lists": [file.sha256 for file in self.inputs.lists],
                "shown": [self.language, str(self.period), group],
                "reports": made_from,
            }
        )

    @cached_property
    def _made_from(self) -> dict[str, tuple[str, str, str]]:
        """Locality, run id of its report, its page; by locality."""
        localities = ((r.report.locality, r.run) for r in self.reports)
        return {locality: (locality, run, self._pages[locality]) for locality, run in localities}

    def localities(self) -> Fragment:
        """Every locality that has a report, with its periods."""
        return self._render("localities", rows=list(self._listed_localities()), parents=len(self._parents) > 1)

    def concepts(self) -> Fragment:
        """The roll-up by concept: first the concepts that localities share, then those of a single locality."""
        common = shared(self.rolled, self.concept_name)
        rest = sorted((c for c in self.rolled.concepts if c not in common), key=self.concept_name)
        return self._render("concepts", concepts=common, single=rest)

    def sources(self) -> Fragment:
        """Which reports could not be read, how figures are counted, what the page was made from."""
        return self._render("sources", input_id=_code(self.inputs.id))

    @cached_property
    def summaries(self) -> list[LocalityRow]:
        """The localities that are rolled up, by name."""
        rows = [self._rows[r.report.locality] for r in self.reports]
        listed = self.collected.lists.localities.by_slug
        return sorted(rows, key=lambda one: (dictionary_key(listed[one.locality].name), one.locality))

    @cached_property
    def reports(self) -> list[Readable]:
        """The reports that are rolled up: those of the period, of the method that most of them have."""
        return self.collected.of(self.period)

    @cached_property
    def apart(self) -> list[LocalityRow]:
        """Reports of the period made by another method: listed with their own rate, left out of the roll-up."""
        return [self._rows[r.report.locality] for r in self.collected.apart(self.period)]

    @cached_property
    def _rows(self) -> dict[str, LocalityRow]:
        return {row["locality"]: LocalityRow.of(row) for row in self.country.listed()}

    @cached_property
    def rolled(self) -> RollUp:
        """The roll-up of the period."""
        return roll_up(self.country, self.summaries)

    @property
    def silent_rows(self) -> int:
        """Counted rows of the localities without a value of the period; they are in the denominator of all."""
        return sum(s.rate.total for s in self.summaries if s.locality in self.rolled.not_reported)

    @property
    def days_of_older(self) -> str:
        """The days of the earlier values that still serve, over all localities: 'từ ngày … đến ngày …'."""
        rates = [s.rate for s in self.summaries if s.rate.older]
        return span_of(
            min(r.older_first for r in rates if r.older_first),
            max(r.older_last for r in rates if r.older_last),
            unstated=any(r.older_unstated for r in rates),
            words=self.words,
        )

    @cached_property
    def groups(self) -> dict[str, list[LocalityRow]]:
        """The localities that are rolled up, by the code of their province or city."""
        found = dict[str, list[LocalityRow]]()
        for one in self.summaries:
            found.setdefault(province_of(self.place(one.locality)), []).append(one)
        return dict(sorted(found.items(), key=lambda item: (dictionary_key(self.group_name(item[0])), item[0])))

    @property
    def by_group(self) -> bool:
        """Whether the localities are too many for one heat table."""
        return len(self.reports) > MOST_ROWS

    @cached_property
    def missing(self) -> list[Row]:
        """Localities that are counted, without a report of the period; an unreadable report is listed elsewhere."""
        present = {s.locality for s in [*self.summaries, *self.apart]}
        present |= {u.report.locality for u in self.collected.unreadable if u.report.period == self.period}
        return alphabetical(place for place in self.listed if place.slug not in present)

    @cached_property
    def coverage(self) -> Coverage:
        """Every place that is counted, with its report of the period or without."""
        rows = {row.locality: row for row in [*self.summaries, *self.apart]}
        faulty = (u.report for u in self.collected.unreadable)
        return coverage_of(self.listed, rows, frozenset(r.locality for r in faulty if r.period == self.period))

    @cached_property
    def listed(self) -> list[Row]:
        """The localities that are counted: those of every province or city of which a report of any period is here.

        The list has the whole country; an office does not wait for the reports of provinces that send it none.
        """
        places = self.collected.lists.localities
        reports = [one.report for one in self.collected.reports] + [one.report for one in self.collected.unreadable]
        groups = {province_of(row) for one in reports if (row := places.by_slug.get(one.locality))}
        return [row for row in places.rows if province_of(row) in groups]

    @cached_property
    def elsewhere(self) -> list[Row]:
        """Provinces and cities of the list of which nothing is counted, by name."""
        groups = {place.code for place in self.roots}
        rows = self.collected.lists.localities.rows
        return alphabetical(row for row in rows if not row.parent and row.code not in groups)

    @property
    def synthetic(self) -> int:
        """Reports of the period made up for testing."""
        return sum(s.synthetic for s in [*self.summaries, *self.apart])

    def sentence(self, row: LocalityRow) -> str:
        """What the site says of a locality, the same counts as its report."""
        return sentence_of(row, self.words)

    def names(self, slugs: Sequence[str]) -> list[str]:
        """The full names of localities, in the order of a Vietnamese dictionary."""
        return [place.full_name for place in alphabetical(map(self.place, slugs))]

    def place(self, slug: str) -> Row:
        """A locality of the list by its slug. Raises KeyError for a slug that is not in it."""
        return self.collected.lists.localities.by_slug[slug]

    def group_name(self, code: str) -> str:
        """The name of a province or city; its code where the list does not have it."""
        place = self.collected.lists.localities.by_code.get(code)
        return place.full_name if place else self.words.text("group.unnamed", code=code)

    def heat_page(self, group: str) -> str:
        """File name of the page of a province's heat table."""
        return in_language(f"heat-{group}.html", self.language)

    @property
    def title(self) -> str:
        """The title shown by the browser."""
        return site_title(self.words, str(self.period))

    @property
    def roots(self) -> list[Row]:
        """Provinces and cities of which localities are counted."""
        return [place for place in self.listed if not place.parent]

    @property
    def other_periods(self) -> list[tuple[str, int, bool]]:
        """The other periods that have reports, the newest first: name, reports, whether one of them has a value."""
        counts, calendar = self.collected.counts, self.collected.lists.calendar
        others = sorted((p for p in counts if p != self.period), key=lambda p: p.newness(calendar), reverse=True)
        return [(str(p), counts[p], self.collected.has_values(p)) for p in others]

    @property
    def figures(self) -> SiteFigures:
        """The figures for the record of the published site."""
        return SiteFigures(
            period=str(self.period),
            cut_off=self.cut_off,
            method=self._any.method,
            listed=len(self.listed),
            with_report=len(self.reports),
            reported=sum(s.rate.observed > 0 for s in self.summaries),
            missing=len(self.missing),
            unreadable=tuple(f"{u.report.locality}/{u.report.name}" for u in self.collected.unreadable),
            other_method=tuple(s.locality for s in self.apart),
        )

    def page(self, report: Published) -> str:
        """Link from the site to a report's page; the Vietnamese one where it has none in this language."""
        return report.page(self.language)

    def page_of(self, summary: LocalityRow, cell: HeatCell | None = None) -> str:
        """Link to the page of a locality for the period shown, at the row of a cell if given."""
        page = self._pages[summary.locality]
        return f"{page}#{cell.anchor}" if cell else page

    @cached_property
    def _pages(self) -> dict[str, str]:
        reports = (r.report for r in self.collected.all_of(self.period))
        return {report.locality: report.page(self.language) for report in reports}

    @cached_property
    def concept_name(self) -> Callable[[ConceptRollUp], str]:
        """Names the concepts of the whole roll-up."""
        return self._names(self.rolled)

    def _names(self, rolled: RollUp) -> Callable[[ConceptRollUp], str]:
        """Names the concepts of a roll-up, with the unit where two concepts differ only in that."""
        units = Counter((c.concept, c.scope) for c in rolled.concepts)
        return lambda concept: self._name(concept, units[concept.concept, concept.scope] > 1)

    def _name(self, concept: ConceptRollUp, with_unit: bool) -> str:
        """The name of a concept in the language of the page, with the scope that narrows it.

        Where the list has none in that language, the Vietnamese one, marked as such.
        """
        lists, name = self.collected.lists, concept.concept
        if lists.has_concept(name):
            known = lists.concept(name)
            name = known.name_in(self.language) or str(printed(known.name, self.language))
        if concept.scope:
            name = self.words.text("concept.scope", name=name, scope=self.words.scope(concept.scope))
        return self.words.text("concept.unit", name=name, unit=concept.unit or NO_VALUE) if with_unit else name

    def notes(self, concept: ConceptRollUp) -> Iterator[str]:
        """What a reader must know before comparing: absences by kind, bounds, contradictions, bases."""
        for outcome in ConceptOutcome:
            if outcome not in (ConceptOutcome.MET, ConceptOutcome.NOT_MET) and (count := concept.of(outcome)):
                yield f"{self.words.number(count)} {self.words.status(Status(outcome.value))}"
        for name in ("bounded", "contradictory", "wholes", "before_merger"):
            if count := getattr(concept, name):
                yield self.words.text(f"note.{name.replace('_', '-')}", count=count)
        if len(concept.bases) > 1:
            yield self.words.text("note.bases")
        if concept.total is not None:
            yield self.words.text("note.total-of", count=concept.total_of, observed=concept.observed)

    def bounds(self, rate: RowCounts | ConceptRollUp) -> str:
        """'45,5 % – 72,7 %'; a single figure where both are equal; no figure where the period has no value."""
        if not rate.observed and rate.lower is not None:
            return self.words.text("row.no-data")
        both = [self.words.percent(share) for share in (rate.lower, rate.upper)]
        return " – ".join(dict.fromkeys(both))

    @property
    def _parents(self) -> set[str]:
        return {province_of(self.place(r.report.locality)) for r in self.collected.reports}

    @property
    def _tasks(self) -> TasksByDeadline:
        """The three counts over all localities; there is no rate across them."""
        return tasks_of(self.country.task_counts(one.locality for one in self.summaries))

    def _listed_localities(self) -> Iterator[ListedLocality]:
        by_locality, calendar = dict[str, list[Published]](), self.collected.lists.calendar
        for readable in self.collected.reports:
            by_locality.setdefault(readable.report.locality, []).append(readable.report)
        summaries = {s.locality: s for s in [*self.summaries, *self.apart]}
        for place in alphabetical(map(self.place, by_locality)):
            reports = sorted(by_locality[place.slug], key=lambda r: r.period.newness(calendar), reverse=True)
            yield ListedLocality(place, tuple(reports), summaries.get(place.slug))

    @property
    def cut_off(self) -> dt.date:
        """The day at which figures are taken (ngày chốt), the same for all reports of the period."""
        return self._any.cut_off

    @property
    def _any(self) -> Readable:
        """One of the reports that are rolled up; all have its method and cut-off."""
        return self.reports[0]

    def _render(self, section: str, **values: Any) -> Fragment:
        template = environment(TEMPLATES).get_template(f"{section}.html.j2")
        helpers = {"first_names": FIRST_NAMES}
        common = {"site": self, "w": self.words, "t": self.words.html}
        if section != "heat":  # the table of one province needs nothing of the others
            common["roll"] = self.rolled
        return Fragment(with_elements(template.render(**common, **helpers, **values)))


def site_words(language: str) -> Words:
    """The words of the site in a language."""
    return Words(language, "site")


def site_title(words: Words, period: str) -> str:
    """The title shown by the browser, the same for all pages of a period."""
    return words.text("title", period=words.period(period))


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)
