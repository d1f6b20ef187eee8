"""Documents made for one trait each: columns per year, merged cells, annexes, blocks, numbers, text and sheets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml

from pipeline.digitise.document_files import read_blocks
from pipeline.digitise.draft_rows import DraftRow
from pipeline.digitise.numbering import Numbering, _as_printed
from pipeline.digitise.offices import offices_in
from pipeline.digitise.plan_document import Document
from pipeline.digitise.text_document import read_text_plan
from pipeline.digitise.word_document import read_word_plan
from pipeline.documents.blocks import Block, from_plain
from tests.digitise.test_properties import read

LETTERHEAD = [
    [
        "ỦY BAN NHÂN DÂN\nXÃ BÌNH GIANG\nSố: 25/KH-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nBình Giang, ngày 05 tháng 02 năm 2026",
    ]
]


class Made:
    """A Word document that is being made."""

    def __init__(self, title: str = "Chuyển đổi số xã Bình Giang năm 2026") -> None:
        self.word = docx.Document()
        self.table(LETTERHEAD)
        self.lines("KẾ HOẠCH", title)

    def lines(self, *texts: str) -> Made:
        for text in texts:
            self.word.add_paragraph(text)
        return self

    def table(self, rows: Sequence[Sequence[str]], *merged: tuple[tuple[int, int], tuple[int, int]]) -> Made:
        table = self.word.add_table(rows=len(rows), cols=max(map(len, rows)))
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
        for first, last in merged:
            table.cell(*first).merge(table.cell(*last))
        return self

    def blocks(self, tmp_path: Path) -> tuple[Block, ...]:
        self.word.save(str(tmp_path / "a.docx"))
        return from_plain(read_word_plan((tmp_path / "a.docx").read_bytes()))

    def read(self, tmp_path: Path) -> Document:
        return read(self.blocks(tmp_path))


def by_label(made: Document) -> dict[str, DraftRow]:
    return {row.label: row for row in made.reading.rows}


def fields(row: DraftRow) -> dict[str, str]:
    return {name: field.value for name, field in row.fields.items()}


def targets(row: DraftRow) -> list[tuple[str, int | None]]:
    return [(target.text.value, target.year) for target in row.targets]


def listed(made: Document) -> dict[str, str]:
    return {one.text: one.reason for one in made.listed}


def test_a_letterhead_in_a_table_gives_number_date_and_issuer(tmp_path: Path) -> None:
    facts = Made().lines("I. MỤC TIÊU", "- 100% hồ sơ công việc được số hóa.").read(tmp_path).reading.facts
    assert facts["number"][0].value == "25/KH-UBND"
    assert facts["date"][0].value == "2026-02-05"
    assert facts["issuer"][0].value == "Ủy ban nhân dân xã Bình Giang"
    assert facts["title"][0].value == "Kế hoạch chuyển đổi số xã Bình Giang năm 2026"


def test_columns_per_year_under_one_heading(tmp_path: Path) -> None:
    rows = [
        ["STT", "Chỉ tiêu", "Đơn vị tính", "Thực hiện năm 2025", "Kế hoạch", "", "Cơ quan chủ trì"],
        ["", "", "", "", "Năm 2026", "Năm 2027", ""],
        ["A", "CHÍNH QUYỀN SỐ", "", "", "", "", ""],
        ["1", "Tỷ lệ hồ sơ trực tuyến", "%", "45,5", "60", "≥ 70", "Phòng Văn hóa - Xã hội, Phòng Kinh tế"],
        ["2", "Số mô hình", "mô hình", "-", "1", "2", "Công an xã"],
        ["", "Tổng cộng", "", "", "3", "", ""],
    ]
    tall = [((0, c), (1, c)) for c in (0, 1, 2, 3, 6)]
    title = "Chuyển đổi số xã Bình Giang giai đoạn 2026 - 2027"
    made = Made(title).lines("I. MỤC TIÊU").table(rows, *tall, ((0, 4), (0, 5))).read(tmp_path)
    first = by_label(made)["A.1"]
    assert targets(first) == [("60", 2026), ("≥ 70", 2027)]
    assert (first.fields["baseline"].value, first.baseline_year) == ("45,5", 2025)
    assert first.fields["lead"].several == ("Phòng Văn hóa - Xã hội", "Phòng Kinh tế")
    assert "baseline" not in by_label(made)["A.2"].fields
    assert listed(made)["3"] == "dòng cộng"
    assert made.years == (2026, 2027, "")


def test_an_annex_behind_the_signatures_without_the_word(tmp_path: Path) -> None:
    rows = [
        ["STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành", "Sản phẩm"],
        ["1", "Ban hành quy chế", "Văn phòng HĐND và UBND", "Các phòng", "Quý I/2026", "Quyết định"],
        ["2", "Rà soát thủ tục", "Phòng Kinh tế", "", "Quý III", "Báo cáo"],
    ]
    made = Made().lines("I. MỤC TIÊU", "- 100% hồ sơ công việc được số hóa.", "Nơi nhận:", "- Lưu: VT.")
    document = made.lines("DANH MỤC NHIỆM VỤ NĂM 2026", "(Kèm theo Kế hoạch số 25/KH-UBND)").table(rows).read(tmp_path)
    first, second = by_label(document)["PL1.I.1"], by_label(document)["PL1.I.2"]
    assert fields(first) == {
        "name": "Ban hành quy chế",
        "lead": "Văn phòng HĐND và UBND",
        "coordinating": "Các phòng",
        "deadline": "Quý I/2026",
        "output": "Quyết định",
    }
    assert "deadline" not in second.fields
    assert "thiếu năm" in second.all_doubts[0]
    assert "thiếu năm" in listed(document)["Quý III"]
    assert [group.title.value for group in document.reading.groups if group.annex] == ["DANH MỤC NHIỆM VỤ NĂM 2026"]


def test_cells_that_may_belong_to_two_rows_or_columns_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["TT", "Tên chỉ tiêu", "Mục tiêu năm 2026", "Mục tiêu năm 2027"],
        ["1", "Tỷ lệ A được số hóa", "80%", ""],
        ["2", "Tỷ lệ B được số hóa", "90%", "95%"],
        ["3", "Tỷ lệ C được số hóa", "", "99%"],
    ]
    title = "Chuyển đổi số xã Bình Giang giai đoạn 2026 - 2027"
    made = Made(title).lines("I. MỤC TIÊU").table(rows, ((1, 2), (1, 3)), ((2, 2), (3, 2))).read(tmp_path)
    labels = by_label(made)
    assert targets(labels["I.1"]) == []
    assert targets(labels["I.2"]) == [("95%", 2027)]
    assert targets(labels["I.3"]) == [("99%", 2027)]
    assert {text for text, reason in listed(made).items() if "ô gộp" in reason} == {"80%", "90%"}


def test_costs_are_no_targets(tmp_path: Path) -> None:
    rows = [["STT", "Nội dung", "Kinh phí (triệu đồng)"], ["1", "Mua máy tính", "120"]]
    made = Made().lines("I. MỤC TIÊU", "- 100% hồ sơ công việc được số hóa.").table(rows).read(tmp_path)
    assert list(by_label(made)) == ["I.1"]
    assert "120" in listed(made)


def test_tasks_in_sentences_blocks_and_brackets(tmp_path: Path) -> None:
    made = (
        Made()
        .lines("I. NHIỆM VỤ")
        .lines("1. Giao Văn phòng HĐND và UBND chủ trì, phối hợp với Phòng Kinh tế xây dựng quy chế trong quý II/2026.")
        .lines("2. Nâng cấp mạng (Chủ trì: Phòng Kinh tế; thời gian hoàn thành: Quý III/2026).")
        .lines(
            "3. Tập huấn kỹ năng số.",
            "- Đơn vị chủ trì: Công an xã; Phòng Kinh tế.",
            "- Thời gian hoàn thành: Thường xuyên.",
        )
        .lines("II. TỔ CHỨC THỰC HIỆN", "1. Phòng Văn hóa - Xã hội", "- Theo dõi, đôn đốc.", "- Phối hợp tuyên truyền.")
        .lines("2. Đề nghị Mặt trận Tổ quốc", "- Tuyên truyền.")
        .read(tmp_path)
    )
    rows = by_label(made)
    given = fields(rows["I.1"])
    assert (given["lead"], given["coordinating"]) == ("Văn phòng HĐND và UBND", "Phòng Kinh tế")
    assert given["deadline"] == "trong quý II/2026"
    assert rows["I.1"].all_doubts
    assert (fields(rows["I.2"])["lead"], fields(rows["I.2"])["deadline"]) == ("Phòng Kinh tế", "Quý III/2026")
    assert rows["I.3"].fields["lead"].several == ("Công an xã", "Phòng Kinh tế")
    assert fields(rows["I.3"])["deadline"] == "Thường xuyên"
    assert (rows["II.1.1"].kind, rows["II.1.2"].kind, rows["II.2.1"].kind) == ("task", "measure", "measure")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("- Phấn đấu đạt 100% cán bộ sử dụng chữ ký số.", [("Phấn đấu đạt 100%", 2026)]),
        ("- Tỷ lệ hồ sơ nộp trực tuyến đạt từ 80% trở lên.", [("từ 80% trở lên", 2026)]),
        ("- Đến năm 2026, 90% hộ có Internet; đến năm 2030 đạt 100%.", [("90%", 2026), ("100%", 2030)]),
        ("- Tỷ lệ hồ sơ trễ hạn giảm 10% so với năm 2025.", [("giảm 10% so với năm 2025", 2026)]),
    ],
)
def test_sentences_with_levels(tmp_path: Path, sentence: str, expected: list[tuple[str, int]]) -> None:
    made = Made().lines("I. CHỈ TIÊU", sentence).read(tmp_path)
    assert targets(by_label(made)["I.1"]) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "- Lưu bản sao trên 02 phương tiện lưu trữ khác nhau.",
        "- Chưa đạt trên 5% số hộ dân trên địa bàn.",
        "- Tăng 10% số lượng hồ sơ trực tuyến so với năm 2025.",
        "- Đạt 80% 90% hồ sơ công việc.",
        "- Tỷ lệ hồ sơ đạt 2.5% trong năm.",
    ],
)
def test_figures_that_stay_open_are_listed(tmp_path: Path, sentence: str) -> None:
    made = Made().lines("I. CHỈ TIÊU", sentence, "- 100% hồ sơ công việc được số hóa.").read(tmp_path)
    assert list(by_label(made)) == ["I.2"]
    assert any(one.figure and one.text.strip("- ") in sentence for one in made.listed)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LISTS = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2.%3"/></w:lvl>
<w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""


def test_numbers_of_word_are_computed_level_by_level() -> None:
    numbering = Numbering.of(parse_xml(LISTS), None)
    steps = [(1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 3), (1, 0), (1, 1), (2, 0), (9, 0), (0, 0)]
    made = []
    for number, level in steps:
        given = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        made.append(numbering.label(parse_xml(f"<w:pPr {W}>{given}</w:pPr>")))
    assert made == ["I.", "1.", "1.1", "1.2", "2.", "2.1", "-", "II.", "1.", "V.", "", ""]
    assert numbering.label(None) == ""


@pytest.mark.parametrize(
    ("number", "form", "printed"),
    [(4, "upperRoman", "IV"), (49, "lowerRoman", "xlix"), (28, "lowerLetter", "bb"), (7, "decimalZero", "07")],
)
def test_numbers_are_printed_as_word_does(number: int, form: str, printed: str) -> None:
    assert _as_printed(number, form) == printed


def test_tables_of_text_and_sheets_are_read_alike(tmp_path: Path) -> None:
    rows = [["TT", "Chỉ tiêu", "ĐVT", "Mục tiêu năm 2026"], ["1", "Tỷ lệ A được số hóa", "%", "≥ 80"]]
    tabs = "\n".join("\t".join(row) for row in rows)
    text = f"KẾ HOẠCH\nChuyển đổi số xã Bình Giang năm 2026\nI. MỤC TIÊU\n{tabs}\n"
    pipes = text.replace(tabs, "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ["---"] * 4, rows[1]]))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [["KẾ HOẠCH"], ["Chuyển đổi số xã Bình Giang năm 2026"], ["I. MỤC TIÊU"], *rows]:
        sheet.append(line)
    book.save(tmp_path / "a.xlsx")
    of_sheet = read(read_blocks(tmp_path / "a.xlsx")[1])
    for made in (read(from_plain(read_text_plan(one.encode()))) for one in (text, pipes)):
        assert targets(by_label(made)["I.1"]) == [("≥ 80", 2026)]
        assert fields(by_label(made)["I.1"]) == fields(by_label(of_sheet)["I.1"])
    assert by_label(of_sheet)["I.1"].place == "trang “Sheet”, ô B5"


@pytest.mark.parametrize(
    ("printed", "offices"),
    [
        ("Văn phòng HĐND và UBND", ["Văn phòng HĐND và UBND"]),
        ("Phòng Văn hóa - Xã hội đặc khu, Phòng Kinh tế.", ["Phòng Văn hóa - Xã hội đặc khu", "Phòng Kinh tế"]),
        ("Bộ Nội vụ, các bộ, ngành, địa phương", ["Bộ Nội vụ", "các bộ, ngành, địa phương"]),
        ("Sở Tài chính và các cơ quan liên quan", ["Sở Tài chính", "các cơ quan liên quan"]),
        ("VTV; VOV; TTXVN", ["VTV", "VOV", "TTXVN"]),
    ],
)
def test_offices_of_a_list(printed: str, offices: list[str]) -> None:
    assert list(offices_in(printed)) == offices


def test_a_title_that_cites_a_resolution_gives_no_year_of_it(tmp_path: Path) -> None:
    title = "Thực hiện Nghị quyết số 57-NQ/TW ngày 22 tháng 12 năm 2024 của Bộ Chính trị trên địa bàn xã Bình Giang"
    made = Made(title).lines("I. MỤC TIÊU", "1. Đến năm 2030", "- 80% hồ sơ công việc được số hóa.").read(tmp_path)
    assert made.years is None
    assert made.reading.facts["title"][0].value.startswith("Kế hoạch thực hiện Nghị quyết số 57-NQ/TW")
    assert targets(by_label(made)["1.1"]) == [("80%", 2030)]


def test_a_day_in_a_sentence_is_said_to_be_looked_at(tmp_path: Path) -> None:
    made = Made().lines("I. MỤC TIÊU", "- Đến ngày 30/6/2026, 100% thôn có Internet cáp quang.").read(tmp_path)
    assert any("ghi deadline" in doubt for doubt in by_label(made)["I.1"].all_doubts)
