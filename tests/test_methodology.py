"""The worked examples of docs/methodology.md, read from the document and computed again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import IndicatorResult
from pipeline.completion.stages import plan_state
from pipeline.intake.editions import known_by
from pipeline.intake.rows import Intake, Observation, Origin, TaskFact
from pipeline.intake.validate import validate_period
from pipeline.intake.values import read_basis
from pipeline.paths import CODE, Layout
from pipeline.plans.deadlines import DeadlineKind
from pipeline.plans.models import Kind, Task
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.words import NBSP
from pipeline.report.words import VIETNAMESE as WORDS
from tests.completion.one_row import evaluated
from tests.factories import exactly

DOCUMENT = (CODE / "docs" / "methodology.md").read_text("utf-8")
QUARTERS = ("-Q1", "-Q2", "-Q3", "-Q4")
DIRECTION = {"tăng": "rising", "giảm": "falling"}


def _table(name: str) -> list[dict[str, str]]:
    """The rows of the table that follows the mark of that name."""
    lines = DOCUMENT.partition(f"<!-- ví dụ: {name} -->\n\n")[2].partition("\n\n")[0].splitlines()
    head, _, *rows = ([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_document_is_of_the_method_in_use(registry: Registry) -> None:
    assert f"(phiên bản {registry.method.id})" in DOCUMENT.splitlines()[0]


@pytest.mark.parametrize("row", _table("đánh giá"), ids=lambda row: f"{row['mục tiêu']} {row['số liệu']} {row['kỳ']}")
def test_the_verdicts(row: dict[str, str], registry: Registry) -> None:
    case = {
        "years": "2026-2026",
        "targets": f"2026: {row['mục tiêu']}",
        "direction": DIRECTION[row["chiều"]],
        "baseline": row["xuất phát điểm"].replace(" (", " @").rstrip(")"),
        "path": row["lộ trình"],
        "earlier": " | ".join(_dated(row["trước đó"])),
        "value": "not-submitted" if row["số liệu"] == "chưa có" else row["số liệu"].replace(",", "."),
        "as_of": _day(row["ngày số liệu"]) if row["ngày số liệu"] else "",
        "period": row["kỳ"],
    }
    found = evaluated(case, registry)
    assert WORDS.verdict(found) == row["đánh giá"]
    assert (WORDS.number(found.pace.ratio, 4) if found.pace else "") == row["tiến độ"]
    assert (WORDS.percent(found.attainment).replace(NBSP, " ") if found.attainment is not None else "") == row[
        "mức đạt"
    ]


@pytest.mark.parametrize("row", _table("tỷ lệ"), ids=lambda row: row["địa phương, kỳ 2025"])
def test_the_rates(row: dict[str, str], registry: Registry) -> None:
    period, locality = Period(2025), row["địa phương, kỳ 2025"]
    intake = validate_period(Layout(), registry, locality, period)
    completion = evaluate(registry, registry.locality(locality), period, intake)
    lines = [r for plan in completion.in_force for r in plan.indicators if r.kind is Kind.INDICATOR]
    assert [row["dòng"], row["ghi lại dòng khác"]] == [str(len(lines)), str(completion.repeated_rows)]
    rate = completion.rate
    assert [row[name] for name in (r"\|A\|", "đạt", "chưa đạt", "thiếu")] == [
        str(count) for count in (rate.total, rate.met, rate.not_met, rate.absent)
    ]
    bounds = (
        f"{rate.met}/{rate.total} = {WORDS.percent(rate.lower)} đến "
        f"{rate.met_at_most}/{rate.total} = {WORDS.percent(rate.upper)}"
    ).replace(NBSP, " ")
    assert row["tỷ lệ đạt"] == (bounds if rate.observed else "–, chưa có số liệu của kỳ")
    assert row["độ phủ"] == f"{rate.observed}/{rate.total}"


@pytest.mark.parametrize("row", _table("xuất phát điểm"), ids=lambda row: row["địa phương, kỳ 2025"])
def test_the_starting_points(row: dict[str, str], registry: Registry) -> None:
    period, locality = Period(2025), row["địa phương, kỳ 2025"]
    intake = validate_period(Layout(), registry, locality, period)
    (plan,) = evaluate(registry, registry.locality(locality), period, intake).plans
    start = plan.starting_point
    assert start is not None
    found = (start.total, start.met, start.below, start.unknown)
    assert tuple(row.values())[1:] == tuple(map(str, found))


@pytest.mark.parametrize("row", _table("nhiệm vụ"), ids=lambda row: row["nơi báo cáo năm 2026 của Bình Giang"])
def test_the_counts_of_tasks(row: dict[str, str], registry: Registry) -> None:
    (plan,) = registry.plans_of("binh-giang")
    days = dict.fromkeys(("started_on", "reported_on"), date(2026, 11, 30))
    origin = Origin(file="thử.csv", sha256="0" * 64, line=2)
    facts = [TaskFact(plan=plan.id, key=task.key, origin=origin, **days, **_finished(task)) for task in plan.tasks]
    sent = facts if row["nơi báo cáo năm 2026 của Bình Giang"] == "làm đủ mọi việc" else []
    intake = Intake(locality="binh-giang", period="2026", tasks=tuple(sent))
    counts = evaluate(registry, registry.locality("binh-giang"), Period(2026), intake).tasks_by_deadline
    found = [
        (counts.dated.done, counts.dated.done_at_most, counts.dated.total),
        (counts.recurring.in_time, counts.recurring.in_time_at_most, counts.recurring.total),
        (counts.undated.done, counts.undated.done_at_most, counts.undated.total),
    ]
    shown = [f"{reached}/{total}" for done, most, total in found for reached in (done, most)]
    assert list(row.values())[1:] == shown


def _finished(task: Task) -> dict[str, date]:
    return {} if task.due.kind is DeadlineKind.RECURRING else {"finished_on": date(2026, 9, 20)}


@pytest.mark.parametrize("row", _table("kế hoạch"), ids=lambda row: f"{row['kế hoạch']} {row['kỳ']}")
def test_the_days_of_plans(row: dict[str, str], registry: Registry) -> None:
    plan = next(p for p in registry.plans if p.id == row["kế hoạch"])
    state = plan_state(plan, Period.parse(row["kỳ"]).cut_off(registry.calendar))
    assert WORDS.plan_state(state) == row["tình trạng"]


@pytest.mark.parametrize("row", _table("kỳ nhận"), ids=lambda row: f"{row['ngày']} {row['cách tính']} {row['gửi cho']}")
def test_which_editions_take_a_value(row: dict[str, str], registry: Registry) -> None:
    value = observation_of(row["ngày"], row["cách tính"], row["gửi cho"])
    editions = [f"{year}{part}" for year in (2026, 2027) for part in ("", "-F", *QUARTERS, "-H1", "-H2", "-9M")]
    calendar, periods = registry.calendar, {e: Period.parse(e) for e in editions}
    known = {e for e, p in periods.items() if known_by([value], p, calendar) and p.start(calendar) <= value.as_of}
    takes = [e for e in editions if e == value.edition or e in known]
    assert ", ".join(takes) == row["kỳ nhận"]


@pytest.mark.parametrize("row", _table("mục tiêu năm"), ids=lambda row: f"{row['cách tính']} {row['gửi cho']}")
def test_a_target_of_a_year(row: dict[str, str], registry: Registry) -> None:
    (plan,) = registry.plans_of("binh-giang")
    target = next(x for x in plan.indicators if x.key.label == "II.15")
    of_row = {"plan": plan.id, "key": tuple(target.key), "concept": target.concept, "scope": target.scope}
    sent = observation_of(row["ngày"], row["cách tính"], row["gửi cho"])
    value = {"value": exactly(row["số liệu"]), "text": row["số liệu"]}
    sent = Observation.model_validate(sent.model_dump() | of_row | value)
    assert WORDS.verdict(_row_of(sent, "2026-F", registry)) == row["báo cáo 2026-F"]
    for later in ("2027-Q1", "2027-H1", "2028"):
        (verdict,) = _row_of(sent, later, registry).past
        assert WORDS.past(verdict, "%").replace(NBSP, " ") == row["mọi kỳ sau"], later


def _row_of(sent: Observation, written: str, registry: Registry) -> IndicatorResult:
    """II.15 of Bình Giang in a report that knows one value."""
    period, calendar = Period.parse(written), registry.calendar
    given = {"later": known_by([sent], period, calendar)}
    if sent.edition == written:
        given = {"observations": (sent,)}
    elif Period.parse(sent.edition).cut_off(calendar) <= period.cut_off(calendar):
        given = {"earlier": (sent,)}
    intake = Intake(locality="binh-giang", period=written, **given)
    (plan,) = evaluate(registry, registry.locality("binh-giang"), period, intake).plans
    return next(r for r in plan.indicators if r.key.label == "II.15")


def observation_of(day: str, basis: str, edition: str) -> Observation:
    return Observation(
        concept="coverage-5g",
        unit="%",
        value=exactly("80"),
        text="80",
        basis=read_basis(basis),
        as_of=datetime.strptime(day, "%d/%m/%Y").date(),
        as_of_stated=True,
        source="",
        edition=edition,
        origin=Origin(file="a.csv", sha256="0" * 64, line=2),
    )


def _day(written: str) -> str:
    return datetime.strptime(written, "%d/%m/%Y").date().isoformat()


def _dated(written: str) -> Iterator[str]:
    for text in filter(None, written.split(" | ")):
        day, _, value = text.partition(": ")
        yield f"{_day(day)}: {value.replace(',', '.')}"
