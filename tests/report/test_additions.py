"""What an analyst adds to a notebook: on the page as text, tables and figures, escaped, numbered, marked as added."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from selectolax.lexbor import LexborHTMLParser

from pipeline.errors import DataError
from pipeline.report.notebook_display import as_on_the_page
from pipeline.report.page import Fragment
from pipeline.report.render import check_page, render_page
from pipeline.report.shown_table import read_table

HEAD, NEXT = Fragment("<h1>Báo cáo</h1>\n"), Fragment("<h2>Phần chuẩn</h2>\n")
FRAME = pd.DataFrame({"quý": ["2.1", "<b>II</b>"], "hồ sơ": [12.5, None]})
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
TITLE = new_markdown_cell("# Sổ tay")
OPTIONS = (
    *(f"display.{name}" for name in ("max_rows", "max_columns", "max_colwidth", "float_format", "html.use_mathjax")),
    *(f"styler.format.{name}" for name in ("formatter", "na_rep", "escape")),
    *(f"styler.render.{name}" for name in ("max_rows", "max_columns")),
)


def _code(*data: dict[str, str], source: str = "", metadata: Any = None) -> Any:
    outputs = [new_output("display_data", each, metadata=metadata or {}) for each in data]
    return new_code_cell(source, outputs=outputs)


def _shows(part: Any, source: str = "") -> Any:
    given = part._repr_mimebundle_() if isinstance(part, Fragment) else {"text/html": part._repr_html_()}
    return _code(given, source=source or "page.part()" if isinstance(part, Fragment) else source)


def _figure(alt: str = "Đường đi lên") -> Any:
    return _code({"image/svg+xml": SVG}, source=f"#| fig-alt: {alt}\nfig" if alt else "fig")


def _write(path: Path, *cells: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def _page(folder: Path, *cells: Any, language: str = "vi", extra: tuple[Any, ...] = ()) -> str:
    notebook = _write(folder / "report.ipynb", TITLE, _shows(HEAD), *cells)
    more = [_write(folder / "extra" / "rieng.ipynb", *extra)] if extra else []
    page = render_page(notebook, "Cát Hải", "2025", language, more)
    check_page(page)
    return page


def _added(page: str) -> list[str]:
    return [section.html or "" for section in LexborHTMLParser(page).css("section.addition")]


def test_a_table_under_a_heading_is_on_the_page_in_its_style(tmp_path: Path) -> None:
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Hồ sơ *theo* quý\n\nMột câu."), _shows(FRAME)))
    assert "phần bổ sung của địa phương" in added
    assert '<a href="notebooks/report.ipynb">' in added
    assert "<h2>Hồ sơ <em>theo</em> quý</h2>\n<p>Một câu.</p>" in added
    assert "<caption>Bảng bổ sung 1. Hồ sơ theo quý</caption>" in added
    assert '<th scope="col">quý</th>' in added
    assert '<th scope="col" class="num">hồ sơ</th>' in added
    assert '<td data-label="quý">&lt;b&gt;II&lt;/b&gt;</td>' in added
    assert '<td class="num" data-label="hồ sơ">–</td>' in added
    assert '<td data-label="quý">2.1</td>' in added
    assert "dataframe" not in added
    assert "<th>0</th>" not in added


def test_a_figure_is_a_picture_with_its_words(tmp_path: Path) -> None:
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Hình"), _figure()))
    address = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
    assert f'<img src="{address}" alt="Đường đi lên">' in added
    assert "<strong>Hình bổ sung 1.</strong> Hình</figcaption>" in added


def test_the_words_of_a_figure_may_come_with_it(tmp_path: Path) -> None:
    said = {"fig-alt": "Cao nhất là 5", "fig-cap": "Số <hồ sơ>"}
    shown = ({"image/svg+xml": SVG}, {"image/svg+xml": SVG}, {"text/plain": "Text(0, 0, '')"})
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Hình"), _code(*shown, metadata=said)))
    assert added.count("<img") == 1
    assert 'alt="Cao nhất là 5"' in added
    assert "</strong> Số &lt;hồ sơ&gt;</figcaption>" in added
    assert "Text(" not in added


@pytest.mark.parametrize(
    ("cell", "what", "remedy"),
    [
        (_figure(""), "hình chưa có lời mô tả", "#| fig-alt: "),
        (_code({"image/png": "AA"}, metadata={"fig-alt": "  "}), "hình chưa có lời mô tả", "#| fig-alt: "),
        (_code({"image/jpeg": "AA", "text/plain": "<Image>"}), "image/jpeg", "hình của matplotlib"),
        (_code({"application/x+json": "{}", "text/plain": "<P at 0x7f58>"}), "application/x+json", "bảng của pandas"),
        (_code({"image/svg+xml": SVG}, {"image/svg+xml": f"{SVG} "}, source="#| fig-alt: a"), "nhiều hình", "một ô"),
        (_code({"text/html": "<form></form>"}), "HTML", "bảng của pandas"),
        (_code({"text/html": f"<p>Một câu.</p>{FRAME._repr_html_()}"}), "HTML", "bảng của pandas"),
        (_code({"text/html": f"{FRAME._repr_html_()}Cộng: 3"}), "HTML", "bảng của pandas"),
        (
            _code({"text/html": "<table><tr><td>1</td></tr><tfoot><tr><td>2</td></tr></tfoot></table>"}),
            "HTML",
            "pandas",
        ),
        (_code({"text/html": pd.DataFrame({"a": range(99)})._repr_html_()}), "bị cắt bớt", "as_on_the_page"),
        (_shows(pd.DataFrame({"<b>a</b>": [1]}).style), "thẻ HTML ở “a”", 'escape="html"'),
        (_shows(pd.DataFrame({"a": [1]}, index=["dưới<x"]).style), "thẻ HTML ở “dưới”", 'escape="html"'),
        (_shows(pd.DataFrame({"a": [1]}).style.set_caption("<i>Nguồn</i>")), "thẻ HTML ở “Nguồn”", "chú thích"),
        (_code({"text/html": f"<table>{'<tr><td>1</td></tr>' * 300_000}</table>"}), "5,7 MB", "tối đa 5,0 MB"),
        (_code({"image/svg+xml": "x" * 4_000_000}, source="#| fig-alt: a"), "5,3 MB", "rasterized=True"),
        (_code({"text/plain": "x" * 5_000_001}), "5,0 MB", "Chọn ít dòng"),
        (new_markdown_cell("x" * 5_000_001), "5,0 MB", "Chọn ít dòng"),
        (_code({"image/svg+xml": SVG}, source="#| fig-alt: Nguồn: báo cáo: 5"), "dòng “#| fig-alt: Nguồn:", "nháy kép"),
        (_code({"text/plain": "<Figure size 640x480 with 1 Axes>"}), "hình không hiện ra", "plt.show()"),
        (new_markdown_cell("![hình](https://a.vn/a.png)"), "hình https://a.vn/a.png", "matplotlib"),
        (new_markdown_cell("[a](mailto:a@b.vn)"), "liên kết mailto:", "https://"),
    ],
)
def test_what_a_page_cannot_show_is_an_error_with_the_remedy(cell: Any, what: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        _page(tmp_path, new_markdown_cell("## Của tôi"), cell)
    said = str(error.value)
    assert said.startswith("notebooks/report.ipynb, phần “Của tôi”: ")
    assert what in said
    assert remedy in said
    assert said.endswith("docs/add-a-section.md")


def test_an_addition_ends_where_the_next_part_of_the_page_begins(tmp_path: Path) -> None:
    cells = (new_markdown_cell("## Của tôi"), _code({"text/plain": "7"}), new_markdown_cell("Lời dẫn."), _shows(NEXT))
    page = _page(tmp_path, *cells, _code({"text/plain": "8"}))
    assert page.index("<h1>Báo cáo") < page.index("<pre>7</pre>") < page.index("<h2>Phần chuẩn")
    assert "Lời dẫn" not in page
    assert "8</pre>" not in page
    assert _added(page)[0].endswith("<pre>7</pre>\n</section>")


def test_a_heading_above_a_part_of_the_page_adds_nothing(tmp_path: Path) -> None:
    page = _page(tmp_path, new_markdown_cell("## Phần sau"), _shows(NEXT), new_markdown_cell("Lời."), _shows(FRAME))
    assert page == _page(tmp_path, _shows(NEXT))
    assert ".addition" not in page


def test_what_is_printed_is_text_and_warnings_are_not(tmp_path: Path) -> None:
    cell = _code({"text/plain": "'<i>'"})
    cell.outputs += [new_output("stream", name=name, text=f"{name} <u>\n") for name in ("stdout", "stderr")]
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Chữ <script>x</script>"), cell))
    assert "<pre>'&lt;i&gt;'</pre>\n<pre>stdout &lt;u&gt;</pre>" in added
    assert "stderr" not in added
    assert "<script>" not in added


def test_what_is_printed_beside_a_figure_is_on_the_page(tmp_path: Path) -> None:
    cell = _figure()
    cell.outputs.append(new_output("stream", name="stdout", text="Tổng: 7\n"))
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Hình"), cell))
    assert "<img" in added
    assert "<pre>Tổng: 7</pre>" in added


def test_below_a_heading_of_several_lines_each_cell_keeps_the_label_of_its_column(tmp_path: Path) -> None:
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")], names=["tỉnh", "xã"])
    frame = pd.DataFrame({"số": [1, 2]}, index=index)
    (added,) = _added(_page(tmp_path, new_markdown_cell("## Nhóm"), _shows(frame)))
    assert '<td class="num" data-label="số">1</td>' in added
    assert '<td class="num" data-label="số">2</td>' in added


@pytest.fixture
def set_up() -> Iterator[None]:
    """Pandas as at the head of a notebook."""
    before = {name: pd.get_option(name) for name in OPTIONS}
    as_on_the_page("vi")
    yield
    for name, value in before.items():
        pd.set_option(name, value)


def _texts(shown: Any) -> list[list[str]]:
    table = read_table(shown._repr_html_())
    assert table is not None
    return [[cell.text for cell in line] for line in table.body]


@pytest.mark.usefixtures("set_up")
def test_tables_show_numbers_as_the_page_with_and_without_style() -> None:
    frame = pd.DataFrame({"tỷ lệ": [1.5, float("inf"), None], "tên": ["x", "<i>", None]})
    assert _texts(frame) == _texts(frame.style) == [["1,5", "x"], ["∞", "<i>"], ["–", "–"]]


@pytest.mark.usefixtures("set_up")
def test_a_number_too_small_for_the_page_is_not_zero() -> None:
    frame = pd.DataFrame({"a": [0.00005, 0.00004, -0.00002, 1e-300, 0.0, -0.0]})
    shown = [["0,0001"], ["<0,0001"], [">-0,0001"], ["<0,0001"], ["0"], ["0"]]
    assert _texts(frame) == _texts(frame.style) == shown
    table = read_table(frame._repr_html_())
    assert table is not None
    assert all(line[0].is_number for line in table.body)


@pytest.mark.usefixtures("set_up")
def test_a_table_with_a_format_of_its_own_is_as_the_analyst_says() -> None:
    frame = pd.DataFrame({"a": [1234.56, None]})
    assert _texts(frame.style.format(precision=1)) == [["1234.6"], ["–"]]
    assert _texts(frame.style.format(precision=1, decimal=",", thousands=".")) == [["1.234,6"], ["–"]]


@pytest.mark.usefixtures("set_up")
def test_a_missing_label_of_a_line_is_absent_with_and_without_style() -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=[float("nan"), "x"])
    assert _texts(frame) == _texts(frame.style) == [["–", "1"], ["x", "2"]]
    assert _texts(pd.DataFrame({"a": ["nan"]})) == [["nan"]]  # a text that somebody wrote


@pytest.mark.usefixtures("set_up")
def test_a_table_is_cut_at_a_size_that_a_page_can_have() -> None:
    for frame in (pd.DataFrame({"a": range(2001)}), pd.DataFrame([range(101)])):
        for shown in (frame, frame.style):
            table = read_table(shown._repr_html_())
            assert table is not None
            assert table.is_cut
    whole = read_table(pd.DataFrame({"a": range(2000)})._repr_html_())
    assert whole is not None
    assert not whole.is_cut


@pytest.mark.parametrize(("language", "said"), [("vi", "(bảng không có dòng nào)"), ("en", "(the table has no rows)")])
def test_an_empty_table_is_said_to_be_empty(tmp_path: Path, language: str, said: str) -> None:
    for frame in (pd.DataFrame({"a": [], "b": []}), pd.DataFrame(), pd.DataFrame({"a": []}).style):
        (added,) = _added(_page(tmp_path, new_markdown_cell("## A"), _shows(frame), language=language))
        assert f">{said}</td>" in added


def test_figures_of_grouped_lines_stand_in_the_columns_of_figures(tmp_path: Path) -> None:
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")], names=["tỉnh", "xã"])
    columns = pd.MultiIndex.from_tuples([("q", "số"), ("q", "chữ")])
    frame = pd.DataFrame([[1, "u"], [2, "v"], [3, "w"]], index=index, columns=columns)
    for shown in (frame, frame["q"], frame["q"].style):
        (added,) = _added(_page(tmp_path, new_markdown_cell("## A"), _shows(shown)))
        assert added.count('<td class="num"') == 3
        assert added.count('class="num"') == 4
        assert '<th scope="col" class="num">số</th>' in added


def test_sections_of_a_locality_follow_and_are_numbered_on(tmp_path: Path) -> None:
    own = (new_markdown_cell("# Tên"), _shows(FRAME), new_markdown_cell("## Riêng"), _shows(FRAME), _figure())
    page = _page(tmp_path, new_markdown_cell("## Chung"), _shows(FRAME), _shows(NEXT), extra=own)
    common, extra = _added(page)
    assert page.index("Phần chuẩn") < page.index("Bảng bổ sung 2. Riêng")
    assert "Bảng bổ sung 1. Chung" in common
    assert '<a href="notebooks/extra/rieng.ipynb">' in extra
    assert "Tên" not in page
    assert page.count("<table>") == 2


def test_the_mark_is_in_the_language_of_the_page(tmp_path: Path) -> None:
    page = _page(tmp_path, new_markdown_cell("## Own"), _shows(FRAME), language="en")
    assert "added by the locality" in page
    assert "Added table 1. Own" in page


def test_grouped_headings_and_named_indexes_keep_their_places(tmp_path: Path) -> None:
    grouped = pd.DataFrame({"quý": ["I", "I", "II"], "n": [1, 2, 3]}).groupby("quý").agg(["min", "max"])
    page = _page(tmp_path, new_markdown_cell("## Gộp"), _shows(grouped), _shows(grouped["n"]))
    first, second = LexborHTMLParser(page).css("section.addition table")
    texts = [[cell.text() for cell in line.css("th, td")] for line in first.css("tr")]
    assert texts == [["", "n"], ["quý", "min", "max"], ["I", "1", "2"], ["II", "3", "3"]]
    assert first.css_first("th[colspan]").attributes["colspan"] == "2"
    assert re.findall(r'data-label="(\w+)"', second.html or "") == ["min", "max"] * 2


def test_the_caption_of_a_styled_table_serves(tmp_path: Path) -> None:
    styled = FRAME.style.set_caption("Theo quý").format(na_rep="NaN", escape="html")
    (added,) = _added(_page(tmp_path, new_markdown_cell("## A"), _shows(styled), _shows(FRAME, "#| tbl-cap: Khác\nx")))
    assert "<caption>Bảng bổ sung 1. Theo quý</caption>" in added
    assert "<caption>Bảng bổ sung 2. Khác</caption>" in added


@pytest.mark.parametrize("source", ["display(HTML(text))", "page.head(); 1", "HTML(str(page.head()))", "x.head()"])
def test_only_a_call_of_the_page_gives_a_standard_part(tmp_path: Path, source: str) -> None:
    with pytest.raises(DataError, match=r"report.ipynb, ô 3: HTML mang dạng phần chuẩn"):
        _page(tmp_path, _shows(NEXT, source))


@pytest.mark.parametrize("source", ["page.head()", "# Phần đầu\npage.head()\n", "page.head()  # phần đầu"])
def test_a_call_of_the_page_may_have_comments(tmp_path: Path, source: str) -> None:
    assert "<h2>Phần chuẩn</h2>" in _page(tmp_path, _shows(NEXT, source))


def test_control_characters_are_not_printed_on_the_page(tmp_path: Path) -> None:
    cell = _code({"text/plain": "a\x08b"})
    cell.outputs += [new_output("stream", name="stdout", text="\x1b[31mđỏ\x1b[0m\x00\tc\n")]
    (added,) = _added(_page(tmp_path, new_markdown_cell("## A"), cell))
    assert "<pre>ab</pre>\n<pre>đỏ\tc</pre>" in added


def test_a_result_under_no_heading_is_told(tmp_path: Path) -> None:
    cells = [TITLE, _shows(FRAME), _shows(HEAD), _shows(FRAME), _shows(NEXT), _code({"text/plain": "8"}), _code()]
    told: list[str] = []
    render_page(_write(tmp_path / "report.ipynb", *cells), "Cát Hải", "2025", "vi", tell=told.append)
    assert told == ["2 ô có kết quả không lên trang vì không có tiêu đề. Xem docs/add-a-section.md"]
