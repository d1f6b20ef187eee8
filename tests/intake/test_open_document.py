"""Spreadsheets of OpenDocument: percentages, hidden and struck cells, and values that show as they are.

`data/mau-bieu.ods` was saved by LibreOffice: a head of two lines, a per cent format, a hidden row, column and sheet, a
struck value, one shown in thousands, one with a raised digit.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.intake.open_document import _day, _same, read_open_document
from tests.intake.outcomes import outcome

CONTENT = (Path(__file__).parent / "data" / "mau-bieu.ods").read_bytes()


def test_cells_are_read_as_shown() -> None:
    found = outcome(CONTENT, "so-lieu.ods")
    assert found.values == {"II.15": "88.25", "II.13": "77.5"}
    assert found.out == {5: "cell", 6: "cell", 7: "cell"}
    assert found.noted == {"hidden-column", "hidden-sheet"}


def test_what_is_hidden_or_merged_is_known() -> None:
    sheet, hidden = read_open_document(CONTENT)
    lines = sheet["lines"]
    assert isinstance(lines, list)
    assert [number for number, out_of_sight, _ in lines if out_of_sight] == [4]
    assert (sheet["hidden_columns"], hidden["hidden"]) == ([4], True)
    assert [1, 1, 2, 3] in sheet["merged"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("value", "shown", "same"),
    [
        ("88.25", "88,25%", True),
        ("88.25", "88%", True),
        ("0.8825", "88,25%", False),
        ("3000", "3.000", True),
        ("3000", "3", False),
        ("1234.5", "1.234,5", True),
        ("-2", "-2", True),
        ("5", "", False),
    ],
)
def test_a_value_is_held_against_what_its_cell_shows(value: str, shown: str, same: bool) -> None:
    assert _same(Decimal(value), shown) is same


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04", CONTENT[:2000]])
def test_what_is_none_is_refused(content: bytes) -> None:
    assert outcome(content, "so-lieu.ods").refused == "format"


@pytest.mark.parametrize(
    ("written", "shown", "read"),
    [
        ("2026-02-01", "02/2026", "tháng 02/2026"),
        ("2026-02-01", "Tháng 2 năm 2026", "tháng 02/2026"),
        ("2026-02-01", "2026", "năm 2026"),
        ("2026-02-01", "01/02/2026", "2026-02-01"),
        ("2026-02-01", "", "2026-02-01"),
        ("", "02/2026", ""),
    ],
)
def test_a_day_is_read_as_its_cell_shows_it(written: str, shown: str, read: str) -> None:
    assert _day(written, shown) == read
