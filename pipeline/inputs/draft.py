"""Drafts (bản nháp): a report made by a program that differs from what is committed.

Git is asked once in a process. Where there is no git, or the code is no checkout, a file `DRAFT` beside the package
says that the program was one; so an audit makes a draft again as a draft.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.inputs.program import notebook_source, program_files
from pipeline.paths import CODE
from pipeline.whole import read_ordinary

MARK = "DRAFT"
KNOWN = "PIPELINE_CHANGED"
"""Tells a kernel what the command that started it knows of git; a command does not listen to it."""
PARTS = ("pipeline", "notebooks", "expectations", "requirements.lock")
SECONDS = 30


@dataclass(frozen=True)
class Checkout:
    """What git says of the code: the commit, and the paths below the project that differ from it."""

    commit: str = ""
    """Empty where there is no git."""
    changed: frozenset[str] = frozenset()
    """`DRAFT` where there is no git, and the program is marked as a draft."""


def is_draft(*roots: str) -> bool:
    """Whether a file of the program that `roots` depend on (see `program_files`) differs from the committed one."""
    known = os.environ.get(KNOWN)
    changed = checkout().changed if known is None else filter(None, known.split("\n"))
    return any(_counts(path, roots) for path in changed)


def for_kernels() -> dict[str, str]:
    """The variable of the environment from which kernels know it without asking git."""
    return {KNOWN: "\n".join(sorted(checkout().changed))}


@cache
def checkout() -> Checkout:
    """The checkout this package lies in."""
    return examine(CODE)


def examine(code: Path) -> Checkout:
    """Ask git about the folder that `pipeline/` lies in."""
    head = _git(code, "rev-parse", "HEAD")
    differing = _git(code, "diff", "HEAD", "--name-only", "-z", "--no-renames", "--", *PARTS)
    unknown = _git(code, "ls-files", "--others", "--exclude-standard", "-z", "--", *PARTS)
    if head is None or differing is None or unknown is None:
        return Checkout(changed=frozenset([MARK]) if (code / MARK).is_file() else frozenset())
    changed = filter(None, (differing + unknown).decode("utf-8", "surrogateescape").split("\0"))
    return Checkout(head.decode().strip(), frozenset(path for path in changed if not _is_only_saved(code, path)))


def _counts(path: str, roots: tuple[str, ...]) -> bool:
    """Whether a changed file is one that the roots depend on, or was one before it was deleted."""
    place = CODE / path
    if path.startswith("notebooks/"):
        return path in roots
    if path.startswith("expectations/"):
        from pipeline.intake.figure_rules import QUESTIONS  # not above: `make help` needs no pydantic

        return place.suffix == ".json" and place.name != QUESTIONS
    if not path.startswith("pipeline/"):
        return True
    files = program_files(*roots)
    if place.exists() or place.suffix == ".py":  # who imported a module that is gone has changed, too
        return place in files
    package = next(folder for folder in place.parents if (folder / "__init__.py").exists())
    return package / "__init__.py" in files


def _is_only_saved(code: Path, path: str) -> bool:
    """Whether a notebook differs from the committed one in nothing that counts: outputs, ids, execution counts."""
    committed = _git(code, "show", f"HEAD:{path}") if path.endswith(".ipynb") else None
    if committed is None:
        return False
    try:
        return notebook_source(read_ordinary(code / path)) == notebook_source(committed)
    except (OSError, ValueError):
        return False


def _git(code: Path, *arguments: str) -> bytes | None:
    """What git answers; None where it cannot: no git, no checkout of this very folder, too slow.

    The configuration of the user does not count, and nothing is written. The folder is trusted whoever owns it: the
    code that asks lies in it.
    """
    options = {
        "safe.directory": str(code),
        "core.fsmonitor": "false",
        "core.quotepath": "false",
        "core.fileMode": "false",  # a file may be executable or not: its bytes count
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {
        "GIT_CEILING_DIRECTORIES": str(code.parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    try:
        answer = subprocess.run(
            ["git", "--no-optional-locks", *settings, *arguments],
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
