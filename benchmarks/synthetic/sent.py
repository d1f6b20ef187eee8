"""What a synthetic commune writes for one period, and the rows planted to break one rule of `expectations/`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

from benchmarks.synthetic.plans import Assigned, Commune, Document, Measured, Plan, label, words, written

PLANTED_SHARE = 0.02
_ABSENCES = (*("chưa có số liệu",) * 3, "chưa đến hạn", "không áp dụng")
_REASONS = ("đếm trùng, đã rà soát lại", "bổ sung số liệu của các thôn", "nhập nhầm dòng")
Cells = dict[str, str | dt.date]


@dataclass
class Sent:
    """A row as the commune writes it. `cells` by column of docs/data-formats.md, without the empty ones."""

    row: Document
    """The row of the plan."""
    cells: Cells = field(default_factory=dict)
    rule: str = ""
    """The rule it is planted to break; '' for a good row."""


@dataclass(frozen=True)
class Report:
    """Who writes, about which plan, for which days."""

    commune: Commune
    plan: Plan
    start: dt.date
    cut_off: dt.date
    chance: Random

    def some_day(self, back: int = 20) -> dt.date:
        """A day at most `back` days before the cut-off."""
        return self.cut_off - dt.timedelta(days=self.chance.randint(0, back))

    def sent(self, row: Document, source: str) -> Sent:
        """A row that names its subject and source."""
        code = f"{self.commune.plan}/{label(row)}"
        return Sent(row, {"code": code, "name": row["name"], "source": source})

    def plant(self, sent: Sent, faults: dict[str, Cells]) -> None:
        """Give the row one of these faults, if it is its turn."""
        if self.chance.random() < PLANTED_SHARE:
            sent.rule = self.chance.choice(list(faults))
            sent.cells |= faults[sent.rule]


def observations(report: Report) -> list[Sent]:
    """A row for most indicators: a value, or the reason why there is none."""
    chance, quality, rows = report.chance, report.commune.quality, []
    for measured in report.plan.indicators:
        if chance.random() < 0.02 + 0.12 * (1 - quality):
            continue
        sent = _observation(report, measured)
        if chance.random() < 0.10 * (1.3 - quality):
            sent = report.sent(measured.row, str(sent.cells["source"]))
            sent.cells |= {"absence": chance.choice(_ABSENCES), "note": "theo ý kiến của Ủy ban nhân dân xã"}
        else:
            report.plant(sent, _value_faults(report, measured, sent.cells))
        rows.append(sent)
    return rows


def _observation(report: Report, measured: Measured) -> Sent:
    """A figure: from numerator and denominator in a third of the shares, a bound now and then, else bare."""
    chance, sent = report.chance, report.sent(measured.row, report.chance.choice(words()["sources"]))
    # A few figures are older than the period.
    day = report.start - dt.timedelta(days=20) if chance.random() < 0.03 else report.some_day()
    value, sign = measured.value_on(day, chance), "%" if measured.share and report.commune.number % 3 == 1 else ""
    sent.cells |= {"unit": measured.row["unit"], "value": f"{written(value)}{sign}", "as_of": day}
    if measured.share and chance.random() < 0.36:
        whole = chance.randint(30, 9999)
        part = round(value * whole / 100)
        sent.cells |= {"numerator": str(part), "denominator": str(whole)}
        sent.cells["value"] = f"{written(100 * part / whole, 2)}{sign}"
    elif measured.share and 5 < value < 100 and chance.random() < 0.03:
        sent.cells["value"] = f">{int(value)}{sign}"
    if chance.random() < 0.7:
        sent.cells["basis"] = "tại thời điểm" if measured.share else "lũy kế"
    if chance.random() < 0.15:
        sent.cells["claim"] = chance.choice(("đạt", "không đạt"))
    if chance.random() < 0.3:
        sent.cells["evidence"] = f"Báo cáo số {chance.randint(1, 400)}/BC-UBND"
    return sent


def _value_faults(report: Report, measured: Measured, cells: Cells) -> dict[str, Cells]:
    """Rule → cells that break it and no other."""
    if "denominator" in cells:
        return {"part-of-whole": {"numerator": f"{cells['denominator']}0", "value": ""}}
    faults: dict[str, Cells] = {
        "number": {"value": f"khoảng {cells['value']}"},
        "unit-agrees": {"unit": "điểm", "value": str(cells["value"]).rstrip("%")},
        "value-or-absence": {"absence": "chưa có số liệu"},
    }
    faults |= {"percentage": {"value": "123,5"}, "number-ambiguous": {"value": "1.234"}} if measured.share else {}
    return faults | _common_faults(report, measured.row, "as_of")


def _common_faults(report: Report, row: Document, day: str) -> dict[str, Cells]:
    """The faults of indicators and tasks alike; `day` is a column that takes a day."""
    unknown = {"code": f"{report.commune.plan}/VII.{row['no']}", "name": f"Dòng thêm sau dòng {label(row)}"}
    late = report.cut_off + dt.timedelta(days=report.chance.randint(1, 90))
    return {"known-subject": {**unknown}, "not-after-cut-off": {day: late}, "source": {"source": ""}}


def task_facts(report: Report) -> list[Sent]:
    """A row for most tasks that somebody reports on; none before the year of the plan."""
    rows: list[Sent] = []
    if report.cut_off.year < report.plan.document["years"]["first"]:
        return rows
    for task in report.plan.tasks:
        sent = report.sent(task.row, f"Báo cáo tháng của {'; '.join(task.row['lead'])}")
        sent.cells |= _facts(report, task)
        report.plant(sent, _task_faults(report, task.row, sent.cells))
        if report.chance.random() < 0.95:
            rows.append(sent)
    return rows


def _facts(report: Report, task: Assigned) -> Cells:
    started, finished, suspended = task.started_on, task.finished_on, task.suspended_on
    if not started or started > report.cut_off:
        return {"reported_on": report.some_day()}
    if not finished:
        return {"reported_on": max(started, report.some_day(100))}
    if suspended and suspended <= report.cut_off:
        return {"started_on": started, "suspended_on": suspended, "note": "tạm dừng theo ý kiến của xã"}
    if finished <= report.cut_off:
        product = f"{report.chance.choice(words()['products'])} số {report.chance.randint(1, 500)}"
        return {"started_on": started, "finished_on": finished, "product": product}
    return {"started_on": started}


def _task_faults(report: Report, row: Document, cells: Cells) -> dict[str, Cells]:
    """Rule → cells that break it and no other."""
    if "suspended_on" in cells:
        return {"reason-suspended": {"note": ""}}
    # No calendar has this day, in either order of day and month.
    faults: dict[str, Cells] = {"date": {"reported_on": f"31/02/{report.cut_off.year}"}}
    if "finished_on" in cells:
        swapped = {"started_on": cells["finished_on"], "finished_on": cells["started_on"]}
        faults["finished-after-start"] = swapped
    return faults | _common_faults(report, row, "reported_on")


def corrected(report: Report, rows: list[Sent]) -> list[Sent]:
    """Five of the indicators sent again, with another value or without their fault, and the reason."""
    earlier = [sent.row for sent in rows if "value" in sent.cells]
    again = [_observation(report, m) for m in report.plan.indicators if m.row in earlier]
    again = report.chance.sample(again, min(len(again), 5))
    for sent in again:
        sent.cells["note"] = report.chance.choice(_REASONS)
    return again


def published(report: Report) -> list[tuple[str, ...]]:
    """Task totals as the web page of the commune gives them, with a line of headings; some do not add up."""
    total = len(report.plan.document["tasks"])
    done = round(total * report.chance.uniform(0.2, 0.9))
    undone = total - done + report.chance.randint(0, 1)
    day, source = report.cut_off.isoformat(), f"Trang thông tin điện tử xã {report.commune.name} (mô phỏng)"
    return [
        ("subject", "name", "value", "unit", "as_of", "source"),
        ("tasks", "Nhiệm vụ được giao", str(total), "nhiệm vụ", day, source),
        ("tasks", "Nhiệm vụ hoàn thành", str(done), "nhiệm vụ", day, source),
        ("tasks", "Nhiệm vụ chưa hoàn thành", str(undone), "nhiệm vụ", day, source),
    ]
