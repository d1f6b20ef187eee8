"""Tables inside the installed packages, made by other people for other ends: read or refused, none crashes."""

from __future__ import annotations

import sysconfig
import time
from pathlib import Path

import pytest

from pipeline.errors import DataError
from pipeline.intake.headings import read_forms
from pipeline.intake.reader import parse
from pipeline.paths import Layout
from pipeline.plans.periods import Period

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".docx", ".txt", ".pdf", ".tsv")
PACKAGES = Path(sysconfig.get_path("purelib"))
FOUND = sorted(
    path
    for path in PACKAGES.rglob("*")
    if path.suffix.lower() in ENDINGS
    and (path.suffix != ".txt" or "tests" in path.parts)
    and not any(part.endswith(".dist-info") for part in path.parts)
)


def test_there_are_such_files() -> None:
    assert {".csv", ".docx"} <= {path.suffix for path in FOUND}


@pytest.mark.parametrize("path", FOUND, ids=lambda path: str(path.relative_to(PACKAGES)))
def test_a_file_of_a_package_is_read_or_refused_in_time(path: Path) -> None:
    began = time.process_time()
    try:
        submission = parse(path.read_bytes(), path.name, read_forms(Layout().headings), Period.parse("2026-Q1"))
    except DataError as error:
        assert all(finding.rule and finding.message and finding.remedy for finding in error.findings)
    else:
        assert not any(row.cells.get("code") for table in submission.tables for row in table.rows)
    assert time.process_time() - began < 20
