"""Drafts (bản nháp): a report made by code that differs from what is committed, and that difference.

Git is asked once in a process. Where there is no git, or the code is no checkout, a file `uncommitted.diff` beside the
package says what the difference was; so an audit makes a draft again from a copy of its code.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.paths import CODE

RECORD = "uncommitted.diff"
KNOWN = "PIPELINE_DRAFT"
"""Tells a kernel the draft id of the command that started it; a command does not listen to it."""
PARTS = ("pipeline", "notebooks", "expectations", "requirements.lock")
SECONDS = 30


@dataclass(frozen=True)
class Checkout:
    """What git says of the code: the commit, and the difference of the working tree from it."""

    commit: str = ""
    """Empty where there is no git."""
    difference: bytes = b""

    @property
    def draft(self) -> str:
        """SHA-256 of the difference; empty where there is none."""
        return hashlib.sha256(self.difference).hexdigest() if self.difference else ""


def draft_id() -> str:
    """SHA-256 of what is not committed, '' where everything is."""
    known = os.environ.get(KNOWN)
    return checkout().draft if known is None else known


@cache
def checkout() -> Checkout:
    """The checkout this package lies in."""
    return examine(CODE)


def examine(code: Path) -> Checkout:
    """Ask git about the folder that `pipeline/` lies in."""
    head = _git(code, "rev-parse", "HEAD")
    status = _git(code, "status", "--porcelain", "--untracked-files=all", "--", *PARTS)
    if head is None or status is None:
        record = code / RECORD
        return Checkout(difference=record.read_bytes() if record.is_file() else b"")
    if not status:
        return Checkout(head.decode().strip())
    changed = _git(code, "diff", "HEAD", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--", *PARTS)
    return Checkout(head.decode().strip(), status + (changed or b"") + _untracked(code, status))


def _untracked(code: Path, status: bytes) -> bytes:
    """The hash of each file that git does not know; its bytes are in the store as all code is."""
    names = (line[3:].decode().strip('"') for line in status.splitlines() if line.startswith(b"?? "))
    files = ((name, code / name) for name in names)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files if path.is_file()
    ).encode()


def _git(code: Path, *arguments: str) -> bytes | None:
    """What git answers, None where it cannot: no git, no checkout of this very folder, too slow.

    Nothing of the user's configuration counts, and nothing is written. The folder is trusted whoever owns it: the code
    that asks lies in it.
    """
    options = (
        "--no-optional-locks",
        "-c",
        f"safe.directory={code}",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.quotepath=false",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {
        "GIT_CEILING_DIRECTORIES": str(code.parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    try:
        answer = subprocess.run(
            ["git", *options, *arguments],
            cwd=code,
            env=environment | alone,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None
