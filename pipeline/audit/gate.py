"""The publish gate: the finished page is parsed as a browser would, and active content refuses it."""

from __future__ import annotations

import hashlib
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


def check_page(html: str, script: str = "") -> None:
    """Raises InternalError naming the first active element or outside reference in a page.

    With `script`, the page may hold it once, byte for byte, in an element without attributes.
    """
    if fault := next(faults(html, script), None):
        raise InternalError(f"Trang báo cáo có nội dung không được phép, không công bố: {fault}")


def faults(html: str, script: str = "") -> Iterator[str]:
    """Every active element, handler, script link, or resource that is not inside the page."""
    import html5lib

    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    allowed = next((element for element in elements if _is_script(element, script)), None)
    for element in elements:
        if element is not allowed:
            yield from _element_faults(element)


def _is_script(element: Any, script: str) -> bool:
    """Whether an element is the allowed script. A tag of SVG or MathML carries its namespace, and is none."""
    return bool(script) and element.tag == "script" and not element.attrib and _sha256(element.text) == _sha256(script)


def _sha256(text: str | None) -> bytes:
    return hashlib.sha256((text or "").encode()).digest()


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
