"""Which pages are tested, and how they come about."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.paths import CODE
from tests.e2e.conftest import run_make
from tests.factories import copy_raw

HERE = Path(__file__).parent
ROOT = os.environ.get("PAGES_ROOT", "")
"""A project whose pages are taken as they lie there; without it they are made in this checkout."""
LOCALITIES = ("bach-long-vi", "binh-giang", "cat-hai", "hai-phong")
IN_ENGLISH = "cat-hai"
"""The longest page. It is made in a folder of its own, so that the report in this checkout stays as people made it."""
BAD_PAGE = HERE / "bad.html"
JAR = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def _lying(root: Path) -> dict[str, Path]:
    found = sorted([*root.glob("reports/index*.html"), *root.glob("reports/*/*/index*.html")])
    return {path.relative_to(root / "reports").as_posix(): path for path in found}


TAKEN = _lying(Path(ROOT).resolve()) if ROOT else {}
NAMES = tuple(TAKEN) if ROOT else (*LOCALITIES, f"{IN_ENGLISH}.en")
"""What tests are parametrised by; known before anything is made."""


def pages(scratch: Path) -> Mapping[str, Path]:
    """The page of every name."""
    if ROOT:
        return TAKEN
    made = {locality: _made(CODE, locality) for locality in LOCALITIES}
    copy_raw(scratch)
    english = _made(scratch, IN_ENGLISH, PAGE_LANG="en").with_name("index.en.html")
    return made | {f"{IN_ENGLISH}.en": english}


def _made(root: Path, locality: str, **parameters: str) -> Path:
    wanted = {"LOCALITY": locality, "PAGE_LANG": "", "PIPELINE_ROOT": str(root)} | parameters
    ran = run_make(CODE, "report", **wanted)
    assert ran.returncode == 0, ran.stderr
    return root / ran.stdout.splitlines()[-1]


def run_node(program: str, paths: list[Path]) -> dict[str, Any]:
    """What one of the Node programs beside this file says of every page, by path."""
    ran = subprocess.run(
        ["node", program],
        cwd=HERE,
        input=json.dumps([str(path) for path in paths]),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
