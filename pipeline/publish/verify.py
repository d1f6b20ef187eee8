"""Is everything as it was recorded (`make verify`): files, store, former runs, log, site. Reads only."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.errors import MismatchError, NoInputError
from pipeline.inputs.issued import COMPLETION
from pipeline.paths import Layout
from pipeline.progress import Say, short, silent
from pipeline.publish.log import Action, Chain, Entry, Head, Log
from pipeline.publish.manifest import SIGN_OFF, Recorded, faults_of, former_folders, published_folders, read_recorded
from pipeline.publish.sign_off import issue_faults, numbered, sign_off_faults, sign_off_of, stray_issues
from pipeline.publish.store import Store
from pipeline.publish.swap import is_locked

_T = TypeVar("_T")
_AT_ADDRESS = {
    Action.PUBLISHED,
    Action.REPLACED,
    Action.REPAIRED,
    Action.REPRODUCED,
    Action.RECOVERED,
    Action.RESTORED,
}
"""What says which run lies at an address."""
PATIENCE = 60.0
"""Seconds for which runs under way are waited for."""
EVERY = 200
"""After so many files or folders a word about the progress."""


@dataclass(frozen=True)
class Scope:
    """Which reports: '' for all; a name of a period takes those as known on a day, too."""

    locality: str = ""
    period: str = ""

    def takes(self, locality: str, name: str) -> bool:
        """Whether the report at an address is to be looked at."""
        return self.locality in ("", locality) and self.period in ("", name, name.partition(".")[0])


@dataclass
class Verified:
    """What was looked at and what is wrong, a line each that names the file."""

    chain: Chain
    published: int = 0
    former: int = 0
    outputs: int = 0
    inputs: int = 0
    faults: list[str] = field(default_factory=list)


def verify_at_rest(layout: Layout, scope: Scope, head: str, say: Say) -> Verified:
    """As `verify`; what is wrong is looked at again if a run was under way meanwhile.

    A report that is being exchanged is neither old nor new, and no fault. Nothing is waited for where nothing is
    wrong. Raises as `verify` does.
    """
    end = time.monotonic() + PATIENCE
    while True:
        before = _last_published(layout)
        found = verify(layout, scope, head, say)
        busy = _under_way(layout, scope)
        at_rest = not busy and _last_published(layout) == before
        if not found.faults or at_rest or time.monotonic() > end:
            return found
        if busy:
            say(f"  {busy}: đang có lần chạy, chờ rồi kiểm tra lại…")
            time.sleep(1)


def _last_published(layout: Layout) -> tuple[Head, bytes]:
    """What every publication changes last: the log, or the record of the site."""
    site = layout.site_record
    return Log(layout.log).chain().head, site.read_bytes() if site.is_file() else b""


def _under_way(layout: Layout, scope: Scope) -> str:
    """A locality of the scope, or the folder of the site, of which a run is under way; '' if there is none."""
    places = [p for p in layout.reports.glob("*") if p.is_dir() and not p.name.startswith(".")]
    folders = [p for p in places if scope.locality in ("", p.name)] + ([layout.reports] if scope == Scope() else [])
    return next((p.name for p in folders if is_locked(p)), "")


def verify(layout: Layout, scope: Scope, head: str = "", say: Say = silent) -> Verified:
    """Check every report of the scope, and the log as a whole.

    Raises NoInputError where there is no report to check.
    """
    published = [p for p in published_folders(layout) if scope.takes(p.parent.name, p.name)]
    log = Log(layout.log)
    found = Verified(log.chain())
    known = _Known.of(found.chain.entries)
    if not published and not any(scope.takes(*address) for address in known.current):
        raise NoInputError("Không có báo cáo nào để kiểm tra. Lập trước: make report LOCALITY=cat-hai")
    file = layout.relative(log.path)
    found.faults += [f"{file}, {fault}" for fault in found.chain.faults]
    if head and not found.chain.holds(head):
        found.faults.append(
            f"{file}: không còn dòng {head}, tức là nhật ký đã bị sửa hoặc bị cắt sau khi dòng này được chép lại"
        )
    records = list(_check_published(layout, published, known, found, say))
    records += _check_kept(layout, scope, known, found, say)
    found.faults += _missing(layout, scope, known)
    issues = (one for one in numbered(found.chain.entries) if scope.takes(one[1].locality, one[1].name))
    found.faults += issue_faults(layout, issues, {r.run: r.outputs.get(COMPLETION, "") for r in records})
    _check_store(layout, records, scope, found, say)
    if scope == Scope():
        found.faults += stray_issues(layout, numbered(found.chain.entries))
        found.faults += _site_faults(layout)
    return found


@dataclass
class _Known:
    """What the log says: the run at each address, the runs that must be kept, the files beside each manifest."""

    current: dict[tuple[str, str], str] = field(default_factory=dict)
    former: dict[str, tuple[str, str]] = field(default_factory=dict)
    beside: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)
    signed: dict[str, list[Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> _Known:
        known = cls()
        for entry in entries:
            address = entry.locality, entry.name
            if entry.run:
                known.runs.add(entry.run)
                for name, sha256 in entry.beside.items():  # a run may be made and published more than once
                    known.beside.setdefault(entry.run, {}).setdefault(name, set()).add(sha256)
            if entry.action is Action.SIGNED_OFF:
                known.signed.setdefault(entry.run, []).append(entry)
            if entry.action in _AT_ADDRESS and entry.run:
                known.current[address] = entry.run
            elif entry.action is Action.SWEPT and entry.run:
                known.former[entry.run] = address
            if entry.before:
                known.former[entry.before] = address
        return known


def _check_published(
    layout: Layout, folders: Sequence[Path], known: _Known, found: Verified, say: Say
) -> Iterator[Recorded]:
    for folder in _with_progress(folders, "báo cáo", say):
        recorded = _check_folder(layout, folder, known, found)
        if recorded is None:
            continue
        found.published += 1
        address = (folder.parent.name, folder.name)
        logged = known.current.get(address, "")
        if (recorded.locality, recorded.name) != address:
            found.faults.append(f"{layout.relative(folder)}: là báo cáo của {recorded.locality}, {recorded.name}")
        if logged and logged != recorded.run:
            message = f"lần chạy đang công bố là {short(recorded.run)}, nhật ký nói là {short(logged)}"
            found.faults.append(f"{layout.relative(folder)}: {message}")
        yield recorded


def _check_kept(layout: Layout, scope: Scope, known: _Known, found: Verified, say: Say) -> Iterator[Recorded]:
    for folder in _with_progress(former_folders(layout), "lần chạy trước", say):
        if scope != Scope() and not scope.takes(*known.former.get(folder.name, ("", ""))):
            continue
        recorded = _check_folder(layout, folder, known, found)
        if recorded is None:
            continue
        found.former += 1
        if recorded.run != folder.name:
            found.faults.append(f"{layout.relative(folder)}: bản kê đã đổi, mã lần chạy nay là {short(recorded.run)}")
        yield recorded


def _check_folder(layout: Layout, folder: Path, known: _Known, found: Verified) -> Recorded | None:
    where = layout.relative(folder)
    try:
        recorded = read_recorded(folder)
    except MismatchError:
        found.faults.append(f"{where}/manifest.json: không đọc được bản kê")
        return None
    found.outputs += len(recorded.outputs)
    found.faults += [f"{where}/{fault}" for fault in faults_of(recorded)]
    now = sign_off_of(known.signed.get(recorded.run, ()), recorded.run)
    found.faults += [f"{where}/{SIGN_OFF}: {fault}" for fault in sign_off_faults(folder, now)]
    if recorded.run not in known.runs:
        found.faults.append(f"{where}/manifest.json: nhật ký không có lần chạy {short(recorded.run)}")
    for name, digests in known.beside.get(recorded.run, {}).items():
        found.faults += [f"{where}/{name}: {fault}" for fault in _content_faults(folder / name, digests)]
    return recorded


def _missing(layout: Layout, scope: Scope, known: _Known) -> Iterator[str]:
    """What the log speaks of and is not there."""
    for (locality, name), run in known.current.items():
        if scope.takes(locality, name) and not layout.report(locality, name).is_dir():
            yield f"{layout.relative(layout.report(locality, name))}: không còn, nhật ký có lần chạy {short(run)}"
    for run, address in known.former.items():
        if scope.takes(*address) and not (layout.former / run).is_dir() and run != known.current.get(address):
            yield f"{layout.relative(layout.former / run)}: không còn, nhật ký nói đã giữ"


def _check_store(layout: Layout, records: Sequence[Recorded], scope: Scope, found: Verified, say: Say) -> None:
    store = Store(layout.store)
    uses = {sha256: (r, path) for r in records for path, sha256 in r.needed.items()}
    wanted = set(uses) if scope != Scope() else {*uses, *store.digests()}
    for sha256 in _with_progress(sorted(wanted), "tệp trong kho", say):
        found.inputs += 1
        recorded, path = uses.get(sha256, (None, ""))
        of = f" ({path} của {recorded.locality}, {recorded.name})" if recorded else ""
        try:
            store.read(sha256)
        except MismatchError as error:
            found.faults.append(str(error).replace(f"{layout.root}/", "") + of)
    if scope == Scope():
        found.faults += [f"{layout.relative(path)}: không phải tệp của kho" for path in store.strangers()]


def _site_faults(layout: Layout) -> Iterator[str]:
    """The site of all localities by its own record."""
    path = layout.site_record
    if not path.is_file():
        return
    try:
        outputs = [(str(o["path"]), str(o["sha256"])) for o in json.loads(path.read_bytes())["outputs"]]
    except (ValueError, KeyError, TypeError):
        yield f"{layout.relative(path)}: không đọc được; lập lại: make overview FORCE=1"
        return
    for name, sha256 in outputs:
        for fault in _content_faults(layout.reports / name, {sha256}):
            yield f"{layout.relative(layout.reports / name)}: {fault}; lập lại: make overview FORCE=1"


def _content_faults(path: Path, digests: set[str]) -> Iterator[str]:
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() not in digests:
            yield "nội dung đã đổi"
    except OSError:
        yield "không còn"


def _with_progress(items: Sequence[_T], what: str, say: Say) -> Iterator[_T]:
    for number, item in enumerate(items, start=1):
        if number % EVERY == 0:
            say(f"  {number}/{len(items)} {what}…")
        yield item
