import io
import json
import zipfile

import pytest

from pipeline.publish.compare_bytes import MOST, Vocabulary, differences_in, differences_of_environment, in_order
from pipeline.report.field_words import field_word, status_word


def _json(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def _row(no: str, **values: object) -> dict[str, object]:
    return {"plan": "binh-giang-2026", "annex": "", "group": "II", "no": no, "name": f"Chỉ tiêu {no}"} | values


def _zip(**parts: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return content.getvalue()


def test_a_figure_is_told_by_its_row_with_both_values() -> None:
    before = {"plans": [{"id": "p", "indicators": [_row("1", status="met", value=1), _row("2", value=11.87)]}]}
    after = {"plans": [{"id": "p", "indicators": [_row("1", status="missed", value=1), _row("2", value=12)]}]}
    words = Vocabulary(field_word, status_word)
    assert differences_in("completion.json", _json(before), _json(after), words) == [
        "“Chỉ tiêu 1” (binh-giang-2026/II/1), trạng thái: “đạt” → “không đạt”",
        "“Chỉ tiêu 2” (binh-giang-2026/II/2), giá trị: 11.87 → 12",
    ]


def test_rows_that_came_or_went_do_not_move_the_others() -> None:
    before, after = ([_row(no, value=3) for no in numbers] for numbers in ("123", "134"))
    told = differences_in("completion.json", _json(before), _json(after))
    assert [line.split(",")[0].split(":")[0] for line in told] == [
        "“Chỉ tiêu 2” (binh-giang-2026/II/2)",
        "“Chỉ tiêu 4” (binh-giang-2026/II/4)",
    ]
    assert told[0].endswith("→ không có")


def test_many_differences_are_counted() -> None:
    before, after = ([_row(str(no), value=value) for no in range(40)] for value in (1, 2))
    told = differences_in("completion.json", _json(before), _json(after))
    assert len(told) == MOST + 1
    assert told[-1] == f"… và {40 - MOST} chỗ khác"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", "dòng 2: “b” → “B”"),
        ("a\n", "a\nb\n", "dòng 2: 1 dòng → 2 dòng"),
        ("a\r\nb", "a\nb", "chỉ khác cách xuống dòng"),
        (f"{'x' * 500}1{'y' * 500}", f"{'x' * 500}2{'y' * 500}", f"{'x' * 60}1{'y' * 59}” → "),
        ("a\x1b[2Jb", "a\x1b[2Jc", "“a [2Jb” → “a [2Jc”"),
    ],
)
def test_of_a_text_the_first_line_that_differs(before: str, after: str, told: str) -> None:
    (line,) = differences_in("index.html", before.encode(), after.encode())
    assert told in line


def test_of_an_office_file_the_part() -> None:
    one, other = _zip(sheet="<a>1</a>", styles="s"), _zip(sheet="<a>2</a>", styles="s")
    assert differences_in("a.xlsx", one, other) == ["phần sheet, dòng 1: “<a>1</a>” → “<a>2</a>”"]
    assert "hỏng" in differences_in("a.docx", one, one[:-30])[0]
    assert "nén" in differences_in("a.docx", one, one)[0]


def test_of_what_is_no_text_the_first_byte() -> None:
    assert differences_in("a.pdf", b"%PDF\xff1", b"%PDF\xff23") == ["từ byte thứ 6 (6 → 7 byte)"]


def test_json_that_only_looks_different_is_told_as_text() -> None:
    assert differences_in("a.json", b'{"a":1}', b'{"a": 1}') == ['dòng 1: “{"a":1}” → “{"a": 1}”']
    assert differences_in("a.json", b"{", b"{}") == ["dòng 1: “{” → “{}”"]


def test_figures_come_first() -> None:
    names = ["report.pdf", "index.html", "indicators.csv", "completion.json"]
    assert in_order(names) == ["completion.json", "indicators.csv", "index.html", "report.pdf"]


def test_what_may_be_the_reason_is_told() -> None:
    before = {"python": "3.11.7", "platform": "Linux", "processors": 2, "packages": ["numpy-2.4.0", "gone-1.0"]}
    after = {"python": "3.11.9", "platform": "Linux", "processors": 2, "packages": ["numpy-2.4.1"]}
    assert list(differences_of_environment(before, after)) == [
        "Python: 3.11.7 → 3.11.9",
        "gói gone: 1.0 → không có",
        "gói numpy: 2.4.0 → 2.4.1",
    ]
    assert not list(differences_of_environment(before, before))
