"""Properties: the order of bullets and columns changes no figure, and whatever is read is in the draft or the list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.digitise.plan_columns import plan_forms
from pipeline.digitise.plan_document import Document, read_document
from pipeline.documents.blocks import Block, Table, TableCell, TextBlock
from pipeline.documents.labels import split_label
from pipeline.intake.headings import Forms
from pipeline.paths import Layout
from pipeline.plans.models import Locality
from tests.digitise.test_nothing_is_lost import lost

PLACE = Locality(code="11413", slug="binh-giang", name="Bình Giang", full_name="Xã Bình Giang", type="Xã")
BULLETS = (
    "100% thủ tục hành chính đủ điều kiện được cung cấp trực tuyến toàn trình.",
    "Tối thiểu 80% hồ sơ thủ tục hành chính được xử lý trực tuyến.",
    "Tỷ lệ hài lòng của người dân đạt trên 90%.",
    "Phấn đấu 75% người dân có tài khoản định danh điện tử.",
    "Tổ chức ít nhất 02 lớp tập huấn kỹ năng số.",
    "Đến năm 2026 đạt 60%, đến năm 2030 đạt 85% dân số có chữ ký số.",
    "Nâng cao nhận thức về chuyển đổi số.",
)
COLUMNS = {
    "TT": ("1", "2", "3"),
    "Tên chỉ tiêu": ("Tỷ lệ A được số hóa", "Số lớp tập huấn kỹ năng", "Tỷ lệ C trực tuyến"),
    "Đơn vị tính": ("%", "lớp", "%"),
    "Kết quả năm 2025": ("45,5", "1", "-"),
    "Mục tiêu năm 2026": ("≥ 60", "02", "100"),
    "Cơ quan chủ trì": ("Phòng Kinh tế", "Công an xã", "Phòng Văn hóa - Xã hội"),
}
HEAD = ("KẾ HOẠCH", "Chuyển đổi số xã Bình Giang năm 2026", "I. MỤC TIÊU")


@cache
def forms() -> Forms:
    return plan_forms(Layout.of_project().headings)


def paragraphs(texts: Sequence[str]) -> list[Block]:
    made: list[Block] = []
    for n, text in enumerate(texts, start=1):
        label, rest = split_label(text)
        made.append(TextBlock(rest, f"đoạn {n}", label))
    return made


def table(columns: Sequence[str]) -> Table:
    rows = [list(columns), *([COLUMNS[name][n] for name in columns] for n in range(3))]
    cells = [TableCell(text, f"dòng {r}, cột {c}", r, c) for r, row in enumerate(rows) for c, text in enumerate(row)]
    return Table(tuple(cells), "bảng 1")


def read(blocks: Sequence[Block]) -> Document:
    return read_document(blocks, forms(), PLACE)


def figures(made: Document) -> Counter[tuple[str, ...]]:
    """Name, unit, starting value, offices and targets of every row; not its number, which is the order."""
    return Counter(
        (
            *(row.fields[name].value if name in row.fields else "" for name in ("name", "unit", "baseline", "lead")),
            *(f"{target.text.value} {target.year}" for target in row.targets),
        )
        for row in made.reading.rows
    )


@settings(max_examples=60, deadline=None)
@given(st.permutations(BULLETS))
def test_the_order_of_bullets_changes_no_figure(bullets: list[str]) -> None:
    assert figures(read(paragraphs([*HEAD, *(f"- {text}" for text in bullets)]))) == figures(
        read(paragraphs([*HEAD, *(f"- {text}" for text in BULLETS)]))
    )


@settings(max_examples=60, deadline=None)
@given(st.permutations(list(COLUMNS)))
def test_the_order_of_columns_changes_no_figure(columns: list[str]) -> None:
    straight = figures(read([*paragraphs(HEAD), table(list(COLUMNS))]))
    shuffled = figures(read([*paragraphs(HEAD), table(columns)]))
    assert sum(straight.values()) == 3
    assert shuffled == straight


WORDS = st.sampled_from(
    (
        *(
            "đạt",
            "trên",
            "tối thiểu",
            "phấn đấu",
            "100%",
            "25%",
            "3",
            "năm 2026",
            "hồ sơ",
            "xã",
            ";",
            ".",
            ",",
            "và",
            "(",
        ),
        *(")", "tỷ lệ", "giảm", "so với năm 2025", "đến năm 2030", "được số hóa", ":", "-", "02 lớp", "1.234,5", "5G"),
    )
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=14).map(" ".join), max_size=8)


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_no_figure_of_any_lines_is_lost(objectives: list[str], tasks: list[str]) -> None:
    lines = [*HEAD, *(f"- {one}" for one in objectives), "II. NHIỆM VỤ", *(f"- {one}" for one in tasks)]
    made = read(paragraphs(lines))
    assert lost(made) == []
    assert made.count.rows == made.count.placed + made.count.listed
    assert all(re.search(r"\S", one.reason) for one in made.listed)


CELLS = st.sampled_from(
    ("", "1", "2", "I", "80%", "≥ 90", "Tỷ lệ A", "Phòng Kinh tế", "Quý II/2026", "-", "2.5", "Tổng cộng")
)


@settings(max_examples=200, deadline=None)
@given(
    st.permutations(["TT", "Nội dung", "Đơn vị", "Mục tiêu năm 2026", "Chủ trì", "Thời gian hoàn thành", "Ghi chú"]),
    st.integers(2, 7),
    st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=6),
)
def test_no_cell_of_any_table_is_lost(head: list[str], width: int, rows: list[list[str]]) -> None:
    cells = [
        TableCell(text, f"dòng {r}, cột {c}", r, c)
        for r, row in enumerate([head, *rows])
        for c, text in enumerate(row[:width])
    ]
    made = read([*paragraphs(HEAD), Table(tuple(cells), "bảng 1")])
    assert lost(made) == []
    assert made.count.rows == made.count.placed + made.count.listed
