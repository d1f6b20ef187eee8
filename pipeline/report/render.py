"""An executed notebook as one static page, by nbconvert with our own template, and the check before it is published.

The finished page is parsed as a browser would; active content refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from pipeline.errors import InternalError
from pipeline.report.additions import Additions
from pipeline.report.notebook_fragment import of_the_page
from pipeline.report.printed_text import without_marks
from pipeline.report.words import Words

if TYPE_CHECKING:
    from nbconvert import TemplateExporter
    from selectolax.lexbor import LexborNode


PAGE = Path(__file__).parent / "nbconvert" / "page"


def render_page(  # noqa: PLR0913
    notebook: Path,
    locality_name: str,
    period: str,
    language: str,
    extra: Sequence[Path] = (),
    *,
    tell: Callable[[str], object] = str,
) -> str:
    """The parts of the page that `notebook` shows, without its code and prose, and what a locality adds.

    Of the notebooks `extra`, executed likewise, only the additions. Raises DataError for one that a page cannot show.
    `tell` is told how many cells are left out for want of a heading.
    """
    words = Words(language)
    title = without_marks(words.text("title", locality=locality_name, period=words.period(period)))
    page, additions = nbformat.read(notebook, as_version=4), Additions(words)
    page.cells = additions.put_into(page, f"notebooks/{notebook.name}")
    for path in extra:
        page.cells += additions.of_extra(nbformat.read(path, as_version=4), f"notebooks/extra/{path.name}")
    if additions.left_out:
        tell(f"{additions.left_out} ô có kết quả không lên trang vì không có tiêu đề. Xem docs/add-a-section.md")
    resources = {
        "metadata": {"name": title},
        "language": language,
        "skip": words.text("skip"),
        "additions": bool(additions.count),
        "agencies": _agencies(page),
    }
    html, _ = exporter(PAGE).from_notebook_node(page, resources=resources)
    return str(html)


_AGENCY = re.compile(r'<input type="radio" name="only" id="of-\d+"')


def _agencies(page: nbformat.NotebookNode) -> int:
    """How many agencies the filter of the page offers; its rules are written for so many."""
    outputs = (output for cell in page.cells for output in cell.get("outputs", ()))
    return sum(len(_AGENCY.findall(of_the_page(output.get("data", {}).get("text/html", "")))) for output in outputs)


@cache
def exporter(template: Path) -> TemplateExporter:
    """The exporter of nbconvert for the template in a folder.

    Not HTMLExporter, which parses and rewrites every page to complete what its own templates leave out.
    """
    from nbconvert import TemplateExporter

    found = TemplateExporter(
        template_name=template.name,
        extra_template_basedirs=[str(template.parent), str(PAGE.parent)],
        # The template of the site extends that of a page by path, and includes its style sheet.
        extra_template_paths=[str(template.parent), str(PAGE.parent), str(PAGE)],
        template_extension=".html.j2",
        filters={of_the_page.__name__: of_the_page},
        default_preprocessors=[],  # eleven steps that change nothing; what is read is checked then
    )
    _ = found.template  # read and compiled on first access
    return found


_FORBIDDEN = {
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "form",
    "button",
    "base",
    "link",
    "audio",
    "video",
    "source",
    "template",
    "noscript",
    "foreignobject",
}
_LINKS = {"href", "src", "xlink:href", "action", "formaction", "poster", "srcset", "data", "background", "ping"}


def check_page(html: str, script: str = "") -> None:
    """Raises InternalError with the first active element or outside reference.

    `script` is a script of our own, which may stand in the page once, byte for byte, in an element without attributes.
    """
    if fault := next(faults(html, script), None):
        raise InternalError(f"Trang báo cáo có nội dung không được phép, không công bố: {fault}")


def faults(html: str, script: str = "") -> Iterator[str]:
    """Every active element, event handler, script link and resource from outside, as a browser parses the page."""
    from selectolax.lexbor import LexborHTMLParser

    # tests/report/test_render.py compares this parser with html5lib, which takes thirty times as long.
    tree = LexborHTMLParser(html)
    script_found = False
    for element in tree.root.traverse() if tree.root else ():  # not a list: a page can have 100,000
        if not script_found and _is_script(element, script):
            script_found = True
        else:
            yield from _element_faults(element)


def _is_script(element: LexborNode, script: str) -> bool:
    """Whether an element is the allowed script; not inside a drawing or a formula, where it is parsed differently."""
    if not script or element.tag != "script" or element.attributes or element.text(deep=False) != script:
        return False
    return not any(outer.tag in ("svg", "math") for outer in _around(element))


def _around(element: LexborNode) -> Iterator[LexborNode]:
    while (outer := element.parent) is not None:
        yield outer
        element = outer


def _element_faults(element: LexborNode) -> Iterator[str]:
    tag = str(element.tag).lower()
    if tag in _FORBIDDEN:
        yield f"<{tag}>"
    if tag == "input" and not _is_choice(element):
        yield "<input>"
    if tag == "meta" and (element.attributes.get("http-equiv") or "").lower() == "refresh":
        yield "<meta refresh>"
    if tag == "style" and ("@import" in (css := element.text(deep=False).lower()) or "url(" in css):
        yield "<style> gọi ra ngoài"
    for name, given in element.attributes.items():
        attribute, value = name.lower().rpartition(":")[2], given or ""
        if attribute.startswith("on"):
            yield f"<{tag} {attribute}>"
        elif attribute == "style" and "url(" in value.lower():
            yield f"<{tag} style> gọi ra ngoài"
        elif name.lower() in _LINKS or attribute in _LINKS:
            yield from _link_faults(tag, attribute, value)


def _is_choice(element: LexborNode) -> bool:
    """Whether it is a radio button, by which the style sheet filters rows: nothing can be written or sent by it."""
    attributes = element.attributes
    return attributes.get("type") == "radio" and attributes.keys() <= {"type", "name", "id", "checked"}


def _link_faults(tag: str, attribute: str, value: str) -> Iterator[str]:
    printable = value if value.isprintable() else "".join(c for c in value if c.isprintable())
    link = printable.replace(" ", "").lower()  # browsers ignore control characters and blanks in addresses
    inside = link.startswith("#")
    if tag == "img" and attribute == "src":
        allowed = link.startswith(("data:image/svg+xml;base64,", "data:image/png;base64,"))
    elif tag == "a" and attribute == "href":
        relative = ":" not in link and not link.startswith(("/", "\\"))
        allowed = inside or link.startswith(("https://", "http://")) or relative
    else:
        allowed = inside
    if not allowed:
        yield f"<{tag} {attribute}=“{value[:60]}”>"
