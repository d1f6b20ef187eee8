"""Markdown of an analyst as HTML of the page: escaped, with links and without pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from selectolax.lexbor import LexborHTMLParser


def as_html(markdown: str) -> str:
    """Headings begin below that of the page; tags are shown as they are written.

    Raises ValueError for a picture, and for a link that leads neither to the web nor below the page.
    """
    return str(_renderer()(markdown))


def as_text(markdown: str) -> str:
    """The words of a line of Markdown, without its marks."""
    return " ".join(LexborHTMLParser(as_html(markdown)).text().split())


@cache
def _renderer() -> Callable[[str], Any]:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **_: Any) -> str:
            return f"<h{max(level, 2)}>{text}</h{max(level, 2)}>\n"

        def link(self, text: str, url: str, title: str | None = None) -> str:
            if ":" in url.removeprefix("https:").removeprefix("http:") or url.startswith(("/", "\\")):
                raise ValueError(f"liên kết {url[:60]}")
            return super().link(text, url, title)

        def image(self, text: str, url: str, title: str | None = None) -> str:
            del text, title
            raise ValueError(f"hình {url[:60]}")

    return mistune.create_markdown(renderer=Renderer(escape=True), plugins=["table", "strikethrough"])
