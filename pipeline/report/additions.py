"""What a locality adds to the page (phần bổ sung của địa phương): the cells of a notebook under a heading of its own.

An addition begins at a Markdown cell with a heading, and ends where the next part of the page begins. Its text, tables
and figures are written anew by a template of the page: of what a cell shows, only text and pictures get through.
"""

from __future__ import annotations

import ast
import base64
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from pipeline.errors import DataError
from pipeline.report.cell_options import read_options
from pipeline.report.notebook_display import MOST_COLUMNS, MOST_ROWS, SAID_OF_A_FIGURE
from pipeline.report.notebook_fragment import is_fragment
from pipeline.report.page import TEMPLATES, Fragment
from pipeline.report.shown_table import ShownTable, read_table
from pipeline.report.shown_text import as_html, as_text
from pipeline.report.templating import environment
from pipeline.report.words import Words

_HEADING = re.compile(r"\s*#{1,6}[ \t]+(?P<text>[^\n]*)")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[@-~]")
"""A sequence by which a terminal is told a colour."""
_HOW_TO = "Xem docs/add-a-section.md"
_ADDED = "added-"
_MOST = 5_000_000
"""Characters of all that is added to one page: of HTML, of drawings, of text."""
_SHOW_FIGURE = 'hiện hình bằng show_figure(fig, alt="…")'
_SVG, _PNG, _HTML, _MARKDOWN, _PLAIN = "image/svg+xml", "image/png", "text/html", "text/markdown", "text/plain"
_KNOWN = {_SVG, _PNG, _HTML, _MARKDOWN, _PLAIN}
_PRINTED = "printed"
"""What print() wrote, apart from the text that stands for an object."""
_TEXTS = (_MARKDOWN, _HTML, _PRINTED, _PLAIN)
"""Of what a cell shows, the first of these is taken."""


@dataclass(frozen=True)
class Part:
    """A text, a table, a figure, or what a cell printed: the one that is not empty."""

    html: str = ""
    """Of a text in Markdown, already escaped."""
    table: ShownTable | None = None
    address: str = ""
    """The picture of a figure, which is in its address."""
    alt: str = ""
    label: str = ""
    """'Hình bổ sung 1', of a figure; likewise of a table."""
    caption: str = ""
    printed: str = ""


@dataclass
class Addition:
    """One heading with what follows it."""

    notebook: str
    """Its path below the report, as the page links it."""
    heading: str
    parts: list[Part] = field(default_factory=list)


class Additions:
    """The additions of one page in one language; tables and figures are numbered through all of them."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._drawn = Counter[str]()
        self._left = _MOST
        self.count = 0
        self.left_out = 0
        """Cells below the first part of the page that show something and stand under no heading."""

    def of_extra(self, notebook: NotebookNode, name: str) -> list[NotebookNode]:
        """The additions of a notebook that has no other part of the page, one cell each."""
        return [cell for cell in self.put_into(notebook, name) if cell.id.startswith(_ADDED)]

    def put_into(self, notebook: NotebookNode, name: str) -> list[NotebookNode]:
        """The cells of a notebook, with each addition as one part of the page in the place of its cells.

        `name` is the path of the notebook below the report. Raises DataError for what a page cannot show, with the
        place and the remedy.
        """
        cells: list[NotebookNode] = []
        addition: Addition | None = None
        begun = False
        for number, cell in enumerate(notebook.cells):
            heading = _heading(cell) if number else None  # the first is the title of the notebook
            _check_origin(cell, number, name)
            ends = _is_of_the_page(notebook.cells[number : number + 2])
            if heading is not None or ends:
                cells += self._written(addition)
                addition = None if ends or heading is None else Addition(name, heading)
            begun = begun or ends
            if addition is None:
                self.left_out += begun and not ends and any(map(_by_type, cell.get("outputs", ())))
                cells.append(cell)
            else:
                addition.parts += self._parts(addition, cell)
        return cells + self._written(addition)

    def _written(self, addition: Addition | None) -> list[NotebookNode]:
        if addition is None:
            return []
        self.count += 1
        template = environment(TEMPLATES).get_template("page/addition.html.j2")
        shown = Fragment(template.render(addition=addition, w=self._words, t=self._words.html))
        output = new_output("display_data", shown._repr_mimebundle_())
        return [new_code_cell(outputs=[output], id=f"{_ADDED}{self.count}")]

    def _parts(self, addition: Addition, cell: NotebookNode) -> Iterator[Part]:
        if cell.cell_type == "markdown":
            self._take(addition, cell.source)
            yield _text(addition, cell.source)
        if cell.cell_type != "code":
            return
        options = _options(addition, cell)
        shown = [_by_type(output) for output in cell.outputs]
        pictures = _pictures(cell)
        if len(pictures) > 1 and not all(pictures.values()):
            raise _refusal(addition, "một ô vẽ nhiều hình", f"Mỗi hình một ô, hoặc {_SHOW_FIGURE}.")
        for address, said in pictures.items():
            self._take(addition, address)
            yield self._figure(addition, address, options | said)
        for data in shown:
            self._take(addition, next((data[kind] for kind in _TEXTS if kind in data), ""))
            if _MARKDOWN in data:
                yield _text(addition, data[_MARKDOWN])
            elif _HTML in data:
                yield self._table(addition, options, data[_HTML])
            elif _PRINTED in data:
                yield Part(printed=_readable(data[_PRINTED]))
            elif not _KNOWN.isdisjoint(data) and not _KNOWN.issuperset(data) and not _picture(data):
                what = f"một ô cho ra {min(data.keys() - _KNOWN)}"
                raise _refusal(addition, what, "Trang chỉ nhận bảng của pandas, hình của matplotlib và chữ.")
            elif _PLAIN in data and not pictures:  # beside a figure: what its last line returned
                yield _printed(addition, data[_PLAIN])

    def _take(self, addition: Addition, shown: str) -> None:
        """Raises DataError where the page would have too much to load."""
        self._left -= len(shown)
        if self._left < 0:
            what = (
                f"một ô cho ra {_megabytes(len(shown))}; các phần bổ sung của một trang có tối đa {_megabytes(_MOST)}"
            )
            remedy = "Chọn ít dòng, ít điểm vẽ hơn; hình nhiều điểm thì thêm rasterized=True vào lệnh vẽ."
            raise _refusal(addition, what, remedy)

    def _figure(self, addition: Addition, address: str, options: Mapping[str, str]) -> Part:
        if not (alt := options.get("fig-alt", "").strip()):
            what = "hình chưa có lời mô tả cho người không nhìn thấy hình"
            remedy = f"Thêm ở đầu ô lệnh một dòng: #| fig-alt: Một câu nói hình cho thấy điều gì; hoặc {_SHOW_FIGURE}."
            raise _refusal(addition, what, remedy)
        caption = options.get("fig-cap") or addition.heading
        return Part(address=address, alt=alt, label=self._label("figure"), caption=caption)

    def _table(self, addition: Addition, options: Mapping[str, str], html: str) -> Part:
        table = read_table(html)
        if table is None:
            raise _refusal(addition, "một ô cho ra HTML", "Trang chỉ nhận bảng của pandas, hình của matplotlib và chữ.")
        if table.markup:
            remedy = 'Thêm escape="html" vào .format(…) và .format_index(…, axis=…); chú thích thì không viết HTML.'
            raise _refusal(addition, f"bảng df.style có thẻ HTML ở “{table.markup[:80]}”", remedy)
        if table.is_cut:
            remedy = (
                f"Một bảng có tối đa {MOST_ROWS} dòng, {MOST_COLUMNS} cột: chọn ít hơn, ví dụ .head(50); "
                "bảng nhỏ hơn thế mà bị cắt thì gọi as_on_the_page(language) ở đầu sổ tay."
            )
            raise _refusal(addition, "bảng bị cắt bớt", remedy)
        caption = options.get("tbl-cap") or table.caption or addition.heading
        return Part(table=table, label=self._label("table"), caption=caption)

    def _label(self, kind: str) -> str:
        self._drawn[kind] += 1
        return self._words.text(f"addition.{kind}", number=self._drawn[kind])


def _heading(cell: NotebookNode) -> str | None:
    """The text of the heading with which a Markdown cell begins; None where it begins otherwise."""
    found = _HEADING.match(cell.source) if cell.cell_type == "markdown" else None
    return as_text(found["text"].strip(" #")) if found else None


def _is_of_the_page(cells: Sequence[NotebookNode]) -> bool:
    """Whether the first of these cells is a part of the page, or the prose right above one."""
    shows = cells[-1] if cells[0].cell_type == "markdown" else cells[0]
    return any(is_fragment(output.get("data", {})) for output in shows.get("outputs", ()))


def _check_origin(cell: NotebookNode, number: int, name: str) -> None:
    """Raises DataError for a cell that shows a standard part of the page without being the call that makes it."""
    if any(is_fragment(output.get("data", {})) for output in cell.get("outputs", ())) and not _calls_the_page(
        cell.source
    ):
        what = "HTML mang dạng phần chuẩn của trang; phần chuẩn chỉ đến từ ô chỉ có một lời gọi như page.head()"
        raise DataError(f"{name}, ô {number + 1}: {what}. Bỏ HTML ấy, hoặc tách lời gọi ra một ô. {_HOW_TO}")


def _calls_the_page(source: str) -> bool:
    """Whether a cell is one call of the page, with comments at most."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    match body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("page")), [], []))]:
            return True
    return False


def _readable(text: str) -> str:
    """What was printed without its colours and control characters, which no page may hold."""
    return "".join(c for c in _COLOUR.sub("", text) if c in "\n\t" or unicodedata.category(c) != "Cc").rstrip()


def _by_type(output: NotebookNode) -> dict[str, str]:
    """What an output shows. What is printed is plain text; warnings are for the notebook alone."""
    if output.output_type == "stream":
        return {_PRINTED: output.text} if output.name == "stdout" else {}
    return {kind: str(content) for kind, content in output.get("data", {}).items()}


def _pictures(cell: NotebookNode) -> dict[str, dict[str, str]]:
    """The figures of a cell by their addresses, with what `show_figure` says of each; one shown twice counts once."""
    found: dict[str, dict[str, str]] = {}
    for output in cell.outputs:
        if address := _picture(_by_type(output)):
            said = {name: str(output.metadata[name]) for name in SAID_OF_A_FIGURE if output.metadata.get(name)}
            found[address] = found.get(address, {}) | said
    return found


def _picture(data: Mapping[str, str]) -> str:
    """The address of a picture; '' for none."""
    if _SVG in data:
        return f"data:{_SVG};base64,{base64.b64encode(data[_SVG].encode()).decode()}"
    return f"data:{_PNG};base64,{''.join(data[_PNG].split())}" if _PNG in data else ""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB".replace(".", ",")


def _options(addition: Addition, cell: NotebookNode) -> dict[str, str]:
    try:
        return read_options(cell.source)
    except ValueError as error:
        remedy = 'Đặt lời ấy trong dấu nháy kép: #| fig-alt: "Nguồn: báo cáo của xã".'
        raise _refusal(addition, str(error), remedy) from error


def _text(addition: Addition, markdown: str) -> Part:
    try:
        return Part(html=as_html(markdown))
    except ValueError as error:
        remedy = "Hình vẽ bằng matplotlib trong một ô lệnh; liên kết bắt đầu bằng https://."
        raise _refusal(addition, f"trang không nhận {error}", remedy) from error


def _printed(addition: Addition, text: str) -> Part:
    if text.startswith("<Figure size"):
        raise _refusal(addition, "hình không hiện ra", "Vẽ bằng plt.subplots() và kết thúc ô bằng plt.show().")
    return Part(printed=_readable(text))


def _refusal(addition: Addition, what: str, remedy: str) -> DataError:
    return DataError(f"{addition.notebook}, phần “{addition.heading[:80]}”: {what}. {remedy} {_HOW_TO}")
