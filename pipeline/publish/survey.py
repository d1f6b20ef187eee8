"""Whatever lies in `reports/` is explained (mọi thứ trong reports/ đều có lý do), or told as a stranger.

A file of a report is explained by its manifest, one of the store by its name, one of the site by its record, the rest
by the log. Links never stand for files. Nothing is opened here.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.inputs.issued import FILES
from pipeline.paths import DATASET, Layout
from pipeline.progress import printable
from pipeline.whole import UNFINISHED

LINK, SPECIAL = "là liên kết, không phải tệp hay thư mục", "không phải tệp thường (ống dẫn, thiết bị hoặc ổ cắm)"
EMPTY, STRANGER = "thư mục trống, không thuộc báo cáo nào", "tệp lạ, không do chương trình công bố"
_LEFT = "phần còn lại của một lần chạy bị ngắt; lần lập sau sẽ dọn"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCK = ".lock"


@dataclass(frozen=True)
class Explained:
    """What there may be, by record and log: paths below `reports/`."""

    reports: set[tuple[str, str]] = field(default_factory=set)
    """Locality and folder of every report that was looked at or that the log speaks of."""
    runs: set[str] = field(default_factory=set)
    site: set[str] = field(default_factory=set)
    """Files of the site and of the data set."""
    issues: set[tuple[str, str, str]] = field(default_factory=set)
    """Locality, folder and number of every issue."""
    torn: bool = False
    """The log tells of an end that was not written whole."""


@dataclass
class Survey:
    """What is wrong, a line each that names the place, and what is only worth knowing."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    open_to_all: list[str] = field(default_factory=list)
    """What every user of the machine may write."""


def survey(layout: Layout, explained: Explained, takes: Callable[[str, str], bool] | None = None) -> Survey:
    """Look at everything in `reports/`; with `takes`, only at the reports at those addresses."""
    found = Survey()
    for parts, mode, is_empty in _walk(layout.reports):
        if takes and not (len(parts) > 1 and not parts[0].startswith(".") and takes(parts[0], parts[1])):
            continue
        where = printable(layout.relative(layout.reports.joinpath(*parts)))
        if stat.S_ISLNK(mode):
            found.faults.append(f"{where}: {LINK}")
        elif not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            found.faults.append(f"{where}: {SPECIAL}")
        elif fault := _fault(parts, explained, is_folder=stat.S_ISDIR(mode), is_empty=is_empty):
            (found.warnings if fault == _LEFT else found.faults).append(f"{where}: {fault}")
        if mode & stat.S_IWOTH and not stat.S_ISLNK(mode):
            found.open_to_all.append(where)
    return found


def _walk(folder: Path) -> Iterator[tuple[tuple[str, ...], int, bool]]:
    """Parts of the path, mode, and whether it is an empty folder, of all below; a leftover is not entered."""
    to_enter: list[tuple[tuple[str, ...], int]] = [((), 0)]
    while to_enter:
        parts, mode_of_folder = to_enter.pop()
        with os.scandir(folder.joinpath(*parts)) as entries:
            modes = {entry.name: entry.stat(follow_symlinks=False).st_mode for entry in entries}
        if parts:
            yield parts, mode_of_folder, not modes
        for name, mode in sorted(modes.items()):
            below = (*parts, name)
            if stat.S_ISDIR(mode) and not _is_left(below):
                to_enter.append((below, mode))
            else:
                yield below, mode, False


def _is_left(parts: tuple[str, ...]) -> bool:
    """Whether a run that was killed leaves such a place."""
    if parts[0] in (".store", ".issued", ".peers"):
        return parts[-1].startswith(UNFINISHED)
    return len(parts) <= 2 and parts[-1].startswith(".staging-")


def _fault(parts: tuple[str, ...], explained: Explained, *, is_folder: bool, is_empty: bool) -> str:
    if _is_left(parts):
        return _LEFT
    rules = {".store": _in_store, ".runs": _in_runs, ".log": _in_log, ".issued": _in_issued, ".site": _in_site}
    rules[".peers"] = _in_peers
    rules[DATASET] = _in_dataset
    in_room = rules.get(parts[0])
    if in_room is None:
        return _in_reports(parts, explained, is_folder=is_folder, is_empty=is_empty)
    if len(parts) == 1:
        return "" if is_folder else STRANGER
    return in_room(parts[1:], explained, is_folder)


def _in_reports(parts: tuple[str, ...], explained: Explained, *, is_folder: bool, is_empty: bool) -> str:
    if len(parts) == 1:
        known = parts[0] == _LOCK or parts[0] in explained.site
        if not is_folder:
            return "" if known else STRANGER
        return "" if _SLUG.fullmatch(parts[0]) and not is_empty else EMPTY if is_empty else STRANGER
    if len(parts) == 2:
        known = parts in explained.reports if is_folder else parts[1] == _LOCK
        return "" if known else EMPTY if is_empty else STRANGER
    return EMPTY if is_empty else ""  # the files are those of the manifest, which names strangers


def _in_store(parts: tuple[str, ...], _: Explained, is_folder: bool) -> str:
    if len(parts) == 1:
        known = bool(re.fullmatch(r"[0-9a-f]{2}", parts[0])) if is_folder else parts[0] == _LOCK
    else:
        digest = bool(_DIGEST.fullmatch(parts[-1])) and parts[-1].startswith(parts[0])
        known = len(parts) == 2 and digest and not is_folder
    return "" if known else "không phải tệp của kho"


def _in_runs(parts: tuple[str, ...], explained: Explained, is_folder: bool) -> str:
    if len(parts) == 1:
        return "" if is_folder and parts[0] in explained.runs else STRANGER
    return ""


def _in_log(parts: tuple[str, ...], explained: Explained, is_folder: bool) -> str:
    known = {"log.jsonl", _LOCK, *(["log.torn"] if explained.torn else [])}
    return "" if len(parts) == 1 and parts[0] in known and not is_folder else STRANGER


def _in_issued(parts: tuple[str, ...], explained: Explained, is_folder: bool) -> str:
    if is_folder:
        known = any(issue[: len(parts)] == parts for issue in explained.issues)
        return "" if known else "nhật ký không có lần ban hành này"
    return "" if parts[:-1] in explained.issues and parts[-1] in FILES else STRANGER


def _in_peers(parts: tuple[str, ...], _: Explained, is_folder: bool) -> str:
    known = bool(_SLUG.fullmatch(parts[0])) and len(parts) == (1 if is_folder else 2)
    return "" if known and (is_folder or parts[1].endswith(".csv")) else STRANGER


def _in_site(parts: tuple[str, ...], explained: Explained, is_folder: bool) -> str:
    return "" if not is_folder and "/".join((".site", *parts)) in explained.site else STRANGER


def _in_dataset(parts: tuple[str, ...], explained: Explained, is_folder: bool) -> str:
    name = "/".join((DATASET, *parts))
    known = any(path.startswith(f"{name}/") for path in explained.site) if is_folder else name in explained.site
    return "" if known else STRANGER
