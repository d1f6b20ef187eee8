"""The data set after a change (`make dataset`): only what the published reports say is remade, under the site's lock.

What has changed is told by the table `localities`, which has the hash of every manifest; there is no other memory.
The same reports give the same bytes, in whatever order they were made, and from nothing.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pipeline.dataset.data_tables import BY_REPORT, TABLES
from pipeline.dataset.descriptor import DICTIONARY, catalog_text, package_text, schema_file, schema_text
from pipeline.dataset.partitions import FORMS, Partition, by_partition, concept_file
from pipeline.dataset.published_reports import ReportFault, Source, sources
from pipeline.errors import BusyError, NoInputError, StorageError
from pipeline.fork.run_in_fork import CallError, run_in_fork
from pipeline.inputs.describe import python_edition
from pipeline.inputs.draft import is_draft
from pipeline.inputs.hashes import FileHash, hash_file, hash_files, hash_of, hash_program
from pipeline.inputs.program import program_files
from pipeline.paths import CODE, Layout
from pipeline.plans.registry import read_places
from pipeline.progress import Say, silent
from pipeline.publish.dataset_record import (
    CATALOG,
    DESCRIPTOR,
    DatasetRecord,
    is_logged,
    log_dataset,
    read_dataset_record,
)
from pipeline.publish.manifest import content_fault
from pipeline.publish.swap import lock
from pipeline.unexpected import of_another_process
from pipeline.whole import ordinary_text, sync

ROOTS = ("pipeline.dataset.partitions", "pipeline.dataset.descriptor", "pipeline.dataset.dictionary")
"""What the data set is made by; the files of the program that these depend on are inputs."""
LISTS = ("localities.csv", "concepts.yaml")
PARTITION = "pipeline.dataset.partitions:make_partition"
CONCEPTS = "pipeline.dataset.partitions:make_concepts"
DICTIONARY_PAGE = "pipeline.dataset.dictionary:write_dictionary"
BUSY = "Bộ dữ liệu hoặc trang chung đang được lập ở một lần chạy khác; hãy chờ rồi chạy lại."
_LOCALITIES = BY_REPORT[0]
_READ_AGAIN = (ReportFault.ALTERED, ReportFault.MISSING)
"""Faults that can go without a change of the manifest."""
Stamps = dict[str, tuple[str, str]]
"""The stamp of each report of a partition, by locality."""


@dataclass(frozen=True)
class DatasetOutcome:
    """Where the descriptor lies, whether anything was made now, and how many partitions."""

    descriptor: Path
    made: bool
    partitions: int = 0


def make_dataset(layout: Layout, *, force: bool = False, say: Say = silent) -> DatasetOutcome:
    """Bring the data set in line with the published reports; with `force`, make everything from nothing.

    One partition is made at a time, in a process of its own where a warm one is at hand, so that memory does not grow
    with the localities. Raises NoInputError where there is no report, BusyError where another run has the lock or a
    report changed meanwhile.
    """
    places = read_places(layout)
    wanted = by_partition(sources(layout, places))
    if not wanted:
        raise NoInputError("Chưa có báo cáo nào trong reports/. Lập trước: make report LOCALITY=cat-hai")
    before = _Before(layout, None if force else read_dataset_record(layout), _made_by(layout))
    stale = [part for part, reports in wanted.items() if not before.has(part, reports)]
    if not stale and before.is_whole(wanted):
        return DatasetOutcome(layout.dataset / DESCRIPTOR, made=False)
    try:
        with lock(layout.reports, BUSY), _staging(layout) as staged:
            _make(layout, staged, {part: before.unchanged(part, wanted[part]) for part in stale}, say)
            _make_documents(layout, staged, before)
            now = by_partition(sources(layout, places, set(stale)))
            if any(_stamps(now.get(part, ())) != _stamps(wanted[part]) for part in stale):
                raise BusyError("Một báo cáo thay đổi trong khi đang lập bộ dữ liệu; hãy chạy lại.")
            days = {day for part in wanted for day in before.days(part, staged)}
            files = _files(layout, staged, wanted, before)
            _publish(layout, staged, DatasetRecord(made_by=before.made_by, files=files), days)
    except OSError as error:
        raise StorageError.of(error) from error
    return DatasetOutcome(layout.dataset / DESCRIPTOR, made=True, partitions=len(stale))


def _made_by(layout: Layout) -> str:
    lists = hash_files(layout, (layout.raw / name for name in LISTS))
    code = hash_program(layout, program_files(*ROOTS))
    made_by = (*lists, *code, hash_file(layout, CODE / "requirements.lock"))
    return hash_of([python_edition(), is_draft(*ROOTS), *((file.path, file.sha256) for file in made_by)])


def _stamps(reports: Iterable[Source]) -> Stamps:
    return {report.locality: report.stamp for report in reports}


class _Listed(NamedTuple):
    """What the table of localities says of a partition."""

    stamps: Stamps
    days: frozenset[str]
    """First days of periods and cut-offs."""

    @classmethod
    def read(cls, path: Path) -> _Listed:
        head, *rows = csv.reader(ordinary_text(path).splitlines())  # at least one: a partition has a report
        columns = dict(zip(head, zip(*rows, strict=True), strict=True))
        listed = zip(*map(columns.__getitem__, ("locality", "run", "sign_off", "fault")), strict=True)
        reports = (one for one in listed if (one[1] or one[3]) and one[3] not in _READ_AGAIN)
        days = frozenset((*columns["start"], *columns["cut_off"])) - {""}
        return cls({locality: (run, sign_off) for locality, run, sign_off, _ in reports}, days)


_NOTHING = _Listed({}, frozenset())


@dataclass(frozen=True)
class _Before:
    """The published data set, as far as it was made by this program and is as it was published."""

    layout: Layout
    record: DatasetRecord | None
    made_by: str
    _recorded: dict[Partition, _Listed] = field(default_factory=dict)

    @cached_property
    def files(self) -> dict[str, FileHash]:
        """The files that can be kept, by path; none where another program or another list made them.

        Where the log does not know the descriptor, a run was killed: then contents count, otherwise sizes.
        """
        if self.record is None or self.record.made_by != self.made_by:
            return {}
        known = is_logged(self.layout)
        return {f.path: f for f in self.record.files if (self._has_size(f) if known else self.is_intact(f))}

    def _has_size(self, file: FileHash) -> bool:
        try:
            return (self.layout.dataset / file.path).stat().st_size == file.size
        except OSError:
            return False

    def is_intact(self, file: FileHash) -> bool:
        """Whether a file has the content that was published."""
        try:
            return not content_fault(self.layout.dataset / file.path, {file.sha256}, file.size)
        except OSError:
            return False

    def has(self, part: Partition, reports: list[Source]) -> bool:
        """Whether a partition is there as it should be."""
        return all(file in self.files for file in part.files) and self._listed(part).stamps == _stamps(reports)

    def unchanged(self, part: Partition, reports: list[Source]) -> list[str]:
        """The localities whose rows can be taken from the files of a partition."""
        parquet = [self.files.get(part.file(table, "parquet")) for table in BY_REPORT]
        if not all(file is not None and self.is_intact(file) for file in parquet):
            return []
        recorded = self._listed(part).stamps
        return [s.locality for s in reports if recorded.get(s.locality) == s.stamp]

    def is_whole(self, wanted: Mapping[Partition, list[Source]]) -> bool:
        """Whether nothing is missing, nothing is left over, and the log knows it."""
        files = {*_documents(), *(file for part in wanted for file in part.files)}
        recorded = {file.path for file in self.record.files} if self.record else set()
        return files == recorded == self.files.keys() and is_logged(self.layout)

    def days(self, part: Partition, staged: Path) -> frozenset[str]:
        """The days in a partition as it was made in `staged`, or is kept."""
        made = staged / part.file(_LOCALITIES, "csv")
        return (_Listed.read(made) if made.is_file() else self._listed(part)).days

    def _listed(self, part: Partition) -> _Listed:
        if part not in self._recorded:
            file = self.files.get(part.file(_LOCALITIES, "csv"))
            kept = file and self.is_intact(file)
            self._recorded[part] = _Listed.read(self.layout.dataset / file.path) if file and kept else _NOTHING
        return self._recorded[part]


def _documents() -> list[str]:
    """Files that belong to no partition."""
    return [DICTIONARY, *map(schema_file, TABLES), *map(concept_file, FORMS)]


def _make(layout: Layout, staged: Path, stale: Mapping[Partition, list[str]], say: Say) -> None:
    for number, (part, unchanged) in enumerate(stale.items(), start=1):
        say(f"  bộ dữ liệu {number}/{len(stale)}: tỉnh {part.province}, kỳ {part.period}…")
        _call(PARTITION, str(layout.root), part.province, part.period, str(staged), json.dumps(unchanged))


def _make_documents(layout: Layout, staged: Path, before: _Before) -> None:
    missing = [name for name in _documents() if name not in before.files]
    for table in (table for table in TABLES if schema_file(table) in missing):
        path = staged / schema_file(table)
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_text(table), "utf-8")
    if DICTIONARY in missing:
        _call(DICTIONARY_PAGE, str(layout.root), str(staged / DICTIONARY))
    if any(concept_file(form) in missing for form in FORMS):
        _call(CONCEPTS, str(layout.root), str(staged))


def _call(function: str, *arguments: str) -> None:
    with run_in_fork(function, *arguments) as made:
        try:
            made()
        except CallError as error:
            what = f"Bộ dữ liệu không lập xong: {error.reason}"
            raise of_another_process(error.name, str(error), what) from error


def _files(
    layout: Layout, staged: Path, wanted: Mapping[Partition, list[Source]], before: _Before
) -> tuple[FileHash, ...]:
    """Every file of the data set: those made now, and those kept."""
    names = sorted([*_documents(), *(file for part in wanted for file in part.files)])
    made = {name: hash_file(layout, staged / name, name) for name in names if (staged / name).is_file()}
    return tuple(made.get(name) or before.files[name] for name in names)


def _publish(layout: Layout, staged: Path, record: DatasetRecord, days: Collection[str]) -> None:
    """The descriptor first, then what it describes, then the line of the log.

    Killed in between, the log does not know the descriptor, and the next run compares every file with it.
    """
    (staged / DESCRIPTOR).write_text(package_text(record, draft=is_draft(*ROOTS)), "utf-8")
    (staged / CATALOG).write_text(catalog_text(hash_file(layout, staged / DESCRIPTOR).sha256, days), "utf-8")
    made = [file.path for file in record.files if (staged / file.path).is_file()]
    for name in (DESCRIPTOR, *made):
        _replace(staged / name, layout.dataset / name)
    _replace(staged / CATALOG, layout.reports / CATALOG)
    _delete_others(layout.dataset, {DESCRIPTOR, *(file.path for file in record.files)})
    if not is_logged(layout):
        log_dataset(layout)


def _replace(made: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    sync(made)
    made.replace(place)
    sync(place.parent)


def _delete_others(folder: Path, names: set[str]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):  # what lies in a folder before the folder
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in names:
            path.unlink()


@contextmanager
def _staging(layout: Layout) -> Iterator[Path]:
    """A folder on the same file system. Deletes what a killed run left behind, so it must be called under the lock."""
    for leftover in layout.reports.glob(".staging-data-*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=".staging-data-", dir=layout.reports) as folder:
        yield Path(folder)
