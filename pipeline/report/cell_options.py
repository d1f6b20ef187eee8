"""Comments above the code of a cell that say something of its result, as Quarto reads them: `#| fig-alt: "…"`."""

from __future__ import annotations

import re

import yaml

_LINE = re.compile(r"#[ \t]*\|[ \t]?(.*)")
READ = ("fig-alt", "fig-cap", "tbl-cap")
"""What is read here; Quarto has more options, which are left to it."""


def read_options(source: str) -> dict[str, str]:
    """The options of a cell, each as text; they stand in its first lines and are YAML.

    Raises ValueError, with the line and the remedy, for what is no YAML, and for an option that is a list.
    """
    lines: list[str] = []
    for line in source.lstrip("\n").splitlines():
        if not (found := _LINE.fullmatch(line)):
            break
        lines.append(found[1])
    try:
        given = yaml.load("\n".join(lines), yaml.BaseLoader)  # noqa: S506 - every value stays a text
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        raise ValueError(_fault(lines[min(place.line, len(lines) - 1)] if place else "")) from error
    options = {name: given[name] for name in READ if name in given} if isinstance(given, dict) else {}
    for name, value in options.items():
        if not isinstance(value, str):
            raise ValueError(_fault(f"{name}: {value}"))
    return {name: " ".join(value.split()) for name, value in options.items()}


def _fault(line: str) -> str:
    return f"không đọc được dòng “#| {line[:80]}”"
