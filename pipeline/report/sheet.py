"""The sheet for the leader (tờ tóm tắt): what a chair needs of a report, on one page; first in page, PDF and Word.

Everything follows from the record. A decision is listed only where a fact calls for it: no office named, data owed,
tasks overdue or not reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.completion.records import Completion, IndicatorResult, PlanResult, TaskResult
from pipeline.completion.statuses import BEHIND, ON_ITS_WAY, OVERDUE, UNREPORTED, Category, Status
from pipeline.due.owed_rows import OwedRow, owed_rows
from pipeline.inputs.hashes import check_code
from pipeline.inputs.peers import NO_PEERS, Peers
from pipeline.plans.models import Kind
from pipeline.report.count_words import change_parts
from pipeline.report.dot_plot import dot_plot, peers_of, standing
from pipeline.report.due_targets import is_due
from pipeline.report.falling_due import day_parts, falling_due
from pipeline.report.looks import Look
from pipeline.report.sheet_facts import facts
from pipeline.report.words import Words

ROWS = 5
"""Rows that the sheet shows; the others are listed by agency below it."""
AGENCIES = 4
"""Agencies that a decision names; of the others the number is said."""
FEW = 2
"""So few others are named too: their number would take as much room."""


@dataclass(frozen=True)
class Part:
    """A part of the bar of what is known: its look, how many, and the words for it."""

    look: Look
    number: int
    label: str


@dataclass(frozen=True)
class Decision:
    """What is to be decided (việc đề nghị quyết định): what, and the facts it rests on."""

    what: str
    why: str


@dataclass(frozen=True)
class Sheet:
    """The sheet of one report, in the language of `words`."""

    completion: Completion
    words: Words
    peers: Peers = field(default_factory=lambda: NO_PEERS)
    input_id: str = ""

    def bar(self) -> list[Part]:
        """Known and unknown, of the counted indicators; of plans about to begin, their starting points."""
        rate, t = self.completion.rate, self.words.text
        if not self.completion.in_force:
            points = [plan.starting_point for plan in self.completion.starting if plan.starting_point]
            at, below, unknown = (sum(getattr(p, name) for p in points) for name in ("met", "below", "unknown"))
            counts = {
                "baseline-met": (Look.MET, at),
                "baseline-below": (Look.ON_ITS_WAY, below),
                "baseline-unknown": (Look.UNKNOWN, unknown),
            }
        else:
            late = rate.of(BEHIND)
            risk = rate.of(s for s in Status if s.category is Category.AT_RISK)
            counts = {
                "met": (Look.MET, rate.met),
                "way": (Look.ON_ITS_WAY, rate.of(ON_ITS_WAY)),
                "risk": (Look.NOT_MET, risk),
                "late": (Look.NOT_MET, late),
                "undecidable": (Look.UNKNOWN, rate.undecidable),
                "absent": (Look.UNKNOWN, rate.absent),
            }
        return [Part(kind, n, t(f"sheet.part-{key}", number=n)) for key, (kind, n) in counts.items() if n]

    @cached_property
    def urgent(self) -> list[IndicatorResult]:
        """Rows that need attention: late ones first, then what is farthest from its target."""
        plans = self.completion.in_force or self.completion.starting
        listed = (row for plan in plans for row in plan.indicators if not row.repeats)
        if not self.completion.in_force:
            return sorted((r for r in listed if r.status is Status.BASELINE_BELOW), key=lambda r: -_missing(r))
        return sorted((r for r in listed if r.status.urgency is not None), key=_order)

    @property
    def shown(self) -> list[IndicatorResult]:
        """The first of them."""
        return self.urgent[:ROWS]

    @property
    def rest(self) -> dict[str, list[IndicatorResult]]:
        """The others by the agency that leads them; '' for those without one, last."""
        return by_lead(self.urgent[ROWS:])

    def decisions(self) -> list[Decision]:
        """What follows from facts, at most four."""
        kinds = (self._no_owner(), self._overdue(), self._owed(), self._silent())
        return [decision for decision in kinds if decision]

    @cached_property
    def unowned_rows(self) -> list[IndicatorResult]:
        """Indicators and commitments for which the plan names no agency, each thing once."""
        of_plans = (row for plan in self._plans for row in plan.indicators if not row.repeats and not row.lead)
        return [row for row in of_plans if row.counted or not self.completion.in_force]

    @cached_property
    def unowned_tasks(self) -> list[TaskResult]:
        """Tasks for which the plan names none."""
        return [task for plan in self._plans for task in plan.tasks if not task.lead and not task.repeats]

    @property
    def unowned(self) -> str:
        """'16 chỉ tiêu, 5 cam kết và 4 nhiệm vụ'; '' where everything has an agency."""
        return self.things(self.unowned_rows, len(self.unowned_tasks)) if self._no_owner() else ""

    @property
    def _plans(self) -> Sequence[PlanResult]:
        return self.completion.in_force or self.completion.starting

    def _no_owner(self) -> Decision | None:
        if not self.unowned_rows and not self.unowned_tasks:
            return None
        what = self.things(self.unowned_rows, len(self.unowned_tasks))
        return Decision(self.words.text("sheet.no-owner", what=what), self.words.text("sheet.no-owner-why"))

    def _owed(self) -> Decision | None:
        if not self.completion.in_force:
            return self._unknown_start()
        owed = [row for row in owed_rows(self.completion) if not row.task]
        if not owed:
            return None
        codes = {row.code for row in owed}
        rows = [row for plan in self.completion.in_force for row in plan.indicators if row.code in codes]
        refused = sum(row.refused for row in owed)
        key = "sheet.owed-refused" if refused else "sheet.owed"
        what, due = self.things(rows), [row for row in rows if is_due(row, self.completion.cut_off)]
        if due:
            what = self.words.text("sheet.due-among", what=what, due=self.things(due))
        return Decision(self.words.text(key, what=what, refused=refused), self._by_agency(owed))

    def _unknown_start(self) -> Decision | None:
        of_plans = (row for plan in self.completion.starting for row in plan.indicators if not row.repeats)
        rows = [row for row in of_plans if row.status is Status.BASELINE_UNKNOWN]
        if not rows:
            return None
        return Decision(self.words.text("sheet.unknown-start", what=self.things(rows)), self._by_agency(rows))

    def _overdue(self) -> Decision | None:
        tasks = list(self._tasks(OVERDUE))
        if not tasks:
            return None
        return Decision(
            self.words.text("sheet.overdue", count=len(tasks)), self._named(tasks, tasks) + self._by_agency(tasks)
        )

    def _silent(self) -> Decision | None:
        tasks = list(self._tasks(UNREPORTED))
        if not tasks:
            return None
        due = [task for task in tasks if task.past_due]
        key = "sheet.silent-due" if due else "sheet.silent"
        what = self.words.text(key, count=len(tasks), due=len(due))
        return Decision(what, self._named(due, tasks) + self._by_agency(tasks))

    def _named(self, due: Sequence[TaskResult], tasks: Sequence[TaskResult]) -> str:
        """'3.4 “Nâng cấp mạng LAN”. Theo cơ quan chủ trì: ', where they are few; '3.4 “…”; ' without leads; '' else."""
        t = self.words.text
        named = [t("sheet.task-named", label=task.key.label, name=task.name) for task in due]
        if not 0 < len(named) <= FEW:
            return ""
        names = ", ".join(named)
        return t("sheet.tasks-named", names=names) if any(task.lead for task in tasks) else f"{names}; "

    def _tasks(self, statuses: Iterable[str]) -> Iterator[TaskResult]:
        wanted = set(statuses)
        for plan in self.completion.in_force:
            yield from (task for task in plan.tasks if plan.counts(task) and task.status in wanted)

    def things(self, rows: Iterable[IndicatorResult], tasks: int = 0) -> str:
        """'22 chỉ tiêu, 5 cam kết và 2 nhiệm vụ', without zeros."""
        kinds = Counter(row.kind for row in rows)
        counts = {"indicators": kinds[Kind.INDICATOR], "commitments": kinds[Kind.COMMITMENT], "tasks": tasks}
        named = [self.words.text(f"sheet.{name}", count=number) for name, number in counts.items() if number]
        *first, last = named
        return self.words.text("sheet.and").join(filter(None, (", ".join(first), last)))

    def _by_agency(self, rows: Sequence[OwedRow | TaskResult | IndicatorResult]) -> str:
        """'Phòng Văn hóa - Xã hội (8), Công an xã (2), 2 cơ quan khác (3); 2 chưa có cơ quan chủ trì.'"""
        t = self.words.text
        counts = Counter(agency for row in rows for agency in row.lead)
        ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        first, others = ordered[:AGENCIES], ordered[AGENCIES:]
        if len(others) <= FEW:
            first, others = ordered, []
        parts = [f"{agency} ({self.words.number(number)})" for agency, number in first]
        if others:
            parts.append(t("sheet.other-agencies", count=len(others), number=sum(n for _, n in others)))
        said = ", ".join(parts)
        alone = sum(not row.lead for row in rows)
        if alone and not said:
            return t("sheet.nobody-all")
        if sum(counts.values()) > len(rows) - alone:
            said += t("sheet.joint")
        return t("sheet.nobody", said=said, number=alone) if alone else f"{said}."

    def change(self) -> str:
        """What changed since the period before; '' where there is nothing to compare with."""
        change, rate = self.completion.change, self.completion.rate
        if change is None or not change.total_before or not rate.total:
            return ""
        return self.words.text(
            "sheet.change",
            period=self.words.period_inside(change.period),
            before=change.met_before,
            total_before=change.total_before,
            met=rate.met,
            total=rate.total,
            parts=", ".join(change_parts(change, self.words)),
        )

    def soon(self) -> str:
        """What falls due in the next months and is not met or done, by day; '' where nothing does."""
        found = falling_due(self.completion)
        parts = []
        for day, things, labels in day_parts(found, self.words):
            rows = [thing for thing in things if isinstance(thing, IndicatorResult)]
            what = self.things(rows, len(things) - len(rows))
            parts.append(self.words.text("sheet.soon-day", day=day, what=what, labels=labels))
        return f"{'; '.join(parts)}." if parts else ""

    def more(self) -> str:
        """What else is asked, a sentence each: what cannot be compared, amendments, conflicts, later stages."""
        return " ".join(facts(self.completion, self.words, compared=bool(self.neighbours())))

    def neighbours(self) -> str:
        """Where the locality stands beside its peers; '' where none has published for the period."""
        compared = list(self._compared())
        if not compared:
            return ""
        places = {name for row, _ in compared for name in self.peers[row.concept, row.unit, row.scope]}
        stands = Counter(stand for _, stand in compared)
        of = "one" if len(places) == 1 else "many"
        named = {"better": stands[1], "worse": stands[-1], "level": stands[0]}
        parts = [self.words.text(f"sheet.{name}-{of}", number=number) for name, number in named.items() if number]
        return self.words.text(
            "sheet.neighbours-named" if len(places) <= AGENCIES else "sheet.neighbours",
            places=len(places),
            names=", ".join(sorted(places)),
            rows=len(compared),
            parts=", ".join(parts),
        )

    @property
    def title(self) -> str:
        """What stands above the rows that are shown: how many they are of how many, in which order; '' without any."""
        if not self.urgent:
            return ""
        kind = "rows" if self.completion.in_force else "rows-starting"
        key = f"sheet.{kind}" if len(self.urgent) > ROWS else f"sheet.{kind}-all"
        what = self.words.text(key, count=len(self.shown), what=self.things(self.urgent))
        if len(self.urgent) == 1:
            return what
        slow = any(row.status.category in (Category.BEHIND, Category.AT_RISK) for row in self.urgent)
        return f"{what}, {self.words.text('sheet.order-late' if slow else 'sheet.order')}"

    @property
    def kinds(self) -> str:
        """What the number above counts: 'Gồm: 2 chậm tiến độ; 16 đang thực hiện (…).'; '' before plans begin."""
        if not self.completion.in_force or not self.urgent:
            return ""
        counts = Counter(row.status for row in self.urgent)
        parts = (
            f"{self.words.number(n)} {self.words.text_or(f'sheet.kind-{status}', self.words.status(status))}"
            for status, n in counts.items()
        )
        return self.words.text("sheet.kinds", parts="; ".join(parts))

    @property
    def key_to_dots(self) -> str:
        """What is drawn in the rows that are shown, and no more."""
        plots = [plot for row in self.shown if (plot := dot_plot(row, self.words, self.peers))]
        keys = {"before": any(plot.before is not None for plot in plots), "peers": any(plot.peers for plot in plots)}
        first = "sheet.dots" if self.completion.in_force else "sheet.dots-starting"
        parts = [first, *(f"sheet.dots-{name}" for name, drawn in keys.items() if drawn)]
        return ", ".join(self.words.text(part) for part in parts) + "."

    def _compared(self) -> Iterator[tuple[IndicatorResult, int]]:
        """Each thing once: the row that judges it, and how it stands among those who have published a value."""
        seen = set[tuple[str, str, str]]()
        for plan in self.completion.in_force or self.completion.starting:
            for row in plan.indicators:
                thing, others = (row.concept, row.unit, row.scope), peers_of(row, self.peers)
                value = row.observation.value.exact if row.observation and row.observation.value else None
                if row.kind is Kind.INDICATOR and value is not None and others and thing not in seen:
                    seen.add(thing)
                    yield row, standing(row, value, others)

    @property
    def code(self) -> str:
        """The short code (mã kiểm tra), by which `make verify` names the report."""
        return check_code(self.input_id)

    @property
    def qr_text(self) -> str:
        """What the QR code says: place, period, code, in capitals, which take the fewest fields."""
        return f"{self.completion.locality} {self.completion.period} {self.code}".upper()


def by_lead(rows: Iterable[IndicatorResult]) -> dict[str, list[IndicatorResult]]:
    """Rows by the agencies that lead them, by name; '' for those without one, last."""
    found = dict[str, list[IndicatorResult]]()
    for row in rows:
        for agency in row.lead or ("",):
            found.setdefault(agency, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: (not pair[0], pair[0])))


def _order(row: IndicatorResult) -> tuple[bool, bool, int, float]:
    behind, risk = row.status.category is Category.BEHIND, row.status.category is Category.AT_RISK
    return not behind, not risk, row.status.urgency or 0, -_missing(row)


def _missing(row: IndicatorResult) -> float:
    """What is missing to the target in points of a hundred: of a percentage itself, else of its target."""
    if row.unit.startswith("%"):
        bound = row.target.bound if row.target else None
        value = row.observation.value.exact if row.observation and row.observation.value else None
        if bound is not None and value is not None:
            return abs(float(bound - value))
    return 100 * (1 - float(row.attainment)) if row.attainment is not None else float(row.gap or 0)
