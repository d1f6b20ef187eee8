import csv
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import DataError
from pipeline.paths import Layout
from pipeline.report.render import faults
from pipeline.run.make_report import make_report
from pipeline.senders.receipt import CHECKED, receipts
from pipeline.senders.receive import receive
from pipeline.steps import Run
from tests.corpus.generator import workbook

HEAD = ["Mã", "Chỉ tiêu", "Kết quả", "Ngày số liệu", "Nguồn", "Ghi chú"]
GOOD = ["bach-long-vi-2026/II.14", "", 95.5, "01/03/2026", "BC 1", ""]
BAD = ["bach-long-vi-2026/II.13", "", "gần 80", "01/03/2026", "", "<script>alert(1)</script>"]


@pytest.fixture
def run(layout: Layout) -> Run:
    (layout.submissions / "bach-long-vi" / "2026-Q1").mkdir(parents=True)
    return Run.open("bach-long-vi", "2026-Q1", layout=layout)


def _send(run: Run, name: str, content: bytes) -> Path:
    (run.layout.submissions / "bach-long-vi" / "2026-Q1" / name).write_bytes(content)
    return run.work / "receipts"


def test_a_workbook_comes_back_with_its_bad_cells_marked(run: Run) -> None:
    folder = _send(run, "so-lieu.xlsx", workbook([HEAD, GOOD, BAD]))
    intake = receive(run)
    assert (intake.accepted, len(intake.out)) == (1, 1)
    book = openpyxl.load_workbook(folder / "so-lieu.xlsx.danh-dau.xlsx")
    cell, source, good = (book["Biểu 1"][a] for a in ("C3", "E3", "C2"))
    assert "number" in cell.comment.text
    assert "82,78" in cell.comment.text
    assert "source" in source.comment.text
    assert cell.fill.fgColor.rgb != good.fill.fgColor.rgb
    assert (cell.value, good.value) == ("gần 80", 95.5)
    assert [row[1].value for row in book[CHECKED].iter_rows(min_row=2)][:2] == ["C3", "E3"]


def test_the_page_says_what_was_accepted_and_has_no_active_content(run: Run) -> None:
    folder = _send(run, "so-lieu.xlsx", workbook([HEAD, GOOD, BAD]))
    receive(run)
    page = (folder / "so-lieu.xlsx.phieu.html").read_text("utf-8")
    assert list(faults(page)) == []
    assert "2 dòng nhận = 1 dòng dùng + 1 dòng bị loại" in page
    assert "“Biểu 1”!C3" in page
    assert "95,5" in page
    assert "<script>" not in page


def test_a_marked_workbook_can_be_corrected_and_sent_again(run: Run) -> None:
    folder = _send(run, "so-lieu.xlsx", workbook([HEAD, GOOD, BAD]))
    receive(run)
    book = openpyxl.load_workbook(folder / "so-lieu.xlsx.danh-dau.xlsx")
    book["Biểu 1"]["C3"], book["Biểu 1"]["E3"] = 80, "BC 2"
    content = io.BytesIO()
    book.save(content)
    _send(run, "2026-04-10-so-lieu.xlsx", content.getvalue())
    intake = receive(run)
    assert (intake.out, intake.remarks) == ((), ())
    assert {o.label: o.text for o in intake.observations} == {"II.13": "80", "II.14": "95,5"}


def test_a_csv_sender_gets_a_list_that_no_spreadsheet_runs(run: Run) -> None:
    content = "\n".join([",".join(HEAD), 'bach-long-vi-2026/II.13,,"=1+1",01/03/2026,BC,', "=cmd,,80,01/03/2026,BC,"])
    folder = _send(run, "so-lieu.csv", content.encode())
    receive(run)
    rows = list(csv.reader(io.StringIO((folder / "so-lieu.csv.loi.csv").read_text("utf-8-sig"))))
    assert rows[0][-1] == "Quy tắc"
    told = [(*row[1:3], row[-1]) for row in rows[1:3]]
    assert told == [("C2", "loại", "number"), ("A3", "loại", "known-subject")]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert sorted(p.name for p in folder.iterdir()) == [
        "so-lieu.csv.1.validation.json",
        "so-lieu.csv.loi.csv",
        "so-lieu.csv.phieu.html",
    ]


def test_a_refused_file_has_a_receipt_too(run: Run) -> None:
    folder = _send(run, "hong.xlsx", b"PK\x03\x04")
    with pytest.raises(DataError):
        receive(run)
    page = (folder / "hong.xlsx.phieu.html").read_text("utf-8")
    assert "Tệp bị trả lại" in page
    assert "mở bằng Excel" in page


def test_a_file_refused_for_its_long_name_has_a_receipt_beside_the_others(run: Run) -> None:
    names = ["á" * 125 + "1.csv", "á" * 125 + "2.csv"]
    for name in names:
        folder = _send(run, name, b"x")
    with pytest.raises(DataError, match="255 byte"):
        receive(run)
    assert len(list(folder.glob("á*.phieu.html"))) == len(list(folder.glob("á*.loi.csv"))) == len(names)


def test_every_file_has_one_receipt_and_rows_add_up(run: Run) -> None:
    _send(run, "a.xlsx", workbook([HEAD, GOOD]))
    _send(run, "b.csv", (",".join(HEAD) + "\n" + ",".join(map(str, BAD)) + "\n").encode())
    answered = receipts(receive(run))
    assert [(r.name, r.received, r.accepted, len(r.out)) for r in answered] == [("a.xlsx", 1, 1, 0), ("b.csv", 1, 0, 1)]


def test_what_else_lies_among_the_receipts_stops_nothing(run: Run) -> None:
    folder = _send(run, "a.xlsx", workbook([HEAD, GOOD]))
    (folder / "a folder").mkdir(parents=True)
    receive(run)
    assert (folder / "a.xlsx.phieu.html").is_file()
    assert not (folder / "a folder").exists()


def test_many_may_answer_at_once(run: Run) -> None:
    folder = _send(run, "a.xlsx", workbook([HEAD, GOOD]))
    receive(run)
    names = sorted(path.name for path in folder.iterdir())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(receive, [run] * 8))
    assert sorted(path.name for path in folder.iterdir()) == names
    assert [path.name for path in run.work.iterdir()] == ["receipts"]


LINES = ",".join(HEAD) + "\n" + ",".join(map(str, GOOD)).replace("95.5", "95") + "\n"


@pytest.mark.parametrize("name", ["so-lieu.csv", "ban-ky.pdf"])
def test_a_report_that_a_file_stops_answers_its_sender_and_the_others(run: Run, name: str) -> None:
    folder = _send(run, "a.csv", LINES.encode())
    _send(run, "hong.xlsx", b"PK\x03\x04")
    os.mkfifo(run.layout.submissions / "bach-long-vi" / "2026-Q1" / name)
    with pytest.raises(DataError) as stopped:
        make_report(run)
    assert name in str(stopped.value)
    assert "hong.xlsx" in str(stopped.value)
    assert not run.report.exists()
    pages = {path.name: path.read_text("utf-8") for path in folder.glob("*.phieu.html")}
    assert pages.keys() == {f"{one}.phieu.html" for one in ("a.csv", "hong.xlsx", name)}
    assert "1 dòng nhận = 1 dòng dùng" in pages["a.csv.phieu.html"]
    for refused in ("hong.xlsx", name):
        assert "Tệp bị trả lại" in pages[f"{refused}.phieu.html"]


def test_a_refused_file_leaves_no_trace_in_what_is_kept_of_other_periods(run: Run) -> None:
    _send(run, "hong.xlsx", b"PK\x03\x04")
    _send(run, "a.csv", LINES.encode())
    with pytest.raises(DataError):
        receive(run)
    (run.layout.submissions / "bach-long-vi" / "2026-Q1" / "hong.xlsx").unlink()
    assert receive(run).accepted == 1


def test_two_files_of_one_day_that_clash_have_receipts_beside_the_others(run: Run) -> None:
    other = LINES.replace(",95,", ",91,")
    folder = _send(run, "2026-04-01-a.csv", LINES.encode())
    _send(run, "2026-04-01-b.csv", other.encode())
    _send(run, "2026-04-02-c.csv", LINES.replace("II.14", "II.13").encode())
    with pytest.raises(DataError):
        receive(run)
    assert "1 dòng dùng" in (folder / "2026-04-02-c.csv.phieu.html").read_text("utf-8")
    assert "Tệp bị trả lại" in (folder / "2026-04-01-b.csv.phieu.html").read_text("utf-8")
