"""Names of submitted files: a day at the beginning is read or refused; no name stops a bundle or a backup later."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.inputs.hashes import hash_files
from pipeline.intake import inbox
from pipeline.intake.cells import FileFaultError
from pipeline.intake.file_names import received_day, refuse_name, without_day
from pipeline.intake.scope import Whose
from pipeline.paths import LONGEST_NAME, Layout, is_plain
from pipeline.plans.periods import Period


@pytest.mark.parametrize(
    "name",
    [
        "2026-03-10-so-lieu.csv",
        "2026-3-10 so lieu.csv",
        "2026.03.10.csv",
        "20260310_so-lieu.csv",
        "10-03-2026-so-lieu.csv",
        "10.3.2026 số liệu.xlsx",
        "10_03_2026.csv",
        "Ngày 10-03-2026.csv",
        unicodedata.normalize("NFD", "Ngày 10-03-2026.csv"),
        "10032026-so-lieu.csv",
        "10–03–2026-so-lieu.csv",
        "10 — 03 — 2026 so-lieu.csv",
        "10−03−2026.csv",
        "10⁄03⁄2026.csv",
        "10,03,2026.csv",
        "１０-０３-２０２６.csv",
        "(10-03-2026) so-lieu.csv",
        "[2026-03-10].csv",
        "“10.3.2026” so-lieu.csv",
        "_10-03-2026.csv",
        "Ngày - 10-03-2026.csv",
        "ngày 10 tháng 3 năm 2026 số liệu.xlsx",
        "ngay-10-thang-03-nam-2026-so-lieu.csv",
        "10 tháng 3 2026.csv",
        "Ngày mùng 10 tháng 3 năm 2026.csv",
        "2026-03-10T0815-so-lieu.csv",
        "2026-03-10T08-15-30Z-so-lieu.csv",
        "2026-03-10 08.15.30.csv",
        "2026-03-10 8h15.csv",
        "20260310_0815-so-lieu.csv",
        "202603100815.csv",
        "20260310081530-so-lieu.csv",
        "10032026_0815.csv",
        "2026-03-10lan 2.csv",
    ],
)
def test_a_day_is_read_year_or_day_first(name: str) -> None:
    assert received_day(name) == dt.date(2026, 3, 10)
    assert without_day(name)[0] in "-_ .l"
    assert not any(c.isdecimal() for c in without_day(name).replace("lan 2", ""))
    refuse_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "2026-02-30-a.csv",
        "2026-13-01-a.csv",
        "30-02-2026.csv",
        "03-13-2026-a.csv",
        "20260230.csv",
        "30022026.csv",
        "10-03-26-a.csv",
        "10–03–26-a.csv",
        "2026-03-1o-so-lieu.csv",
        "2O26-03-10.csv",
        "1O-03-2026.csv",
        "l0-03-2026.csv",
        "2026-03-3I.csv",
        "2026-03-1lan2.csv",
        "2026O310.csv",
        "10-03.2026.csv",
        "2026-03 10.csv",
        "2026-03_10.csv",
        "10-03-0226.csv",
        "2206-03-10.csv",
        "2026031012.csv",
        "100320261.csv",
        "10-Mar-2026.csv",
        "Mar 10, 2026.csv",
        "ngày 10-3 so-lieu.csv",
        "ngày 10 tháng 3.csv",
        "ngày 10 tháng ba năm 2026.csv",
        "ngày 31 tháng 2 năm 2026.csv",
    ],
)
def test_a_day_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(FileFaultError) as refused:
        refuse_name(name)
    assert refused.value.rule == "file-date"
    assert "2026-04-10-so-lieu.xlsx" in refused.value.remedy


@pytest.mark.parametrize(
    "name",
    [
        "so-lieu.csv",
        "2026-Q1.csv",
        "2026-03-so-lieu.csv",
        "2026-03 (10).csv",
        "01-2026-BC.csv",
        "BC-45-10-03-2026.csv",
        "2026.csv",
        "lo-01-2026.csv",
        "10 tháng 2026.csv",
        "9 tháng năm 2026.csv",
        "Tháng 3 năm 2026.csv",
        "Ngày mai.csv",
        "(2).csv",
        "2026000123-CV.csv",
        "Oil-03-2026.csv",
    ],
)
def test_other_names_begin_with_no_day(name: str) -> None:
    assert received_day(name) is None
    assert without_day(name) == name
    refuse_name(name)


def test_the_day_of_receipt_is_no_period_of_the_figures() -> None:
    asked = Whose(Period.parse("2026-Q1"))
    for day in ("10-04-2026", "(10–04–2026)", "2026-04-10T08-15", "20260410_0815", "ngày 10 tháng 4 năm 2026"):
        assert asked.other_in_name(f"x/{day}-so-lieu.csv") == ""
    assert "2025" in asked.other_in_name("x/2026-04-10_quy IV nam 2025.csv")


LONG = "á" * 125 + ".csv"
"""254 bytes, which a file system takes."""


@pytest.mark.parametrize(("name", "said"), [("a:b.csv", "“:”"), ("a\\b.csv", "“\\”"), (LONG, "254 byte")])
def test_a_name_that_no_copy_can_hold_is_refused_at_intake_and_as_an_input(
    name: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(FileFaultError) as refused:
        refuse_name(name)
    assert refused.value.rule == "name"
    assert said in refused.value.message
    (tmp_path / name).write_text("x", "utf-8")
    with pytest.raises(DataError, match="đổi tên tệp"):
        hash_files(Layout(tmp_path), [tmp_path / name])


def test_what_intake_takes_every_bundle_takes() -> None:
    longest = "a" * (LONGEST_NAME - 4) + ".csv"
    for name in ("số liệu (1).csv", "a b+c&d'e.csv", longest):
        refuse_name(name)
        assert is_plain(f"inputs/data/raw/submissions/x/{name}")
    assert len(f"{longest}.99.validation.json") < 255


def test_eight_digits_that_begin_with_20_are_a_day_in_either_order() -> None:
    assert received_day("20122026-so-lieu.csv") == dt.date(2026, 12, 20)
    assert received_day("20261210.csv") == dt.date(2026, 12, 10)


def test_what_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(inbox, "open_ordinary", refuse)
    with pytest.raises(FileFaultError) as refused:
        inbox.read_content(tmp_path / "a.csv")
    assert (refused.value.rule, "quyền" in refused.value.remedy) == ("permission", True)
