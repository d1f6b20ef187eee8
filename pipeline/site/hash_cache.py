"""Texts derived from files (bộ nhớ tạm), each under the hash of its file. The cache can be deleted at any time.

A text file: the first line names its maker, every other line is an entry of key, SHA-256 of the text, and text,
separated by tabs. An entry that is damaged is ignored, and so is a file of another maker.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.whole import open_ordinary


@dataclass
class HashCache:
    """One such file, in memory. `save` drops what this object was not asked for."""

    path: Path
    maker: str
    """Names the code and everything else that a text depends on besides its key."""
    _before: dict[str, str] = field(default_factory=dict)
    _now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, maker: str) -> HashCache:
        """The cache in a file; empty where the file is missing, damaged, or of another `maker`."""
        return cls(path, maker, _read(path, maker))

    def get(self, key: str) -> str | None:
        """The text under a key, which `save` then keeps; None where there is none."""
        text = self._before.get(key)
        if text is not None:
            self._now[key] = text
        return text

    def put(self, key: str, text: str) -> None:
        """Add a text. Neither key nor text may contain a line break, nor the key a tab."""
        self._now[key] = text

    def save(self) -> None:
        """Replace the file in one step if anything changed. A failure to write is ignored: it only costs time."""
        if self._now != self._before:
            with suppress(OSError):
                _write(self.path, self.maker, self._now)


def delete_others(folder: Path, kept: Container[str]) -> None:
    """Delete every file of `folder` that `kept` does not name, including what a killed run left half written."""
    for path in folder.glob("*"):
        if path.name not in kept and path.is_file():
            path.unlink(missing_ok=True)


def _read(path: Path, maker: str) -> dict[str, str]:
    try:
        with os.fdopen(open_ordinary(path), encoding="utf-8", newline="\n") as lines:
            own = lines.readline(len(maker) + 2) == f"{maker}\n"
            return dict(_entries(lines)) if own else {}
    except (OSError, UnicodeDecodeError):
        return {}


def _entries(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        key, _, rest = line.removesuffix("\n").partition("\t")
        sha256, _, text = rest.partition("\t")
        if sha256 == _sha256(text):
            yield key, text


def _write(path: Path, maker: str, texts: dict[str, str]) -> None:
    # Without a wait for the disk: an entry that a crash tears is ignored by its hash.
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}-{os.getpid()}")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{maker}\n")
        file.writelines(f"{key}\t{_sha256(text)}\t{text}\n" for key, text in texts.items())
    unfinished.replace(path)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
