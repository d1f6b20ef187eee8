"""What is asked about a report survives the meeting: shown until it is answered, by what was known on a day."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import openpyxl
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.due.open_questions import open_questions
from pipeline.errors import DataError
from pipeline.inputs.describe import describe_inputs
from pipeline.intake.follow_ups import follow_ups_of
from pipeline.intake.rows import FileKind, Intake
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report.office_zip import without_times
from pipeline.report.official.follow_up_blocks import follow_up_blocks
from pipeline.report.page import Page
from pipeline.report.render import faults
from pipeline.report.words import Words
from pipeline.run.due_table import DueRequest, tell_due
from pipeline.senders.form_workbook import make_template
from pipeline.senders.receive import receive, validate_and_answer
from pipeline.site.due_inputs import due_inputs
from pipeline.steps import Run
from tests.factories import submit

PLACE = "bach-long-vi"
ASKED = """\
- id: ty-le-13
  text: "Vì sao giảm so với quý trước? <b>=1+1"
  by: Sở Khoa học và Công nghệ
  asked_on: 2026-04-20
  of: Đặc khu Bạch Long Vĩ
  about: bach-long-vi-2026/II.13
  until: 2026-05-05
"""
ANSWERED = """\
- id: ty-le-13
  text: Do đổi cách đếm hồ sơ
  by: UBND đặc khu Bạch Long Vĩ
  answered_on: 2026-05-08
  file: cong-van.pdf
"""
Q1, H1, M9 = (Period.parse(f"2026-{part}") for part in ("Q1", "H1", "9M"))


def _write(layout: Layout, period: str, name: str, text: str | bytes) -> Path:
    path = layout.raw / "follow-ups" / PLACE / period / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def asked(layout: Layout) -> Layout:
    """A question on the report of the first quarter, answered in that of the half-year."""
    _write(layout, "2026-Q1", "hoi-01.yaml", ASKED)
    _write(layout, "2026-H1", "tra-loi-01.yaml", ANSWERED)
    _write(layout, "2026-H1", "cong-van.pdf", b"%PDF-1.4 x")
    return layout


@pytest.mark.parametrize(
    ("period", "known_at", "shown"),
    [
        (Q1, None, "open"),  # the answer of a later period changes no earlier report
        (H1, None, "answered"),
        (M9, None, "answered"),  # its own span begins in January
        (Period.parse("2026-Q3"), None, ""),  # answered before it began
        (Period.parse("2026-Q3"), dt.date(2026, 5, 7), "open"),  # the answer was not known yet
        (Period.parse("2025"), None, ""),  # asked about a later report
        (H1, dt.date(2026, 4, 19), ""),
        (H1, dt.date(2026, 4, 20), "open"),
        (H1, dt.date(2026, 5, 7), "open"),
        (H1, dt.date(2026, 5, 8), "answered"),
    ],
)
def test_a_report_shows_what_was_asked_and_answered_by_then(
    asked: Layout, registry: Registry, period: Period, known_at: dt.date | None, shown: str
) -> None:
    found = follow_ups_of(asked, registry, PLACE, period, known_at)
    assert ["answered" if f.answer else "open" for f in found] == ([shown] if shown else [])
    assert [f.proof for f in found if f.answer] == (
        ["cong-van.pdf (sha256 fc022288f3e49d09, 10 byte)"] if shown == "answered" else []
    )


def test_days_over_are_those_of_a_given_day_or_of_the_answer(asked: Layout, registry: Registry) -> None:
    (still_open,) = follow_ups_of(asked, registry, PLACE, Q1)
    assert [still_open.days_over(dt.date(2026, 5, day)) for day in (4, 5, 6, 31)] == [0, 0, 1, 26]
    (answered,) = follow_ups_of(asked, registry, PLACE, H1)
    assert answered.days_over(dt.date(2027, 1, 1)) == 3


@pytest.mark.parametrize(
    ("name", "before", "after", "place", "said"),
    [
        ("hoi", "II.13", "II.99", "dòng 6", "không có chỉ tiêu, nhiệm vụ “bach-long-vi-2026/II.99”"),
        ("hoi", "of: Đặc khu Bạch Long Vĩ", "of: Sở Bói toán", "dòng 5", "chưa biết cơ quan “Sở Bói toán”"),
        ("hoi", "until: 2026-05-05", "until: 2026-04-19", "dòng 7", "hạn trả lời trước ngày hỏi"),
        ("hoi", "asked_on: 2026-04-20", "asked_on: hôm qua", "dòng 4", "asked_on"),
        ("hoi", "until:", "deadline:", "", "deadline"),
        ("hoi", "id: ty-le-13", "id: ty-le-14", "dòng 1", "không có câu hỏi “ty-le-13”"),
        ("hoi", "Vì sao giảm", "Vì \u202eoas giảm", "dòng 1", "có ký tự ẩn U+202E trong “Vì oas giảm"),
        ("hoi", "id: ty-le-13", "id: ty\u200b: le\u202e: 13", "dòng 1", "“- id: ty: le: 13”"),
        ("tra-loi", "2026-05-08", "2026-04-01", "dòng 4", "trả lời trước ngày hỏi"),
        ("tra-loi", "cong-van.pdf", "khac.pdf", "dòng 5", "không có tệp này trong cùng thư mục"),
        ("tra-loi", "cong-van.pdf", "../../../plans/x.pdf", "dòng 5", "không có tệp này trong cùng thư mục"),
        ("tra-loi", "cong-van.pdf", "tra-loi-01.yaml", "dòng 5", "không nhận loại tệp này"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_line(
    asked: Layout, registry: Registry, name: str, before: str, after: str, place: str, said: str
) -> None:
    path = next((asked.raw / "follow-ups" / PLACE).glob(f"*/{name}-01.yaml"))
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(DataError) as raised:
        follow_ups_of(asked, registry, PLACE, H1)
    found = "\n".join(map(str, raised.value.findings))
    assert f"follow-ups/{PLACE}/" in found
    assert place in found
    assert said in found
    assert found.replace("\n", "").isprintable()


def test_twice_and_odd_names_are_refused(asked: Layout, registry: Registry) -> None:
    _write(asked, "2026-H1", "hoi-02.yaml", ASKED)
    for name in ("ghi-chu.yaml", "hoi-03.yml", "anh.png"):
        _write(asked, "2026-H1", name, "[]")
    with pytest.raises(DataError) as raised:
        follow_ups_of(asked, registry, PLACE, H1)
    said = "\n".join(map(str, raised.value.findings))
    assert "“ty-le-13” đã có ở" in said
    assert said.count("không phải câu hỏi hay trả lời") == 3
    (asked.raw / "follow-ups" / PLACE / "quy-1").mkdir()
    with pytest.raises(DataError, match="quy-1"):
        follow_ups_of(asked, registry, PLACE, H1)


def test_it_is_an_input_of_the_reports_that_show_it(asked: Layout) -> None:
    def paths(period: str) -> list[str]:
        given = describe_inputs(Run.open(PLACE, period, layout=asked))
        return [file.path.rpartition("/")[2] for file in given.follow_ups]

    assert paths("2025") == []
    assert paths("2026-Q1") == ["hoi-01.yaml"]
    assert paths("2026-H1") == ["cong-van.pdf", "tra-loi-01.yaml", "hoi-01.yaml"]
    before = {p: describe_inputs(Run.open(PLACE, p, layout=asked)).id for p in ("2025", "2026-Q1", "2026-H1")}
    _write(asked, "2026-H1", "tra-loi-01.yaml", ANSWERED.replace("Do đổi", "Vì đổi"))
    changed = [p for p in before if describe_inputs(Run.open(PLACE, p, layout=asked)).id != before[p]]
    assert changed == ["2026-H1"]
    assert describe_inputs(Run.open("cat-hai", "2025", layout=asked)).follow_ups == ()


def test_page_word_receipt_and_form_carry_it(asked: Layout, registry: Registry, tmp_path: Path) -> None:
    submit(asked.root, PLACE, "2026-Q1", FileKind.OBSERVATIONS, {"as_of": "2026-03-01"})
    run = Run.open(PLACE, "2026-Q1", layout=asked)
    completion = evaluate(registry, run.locality, Q1, receive(run))
    assert [f.asked.id for f in completion.asked_and_open] == ["ty-le-13"]
    for language, heading in (("vi", "Câu hỏi và kết luận cần theo dõi"), ("en", "followed up")):
        page = Page(completion, Intake(locality=PLACE, period="2026-Q1"), "0" * 64, language)
        html = page.attention().html
        assert heading in html
        assert 'href="#bach-long-vi-2026-II.13"' in html
        assert "&lt;b&gt;" in html
        assert 'href="#follow-up-ty-le-13"' in page.plans().html
        assert list(faults(html)) == []
    said = str(list(follow_up_blocks(completion, Words("vi", "official"))))
    assert "Còn 1 câu hỏi, kết luận chưa có trả lời" in said
    assert "hạn 05/05/2026" in said
    receipt = next((run.work / "receipts").glob("*.phieu.html")).read_text("utf-8")
    assert "Câu hỏi, kết luận chưa có trả lời" in receipt
    assert "<b>=1" not in receipt
    book = openpyxl.load_workbook(make_template(Run.open(PLACE, "2026-Q2", layout=asked), print))
    assert book.sheetnames[-1] == "Hướng dẫn"
    assert "Theo dõi" not in book.sheetnames  # the answer lies in the folder of the half-year, which closes with it
    for name in ("tra-loi-01.yaml", "cong-van.pdf"):
        (asked.raw / "follow-ups" / PLACE / "2026-H1" / name).unlink()
    path = make_template(Run.open(PLACE, "2026-Q2", layout=asked), print)
    assert without_times(path.read_bytes()) == path.read_bytes()
    book = openpyxl.load_workbook(path)
    assert "Có 1 câu hỏi" in book["Chỉ tiêu"]["A3"].value
    assert [cell.value for cell in book["Theo dõi"][2]][:2] == [
        "bach-long-vi-2026/II.13",
        "Vì sao giảm so với quý trước? <b>=1+1",
    ]
    assert {cell.data_type for cell in book["Theo dõi"][2]} == {"s"}


def test_who_is_asked_and_late_is_told_as_of_a_day(asked: Layout, registry: Registry) -> None:
    def told(day: dt.date) -> list[tuple[int, int]]:
        return [(len(one.asked), one.overdue) for one in open_questions(asked, registry, day, day)]

    days = [dt.date(2026, 4, 19), dt.date(2026, 5, 5), dt.date(2026, 5, 6), dt.date(2026, 5, 8)]
    assert [told(day) for day in days] == [[], [(1, 0)], [(1, 1)], []]
    lines = list(tell_due(asked, DueRequest(dt.date(2026, 5, 6), past=True), print))
    assert "Đặc khu Bạch Long Vĩ, 1 câu hỏi, kết luận chưa trả lời, 1 quá hạn:" in lines
    before = due_inputs(asked)
    path = _write(asked, "2026-Q1", "hoi-01.yaml", ASKED.replace("II.13", "II.99"))
    assert due_inputs(asked) != before
    assert "II.99" in next(iter(open_questions(asked, registry, days[1], days[1]))).fault
    path.unlink()
    _write(asked, "2026-Q1", "hoi-01.yaml", ASKED)
    # The page is of a cut-off before anything was asked; it takes what is written, and nothing is overdue then.
    for name in ("tra-loi-01.yaml", "cong-van.pdf"):
        (asked.raw / "follow-ups" / PLACE / "2026-H1" / name).unlink()
    (written,) = open_questions(asked, registry, dt.date(2026, 3, 14), None)
    assert (len(written.asked), written.overdue) == (1, 0)
    (asked.raw / "follow-ups" / "cathai").mkdir()
    told_of = [one for one in open_questions(asked, registry, days[1], days[1]) if one.fault]
    assert [(one.name, "không có địa phương “cathai”" in one.fault) for one in told_of] == [
        ("data/raw/follow-ups/cathai", True)
    ]


def test_a_day_to_come_is_told_and_counts_alike_in_all_outputs(asked: Layout, registry: Registry) -> None:
    today = dt.date(2026, 5, 1)  # asked on 20 April, answered on 8 May
    submit(asked.root, PLACE, "2026-H1", FileKind.OBSERVATIONS, {"as_of": "2026-03-01"})
    said = "dòng 4 của tệp, answered_on: ngày 08/05/2026 chưa đến (hôm nay 01/05/2026)"
    due = list(tell_due(asked, DueRequest(today), print))
    validated = list(validate_and_answer(Run.open(PLACE, "2026-H1", layout=asked), today))
    for lines in (due, validated):
        (told,) = [line for line in lines if line.startswith("Lưu ý: data/raw/follow-ups/")]
        assert told.startswith(f"Lưu ý: data/raw/follow-ups/{PLACE}/2026-H1/tra-loi-01.yaml, {said}")
        assert told.endswith("→ sửa answered_on thành ngày đã qua")
    assert not [line for line in due if "chưa trả lời" in line]  # answered, as in the report
    assert [f.answer is not None for f in follow_ups_of(asked, registry, PLACE, H1)] == [True]
    past = list(tell_due(asked, DueRequest(today, past=True), print))
    assert [line for line in past if "1 câu hỏi, kết luận chưa trả lời" in line]  # by what was known on that day
    assert not [line for line in tell_due(asked, DueRequest(dt.date(2026, 5, 8)), print) if "Lưu ý" in line]


def test_files_of_systems_are_passed_over_and_names_compared_as_elsewhere(asked: Layout, registry: Registry) -> None:
    for name in ("Thumbs.db", "~$hoi-01.yaml", ".DS_Store", "desktop.ini"):
        _write(asked, "2026-H1", name, b"x")
        (asked.raw / "follow-ups" / PLACE / name).write_bytes(b"x")
        (asked.raw / "follow-ups" / name).write_bytes(b"x")
    _write(asked, "2026-H1", "tra-loi-01.yaml", ANSWERED.replace("cong-van.pdf", "Công văn.PDF"))
    proof = asked.raw / "follow-ups" / PLACE / "2026-H1" / "cong-van.pdf"
    proof.rename(proof.with_name(unicodedata.normalize("NFD", "công văn.pdf")))
    (found,) = follow_ups_of(asked, registry, PLACE, H1)
    assert "sha256 fc022288f3e49d09" in found.proof
    assert [one.fault for one in open_questions(asked, registry, dt.date(2026, 5, 8), None)] == []


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        ("about: bach-long-vi-2026/II.13", "about: II.13", "bach-long-vi-2026/II.13"),
        ("bach-long-vi-2026/II.13", "bach-long-vy-2026/ii.13", "bach-long-vi-2026/II.13"),
        ("of: Đặc khu Bạch Long Vĩ", "of: Sở Bói toán", "Đặc khu Bạch Long Vĩ; "),
        ("of: Đặc khu Bạch Long Vĩ", "of: Sở Bói toán", "Công an đặc khu"),
    ],
)
def test_what_may_be_meant_is_listed(asked: Layout, registry: Registry, before: str, after: str, remedy: str) -> None:
    _write(asked, "2026-Q1", "hoi-01.yaml", ASKED.replace(before, after))
    with pytest.raises(DataError) as raised:
        follow_ups_of(asked, registry, PLACE, H1)
    assert remedy in raised.value.findings[0].remedy
