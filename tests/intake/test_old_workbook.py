"""Workbooks of Excel 97–2003: values with their formats, hidden and struck cells; two engines must agree.

`data/mau-bieu-97.xls` holds a head of two lines, a per cent format, a hidden row, column and sheet, a struck value and
one shown in thousands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.intake import examiner, old_workbook
from pipeline.intake.cells import FileFaultError
from tests.intake.outcomes import outcome

CONTENT = (Path(__file__).parent / "data" / "mau-bieu-97.xls").read_bytes()


def test_cells_are_read_as_shown() -> None:
    found = outcome(CONTENT, "so-lieu.xls")
    assert found.values == {"II.15": "88.25", "II.13": "77.5"}
    assert found.out == {5: "cell", 6: "cell"}
    assert found.noted == {"hidden-column", "hidden-sheet"}


def test_what_is_hidden_or_merged_is_known() -> None:
    sheet, hidden = old_workbook.read_old(CONTENT)
    lines = sheet["lines"]
    assert isinstance(lines, list)
    assert [number for number, out_of_sight, _ in lines if out_of_sight] == [4]
    assert (sheet["hidden_columns"], hidden["hidden"]) == ([4], True)
    assert [1, 1, 2, 3] in sheet["merged"]  # type: ignore[operator]


def test_two_engines_must_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = examiner.read_fast(CONTENT)
    fast["Biểu 1"][3, 4] = 0.9
    monkeypatch.setattr(old_workbook, "read_fast", lambda content: fast)
    with pytest.raises(FileFaultError) as refused:
        old_workbook.read_old(CONTENT)
    assert (refused.value.rule, "D3" in refused.value.place) == ("engines-disagree", True)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (CONTENT[:3000], "damaged"),
        (b"<html><table></table></html>", "format"),
        (b"PK\x03\x04", "format"),
        (b"x", "format"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "damaged"),
    ],
)
def test_what_is_none_is_refused(content: bytes, rule: str) -> None:
    assert outcome(content, "so-lieu.xls").refused == rule
