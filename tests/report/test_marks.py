"""The marks beside a row."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.report.marks import corrected
from pipeline.report.words import VIETNAMESE


@pytest.mark.parametrize(
    ("printed", "name", "mark"),
    [
        ("Hoàn thành nhiệm vụ,", "Hoàn thành nhiệm vụ", ""),
        ("Nền tảng ; dữ liệu", "Nền tảng; dữ liệu", ""),
        ("Cổng (thông tin", "Cổng thông tin", ""),
        ("Tăng 1.5 lần,", "Tăng 1,5 lần", "văn bản in “1.5 lần,”, sổ sửa là “1,5 lần”"),
        ("Quả lý nhiệm vụ", "Quản lý nhiệm vụ", "văn bản in “Quả”, sổ sửa là “Quản”"),
        ("", "Quản lý", ""),
    ],
)
def test_a_correction_of_words_is_a_mark_and_one_of_punctuation_is_none(printed: str, name: str, mark: str) -> None:
    row = cast("Any", SimpleNamespace(name_printed=printed))
    assert corrected(name, row, VIETNAMESE) == mark
