"""Workbooks of Excel 97–2003: values with their formats, hidden and struck cells; two engines must agree.

`data/mau-bieu-97.xls` holds a head of two lines, a per cent format, a hidden row, column and sheet, a struck value and
one shown in thousands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.intake import examiner, old_workbook
from pipeline.intake.cells import FileFaultError
from tests.intake.outcomes import N, outcome

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
        (b"<html>khong co bang</html>", "empty"),
        ("<table><tr><td>Chỉ tiêu</td></tr></table>".encode("cp1258", "replace") + b"\xea", "encoding"),
        (b"PK\x03\x04", "format"),
        (b"x", "format"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "damaged"),
    ],
)
def test_what_is_none_is_refused(content: bytes, rule: str) -> None:
    assert outcome(content, "so-lieu.xls").refused == rule


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_page_of_a_system_saved_as_xls_is_read_as_printed(encoding: str) -> None:
    page = (
        "<html><body><h3>UBND XÃ BÌNH GIANG</h3><table><tr><th rowspan=2>STT</th><th rowspan=2>Chỉ tiêu</th>"
        "<th colspan=2>Kết quả</th><th rowspan=2>Nguồn</th></tr><tr><th>Năm 2025</th><th>Quý I/2026</th></tr>"
        f"<tr><td>1</td><td>{N}</td><td>70</td><td>{{}}</td><td>BC 45</td></tr></table></body></html>"
    )
    assert outcome(page.format("88,25%").encode(encoding), "so-lieu.xls").values == {"II.15": "88.25"}
    for struck in ("<s>2</s>3", "2<sup>1</sup>", "2<span style='display:none'>3</span>"):
        assert outcome(page.format(struck).encode(encoding), "so-lieu.xls").out == {3: "cell"}
    foreign = page.replace("BÌNH GIANG", "KẺ SẶT").format("1").encode(encoding)
    assert outcome(foreign, "so-lieu.xls").refused == "other-locality"
