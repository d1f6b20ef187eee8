"""What was worked out from files before (bộ nhớ tạm), each by the hash of its file: to be deleted at any time.

A text file: the first line names what made it, every other one is an entry of three parts between tabs: key, SHA-256
of the text, text. What is damaged, or made by other code, is as good as not there.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Memory:
    """One such file, in memory. What is not asked for in the life of this object is forgotten with `save`."""

    path: Path
    maker: str
    """Names the code and everything else that a text depends on besides its key."""
    _before: dict[str, str] = field(default_factory=dict)
    _now: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, maker: str) -> Memory:
        """What the file holds; nothing where it is missing, damaged, or made by another `maker`."""
        return cls(path, maker, _read(path, maker))

    def recall(self, key: str) -> str | None:
        """The text kept under a key, which `save` then keeps again; None where there is none."""
        text = self._before.get(key)
        if text is not None:
            self._now[key] = text
        return text

    def keep(self, key: str, text: str) -> None:
        """Neither holds the end of a line; the key no tab."""
        self._now[key] = text

    def save(self) -> None:
        """Put the file in the place of the one before in one step, if there is anything new.

        One that cannot be written is left out: nothing is lost by it but time.
        """
        if self._now != self._before:
            with suppress(OSError):
                _write(self.path, self.maker, self._now)


def forget_others(folder: Path, kept: Container[str]) -> None:
    """Delete every file of `folder` that is not named in `kept`, and what a run that was killed left half written."""
    for path in folder.glob("*"):
        if path.name not in kept and path.is_file():
            path.unlink(missing_ok=True)


def _read(path: Path, maker: str) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            return dict(_entries(lines)) if next(lines, "") == f"{maker}\n" else {}
    except (OSError, UnicodeDecodeError):
        return {}


def _entries(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        key, _, rest = line.removesuffix("\n").partition("\t")
        checked, _, text = rest.partition("\t")
        if checked == _sha256(text):
            yield key, text


def _write(path: Path, maker: str, texts: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}-{os.getpid()}")
    with made.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{maker}\n")
        file.writelines(f"{key}\t{_sha256(text)}\t{text}\n" for key, text in texts.items())
    made.replace(path)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
