"""Delimiters and limits of delimited text."""

from __future__ import annotations

import resource

import pytest

from pipeline.intake.cells import FileFaultError
from pipeline.intake.delimited import CELLS, read_delimited
from pipeline.intake.reader import read_grids
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
