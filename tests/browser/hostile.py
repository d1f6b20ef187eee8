"""Payloads, and the page made of records in which every text carries one."""

from __future__ import annotations

import ast
import html
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jinja2
import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pydantic import BaseModel

from pipeline.completion.records import Completion
from pipeline.intake.rows import Intake
from pipeline.paths import CODE
from pipeline.report.page import Fragment
from pipeline.report.render import render_page
from pipeline.steps import Run

_M = TypeVar("_M", bound=BaseModel)

RUN = "window.__hit=1"
OUTSIDE = "http://outside.invalid"


def _plain(text: str) -> str:
    return text


def _as_template(text: str) -> str:
    return jinja2.Environment(autoescape=True).from_string(text).render()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@dataclass(frozen=True)
class Payload:
    """A text, and the careless page in which it comes alive: `sink` with the text, altered by `by`, in place of §."""

    text: str
    sink: str = "<p>§</p>"
    by: Callable[[str], str] = _plain

    @property
    def careless(self) -> str:
        return "<!DOCTYPE html><title>x</title><body>" + self.sink.replace("§", self.by(self.text))


PAYLOADS = {
    "script": Payload(f"<script>{RUN}</script>"),
    "image": Payload(f'<img src=x onerror="{RUN}">'),
    "image-outside": Payload(f"<img src={OUTSIDE}/picture>"),
    "double-quote": Payload(f'"><svg onload={RUN}>', '<p title="§">x</p>'),
    "single-quote": Payload(f"' onmouseover='{RUN}", "<p title='§'>x</p>"),
    "no-quote": Payload(f"x onmouseover={RUN}", "<p title=§>x</p>"),
    "script-link": Payload(f"javascript:{RUN}", '<a href="§">x</a>'),
    "end-of-style": Payload(f"</style><script>alert(1);{RUN}</script>", "<style>§</style>"),
    "end-of-title": Payload(f"</title><script>{RUN}</script>", "<title>§</title>"),
    "end-of-comment": Payload(f"--><script>{RUN}</script>", "<!-- § -->"),
    "frame": Payload(f'<iframe srcdoc="<script>parent.{RUN.removeprefix("window.")}</script>"></iframe>'),
    "svg": Payload(f"<svg><script>{RUN}</script></svg>"),
    "noscript": Payload(f'<noscript><p title="</noscript><img src=x onerror={RUN}>">'),
    "toggle": Payload(f"<details open ontoggle={RUN}>x</details>"),
    "focus": Payload(f"<input autofocus onfocus={RUN}>"),
    "refresh": Payload(f'<meta http-equiv="refresh" content="0;url={OUTSIDE}/">'),
    "style-outside": Payload(f"<style>@import url({OUTSIDE}/style);</style>"),
    "style-attribute": Payload(f'x" style="background:url({OUTSIDE}/ground)', '<p title="§">x</p>'),
    "unescaped-once-more": Payload(f"&lt;img src=x onerror={RUN}&gt;", by=html.unescape),
    "template": Payload('{{ "<img src=x onerror=window.__hit=1>" | safe }}', by=_as_template),
    "folded": Payload(f"＜script＞{RUN}＜/script＞", by=_folded),
}

_KEPT = {
    "locality",
    "period",
    "edition",
    "previous",
    "method",
    "sha256",
    "kind",
    "severity",
    "flags",
    "plan",
    "id",
    "near",
    "annex",
    "group",
}
"""Names of our own, of which nobody writes the text; and what stands before the number in the code of a row."""


def tampered(record: _M, payload: str) -> _M:
    """Every text of a record with the payload behind it. Equal texts stay equal, and the code of a row still ends in
    its number, so anchors and look-ups work.
    """
    return type(record).model_validate(_tampered(record.model_dump(), payload))


def _tampered(value: Any, payload: str) -> Any:
    if isinstance(value, dict):
        kept = _KEPT if "group" in value else _KEPT | {"no"}
        told = {name: x if name in kept else _tampered(x, payload) for name, x in value.items()}
        if value.get("key"):
            told["key"] = [*value["key"][:-1], value["key"][-1] + payload]
        return told
    if isinstance(value, (list, tuple)):
        return [_tampered(x, payload) for x in value]
    return value + payload if type(value) is str else value  # not the words of an enumeration


def page_of(folder: Path, run: Run, completion: Completion, intake: Intake) -> str:
    """The page that the report notebook makes of two records, without a kernel."""
    cells = [new_code_cell("page.part()", outputs=[_output(shown)]) for shown in _shown(run, completion, intake)]
    notebook = folder / "report.ipynb"
    nbformat.write(new_notebook(cells=cells), notebook)
    return render_page(notebook, completion.locality_name, completion.period, "vi")


def _shown(run: Run, completion: Completion, intake: Intake) -> Iterator[str]:
    """The last expression of every cell of the notebook, with the records in place of those it would read."""
    names: dict[str, Any] = {}
    for source in _sources():
        *statements, last = ast.parse(source).body
        shown = isinstance(last, ast.Expr)
        body = statements if shown else [*statements, last]
        exec(compile(ast.Module(body, []), "report.ipynb", "exec"), names)  # noqa: S102 - our own notebook
        if "page" in names and not shown:
            names["page"] = type(names["page"])(completion, intake, "0" * 64)
        elif shown and isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "report.ipynb", "eval"), names)  # noqa: S307
            if isinstance(value, Fragment):
                yield value._repr_mimebundle_()["text/html"]
        names |= run.parameters


def _sources() -> Iterator[str]:
    notebook = json.loads((CODE / "notebooks" / "report.ipynb").read_text("utf-8"))
    return ("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")


def _output(shown: str) -> Any:
    return new_output("execute_result", {"text/html": shown}, execution_count=1)
