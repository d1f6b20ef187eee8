"""A part of the page as a notebook holds it, and back: the page gets the bytes that the template wrote.

JupyterLab drops the style of a notebook that it does not trust, and with it what hides the text for screen readers. An
attribute hides it there, with a value, since JupyterLab drops empty ones, too. Only the squares are left with that text
and without their number: without their style they would be bare numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_FRAME, _END = '<div class="report">\n', "</div>\n"
_HIDDEN, _ALSO = 'class="hidden"', 'class="hidden" hidden="hidden"'
_SQUARE = re.compile(r'<span class="hidden">([^<]*?)(: ?)</span>([^<]*)</a></li>')
_SPLIT = (
    r'<span class="said">\1</span><span class="hidden">\2</span><span class="digit" hidden="hidden">\3</span></a></li>'
)
_SPLIT_SQUARE = re.compile(
    r'<span class="said">([^<]*)</span><span class="hidden" hidden="hidden">(: ?)</span>'
    r'<span class="digit" hidden="hidden">([^<]*)</span></a></li>'
)


def in_notebook(html: str) -> str:
    """A part of the page in its frame, readable without style."""
    return f"{_FRAME}{_SQUARE.sub(_SPLIT, html).replace(_HIDDEN, _ALSO)}{_END}"


def of_the_page(shown: str) -> str:
    """What the template wrote, from what `in_notebook` made of it; '' for what is no part of the page."""
    if not shown.startswith(_FRAME):
        return ""
    html = _SPLIT_SQUARE.sub(r'<span class="hidden">\1\2</span>\3</a></li>', shown)
    return html.removeprefix(_FRAME).removesuffix(_END).replace(_ALSO, _HIDDEN)


def is_fragment(data: Mapping[str, Any]) -> bool:
    """Whether an output of a notebook is a part of the page, by its types."""
    return str(data.get("text/html", "")).startswith(_FRAME)
