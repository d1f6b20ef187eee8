"""Workbooks of Excel 97–2003: values with their formats, hidden and struck cells; two engines must agree.

`data/mau-bieu-97.xls` holds a head of two lines, a per cent format, a hidden row, column and sheet, a struck value and
one shown in thousands.
"""

from __future__ import annotations

import struct
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlrd

from pipeline.intake import examiner, old_workbook, workbook_repairs
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


NUMBER, ERROR, FORMULA, FILLER = 0x0203, 0x0205, 0x0006, 0x00C1


def _with_error(number: int, *, formula: bool = False) -> bytes:
    """The workbook with an error in the place of the number in D3, and a record that says nothing after it."""
    start = CONTENT.index(struct.pack("<HHHH", NUMBER, 14, 2, 3))
    place = CONTENT[start + 4 : start + 10]
    error = struct.pack("<HH", ERROR, 8) + place + bytes((number, 1)) + struct.pack("<HHH", FILLER, 2, 0)
    if formula:  # the number of the record is that of a formula; what follows is its result, and is cut short
        result = bytes((2, 0, number, 0, 0, 0, 255, 255))
        error = struct.pack("<HH", FORMULA, 14) + place + result
    return CONTENT[:start] + error + CONTENT[start + 18 :]


def _in_pieces(content: bytes) -> bytes:
    """The same with the first and the fifth sector of the workbook exchanged, as a disk's files lie in pieces."""
    header, size = 512, 512
    sectors = [bytearray(content[i : i + size]) for i in range(header, len(content), size)]
    table = struct.unpack_from("<I", content, 76)[0]
    sat = list(struct.unpack_from("<128i", bytes(sectors[table])))
    a, b = 0, 4  # both of the workbook, which begins at sector 0
    sectors[a], sectors[b] = sectors[b], sectors[a]
    moved = {a: b, b: a}
    now = list(sat)
    for sector, following in enumerate(sat[: len(sectors)]):
        now[moved.get(sector, sector)] = moved.get(following, following)
    sectors[table][:] = struct.pack("<128i", *now)
    whole = content[:header] + b"".join(sectors)
    directory = header + struct.unpack_from("<I", content, 48)[0] * size
    entry = directory + 128 + 116  # of the second entry: its first sector
    assert struct.unpack_from("<I", content, entry)[0] == a
    return whole[:entry] + struct.pack("<I", b) + whole[entry + 4 :]


@pytest.mark.parametrize("number", [0x2A, 0x2C, 0x30, 0xFF])
@pytest.mark.parametrize("whole", [True, False])
def test_an_error_of_other_programs_is_a_fault_of_its_cell(number: int, whole: bool) -> None:
    content = _with_error(number) if whole else _in_pieces(_with_error(number))
    found = outcome(content, "so-lieu.xls")
    assert found.refused == ""
    assert found.values == {"II.13": "77.5"}
    assert found.out == {3: "cell", 5: "cell", 6: "cell"}


def test_an_error_that_a_formula_gave_is_known_to_both_readers() -> None:
    content = _with_error(0x30, formula=True)
    known = workbook_repairs.with_known_errors_of_97(content)
    assert [i for i, (a, b) in enumerate(zip(content, known, strict=True)) if a != b] == [
        content.index(b"\x02\x00\x30") + 2
    ]


@pytest.mark.parametrize("number", [-5.0, 2958466.0, 1e300])
def test_a_number_beyond_the_calendar_is_a_fault_of_its_cell(number: float) -> None:
    book = SimpleNamespace(datemode=0, format_map={}, xf_list=[SimpleNamespace(format_key=0)])
    cell, _ = old_workbook._cell(book, xlrd.sheet.Cell(xlrd.XL_CELL_DATE, number, 0))
    assert cell == (format(number, ".15g"), "no-day")


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
