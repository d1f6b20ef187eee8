"""A year of Bình Giang with made-up figures: what page and Word say, against sentences and counts written by hand."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.completion.counts import StartingPoint
from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion, IndicatorResult
from pipeline.completion.repeats import once
from pipeline.completion.statuses import Status
from pipeline.intake.rows import FileKind, Intake
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.models import Kind
from pipeline.plans.periods import Period
from pipeline.plans.registry import read_registry
from pipeline.report.official import official_report
from pipeline.report.official.model import Items, OfficialReport, Paragraph
from pipeline.report.page import Page
from pipeline.report.words import NBSP
from tests.factories import copy_raw, submit

PLAN = "binh-giang-2026"
Q1 = {"I.1": "82", "I.3": "97", "II.2": "20", "II.3": "30", "II.4": "100", "II.5": "100", "II.6": "100", "II.7": "80",
      "II.8": "100", "II.9": "5", "II.10": "100", "II.11": "0.5", "II.12": "100", "II.14": "40", "II.15": "84",
      "II.18": "96", "II.19": "80.5", "II.20": "99"}  # fmt: skip
H1 = {"II.2": "45", "II.14": "62", "II.15": "90", "6.4a": "3"}
Q3 = {"II.2": "60", "II.14": "65", "II.20": "100"}
LOWERED = {
    "document": "Quyết định số 152/QĐ-UBND",
    "date": "2026-07-20",
    "changes": [{"indicator": "II.14", "target": {"year": 2026, "before": "≥ 80%", "after": "≥ 60%"}}],
}
AMENDED = "“≥ 80%” → “≥ 60%” (Quyết định số 152/QĐ-UBND, 20/07/2026)"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A project in which Bình Giang reports for three periods of 2026, and then no more."""
    layout = copy_raw(tmp_path_factory.mktemp("year"))
    path = layout.plans / "binh-giang" / f"{PLAN}.yaml"
    amendments = json.dumps([LOWERED], ensure_ascii=False)
    path.write_text(path.read_text("utf-8") + f"\namendments: {amendments}\n", "utf-8")
    for period, values, day in (("2026-Q1", Q1, "03-10"), ("2026-H1", H1, "06-10"), ("2026-9M", Q3, "09-10")):
        rows = [_sent(label, value, f"2026-{day}") for label, value in values.items()]
        submit(layout.root, "binh-giang", period, FileKind.OBSERVATIONS, *rows)
    return layout


def _sent(label: str, value: str, day: str) -> dict[str, str]:
    group, _, no = label.partition(".")
    return {"plan": PLAN, "group": group, "no": no, "value": value, "unit": "", "as_of": day, "source": "thử"}


def _report(layout: Layout, period: str, locality: str = "binh-giang") -> tuple[Completion, Intake]:
    registry, when = read_registry(layout, locality), Period.parse(period)
    intake = validate_period(layout, registry, locality, when)
    return evaluate(registry, registry.locality(locality), when, intake), intake


def _lead(report: tuple[Completion, Intake]) -> str:
    sentences = Page(*report, "0" * 64).lead.sentences()
    return re.sub(r"<[^>]+>", "", " ".join(sentences)).replace(NBSP, " ")


def _text(fragment: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", _plain(str(getattr(fragment, "html", ""))))).replace(NBSP, " ")


def _plain(html: str) -> str:
    """Without what only says a sign in words, and with ordinary hyphens."""
    return re.sub(r'<span role="img"[^>]*>(.)</span>', r"\1", html).replace("\N{NON-BREAKING HYPHEN}", "-")


def _official(report: tuple[Completion, Intake]) -> OfficialReport:
    return official_report(*report)


def _paragraphs(document: OfficialReport) -> str:
    blocks = [block for block in document.body if isinstance(block, Paragraph | Items)]
    lines = [(block.spans,) if isinstance(block, Paragraph) else block.lines for block in blocks]
    return "\n".join("".join(span.text for span in line) for of in lines for line in of).replace(NBSP, " ")


def _rows(completion: Completion) -> dict[str, IndicatorResult]:
    return {r.key.label: r for plan in completion.plans for r in plan.indicators}


def test_a_plan_of_next_year_is_a_starting_point_and_no_result(year: Layout) -> None:
    report = _report(year, "2025")
    completion, document = report[0], _official(report)
    assert completion.plans[0].starting_point == StartingPoint(total=22, met=10, below=6, unknown=6)
    assert (completion.rate.total, completion.tasks_by_deadline.total) == (0, 0)
    assert _lead(report) == (
        "Trước khi thực hiện “Kế hoạch chuyển đổi số xã Bình Giang năm 2026”, xã Bình Giang đã ở mức mục tiêu ở 10 "
        "trên 22 chỉ tiêu, chưa ở mức mục tiêu ở 6 chỉ tiêu, chưa có số liệu ở 6 chỉ tiêu. Đến ngày 14/12/2025, kế "
        "hoạch chưa ban hành: số liệu năm 2025 là xuất phát điểm, chưa phải kết quả thực hiện kế hoạch. Số liệu của 1 "
        "chỉ tiêu (II.18) được đọc từ một câu văn, nơi gửi không ghi riêng con số; cần xác nhận lại."
    )
    page = Page(*report, "0" * 64)
    words = "".join(_text(part()) for part in (page.head, page.answer, page.plans, page.tasks))
    assert "đã đạt" not in words
    assert "Kết quả thực hiện" not in words
    assert not document.basis  # the plan, and what it rests on, are later than the period
    assert "thực hiện" not in document.subject.lower()
    assert "2025" not in document.masthead.place_and_day
    assert "KẾT QUẢ" not in "".join(appendix.title for appendix in document.appendices)


def test_the_first_quarter(year: Layout) -> None:
    """18 values; II.13 and I.2, II.16, II.17 were not sent. Met: II.4, 5, 6, 8, 10, 12."""
    report = _report(year, "2026-Q1")
    rate = report[0].rate
    assert (rate.met, rate.total, rate.observed, rate.not_met, rate.absent) == (6, 22, 18, 12, 4)
    lead = _lead(report)
    assert lead.startswith("Đến ngày 14/03/2026, xã Bình Giang đạt mục tiêu ở 6 trên 22 chỉ tiêu; 12 chỉ tiêu chưa đạt")
    assert "; 4 chỉ tiêu chưa có số liệu của kỳ. Xa mục tiêu nhất là " in lead
    assert "(20% so với 80%)." in lead  # II.2, 60 points short; II.9 is 45 short
    # II.13 and II.16 are known from the plan's own column of 2025.
    assert (rate.older, rate.older_met) == (2, 2)
    assert lead.endswith(
        "Theo số liệu gần nhất (năm 2025, nguồn không nêu ngày) của 2 chỉ tiêu chỉ có số liệu trước kỳ, "
        "2 chỉ tiêu ở mức mục tiêu."
    )
    assert "Mọi chỉ tiêu" not in lead


def test_half_a_year_holds_the_values_of_its_first_quarter(year: Layout) -> None:
    report = _report(year, "2026-H1")
    completion = report[0]
    assert (completion.rate.met, completion.rate.observed) == (6, 18)
    change = completion.change
    assert change is not None
    assert (change.newly_met, change.lost, change.entered) == ((), (), ())  # the commitment 6.4a is no indicator
    assert [m.code for m in change.commitments] == [f"{PLAN}/6.4a"]  # listed apart
    assert (len(change.fell_back), change.met_before, change.came, change.went) == (0, 6, 0, 0)


def test_a_lowered_target_is_named_wherever_it_made_a_row_met(year: Layout) -> None:
    report = _report(year, "2026-9M")
    completion, intake = report
    assert (completion.rate.met, completion.rate.met_by_amendment) == (8, 1)  # II.20 by its value, II.14 by its target
    page = Page(completion, intake, "0" * 64)
    assert "1 chỉ tiêu đạt do mục tiêu đã được hạ." in _lead(report)
    change = completion.change
    assert change is not None
    by_target = {m.code.partition("/")[2]: m.lowered is not None for m in change.newly_met}
    assert by_target == {"II.14": True, "II.20": False}
    for part in (page.change(), page.plans()):
        assert f"đạt do mục tiêu được hạ: {AMENDED}" in _text(part)
    assert "2 mới đạt (trong đó 1 do mục tiêu được hạ)" in _text(page.answer())
    assert "1 chỉ tiêu đạt do mục tiêu đã được hạ" in _paragraphs(_official(report))


def test_a_silent_quarter_is_no_fulfilment(year: Layout) -> None:
    """Nothing is dated in the fourth quarter: 8 rows of the nine months were met, and none of it is of the quarter.

    On 14/12/2026 the values of 14/12/2025 serve no longer.
    """
    report = _report(year, "2026-Q4")
    rate = report[0].rate
    assert (rate.met, rate.observed, rate.total, rate.older, rate.older_met) == (0, 0, 22, 18, 8)
    expected = "Theo số liệu gần nhất (từ ngày 10/03/2026 đến ngày 10/09/2026), 8 trên 22 chỉ tiêu ở mức mục tiêu"
    lead = _lead(report)
    assert lead.startswith("Kỳ này chưa nhận được số liệu nào. Chưa có số liệu của kỳ ở chỉ tiêu nào trong 22 chỉ tiêu")
    assert expected in lead
    assert "kỳ này chưa nhận được tệp nào" in _text(Page(*report, "0" * 64).answer())
    written = _paragraphs(_official(report))
    assert written.index("Kỳ này chưa nhận được số liệu nào.") < written.index("chưa có số liệu của kỳ")
    assert expected in written
    appendix = _official(report).appendices[0].table.rows
    assert any("chưa có; 82 (số liệu ngày 10/03/2026)" in row.cells for row in appendix)


def test_the_end_of_a_plan_is_no_collapse(year: Layout) -> None:
    submit(year.root, "binh-giang", "2027-Q1", FileKind.OBSERVATIONS, _sent("II.15", "95.3", "2027-02-01"))
    report = _report(year, "2027-Q1")
    change = report[0].change
    assert change is not None
    assert (len(change.ended), change.left) == (report[0].change.total_before - report[0].rate.total, ())
    answer = _text(Page(*report, "0" * 64).answer())
    assert f"không còn tính {len(change.ended)} chỉ tiêu vì kế hoạch đã hết" in answer
    assert "−" not in answer


def test_saying_that_there_is_no_value_is_no_worse_than_saying_nothing(layout: Layout) -> None:
    """One office writes “chưa có số liệu” in every row, the other sends nothing: the same counts."""
    labels = [r.key.label for r in _rows(_report(layout, "2026-Q1")[0]).values()]
    silent = _report(layout, "2026-Q1")[0]
    rows = [_sent(label, "", "2026-03-10") | {"absence": "not-submitted"} for label in labels if label in Q1]
    submit(layout.root, "binh-giang", "2026-Q1", FileKind.OBSERVATIONS, *rows)
    honest = _report(layout, "2026-Q1")[0]
    assert honest.rate == silent.rate
    assert {r.code: r.latest_meets for r in _rows(honest).values()} == {
        r.code: r.latest_meets for r in _rows(silent).values()
    }
    assert _rows(honest)["II.4"].status is Status.NOT_SUBMITTED


def test_a_workbook_is_one_file_whatever_its_sheets(year: Layout) -> None:
    completion, intake = _report(year, "2026-Q1")
    table = intake.files[0]
    sheets = tuple(table.model_copy(update={"sheet": sheet}) for sheet in ("Chỉ tiêu", "Nhiệm vụ"))
    page = Page(completion, intake.model_copy(update={"files": sheets}), "0" * 64)
    assert "Số liệu: 1 tệp nhận được" in _text(page.answer())


def _facts(year_: int) -> dict[str, dict[str, str]]:
    return {
        "dated": {"started_on": f"{year_}-02-01", "finished_on": f"{year_}-09-20"},
        "recurring": {"reported_on": f"{year_}-11-30"},
        "undated": {"started_on": f"{year_}-02-01", "finished_on": f"{year_}-10-01"},
    }


def _duties(completion: Completion) -> dict[str, str]:
    kinds = {}
    for task in once(task for plan in completion.in_force for task in plan.tasks):
        recurring = task.deadline_kind.value == "recurring"
        kinds[task.code] = "recurring" if recurring else "dated" if task.due else "undated"
    return kinds


@pytest.mark.parametrize("perfect", [True, False], ids=["perfect", "silent"])
def test_who_does_everything_reaches_all_of_each_count(layout: Layout, perfect: bool) -> None:
    kinds = _duties(_report(layout, "2026")[0])
    if perfect:
        rows = [
            {"plan": PLAN, "group": group, "no": no, "source": "thử"} | _facts(2026)[kinds[code]]
            for code in kinds
            for group, no in [_place(code)]
        ]
        submit(layout.root, "binh-giang", "2026", FileKind.TASKS, *rows)
    report = _report(layout, "2026")
    completion, counts = report[0], report[0].tasks_by_deadline
    number = {kind: list(kinds.values()).count(kind) for kind in ("dated", "recurring", "undated")}
    assert min(number.values()) > 0
    dated, recurring, undated = counts.dated, counts.recurring, counts.undated
    assert (dated.total, recurring.total, undated.total) == tuple(number.values())
    reached = (dated.done, recurring.in_time, undated.done)
    assert reached == (tuple(number.values()) if perfect else (0, 0, 0))
    assert (dated.done_at_most, recurring.in_time_at_most, undated.done_at_most) == tuple(number.values())
    shown = _text(Page(*report, "0" * 64).tasks())
    written = _paragraphs(_official(report))
    for text in (shown, written):
        if perfect:
            assert f"Thường xuyên: có báo cáo trong 12 tháng qua {recurring.total}/{recurring.total}." in text
            assert f"Không ghi ngày đến hạn: hoàn thành {undated.total}/{undated.total}." in text
        else:
            assert f"Thường xuyên: {recurring.total}, chưa nhiệm vụ nào có báo cáo." in text
        assert "%" not in text.partition("Thường xuyên")[0].rpartition("Có thời hạn")[2]
    assert completion.task_counts.assigned == sum(number.values())


def _place(code: str) -> tuple[str, str]:
    """Group and number of a task: the group of 'VI.2.1' is 'VI.2', that of '2.1' is '2' with the number '2.1'."""
    label = code.partition("/")[2]
    group, _, last = label.rpartition(".")
    return (group, last) if group.count(".") else (group, label)


def test_no_commitment_enters_the_counts_of_indicators(year: Layout) -> None:
    for period in ("2026-Q1", "2026-H1", "2026-9M"):
        change = _report(year, period)[0].change
        if change is None:
            continue
        counted = (*change.newly_met, *change.fell_back, *change.first_observed, *change.lost, *change.left)
        assert all(m.kind is Kind.INDICATOR for m in (*counted, *change.ended, *change.entered))


def test_pages_of_a_vietnamese_year_have_no_codes_in_their_sentences(year: Layout, tmp_path: Path) -> None:
    page = Page(*_report(year, "2026-9M"), "0" * 64)
    words = "".join(_text(part()) for part in (page.head, page.answer, page.attention, page.change, page.tasks))
    for code in ("open-sdg", "destatis", "sdsn", "not-submitted", "corrected", "by guidance", "in-set"):
        assert code not in words


@pytest.mark.parametrize("period", ["2026-Q1", "2026-H1", "2026-9M"])
def test_a_verdict_is_no_worse_by_waiting(year: Layout, period: str) -> None:
    """I.1 and II.19 have one value, of 10/03/2026: 69 of 365 days. (82 − 80) / (15 × 69/365) = 0,7053."""
    completion, _ = report = _report(year, period)
    row = _rows(completion)["I.1"]
    assert row.pace is not None
    assert (row.status, round(row.pace.ratio, 4)) == (Status.AT_RISK, Decimal("0.7053"))
    assert _rows(completion)["II.19"].status is Status.AT_RISK
    # The day stands beside a value that an earlier period sent, on the page and in Word.
    earlier = period != "2026-Q1"
    page = _text(Page(*report, "0" * 64).plans())
    assert ("82% số liệu ngày 10/03/2026" in page) is earlier
    assert ("82% (số liệu ngày 10/03/2026)" in _paragraphs(_official(report))) is earlier
    cells = {cell.replace(NBSP, " ") for a in _official(report).appendices for r in a.table.rows for cell in r.cells}
    assert ("82 (số liệu ngày 10/03/2026)" in cells) is earlier
    assert ("82" in cells) is not earlier
