import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.inbox import newest_period
from pipeline.intake.reader import parse, read_submissions
from pipeline.intake.rows import COLUMNS, FileKind
from pipeline.intake.sheets import SubmittedTable
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar
from tests.factories import csv_text, submit

GOOD = csv_text(FileKind.OBSERVATIONS, {"value": "11,87"}, {"no": "14", "value": ">98"})


FORMS = read_forms(Layout().headings)


def _table(content: bytes, file: str = "a.csv") -> SubmittedTable:
    (table,) = parse(content, file, FORMS).tables
    return table


def test_rows_know_their_file_line_cell_and_hash() -> None:
    content = GOOD.encode()
    sheet = _table(content)
    assert [row.cells["value"] for row in sheet.rows] == ["11,87", ">98"]
    origin = sheet.rows[1].at("value")
    assert (origin.cell, origin.file, origin.sha256) == ("G3", "a.csv", hashlib.sha256(content).hexdigest())


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    sheet = _table(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert [row.cells for row in sheet.rows] == [row.cells for row in _table(GOOD.encode()).rows]


def test_a_line_break_inside_quotes_keeps_later_lines_right() -> None:
    text = csv_text(FileKind.OBSERVATIONS, {"note": "một\nhai"}, {"no": "14"})
    assert [row.origin.line for row in _table(text.encode()).rows] == [2, 4]


HEADER = ",".join(COLUMNS[FileKind.OBSERVATIONS])


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b"", "empty", "tệp"),
        (HEADER.encode(), "empty", "tệp"),
        (GOOD.encode("utf-16-le"), "nul", "dòng 1"),
        (GOOD.encode("utf-8").replace("Hệ".encode(), b"H\xea"), "encoding", "dòng 2"),
        (GOOD.replace("value,", "xyz,").replace("numerator", "abc").encode(), "header", "dòng 1"),
        (GOOD.replace("11,87", 'x" y').encode() + b'"', "quote", "dòng"),
        (GOOD.replace("báo", "báo").replace("Hệ", "H\x00ệ").encode(), "nul", "dòng 2"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(content: bytes, rule: str, place: str) -> None:
    with pytest.raises(DataError) as raised:
        parse(content, "data/a.csv", FORMS)
    finding = raised.value.findings[0]
    assert (finding.file, finding.rule) == ("data/a.csv", rule)
    assert place in finding.place
    assert finding.remedy


@pytest.mark.parametrize(
    "content",
    [GOOD.encode("utf-16"), GOOD.replace(";", ",").replace(",", ";").replace('"11;87"', "11,87").encode()],
    ids=["UTF-16", "semicolons"],
)
def test_what_excel_saves_reads_the_same(content: bytes) -> None:
    assert [row.cells for row in _table(content).rows] == [row.cells for row in _table(GOOD.encode()).rows]


@pytest.mark.parametrize(
    ("content", "column", "fault"),
    [(GOOD + "a,b\n", "", "width"), (GOOD.replace("Hệ", "H\u202eệ"), "source", "control")],
)
def test_a_damaged_row_is_kept_with_its_fault(content: str, column: str, fault: str) -> None:
    assert any(row.faults.get(column) == fault for row in _table(content.encode()).rows)


def test_several_tables_in_one_file() -> None:
    tables = parse((GOOD + GOOD).encode(), "a.csv", FORMS).tables
    assert [[row.origin.line for row in table.rows] for table in tables] == [[2, 3], [5, 6]]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        parse(content, "a.csv", FORMS)
    except DataError as error:
        assert error.findings


def test_every_bad_file_is_named_at_once(layout: Layout) -> None:
    folder = submit(layout.root, "cat-hai", "2026", FileKind.OBSERVATIONS, {}).parent
    (folder / "a.xls").write_bytes(b"x")
    (folder / "b.csv").write_bytes(b"")
    (folder / "c.csv").symlink_to("/etc/passwd")
    (folder / ".lock").write_text("", "utf-8")
    from pipeline.plans.periods import Period

    with pytest.raises(DataError) as raised:
        read_submissions(layout, "cat-hai", Period(2026))
    assert [(f.file.rpartition("/")[2], f.rule) for f in raised.value.findings] == [
        ("a.xls", "format"),
        ("b.csv", "empty"),
        ("c.csv", "not-regular"),
    ]


def test_the_newest_period_is_that_of_the_latest_cut_off(layout: Layout, calendar: Calendar) -> None:
    submit(layout.root, "cat-hai", "2026-Q1", FileKind.OBSERVATIONS, {})
    (layout.submissions / "cat-hai" / "2027").mkdir()
    (layout.submissions / "cat-hai" / "nháp").mkdir()
    assert str(newest_period(layout, "cat-hai", calendar)) == "2026-Q1"
    assert newest_period(layout, "an-bien", calendar) is None


def test_a_note_without_a_table_beside_one_is_kept_as_evidence(layout: Layout) -> None:
    folder = submit(layout.root, "cat-hai", "2026", FileKind.OBSERVATIONS, {}).parent
    (folder / "ghi-chu.txt").write_text("Kính gửi Văn phòng, số liệu ở tệp bên cạnh", "utf-8")
    from pipeline.plans.periods import Period

    (read,) = read_submissions(layout, "cat-hai", Period(2026))
    assert [remark.place for remark in read.remarks if remark.rule == "companion"] == ["tệp “ghi-chu.txt”"]
