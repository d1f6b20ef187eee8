"""Files as offices, programs and accidents make them: classes of ten, each file with its expected outcome.

Every file holds four indicators of Bình Giang; a class changes one thing. Seeded: the same files every time.
"""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.intake.legacy import TCVN3, VNI
from pipeline.plans.registry import Registry

FILES_PER_CLASS = 10
HEAD = ["Mã", "Chỉ tiêu", "ĐVT", "Tử số", "Mẫu số", "Kết quả", "Ngày số liệu", "Nguồn", "Ghi chú"]
FIRST = 2
"""Line of the first data row of an unchanged file."""
PERIOD = "2026-Q1"


@dataclass(frozen=True)
class Refused:
    """The whole file is refused: the rule it breaks, and a part of the place named."""

    rule: str
    place: str = ""


@dataclass(frozen=True)
class Out:
    """One row is kept out: the rule it breaks, the cell named."""

    rule: str
    cell: str


@dataclass
class Case:
    """One file and its expected outcome: by line, the exact value or the reason the row is out."""

    kind: str
    number: int
    content: bytes
    ending: str = ".csv"
    refused: Refused | None = None
    rows: dict[int, Decimal | Out] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    """Rules of the warnings, notes and remarks that must be among those given."""

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.number}{self.ending}"


@dataclass
class Table:
    """The rows of one file before a class damages them."""

    rows: list[list[str]]
    values: list[Decimal]
    rng: random.Random

    @property
    def target(self) -> int:
        """The row that a class damages."""
        return self.rng.randrange(len(self.rows))

    def expected(self, first: int = FIRST) -> dict[int, Decimal | Out]:
        return {first + i: value for i, value in enumerate(self.values)}

    def text(self, delimiter: str = ",", end: str = "\n") -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([HEAD, *self.rows])
        return out.getvalue()


def table(registry: Registry, seed: str) -> Table:
    rng = random.Random(seed)  # noqa: S311 - varied test data, no secret
    plan = registry.plans_of("binh-giang")[0]
    shares = [x for x in plan.indicators if x.unit == "%"]
    rows, values = [], []
    for indicator in rng.sample(shares, 4):
        value = Decimal(rng.randrange(100, 10000)) / 100
        printed = str(value).replace(".", ",")
        day = f"{rng.randrange(13, 29):02}/01/2026"
        code = f"{plan.id}/{indicator.key.label}"
        rows.append([code, indicator.name, "%", "", "", printed, day, f"Báo cáo số {rng.randrange(1, 99)}/BC-UBND", ""])
        values.append(value)
    return Table(rows, values, rng)


Make = Callable[[Table, int], Case | tuple[bytes, dict[str, object]]]
CLASSES: dict[str, Callable[[Table, int, str], Case]] = {}


def _class(make: Callable[[Table, int, str], Case]) -> Callable[[Table, int, str], Case]:
    CLASSES[make.__name__] = make
    return make


def cases(registry: Registry) -> Iterator[Case]:
    for kind, make in CLASSES.items():
        for number in range(FILES_PER_CLASS):
            yield make(table(registry, f"{kind}/{number}"), number, kind)


# --- sound text, in every form that programs give it


@_class
def csv_utf8(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, t.text(end="\n" if n % 2 else "\r\n").encode(), rows=t.expected())


@_class
def csv_utf8_with_mark(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, t.text().encode("utf-8-sig"), rows=t.expected())


@_class
def csv_utf16_with_mark(t: Table, n: int, kind: str) -> Case:
    mark, name = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))[n % 2]
    return Case(kind, n, mark + t.text("\t" if n % 3 == 0 else ",").encode(name), rows=t.expected())


@_class
def csv_semicolons(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, t.text(";").encode(), rows=t.expected())


@_class
def csv_tabs(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, t.text("\t").encode(), rows=t.expected())


@_class
def csv_excel_hint(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, b"sep=;\r\n" + t.text(";", "\r\n").encode(), rows=t.expected(FIRST + 1))


@_class
def csv_quoted_text(t: Table, n: int, kind: str) -> Case:
    t.rows[0][8] = ['nói "tạm đủ", chưa duyệt', "dòng một\ndòng hai", "a;b;c", 'x""y', ","][n % 5]
    shift = t.rows[0][8].count("\n")
    rows = t.expected()
    return Case(kind, n, t.text().encode(), rows={k + (shift if k > FIRST else 0): v for k, v in rows.items()})


@_class
def csv_title_lines(t: Table, n: int, kind: str) -> Case:
    width = len(HEAD)
    title = ["BÁO CÁO KẾT QUẢ"] + [""] * (width - 1)
    lines = [",".join(title), "," * (width - 1)] if n % 2 else ["BÁO CÁO KẾT QUẢ THỰC HIỆN", ""]
    return Case(kind, n, ("\n".join(lines) + "\n" + t.text()).encode(), rows=t.expected(FIRST + 2))


@_class
def csv_group_rows(t: Table, n: int, kind: str) -> Case:
    lines = t.text().splitlines()
    lines.insert(1 + n % 4, ",".join(["II. Chính quyền số"] + [""] * (len(HEAD) - 1)))
    at = FIRST + n % 4
    rows = {line + (line >= at): value for line, value in t.expected().items()}
    return Case(kind, n, ("\n".join(lines) + "\n").encode(), rows=rows)


@_class
def csv_decomposed_unicode(t: Table, n: int, kind: str) -> Case:
    import unicodedata

    return Case(kind, n, unicodedata.normalize("NFD", t.text()).encode(), rows=t.expected())


@_class
def csv_names_without_codes(t: Table, n: int, kind: str) -> Case:
    for row in t.rows:
        row[0] = ""
        row[1] = [
            row[1].upper(),
            f"  {row[1]}  ",
            row[1].replace("oá", "óa").replace("oà", "òa"),
            row[1].replace("đ", "ð"),
        ][n % 4]
    return Case(kind, n, t.text().encode(), rows=t.expected())


@_class
def csv_headings_of_others(t: Table, n: int, kind: str) -> Case:
    head = [
        "MÃ SỐ,Tên chỉ tiêu,Đơn vị tính,Tử,Mẫu,Kết quả thực hiện,Thời điểm,Nguồn số liệu,Chú thích",
        "Mã CT,NỘI DUNG,Đơn vị,Số đạt,Tổng số,Thực hiện quý I năm 2026,Tính đến ngày,Nguồn dữ liệu,Lý do",
        "mã chỉ tiêu,Các chỉ tiêu,ĐVT (%),Tử số (hồ sơ),Mẫu số (hồ sơ),Kết quả (%),Ngày,Nguồn thông tin,Giải trình",
    ][n % 3]
    return Case(kind, n, t.text().replace(t.text().splitlines()[0], head).encode(), rows=t.expected())


@_class
def csv_numbers_as_people_write(t: Table, n: int, kind: str) -> Case:
    ways = [("98,5%", "98.5"), ("97,25 %", "97.25"), ("100%%", "100"), ("82.78", "82.78"), ("0,5%", "0.5"), ("07", "7")]
    written, value = ways[n % len(ways)]
    for row in t.rows:
        row[5] = row[5].split(",")[0] if "." in written else row[5]
    at = t.target
    t.values = [Decimal(row[5].replace(",", ".")) for row in t.rows]
    t.rows[at][5], t.values[at] = written, Decimal(value)
    t.rows[at][6] = "28/01/2026"
    return Case(kind, n, t.text().encode(), rows=t.expected())


@_class
def csv_days_as_people_write(t: Table, n: int, kind: str) -> Case:
    ways = [
        "2026-01-20",
        "20-01-2026",
        "20.1.2026",
        "ngày 20 tháng 01 năm 2026",
        "tháng 01/2026",
        "01/2026",
        "46042",
        "2026-01-20 00:00",
    ]
    t.rows[t.target][6] = ways[n % len(ways)]
    return Case(kind, n, t.text().encode(), rows=t.expected())


# --- files that must be refused whole


@_class
def utf16_without_mark(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, t.text().encode(("utf-16-le", "utf-16-be")[n % 2]), refused=Refused("nul", "dòng 1"))


@_class
def bytes_of_another_encoding(t: Table, n: int, kind: str) -> Case:
    content = t.text().encode()
    at = content.index("Báo cáo số".encode())
    broken = content[:at] + bytes([0xC0 + n]) + content[at:]
    return Case(kind, n, broken, refused=Refused("encoding", f"dòng {content.count(bytes([10]), 0, at) + 1}"))


def _legacy(text: str, n: int) -> str:
    """Text as typed with a font of TCVN3 or of VNI, which show the letters of Latin-1 as Vietnamese ones."""
    typed = {letter: code for code, letter in (TCVN3, VNI)[n % 2].items()}
    return "".join(typed.get(c, typed.get(c.lower(), c)) for c in text)


@_class
def letters_of_tcvn3_or_vni(t: Table, n: int, kind: str) -> Case:
    if n % 4 < 2:
        return Case(kind, n, _legacy(t.text(), n).encode(), refused=Refused("legacy-encoding", f"ô {'AB'[n % 2]}1"))
    # One column copied from an old document into a sheet in Unicode.
    rows = [[*row[:8], _legacy("Số liệu đã được thẩm tra, đủ điều kiện công bố", n)] for row in t.rows]
    place = f"trang “Biểu 1”, ô I{FIRST}"
    return Case(kind, n, workbook([list(HEAD), *rows]), ".xlsx", refused=Refused("legacy-encoding", place))


@_class
def bytes_of_tcvn3_or_vni(t: Table, n: int, kind: str) -> Case:
    content = _legacy(t.text(), n).encode("latin-1")
    return Case(kind, n, content, refused=Refused("legacy-encoding", "dòng 1"))


@_class
def nul_in_the_middle(t: Table, n: int, kind: str) -> Case:
    lines = t.text().splitlines()
    lines[1 + n % 4] = lines[1 + n % 4].replace("Báo cáo", "Báo\0cáo")
    return Case(kind, n, "\n".join(lines).encode(), refused=Refused("nul", f"dòng {2 + n % 4}"))


@_class
def quote_never_closed(t: Table, n: int, kind: str) -> Case:
    lines = t.text().splitlines()
    lines[1 + n % 4] = lines[1 + n % 4].replace("Báo cáo", '"Báo cáo')
    return Case(kind, n, "\n".join(lines).encode(), refused=Refused("quote", f"dòng {2 + n % 4}"))


@_class
def quote_inside_bare_text(t: Table, n: int, kind: str) -> Case:
    lines = t.text().splitlines()
    lines[1 + n % 4] = lines[1 + n % 4].replace("Báo cáo", 'Báo "cáo"')
    return Case(kind, n, "\n".join(lines).encode(), refused=Refused("quote", f"dòng {2 + n % 4}"))


@_class
def text_after_closing_quote(t: Table, n: int, kind: str) -> Case:
    lines = t.text().splitlines()
    lines[1 + n % 4] = re.sub(r"(Báo cáo số [0-9]+/BC-UBND)", r'"\1"x', lines[1 + n % 4])
    return Case(kind, n, "\n".join(lines).encode(), refused=Refused("quote", f"dòng {2 + n % 4}"))


@_class
def other_format_renamed(t: Table, n: int, kind: str) -> Case:
    content = [
        workbook([HEAD]),
        b"%PDF-1.7\n" + t.text().encode(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"\x1f\x8b\x08" + bytes(50),
        b"{\\rtf1 x}",
    ][n % 5]
    return Case(kind, n, content, refused=Refused("format"))


@_class
def web_page_saved_as_csv(t: Table, n: int, kind: str) -> Case:
    start = ["<!DOCTYPE html><html>", "<html><head>", "\n <HTML>", '<?xml version="1.0"?>', "<table>"][n % 5]
    return Case(kind, n, (start + "<body>Đăng nhập</body>").encode(), refused=Refused("format"))


@_class
def nothing_in_it(t: Table, n: int, kind: str) -> Case:
    content = [b"", b"\xef\xbb\xbf", b"\n\n \n", ",".join(HEAD).encode(), (",".join(HEAD) + "\n,,,,,,,,\n").encode()][
        n % 5
    ]
    return Case(kind, n, content, refused=Refused("empty"))


@_class
def heading_twice(t: Table, n: int, kind: str) -> Case:
    head = HEAD.copy()
    head[3] = ["Kết quả", "KẾT QUẢ", "Giá trị", "Thực hiện"][n % 4]
    text = t.text().replace(",".join(HEAD), ",".join(head))
    return Case(kind, n, text.encode(), refused=Refused("heading-repeated", "ô D1 và F1"))


@_class
def headings_unknown(t: Table, n: int, kind: str) -> Case:
    head = [f"{word}{n}" for word in "abcdefghi"]
    return Case(kind, n, t.text().replace(",".join(HEAD), ",".join(head)).encode(), refused=Refused("header"))


# --- rows that must be kept out, and only those


def _row(t: Table, n: int, kind: str, column: int, written: str, rule: str) -> Case:
    at = t.target
    t.rows[at][column] = written
    rows = t.expected()
    rows[FIRST + at] = Out(rule, f"{'ABCDEFGHI'[column]}{FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def one_cell_too_many(t: Table, n: int, kind: str) -> Case:
    at = t.target
    t.rows[at].insert(n % 9, "x")
    rows = t.expected()
    rows[FIRST + at] = Out("width", f"dòng {FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def one_cell_too_few(t: Table, n: int, kind: str) -> Case:
    at = t.target
    del t.rows[at][n % 9]
    rows = t.expected()
    rows[FIRST + at] = Out("width", f"dòng {FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def number_with_two_meanings(t: Table, n: int, kind: str) -> Case:
    written = ["1.234", "12.345", "1,234,567", "1,234.5", "98.765", "10.000"][n % 6]
    return _row(t, n, kind, (3, 4, 5)[n % 3], written, "number-ambiguous")


@_class
def number_inside_words(t: Table, n: int, kind: str) -> Case:
    written = ["gần 100%", "98 hồ sơ", "chưa đạt 98%", "khoảng 80", "8o", "1e2", "0x10", "1_000", "80-90", "50 (ước)"][
        n
    ]
    return _row(t, n, kind, 5, written, "number")


@_class
def number_in_foreign_signs(t: Table, n: int, kind: str) -> Case:
    written = ["−5", "８０", "8\u00a00", "٨٠", "8\u202f000", "½", "8٫5", "²", "1\u20090", "5‰"][n]
    return _row(t, n, kind, 5, written, "number")


@_class
def dots_and_commas_in_one_column(t: Table, n: int, kind: str) -> Case:
    at = n % 4
    for i, row in enumerate(t.rows):
        t.values[i] = Decimal(f"{10 + i}.5")
        row[5] = f"{10 + i},5"
    written = ["82.78", "1.234", "1,234"][n % 3]
    t.rows[at][5], t.values[at] = written, Decimal("82.78")
    # A comma before three digits is doubtful only where another cell has a decimal dot.
    t.rows[at - 1][5], t.values[at - 1] = "7.5", Decimal("7.5")
    rows = t.expected()
    if n % 3:
        rows[FIRST + at] = Out("number-ambiguous", f"F{FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def day_that_is_none(t: Table, n: int, kind: str) -> Case:
    written = [
        "31/02/2026",
        "01/31/2026",
        "20/1/26",
        "13/2026",
        "hôm qua",
        "2026-13-01",
        "46000000",
        "00/01/2026",
        "20//01/2026",
        "32.1.2026",
    ][n]
    return _row(t, n, kind, 6, written, "date")


@_class
def unseen_characters(t: Table, n: int, kind: str) -> Case:
    hidden = "\u200b\u202e\u200d\u2066\u00ad\u0007\u200f\ufeff\u2060\u001a"[n]
    return _row(t, n, kind, 8, f"ghi{hidden}chú", "cell")


@_class
def code_of_nobody(t: Table, n: int, kind: str) -> Case:
    code = ["binh-giang-2026/II.99", "cat-hai-nq57/PL2.IV.26", "II.15", "binh-giang-2025/II.15", "binh-giang-2026"][
        n % 5
    ]
    return _row(t, n, kind, 0, code, "known-subject")


@_class
def name_of_another_row(t: Table, n: int, kind: str) -> Case:
    at = n % 4
    name = t.rows[(at + 1) % 4][1]
    t.rows[at][1] = name
    rows = t.expected()
    rows[FIRST + at] = Out("identity-agrees", f"B{FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def one_indicator_twice(t: Table, n: int, kind: str) -> Case:
    at, other = n % 4, (n + 1) % 4
    t.rows[at][0:2] = t.rows[other][0:2]
    t.rows[at][6] = t.rows[other][6]
    rows = t.expected()
    rows[FIRST + at], rows[FIRST + other] = (Out("unique", f"B{FIRST + i}") for i in (at, other))
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def share_beyond_the_whole(t: Table, n: int, kind: str) -> Case:
    return _row(
        t,
        n,
        kind,
        5,
        ["100,1", "982", "-5", "8278", "101%"][n % 5],
        ["percentage", "percentage", "not-negative", "percentage", "percentage"][n % 5],
    )


@_class
def part_and_whole_disagree(t: Table, n: int, kind: str) -> Case:
    at = t.target
    numerator, denominator, rule, column = [
        ("12", "10", "part-of-whole", "D"),
        ("1", "2", "quotient", "F"),
        ("0", "0", "denominator", "E"),
    ][n % 3]
    t.rows[at][3:6] = [numerator, denominator, "100" if n % 3 == 0 else "75"]
    if n % 3 == 0:
        t.rows[at][5] = ""
    rows = t.expected()
    rows[FIRST + at] = Out(rule, f"{column}{FIRST + at}")
    return Case(kind, n, t.text().encode(), rows=rows)


@_class
def nothing_stated(t: Table, n: int, kind: str) -> Case:
    return _row(t, n, kind, 5, "", "value-or-absence")


# --- workbooks


def workbook(rows: list[list[object]], change: Callable[[object], None] = lambda book: None) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Biểu 1"
    for row in rows:
        book.active.append(row)
    change(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _typed(t: Table) -> list[list[object]]:
    """Values as numbers and days, as in a workbook that people typed into."""
    import datetime as dt

    rows: list[list[object]] = [list(HEAD)]
    for row, value in zip(t.rows, t.values, strict=True):
        day = dt.datetime.strptime(row[6], "%d/%m/%Y")
        rows.append([cell or None for cell in row[:5]] + [float(value), day, row[7], None])
    return rows


def _parts(content: bytes, change: dict[str, Callable[[bytes], bytes]], extra: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            out.writestr(name, change.get(name, lambda data: data)(source.read(name)))
        for name, data in (extra or {}).items():
            out.writestr(name, data)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@_class
def xlsx_typed(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, workbook(_typed(t)), ".xlsx", rows=t.expected())


@_class
def xlsx_percent_format(t: Table, n: int, kind: str) -> Case:
    rows = _typed(t)
    for row, value in zip(rows[1:], t.values, strict=True):
        row[5] = float(value / 100)

    def shown_as_percent(book: object) -> None:
        for at in range(2, 6):
            book.active.cell(at, 6).number_format = ["0%", "0.00%", "0.0 %"][n % 3]

    return Case(kind, n, workbook(rows, shown_as_percent), ".xlsx", rows=t.expected())


@_class
def xlsx_all_text(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, workbook([list(HEAD), *t.rows]), ".xlsx", rows=t.expected())


@_class
def xlsx_hidden_row_and_sheet(t: Table, n: int, kind: str) -> Case:
    def hide(book: object) -> None:
        book.active.row_dimensions[3].hidden = True
        book.create_sheet("Nháp")["A1"] = "cũ"
        book["Nháp"].sheet_state = "hidden"

    return Case(kind, n, workbook(_typed(t), hide), ".xlsx", rows=t.expected(), noted={"hidden-row", "hidden-sheet"})


@_class
def xlsx_two_line_head(t: Table, n: int, kind: str) -> Case:
    rows = _typed(t)
    upper: list[object] = ["Mã", "Chỉ tiêu", "ĐVT", "Kết quả", None, None, "Ngày số liệu", "Nguồn", "Ghi chú"]
    lower: list[object] = [None, None, None, "Tử số", "Mẫu số", "Giá trị", None, None, None]

    def merge(book: object) -> None:
        book.active.merge_cells("D1:F1")
        for letter in "ABCGHI":
            book.active.merge_cells(f"{letter}1:{letter}2")

    return Case(kind, n, workbook([upper, lower, *rows[1:]], merge), ".xlsx", rows=t.expected(FIRST + 1))


@_class
def xlsx_two_tables(t: Table, n: int, kind: str) -> Case:
    rows = _typed(t)
    both = [*rows[:3], [None] * 9, list(HEAD), *rows[3:]]
    lines = [2, 3, 6, 7]
    return Case(kind, n, workbook(both), ".xlsx", rows=dict(zip(lines, t.values, strict=True)))


@_class
def xlsx_formula_never_computed(t: Table, n: int, kind: str) -> Case:
    at = t.target
    rows = _typed(t)
    rows[at + 1][5] = ["=40+2", "=D2/E2*100", "=A1", "=SUM(D2:D5)"][n % 4]
    expected = t.expected()
    expected[FIRST + at] = Out("cell", f"F{FIRST + at}")
    return Case(kind, n, workbook(rows), ".xlsx", rows=expected)


@_class
def xlsx_cell_error(t: Table, n: int, kind: str) -> Case:
    at = t.target
    rows = _typed(t)
    rows[at + 1][5] = ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"][n % 5]
    expected = t.expected()
    expected[FIRST + at] = Out("cell", f"F{FIRST + at}")
    return Case(kind, n, workbook(rows), ".xlsx", rows=expected)


@_class
def xlsx_merged_answers(t: Table, n: int, kind: str) -> Case:
    at = n % 3
    rows = _typed(t)
    rows[at + 2][5] = None
    expected = t.expected()
    expected[FIRST + at + 1] = Out("cell", f"F{FIRST + at + 1}")
    content = workbook(rows, lambda book: book.active.merge_cells(f"F{FIRST + at}:F{FIRST + at + 1}"))
    return Case(kind, n, content, ".xlsx", rows=expected)


@_class
def xlsx_cell_written_twice(t: Table, n: int, kind: str) -> Case:
    at = FIRST + n % 4

    def again(data: bytes) -> bytes:
        return re.sub(rb'(<c r="F%d"[^>]*>)' % at, rb'<c r="F%d"><v>7</v></c>\1' % at, data)

    content = _parts(workbook(_typed(t)), {SHEET: again})
    return Case(kind, n, content, ".xlsx", refused=Refused("engines-disagree", f"ô F{at}"))


@_class
def xlsx_value_written_twice(t: Table, n: int, kind: str) -> Case:
    at = FIRST + n % 4
    second = [b"<v>7</v>", b"<v>0</v>"][n % 2]

    def again(data: bytes) -> bytes:
        return re.sub(rb'(<c r="F%d"[^>]*>)(<v>)' % at, rb"\1" + second + rb"\2", data)

    content = _parts(workbook(_typed(t)), {SHEET: again})
    return Case(kind, n, content, ".xlsx", refused=Refused("engines-disagree", f"ô F{at}"))


@_class
def xlsx_entities(t: Table, n: int, kind: str) -> Case:
    part = [SHEET, "xl/theme/theme1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"][n % 5]
    dtd = [b'<!DOCTYPE x [<!ENTITY a "b">]>', b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'][n % 2]
    content = _parts(
        workbook(_typed(t)), {part: lambda data: re.sub(rb"^(<\?xml[^>]*\?>)?", rb"\1" + dtd, data, count=1)}
    )
    return Case(kind, n, content, ".xlsx", refused=Refused("xml-dtd"))


@_class
def xlsx_bomb(t: Table, n: int, kind: str) -> Case:
    fill = b"<!--" + b" " * (70 * 1024**2 if n % 2 else 9 * 1024**2) + b"-->"
    content = _parts(workbook(_typed(t)), {}, {f"xl/worksheets/sheet{n + 2}.xml": fill})
    return Case(kind, n, content, ".xlsx", refused=Refused("bomb"))


@_class
def xlsx_cell_at_the_far_end(t: Table, n: int, kind: str) -> Case:
    at = ["XFD1048576", "XFD99999", "ZZ1048576", "AAA500000", "XFD1000"][n % 5]

    def far(data: bytes) -> bytes:
        row = re.sub(r"[A-Z]+", "", at).encode()
        return data.replace(
            b"</sheetData>", b'<row r="%s"><c r="%s"><v>1</v></c></row></sheetData>' % (row, at.encode())
        )

    return Case(kind, n, _parts(workbook(_typed(t)), {SHEET: far}), ".xlsx", refused=Refused("extent", at))


@_class
def xlsx_with_macro_or_link(t: Table, n: int, kind: str) -> Case:
    if n % 2 == 0:
        content = _parts(workbook(_typed(t)), {}, {"xl/vbaProject.bin": b"<x/>"})
        return Case(kind, n, content, ".xlsx", refused=Refused("macro"))
    at = FIRST + t.target

    def linked(data: bytes) -> bytes:
        return re.sub(rb'(<c r="F%d"[^>]*>)' % at, rb"\1<f>[1]Sheet1!$A$%d</f>" % n, data)

    content = _parts(workbook(_typed(t)), {SHEET: linked}, {"xl/externalLinks/externalLink1.xml": b"<x/>"})
    return Case(kind, n, content, ".xlsx", rows=t.expected() | {at: Out("cell", f"F{at}")})


@_class
def xlsx_cut_off(t: Table, n: int, kind: str) -> Case:
    content = workbook(_typed(t))
    return Case(kind, n, content[: len(content) * (n + 1) // 12], ".xlsx", refused=Refused("format"))


@_class
def xlsx_old_or_locked(t: Table, n: int, kind: str) -> Case:
    return Case(kind, n, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512 * (n + 1)), ".xlsx", refused=Refused("format"))


# --- files whose headings, titles and looks decide what a figure is


@_class
def csv_two_line_head_with_periods(t: Table, n: int, kind: str) -> Case:
    earlier, now = [("Năm 2025", "Quý I/2026"), ("Kỳ trước", "Kỳ này"), ("Kế hoạch", "Thực hiện")][n % 3]
    lines = [["Mã", "Chỉ tiêu", "Kết quả thực hiện", "", "Nguồn"], ["", "", earlier, now, ""]]
    lines += [[row[0], row[1], "11,5", row[5], row[7]] for row in t.rows]
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(lines)
    return Case(kind, n, out.getvalue().encode(), rows=t.expected(FIRST + 1))


@_class
def csv_result_to_be_asked_about(t: Table, n: int, kind: str) -> Case:
    more = ["Tỷ lệ", "Tỷ lệ (%)", "Số liệu rà soát", "Kết quả thẩm tra", "Tỷ lệ thực hiện"][n % 5]
    lines = [["Mã", "Chỉ tiêu", "Kế hoạch", "Kết quả", more, "Nguồn"]]
    lines += [[row[0], row[1], "95", row[5], "88,1", row[7]] for row in t.rows]
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(lines)
    return Case(kind, n, out.getvalue().encode(), refused=Refused("which-column", "ô D1 và E1"))


@_class
def csv_rows_of_another_period(t: Table, n: int, kind: str) -> Case:
    at = n % 4
    periods = [["Quý IV/2025", "Q4/2025", "năm 2025", "Kỳ trước"][n % 4] if i == at else "Quý I/2026" for i in range(4)]
    lines = [["Kỳ báo cáo", *HEAD], *[[p, *row] for p, row in zip(periods, t.rows, strict=True)]]
    out = io.StringIO()
    csv.writer(out, delimiter=",", lineterminator="\n").writerows(lines)
    rows = {line: value for line, value in t.expected().items() if line != FIRST + at}
    return Case(kind, n, out.getvalue().encode(), rows=rows, noted={"other-period"})


@_class
def csv_title_of_another_period(t: Table, n: int, kind: str) -> Case:
    title = ["BÁO CÁO QUÝ IV NĂM 2025", "Số liệu 6 tháng đầu năm 2026", "KẾT QUẢ NĂM 2025"][n % 3]
    content = f"{title}{',' * (len(HEAD) - 1)}\n{t.text()}"
    return Case(kind, n, content.encode(), refused=Refused("other-period", "dòng 1"))


@_class
def csv_totals_and_signatures(t: Table, n: int, kind: str) -> Case:
    below = ["Tổng cộng,,,,,88,,,", ",Trung bình,,,,88,,,", ",,,,,,,TM. ỦY BAN NHÂN DÂN,", ",NGƯỜI LẬP,,,,,,CHỦ TỊCH,"][
        n % 4
    ]
    numbers = ",".join(f"({i})" for i in range(1, len(HEAD) + 1))
    head, *rows = t.text().splitlines()
    text = "\n".join([head, numbers, *rows, below, ',,,,,,,"Bình Giang, ngày 05 tháng 4 năm 2026",']) + "\n"
    return Case(kind, n, text.encode(), rows=t.expected(FIRST + 1), noted={"line-unused"})


@_class
def xlsx_struck_or_scaled(t: Table, n: int, kind: str) -> Case:
    from openpyxl.styles import Font

    at = FIRST + t.target

    def change(book: object) -> None:
        cell = book.active.cell(at, 6)
        if n % 2:
            cell.font = Font(strike=True)
        else:
            cell.number_format = ["#,##0,", '0" nghìn"', ";;;"][n % 3]

    return Case(kind, n, workbook(_typed(t), change), ".xlsx", rows=t.expected() | {at: Out("cell", f"F{at}")})


@_class
def xlsx_hidden_column(t: Table, n: int, kind: str) -> Case:
    letter = "ACHI"[n % 4]

    def hide(book: object) -> None:
        book.active.column_dimensions[letter].hidden = True

    return Case(kind, n, workbook(_typed(t), hide), ".xlsx", rows=t.expected(), noted={"hidden-column"})


@_class
def xlsx_hidden_result(t: Table, n: int, kind: str) -> Case:
    def hide(book: object) -> None:
        book.active.column_dimensions["F"].hidden = True
        for column in "DE":
            book.active[f"{column}1"] = f"Cột {column}"

    return Case(kind, n, workbook(_typed(t), hide), ".xlsx", refused=Refused("header", "ô F1"))


@_class
def xlsx_comments(t: Table, n: int, kind: str) -> Case:
    from openpyxl.comments import Comment

    line = 1 if n % 3 == 0 else FIRST + t.target

    def comment(book: object) -> None:
        book.active.cell(line, 6).comment = Comment("số cũ, quý này là 90", "Văn phòng")

    return Case(kind, n, workbook(_typed(t), comment), ".xlsx", rows=t.expected(), noted={"cell-comment"})


@_class
def xlsx_picture_for_a_table(t: Table, n: int, kind: str) -> Case:
    target = io.BytesIO(workbook([[None], ["Bảng số liệu" if n % 2 else None]]))
    with zipfile.ZipFile(target, "a") as out:
        out.writestr("xl/media/image1.png", b"\x89PNG")
    return Case(kind, n, target.getvalue(), ".xlsx", refused=Refused("header", "dòng 2" if n % 2 else "tệp"))


@_class
def docx_tables(t: Table, n: int, kind: str) -> Case:
    import docx

    document = docx.Document()
    document.add_paragraph("Kết quả quý I năm 2026")
    grid = document.add_table(len(t.rows) + 1, len(HEAD))
    for line, row in enumerate([HEAD, *t.rows]):
        for column, text in enumerate(row):
            grid.cell(line, column).text = text
    struck = FIRST + t.target
    if n % 2:
        grid.cell(struck - 1, 5).paragraphs[0].runs[0].font.strike = True
    target = io.BytesIO()
    document.save(target)
    rows = t.expected() | ({struck: Out("cell", f"F{struck}")} if n % 2 else {})
    return Case(kind, n, target.getvalue(), ".docx", rows=rows)


@_class
def csv_list_of_something_else(t: Table, n: int, kind: str) -> Case:
    stray = f"1;{t.rows[0][1]};80;BC\n" if n % 2 else ""
    rows = "".join(f"{i};Hồ sơ số {i} của công dân;1;BC\n" for i in range(25))
    text = f"STT;Nội dung;Kết quả;Nguồn\n{rows}{stray}"
    return Case(kind, n, text.encode(), refused=Refused("unknown-rows", "tệp"))


@_class
def heading_in_tcvn3(t: Table, n: int, kind: str) -> Case:
    letters = {unicode: old for old, unicode in TCVN3.items()}
    column = (2, 4, 5, 8)[n % 4]
    heading = "".join(letters.get(c, c) for c in HEAD[column])
    text = t.text().replace(HEAD[column], heading, 1)
    return Case(kind, n, text.encode(), refused=Refused("legacy-encoding", f"ô {'ABCDEFGHI'[column]}1"))
