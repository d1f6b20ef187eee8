"""Every compiled pattern of the package takes time that grows with the length of a text, whatever the text.

The patterns are found by import, not by a list, and each is tried on texts made from itself: for every repeated part,
a text that matches up to there, then that part very often, then something that fits nowhere. A pattern that tries again
from every place needs some 10⁸ steps for one of these, a linear one some 10⁵.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import pipeline
from pipeline.intake.cells import text_cell
from pipeline.intake.values import Style, read_cell, read_day
from pipeline.plans.deadlines import parse_deadlines
from pipeline.plans.results import read_result
from pipeline.plans.targets import parse_target
from pipeline.plans.text import canonical_key, name_key, tidy

LENGTH = 15_000
SECONDS = 0.1
_METHODS = ("fullmatch", "match", "search", "findall", "finditer", "sub", "split")
_NO_IMPORT = {"pipeline.__main__"}


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if found.name not in _NO_IMPORT:
            yield importlib.import_module(found.name)


def _held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Patterns in a value, also in the dictionaries, tuples and classes it holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict) and depth < 4:
        for one in (*value.keys(), *value.values()):
            yield from _held(one, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < 4:
        for one in value:
            yield from _held(one, depth + 1)
    elif isinstance(value, type) and value.__module__.startswith("pipeline") and depth < 2:
        for one in vars(value).values():
            yield from _held(one, depth + 1)


def _uses(source: str) -> dict[str, set[str]]:
    """Name of a pattern → how this module uses it."""
    uses: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in _METHODS and isinstance(node.value, ast.Name):
            uses.setdefault(node.value.id, set()).add(node.attr)
    return uses


def _inline(source: str) -> Iterator[tuple[str, str]]:
    """Patterns that stand as text in a call of `re`, with the function."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        module, first = node.func.value, node.args[0]
        of_re = isinstance(module, ast.Name) and module.id == "re" and node.func.attr in _METHODS
        if of_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield node.func.attr, first.value


def _patterns() -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Place, use and pattern of each; one without a use in its module may be used in any way but `search`."""
    for module in _modules():
        source = Path(module.__file__).read_text("utf-8")
        uses = _uses(source)
        for name, value in vars(module).items():
            for pattern in _held(value):
                if isinstance(pattern.pattern, str):
                    for use in sorted(uses.get(name, {"fullmatch"})):
                        yield f"{module.__name__}.{name}", use, pattern
        for use, text in _inline(source):
            yield f"{module.__name__}: {text}", use, re.compile(text)


def _letters(kind: Any, of: Any) -> str:
    """A letter that one item of a parsed pattern takes; '' for an item that takes none."""
    if kind is _constants.LITERAL:
        return chr(of)
    if kind is _constants.NOT_LITERAL:
        return next(c for c in "a0 .é" if ord(c) != of)
    if kind is _constants.ANY:
        return "a"
    if kind is _constants.IN:
        one_of = re.compile(_class_text(of))
        return next(
            c
            for c in (*"a0 .é\u0301-/,xI%>", *map(chr, (*range(0x3000), *range(0xE000, 0xF900))))
            if one_of.fullmatch(c)
        )
    return ""


def _class_text(items: Any) -> str:
    text = ""
    for kind, of in items:
        if kind is _constants.LITERAL:
            text += re.escape(chr(of))
        elif kind is _constants.RANGE:
            text += f"{re.escape(chr(of[0]))}-{re.escape(chr(of[1]))}"
        elif kind is _constants.NEGATE:
            text += "^"
        elif kind is _constants.CATEGORY:
            text += {"digit": r"\d", "not_digit": r"\D", "space": r"\s", "not_space": r"\S", "word": r"\w"}.get(
                str(of).lower().removeprefix("category_"), r"\W"
            )
    return f"[{text}]"


def _read_cell(text: str) -> object:
    return read_cell(text, Style("%"))


_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)


def _shortest(parsed: Any) -> str:
    """A text that a parsed pattern takes, without repeating anything more often than it must."""
    text = ""
    for kind, of in parsed:
        if kind in _REPEATS:
            text += _shortest(of[2]) * of[0]
        elif kind is _constants.SUBPATTERN:
            text += _shortest(of[-1])
        elif kind is _constants.BRANCH:
            text += _shortest(of[1][0])
        else:
            text += _letters(kind, of)
    return text


def _attacks(parsed: Any, before: str = "") -> Iterator[str]:
    """For every repeated part: what comes before, that part often, and something that fits nowhere."""
    for kind, of in parsed:
        if kind in _REPEATS:
            least, most, part = of
            body = _shortest(part) or "a"
            if most > 30:
                yield before + body * (LENGTH // len(body)) + "\0"
                yield before + (body + " ") * (LENGTH // (len(body) + 1)) + "\0"
            yield from _attacks(part, before)
            before += body * least
        elif kind is _constants.SUBPATTERN:
            yield from _attacks(of[-1], before)
            before += _shortest(of[-1])
        elif kind is _constants.BRANCH:
            for branch in of[1]:
                yield from _attacks(branch, before)
            before += _shortest(of[1][0])
        else:
            before += _letters(kind, of)


RUNS = tuple(
    run * (LENGTH // len(run)) for run in (" ", "0", "a", "\u00a0", "\u0301", "a ", "0,", "0.", "- ", "()", "(", "é1")
)
FOUND = sorted(_patterns(), key=lambda found: found[:2])


def _seconds(pattern: re.Pattern[str], use: str, text: str) -> float:
    began = time.process_time()
    if use == "sub":
        pattern.sub("", text)
    elif use == "finditer":
        list(pattern.finditer(text))
    else:
        getattr(pattern, use)(text)
    return time.process_time() - began


@pytest.mark.parametrize(("place", "use", "pattern"), FOUND, ids=[f"{p}-{u}-{n}" for n, (p, u, _) in enumerate(FOUND)])
def test_time_grows_with_length(place: str, use: str, pattern: re.Pattern[str]) -> None:
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    for text in (*RUNS, *_attacks(parsed)):
        taken = min(_seconds(pattern, use, text) for _ in range(2)) if _seconds(pattern, use, text) > SECONDS else 0
        assert taken < SECONDS, f"{place}.{use}: {taken:.2f} s for {text[:60]!r}…"


@pytest.mark.parametrize("text", [r"\s*x", r"[0-9]+,x", r"\s*[-,]\s*$"])
def test_a_pattern_that_tries_again_from_every_place_is_found(text: str) -> None:
    pattern = re.compile(text)
    assert any(_seconds(pattern, "search", attack) > SECONDS for attack in _attacks(_parser.parse(text)))


READERS = (tidy, canonical_key, name_key, text_cell, parse_target, parse_deadlines, read_result, read_day, _read_cell)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_a_reader_takes_no_longer_than_its_text(read: Callable[[str], object]) -> None:
    """The whole reader, not only its patterns: normal forms of Unicode sort the marks on a letter."""
    for run in (*RUNS, "a" + "\u0301\u0323\u031b" * (LENGTH // 3), "đạt 1, " * (LENGTH // 7)):
        for length in (LENGTH // 10, LENGTH):
            began = time.process_time()
            with suppress(ValueError):
                read(run[:length])
            assert time.process_time() - began < 3 * SECONDS, f"{run[:20]!r}… × {length}"


def test_the_patterns_are_found() -> None:
    names = {place for place, _, _ in FOUND}
    assert len(FOUND) > 100
    assert {
        "pipeline.plans.wordings._TOKEN",
        "pipeline.plans.deadlines._POINTS",
        "pipeline.intake.legacy._WORD",
    } <= names
