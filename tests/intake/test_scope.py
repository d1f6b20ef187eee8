"""Figures of another locality or period are left out and said, or asked about; never one's own in silence."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import DataError
from pipeline.intake.answers import read_answers
from pipeline.intake.reader import read_submissions
from pipeline.intake.scope import Whose
from pipeline.paths import Layout
from pipeline.plans.localities import FORMER, former_localities
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from tests.intake.outcomes import N, book, outcome

FORMER_UNITS = tuple(former_localities(Layout().raw / FORMER))
HEAD = "STT;{};Chỉ tiêu;Kết quả;Nguồn\n"


@pytest.mark.parametrize(
    ("heading", "other", "own", "rule"),
    [
        ("Xã", "Kẻ Sặt", "Bình Giang", "other-locality"),
        ("Đơn vị báo cáo", "UBND xã Kẻ Sặt", "UBND xã Bình Giang", "other-locality"),
        ("Địa phương", "XÃ KẺ SẶT", "xã Bình Giang", "other-locality"),
        ("Đơn vị", "Kẻ Sặt", "Bình Giang", "other-locality"),
        ("Nơi gửi", "Kẻ Sặt", "Bình Giang", "other-locality"),
        ("Cơ quan thực hiện", "UBND xã Kẻ Sặt", "UBND xã Bình Giang", "other-locality"),
        ("Xã", "Thái Học", "Bình Giang", "other-locality"),
        ("Kỳ báo cáo", "Quý IV/2025", "Quý I/2026", "other-period"),
        ("Kỳ báo cáo", "2025", "Q1/2026", "other-period"),
        ("Quý", "IV", "I", "other-period"),
        ("Năm", "2025", "2026", "other-period"),
        ("Kỳ", "Kỳ trước", "Kỳ này", "other-period"),
    ],
)
def test_rows_of_others_are_left_out(heading: str, other: str, own: str, rule: str) -> None:
    head = HEAD.format(heading)
    both = outcome(head + f"1;{other};#N;70,1;BC\n2;{own};#N;88,25;BC\n")
    assert (both.values, rule in both.noted) == ({"II.15": "88.25"}, True)
    if (heading, other) != ("Nơi gửi", "Kẻ Sặt"):
        assert outcome(head + f"1;{other};#N;70,1;BC\n").refused == rule


@pytest.mark.parametrize(
    ("heading", "text", "rule"),
    [
        ("Xã", "", "other-locality"),
        ("Xã", "Bình Gian", "other-locality"),
        ("Kỳ báo cáo", "", "other-period"),
        ("Kỳ báo cáo", "đợt này chưa rõ", "other-period"),
        ("Tháng", "3", "other-period"),
    ],
)
def test_a_row_of_which_it_is_not_clear_whose_it_is_is_out(heading: str, text: str, rule: str) -> None:
    assert outcome(HEAD.format(heading) + f"1;{text};#N;70,1;BC\n").out == {2: rule}


ROWS = "STT;Chỉ tiêu;Kết quả;Nguồn\n1;#N;88,25;BC 45\n"


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("UBND XÃ KẺ SẶT", "other-locality"),
        ("ỦY BAN NHÂN DÂN XÃ THÁI HỌC", "other-locality"),
        ("BÁO CÁO QUÝ IV NĂM 2025", "other-period"),
        ("Số liệu 6 tháng đầu năm 2026", "other-period"),
        ("BÁO CÁO KẾT QUẢ NĂM 2025", "other-period"),
        ("BÁO CÁO THÁNG 3 NĂM 2026", "other-period"),
        ("Số liệu tính đến ngày 31/12/2025", "other-period"),
        ("Số liệu từ ngày 15/12/2024 đến ngày 14/12/2025", "other-period"),
        ("Đơn vị báo cáo: Kẻ Sặt", "other-locality"),
        ("Kỳ báo cáo: IV/2025", "other-period"),
    ],
)
def test_a_title_that_names_another_is_asked_about_and_can_be_answered(title: str, rule: str) -> None:
    asked = outcome(f"{title};;;\n{ROWS}")
    assert asked.refused == rule
    code = re.search(r"(h[0-9a-f]{6}): ", asked.remedy)
    assert code is not None
    assert outcome(f"{title};;;\n{ROWS}", answers={code[1]: "của mình"}).values == {"II.15": "88.25"}


@pytest.mark.parametrize(
    "title",
    [
        "UBND XÃ BÌNH GIANG",
        "ỦY BAN NHÂN DÂN THÀNH PHỐ HẢI PHÒNG",
        "BÁO CÁO QUÝ I NĂM 2026",
        "Kết quả thực hiện Kế hoạch chuyển đổi số năm 2025 - Quý I/2026",
        "(Kèm theo Báo cáo số 45/BC-UBND ngày 10/12/2025 của UBND xã Bình Giang)",
        "Bình Giang, ngày 05 tháng 12 năm 2025",
        "Bình Giang, tháng 4 năm 2026",
        "Số liệu tính đến ngày 31/3/2026",
        "Số liệu từ ngày 15/12/2025 đến hết ngày 14/03/2026",
        "Theo Quyết định số 19/2025/QĐ-TTg, giai đoạn 2021-2025",
        "Kế hoạch năm 2026",
    ],
)
def test_usual_titles_raise_no_question(title: str) -> None:
    assert outcome(f"{title};;;\n{ROWS}").values == {"II.15": "88.25"}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("ke-sat-Q1-2026.csv", "other-locality"),
        ("BC_KeSat.csv", "other-locality"),
        ("Báo cáo xã Kẻ Sặt.csv", "other-locality"),
        ("BC-Q4-2025.csv", "other-period"),
        ("Bao cao quy IV nam 2025.csv", "other-period"),
        ("2026-04-10-so-lieu.csv", ""),
        ("bieu-mau-binh-giang-2026-Q1.csv", ""),
        ("BC 45 nam 2026.csv", ""),
    ],
)
def test_names_of_files(name: str, rule: str) -> None:
    assert outcome(ROWS, name).refused == rule


def test_sheets_of_others_are_left_out() -> None:
    import io

    import openpyxl

    made = openpyxl.Workbook()
    for name, value in (("Kẻ Sặt", 10), ("Bình Giang", 88.25), ("Quý IV-2025", 11)):
        sheet = made.create_sheet(name)
        sheet.append(["STT", "Chỉ tiêu", "Kết quả", "Nguồn"])
        sheet.append([1, N, value, "BC"])
    target = io.BytesIO()
    made.save(target)
    found = outcome(target.getvalue(), "a.xlsx")
    assert (found.values, found.noted) == ({"II.15": "88.25"}, {"other-locality", "other-period"})
    only = book([["STT", "Chỉ tiêu", "Kết quả", "Nguồn"], [1, N, 5, "BC"]], title="Kẻ Sặt")
    assert outcome(only, "a.xlsx").refused == "other-locality"


def test_sections_of_others_are_left_out() -> None:
    head = "STT;Chỉ tiêu;Kết quả;Nguồn\n"
    text = head + "I;Xã Kẻ Sặt;;\n1;#N;70;BC\nII;Xã Bình Giang;;\n1;#N;88,25;BC\n"
    assert outcome(text).values == {"II.15": "88.25"}
    assert outcome(head + "Quý IV/2025;;;\n1;#N;70;BC\nQuý I/2026;;;\n1;#N;88,25;BC\n").values == {"II.15": "88.25"}


def test_two_communes_of_one_name_without_marks_are_not_confused(registry: Registry) -> None:
    whose = Whose.of("cam-giang-10888", registry.localities, Period.parse("2026-Q1"), {})
    other = "Cẩm Giàng" if whose.own == "Cẩm Giang" else "Cẩm Giang"
    assert (whose.place_of(whose.own), whose.place_of(other), whose.place_of("Cam Giang")) == ("own", other, "")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ỦY BAN NHÂN DÂN TỈNH LÀO CAI", ("UBND tỉnh Lào Cai",)),
        ("(Kèm theo Báo cáo của UBND xã Mường Hum ngày 10/12/2025)", ("UBND xã Mường Hum",)),
        ("UBND TP Hải Phòng", ()),
        # Villages, former communes and people have the names of communes elsewhere.
        ("Thôn Mường Hum", ()),
        ("xã Mường Hum", ()),
        ("Mường Hum", ()),
    ],
)
def test_a_locality_of_another_province_is_known_by_its_office(
    registry: Registry, text: str, named: tuple[str, ...]
) -> None:
    whose = Whose.of("binh-giang", registry.localities, Period.parse("2026-Q1"), {})
    assert whose.places_in(text) == named


def test_a_section_of_an_office_elsewhere_is_another_locality() -> None:
    found = outcome(
        "STT;Chỉ tiêu;Kết quả;Nguồn\nI;UBND xã Mường Hum;;\n1;#N;70;BC\nII;Xã Bình Giang;;\n1;#N;88,25;BC\n"
    )
    assert found.values == {"II.15": "88.25"}
    assert "other-locality" in found.noted
    assert "other-period" not in found.noted


def test_an_own_name_that_other_provinces_have_too_is_the_own_one(registry: Registry) -> None:
    same = [row for row in registry.localities.namesakes("Tân An") if row.slug != "tan-an"]
    assert len({row.parent for row in same}) > 1
    for row in same:
        whose = Whose.of(row.slug, registry.localities, Period.parse("2026-Q1"), {})
        assert (whose.places_in("UBND xã Tân An"), whose.other_in_name("bc-tan-an.csv")) == (("own",), "")


def test_answers_are_files_of_the_period_and_those_before(layout: Layout, registry: Registry) -> None:
    text = ROWS.replace("#N", N).replace("Kết quả", "Kế hoạch;Kết quả;Tỷ lệ").replace("88,25", "95;88,25;92,9")
    for period in ("2026-Q1", "2026-Q2"):
        folder = layout.submissions / "binh-giang" / period
        folder.mkdir(parents=True)
        (folder / "so-lieu.csv").write_text(text, "utf-8")

    def read(period: str) -> object:
        whose = Whose.of("binh-giang", registry.localities, Period.parse(period), {})
        return read_submissions(layout, "binh-giang", Period.parse(period), whose=whose)

    with pytest.raises(DataError) as raised:
        read("2026-Q1")
    code = re.search(r"h[0-9a-f]{6}", raised.value.findings[0].remedy)
    assert code is not None
    (layout.submissions / "binh-giang" / "2026-Q1" / "tra-loi.yaml").write_text(f"{code[0]}: “Kết quả”\n", "utf-8")
    for period in ("2026-Q1", "2026-Q2"):
        (submission,) = read(period)  # type: ignore[misc]
        assert submission.tables[0].rows[0].cells["value"] == "88,25"
    (layout.submissions / "binh-giang" / "2026-Q2" / "tra-loi.yaml").write_text("- sai\n", "utf-8")
    with pytest.raises(DataError, match="answers"):
        read_answers(layout, "binh-giang", Period.parse("2026-Q2"))


def test_what_lies_beside_a_table_does_not_stop_the_period(layout: Layout) -> None:
    folder = layout.submissions / "binh-giang" / "2026-Q1"
    folder.mkdir(parents=True)
    (folder / "so-lieu.csv").write_text(ROWS.replace("#N", N), "utf-8")
    for name in ("BC-ky-so.pdf", "Thumbs.db", "desktop.ini", ".DS_Store", "~$so-lieu.xlsx"):
        (folder / name).write_bytes(b"%PDF")
    (submission,) = read_submissions(layout, "binh-giang", Period.parse("2026-Q1"))
    assert [remark.place for remark in submission.remarks] == ["tệp “BC-ky-so.pdf”"]
    (folder / "so-lieu.csv").unlink()
    with pytest.raises(DataError, match="pdf"):
        read_submissions(layout, "binh-giang", Period.parse("2026-Q1"))


def test_that_a_title_is_wrong_once_does_not_excuse_it_later() -> None:
    def code(title: str, period: str = "2026-Q1") -> str:
        found = re.search(r"h[0-9a-f]{6}", outcome(f"{title};;;\n{ROWS}", period=period).remedy)
        assert found is not None
        return found[0]

    codes = {
        code("BÁO CÁO QUÝ IV NĂM 2025"),
        code("BÁO CÁO QUÝ III NĂM 2025"),
        code("BÁO CÁO QUÝ IV NĂM 2025", "2026-Q2"),
    }
    assert len(codes) == 3


NAMELESS = [
    "UBND xã báo cáo",
    "UBND XÃ BÁO CÁO",
    "Ủy ban nhân dân xã tự đánh giá",
    "UBND xã",
    "Cấp xã",
    "UBND xã, phường",
    "UBND các xã, phường thực hiện",
    "Đơn vị báo cáo: UBND xã",
    "UBND xã chủ trì, Công an xã phối hợp",
]


@pytest.mark.parametrize("text", NAMELESS)
def test_an_office_without_a_name_is_not_another_locality(text: str) -> None:
    read = {"II.15": "88.25"}
    assert outcome(f"STT;Đơn vị báo cáo;Chỉ tiêu;Kết quả;Nguồn\n1;{text};#N;88,25;BC\n").values == read
    assert outcome(f"STT;Chỉ tiêu;Kết quả;Nguồn\nI;{text};;\n1;#N;88,25;BC\n").values == read
    assert outcome(f"{text};;;\n{ROWS}").values == read


def test_an_office_of_another_kind_or_name_is_still_another() -> None:
    for text in ("UBND phường", "UBND xã Kẻ Sạt", "UBND XÃ KẺ SẠT", "ubnd xã kẻ sạt"):
        head = "STT;Đơn vị báo cáo;Chỉ tiêu;Kết quả;Nguồn\n"
        assert outcome(f"{head}1;{text};#N;70;BC\n").refused == "other-locality"
    for text in ("UBND xã Kẻ Sạt", "UBND XÃ KẺ SẠT"):
        assert outcome(f"{text};;;\n{ROWS}").refused == "other-locality"


def test_no_locality_is_called_like_an_office_without_a_name(registry: Registry) -> None:
    assert len(FORMER_UNITS) > 10_000
    for kind in ("xa", "phuong", "dac khu"):
        whose = Whose(own="x", kind=kind)
        named = [row.full_name for row in registry.localities.rows if whose.is_nameless(row.full_name)]
        former = [row.full_name for row in FORMER_UNITS if whose.is_nameless(row.full_name)]
        assert (named, former) == ([], [])
