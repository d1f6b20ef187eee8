"""The official report: its statements, in Word and PDF alike; the structure of both files; data is never run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
import typst
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from pipeline.completion.change_records import Change
from pipeline.completion.comparison import Differences, EvidenceDifference, TaskDifference, differences_from
from pipeline.completion.counts import TaskCounts
from pipeline.completion.evaluate import evaluate
from pipeline.completion.lines import Point
from pipeline.completion.rates import rate, tasks_by_deadline
from pipeline.completion.records import Completion, IndicatorResult, TaskResult
from pipeline.completion.statuses import ABSENT, UNCOUNTED, Status, TaskStatus
from pipeline.errors import InternalError
from pipeline.inputs.issued import Issue, Replacement
from pipeline.intake.rows import Intake, Interval, Observation, Origin, TaskFact
from pipeline.intake.validate import validate_period
from pipeline.paths import CODE, Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.marks import repeated
from pipeline.report.official import OfficialReport, official_report, write_docx, write_pdf
from pipeline.report.official.model import (
    DocumentHeading,
    DocumentRow,
    DocumentTable,
    Items,
    Paragraph,
    Span,
    inert,
)
from pipeline.report.official.parts import LISTED_AT_MOST, next_period
from pipeline.report.official.pdf import DRAWABLE, drawable, pdf_bytes
from pipeline.report.official.pdf_row_heads import with_row_heads
from pipeline.report.official.word import docx_bytes
from pipeline.report.signs import unbroken
from pipeline.report.words import Words
from tests.factories import report_2026_as_2025

State = tuple[Completion, Intake]
LOCALITIES = ("bach-long-vi", "binh-giang", "cat-hai")
WORDS = Words("vi", "official")
ORIGIN = Origin(file="data/a.csv", sha256="0" * 64, line=2)
HOSTILE = (
    '#eval("1+1")',
    '#read("/etc/passwd")',
    "*đậm* _nghiêng_ `mã`",
    "$x^2$ @nguon <nhan>",
    "\\ #pagebreak() \\u{41}",
    "<w:fldSimple w:instr='DDE'/> ]]> &amp; &lt;",
    '=HYPERLINK("http://a","b")',
    "// chú thích /* khối */",
    "'); import os; {x} %s ${y}",
)
ODD = "\u202eđảo\u202c \u200bẩn\u00ad \x07chuông\x00 \n xuống \t dòng \U0001f600 漢 \ue000 a\u0301"
needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
needs_soffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def states(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """Two communes in the year of their plans, the third in 2025, the city after its plan."""
    layout = report_2026_as_2025(tmp_path_factory.mktemp("states"))
    years = {"bach-long-vi": 2026, "binh-giang": 2026, "cat-hai": 2025, "hai-phong": 2025}
    return {slug: _state(registry, slug, Period(year), layout) for slug, year in years.items()}


@pytest.fixture(scope="module")
def reports(states: dict[str, State]) -> dict[str, OfficialReport]:
    return {slug: official_report(*state) for slug, state in states.items()}


def _state(registry: Registry, slug: str, period: Period, layout: Layout | None = None) -> State:
    intake = validate_period(layout or Layout(), registry, slug, period)
    return evaluate(registry, registry.locality(slug), period, intake), intake


def _texts(part: object) -> list[str]:
    """Every text of a part of the model, in order."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, tuple):
        return [text for x in part for text in _texts(x)]
    if isinstance(part, (Paragraph, Items)):
        lines = [part.spans] if isinstance(part, Paragraph) else part.lines
        return ["".join(span.text for span in line) for line in lines]
    if dataclasses.is_dataclass(part):
        return [text for field in dataclasses.fields(part) for text in _texts(getattr(part, field.name))]
    return []


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")


def _body(report: OfficialReport) -> str:
    return _plain("\n".join(_texts(report.body)))


def _section(report: OfficialReport, number: str) -> str:
    """The text of one section of the outline."""
    body = list(report.body)
    starts = [i for i, block in enumerate(body) if isinstance(block, DocumentHeading) and block.level == 1]
    first = next(i for i in starts if body[i].text.startswith(f"{number}. "))  # type: ignore[union-attr]
    last = next((i for i in starts if i > first), len(body))
    return _plain("\n".join(_texts(tuple(body[first:last]))))


def _fills(part: object) -> list[str]:
    if isinstance(part, Span):
        return [part.text] if part.fill else []
    if isinstance(part, tuple):
        return [text for x in part for text in _fills(x)]
    if dataclasses.is_dataclass(part):
        return [text for field in dataclasses.fields(part) for text in _fills(getattr(part, field.name))]
    return []


def _rows(table: DocumentTable) -> list[DocumentRow]:
    return [row for row in table.rows if not row.heading]


def _cells(table: DocumentTable) -> list[dict[str, str]]:
    titles = [column.title for column in table.columns]
    return [dict(zip(titles, map(_plain, row.cells), strict=True)) for row in _rows(table)]


def _indicators(completion: Completion) -> list[IndicatorResult]:
    """In the order of the appendix: by group, commitments last."""
    return [
        row
        for plan in completion.in_force
        for group in plan.groups
        for row in plan.indicators
        if (row.annex, row.group, row.kind == "commitment") == (group.annex, group.no, group.commitments)
    ]


def _with_indicator(state: State, **update: object) -> State:
    """The state with the first row of its first plan changed."""
    completion, intake = state
    plan = completion.plans[0]
    rows = (plan.indicators[0].model_copy(update=update), *plan.indicators[1:])
    plan = plan.model_copy(update={"indicators": rows})
    return completion.model_copy(update={"plans": (plan, *completion.plans[1:])}), intake


def _with_tasks(state: State, **counts: int) -> State:
    """The state with the tasks counted otherwise; all of them have a deadline."""
    by_status = {TaskStatus(name.replace("_", "-")): n for name, n in counts.items()}
    completion, intake = state
    one = next(t for plan in completion.in_force for t in plan.tasks if t.due)
    tasks = [one.model_copy(update={"status": status}) for status, n in by_status.items() for _ in range(n)]
    update = {"task_counts": TaskCounts(by_status=by_status), "tasks_by_deadline": tasks_by_deadline(tasks)}
    return completion.model_copy(update=update), intake


def _observation(value: str, day: str, **fields: object) -> Observation:
    number = Decimal(value)
    return Observation(
        concept="x",
        unit="%",
        value=Interval(low=number, high=number),
        text=value,
        as_of=dt.date.fromisoformat(day),
        as_of_stated=True,
        source="Báo cáo tháng",
        origin=ORIGIN,
    ).model_copy(update=fields)


# --- what it says


@pytest.mark.parametrize(
    ("slug", "low", "high"),
    [
        ("bach-long-vi", "7/20 (35%)", "11/20 (55%)"),
        ("binh-giang", "10/22 (45,5%)", "16/22 (72,7%)"),
    ],
)
def test_the_rates_are_those_of_the_record(
    states: dict[str, State], reports: dict[str, OfficialReport], slug: str, low: str, high: str
) -> None:
    rate = states[slug][0].rate
    assert low.startswith(f"{rate.met}/{rate.total} ")
    assert high.startswith(f"{rate.met_at_most}/{rate.total} ")
    section = _section(reports[slug], "II")
    assert f"Tỷ lệ chỉ tiêu đạt: chắc chắn đạt {low}; nếu các chỉ tiêu thiếu số liệu" in section
    assert f"đều đạt thì cao nhất {high}; " in section
    assert "mẫu số là số chỉ tiêu được đưa vào phép tính" in section
    assert f"{rate.met} chỉ tiêu đạt; {rate.not_met} chỉ tiêu chưa đạt" in section
    assert f"{rate.of([Status.NOT_SUBMITTED])} chỉ tiêu chưa có số liệu của kỳ" in section
    assert f"Độ phủ số liệu: {rate.observed}/{rate.total} (" in section


@pytest.mark.parametrize("slug", LOCALITIES)
def test_table_1_adds_up(states: dict[str, State], reports: dict[str, OfficialReport], slug: str) -> None:
    table = next(block for block in reports[slug].body if isinstance(block, DocumentTable))
    rows = _cells(table)
    groups = [r for r in rows if r["Nhóm chỉ tiêu"] not in ("Tổng cộng", "Cộng kế hoạch")]
    rate = states[slug][0].rate
    for title, whole in (("Được tính", rate.total), ("Thiếu số liệu", rate.absent)):
        assert sum(int(r[title]) for r in groups if r[title] != "–") == whole == int(rows[-1][title])
    share = f"{rate.met}/{rate.total} (" if rate.observed else "chưa có số liệu"
    assert rows[-1]["Tỷ lệ đạt (số đạt/số được tính)"].startswith(share)


def test_a_similar_value_is_named_and_enters_no_rate(reports: dict[str, OfficialReport]) -> None:
    """Cát Hải has one value, of dossiers received online, and asks for dossiers handled online."""
    section = _section(reports["cat-hai"], "II")
    assert "Số liệu gần nghĩa, chưa dùng để kết luận: > 98% (Tỷ lệ hồ sơ thủ tục hành chính nộp trực tuyến" in section
    assert "gần với các dòng 2.2, PL1.I.1, PL2.IV.26." in section


@pytest.mark.parametrize("slug", LOCALITIES)
def test_the_appendices_hold_every_row(states: dict[str, State], reports: dict[str, OfficialReport], slug: str) -> None:
    completion, report = states[slug][0], reports[slug]
    indicators, tasks = _indicators(completion), [t for plan in completion.in_force for t in plan.tasks]
    first, second = (_cells(appendix.table) for appendix in report.appendices)
    of_indicators, of_tasks = (
        ["; ".join(filter(None, [x.name, repeated(x, WORDS)])) for x in y] for y in (indicators, tasks)
    )
    assert [r["Chỉ tiêu"] for r in first] == [inert(name) for name in of_indicators]
    assert [r["Đánh giá"] for r in first] == [WORDS.verdict(x) for x in indicators]
    assert [r["Nhiệm vụ"] for r in second] == [inert(name) for name in of_tasks]
    assert [r["Tình trạng"] for r in second] == [WORDS.task_status(x.status) for x in tasks]
    assert len(first) == sum(len(plan.indicators) for plan in completion.in_force)


@pytest.mark.parametrize("slug", LOCALITIES)
def test_no_column_of_an_appendix_is_empty(
    states: dict[str, State], reports: dict[str, OfficialReport], slug: str
) -> None:
    """Why a value is absent is said in words; what follows from it is a dash; a column of dashes is left out."""
    first, second = (_cells(appendix.table) for appendix in reports[slug].appendices)
    for row, cells in zip(_indicators(states[slug][0]), first, strict=True):
        if row.observation is None and row.latest is None:
            assert {cells.get(title, "–") for title in ("Tử số/Mẫu số", "Tỷ lệ so mục tiêu", "Nguồn")} == {"–"}
            assert cells.get("Kết quả kỳ này", cells["Đánh giá"]) in ("chưa có số liệu", cells["Đánh giá"])
    for rows in (first, second):
        for title in rows[0]:
            assert title in ("Tình trạng", "Đánh giá") or {row[title] for row in rows} - {"–", "", "không ghi"}, title
    assert "Ngày hoàn thành" not in second[0]  # nobody has reported
    tasks = _section(reports[slug], "III")
    assert "chưa nhiệm vụ nào có báo cáo" in tasks
    assert "0/" not in tasks
    assert "%" not in tasks


@needs_pdftotext
def test_appendices_are_as_long_as_what_they_say(reports: dict[str, OfficialReport], tmp_path: Path) -> None:
    """Cát Hải: 64 and 38 rows on ten pages, once 17, after four pages of text."""
    write_pdf(reports["cat-hai"], tmp_path / "report.pdf")
    ran = subprocess.run(["pdftotext", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True)
    assert len(ran.stdout.decode().split("\f")[:-1]) <= 14


def test_sources_are_notes_that_cells_name(reports: dict[str, OfficialReport]) -> None:
    appendix = reports["binh-giang"].appendices[0]
    named = {cells["Nguồn"] for cells in _cells(appendix.table)} - {"–"}
    assert named == {note.split()[0] for note in appendix.notes}
    assert len(set(appendix.notes)) == len(appendix.notes) < len(_cells(appendix.table))


def test_numbers_of_documents_are_not_broken() -> None:
    broken = "Nghị định 30/2020/NĐ-CP, Kế hoạch 14/KH-UBND, Nghị quyết 57-NQ/TW, hạng A-B, 2025-H1"
    whole = "Nghị định 30/2020/NĐ‑CP, Kế hoạch 14/KH‑UBND, Nghị quyết 57‑NQ/TW, hạng A-B, 2025-H1"
    assert unbroken(broken) == whole


def test_the_masthead_names_the_locality(reports: dict[str, OfficialReport]) -> None:
    report = reports["binh-giang"]
    mast = report.masthead
    assert mast.country == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert mast.motto == "Độc lập - Tự do - Hạnh phúc"
    assert mast.issuer == ("ỦY BAN NHÂN DÂN", "XÃ BÌNH GIANG")
    assert re.fullmatch(r"Số: {4,}/BC-UBND", _plain(mast.number))
    assert re.fullmatch(r"Bình Giang, ngày {4,}tháng {4,}năm {4,}", _plain(mast.place_and_day))
    assert mast.draft == "DỰ THẢO"
    assert report.kind == "BÁO CÁO"
    assert report.subject == "Kết quả thực hiện năm 2026 Kế hoạch chuyển đổi số xã Bình Giang năm 2026"
    first = _section(report, "II").splitlines()[1]
    assert first == "Số liệu từ ngày 15/12/2025 đến ngày 14/12/2026; lịch chốt: Nghị định 09/2019/NĐ-CP."
    assert "".join(x.text for x in report.addressee) == "Kính gửi: Ủy ban nhân dân thành phố Hải Phòng"
    assert reports["cat-hai"].masthead.issuer[1] == "ĐẶC KHU CÁT HẢI"
    assert reports["cat-hai"].masthead.place_and_day.startswith("Cát Hải, ")


def test_the_basis_names_plans_by_number_and_date(reports: dict[str, OfficialReport]) -> None:
    numbered = [_plain("".join(x.text for x in line)) for line in reports["bach-long-vi"].basis]
    plan = next(line for line in numbered if line.startswith("Căn cứ Kế hoạch số 14/KH-UBND ngày 18/01/2026 của"))
    assert " về chuyển đổi số " in plan
    assert [line[-1] for line in numbered] == [";"] * (len(numbered) - 1) + ["."]
    assert _fills(reports["bach-long-vi"].basis) == []
    assert _fills(reports["binh-giang"].basis) == ["[cán bộ bổ sung: số và ngày của kế hoạch]"]


def test_the_outline_leaves_judgement_to_people(reports: dict[str, OfficialReport]) -> None:
    report = reports["cat-hai"]
    titles = [block.text for block in report.body if isinstance(block, DocumentHeading) and block.level == 1]
    assert [title.split(".")[0] for title in titles] == ["I", "II", "III", "IV", "V", "VI"]
    for number, places in (("I", 1), ("II", 0), ("III", 0), ("IV", 3), ("V", 1), ("VI", 1)):
        assert _section(report, number).count("[cán bộ bổ sung: ") == places, number
    assert _fills(report.closing.signer)
    assert _body(report).rstrip().endswith("./.")
    assert report.closing.signature == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    assert "Phụ lục I " in _section(report, "II")
    assert "Phụ lục II " in _section(report, "III")


def test_one_appendix_alone_has_no_number(reports: dict[str, OfficialReport], states: dict[str, State]) -> None:
    """Only from two on are they numbered; the text names them as their own pages do."""
    labels = {slug: [appendix.label for appendix in report.appendices] for slug, report in reports.items()}
    assert labels["cat-hai"] == ["Phụ lục I", "Phụ lục II"]
    completion, intake = states["cat-hai"]
    plans = tuple(plan.model_copy(update={"tasks": ()}) for plan in completion.plans)
    alone = official_report(completion.model_copy(update={"plans": plans}), intake)
    assert [appendix.label for appendix in alone.appendices] == ["Phụ lục"]
    for report in (*reports.values(), alone):
        named = set(re.findall(r"Phụ lục [IV]+|Phụ lục(?= kèm theo)", _body(report)))
        assert named <= {appendix.label for appendix in report.appendices}


def test_a_plan_that_has_not_begun_has_no_results(registry: Registry, reports: dict[str, OfficialReport]) -> None:
    starting = official_report(*_state(registry, "binh-giang", Period(2025)))
    assert "Đây là xuất phát điểm, chưa phải là kết quả thực hiện kế hoạch." in _section(starting, "II")
    assert "KẾT QUẢ" not in "\n".join(_texts(starting)).replace("KẾT QUẢ THỰC HIỆN", "KẾT QUẢ")
    assert starting.basis == ()
    assert "xuất phát điểm" not in _section(reports["cat-hai"], "II")


def _listed(report: OfficialReport) -> Items:
    """The rows not met in section II; the summary before it has a list of its own."""
    return [block for block in report.body if isinstance(block, Items)][1]


def test_rows_not_met_are_named_up_to_a_limit(states: dict[str, State], reports: dict[str, OfficialReport]) -> None:
    items = _listed(reports["binh-giang"])
    assert len(items.lines) == 6
    assert any("11,87% so với mục tiêu ≥ 80%" in _plain(text) for text in _texts(items))
    completion, intake = states["binh-giang"]
    plan = completion.plans[0]
    late = plan.indicators[0].model_copy(update={"status": Status.LATE})
    plan = plan.model_copy(update={"indicators": (late,) * (LISTED_AT_MOST + 3)})
    report = official_report(completion.model_copy(update={"plans": (plan,)}), intake)
    items = _listed(report)
    assert len(items.lines) == LISTED_AT_MOST + 1
    assert "và 3 chỉ tiêu khác" in _texts(items)[-1]


def test_tasks_are_counted_without_a_rate_across_them(states: dict[str, State]) -> None:
    section = _section(official_report(*_with_tasks(states["cat-hai"], done_on_time=26, under_way=2)), "III")
    assert "28 nhiệm vụ, gồm: 26 hoàn thành đúng hạn; 2 đang thực hiện, trong hạn." in section
    assert "Có thời hạn: hoàn thành 26/28" in section
    assert "chưa có báo cáo" not in section
    assert "%" not in section
    part = _section(official_report(*_with_tasks(states["cat-hai"], done_late=1, not_reported=3)), "III")
    assert "Có thời hạn: hoàn thành 1/4, 1 hoàn thành sau hạn, " in part
    assert ", 3 chưa có báo cáo." in part
    silent = _section(official_report(*_with_tasks(states["cat-hai"], not_reported_past_due=3)), "III")
    assert "Có thời hạn: 3, 3 đã đến hạn, chưa nhiệm vụ nào có báo cáo." in silent
    assert "3 nhiệm vụ, gồm: 3 chưa có báo cáo (3 đã đến hạn)." in silent


def test_nothing_over_nothing_is_a_dash(states: dict[str, State], reports: dict[str, OfficialReport]) -> None:
    report = reports["hai-phong"]
    assert "không tính tỷ lệ hoàn thành" in _section(report, "II")
    completion, intake = states["binh-giang"]
    empty = completion.model_copy(update={"rate": rate((), completion.cut_off)})
    assert ": – (mẫu số" in _section(official_report(empty, intake), "II")
    assert "không có kế hoạch nào đang thực hiện" in _section(report, "III")
    assert "Tỷ lệ chỉ tiêu đạt" not in _section(report, "II")
    assert "%" not in _section(report, "III")
    assert "đã hết thời gian thực hiện (năm 2023)" in _section(report, "II")
    assert "Chưa có mục tiêu nào đến hạn" in _section(reports["binh-giang"], "II")
    undone = _section(official_report(*_with_tasks(states["cat-hai"], under_way=2)), "III")
    assert "Có thời hạn: hoàn thành 0/2" in undone
    stopped = _section(official_report(*_with_tasks(states["cat-hai"], suspended=2)), "III")
    assert "Có thời hạn" not in stopped


def test_an_empty_plan_still_makes_both_files(reports: dict[str, OfficialReport], tmp_path: Path) -> None:
    report = reports["hai-phong"]
    assert report.appendices == ()  # once two pages with a sentence each
    assert _fills(report.addressee) == ["[cán bộ bổ sung: cơ quan nhận báo cáo]"]
    write_docx(report, tmp_path / "report.docx")
    write_pdf(report, tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert docx.Document(str(tmp_path / "report.docx")).paragraphs


def test_no_value_at_all_gives_no_rate(states: dict[str, State]) -> None:
    completion, intake = states["cat-hai"]
    rate = completion.rate.model_copy(update={"by_status": {Status.NOT_SUBMITTED: 30}, "met_of_due": 0})
    section = _section(official_report(completion.model_copy(update={"rate": rate}), intake), "II")
    assert "Tỷ lệ chỉ tiêu đạt: –, vì chưa có số liệu của kỳ ở chỉ tiêu nào trong 30 chỉ tiêu" in section
    assert "0 chỉ tiêu đạt" not in section


def test_tasks_of_the_next_period(states: dict[str, State], reports: dict[str, OfficialReport]) -> None:
    completion = states["cat-hai"][0]
    cut_off, end = dt.date(2025, 12, 14), dt.date(2026, 12, 31)
    tasks = [t for plan in completion.in_force for t in plan.tasks]
    due = [t.name for t in tasks if t.due and cut_off < t.due <= end]
    late = [t.name for t in tasks if t.due and t.due <= cut_off]
    assert (len(due), len(late)) == (2, 1)
    section = _section(reports["cat-hai"], "VI")
    assert "Nhiệm vụ đến hạn sau ngày 14/12/2025, đến hết ngày 31/12/2026: 2 nhiệm vụ" in section
    table = [block for block in reports["cat-hai"].body if isinstance(block, DocumentTable)][-1]
    assert [r["Nhiệm vụ"] for r in _cells(table)] == [inert(name) for name in late + due]


@pytest.mark.parametrize(
    ("period", "following"),
    [
        ("2025", "2026"),
        ("2026-Q1", "2026-Q2"),
        ("2026-Q4", "2027-Q1"),
        ("2026-H1", "2026-H2"),
        ("2026-H2", "2027-H1"),
        ("2026-9M", "2026-Q4"),
        ("2026-03", "2026-04"),
        ("2026-12", "2027-01"),
    ],
)
def test_the_next_period_begins_where_this_one_ends(registry: Registry, period: str, following: str) -> None:
    after = next_period(Period.parse(period))
    assert str(after) == following
    assert after.start(registry.calendar) == Period.parse(period).cut_off(registry.calendar) + dt.timedelta(days=1)


def test_a_finished_task_shows_its_day_and_is_not_due_again(states: dict[str, State]) -> None:
    completion, intake = states["cat-hai"]
    plan = completion.plans[0]
    fact = TaskFact(plan=plan.id, key=("", "a", "1"), finished_on=dt.date(2025, 10, 5), note="xong sớm", origin=ORIGIN)
    done = {"fact": fact, "status": TaskStatus.DONE_ON_TIME}

    def finished(task: TaskResult) -> TaskResult:
        return task.model_copy(update=done) if task.due else task

    plans = tuple(p.model_copy(update={"tasks": tuple(map(finished, p.tasks))}) for p in completion.plans)
    report = official_report(completion.model_copy(update={"plans": plans}), intake)
    cells = [c for c in _cells(report.appendices[1].table) if c["Ngày hoàn thành"] == "05/10/2025"]
    assert len(cells) == 3
    assert {c["Ghi chú"] for c in cells} == {"xong sớm"}
    assert "Không có nhiệm vụ nào kế hoạch ghi thời hạn sau ngày 14/12/2025" in _section(report, "VI")


def test_an_appendix_of_starting_points_calls_no_value_a_result_of_the_period(registry: Registry) -> None:
    (starting,) = official_report(*_state(registry, "binh-giang", Period(2025))).appendices
    titles = [column.title for column in starting.table.columns]
    assert "Xuất phát điểm" in titles
    assert "Kết quả kỳ này" not in titles


def test_the_previous_result_is_the_value_before_the_one_judged(states: dict[str, State]) -> None:
    history = tuple(
        Point(day=dt.date(2025, month, 1), value=Decimal(value)) for month, value in ((3, "10"), (6, "20"), (9, "30"))
    )
    observed = _observation("30", "2025-09-01", numerator=Decimal(3), denominator=Decimal(10))
    state = _with_indicator(states["binh-giang"], history=history, observation=observed, attainment=Decimal("0.375"))
    cells = _cells(official_report(*state).appendices[0].table)[0]
    assert cells["Kết quả trước đó"] == "20 (ngày 01/06/2025)"
    assert cells["Kết quả kỳ này"] == "30"
    assert cells["Tử số/Mẫu số"] == "3/10"
    assert cells["Tỷ lệ so mục tiêu"] == "37,5%"
    assert cells["Nguồn"] == "[1]"
    assert official_report(*state).appendices[0].notes[0] == "[1] Báo cáo tháng"
    alone = _with_indicator(states["binh-giang"], history=history[-1:], observation=observed)
    assert _cells(official_report(*alone).appendices[0].table)[0]["Kết quả trước đó"] == "–"
    old = _with_indicator(states["binh-giang"], history=(), observation=None, stale=_observation("7", "2023-01-02"))
    cells = _cells(official_report(*old).appendices[0].table)[0]
    assert (cells["Kết quả trước đó"], cells["Kết quả kỳ này"]) == ("7 (ngày 02/01/2023)", "chưa có số liệu")


def test_every_kind_of_absence_has_its_words(states: dict[str, State]) -> None:
    for status in sorted({*ABSENT, *UNCOUNTED, Status.UNDECIDABLE}):
        completion, intake = states["binh-giang"]
        rate = completion.rate.model_copy(update={"by_status": {Status.MET: 1, status: 1234}})
        section = _section(official_report(completion.model_copy(update={"rate": rate}), intake), "II")
        assert "1.234 chỉ tiêu " in section, status


def test_change_since_the_previous_report_and_the_day_as_known(states: dict[str, State]) -> None:
    completion, intake = states["binh-giang"]
    change = Change(
        period="2025-Q3",
        cut_off=dt.date(2025, 9, 14),
        met_before=8,
        total_before=22,
        newly_met=(),
        fell_back=(),
        first_observed=(),
        lost=(),
        tasks_done=(),
        tasks_overdue=(),
    )
    known = intake.model_copy(update={"known_at": dt.date(2026, 1, 2)})
    report = official_report(completion.model_copy(update={"change": change}), known)
    assert "(quý III năm 2025, chốt ngày 14/09/2025; 8/22 chỉ tiêu đạt)" in _section(report, "II")
    assert "đến hết ngày 02/01/2026" in _section(report, "II").splitlines()[2]


# --- Word


def _document(report: OfficialReport) -> docx.document.Document:
    return docx.Document(io.BytesIO(docx_bytes(report)))


@pytest.fixture(scope="module")
def word(reports: dict[str, OfficialReport]) -> docx.document.Document:
    return _document(reports["cat-hai"])


def test_word_paper_and_page_numbers(word: docx.document.Document) -> None:
    main, first, second = word.sections
    assert (round(main.page_width.mm), round(main.page_height.mm)) == (210, 297)
    for section in (first, second):
        assert section.orientation == WD_ORIENT.LANDSCAPE
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
        assert [x.get(qn("w:start")) for x in section._sectPr.findall(qn("w:pgNumType"))] == ["1"]
    for section in word.sections:
        assert [round(x.mm) for x in (section.top_margin, section.bottom_margin)] == [20, 20]
        assert [round(x.mm) for x in (section.left_margin, section.right_margin)] == [30, 15]
        assert section.different_first_page_header_footer
        fields = section.header._element.findall(f".//{qn('w:fldSimple')}")
        assert [field.get(qn("w:instr")) for field in fields] == ["PAGE"]
        assert not section.first_page_header._element.findall(f".//{qn('w:fldSimple')}")


def test_word_styles_and_language(word: docx.document.Document) -> None:
    headings = [p.text for p in word.paragraphs if p.style is not None and p.style.name in ("Heading 1", "Phụ lục")]
    assert len(headings) == 8
    assert word.styles["Phụ lục"].base_style.name == "Heading 1"
    assert headings[-2:] == ["Phụ lục I\nKẾT QUẢ THỰC HIỆN CHỈ TIÊU", "Phụ lục II\nKẾT QUẢ THỰC HIỆN NHIỆM VỤ"]
    xml = word.styles.element.xml
    assert 'w:lang w:val="vi-VN"' in xml
    assert "Theme" not in re.sub("<w:latentStyles.*?</w:latentStyles>", "", xml, flags=re.DOTALL)
    assert {x.get(qn("w:ascii")) for x in word.styles.element.iter(qn("w:rFonts"))} == {"Times New Roman"}
    used = {p.style.name for p in word.paragraphs if p.style is not None}
    assert {"Title", "Trích yếu", "Căn cứ", "Body Text", "Caption", "Phụ lục"} <= used


def test_word_tables_repeat_their_heading_and_keep_rows_whole(
    word: docx.document.Document, reports: dict[str, OfficialReport]
) -> None:
    described = [t for t in word.tables if t._tbl.tblPr.find(qn("w:tblCaption")) is not None]
    assert len(described) == 4
    for table in described:
        assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val"))
        lines = [row._tr.trPr for row in table.rows]
        assert all(line.find(qn("w:cantSplit")) is not None for line in lines)
        assert [line.find(qn("w:tblHeader")) is not None for line in lines] == [True] + [False] * (len(lines) - 1)
    titles = [cell.text for cell in described[2].rows[0].cells]
    assert titles == [column.title for column in reports["cat-hai"].appendices[0].table.columns]


def test_word_marks_what_is_to_be_filled_in(word: docx.document.Document, reports: dict[str, OfficialReport]) -> None:
    runs = [r for p in word.element.body.iter(qn("w:r")) for r in [p]]
    marked = [
        "".join(t.text or "" for t in run.iter(qn("w:t")))
        for run in runs
        if run.find(f"{qn('w:rPr')}/{qn('w:highlight')}") is not None
    ]
    assert marked == _fills(reports["cat-hai"])
    assert all(text.startswith("[cán bộ bổ sung: ") for text in marked)
    colours = {x.get(qn("w:val")) for x in word.element.body.iter(qn("w:highlight"))}
    assert colours == {WD_COLOR_INDEX.YELLOW.name.lower()}


def test_word_holds_no_time_and_nothing_foreign(reports: dict[str, OfficialReport]) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_bytes(reports["binh-giang"]))) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        everything = b"".join(archive.read(name) for name in names).decode()
    assert "dcterms:created" not in core
    assert "dcterms:modified" not in core
    assert "<dc:title>Báo cáo kết quả thực hiện năm 2026 Kế hoạch chuyển đổi số xã Bình Giang năm 2026<" in core
    assert "<dc:language>vi-VN<" in core
    assert "python" not in everything
    assert not any(part in name for name in names for part in ("thumbnail", "customXml", "app.xml", "vba"))


@needs_soffice
def test_word_opens_in_libreoffice(reports: dict[str, OfficialReport], tmp_path: Path) -> None:
    write_docx(reports["binh-giang"], tmp_path / "report.docx")
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "report.docx"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    # Without Java the office says so at every start, whatever it opens.
    messages = [x for x in ran.stderr.splitlines() if x.strip() and "javaldx" not in x]
    assert messages == []
    if shutil.which("pdftotext"):
        text = _text_of(tmp_path / "report.pdf")
        for part in ("10/22 (45,5%)", "XÃ BÌNH GIANG", "Phụ lục II", "[cán bộ bổ sung: ưu điểm]", "./."):
            assert part in text


# --- PDF


def _text_of(path: Path) -> str:
    ran = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", _plain(ran.stdout.decode()))


@pytest.mark.parametrize("slug", LOCALITIES)
def test_pdf_is_tagged_and_claims_pdf_ua(reports: dict[str, OfficialReport], slug: str) -> None:
    """The compiler's own checks of PDF/UA-1 and these marks replace veraPDF, which no registry here carries."""
    pdf = pdf_bytes(reports[slug])
    assert b"/StructTreeRoot" in pdf
    assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", pdf)
    assert re.search(rb"/Lang\s*\(vi(-VN)?\)", pdf)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", pdf)
    assert b"/DisplayDocTitle true" in pdf
    assert reports[slug].title.encode() in pdf
    assert b"/CreationDate" not in pdf
    assert b"xmp:CreateDate" not in pdf
    fonts = {name.partition(b"+")[2] for name in re.findall(rb"/FontName\s*/([^\s/]+)", pdf)}
    assert {name.partition(b"-")[0] for name in fonts} == {b"Tinos"}


@needs_pdftotext
def test_every_cell_of_the_pdf_is_tied_to_its_column_and_its_row(
    reports: dict[str, OfficialReport], tmp_path: Path
) -> None:
    """Each name heads its row; what refers to a header finds it; the file can be read by its own table of places."""
    report = reports["bach-long-vi"]
    tables = [*(x for x in report.body if isinstance(x, DocumentTable)), *(x.table for x in report.appendices)]
    column = [[column.heads for column in table.columns].index(True) for table in tables]
    rows = [(row, at) for table, at in zip(tables, column, strict=True) for row in table.rows if not row.heading]
    pdf = pdf_bytes(report)
    (tmp_path / "report.pdf").write_bytes(pdf)
    command = ["pdfinfo", "-enc", "UTF-8", "-struct-text", str(tmp_path / "report.pdf")]
    printed = subprocess.run(command, capture_output=True, check=True).stdout.decode(errors="replace")
    spoken = dict(re.findall(r"\n *TH <(\w+)>: *\n(.*?)(?=\n *T[HDR]\b)", printed, flags=re.DOTALL))

    cells = re.findall(
        rb"/S/(T[HD])/P \d+ 0 R(?:/ID\((\w+)\))?/A\[<</O/Table(?:/Scope/(\w+))?/Headers\[([^\]]*)\]", pdf
    )
    heads = {name.decode(): scope for kind, name, scope, _ in cells if kind == b"TH"}
    of_rows = [name for name, scope in heads.items() if scope == b"Row"]
    assert len(of_rows) == len(rows)
    for name, (row, at) in zip(of_rows, rows, strict=True):
        pieces = re.findall(r'"(.*)"', spoken[name])  # poppler leaves out some pieces of long cells
        assert pieces
        assert all(re.sub(r"\W", "", piece) in re.sub(r"\W", "", row.cells[at]) for piece in pieces), name
    for kind, name, scope, headers in cells:
        tied = [head.decode() for head in re.findall(rb"\((\w+)\)", headers)]
        assert set(tied) <= set(heads)
        if kind == b"TD":
            assert sum(heads[head] == b"Row" for head in tied) == 1
        if kind == b"TD" or scope == b"Row":
            assert sum(head.endswith("y0") for head in tied) == 1
        elif name.endswith(b"y0"):
            assert tied == []
    names = re.findall(rb"\((\w+)\)(\d+) 0 R", re.search(rb"/IDTree<</Names\[([^\]]*)", pdf)[1])  # type: ignore[index]
    assert [name.decode() for name, _ in names] == sorted(heads)
    places = re.findall(rb"(\d{10}) 00000 n\r\n", pdf[pdf.rfind(b"\nxref\n") :])
    assert all(pdf[int(at) :].startswith(b"%d 0 obj\n" % number) for number, at in enumerate(places, start=1))
    for number, name in ((int(number), name) for name, number in names):
        assert b"/ID(%s)" % name in pdf[int(places[number - 1]) :].split(b"endobj", 1)[0]
    with pytest.raises(InternalError, match="4 bảng thay vì 1"):
        with_row_heads(pdf, [0])


def _laid_out(pdf: Path) -> str:
    """The text of a PDF, each line as it stands on the sheet."""
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()


@needs_pdftotext
def test_groups_have_the_names_of_the_plan_and_numbers_of_documents_stay_whole(
    reports: dict[str, OfficialReport], tmp_path: Path
) -> None:
    write_pdf(reports["cat-hai"], tmp_path / "report.pdf")
    lines = [line.strip() for line in _laid_out(tmp_path / "report.pdf").splitlines()]
    assert any(line.startswith("Phụ lục 1, II. Hạ tầng số") for line in lines)
    assert [line for line in lines if re.match(r"PL\d\.[IVX]+\. ", line) or re.search(r"\d.[A-ZĐ]+/$", line)] == []


@needs_pdftotext
@pytest.mark.parametrize("slug", LOCALITIES)
def test_pdf_text_has_the_figures(
    states: dict[str, State], reports: dict[str, OfficialReport], slug: str, tmp_path: Path
) -> None:
    write_pdf(reports[slug], tmp_path / "report.pdf")
    text, rate = _text_of(tmp_path / "report.pdf"), states[slug][0].rate
    shares = (
        f"Tỷ lệ chỉ tiêu đạt: chắc chắn đạt {rate.met}/{rate.total} ({_plain(WORDS.share(rate.met, rate.total))})",
        f"{rate.met_at_most}/{rate.total} ({_plain(WORDS.share(rate.met_at_most, rate.total))})",
    )
    for part in (
        *(shares if rate.observed else ()),
        reports[slug].masthead.issuer[1],
        "[cán bộ bổ sung: ưu điểm]",
        "./.",
        "KẾT QUẢ THỰC HIỆN NHIỆM VỤ",
    ):
        assert part in text, part


@needs_pdftotext
def test_pdf_pages_are_numbered_from_the_second_and_anew_in_each_appendix(
    reports: dict[str, OfficialReport], tmp_path: Path
) -> None:
    write_pdf(reports["binh-giang"], tmp_path / "report.pdf")
    pages = _laid_out(tmp_path / "report.pdf").split("\f")[:-1]
    tops = [page.strip().splitlines()[0].strip() for page in pages]
    numbers = [int(top) if top.isdigit() else 1 for top in tops]
    begins = [
        i for i, page in enumerate(pages) if re.search("Phụ lục( I)?\n", page) and "KẾT QUẢ THỰC HIỆN CHỈ TIÊU" in page
    ]
    begins += [i for i, page in enumerate(pages) if "Phụ lục II\n" in page]
    assert [i for i, number in enumerate(numbers) if number == 1] == [0, *begins]
    assert all(after in (1, before + 1) for before, after in pairwise(numbers))


def test_the_font_draws_all_letters_that_count_as_drawable(reports: dict[str, OfficialReport]) -> None:
    """In the upright, the bold and the italic face; a missing shape is an error of PDF/UA-1."""
    text = "".join(chr(code) for first, last in DRAWABLE for code in range(first, last + 1))
    vietnamese = (
        "ăâđêôơưĂÂĐÊÔƠƯ" + "".join(chr(code) for code in range(0x1EA0, 0x1EFA)) + "àáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝĩĨũŨ₫"
    )
    assert set(vietnamese) <= set(text)
    line = (Span(text),)
    body = (Paragraph(line), DocumentHeading(text), Paragraph((Span(text, fill=True),)))
    pdf_bytes(dataclasses.replace(reports["hai-phong"], body=body, basis=(line,)))


# --- both


@pytest.mark.parametrize("payload", HOSTILE)
@needs_pdftotext
def test_data_is_text_in_both_files(states: dict[str, State], payload: str, tmp_path: Path) -> None:
    completion, intake = _with_indicator(
        states["binh-giang"],
        name=payload,
        unit=payload,
        observation=_observation("80", "2025-12-01", source=payload, evidence=payload),
    )
    plan = completion.plans[0].model_copy(update={"title": payload, "issuer": payload, "implements": (payload,)})
    completion = completion.model_copy(update={"plans": (plan,), "locality_name": payload, "parent_name": payload})
    report = official_report(completion, intake)
    write_docx(report, tmp_path / "report.docx")
    write_pdf(report, tmp_path / "report.pdf")
    document = docx.Document(str(tmp_path / "report.docx"))
    titles, row = ([cell.text for cell in document.tables[-2].rows[number].cells] for number in (0, 3))
    cells = dict(zip(titles, row, strict=True))
    assert cells[WORDS.text("appendix.1.name")] == inert(payload)
    assert cells[WORDS.text("appendix.1.source")] == "[1]"
    assert f"[1] {inert(payload)}; {inert(payload)}" in [p.text for p in document.paragraphs]
    instructions = list(document.element.body.iter(qn("w:fldSimple"), qn("w:instrText"), qn("w:hyperlink")))
    assert instructions == []
    squeezed = re.sub(r"\s", "", _text_of(tmp_path / "report.pdf"))
    assert squeezed.count(re.sub(r"\s", "", inert(payload))) >= 5
    assert "root:" not in squeezed


@needs_pdftotext
def test_odd_characters_are_named_or_dropped(states: dict[str, State], tmp_path: Path) -> None:
    report = official_report(*_with_indicator(states["binh-giang"], name=ODD))
    name = _cells(report.appendices[0].table)[0]["Chỉ tiêu"]
    assert name == "đảo ẩn chuông xuống dòng \U0001f600 漢 \ufffd á"
    assert drawable(name) == "đảo ẩn chuông xuống dòng [U+1F600] [U+6F22] \ufffd á"
    write_pdf(report, tmp_path / "report.pdf")
    assert "[U+1F600]" in _text_of(tmp_path / "report.pdf")
    document = _document(report)
    assert document.tables[-2].rows[3].cells[1].text == name


def test_long_words_may_break_without_a_character_more(reports: dict[str, OfficialReport]) -> None:
    address = "https://en.haiphong.gov.vn/news/ensuring-inter-connected-public-administrative-services-823822"
    assert drawable(address).replace("\u200b", "") == address
    assert max(map(len, drawable(address).split("\u200b"))) <= 20
    assert max(map(len, drawable("x" * 90).split("\u200b"))) <= 12
    assert "\u200b".encode() not in pdf_bytes(reports["cat-hai"])


@needs_pdftotext
def test_a_draft_says_so_on_every_page(states: dict[str, State], tmp_path: Path) -> None:
    report = official_report(*states["bach-long-vi"], uncommitted=True)
    assert report.label.startswith("BẢN NHÁP: ")
    for section in _document(report).sections:
        for header in (section.header, section.first_page_header):
            assert any(p.text == report.label for p in header.paragraphs)
    write_pdf(report, tmp_path / "report.pdf")
    ran = subprocess.run(["pdftotext", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True)
    assert all("BẢN NHÁP" in page for page in ran.stdout.decode().split("\f")[:-1])


@needs_pdftotext
def test_a_replacement_names_the_report_that_it_replaces(states: dict[str, State], tmp_path: Path) -> None:
    completion, intake = states["bach-long-vi"]
    issued = json.loads(completion.model_dump_json())
    row = next(row for plan in issued["plans"] for row in plan["indicators"] if row["status"] == "met")
    row["status"], issued["rate"]["met"] = "missed", issued["rate"]["met"] - 1
    replaced = Replacement(
        run="ab" * 32,
        by="UBND đặc khu Bạch Long Vĩ",
        at="2026-02-03T04:05:06Z",
        differences=differences_from(json.dumps(issued).encode(), completion),
    )
    report = official_report(completion, intake, replaced=replaced)
    write_pdf(report, tmp_path / "report.pdf")
    sentence = "Báo cáo này thay thế báo cáo cùng kỳ do UBND đặc khu Bạch Long Vĩ ban hành ngày 03/02/2026"
    counted = f"trước đây {completion.rate.met - 1}/{completion.rate.total}, nay {completion.rate.met}/"
    for text in ("\n".join(p.text for p in _document(report).paragraphs), _text_of(tmp_path / "report.pdf")):
        assert sentence in " ".join(text.split())
        assert f"1 chỉ tiêu được nêu khác; số chỉ tiêu đạt {counted}" in " ".join(text.split())
    unreadable = official_report(completion, intake, replaced=replaced.model_copy(update={"differences": None}))
    texts = [span.text for block in unreadable.body if isinstance(block, Paragraph) for span in block.spans]
    assert any(sentence in text for text in texts)
    assert not any("được nêu khác" in text for text in texts)
    back = Issue(run="ab" * 32, by="UBND đặc khu Bạch Long Vĩ", at="2026-03-04T05:06:07Z", detail="Ký nhầm bản")
    taken = official_report(completion, intake, replaced=replaced.model_copy(update={"back": back}))
    texts = [span.text for block in taken.body if isinstance(block, Paragraph) for span in block.spans]
    assert "rút lại ngày 04/03/2026, lý do: Ký nhầm bản" in " ".join(texts)
    assert "Báo cáo này thay thế" not in " ".join(texts)


def test_a_replacement_says_what_differs(states: dict[str, State]) -> None:
    completion, intake = states["bach-long-vi"]
    proof = EvidenceDifference(code="x/1", name="Tỷ lệ A", before="", after="anh.pdf")
    task = TaskDifference(code="x/2", name="Nhiệm vụ B", before=None, after=TaskStatus.UNDER_WAY)
    counted = {"met_before": completion.rate.met, "total_before": completion.rate.total, "rows": ()}
    for found, said in (
        (Differences(**counted, tasks=(), evidence=(proof, proof)), "ban hành: 2 dòng có minh chứng khác; số chỉ"),
        (Differences(**counted, tasks=(task,)), "ban hành: 1 nhiệm vụ được nêu khác; số chỉ"),
        (Differences(**counted, tasks=()), "ban hành: không chỉ tiêu, nhiệm vụ hay minh chứng nào được nêu khác; số"),
    ):
        replaced = Replacement(run="ab" * 32, by="UBND", at="2026-02-03T04:05:06Z", differences=found)
        report = official_report(completion, intake, replaced=replaced)
        text = " ".join(span.text for block in report.body if isinstance(block, Paragraph) for span in block.spans)
        assert said in text
        assert " 0 " not in text.partition("ban hành: ")[2].partition("Chi tiết")[0]


@needs_pdftotext
def test_synthetic_data_are_labelled_on_every_page(states: dict[str, State], tmp_path: Path) -> None:
    completion, intake = states["bach-long-vi"]
    report = official_report(completion.model_copy(update={"synthetic": True}), intake)
    assert "SỐ LIỆU MÔ PHỎNG" in report.label
    for section in _document(report).sections:
        for header in (section.header, section.first_page_header):
            assert any(p.text == report.label for p in header.paragraphs)
    write_pdf(report, tmp_path / "report.pdf")
    ran = subprocess.run(["pdftotext", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True)
    pages = ran.stdout.decode().split("\f")[:-1]
    assert all("SỐ LIỆU MÔ PHỎNG" in page for page in pages)
    assert official_report(completion, intake).label == ""


def test_a_plan_that_was_not_reviewed_is_labelled(states: dict[str, State]) -> None:
    completion, intake = states["bach-long-vi"]
    report = official_report(completion.model_copy(update={"unreviewed": ("Kế hoạch thử",)}), intake)
    assert report.label == "BẢN NHÁP: KẾ HOẠCH CHƯA ĐƯỢC RÀ SOÁT"


BUILD = """
import hashlib, json, sys
from pathlib import Path
from pipeline.completion.records import Completion
from pipeline.report.official import official_report, write_docx, write_pdf
from pipeline.intake.rows import Intake
folder = Path(sys.argv[1])
completion = Completion.model_validate_json((folder / "completion.json").read_text("utf-8"))
intake = Intake.model_validate_json((folder / "intake.json").read_text("utf-8"))
report = official_report(completion, intake)
write_docx(report, folder / "report.docx")
write_pdf(report, folder / "report.pdf")
files = [folder / name for name in ("report.docx", "report.pdf")]
print(json.dumps([hashlib.sha256(file.read_bytes()).hexdigest() for file in files]))
"""


def test_equal_records_give_equal_bytes(states: dict[str, State], tmp_path: Path) -> None:
    completion, intake = states["cat-hai"]
    sums = []
    for number, (zone, seed) in enumerate((("Asia/Ho_Chi_Minh", "1"), ("America/Los_Angeles", "2"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "completion.json").write_text(completion.model_dump_json(), "utf-8")
        (folder / "intake.json").write_text(intake.model_dump_json(), "utf-8")
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(CODE)}
        command = [sys.executable, "-c", BUILD, str(folder)]
        ran = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
        sums.append(json.loads(ran.stdout))
    here = official_report(completion, intake)
    assert sums[0] == sums[1] == [hashlib.sha256(x).hexdigest() for x in (docx_bytes(here), pdf_bytes(here))]


def test_pdf_ignores_the_fonts_of_the_machine(
    reports: dict[str, OfficialReport], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[dict[str, object]] = []
    compile_really = typst.compile_with_warnings

    def watched(*args: Any, **options: Any) -> object:
        asked.append(options)
        return compile_really(*args, **options)

    before = pdf_bytes(reports["binh-giang"])
    monkeypatch.setattr(typst, "compile_with_warnings", watched)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert pdf_bytes(reports["binh-giang"]) == before
    assert asked[0]["font_paths"].families() == ["Tinos"]  # type: ignore[attr-defined]
    assert not asked[0].keys() & {"package_path", "package_cache_path"}
    assert list(tmp_path.iterdir()) == []
