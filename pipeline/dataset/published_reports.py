"""The published reports that the data set is made from, each with what it holds or why it cannot be used."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pipeline.completion.records import Completion
from pipeline.inputs.issued import COMPLETION
from pipeline.languages import in_language
from pipeline.paths import Layout
from pipeline.plans.localities import Localities, Row
from pipeline.plans.periods import Period
from pipeline.publish.manifest import MANIFEST, SIGN_OFF
from pipeline.publish.sign_off import SignOff
from pipeline.whole import read_ordinary

PAGE = "index.html"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Published:
    """The folder of one report. Reports as known on a day and reports in the making do not count."""

    locality: str
    name: str
    """The period, as it names the folder."""
    folder: str
    """A text: to make a path of each takes as long as to find them all."""

    @property
    def period(self) -> Period:
        """The period of the folder (kỳ báo cáo)."""
        return Period.parse(self.name)

    @property
    def signed(self) -> SignOff | None:
        """Who signed it (ký duyệt); None for a draft, and for a record that cannot be read."""
        path = f"{self.folder}/{SIGN_OFF}"
        if not os.path.lexists(path):  # most are not signed, and an error takes longer
            return None
        try:
            return SignOff.model_validate_json(read_ordinary(path))
        except (OSError, ValueError):
            return None

    def page(self, language: str) -> str:
        """Path of the page below `reports/`: in the language if there is one, else in Vietnamese."""
        named = in_language(PAGE, language)
        if named != PAGE and not Path(self.folder, named).is_file():
            named = PAGE
        return f"{self.locality}/{self.name}/{named}"


def published(layout: Layout, takes: Callable[[str], bool] = bool) -> list[Published]:
    """All report folders, by locality and period, or those of the localities that `takes` takes by their slugs."""
    return sorted(_published(layout, takes), key=lambda report: (report.locality, report.name))


def _published(layout: Layout, takes: Callable[[str], bool]) -> Iterator[Published]:
    for place in _folders(layout.reports):
        if not _SLUG.fullmatch(place.name) or not takes(place.name):
            continue
        for folder in _folders(place.path):
            with suppress(ValueError):
                Period.parse(folder.name)
                yield Published(place.name, folder.name, folder.path)


def _folders(path: str | Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            yield from (entry for entry in entries if entry.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return


class ReportFault(StrEnum):
    """Why the rows of a report are not in the data set (báo cáo không đọc được)."""

    MISSING = "missing"
    """No manifest, or no record of what it states."""
    MALFORMED = "malformed"
    MISPLACED = "misplaced"
    """Of another locality or period than its folder."""
    UNLISTED = "unlisted"
    """Its locality is not in localities.csv."""
    ALTERED = "altered"
    """Its record is not the one that its manifest lists."""


UNLISTED = "unlisted"
"""Names the partition of reports whose locality is in no list."""


@dataclass(frozen=True)
class Source:
    """A locality in a period: the report of it, if there is one, and where its rows belong."""

    locality: str
    period: str
    province: str
    """Code of the province or city that the locality is or lies in; `UNLISTED` for none."""
    place: Row | None = None
    """Its line of the list of localities."""
    province_name: str = ""
    report: Published | None = None
    run: str = ""
    """SHA-256 of the manifest, which is the run id; '' for no report."""
    sign_off: str = ""
    """SHA-256 of the record of who signed; '' for none."""
    completion: Completion | None = None
    """What the report states; None until it is read, and where it cannot be."""
    fault: ReportFault | None = None

    @property
    def stamp(self) -> tuple[str, str]:
        """What changes when the report does: the hashes of its manifest and of its sign-off."""
        return self.run, self.sign_off

    @property
    def synthetic(self) -> bool | None:
        """Whether the report is made up for testing (mô phỏng); None without one."""
        return self.completion.synthetic if self.completion else None

    @cached_property
    def signed(self) -> SignOff | None:
        """Who signed the report."""
        return self.report.signed if self.report else None

    def read(self) -> Source:
        """The same with what its report states, or with the reason why that cannot be used."""
        if self.report is None:
            return self
        found = _completion(self.report, self.listed)
        return replace(self, fault=found) if isinstance(found, ReportFault) else replace(self, completion=found)

    @property
    def listed(self) -> bool:
        """Whether the list of localities has it."""
        return self.place is not None


def sources(layout: Layout, places: Localities, among: Set[tuple[str, str]] | None = None) -> list[Source]:
    """One source for every published report, or for those of a province and period `among` these.

    Each has its stamp; nothing else of the report is read.
    """
    if among is None:
        found = published(layout)
    else:
        provinces = {province for province, _ in among}
        in_these = published(layout, lambda slug: province_of(places.by_slug.get(slug)) in provinces)
        found = [r for r in in_these if (province_of(places.by_slug.get(r.locality)), r.name) in among]
    return [_source(report, places.by_slug.get(report.locality), places) for report in found]


def silent(places: Localities, province: str, period: str, reporting: set[str]) -> list[Source]:
    """The localities of a province that have no report of a period (chưa có báo cáo)."""
    listed = (row for row in places.rows if province_of(row) == province and row.slug not in reporting)
    return [Source(row.slug, period, *_province(row, places)) for row in listed]


def province_of(row: Row | None) -> str:
    """The code of the province or city a locality belongs to; a province or city belongs to itself."""
    return (row.parent or row.code) if row else UNLISTED


def _source(report: Published, row: Row | None, places: Localities) -> Source:
    run, sign_off = _sha256(f"{report.folder}/{MANIFEST}"), _sha256(f"{report.folder}/{SIGN_OFF}")
    return Source(report.locality, report.name, *_province(row, places), report=report, run=run, sign_off=sign_off)


def _province(row: Row | None, places: Localities) -> tuple[str, Row | None, str]:
    """The code of the province, the line of the list, the name of the province."""
    code = province_of(row)
    province = places.by_code.get(code)
    return code, row, province.full_name if province else ""


def _sha256(path: str) -> str:
    if not os.path.lexists(path):  # see `signed`
        return ""
    try:
        return hashlib.sha256(read_ordinary(path)).hexdigest()
    except OSError:
        return ""


def _completion(report: Published, listed: bool) -> Completion | ReportFault:
    if not listed:
        return ReportFault.UNLISTED
    try:
        content = read_ordinary(f"{report.folder}/{COMPLETION}")
        outputs = json.loads(read_ordinary(f"{report.folder}/{MANIFEST}"))["outputs"]
        recorded = {output["path"]: output["sha256"] for output in outputs}
    except OSError:
        return ReportFault.MISSING
    except (ValueError, KeyError, TypeError):
        return ReportFault.MALFORMED
    if recorded.get(COMPLETION) != hashlib.sha256(content).hexdigest():
        return ReportFault.ALTERED
    try:
        completion = Completion.model_validate_json(content)
    except ValueError:
        return ReportFault.MALFORMED
    if (completion.locality, completion.period) != (report.locality, report.name):
        return ReportFault.MISPLACED
    return completion
