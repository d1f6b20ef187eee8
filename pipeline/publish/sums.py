"""A list of hashes inside an archive (SHA256SUMS), so that it proves itself, also by `sha256sum -c` on any machine."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from pipeline.errors import MismatchError

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def with_sums(files: Iterable[tuple[str, Path | bytes]]) -> Iterator[tuple[str, Path | bytes]]:
    """The same files, and behind them the list of their hashes."""
    lines = []
    for name, content in files:
        digest = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else sha256_of(content)
        lines.append(f"{digest}  {name}\n")
        yield name, content
    yield SUMS, "".join(lines).encode()


def check_sums(source: Path) -> int:
    """Read a whole archive and hold every file to the list; gives their number.

    Raises MismatchError naming the files that are missing, changed or not listed; errors of a damaged zip as they come.
    """
    with zipfile.ZipFile(source) as archive:
        names = set(archive.namelist()) - {SUMS}
        try:
            listed = _listed(archive.read(SUMS).decode())
        except KeyError as error:
            raise MismatchError(
                f"{source.name}: không có {SUMS}, không phải bản sao lưu do make backup lập."
            ) from error
        faults = [f"{name}: không còn" for name in sorted(listed.keys() - names)]
        faults += [f"{name}: không có trong {SUMS}" for name in sorted(names - listed.keys())]
        for name in sorted(names & listed.keys()):
            with archive.open(name) as file:
                if _digest(file) != listed[name]:
                    faults.append(f"{name}: nội dung đã đổi")
    if faults:
        raise MismatchError(f"{source.name} không còn nguyên:\n" + "\n".join(f"  - {fault}" for fault in faults))
    return len(listed)


def sha256_of(path: Path) -> str:
    """Of a file of any size."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any reader with readinto


def _listed(text: str) -> dict[str, str]:
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    return {line[2]: line[1] for line in found if line}
