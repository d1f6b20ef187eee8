"""The only place that knows where things lie."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

CODE = Path(__file__).resolve().parent.parent
"""Where notebooks, suites and the package lie."""


LONGEST_NAME = 200
"""Bytes of a file's name: receipts and results add to it, and no file system here takes more than 255."""


_SURELY_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*+(?:/[A-Za-z0-9][\w.-]*+)*+", re.ASCII)
"""Most names; a path is put together only for the others."""


def is_plain(name: str) -> bool:
    """Whether a name stays below the folder it is joined to, on every system, and prints in one line."""
    if _SURELY_PLAIN.fullmatch(name):
        return True
    path = PurePosixPath(name)
    return (
        bool(path.parts)
        and name.isprintable()
        and str(path) == name
        and not path.is_absolute()
        and not {"..", "."} & set(path.parts)
        and not set("\\:") & set(name)
    )


DATASET = "data"
"""The folder of the data set below `reports/`."""


@dataclass(frozen=True)
class Layout:
    """The folders of one project: data and reports below `root`, code where this package lies.

    A run over the country asks for them 100,000 times, so that each is put together once.
    """

    root: Path = CODE

    @classmethod
    def of_project(cls) -> Layout:
        """The project this package lies in; `PIPELINE_ROOT` puts data and reports elsewhere."""
        return cls(Path(os.environ.get("PIPELINE_ROOT") or CODE).resolve())

    @cached_property
    def raw(self) -> Path:
        """What people write and send: plans, figures, corrections, lists, the method. No report changes it."""
        return self.root / "data" / "raw"

    @cached_property
    def plans(self) -> Path:
        """Plans, in a folder for each locality: `<locality>/<plan>.yaml`."""
        return self.raw / "plans"

    @cached_property
    def submissions(self) -> Path:
        """Files as they were sent: `<locality>/<period>/`."""
        return self.raw / "submissions"

    @cached_property
    def corrections(self) -> Path:
        """Corrections that an office has decided (đính chính): `<locality>/<period>/*.yaml`."""
        return self.raw / "corrections"

    @cached_property
    def confirmations(self) -> Path:
        """Confirmations of offices that a similar value holds for a row (xác nhận): `<locality>/*.yaml`."""
        return self.raw / "confirmations"

    @cached_property
    def templates(self) -> Path:
        """Word templates of offices for the report (tệp mẫu); there need be none."""
        return self.raw / "templates"

    @cached_property
    def headings(self) -> Path:
        """The ways in which offices write the headings of columns (tiêu đề cột)."""
        return self.raw / "headings.yaml"

    @cached_property
    def extra_sections(self) -> Path:
        """Which reports have sections that others lack (phần bổ sung); there need be no such file."""
        return self.raw / "extra-sections.yaml"

    @cached_property
    def processed(self) -> Path:
        """Records the steps hand to each other, receipts, caches; `make clean` deletes all of it."""
        return self.root / "data" / "processed"

    @cached_property
    def notebooks(self) -> Path:
        """The notebooks of the steps; part of the code, not of the project's data."""
        return CODE / "notebooks"

    @cached_property
    def expectations(self) -> Path:
        """The suites of rules (bộ quy tắc), one file for each kind of table; part of the code."""
        return CODE / "expectations"

    @cached_property
    def reports(self) -> Path:
        """What was published: the site, a folder for each locality and run, store and log in hidden folders."""
        return self.root / "reports"

    @cached_property
    def rules(self) -> Path:
        """The table of all rules for readers; generated, see `pipeline.intake.handbook`."""
        return CODE / "docs" / "rules.md"

    @cached_property
    def schemas(self) -> Path:
        """JSON Schemas of the files people write; generated, see `pipeline.intake.handbook`."""
        return CODE / "docs" / "schema"

    @cached_property
    def store(self) -> Path:
        """Every input of every report, each file by the hash of its bytes."""
        return self.reports / ".store"

    @cached_property
    def former(self) -> Path:
        """Reports that were published before, each in a folder named by its run id."""
        return self.reports / ".runs"

    @cached_property
    def issued(self) -> Path:
        """What the reports stated that were issued, for those that replace them."""
        return self.reports / ".issued"

    @cached_property
    def peers(self) -> Path:
        """What other places had published when a report was made, for each report that shows it."""
        return self.reports / ".peers"

    @cached_property
    def site_record(self) -> Path:
        """What the site was made from and consists of."""
        return self.reports / ".site" / "site.json"

    @cached_property
    def dataset(self) -> Path:
        """The rows of all published reports as tables (bộ dữ liệu chung); no locality has this name."""
        return self.reports / DATASET

    @cached_property
    def log(self) -> Path:
        """What was published, replaced, signed off, and when."""
        return self.reports / ".log"

    def work(self, locality: str, period: str) -> Path:
        """Where the steps of one run leave their records."""
        return self.processed / locality / period

    def report(self, locality: str, period: str) -> Path:
        """The published folder of a report; `period` is the name of its run, which may add a day as known at."""
        return self.reports / locality / period

    def relative(self, path: str | Path) -> str:
        """A path as messages and manifests print it: below the project, with forward slashes."""
        text = str(path)
        for base in self._bases:
            if text.startswith(base):
                return text[len(base) :]
        return text

    @cached_property
    def _bases(self) -> tuple[str, str]:
        return f"{self.root.as_posix()}/", f"{CODE.as_posix()}/"
