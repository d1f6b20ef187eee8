"""The sections of the page, each a fragment of HTML that a cell of the notebook shows.

Data reaches HTML only through the templates beside this module, which escape everything.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TaskResult
from pipeline.completion.statuses import BEHIND, ON_ITS_WAY, OVERDUE, PlanState, TaskStatus
from pipeline.completion.unplaced import unplaced_values
from pipeline.due.owed_rows import OwedRow, by_agency, owed_rows
from pipeline.inputs.issued import Replacement
from pipeline.inputs.peers import NO_PEERS, Peers
from pipeline.intake.inbox import COPIED
from pipeline.intake.rows import Intake, RowFinding
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.report.catalogues import LANGUAGES
from pipeline.report.charts import stages_chart
from pipeline.report.downloads import DOWNLOADS
from pipeline.report.due_targets import DueTargets, due_targets, is_due, owed_commitments
from pipeline.report.explain import ChainLink, Chains
from pipeline.report.folded_rows import FoldedIndicators, folded_indicators, parted, without_place
from pipeline.report.lead import Lead, locality_inside
from pipeline.report.notebook_fragment import in_notebook
from pipeline.report.notebook_style import NotebookStyle
from pipeline.report.page_helpers import as_code, link_to
from pipeline.report.plan_words import subject
from pipeline.report.printed_text import with_elements
from pipeline.report.row_filter import RowFilter
from pipeline.report.sheet import Sheet
from pipeline.report.signs import spoken
from pipeline.report.templating import environment
from pipeline.report.words import Words
from pipeline.steps import STEPS

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Fragment:
    """A piece of the page, already escaped; Jupyter and nbconvert show it as HTML.

    In a notebook it lies in a frame, by which `notebook_style` and the template of the page know it; see
    `notebook_fragment`.
    """

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": in_notebook(self.html), "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"Fragment({len(self.html)} ký tự)"


@dataclass(frozen=True)
class Page:
    """The report of one locality and period in one language, section by section."""

    completion: Completion
    intake: Intake
    input_id: str
    language: str = LANGUAGES[0]
    page_lang: str = ""
    """The language of the second page beside the Vietnamese one; '' without a second page."""
    draft: bool = False
    """Made by code, notebooks or suites with uncommitted changes (bản nháp)."""
    replaced: Replacement | None = None
    """The issued report that this one replaces, and what differs (thay thế báo cáo đã ban hành)."""
    peers: Peers = field(default_factory=lambda: NO_PEERS)
    """What other places had published when it was made (nơi cùng loại)."""

    @cached_property
    def words(self) -> Words:
        """The phrases in the language of the page."""
        return Words(self.language)

    def style(self) -> NotebookStyle:
        """The style of the page for a notebook; on the page itself it stands in the head."""
        return NotebookStyle()

    def head(self) -> Fragment:
        """Whose report is it, of which period and plans? Is it a draft, synthetic, as known on an earlier day?"""
        return self._render("head")

    def replaces(self) -> Fragment:
        """What differs from the issued report; empty if this one replaces none."""
        return self._render("replaces")

    def answer(self) -> Fragment:
        """How many targets are met, and what follows? The sheet for the leader, one square per row, four figures."""
        return self._render("answer")

    def attention(self) -> Fragment:
        """What needs attention beside the rows of the sheet, by agency; then tasks past their deadline."""
        return self._render("attention", **self._needing)

    def change(self) -> Fragment:
        """What has changed since the previous report? Empty for the first report of a locality."""
        return self._render("change")

    def plans(self) -> Fragment:
        """Every row of every plan, with its chain from the cell to the rate."""
        written = Chains(self.completion, self.intake, self.words)
        chains = {
            row.code: without_place(written.of(plan, row)) for plan in self.completion.plans for row in plan.indicators
        }
        return self._render("plans", chains=chains, parted=lambda rows: parted(rows, lambda row: chains[row.code]))

    def stages(self) -> Fragment:
        """The rows with a target for each stage: the table, and small multiples of those that have results."""
        chart = stages_chart(self.completion, self.words)
        rows = [r for plan in self.completion.in_force for r in plan.indicators if len(r.stages) > 1]
        years = sorted({target.year for row in rows for target in row.stages if target.year})
        stages = [[next((t for t in row.stages if t.year == year), None) for year in years] for row in rows]
        svg = Markup(chart.svg) if chart else ""  # noqa: S704 - our own drawing, its texts escaped
        return self._render("stages", svg=svg, chart=chart, rows=list(zip(rows, stages, strict=True)), years=years)

    def agencies(self) -> Fragment:
        """Who is responsible for what? Rows and tasks by lead agency (cơ quan chủ trì); empty if no plan names one."""
        return self._render("agencies")

    def tasks(self) -> Fragment:
        """The tasks (nhiệm vụ) with deadline and status, without plans that have not begun."""
        return self._render("tasks")

    def reported(self) -> Fragment:
        """Figures that no target here judges: those reported elsewhere, and values of concepts without a row."""
        return self._render("reported")

    def conflicts(self) -> Fragment:
        """Clauses that differ in more than wording, with the status under each."""
        found = self.completion.conflicts
        relevant = [c for c in found if any(d.kind != "wording" for d in c.differences)]
        statuses = {r.code: r.status for plan in self.completion.plans for r in plan.indicators}
        return self._render("conflicts", conflicts=relevant, reworded=len(found) - len(relevant), statuses=statuses)

    def quality(self) -> Fragment:
        """Can the figures be trusted, how are they computed, and how is the page checked?

        Rows received and quarantined, revisions, warnings, results of the rules; method, files, input id (mã đầu vào).
        """
        links = [link_to(name, as_code(name)) for name in DOWNLOADS]
        steps = [link_to(f"notebooks/{step}.ipynb", self.words.text(f"method.{step}")) for step in STEPS]
        files, notebooks = Markup(", ").join(links), Markup(", ").join(steps)
        final = Period.parse(self.completion.period).final  # the decree does not know it
        return self._render("quality", final=final, files=files, notebooks=notebooks, input_id=as_code(self.input_id))

    @cached_property
    def sheet_of(self) -> Sheet:
        """What stands on the sheet."""
        return Sheet(self.completion, self.words, self.peers, self.input_id)

    @property
    def overdue(self) -> list[TaskResult]:
        """Overdue tasks (nhiệm vụ quá hạn), the oldest deadline first."""
        return self._tasks(OVERDUE)

    @property
    def past_due_unreported(self) -> list[TaskResult]:
        """Tasks past their deadline without a report, the oldest deadline first."""
        return self._tasks({TaskStatus.NOT_REPORTED_PAST_DUE})

    def _tasks(self, statuses: Set[TaskStatus]) -> list[TaskResult]:
        listed = (t for plan in self.completion.in_force for t in plan.tasks if not t.repeats)
        tasks = [t for t in listed if t.status in statuses]
        return sorted(tasks, key=lambda t: str(t.due))

    @property
    def warned(self) -> list[RowFinding]:
        """Warnings about accepted rows, with their cells."""
        return [finding for finding in self.intake.findings if finding.severity == "warning"]

    @property
    def on_the_way(self) -> int:
        """Rows not met of which nothing says that they are late."""
        return self.completion.rate.of(ON_ITS_WAY)

    @property
    def outside(self) -> int:
        """Lines of indicators of the plans in force that are not counted, with those that repeat others."""
        rows = [r for plan in self.completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR]
        return sum(not r.counted or r.repeats for r in rows)

    @property
    def owed(self) -> dict[str, list[OwedRow]]:
        """What each agency still owes (còn nợ): indicators, commitments and tasks without a value of the period."""
        return {agency: rows for agency, rows in by_agency(owed_rows(self.completion)).items() if agency}

    @property
    def locality_inside(self) -> str:
        """The locality inside a sentence: 'xã Bình Giang'."""
        return locality_inside(self.completion, self.words)

    @cached_property
    def lead(self) -> Lead:
        """The answer in sentences: two at the head, and what stands below them."""
        return Lead(self.completion, self.intake, self.words)

    @cached_property
    def due(self) -> DueTargets:
        """The targets that have fallen due, with those of the stage before."""
        return due_targets(self.completion)

    @property
    def subject(self) -> str:
        """What the page is about: results, the starting point of plans to come, or plans that have ended."""
        return self.words.text(f"head.heading-{subject(self.completion)}")

    @property
    def delta(self) -> str:
        """The difference in the number met; '' where one of the two counts nothing, or the period has no value."""
        change, rate = self.completion.change, self.completion.rate
        if change is None or not change.total_before or not rate.observed:
            return ""
        difference = rate.met - change.met_before
        sign = "+" if difference > 0 else "−" if difference < 0 else "±"
        return f"{sign}{abs(difference)}"

    @property
    def has_change(self) -> bool:
        """Whether the report before counted anything to compare with."""
        return self.completion.change is not None and self.completion.change.total_before > 0

    @property
    def received_files(self) -> int:
        """Files that the locality sent for the period; a workbook is one, whatever its sheets."""
        return len({file.file for file in self.intake.files}) - self.copied_files

    @property
    def copied_files(self) -> int:
        """Files of rows that the keeper of the registry took from public pages (ghi lại từ trang công khai)."""
        return sum(file.rpartition("/")[2].startswith(COPIED) for file in {file.file for file in self.intake.files})

    @property
    def published(self) -> int:
        """Figures of the section about those published elsewhere (số liệu đã công bố ở nơi khác)."""
        return len(self.completion.reported) + sum(o.value is not None for o in self.completion.unplaced)

    @property
    def beside_rows_used(self) -> int:
        """Rows used that enter no rate: reported elsewhere, or of no row of a plan in force or about to begin."""
        counting = [*self.completion.in_force, *self.completion.starting]
        return len(self.intake.reported) + len(unplaced_values(self.intake.observations, counting))

    @property
    def shown_plans(self) -> list[PlanResult]:
        """Plans whose rows the page lists: in force, ended, or with a starting point."""
        listed = (PlanState.IN_FORCE, PlanState.EXPIRED)
        return [plan for plan in self.completion.plans if plan.state in listed or plan.starting_point is not None]

    @property
    def shown_task_plans(self) -> list[PlanResult]:
        """Plans whose tasks the page lists."""
        listed = (PlanState.IN_FORCE, PlanState.EXPIRED)
        return [plan for plan in self.completion.plans if plan.state in listed and plan.tasks]

    @cached_property
    def row_filter(self) -> RowFilter:
        """The filter of the page, and the classes by which it finds rows."""
        tasks = (task for plan in self.shown_task_plans for task in plan.tasks)
        return RowFilter((*(row for plan in self.shown_plans for row in plan.indicators), *tasks))

    def folded(self, rows: list[IndicatorResult], chains: dict[str, list[ChainLink]]) -> list[FoldedIndicators]:
        """The rows of a group that have nothing to show."""
        return folded_indicators(rows, lambda row: chains[row.code])

    @cached_property
    def _needing(self) -> dict[str, Any]:
        """What the section about attention lists; without any of it the section is left out."""
        late = {"tasks": self.overdue, "tasks-unreported": self.past_due_unreported}
        unknown = [target.row for target in self.due.absent]
        promised = [row for row in owed_commitments(self.completion) if is_due(row, self.completion.cut_off)]
        listed = {row.code for row in self.sheet_of.urgent if row.status in BEHIND}
        missed = [target for target in self.due.missed if target.row.code not in listed]
        rest = self.sheet_of.rest
        return {"rest": rest, "late": late, "unknown": unknown, "promised": promised, "missed": missed}

    @property
    def contents_list(self) -> list[tuple[str, str]]:
        """The sections that the page has, each with its anchor."""
        c, t, n = self.completion, self.words.text, self._needing
        found = {
            "attention": c.in_force and any((n["rest"], n["unknown"], n["promised"], n["missed"], *n["late"].values())),
            "change": self.has_change,
            "plans": self.shown_plans,
            "stages": any(len(row.stages) > 1 for plan in c.in_force for row in plan.indicators),
            "agencies": c.agencies or self.sheet_of.unowned,
            "tasks": self.shown_task_plans,
            "conflicts": c.conflicts,
            "reported": c.reported or c.unplaced,
            "quality": True,
        }
        return [(section, t(f"contents.{section}")) for section, there in found.items() if there]

    def _render(self, section: str, **values: Any) -> Fragment:
        template = environment(TEMPLATES).get_template(f"page/{section}.html.j2")
        common = {"page": self, "c": self.completion, "intake": self.intake, "w": self.words, "t": self.words.html}
        return Fragment(spoken(with_elements(template.render(**common, **values)), self.words))
