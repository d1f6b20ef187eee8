"""The publish gate: the finished page is parsed as a browser would, and active content refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import InternalError

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
    "foreignobject",
}
_LINKS = {"href", "src", "xlink:href", "action", "formaction", "poster", "srcset", "data", "background", "ping"}


def check_page(html: str) -> None:
    """Raises InternalError naming the first active element or outside reference in a page."""
    if fault := next(faults(html), None):
        raise InternalError(f"Trang báo cáo có nội dung không được phép, không công bố: {fault}")


def faults(html: str) -> Iterator[str]:
    """Every active element, handler, script link, or resource that is not inside the page."""
    import html5lib

    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from _element_faults(element)


def _element_faults(element: Any) -> Iterator[str]:
    tag = element.tag.rpartition("}")[2].lower()
    if tag in _FORBIDDEN:
        yield f"<{tag}>"
    if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
        yield "<meta refresh>"
    if tag == "style" and ("@import" in (element.text or "") or "url(" in (element.text or "")):
        yield "<style> gọi ra ngoài"
    for name, value in element.attrib.items():
        attribute = str(name).rpartition("}")[2].lower()
        if attribute.startswith("on"):
            yield f"<{tag} {attribute}>"
        elif attribute == "style" and "url(" in value.lower():
            yield f"<{tag} style> gọi ra ngoài"
        elif str(name).lower() in _LINKS or attribute in _LINKS:
            yield from _link_faults(tag, attribute, value)


def _link_faults(tag: str, attribute: str, value: str) -> Iterator[str]:
    link = "".join(c for c in value if c.isprintable() and not c.isspace()).lower()
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
