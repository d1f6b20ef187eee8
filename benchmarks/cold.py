"""`make report` of one locality against importing the mandated packages, both in a new process without warm kernel.

The files of both are in the cache of the system, as after any first use.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import Measured, measure
from pipeline.paths import CODE, Layout

IMPORTS = "import great_expectations, papermill, pandas, matplotlib, nbconvert"


def imports(environment: Mapping[str, str], log: Path) -> Measured:
    """A process that imports the mandated packages and ends."""
    return _good(measure([sys.executable, "-c", IMPORTS], environment, CODE, log=log), log)


def make_report(layout: Layout, locality: str, environment: Mapping[str, str], log: Path) -> Measured:
    """`make report` of a locality that has no report yet."""
    for made in (layout.reports / locality, layout.processed / locality):
        shutil.rmtree(made, ignore_errors=True)
    named = {**environment, "PIPELINE_ROOT": str(layout.root), "LOCALITY": locality}
    measured = _good(measure(["make", "--silent", "report", f"PYTHON={sys.executable}"], named, CODE, log=log), log)
    if not list((layout.reports / locality).glob("*/index.html")):
        raise SystemExit(f"make report left no page of {locality}; see {log}")
    return measured


def help_text(environment: Mapping[str, str], log: Path) -> Measured:
    """`pipeline --help`."""
    return _good(measure([sys.executable, "-m", "pipeline", "--help"], environment, CODE, log=log), log)


def _good(measured: Measured, log: Path) -> Measured:
    if measured.exit_code:
        raise SystemExit(f"exit code {measured.exit_code}; see {log}")
    return measured
