"""Parts of one answer (phần của từng cơ quan): files that name the agency which sent them.

Parts of different agencies stand beside each other, whatever their days; a later part of the same agency revises that
part only. What two agencies say of one row is settled here, after all files and corrections of a period, so that the
order of the parts changes nothing. The whole locality (a file that names no agency) is a sender of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.intake.between_figures import cell_of
from pipeline.intake.reader import Submission
from pipeline.intake.revisions import Accepted, Ledger, describe, revision, says_the_same, subject_of
from pipeline.intake.rows import CORRECTED, Absence, Observation, Quarantined, Revision, RowFinding, TaskFact
from pipeline.plans.lead_agencies import LeadAgencies
from pipeline.plans.registry import Registry

RULE = "agencies-agree"
"""Two agencies say different things of one row."""
_REMEDY = "các cơ quan thống nhất một con số; cơ quan ghi sai gửi lại dòng này, hoặc địa phương lập phiếu đính chính"


@dataclass(frozen=True)
class Senders:
    """Who sent which file, and who leads which row."""

    by_file: Mapping[str, str] = field(default_factory=dict)
    """File → the agency whose part it is; a file of the whole locality is not there."""
    agencies: LeadAgencies | None = None
    """Who leads which row; None where no file is a part."""

    @classmethod
    def of(cls, submissions: Iterable[Submission], registry: Registry, locality: str, cut_off: dt.date) -> Senders:
        """Of the files of a period."""
        parts = {one.file: one.part for one in submissions if one.part}
        return cls(parts, LeadAgencies.of(registry, locality, cut_off) if parts else None)

    def sender(self, file: str) -> str:
        """The agency; '' for the whole locality."""
        return self.by_file.get(file, "")

    def leads(self, row: Accepted) -> tuple[str, ...]:
        """The agencies that lead a row; none for a shared figure, and for what was reported elsewhere."""
        if self.agencies is None:
            return ()
        return (self.agencies.by_task if isinstance(row, TaskFact) else self.agencies.by_code).get(row.code, ())

    def may_answer(self, file: str, row: Accepted) -> bool:
        """Whether a row is the business of who sent the file: the agency leads it, or it is the whole locality."""
        sender = self.sender(file)
        return not sender or sender in self.leads(row)

    def revises(self, later: str, old: str, row: Accepted) -> bool:
        """Whether a file takes the place of an earlier one in a row.

        Of the same sender: yes. The whole locality revises its agencies, unless it says only that there is no value
        (chưa có số liệu). An agency revises the whole locality in rows that it leads or nobody does, and never another
        agency. `row` is what the later file says.
        """
        sender, former = self.sender(later), self.sender(old)
        if former and not sender and _has_nothing(row):
            return False
        if former or not sender:
            return not sender or sender == former
        return self.may_answer(later, row) or not self.leads(row)


@dataclass
class Settlement:
    """What stands of the records of a period, and what does not because agencies contradict."""

    standing: list[Accepted] = field(default_factory=list)
    out: list[tuple[Accepted, RowFinding]] = field(default_factory=list)
    findings: list[RowFinding] = field(default_factory=list)
    """Warnings at rows that stand although another agency says otherwise."""
    revisions: list[Revision] = field(default_factory=list)

    def quarantined(self, submissions: Iterable[Submission]) -> list[Quarantined]:
        """The rows that are out, with their cells as received."""
        found = {(r.origin.file, r.origin.sheet, r.origin.line): (r, f) for r, f in self.out}
        return [
            Quarantined(kind=table.kind, origin=f.origin, subject=r.code, cells=row.cells, findings=(f,))
            for submission in submissions
            for table in submission.tables
            for row in table.rows
            for r, f in filter(None, [found.get((row.origin.file, row.origin.sheet, row.origin.line))])
        ]


def settle(records: Sequence[Accepted], senders: Senders, received: Callable[[Accepted], dt.date]) -> Settlement:
    """Rows that several senders filled: the same is used once, what the leading agency says goes before the others.

    Where the agencies that lead a row (or, where none of them does, all that filled it) say different things, none of
    it is used. A decided correction goes before all; “chưa có số liệu” gives way to a figure.
    """
    settled, groups = Settlement(), dict[tuple[str, str], list[Accepted]]()
    for record in records:
        groups.setdefault(subject_of(record), []).append(record)
    for group in groups.values():
        if len({senders.sender(record.origin.file) for record in group}) == 1:
            settled.standing += group
            strange = [r for r in group if senders.leads(r) and not senders.may_answer(r.origin.file, r)]
            settled.findings += [_of_another(record, senders) for record in strange]
        else:
            group.sort(key=lambda r: (received(r), r.origin.file, r.origin.cell))
            _settle_row(group, senders, settled, received)
    order = {id(record): number for number, record in enumerate(records)}
    settled.standing.sort(key=lambda record: order[id(record)])
    return settled


def with_successor(row: Quarantined, standing: Iterable[Accepted], senders: Senders, ledger: Ledger) -> Quarantined:
    """The quarantined row, with the row of a later file of the same sender, or of the locality, that replaces it."""
    file = row.origin.file
    same = [r for r in standing if row.subject and r.code == row.subject and ledger.day(r) > ledger.day(row)]
    successor = next((r for r in same if senders.revises(r.origin.file, file, r)), None)
    return row.model_copy(update={"replaced_by": successor.origin}) if successor else row


def _settle_row(
    group: Sequence[Accepted], senders: Senders, settled: Settlement, received: Callable[[Accepted], dt.date]
) -> None:
    chosen = _chosen(group, senders)
    settled.standing += chosen
    for record in group:
        if any(record is one for one in chosen) or any(says_the_same(record, one) for one in chosen):
            continue
        if chosen and (_has_nothing(record) or CORRECTED in record.flags):
            reason = "cơ quan khác đã có số liệu" if _has_nothing(record) else "có đính chính khác"
            settled.revisions.append(revision(record, chosen[0], received(chosen[0]), reason))
            continue
        others = [one for one in (chosen or group) if one is not record and not says_the_same(record, one)]
        settled.out.append((record, _finding(record, others, senders, "critical")))
        settled.findings += [_finding(one, [record], senders, "warning") for one in chosen]


def _chosen(group: Sequence[Accepted], senders: Senders) -> list[Accepted]:
    """The records that are used; none where those that count contradict."""
    if corrected := [record for record in group if CORRECTED in record.flags]:
        return corrected[-1:]
    counting = [r for r in group if senders.may_answer(r.origin.file, r)] or list(group)
    counting = [record for record in counting if not _has_nothing(record)] or counting
    own = [r for r in counting if senders.sender(r.origin.file) == senders.sender(counting[0].origin.file)]
    return own if all(any(says_the_same(one, mine) for mine in own) for one in counting) else []


def _has_nothing(record: Accepted) -> bool:
    return isinstance(record, Observation) and record.absence is Absence.NOT_SUBMITTED


def _finding(record: Accepted, others: Sequence[Accepted], senders: Senders, severity: str) -> RowFinding:
    said = "; ".join(f"{_who(one, senders)} ghi “{_content(one)}” ở {cell_of(one.origin)}" for one in others)
    leads = senders.leads(record)
    led = f"; chủ trì: {', '.join(leads)}" if leads else ""
    use = "được dùng" if severity == "warning" else "không dùng"
    return RowFinding(
        origin=record.origin,
        rule=RULE,
        severity=severity,
        message=f"{record.code}: ô này ghi “{_content(record)}” ({use}), {said}{led}",
        remedy=_REMEDY,
    )


def _of_another(record: Accepted, senders: Senders) -> RowFinding:
    """A row of which only an agency speaks that does not lead it."""
    return RowFinding(
        origin=record.origin,
        rule=RULE,
        severity="warning",
        message=f"{record.code}: dòng này do {', '.join(senders.leads(record))} chủ trì, "
        f"{_who(record, senders)} gửi; số liệu được dùng",
        remedy="cơ quan chủ trì xác nhận, hoặc gửi lại dòng này trong phần của mình",
    )


def _who(record: Accepted, senders: Senders) -> str:
    return senders.sender(record.origin.file) or "địa phương"


def _content(record: Accepted) -> str:
    """What a record says, with the day of a value."""
    if isinstance(record, Observation) and record.as_of_stated:
        return f"{describe(record)} (ngày {record.as_of:%d/%m/%Y})"
    return describe(record)
