"""Sections that not every report has (phần bổ sung của địa phương): which notebooks are switched on for which reports.

    data/raw/extra-sections.yaml
    - {section: ho-so-theo-quy, locality: binh-giang, period: 2025}

adds `notebooks/extra/ho-so-theo-quy.ipynb` to the report of one locality and period; `all` in the place of either
means every one. Only the reports that a line is about depend on it, and on what its notebook imports.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.arguments import known_locality, known_period
from pipeline.errors import DataError, UsageError
from pipeline.inputs.hashes import FileHash, hash_files
from pipeline.inputs.program import program_files, read_notebook
from pipeline.paths import CODE, Layout
from pipeline.plans.base import Frozen, Record, Slug
from pipeline.plans.registry import NO_PLANS, read_registry
from pipeline.plans.strict_yaml import loaded
from pipeline.plans.text import message_and_remedy
from pipeline.plans.yaml_faults import syntax_finding
from pipeline.whole import input_text, read_input

ALL = "all"
FOLDER = "notebooks/extra"


class ExtraSections(Frozen):
    """What a report with such sections depends on besides (đầu vào của phần bổ sung)."""

    switched_on: FileHash
    """The lines of the list that are about this report, as `lines_of` writes them: those of others may change."""
    notebooks: tuple[FileHash, ...]
    """In the order of the list, by type, source and tags of their cells."""
    code: tuple[FileHash, ...]
    """Files of the package that these notebooks import and a report without them does not."""

    @property
    def files(self) -> tuple[FileHash, ...]:
        """The files that lie with the code."""
        return (*self.notebooks, *self.code)


class SwitchedOn(Record):
    """A line of the list."""

    section: Slug
    locality: Slug
    period: int | str

    def is_about(self, locality: str, period: str) -> bool:
        """Whether the report of this locality and period has the section."""
        return self.locality in (ALL, locality) and str(self.period) in (ALL, period)


def sections_of(layout: Layout, locality: str, period: str, lines: Sequence[SwitchedOn] | None = None) -> list[str]:
    """The paths of the notebooks below the project that are switched on for a report, in the order of the list.

    `lines` is the list where the caller has read it. Raises DataError for a list that cannot be read, and for a name in
    it that is not known.
    """
    lines = switched_on(layout) if lines is None else lines
    sections = (line.section for line in lines if line.is_about(locality, period))
    found = [f"{FOLDER}/{section}.ipynb" for section in dict.fromkeys(sections)]
    for path in found:
        if not (CODE / path).is_file():
            raise DataError(f"{layout.relative(layout.extra_sections)}: chưa có {path}. Xem docs/add-a-section.md")
    return found


def check_parameters(path: str, names: Set[str]) -> None:
    """Raises DataError unless the cell `parameters` of the notebook at a path of the project assigns just these names.

    Said before a report is made: papermill would only stop after the steps before.
    """
    cells = json.loads(read_notebook(path))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", ())]
    with suppress(SyntaxError):
        nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
        if {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} == names:
            return
    what = f"ô mang nhãn (tag) parameters phải có, và chỉ có, các tên {', '.join(sorted(names))}"
    raise DataError(f"{path}: {what}. Mẫu: docs/add-a-section.md")


def lines_of(sections: list[str], locality: str, period: str) -> bytes:
    """The lines that switch these on for one report: read again, they say the same."""
    names = (path.removeprefix(f"{FOLDER}/").removesuffix(".ipynb") for path in sections)
    return "".join(f'- {{section: {x}, locality: {locality}, period: "{period}"}}\n' for x in names).encode()


def describe_sections(
    layout: Layout, sections: list[str], parameters: Mapping[str, str], code: Iterable[FileHash]
) -> ExtraSections:
    """Hash what a report with these sections depends on besides `code`, on which all do."""
    known = {file.path for file in code}
    lines = lines_of(sections, parameters["locality"], parameters["period"])
    return ExtraSections(
        switched_on=FileHash.of(layout.relative(layout.extra_sections), lines),
        notebooks=tuple(FileHash.of(path, read_notebook(path)) for path in sections),
        code=hash_files(layout, (path for path in program_files(*sections) if layout.relative(path) not in known)),
    )


def switched_on(layout: Layout) -> list[SwitchedOn]:
    """The lines of the list; [] where there is none. Raises DataError."""
    path = layout.extra_sections
    if not os.path.lexists(path):
        return []
    try:
        text = input_text(path, layout.relative(path))
        lines = TypeAdapter(list[SwitchedOn]).validate_python(loaded(text) or [])
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        fault = syntax_finding(layout.relative(path), read_input(path, layout.relative(path)))
        raise DataError(f"Có tệp không đọc được (mẫu: {_EXAMPLE}):", [fault]) from error
    except (OSError, ValueError) as error:
        raise DataError(f"{layout.relative(path)}: không đọc được: {_first(error)}. Mẫu: {_EXAMPLE}") from error
    lists = read_registry(layout, NO_PLANS)
    for number, line in enumerate(lines, start=1):
        try:
            _ = line.locality == ALL or known_locality(lists, line.locality)
            _ = str(line.period) == ALL or known_period(str(line.period))
        except UsageError as error:
            raise DataError(f"{layout.relative(path)}, dòng thứ {number} của danh sách: {error}") from error
    return lines


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {message_and_remedy(first)[0]}"
    return " ".join(str(error).split())


_EXAMPLE = "- {section: ho-so-theo-quy, locality: binh-giang, period: 2025}"
