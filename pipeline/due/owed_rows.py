"""Rows that lack a value in a published report, by the agency that leads them (dòng còn thiếu số liệu)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.statuses import ABSENT, UNREPORTED, Status
from pipeline.due.timeliness import RowsAsked


@dataclass(frozen=True)
class OwedRow:
    """One indicator or task that lacks a value or a word of its state."""

    code: str
    name: str
    unit: str
    task: bool
    lead: tuple[str, ...]
    refused: bool = False
    """A value was sent and refused (bị loại): it is to be corrected, not sent for the first time."""

    @property
    def label(self) -> str:
        """The row in its plan: 'PL2.IV.26'."""
        return self.code.partition("/")[2]

    @property
    def anchor(self) -> str:
        """The place of the row on the page of the report."""
        plan = self.code.partition("/")[0]
        return f"{plan}-task-{self.label}" if self.task else f"{plan}-{self.label}"


def owed_rows(completion: Completion) -> list[OwedRow]:
    """What a report asks for and did not get, in the order of its plans; each thing once.

    Of plans in force: counted indicators and commitments without a value of the period, and tasks nobody reported on.
    A row that is said to have no figure yet this period (chưa đến hạn) is answered.
    """
    return list(_owed(completion))


def _owed(completion: Completion) -> Iterator[OwedRow]:
    for plan in completion.in_force:
        for row in plan.indicators:
            if plan.counts(row) and row.status in ABSENT - {Status.NOT_DUE}:
                refused = row.status is Status.QUARANTINED
                yield OwedRow(row.code, row.name, row.unit, False, row.lead, refused)
        for task in plan.tasks:
            if plan.counts(task) and task.status in UNREPORTED:
                yield OwedRow(task.code, task.name, "", True, task.lead)


def by_agency(rows: Iterable[OwedRow]) -> dict[str, list[OwedRow]]:
    """The rows of each agency, by name; a row with two leads is asked of both, one without any of ''."""
    found = dict[str, list[OwedRow]]()
    for row in rows:
        for agency in row.lead or ("",):
            found.setdefault(agency, []).append(row)
    return dict(sorted(found.items()))


def rows_asked(completion: Completion) -> dict[str, RowsAsked]:
    """Completeness of a report: of the locality as a whole under '', then of each agency that leads counted rows.

    Indicators of plans in force that are counted; commitments and tasks are counted by the report itself.
    """
    asked = [row for plan in completion.in_force for row in plan.indicators if plan.counts(row)]
    agencies = sorted({agency for row in asked for agency in row.lead})
    whole = RowsAsked(completion.rate.observed, completion.rate.total)
    return {"": whole} | {agency: _of([row for row in asked if agency in row.lead]) for agency in agencies}


def _of(rows: Sequence[IndicatorResult]) -> RowsAsked:
    given = [row.observation for row in rows if row.status not in ABSENT and row.observation is not None]
    files = {observation.origin.file.rpartition("/")[2] for observation in given}
    return RowsAsked(len(given), len(rows), tuple(sorted(files)))
