"""The record of the data set of the country (bộ dữ liệu chung): its descriptor, whose hash the log knows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from pipeline.inputs.hashes import FileHash
from pipeline.paths import DATASET, Layout
from pipeline.plans.base import Frozen
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.manifest import GONE, content_fault, inside
from pipeline.whole import NotOrdinaryError, read_ordinary

DESCRIPTOR = "datapackage.json"
CATALOG = "catalog.jsonld"
"""Beside the site, one folder above the data set."""
_LOGGED = (f"{DATASET}/{DESCRIPTOR}", CATALOG)
_AGAIN = "lập lại: make dataset FORCE=1"


class DatasetRecord(Frozen):
    """What the descriptor says of the making: from what, and which files there are."""

    made_by: str
    """Hash of the program, of the lists and of the environment."""
    files: tuple[FileHash, ...]
    """All files of the data set but the descriptor, by their path below its folder."""

    @classmethod
    def of(cls, descriptor: bytes) -> DatasetRecord:
        """Read it from the descriptor. Raises ValueError."""
        try:
            package = json.loads(descriptor)
            files = [
                FileHash(path=inside(f["path"]), sha256=str(f["hash"]).removeprefix("sha256:"), size=f["bytes"])
                for f in (*package["resources"], *package["documents"])
            ]
            return cls(made_by=package["made_by"], files=tuple(files))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(DESCRIPTOR) from error


def read_dataset_record(layout: Layout) -> DatasetRecord | None:
    """The record of the published data set; None where it is missing or cannot be read."""
    try:
        return DatasetRecord.of(read_ordinary(layout.dataset / DESCRIPTOR))
    except (OSError, ValueError):
        return None


def log_dataset(layout: Layout) -> None:
    """Add the line of the log that names descriptor and catalogue as they are."""
    digests = {name: hashlib.sha256(read_ordinary(layout.reports / name)).hexdigest() for name in _LOGGED}
    Log(layout.log).append(Event(action=Action.DATASET, beside=digests))


def is_logged(layout: Layout) -> bool:
    """Whether the last line of the log about the data set names descriptor and catalogue as they are."""
    last = next(Log(layout.log).entries_with(Action.DATASET), None)
    return last is not None and not any(_differs(layout, name, last.beside) for name in _LOGGED)


def dataset_faults(layout: Layout, logged: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the data set, a line each that names the file; `logged` has the hashes of the log."""
    for name in _LOGGED:
        if name in logged and (fault := _differs(layout, name, logged)):
            yield f"{layout.relative(layout.reports / name)}: {fault} so với nhật ký; {_AGAIN}"
    try:
        record = DatasetRecord.of(read_ordinary(layout.dataset / DESCRIPTOR))
    except FileNotFoundError:
        return
    except (NotOrdinaryError, ValueError):
        yield f"{layout.relative(layout.dataset / DESCRIPTOR)}: không đọc được; {_AGAIN}"
        return
    for file in record.files:
        if fault := content_fault(layout.dataset / file.path, {file.sha256}, file.size):
            yield f"{layout.relative(layout.dataset / file.path)}: {fault}; {_AGAIN}"


def explained_files(layout: Layout) -> set[str]:
    """The paths below `reports/` of the files of the data set."""
    record = read_dataset_record(layout)
    return {*_LOGGED, *(f"{DATASET}/{file.path}" for file in record.files)} if record else set(_LOGGED)


def _differs(layout: Layout, name: str, logged: Mapping[str, str]) -> str:
    try:
        return content_fault(layout.reports / name, {logged.get(name, "")})
    except OSError:
        return GONE
