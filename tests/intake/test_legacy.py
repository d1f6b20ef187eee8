"""Text in TCVN3 and VNI is refused with its cell and what to do; Unicode never is."""

from __future__ import annotations

import pytest

from pipeline.errors import DataError, Finding
from pipeline.intake.headings import read_forms
from pipeline.intake.legacy import TCVN3 as TCVN3_LETTERS
from pipeline.intake.legacy import recognise
from pipeline.intake.reader import parse
from pipeline.paths import CODE, Layout
from tests.corpus.generator import workbook

HEAD = ["Mã", "Chỉ tiêu", "Kết quả", "Nguồn"]
ROW = ["bach-long-vi-2026/II.13", "", "80", "Báo cáo"]
TCVN3 = "B¸o c¸o kÕt qu¶ thùc hiÖn"
VNI = "Baùo caùo keát quaû thöïc hieän"
SOUND = [
    *CODE.glob("docs/*.md"),
    *CODE.glob("data/raw/*.*"),
    *CODE.glob("data/raw/plans/*/*.yaml"),
    *CODE.glob("expectations/*.json"),
]


def _refusal(content: bytes, file: str) -> Finding:
    with pytest.raises(DataError) as raised:
        parse(content, file, read_forms(Layout().headings))
    return raised.value.findings[0]


@pytest.mark.parametrize(("text", "table"), [(TCVN3, "TCVN3 (ABC)"), (VNI, "VNI Windows")])
def test_the_refusal_names_file_sheet_cell_rule_and_remedy(text: str, table: str) -> None:
    found = _refusal(workbook([HEAD, ROW, [*ROW[:3], text]]), "data/a.xlsx")
    assert (found.file, found.rule, found.place) == ("data/a.xlsx", "legacy-encoding", "trang “Biểu 1”, ô D3")
    assert text[:10] in found.message
    assert all(word in found.remedy for word in ("UniKey", "Ctrl+Shift+F6", table, "Unicode"))


def test_a_csv_file_in_latin_1_bytes_is_refused_with_its_line() -> None:
    found = _refusal(f"Ma,Ten\n1,{TCVN3}\n".encode("latin-1"), "a.csv")
    assert (found.rule, found.place) == ("legacy-encoding", "dòng 2")


def test_sheets_that_are_not_read_do_not_matter() -> None:
    def unread_sheets(book: object) -> None:
        for name, state in (("Nháp", "hidden"), ("Hướng dẫn", "visible")):
            book.create_sheet(name)["A1"] = TCVN3  # type: ignore[attr-defined]
            book[name].sheet_state = state  # type: ignore[index]

    submission = parse(workbook([HEAD, ROW], unread_sheets), "a.xlsx", read_forms(Layout().headings))
    assert [r.rule for r in submission.remarks] == ["hidden-sheet"]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.name)
def test_unicode_is_not_taken_for_either(path: object) -> None:
    text = path.read_text("utf-8")  # type: ignore[attr-defined]
    assert recognise(text.splitlines()) == ""
    assert recognise([text.encode().decode("latin-1")]) == ""  # UTF-8 read as Latin-1, as of a file with one bad byte


@pytest.mark.parametrize(
    "text",
    [
        "",
        "B¸o c¸o",  # too few words to tell
        "Le café où la fête a été célébrée près de l'hôtel à Noël",
        "São Paulo não é muito grande, você está à vontade, coração, pão, irmã",
        "Der größte Bär läuft über die Straße, fünf Äpfel süß, Übung schön für",
        "QÐ-UBND, Ðặc khu Cát Hải, Ðịa phương",  # Eth for Đ
    ],
)
def test_other_languages_and_a_few_odd_letters_are_not_either(text: str) -> None:
    assert recognise([text]) == ""


def _in_tcvn3(text: str) -> str:
    letters = {unicode: old for old, unicode in TCVN3_LETTERS.items()}
    return "".join(letters.get(c, c) for c in text)


@pytest.mark.parametrize("heading", ["Ghi chú", "ĐVT", "Mẫu số", "Kết quả"])
def test_a_heading_in_tcvn3_is_refused_though_it_has_few_words(heading: str) -> None:
    """“Ghi chó” is Unicode by its letters: the column was lost with a note, its unit unseen."""
    head = [_in_tcvn3(h) if h == heading else h for h in ("Mã", "Chỉ tiêu", "ĐVT", "Mẫu số", "Kết quả", "Ghi chú")]
    found = _refusal(";".join([*head, "Nguồn"]).encode() + f"\n{ROW[0]};;%;;80;;BC\n".encode(), "a.csv")
    assert (found.rule, found.place) == ("legacy-encoding", f"ô {'ABCDEF'[head.index(_in_tcvn3(heading))]}1")
    assert "TCVN3" in found.message


def test_a_note_in_tcvn3_is_refused_with_the_other_words() -> None:
    found = _refusal(workbook([HEAD, ROW, [*ROW[:3], "chó ý: b¸o c¸o kÕt qu¶"]]), "a.xlsx")
    assert (found.rule, found.place) == ("legacy-encoding", "trang “Biểu 1”, ô D3")
