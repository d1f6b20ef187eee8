"""Is everything as it was recorded (`make verify`): files, store, former runs, log, site. Reads only."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pipeline.errors import MismatchError, NoInputError
from pipeline.inputs.hashes import check_code
from pipeline.inputs.issued import COMPLETION
from pipeline.paths import Layout
from pipeline.progress import Say, printable, short, silent
from pipeline.publish.dataset_record import dataset_faults, explained_files
from pipeline.publish.log import SITE_RECORD, Action, Chain, Entry, Head, Log
from pipeline.publish.manifest import (
    FORMERLY_BESIDE,
    GONE,
    RUN_INFO,
    SIGN_OFF,
    Recorded,
    content_fault,
    faults_of,
    former_folders,
    inside,
    published_folders,
    read_recorded,
)
from pipeline.publish.sign_off import (
    issue_faults,
    numbered,
    sign_off_faults,
    sign_off_of,
    taken_back,
    told_as_taken_back,
)
from pipeline.publish.store import Store
from pipeline.publish.survey import Explained, survey
from pipeline.publish.swap import is_locked
from pipeline.whole import LARGEST, NotOrdinaryError, read_ordinary

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
_GIVEN = ("data/raw/submissions/", "data/raw/corrections/", "data/raw/plans/", "data/raw/follow-ups/")
"""What offices sent, corrected and planned."""
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
    warnings: list[str] = field(default_factory=list)
    """What is no fault, but to be known."""


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
    return Log(layout.log).chain().head, _content_or_nothing(layout.site_record)


def _content_or_nothing(path: Path) -> bytes:
    try:
        return read_ordinary(path)
    except OSError:
        return b""


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
    back = {one: entry for one, entry in taken_back(found.chain.entries).items() if scope.takes(*one[:2])}
    found.warnings += told_as_taken_back(back)
    found.faults += issue_faults(layout, issues, back, {r.run: r.outputs.get(COMPLETION, "") for r in records})
    _check_store(layout, records, scope, found, say)
    site = _site_outputs(layout, known, found) if scope == Scope() else set()
    if scope == Scope():
        found.faults += dataset_faults(layout, known.dataset)
        site |= explained_files(layout)
    found.faults += found.chain.torn_faults(log.torn) if scope == Scope() else ()
    _survey(
        layout,
        scope,
        Explained(
            reports={(p.parent.name, p.name) for p in published} | known.current.keys(),
            runs=known.runs | known.former.keys(),
            site=site,
            issues={(e.locality, e.name, str(number)) for number, e in numbered(found.chain.entries)},
            torn=any(entry.action is Action.TORN for entry in found.chain.entries),
        ),
        found,
    )
    found.warnings += _changed_since(layout, records)
    if scope.locality:
        found.warnings += [
            f"{one.locality}, {one.name}: mã kiểm tra {check_code(one.input_id)}"
            + (" (lần chạy trước)" if one.folder.parent == layout.former else "")
            for one in records
        ]
    return found


def _survey(layout: Layout, scope: Scope, explained: Explained, found: Verified) -> None:
    """What is named as a fault already is not named again."""
    seen = survey(layout, explained, None if scope == Scope() else scope.takes)
    named = {fault.partition(": ")[0] for fault in found.faults}
    found.faults += (fault for fault in seen.faults if fault.partition(": ")[0] not in named)
    found.warnings += seen.warnings
    if seen.open_to_all:
        places, more = seen.open_to_all[0], len(seen.open_to_all) - 1
        found.warnings.append(f"{places}{f' và {more} nơi khác' if more else ''}: mọi người dùng máy đều sửa được")


def _changed_since(layout: Layout, records: Sequence[Recorded]) -> Iterator[str]:
    """Files that were sent, corrections and plans that are not as the published reports used them."""
    if not layout.raw.is_dir():
        return  # an auditor may have nothing but `reports`
    for recorded in (one for one in records if one.folder.parent != layout.former):
        of = f"báo cáo {recorded.locality}, {recorded.name}; xem: make why LOCALITY={recorded.locality}"
        for path, sha256 in recorded.inputs.items():
            fault = content_fault(layout.root / path, {sha256}) if path.startswith(_GIVEN) else ""
            if fault:
                yield f"{printable(path)}: số liệu gốc {fault} sau khi công bố {of}"


@dataclass
class _Known:
    """What the log says: the run at each address, the runs that must be kept, the files beside each manifest."""

    current: dict[tuple[str, str], str] = field(default_factory=dict)
    former: dict[str, tuple[str, str]] = field(default_factory=dict)
    beside: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)
    signed: dict[str, list[Entry]] = field(default_factory=dict)
    site: str = ""
    """SHA-256 of the record of the site; '' where the log does not speak of it."""
    dataset: dict[str, str] = field(default_factory=dict)
    """SHA-256 of descriptor and catalogue of the data set, by name."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> _Known:
        known = cls()
        for entry in entries:
            address = entry.locality, entry.name
            if entry.run:
                known.runs.add(entry.run)
                for name, sha256 in entry.beside.items():  # a run may be made and published more than once
                    known.beside.setdefault(entry.run, {}).setdefault(name, set()).add(sha256)
            if entry.action is Action.SITE:
                known.site = entry.beside.get(SITE_RECORD, "")
            if entry.action is Action.DATASET:
                known.dataset = entry.beside
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
    beside = known.beside.get(recorded.run, {})
    for name, digests in beside.items():
        if fault := content_fault(folder / name, digests):
            found.faults.append(f"{where}/{name}: {fault}")
    for name in {RUN_INFO, *FORMERLY_BESIDE} - beside.keys():
        if os.path.lexists(folder / name):
            found.faults.append(f"{where}/{name}: nhật ký không có tệp này")
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
            store.read(sha256, recorded.sizes.get(sha256, LARGEST) if recorded else LARGEST)
        except MismatchError as error:
            found.faults.append(str(error).replace(f"{layout.root}/", "") + of)


def _site_outputs(layout: Layout, known: _Known, found: Verified) -> set[str]:
    """The files of the site of all localities, held to its record, and the record to the log."""
    path, again = layout.site_record, "lập lại: make overview FORCE=1"
    where = layout.relative(path)
    try:
        content = read_ordinary(path)
        outputs = [(inside(o["path"]), str(o["sha256"]), int(o["size"])) for o in json.loads(content)["outputs"]]
    except FileNotFoundError:
        if known.site:
            found.faults.append(f"{where}: {GONE}, nhật ký nói trang chung đã công bố; {again}")
        return set()
    except (NotOrdinaryError, ValueError, KeyError, TypeError):
        found.faults.append(f"{where}: không đọc được; {again}")
        return set()
    if not known.site:
        found.warnings.append(f"{where}: nhật ký chưa nói gì về trang chung, lập bằng phiên bản cũ; {again}")
    elif known.site != hashlib.sha256(content).hexdigest():
        found.faults.append(f"{where}: bản ghi của trang chung khác với nhật ký; {again}")
    for name, sha256, size in outputs:
        if fault := content_fault(layout.reports / name, {sha256}, size):
            found.faults.append(f"{layout.relative(layout.reports / name)}: {fault}; {again}")
    return {".site/site.json", *(name for name, _, _ in outputs)}


def _with_progress(items: Sequence[_T], what: str, say: Say) -> Iterator[_T]:
    for number, item in enumerate(items, start=1):
        if number % EVERY == 0:
            say(f"  {number}/{len(items)} {what}…")
        yield item
