"""The publish gate: the finished page is parsed as a browser would, and active content refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import InternalError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_FORBIDDEN = {
    "script",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "form",
    "input",
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
    """Raises InternalError naming the first active element or outside reference in a page.

    With `script`, the page may hold it once, byte for byte, in an element without attributes.
    """
    if fault := next(faults(html, script), None):
        raise InternalError(f"Trang báo cáo có nội dung không được phép, không công bố: {fault}")


def faults(html: str, script: str = "") -> Iterator[str]:
    """Every active element, handler, script link, or resource that is not inside the page."""
    from selectolax.lexbor import LexborHTMLParser

    # The second opinion: `tests/publish/test_gate.py` holds this parser against html5lib, thirty times as slow.
    tree = LexborHTMLParser(html)
    met = False
    for element in tree.root.traverse() if tree.root else ():  # one after the other: a page can hold 100,000
        if not met and _is_script(element, script):
            met = True
        else:
            yield from _element_faults(element)


def _is_script(element: LexborNode, script: str) -> bool:
    """Whether an element is the allowed script. One inside a drawing or a formula is of another kind, and is none."""
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


def _link_faults(tag: str, attribute: str, value: str) -> Iterator[str]:
    shown = value if value.isprintable() else "".join(c for c in value if c.isprintable())
    link = shown.replace(" ", "").lower()  # of what can be printed, the one white space
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
