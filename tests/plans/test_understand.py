"""The command that shows how wordings are read."""

import io
import json
import sys
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.plans.targets import parse_target
from pipeline.plans.understand import Wording, understood
from pipeline.plans.units import unit_fault

TARGET = ["text", "comparator", "low", "high", "year_from", "year_to", "basis", "unit"]
DEADLINE = ["text", "kind", "due", "every_months"]
RESULT = ["text", "value", "low", "high", "numerator", "denominator"]


def _read(what: Wording, *texts: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in understood(what, texts)]


def test_each_kind_has_its_keys() -> None:
    for what, text, keys in (
        (Wording.TARGET, "tối thiểu 30% GRDP (2025-2027)", TARGET),
        (Wording.DEADLINE, "trước ngày 15 hằng tháng", DEADLINE),
        (Wording.RESULT, "1.234/1.300 hồ sơ (94,9%)", RESULT),
    ):
        (found,) = _read(what, text)
        assert list(found) == keys
    (target,) = _read(Wording.TARGET, "tối thiểu 30% GRDP (2025-2027)")
    assert list(target.values())[1:] == [">=", 30, None, 2025, 2027, "% GRDP", "%"]
    (deadline,) = _read(Wording.DEADLINE, "xong trước quý IV/2026")
    assert list(deadline.values())[1:] == ["before", "2026-09-30", None]
    (result,) = _read(Wording.RESULT, "trên 85,5%")
    assert list(result.values())[1:] == [85.5, 85.5, None, None, None]


def test_several_are_parts_with_the_same_keys_and_a_refusal_has_its_reason() -> None:
    (several,) = _read(Wording.TARGET, "80% năm 2026, 90% năm 2027")
    assert list(several) == ["text", "parts"]
    assert [list(part) for part in several["parts"]] == [TARGET, TARGET]  # type: ignore[attr-defined]
    (refused,) = _read(Wording.DEADLINE, "trong quý I")
    assert list(refused) == ["text", "refused"]
    assert "thiếu năm" in str(refused["refused"])


def test_every_line_is_answered_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "câu chữ.txt"
    file.write_bytes("\ufeff≥ 80%\r\n\n30% chi phí tuân thủ".encode())
    assert cli.main(["understand", "target", str(file)]) == 0
    from_file = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [found.get("comparator") for found in from_file] == [">=", "none", None]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"12/2025\n"), "ascii"))
    assert cli.main(["understand", "deadline"]) == 0
    assert json.loads(capsys.readouterr().out)["due"] == "2025-12-31"


BROKEN = [(b"a\n\xff\n", "dòng 2: không phải chữ UTF-8"), (b"a" * 200_000, "dòng 1: dài")]


@pytest.mark.parametrize(("content", "says"), BROKEN)
def test_a_line_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, says: str
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    assert cli.main(["understand", "result", str(file)]) == 65
    assert says in capsys.readouterr().err


def test_an_unknown_kind_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["understand", "mục-tiêu"]) == 64
    assert "target, deadline, result" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "unit", "fits"),
    [
        ("80%", "%", True),
        ("80%", "hồ sơ", False),
        ("30% GRDP", "% GRDP", True),
        ("30% GRDP", "% GDP", False),
        ("30% GRDP", "%", True),
        ("15 triệu đồng", "triệu đồng", True),
        ("15 triệu đồng", "đồng", False),
        ("13 xã", "xã", True),
        ("13 xã", "%", False),
        ("80% năm 2026, 13 xã năm 2027", "%", False),
    ],
)
def test_the_printed_unit_is_held_against_the_unit_of_the_row(text: str, unit: str, fits: bool) -> None:
    assert (unit_fault(parse_target(text), unit) == "") is fits
