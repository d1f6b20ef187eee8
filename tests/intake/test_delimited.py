"""Delimiters and limits of delimited text."""

from __future__ import annotations

import resource

import pytest

from pipeline.intake.cells import FileFaultError, text_cell
from pipeline.intake.delimited import CELLS, read_delimited
from pipeline.intake.reader import read_grids
from pipeline.plans.base import LONGEST_TEXT
from tests.intake.outcomes import outcome


def test_commas_within_names_do_not_make_them_the_delimiter() -> None:
    grid = read_delimited('Chỉ tiêu;Kết quả;Nguồn\na, b, c, d, e;81,5;"x"\n'.encode())
    assert [line.texts for line in grid.lines] == [("Chỉ tiêu", "Kết quả", "Nguồn"), ("a, b, c, d, e", "81,5", "x")]


def test_a_quoted_cell_may_hold_the_delimiter() -> None:
    found = outcome('STT;Chỉ tiêu;Kết quả;Nguồn\n1;#N;88,25;"BC 45; BC 46, a, b, c, d, e"\n')
    assert (found.values, found.sources) == ({"II.15": "88.25"}, {"BC 45; BC 46, a, b, c, d, e"})


def test_unicode_text_of_excel_may_hold_quoted_cells() -> None:
    text = 'STT\tChỉ tiêu\tKết quả\tNguồn\r\n1\t#N\t88,25\t"BC ""45"", a, b, c, d"\r\n'.replace(
        "#N", "Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến"
    )
    assert outcome(text.encode("utf-16")).values == {"II.15": "88.25"}


def test_a_broken_quote_is_not_hidden_by_another_delimiter() -> None:
    with pytest.raises(FileFaultError) as refused:
        read_delimited(b'a,b;c,d\n1,2;3,"x\n4,5;6,7\n8,9,10,11\n')
    assert refused.value.rule == "quote"


def test_text_without_end_is_refused_in_a_child_within_its_limits() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with pytest.raises(FileFaultError) as refused:
        read_grids(b"," * (20 * 1024 * 1024 - 1), "a.csv")
    assert refused.value.rule in ("extent", "resources")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 5
    assert CELLS <= 500_000


ROW = '1{0}Tỷ lệ hồ sơ thủ tục hành chính xử lý trực tuyến{0}"88,25"{0}"BC 45{0} BC 46, a, b, c"\r\n'
TABLE = "STT{0}Chỉ tiêu{0}Kết quả{0}Nguồn\r\n" + ROW


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TABLE.format("\t").encode("utf-16"), "so-lieu.txt"),
        (TABLE.format("\t").encode("utf-16"), "so-lieu.csv"),
        (("\ufeff" + TABLE.format("\t")).encode("utf-16-be"), "so-lieu.csv"),
        (("BÁO CÁO, a, b, c, d, e, f, g\r\n" + TABLE.format("\t")).encode("utf-16"), "so-lieu.csv"),
        (("BÁO CÁO, a, b, c, d, e, f, g\r\n\r\n" + TABLE.format(";")).encode(), "so-lieu.csv"),
    ],
)
def test_quoted_cells_hold_their_delimiter_whatever_else_is_counted(content: bytes, name: str) -> None:
    assert outcome(content, name).values == {"II.15": "88.25"}


@pytest.mark.parametrize("delimiter", "\t;")
def test_two_columns_are_enough_where_cells_are_quoted(delimiter: str) -> None:
    text = f'Chỉ tiêu{delimiter}Kết quả\r\na, b, c, d, e, f{delimiter}"88,25{delimiter} 1"\r\n'
    grid = read_delimited(text.encode("utf-16"))
    assert [line.texts for line in grid.lines] == [("Chỉ tiêu", "Kết quả"), ("a, b, c, d, e, f", f"88,25{delimiter} 1")]


@pytest.mark.parametrize("letter", ["a", "á", "\u0301", " ", "9"])
def test_a_cell_without_end_is_a_fault_of_its_cell_and_cut(letter: str) -> None:
    long = letter * (LONGEST_TEXT + 1)
    found = outcome(f"STT,Chỉ tiêu,Kết quả,Nguồn\n1,#N,x{long}x,BC\n2,#C,3,BC\n")
    assert found.out == {2: "cell"}
    assert text_cell(f"x{long}x") == (f"x{long}"[:LONGEST_TEXT], "long")
    assert text_cell(letter * LONGEST_TEXT).fault != "long"
