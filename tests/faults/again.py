"""The real command on one project after another, kernels and all, in one process: what is to be loaded is loaded once.

    python -m tests.faults.again <folder for what is said> <locality> <project> …

Answers with the exit codes, a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pipeline import cli
from pipeline.paths import CODE
from pipeline.run.session import notebook_session
from tests.faults.projects import SECONDS


def main(told: Path, locality: str, *roots: str) -> None:
    codes = []
    with notebook_session():
        for number, root in enumerate(roots):
            os.environ["PIPELINE_ROOT"] = root
            with (told / f"{number}").open("w") as said, redirect_stdout(said), redirect_stderr(said):
                codes.append(cli.main(["report", locality, "2025"]))
    sys.stdout.write(json.dumps(codes))


def report_each(
    roots: Sequence[Path], locality: str, told: Path, prefix: Sequence[str] = (), **more: str
) -> list[tuple[int, str]]:
    """Exit code and what was said, for each project; `prefix` is a command that changes what is around the process."""
    told.mkdir(parents=True, exist_ok=True)
    told.chmod(0o777)
    answer = subprocess.run(
        [*prefix, sys.executable, "-m", "tests.faults.again", told, locality, *roots],
        cwd=CODE,
        env=os.environ | more,
        capture_output=True,
        text=True,
        timeout=SECONDS * len(roots),
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    codes = json.loads(answer.stdout)
    return [(code, (told / f"{number}").read_text("utf-8")) for number, code in enumerate(codes)]


if __name__ == "__main__":  # a process forked for a kernel looks this module up without running it
    main(Path(sys.argv[1]), *sys.argv[2:])
