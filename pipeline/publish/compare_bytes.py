"""Two versions of one published file, told apart in words: which figure, which line, which part (khác ở đâu)."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

MOST = 12
"""So many differences of one file are told; the others are counted."""
AROUND = 60
"""Characters shown before and after the first one that differs."""
_BESIDE = ("completion.json", "indicators.csv", "tasks.csv")


@dataclass(frozen=True)
class Vocabulary:
    """The official words for the fields of a record, and for the codes of statuses in it; without them, as they are."""

    field: Callable[[str], str] = str
    status: Callable[[str], str] = str


AS_WRITTEN = Vocabulary()


def in_order(names: Sequence[str]) -> list[str]:
    """Figures first, for they say most; the page and the office files follow from them."""
    return sorted(names, key=lambda name: (_BESIDE.index(name) if name in _BESIDE else len(_BESIDE), name))


def differences_in(name: str, before: bytes, after: bytes, words: Vocabulary = AS_WRITTEN) -> list[str]:
    """Where two versions of a file differ, at most MOST lines."""
    if name.endswith((".xlsx", ".docx")):
        found = _parts(before, after)
    elif name.endswith((".json", ".ipynb")) and (records := _both(before, after)):
        found = _differences(*records, "", words)
    else:
        found = _lines(before, after)
    first = list(islice(found, MOST))
    more = sum(1 for _ in found)
    return [*first, *([f"… và {more} chỗ khác"] if more else [])]


def differences_of_environment(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What differs between two run-info.json and may change bytes: interpreter, machine, installed packages."""
    for name, what in (("python", "Python"), ("platform", "máy"), ("processors", "số lõi")):
        if before.get(name) != after.get(name):
            yield f"{what}: {before.get(name, 'không rõ')} → {after.get(name, 'không rõ')}"
    old, new = (_versions(info.get("packages", ())) for info in (before, after))
    for package in sorted(old.keys() | new.keys()):
        if old.get(package) != new.get(package):
            yield f"gói {package}: {old.get(package, 'không có')} → {new.get(package, 'không có')}"


def _versions(packages: Sequence[str]) -> dict[str, str]:
    return {name: version for name, _, version in (package.rpartition("-") for package in packages)}


def _both(before: bytes, after: bytes) -> tuple[Any, Any] | None:
    """Both as JSON. None where one is not, or where they differ in nothing but their spelling."""
    try:
        records = json.loads(before), json.loads(after)
    except ValueError:
        return None
    return None if records[0] == records[1] else records


def _differences(before: Any, after: Any, place: str, words: Vocabulary) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from _differences(before.get(name), after.get(name), _below(place, words.field(name)), words)
    elif isinstance(before, list) and isinstance(after, list):
        old, new = _named(before), _named(after)
        for name in [*old, *(name for name in new if name not in old)]:
            yield from _differences(old.get(name), new.get(name), _below(place, name), words)
    else:
        yield f"{place}: {_shown(before, words)} → {_shown(after, words)}"


def _below(place: str, name: str) -> str:
    """A row of a plan says all by itself where it stands."""
    if not place or name.startswith("“"):
        return name
    return f"{place}, {name}"


def _named(items: list[Any]) -> dict[str, Any]:
    """The items by a name that stays when others come or go; by their number where they have none of their own."""
    names = [_name(item) for item in items]
    if not all(names) or len(set(names)) < len(names):
        return {f"thứ {number}": item for number, item in enumerate(items, start=1)}
    return dict(zip(names, items, strict=True))


def _name(item: Any) -> str:
    if not isinstance(item, dict):
        return ""
    if {"plan", "no"} <= item.keys():
        code = "/".join(str(item[part]) for part in ("plan", "annex", "group", "no") if item.get(part))
        return f"“{item.get('name', '')}” ({code})"
    if {"plan", "label"} <= item.keys():
        return f"“{item['plan']}/{item['label']}”"
    return str(item.get("id") or item.get("code") or "")


def _shown(value: Any, words: Vocabulary) -> str:
    if value is None:
        return "không có"
    if isinstance(value, str):
        return f"“{_cut(_plain(words.status(value)))}”"
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]}…"


def _parts(before: bytes, after: bytes) -> Iterator[str]:
    """Which parts of an office file differ."""
    try:
        old, new = (_unpacked(content) for content in (before, after))
    except (zipfile.BadZipFile, OSError, ValueError):
        yield "không mở được như tệp văn phòng, tức là tệp đã hỏng"
        return
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield from (f"phần {name}, {line}" for line in _lines(old.get(name, b""), new.get(name, b"")))
    if old == new:
        yield "các phần giống nhau, chỉ cách nén hoặc giờ ghi khác"


def _unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return {info.filename: _start_of(parts, info) for info in parts.infolist()}


def _start_of(parts: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """No more than 64 MiB, whatever the part says of its size."""
    with parts.open(info) as part:
        return part.read(1 << 26)


def _lines(before: bytes, after: bytes) -> Iterator[str]:
    """The first line that differs; of what is no text, the first byte."""
    try:
        old, new = (content.decode().splitlines() for content in (before, after))
    except UnicodeDecodeError:
        yield f"từ byte thứ {_first(before, after) + 1} ({len(before)} → {len(after)} byte)"
        return
    for number, (one, other) in enumerate(zip(old, new, strict=False), start=1):
        if one != other:
            yield f"dòng {number}: {_around(one, other)}"
            return
    if len(old) != len(new):
        shorter = min(len(old), len(new))
        yield f"dòng {shorter + 1}: {len(old)} dòng → {len(new)} dòng"
    else:
        yield "chỉ khác cách xuống dòng"


def _around(one: str, other: str) -> str:
    at = _first(one, other)
    start = max(0, at - AROUND)
    return " → ".join(f"“{_plain(text[start : at + AROUND])}”" for text in (one, other))


def _first(one: Sequence[object], other: Sequence[object]) -> int:
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def _plain(text: str) -> str:
    """On one line, and with nothing that a terminal would obey."""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
