"""The heads of plans (phần đầu kế hoạch): what says when a plan holds, read without its rows.

A plan has a hundred rows and more, of which none bears on whether a report is expected: to parse all plans of a country
takes two minutes, their heads two seconds.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from pipeline.errors import DataError, Finding
from pipeline.paths import Layout
from pipeline.plans.cited import plan_files
from pipeline.plans.localities import NATIONAL
from pipeline.plans.models import Plan
from pipeline.plans.strict_yaml import loaded
from pipeline.plans.text import message_and_remedy
from pipeline.plans.yaml_faults import syntax_finding
from pipeline.whole import INPUT, UNUSABLE, input_files, no_file, read_ordinary

FIELDS = ("id", "locality", "date", "issued", "received", "years", "begins", "ends", "synthetic")
_UNREAD = {"title": "–", "issuer": "–"}
"""What every plan has, and says nothing of when it holds."""
_MORE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")
"""The rest of a line, and the lines below it that are set in."""


class PlanHeads(NamedTuple):
    """The plans of one locality or of all, without their rows."""

    plans: tuple[Plan, ...]
    faults: tuple[Finding, ...]
    """What is wrong with heads that are left out."""
    hashes: tuple[tuple[str, str], ...]
    """See `head_hashes`; of the same bytes."""


def plan_heads(layout: Layout, locality: str = "") -> PlanHeads:
    """The heads of the plans of one locality or, for '', of all. Plans of the Government are no plans of a locality."""
    plans, findings, hashes = list[Plan](), list[Finding](), list[tuple[str, str]]()
    for path in _files(layout, locality, findings):
        file, sha256 = layout.relative(path), ""
        try:
            content = read_ordinary(path, INPUT)
            sha256 = hashlib.sha256(_head(content)).hexdigest()
            plans.append(Plan.model_validate(_UNREAD | head_in(content)))
        except UNUSABLE as error:
            findings.append(no_file(file, error))
        except ValidationError as error:
            findings += [
                Finding(file, str(*e["loc"][-1:]) or "tệp", "record", *message_and_remedy(e)) for e in error.errors()
            ]
        except (yaml.YAMLError, ValueError):
            findings.append(syntax_finding(file, content))
        hashes.append((file, sha256))
    return PlanHeads(tuple(plans), tuple(findings), tuple(hashes))


def head_hashes(layout: Layout) -> Iterator[tuple[str, str]]:
    """File of every plan of a locality with the SHA-256 of its head; '' for one that cannot be read."""
    for path in _files(layout, "", []):
        try:
            head = hashlib.sha256(_head(read_ordinary(path, INPUT))).hexdigest()
        except OSError:
            head = ""
        yield layout.relative(path), head


def head_in(content: bytes) -> dict[str, object]:
    """The `FIELDS` of a plan, in block style as people write it, or in JSON.

    Raises yaml.YAMLError, and ValueError for what is not UTF-8.
    """
    if content.startswith(b"{"):
        with suppress(ValidationError):  # else it is YAML that begins with the same sign
            return _head_in_json(content)
    whole = loaded(_head(content).decode("utf-8-sig"))
    return {name: whole[name] for name in FIELDS if name in whole} if isinstance(whole, dict) else {}


_JSON = TypeAdapter(TypedDict("_Fields", dict.fromkeys(FIELDS, Any), total=False))  # type: ignore[operator]


def _head_in_json(content: bytes) -> dict[str, object]:
    """Of the rest of the file no object is made, which would take four times as long."""
    return dict(_JSON.validate_json(content))


def _head(content: bytes) -> bytes:
    """The keys at the margin, each with its value; all of a file in JSON."""
    if content.startswith(b"{"):
        return content
    lines = b"\n" + content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n") + b"\n"
    # To look for each key is faster than a pattern over all lines.
    places = ((name, lines.find(b"\n%s:" % name.encode())) for name in FIELDS)
    found = (_MORE.match(lines, at + 1) for _, at in places if at >= 0)
    return b"".join(one[0] for one in found if one)


def _files(layout: Layout, locality: str, findings: list[Finding]) -> Iterator[Path]:
    try:
        folders = [locality] if locality else [path.name for path in input_files(layout.plans, "data/raw/plans")]
        for folder in folders:
            if folder != NATIONAL:
                yield from plan_files(layout, folder)
    except DataError as error:
        findings += error.findings
