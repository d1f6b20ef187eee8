"""The log (nhật ký): one line for everything that happened to a published report, each sealed by the next.

    reports/.log/log.jsonl

A line is canonical JSON and names the SHA-256 of the line before it, so that a line that is changed, left out, added
or moved breaks the chain at its place. Lines cut off at the end break nothing: for that the head (số thứ tự và mã băm
của dòng cuối) is kept elsewhere, and shown to be still in the chain.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import mmap
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from pipeline.inputs.hashes import canonical
from pipeline.plans.base import Frozen
from pipeline.whole import NotOrdinaryError, open_ordinary, read_ordinary, sync

_RUN = re.compile(rb'"(?:run|before)":"([0-9a-f]{64})"')
SITE_RECORD = ".site/site.json"
"""The record of the site, below `reports/`, as an entry names it."""
START = "0" * 64
"""What the first line names as the one before it."""


class Action(StrEnum):
    """What an entry tells of (việc đã làm)."""

    PUBLISHED = "published"
    """A report where none was."""
    REPLACED = "replaced"
    """A report in the place of `before`, which lies in `reports/.runs/` now."""
    REPRODUCED = "reproduced"
    """Made again, byte for byte the same; nothing was replaced."""
    REPAIRED = "repaired"
    """Made again, byte for byte the same, in the place of files that somebody had altered."""
    RECOVERED = "recovered"
    """Found published without an entry: the process ended between the two."""
    SWEPT = "swept"
    """What a run that was killed had left behind."""
    TORN = "torn"
    """The end of a line that was not written whole, now in log.torn."""
    SIGNED_OFF = "signed-off"
    SITE = "site-published"
    """The site of all localities, by the hash of its record."""
    DATASET = "data-published"
    """The data set of the country, by the hashes of its descriptor and its catalogue."""
    RESTORED = "restored"
    """Put back in its place, which a run that was killed had left empty."""
    SIGNED = "signed"
    """In logs of earlier versions only: a digital signature over the manifest."""
    BACKED_UP = "backed-up"
    """In logs of earlier versions only: a copy of everything was written."""


class Event(Frozen):
    """What happened: an entry of the log before it has its number and time."""

    action: Action
    locality: str = ""
    name: str = ""
    """The folder below the locality: the period, or the period as known on a day."""
    run: str = ""
    """The run id, which is the SHA-256 of manifest.json."""
    input_id: str = ""
    before: str = ""
    """The run whose place this one took."""
    beside: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the files beside the manifest that no manifest lists, by name."""
    detail: str = ""
    """In words; of a sign-off the reason, where one is due."""
    state: str = ""
    """Of a sign-off: what was done, as `sign_off.State` says it."""
    by: str = ""
    """The office that signed."""
    base: str = ""
    """Id of what an issued report was made from, without the issued report that it replaced itself."""


class Entry(Event):
    """One line of the log."""

    seq: int
    prev: str
    at: str
    """The moment in UTC, 2026-05-01T08:00:00Z."""


@dataclass(frozen=True)
class Head:
    """The last line: what an auditor keeps elsewhere."""

    seq: int = 0
    sha256: str = START

    def __str__(self) -> str:
        return f"{self.seq}:{self.sha256}"


@dataclass(frozen=True)
class Chain:
    """A log that was read: its entries, what is wrong with it, a sentence each with the line, and its head."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()
    heads: tuple[Head, ...] = ()
    """The head as it was after each line."""

    @property
    def head(self) -> Head:
        """The last line that could be read; the head of an empty log where there is none."""
        return self.heads[-1] if self.heads else Head()

    def holds(self, head: str) -> bool:
        """Whether a head that was kept elsewhere, `12:<hash>` or the hash alone, is one of this chain."""
        seq, _, sha256 = head.rpartition(":")
        return any(sha256 == h.sha256 and seq in ("", str(h.seq)) for h in self.heads)

    def torn_faults(self, path: Path) -> Iterator[str]:
        """Whether log.torn holds what the entries say was moved there, and nothing else."""
        told = [entry.detail for entry in self.entries if entry.action is Action.TORN]
        if not told:
            return
        try:
            rests = read_ordinary(path)
        except OSError as error:
            yield f"{path.name}: {error.strerror}"
            return
        for detail in told:
            length = int(detail.partition(" ")[0]) if detail[:1].isdecimal() else 0
            if detail != torn_detail(rests[:length]):
                yield f"{path.name}: nội dung khác với nhật ký"
                return
            rests = rests[length + 1 :]
        if rests:
            yield f"{path.name}: có phần mà nhật ký không nói đến"


class Log:
    """The log in one folder. Any number of processes may append; a lock of the whole log lets them in one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "log.jsonl"
        self.torn = folder / "log.torn"

    def append(self, event: Event, at: str = "") -> Entry:
        """Add one line and wait until it is on the disk. `at` is the moment in UTC, '' for now."""
        at = at or moment()
        with self._locked() as file:
            self._mend(file, at)
            return _append(file, event, at, os.fstat(file).st_size)

    def chain(self) -> Chain:
        """Read and check the whole log; an empty chain where there is none."""
        try:
            return read_chain(self._content())
        except FileNotFoundError:
            return Chain()
        except NotOrdinaryError as error:
            return Chain(faults=(f"{error.strerror}; khôi phục từ bản sao lưu",))

    def head(self) -> Head:
        """The head by the last line alone; nothing is checked."""
        try:
            file = open_ordinary(self.path)
        except OSError:
            return Head()
        try:
            return _last(file, os.fstat(file).st_size)
        finally:
            os.close(file)

    def to_note(self) -> str:
        """What an office is told wherever it publishes: a head kept elsewhere reveals a log that was rewritten."""
        return f"Đầu nhật ký, hãy chép lại ở nơi khác: {self.head()} (so lại: make verify HEAD=…)"

    def mentions(self, *words: str) -> bool:
        """Whether one line names all of these, searched from the end: quick however long the log is."""
        return next(self.lines_with(*words), None) is not None

    def lines_with(self, *words: str) -> Iterator[bytes]:
        """The lines that name all of these, the newest first."""
        if not self.path.exists() or not self.path.stat().st_size:
            return
        wanted = [json.dumps(word, ensure_ascii=False).encode() for word in words]
        with (
            os.fdopen(open_ordinary(self.path), "rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            end = len(content)
            while (found := content.rfind(wanted[0], 0, end)) >= 0:
                start, stop = content.rfind(b"\n", 0, found) + 1, content.find(b"\n", found)
                line = content[start : stop if stop >= 0 else end]
                if all(word in line for word in wanted):
                    yield line
                end = start

    def entries_with(self, *words: str) -> Iterator[Entry]:
        """The same, read; lines that cannot be read are for `make verify`."""
        for line in self.lines_with(*words):
            with suppress(ValidationError):
                yield Entry.model_validate_json(line)

    def history(self, locality: str, name: str) -> list[Entry]:
        """What happened at the address of one report, the oldest first."""
        found = (e for e in self.entries_with(locality, name) if (e.locality, e.name) == (locality, name))
        return list(found)[::-1]

    def runs(self) -> set[str]:
        """Every run the log knows, published or replaced; the chain is not checked."""
        return {found.decode() for found in _RUN.findall(self._content())} if self.path.exists() else set()

    def _content(self) -> bytes:
        return read_ordinary(self.path, sys.maxsize)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        guard = open_ordinary(self.folder / ".lock", os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            new = not self.path.exists()
            file = open_ordinary(self.path, os.O_RDWR | os.O_CREAT)
            try:
                if new:
                    sync(self.folder)
                yield file
            finally:
                os.close(file)
        finally:
            os.close(guard)

    def _mend(self, file: int, at: str) -> None:
        """Move an unfinished last line to log.torn, with an entry that says so; under the lock."""
        size = os.fstat(file).st_size
        if size == 0 or os.pread(file, 1, size - 1) == b"\n":
            return
        start = _start_of_last_line(file, size)
        rest = os.pread(file, size - start, start)
        with os.fdopen(open_ordinary(self.torn, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab") as torn:
            torn.write(rest + b"\n")
            torn.flush()
            os.fsync(torn.fileno())
        detail = torn_detail(rest)
        # Written over the rest, not after it was cut off: killed in between, the next one finds a rest again.
        _append(file, Event(action=Action.TORN, detail=detail), at, start)


def torn_detail(rest: bytes) -> str:
    """What an entry says of the end of a line that was moved to log.torn."""
    return f"{len(rest)} byte, sha256 {hashlib.sha256(rest).hexdigest()}"


def moment() -> str:
    """Now, in UTC, to the second: 2026-05-01T08:00:00Z."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_chain(content: bytes) -> Chain:
    """Check a log line by line: form, order, seal, and that the last line is whole."""
    lines = content.split(b"\n")
    unfinished = lines.pop()
    entries, faults, heads = [], [], []
    before = Head()
    for number, line in enumerate(lines, start=1):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            faults.append(f"dòng {number}: không đọc được")
            before = Head(before.seq + 1, hashlib.sha256(line).hexdigest())
            continue
        faults.extend(f"dòng {number}: {fault}" for fault in _faults(entry, line, before))
        before = Head(entry.seq, hashlib.sha256(line).hexdigest())
        entries.append(entry)
        heads.append(before)
    if unfinished:
        faults.append(f"dòng {len(lines) + 1}: chưa ghi hết (lần ghi sau sẽ chuyển sang log.torn)")
    return Chain(tuple(entries), tuple(faults), tuple(heads))


def _faults(entry: Entry, line: bytes, before: Head) -> Iterator[str]:
    if canonical_line(entry) != line:
        yield "không ở dạng chuẩn, tức là đã bị sửa"
    if entry.seq != before.seq + 1:
        yield f"số thứ tự {entry.seq} thay vì {before.seq + 1}, tức là có dòng bị xóa, thêm hoặc đổi chỗ"
    if entry.prev != before.sha256:
        yield "không khớp mã băm của dòng trước, tức là dòng trước bị sửa hoặc bị xóa"


def canonical_line(entry: Entry) -> bytes:
    """Canonical: keys in order, nothing that is empty, no newline."""
    record = {key: value for key, value in entry.model_dump(mode="json").items() if value not in ("", {})}
    return canonical(record).encode()


def _append(file: int, event: Event, at: str, end: int) -> Entry:
    """Write one line where the last whole one ends, and nothing behind it."""
    head = _last(file, end)
    entry = Entry(**event.model_dump(), seq=head.seq + 1, prev=head.sha256, at=at)
    line = canonical_line(entry) + b"\n"
    stop = end + len(line)
    try:
        while line:
            line = line[os.pwrite(file, line, stop - len(line)) :]
    except OSError:
        os.ftruncate(file, end)
        raise
    os.ftruncate(file, stop)
    os.fsync(file)
    return entry


def _last(file: int, size: int) -> Head:
    """The head by the last line alone; one that cannot be read is counted, and found by `make verify`."""
    if size == 0:
        return Head()
    start = _start_of_last_line(file, size - 1)
    line = os.pread(file, size - 1 - start, start)
    digest = hashlib.sha256(line).hexdigest()
    try:
        return Head(Entry.model_validate_json(line).seq, digest)
    except ValidationError:
        return Head(_count(file, size), digest)


def _count(file: int, size: int) -> int:
    return os.pread(file, size, 0).count(b"\n")


def _start_of_last_line(file: int, end: int) -> int:
    """Where the line that ends before `end` begins."""
    step = 1 << 14
    while end > 0:
        start = max(0, end - step)
        newline = os.pread(file, end - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
