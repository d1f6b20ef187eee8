"""The style of the page for a notebook: the same rules, held to the sections of the report.

The page follows the system in light and dark; a notebook follows the theme of JupyterLab or VS Code around it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SHEET = Path(__file__).parent / "nbconvert" / "page" / "page.css"
_DARK = re.compile(r"@media screen and \(prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}\s*\}\n", re.DOTALL)
_OF_A_PAGE = re.compile(r"^\s*(?:html|\.skip|@page)[^{]*\{(?:[^{}]|\{[^{}]*\})*\}\n?", re.MULTILINE)
_ROOT = re.compile(r"(?m)^(\s*)(?::root|body)(?= \{)")
# Twice the class: stronger than the rules of JupyterLab for tables and headings, whose stripes would stay otherwise.
_FRAME = ".report.report"
_THEMES = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast")
_OWN = """
  & { padding: 0 1.25rem; }
  & .said { position: absolute; clip-path: inset(50%); } & .digit[hidden] { display: inline; }
  & tr, & tr:nth-child(n), & tr:nth-child(n):hover { background: none; }
  & table { display: table; } & :is(th, td) { max-width: none; white-space: normal; }
"""


class NotebookStyle:
    """Shown at the head of a notebook. It holds rules alone, and reaches no page."""

    def _repr_html_(self) -> str:
        return f"<style>\n{notebook_css()}</style>\n"

    def __repr__(self) -> str:
        return "NotebookStyle()"


@cache
def notebook_css() -> str:
    """The sheet of the page, nested in the frame of a `Fragment`."""
    sheet = SHEET.read_text("utf-8")
    found = _DARK.search(sheet)
    dark = found.group(1).replace("}", "") if found else ""
    rules = _ROOT.sub(r"\1&", _OF_A_PAGE.sub("", _DARK.sub("", sheet)))
    themes = ", ".join(f"{theme} {_FRAME}" for theme in _THEMES)
    light = rules.replace("color-scheme: light dark", "color-scheme: light")
    return f"{_FRAME} {{\n{light}{_OWN}}}\n{themes} {{ {dark.strip()} color-scheme: dark; }}\n"
