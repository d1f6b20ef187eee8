"""What a refusal says: the line, the missing column, the kind of file, the shape of the table, the cut-off day."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.kinds_of_file import refuse_kind
from pipeline.intake.reader import parse, read_submissions
from pipeline.intake.rows import FileKind
from pipeline.intake.validate import validate
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.factories import csv_text
from tests.intake.outcomes import N, Outcome, book, outcome

DATA = Path(__file__).parent / "data"
ROWS: list[list[object]] = [["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 88.25, "BC 45"]]


def _word(*, picture: bool = False) -> bytes:
    target = io.BytesIO()
    docx.Document().save(target)
    if not picture:
        return target.getvalue()
    drawn = io.BytesIO()
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(drawn, "w") as out:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.replace(b"<w:body>", b"<w:body><w:p><w:r><w:drawing/></w:r></w:p>")
            out.writestr(name, part)
    return drawn.getvalue()


def _with_part(content: bytes, name: str, data: bytes = b"x") -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as out:
        out.writestr(name, data)
    return target.getvalue()


LOCKED = b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
OLD_WORD = b"\xd0\xcf\x11\xe0" + bytes(600) + "WordDocument".encode("utf-16-le")
CONTENTS = {
    ".xlsx": book(ROWS),
    ".xls": (DATA / "mau-bieu-97.xls").read_bytes(),
    ".ods": (DATA / "mau-bieu.ods").read_bytes(),
    ".docx": _word(),
}


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("ending", [*CONTENTS, ".csv", ".txt"])
def test_a_renamed_file_is_called_by_its_kind_and_ending(kind: str, ending: str) -> None:
    if kind == ending:
        refuse_kind(CONTENTS[kind], ending)
        return
    found = outcome(CONTENTS[kind], f"so-lieu{ending}")
    assert (found.refused, f"mang đuôi {ending} nhưng là" in found.message) == ("format", True)
    assert kind in found.message
    assert f"thành {kind}" in found.remedy


@pytest.mark.parametrize(
    ("content", "ending", "said", "remedy"),
    [
        (LOCKED, ".xlsx", "mật khẩu", "bỏ mật khẩu"),
        (LOCKED, ".docx", "mật khẩu", "bỏ mật khẩu"),
        (OLD_WORD, ".doc", "Word cũ", ".docx"),
        (OLD_WORD, ".docx", "mang đuôi .docx nhưng là tệp Word cũ", ".docx"),
        (b"PK\x03\x04...xl/workbook.bin", ".xlsb", ".xlsb", ".xlsx"),
        (b"%PDF-1.7\n", ".xlsx", "mang đuôi .xlsx nhưng là tệp PDF", "minh chứng"),
        (b"\xff\xd8\xff\xe0", ".jpg", "ảnh", "minh chứng"),
        (b"\x89PNG\r\n", ".xlsx", "mang đuôi .xlsx nhưng là ảnh", "minh chứng"),
        (b"PK\x03\x04", ".zip", "tệp nén", "giải nén"),
        (b"Rar!\x1a", ".rar", "tệp nén", "giải nén"),
        (b"\x1f\x8b", ".csv", "tệp nén", "giải nén"),
        (b"{\\rtf1", ".docx", "RTF", "Word"),
        (b"\r\n<!DOCTYPE html><html>", ".xlsx", "HTML", "đăng nhập"),
        (b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', ".xls", "2003", ""),
        (b"MIME-Version: 1.0\r\n", ".xls", "MHTML", ".xlsx"),
        (b"x", ".abc", "chưa nhận định dạng .abc", ".xlsx"),
        (b"x", "", "không đuôi", ".xlsx"),
    ],
)
def test_what_is_not_read_is_named_with_what_to_send(content: bytes, ending: str, said: str, remedy: str) -> None:
    found = outcome(content, f"so-lieu{ending}")
    assert (found.refused, said in found.message, remedy in found.remedy) == ("format", True, True)


def test_a_pdf_alone_gives_no_value_and_says_what_to_send(layout: Layout) -> None:
    folder = layout.submissions / "binh-giang" / "2026-Q1"
    folder.mkdir(parents=True)
    (folder / "BC-ky-so.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(DataError) as raised:
        read_submissions(layout, "binh-giang", Period.parse("2026-Q1"))
    (finding,) = raised.value.findings
    assert (finding.rule, "PDF" in finding.message, "bảng số liệu" in finding.remedy) == ("damaged", True, True)


def test_documents_within_documents_do_not_change_what_a_file_is() -> None:
    held = _with_part(CONTENTS[".xlsx"], "xl/embeddings/x.docx", CONTENTS[".docx"])
    assert outcome(held, "so-lieu.xlsx").values == {"II.15": "88.25"}


def _only_a_picture(text: str = "") -> bytes:
    return _with_part(book([[text or None]]), "xl/media/image1.png")


@pytest.mark.parametrize("content", [_only_a_picture(), _only_a_picture("Bảng số liệu quý I")])
def test_a_picture_that_should_be_a_table_is_named(content: bytes) -> None:
    found = outcome(content, "so-lieu.xlsx")
    assert (found.refused, "ảnh" in found.message, "gõ lại" in found.remedy) == ("header", True, True)
    words = outcome(_word(picture=True), "so-lieu.docx")
    assert (words.refused, "chỉ có ảnh" in words.message) == ("header", True)
    assert outcome(_word(), "so-lieu.docx").refused == "empty"


def test_a_picture_beside_a_table_changes_nothing() -> None:
    assert outcome(_with_part(book(ROWS), "xl/media/logo.png"), "a.xlsx").values == {"II.15": "88.25"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Row Labels;Sum of Kết quả\nx;3\n", "PivotTable"),
        ("Nhãn Hàng;Tổng của Kết quả;Đếm của STT\nx;3;1\n", "PivotTable"),
        (f"Xã;{N};#C\nBình Giang;88,25;3\nKẻ Sặt;70;2\n", "mỗi dòng một nơi"),
        (f"STT;Đơn vị;{N};#C\n1;UBND xã Bình Giang;88,25;3\n2;UBND xã Kẻ Sặt;70;2\n", "mỗi dòng một nơi"),
        (f"Tháng;{N}\nTháng 1/2026;88,25\nTháng 2/2026;70\nTháng 3/2026;71\n", "hay một kỳ"),
    ],
)
def test_a_table_of_another_shape_is_called_so(text: str, said: str) -> None:
    found = outcome(text)
    assert (found.refused, said in found.message, bool(found.remedy)) == ("header", True, True)


def test_bars_within_the_cells_of_a_workbook_are_named() -> None:
    found = outcome(book([["STT|Chỉ tiêu|Kết quả|Nguồn"], [f"1|{N}|88,25|BC 45"]]), "a.xlsx")
    assert (found.refused, "(|)" in found.message) == ("header", True)


@pytest.mark.parametrize(
    ("head", "line", "named"),
    [
        (
            "ỦY BAN NHÂN DÂN;;;;\nCỘNG HÒA;;;;\n;;;;\nSTT;Chỉ tiêu;ĐVT;Số đo;Nguồn",
            4,
            ("chưa thấy cột kết quả", "Số đo"),
        ),
        ("STT;Chỉ tiêu;ĐVT;Kết quả năm 2025;Nguồn", 1, ("chưa thấy cột kết quả", "là của năm 2025")),
        ("Danh sách;Nội hàm;ĐVT;Kết quả;Nguồn", 1, ("chưa thấy cột chỉ tiêu",)),
    ],
)
def test_the_head_and_what_is_missing_in_it_are_named(head: str, line: int, named: tuple[str, ...]) -> None:
    content = f"{head}\n1;{N};%;88;BC\n".encode()
    with pytest.raises(DataError) as raised:
        parse(content, "a.csv", read_forms(Layout().headings), Period.parse("2026-Q1"))
    (finding,) = raised.value.findings
    assert (finding.rule, finding.place) == ("header", f"dòng {line}")
    assert all(words in finding.message for words in named)


def test_tasks_told_in_words_are_no_rows_of_indicators() -> None:
    words = (
        "STT;Nhiệm vụ;Kết quả thực hiện;Nguồn\n1;Lập kế hoạch;Đã ban hành Kế hoạch số 5;BC\n2;Tập huấn;Đang làm;BC\n"
    )
    found = outcome(words)
    assert (found.refused, "bằng lời" in found.message, "Ngày hoàn thành" in found.remedy) == ("header", True, True)
    both = outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\n1;{N};88,25;BC\n{words}")
    assert (both.values, both.out, "header" in both.noted) == ({"II.15": "88.25"}, {}, True)
    assert outcome(f"STT;Nhiệm vụ;Kết quả thực hiện;Nguồn\n1;{N};88,25;BC\n").values == {"II.15": "88.25"}


def test_a_value_that_became_a_day_is_asked_about_as_such(registry: Registry) -> None:
    rows = [ROWS[0], [1, N, dt.date(2026, 5, 12), "BC 45"]]
    submission = parse(book(rows), "a.xlsx", read_forms(Layout().headings), Period.parse("2026-Q1"))
    intake = validate([submission], Context(registry, "binh-giang", Period.parse("2026-Q1")), Layout().expectations)
    (row,) = intake.quarantined
    assert (row.rules, "có phải muốn ghi 12/5" in row.messages[0]) == (("number",), True)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [(FileKind.OBSERVATIONS, {"as_of": "2025-12-31"}), (FileKind.TASKS, {"finished_on": "2025-12-31"})],
)
def test_the_cut_off_day_is_named(registry: Registry, kind: FileKind, cells: dict[str, str]) -> None:
    submission = parse(csv_text(kind, cells).encode(), "a.csv", read_forms(Layout().headings))
    intake = validate([submission], Context(registry, "bach-long-vi", Period(2025)), Layout().expectations)
    (row,) = intake.quarantined
    assert row.rules == ("not-after-cut-off",)
    assert "14/12/2025" in row.messages[0]
    assert "2026-F" in row.messages[0]


PYTHON = re.compile(r"\b[A-Za-z]+(?:Error|Exception|Warning)\b|Traceback|NoneType|<class|object at 0x")


def _says_no_python(found: Outcome) -> bool:
    return not any(PYTHON.search(text) for text in (found.message, found.remedy, *found.remarks))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(sorted(CONTENTS)), data=st.data())
def test_no_broken_file_is_told_in_words_of_python(kind: str, data: st.DataObject) -> None:
    """The parts of a document are cut or overwritten; it is packed again, so that the reader meets them."""
    content = CONTENTS[kind]
    if kind == ".xls":
        place = data.draw(st.integers(8, len(content) - 1))
        broken = content[:place] + data.draw(st.binary(max_size=8)) + content[place + 8 :]
    else:
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
            names = source.namelist()
            victim = data.draw(st.sampled_from(names))
            for name in names:
                part = source.read(name)
                if name == victim:
                    part = part[: data.draw(st.integers(0, len(part)))] + data.draw(
                        st.sampled_from([b"", b"</x>", b"&"])
                    )
                out.writestr(name, part)
        broken = target.getvalue()
    assert _says_no_python(outcome(broken, f"so-lieu{kind}"))
