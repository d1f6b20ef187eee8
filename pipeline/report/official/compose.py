"""From a completion record to the official report. What needs judgement is left to an officer, as a marked gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.completion.comparison import Differences
from pipeline.completion.counts import StartingPoint
from pipeline.completion.records import Completion, PlanResult
from pipeline.completion.statuses import PlanState
from pipeline.inputs.issued import Replacement
from pipeline.intake.rows import Intake
from pipeline.plans.models import UNNUMBERED
from pipeline.plans.periods import Period
from pipeline.progress import short
from pipeline.report.columns import INDICATOR_COLUMNS, TASK_COLUMNS
from pipeline.report.day_words import window_of
from pipeline.report.difficulties import difficulties
from pipeline.report.marks import uses_earlier_files
from pipeline.report.official.appendices import appendix, appendix_label
from pipeline.report.official.follow_up_blocks import follow_up_blocks
from pipeline.report.official.model import (
    Appendix,
    Block,
    Closing,
    Computed,
    DocumentHeading,
    Line,
    Masthead,
    OfficialReport,
    Paragraph,
    Span,
    cleaned,
    lowered,
    plain_paragraph,
)
from pipeline.report.official.outlasting_blocks import outlasting_blocks, outlasting_next_blocks, outlasting_task_blocks
from pipeline.report.official.parts import (
    indicator_blocks,
    indicator_rows,
    next_period_blocks,
    task_blocks,
    task_rows,
)
from pipeline.report.official.summary import summary_blocks
from pipeline.report.sheet import Sheet
from pipeline.report.words import Words

_PLAN = "Kế hoạch "
LONGEST_TITLE_IN_SUBJECT = 120
"""Characters of a plan's title that the subject still repeats; a longer one stands among the legal bases alone."""


def official_report(
    completion: Completion,
    intake: Intake,
    *,
    uncommitted: bool = False,
    replaced: Replacement | None = None,
    sheet: Sheet | None = None,
) -> OfficialReport:
    """The document; its texts are `inert`.

    `uncommitted`: made by code with uncommitted changes; every page then says so.
    `replaced`: the issued report that this one replaces, named before the figures.
    `sheet`: what the summary says; None for one without peers and without a code to check it by.
    """
    words = Words("vi", "official")
    sheet = sheet or Sheet(completion, words)
    return cleaned(_Writer(completion, intake, words, sheet, uncommitted, replaced).report())


@dataclass(frozen=True)
class _Writer:
    completion: Completion
    intake: Intake
    words: Words
    sheet: Sheet
    uncommitted: bool
    replaced: Replacement | None

    @property
    def where(self) -> str:
        return lowered(self.completion.locality_name)

    @property
    def office(self) -> str:
        return self.words.text("office", locality=self.where)

    @property
    def subject(self) -> str:
        """Trích yếu: the period and the plan it is about; another one where no plan is in force."""
        c, t = self.completion, self.words.text
        period = self.words.period_inside(c.period)
        if not c.in_force and c.starting:
            return t("subject.starting", locality=self.where, period=period)
        final, year = Period.parse(c.period).final, Period.parse(c.period).year
        if final:
            period = t("period.year-inside", year=year)
        if not c.in_force:
            subject = t("subject.none", locality=self.where, period=period)
        elif len(c.in_force) == 1 and len(title := c.in_force[0].title) <= LONGEST_TITLE_IN_SUBJECT:
            named = final and title.endswith(period)
            subject = t("subject.one-of-year" if named else "subject.one", plan=title, period=period)
        else:
            subject = t("subject", locality=self.where, period=period)
        return t("subject.final", subject=subject) if final else subject

    def report(self) -> OfficialReport:
        c, t = self.completion, self.words.text
        labels = {"uncommitted": self.uncommitted, "unreviewed": c.unreviewed, "synthetic": c.synthetic}
        subject, computed = self.subject, self._computed()
        return OfficialReport(
            title=t("title", subject=lowered(subject)),
            author=self.office,
            label=" · ".join(t(key) for key, holds in labels.items() if holds),
            masthead=self._masthead(),
            kind=t("kind"),
            subject=subject,
            addressee=self._addressee(),
            basis=tuple(self._basis()),
            body=tuple(self._body(computed)),
            computed=computed,
            closing=self._closing(),
            attached=t("attached", office=self.office),
            appendices=tuple(self._appendices()),
        )

    def _appendices(self) -> Iterator[Appendix]:
        """One for indicators, one for tasks; none where it would have no row."""
        of_indicators = indicator_rows(self.completion, self.words), INDICATOR_COLUMNS, self._kind
        of_tasks = task_rows(self.completion, self.words), TASK_COLUMNS, "results"
        for key, (rows, columns, kind) in (("appendix.1", of_indicators), ("appendix.2", of_tasks)):
            if held := tuple(rows):
                label = appendix_label(key, self.completion, self.words)
                yield replace(appendix(key, kind, columns, held, self.words), label=label)

    @property
    def _kind(self) -> str:
        """What the document is of: results, which only a plan in force has, starting points, or nothing."""
        if self.completion.in_force:
            return "results"
        return "starting" if self.completion.starting else "none"

    def _masthead(self) -> Masthead:
        t = self.words.text
        name = self.completion.locality_name
        kinds = t("locality.kinds").split("|")
        place = next((name.removeprefix(kind).strip() for kind in kinds if name.startswith(f"{kind} ")), name)
        return Masthead(
            country=t("country"),
            motto=t("motto"),
            issuer=(t("issuer"), name.upper()),
            number=t("number"),
            place=place,
            place_and_day=t("place-and-day", place=place),
            draft=t("draft"),
        )

    def _dates(self) -> Iterator[Block]:
        c, day = self.completion, self.words.date
        key = "dates.final" if Period.parse(c.period).final else "dates"
        yield self._paragraph(key, start=day(c.start), end=day(c.cut_off), calendar=window_of(c, self.words))
        if self.intake.known_at:
            yield self._paragraph("known-at", day=day(self.intake.known_at))

    def _addressee(self) -> Line:
        t, parent = self.words.text, self.completion.parent_name
        if not parent:
            return Span(t("addressee")), self._fill("fill.addressee")
        return Span(t("addressee")), Span(t("office", locality=lowered(parent)))

    def _basis(self) -> Iterator[Line]:
        """Căn cứ: higher documents, then the plans; ';' after each, '.' after the last."""
        plans = self.completion.in_force
        documents = dict.fromkeys(document for plan in plans for document in plan.implements)
        lines: list[Line] = [(Span(self.words.text("basis", document=document)),) for document in documents]
        lines += [line for plan in plans for line in self._plan_as_basis(plan)]
        for number, line in enumerate(lines, start=1):
            yield (*line, Span("." if number == len(lines) else ";"))

    def _plan_as_basis(self, plan: PlanResult) -> Iterator[Line]:
        t = self.words.text
        if plan.reference == UNNUMBERED:
            # The day is not known either, so an officer writes both.
            yield Span(t("basis.unnumbered", title=plan.title, issuer=plan.issuer)), self._fill("fill.number")
        else:
            about = plan.title.removeprefix(_PLAN)
            key = "basis.numbered" if about == plan.title else "basis.numbered-about"
            yield (Span(t(key, reference=plan.reference, title=about, issuer=plan.issuer)),)
        for amendment in plan.amendments:
            if amendment.in_force:
                day = self.words.date(amendment.date)
                yield (Span(t("basis.amendment", document=amendment.document, date=day)),)

    def _computed(self) -> Computed:
        c, words = self.completion, self.words
        rows = indicator_blocks(c, words) if c.in_force or not c.starting else ()
        tasks = (block for plan in c.plans for block in outlasting_task_blocks(plan, words))
        following = (block for plan in c.plans for block in outlasting_next_blocks(plan, words))
        return Computed(
            opening=tuple(self._replaces()),
            summary=tuple(summary_blocks(self.sheet, self.intake, words)),
            indicators=(*self._dates(), *self._received(), *self._states(), *rows),
            tasks=(*task_blocks(c, words), *tasks),
            difficulties=tuple(self._paragraph("difficulty", name=n, difficulty=d) for n, d in difficulties(c)),
            next_period=(*next_period_blocks(c, words), *following, *follow_up_blocks(c, words)),
        )

    def _body(self, computed: Computed) -> Iterator[Block]:
        """The wording is that of the template for Word, `bao-cao.docx`; a test holds them against each other."""
        t, c = self.words.text, self.completion
        yield self._paragraph("opening", office=self.office)
        yield from computed.opening
        yield from computed.summary
        yield DocumentHeading(t("heading.1"))
        yield Paragraph((self._fill("fill.1"),))
        yield DocumentHeading(t(f"heading.2.{self._kind}"))
        yield from computed.indicators
        yield DocumentHeading(t("heading.3.results" if c.in_force else "heading.3.none"))
        yield from computed.tasks
        yield DocumentHeading(t("heading.4"))
        for number in (1, 2, 3):
            yield DocumentHeading(t(f"heading.4.{number}"), 2)
            yield Paragraph((self._fill(f"fill.4.{number}"),))
        yield DocumentHeading(t("heading.5"))
        yield from computed.difficulties
        yield Paragraph((self._fill("fill.5"),))
        yield DocumentHeading(t("heading.6"))
        yield from computed.next_period
        yield Paragraph((self._fill("fill.6"),))
        yield self._paragraph("ending", office=self.office)

    def _replaces(self) -> Iterator[Block]:
        """Which issued report this one replaces, and how much differs; the page lists it."""
        if self.replaced is None:
            return
        which = {"by": self.replaced.by, "day": self.replaced.day, "run": short(self.replaced.run)}
        if back := self.replaced.back:
            which |= {"back": back.by, "on": self.replaced.back_on, "why": back.detail}
        yield self._paragraph("replaces.back" if back else "replaces", **which)
        if (differences := self.replaced.differences) is not None:
            key = "replaces.differs.back" if back else "replaces.differs"
            yield self._paragraph(key, what=self._what(differences))

    def _what(self, differences: Differences) -> str:
        """What is stated otherwise, without zeros: '1 chỉ tiêu được nêu khác; 2 dòng có minh chứng khác; số chỉ …'."""
        t, rate = self.words.text, self.completion.rate
        counts = {
            "rows": len(differences.rows),
            "tasks": len(differences.tasks),
            "evidence": len(differences.evidence),
        }
        parts = [t(f"replaces.{name}", number=number) for name, number in counts.items() if number]
        before = {"before": differences.met_before, "of": differences.total_before}
        met = t("replaces.met", **before, after=rate.met, total=rate.total)
        return "; ".join([*(parts or [t("replaces.nothing")]), met])

    def _states(self) -> Iterator[Block]:
        """Plans that have expired or not begun, which a reader must know before the figures."""
        for plan in self.completion.plans:
            if plan.state is PlanState.EXPIRED:
                yield self._paragraph("state.expired", plan=plan.title, year=plan.last_year)
                yield from outlasting_blocks(plan, self.words)
            elif plan.starting_point is not None:
                yield self._starting(plan, plan.starting_point)
            elif plan.state is not PlanState.IN_FORCE:
                yield self._paragraph("state.not-begun", plan=plan.title, year=plan.first_year)

    def _starting(self, plan: PlanResult, start: StartingPoint) -> Paragraph:
        """What is there before a plan begins, against its targets: no result of it."""
        return self._paragraph(
            "state.starting",
            plan=plan.title,
            state=self.words.plan_state(plan.state),
            day=self.words.date(self.completion.cut_off),
            period=self.words.period_inside(self.completion.period),
            met=start.met,
            total=start.total,
            below=start.below,
            unknown=start.unknown,
        )

    def _received(self) -> Iterator[Block]:
        """That nothing was received, before any figure."""
        c = self.completion
        if not self.intake.files and c.plans:
            yield self._paragraph("received.none-used" if uses_earlier_files(c) else "received.none")

    def _closing(self) -> Closing:
        t = self.words.text
        return Closing(
            recipients_heading=t("recipients"),
            recipients=(
                (Span(t("recipients.above")),),
                (Span("- "), self._fill("fill.recipients"), Span(";")),
                (Span(t("recipients.file")), self._fill("fill.unit"), Span(".")),
            ),
            signature=(t("signature.for"), t("signature.office")),
            signer=(self._fill("fill.signer"),),
        )

    def _paragraph(self, key: str, **values: object) -> Paragraph:
        return plain_paragraph(self.words.text(key, **values))

    def _fill(self, key: str) -> Span:
        return Span(self.words.text("fill", what=self.words.text(key)), fill=True)
