"""What a synthetic locality writes for one period: values, absences, task facts, figures published elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.synthetic.catalogue import Catalogue
from benchmarks.synthetic.dirt import DIRT_SHARE, spoil_observation, spoil_task
from benchmarks.synthetic.files import Habit
from benchmarks.synthetic.numbers import written
from benchmarks.synthetic.places import Place
from benchmarks.synthetic.plans import Drawn, Measured
from benchmarks.synthetic.rows import Sent
from benchmarks.synthetic.tasks import Assigned

_RECURRING_DAYS = 100
_ABSENCES = ("chưa có số liệu", "chưa có số liệu", "chưa có số liệu", "chưa đến hạn", "không áp dụng")
_BASES = ("tại thời điểm", "lũy kế", "trong kỳ")


@dataclass(frozen=True)
class Office:
    """Who writes, and how: how well it is run (0 to 1), whether it writes 82,5% or 82,5, in which kind of file."""

    place: Place
    quality: float
    percent_sign: bool
    habit: Habit
    words: Catalogue


@dataclass(frozen=True)
class Report:
    """Who writes, on what, for which days."""

    office: Office
    plan: Drawn
    start: dt.date
    cut_off: dt.date
    chance: Random

    def day(self) -> dt.date:
        """A day of the data, at most twenty days before the cut-off."""
        return self.cut_off - dt.timedelta(days=self.chance.randint(0, 20))


def observations(report: Report) -> list[Sent]:
    """A row for most indicators; the others are left out altogether."""
    chance, rows = report.chance, []
    for row in report.plan.measured:
        if chance.random() < 0.02 + 0.12 * (1 - report.office.quality):
            continue
        sent = _observation(report, row)
        if "value" in sent.cells and chance.random() < DIRT_SHARE:
            spoil_observation(sent, report.cut_off, chance)
        rows.append(sent)
    return rows


def _observation(report: Report, row: Measured) -> Sent:
    chance = report.chance
    sent = Sent(row.code, row.group, row.no, row.name, shown=(row.unit, row.target))
    cells = sent.cells
    cells |= {"unit": row.unit, "source": _source(report)}
    if chance.random() < 0.10 * (1.3 - report.office.quality):
        cells["absence"] = chance.choice(_ABSENCES)
        if cells["absence"] == "không áp dụng":
            cells["note"] = f"theo ý kiến của Ủy ban nhân dân xã {report.office.place.name}"
        return sent
    # A few figures are older than the period.
    day = report.start - dt.timedelta(days=20) if chance.random() < 0.03 else report.day()
    _value(report, row, day, cells)
    if chance.random() < 0.85 or day < report.start:
        cells["as_of"] = day
    if chance.random() < 0.7:
        cells["basis"] = chance.choice(_BASES) if chance.random() < 0.03 else row.basis
    if chance.random() < 0.15:
        cells["claim"] = chance.choice(("đạt", "không đạt"))
    if chance.random() < 0.3:
        cells["evidence"] = f"Báo cáo số {chance.randint(1, 400)}/BC-UBND"
    # Without a code beside it, another name would be no indicator at all.
    if report.office.habit is not Habit.BY_NAME and chance.random() < 0.01:
        sent.name = f"{sent.name} (xã báo cáo)"
    return sent


def _value(report: Report, row: Measured, day: dt.date, cells: dict[str, str | dt.date]) -> None:
    """A figure: with numerator and denominator in a third, as a bound in a few, bare otherwise."""
    chance, value = report.chance, row.course.at(day, report.chance)
    sign = "%" if row.course.share and report.office.percent_sign else ""
    if row.course.share and chance.random() < 0.36:
        whole = int(10 ** chance.uniform(1.5, 4))
        part = min(round(value * whole / 100), whole)
        cells |= {"numerator": str(part), "denominator": str(whole)}
        cells["value"] = f"{written(100 * part / whole, 2)}{sign}"
        if chance.random() < 0.08:
            cells["value"] = ""
    elif row.course.share and 5 < value < 100 and chance.random() < 0.03:
        cells["value"] = f">{int(value)}{sign}"
    else:
        cells["value"] = f"{written(value, chance.choice((0, 1, 1, 2)) if row.course.share else 0)}{sign}"


def task_facts(report: Report) -> list[Sent]:
    """A row for every task that somebody reports on; none before the plan begins."""
    if report.cut_off < report.plan.begins:
        return []
    chance, rows = report.chance, []
    for task in report.plan.tasks:
        if task.silent or chance.random() < 0.05:
            continue
        sent = Sent(task.code, task.group, task.no, task.name, shown=(task.lead, task.deadline))
        sent.cells["source"] = f"Báo cáo tháng của {task.lead}"
        sent.cells |= dict(_facts(report, task))
        if chance.random() < DIRT_SHARE:
            spoil_task(sent, report.cut_off, chance)
        rows.append(sent)
    return rows


def _facts(report: Report, task: Assigned) -> Iterator[tuple[str, str | dt.date]]:
    chance, end = report.chance, report.cut_off
    if task.recurring:
        if task.started_on and task.started_on <= end:
            yield "reported_on", max(task.started_on, end - dt.timedelta(days=chance.randint(0, _RECURRING_DAYS)))
        return
    if task.started_on and task.started_on <= end:
        yield "started_on", task.started_on
    else:
        yield "reported_on", report.day()
        return
    if task.suspended_on and task.started_on < task.suspended_on <= end:
        yield "suspended_on", task.suspended_on
        yield "note", f"tạm dừng theo ý kiến của Ủy ban nhân dân xã {report.office.place.name}"
    elif task.finished_on and task.finished_on <= end:
        yield "finished_on", task.finished_on
        if chance.random() < 0.85:
            yield "product", f"{chance.choice(report.office.words.products)} số {chance.randint(1, 500)}"


def published(report: Report) -> list[dict[str, str]]:
    """Task totals as a web page of the locality would give them; of ten, one does not add up."""
    chance = report.chance
    total = len(report.plan.tasks)
    done = round(total * chance.uniform(0.2, 0.9))
    wrong = 1 if chance.random() < 0.1 else 0
    figures = {
        "Nhiệm vụ được giao": total,
        "Nhiệm vụ hoàn thành": done,
        "Nhiệm vụ chưa hoàn thành": total - done + wrong,
    }
    common = {
        "subject": "tasks",
        "unit": "nhiệm vụ",
        "as_of": f"{report.day():%d/%m/%Y}",
        "source": f"Trang thông tin điện tử xã {report.office.place.name} (mô phỏng)",
        "source_date": f"{report.cut_off + dt.timedelta(days=4):%d/%m/%Y}",
    }
    return [common | {"name": name, "value": str(value)} for name, value in figures.items()]


def corrected(report: Report, rows: list[Sent]) -> list[Sent]:
    """A few of the rows sent again, with another value or at last in order, and the reason."""
    chance, courses = report.chance, {row.code: row for row in report.plan.measured}
    wanted = [row for row in rows if row.code in courses and (row.rule or row.cells.get("value"))]
    again = []
    for row in chance.sample(wanted, min(len(wanted), chance.randint(3, 6))):
        measured = courses[row.code]
        sent = Sent(row.code, row.group, row.no, measured.name, shown=row.shown)
        day = report.day()
        sent.cells |= {"unit": measured.unit, "source": _source(report), "as_of": day}
        _value(report, measured, day, sent.cells)
        sent.cells["note"] = chance.choice(
            ("đếm trùng, đã rà soát lại", "bổ sung số liệu của các thôn", "nhập nhầm dòng")
        )
        again.append(sent)
    return again


def _source(report: Report) -> str:
    return report.chance.choice(report.office.words.sources)
