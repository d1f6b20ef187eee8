"""The files that a locality has sent (hộp nhận số liệu): for which periods, which files, their bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from pipeline.errors import DataError
from pipeline.intake.cells import FileFaultError
from pipeline.intake.file_names import refuse_name
from pipeline.paths import Layout
from pipeline.plans.periods import Calendar, Period
from pipeline.whole import no_file, open_ordinary

LARGEST = 20 * 1024 * 1024
"""Bytes. To refuse a text of this size takes about 6 s and 0.4 GiB."""
EVIDENCE = (".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff")
"""Endings of files that beside a table are evidence (minh chứng): signed copies, pictures."""
COPIED = ("trang-cong-khai", "so-lieu-cong-bo")
"""How the names of files begin whose rows nobody in the locality sent (docs/data-formats.md)."""
EVIDENCE_FOLDER = "minh-chung"
"""The folder of evidence beside the submissions of a period; what lies there is kept and never read."""
ANSWERS = "tra-loi.yaml"
"""The answers (trả lời) of a locality to questions of the reader, beside its submissions."""
_OF_SYSTEMS = ("thumbs.db", "desktop.ini", "ehthumbs.db")


def newest_period(layout: Layout, locality: str, calendar: Calendar) -> Period | None:
    """The period with submissions that closed last; None for a locality that has sent nothing."""
    return max(periods_with_submissions(layout, locality), key=lambda p: p.newness(calendar), default=None)


def periods_with_submissions(layout: Layout, locality: str) -> list[Period]:
    """The periods for which a locality has sent at least one file."""
    return [period for period, names in _sent(layout, locality).items() if any(map(_is_sent, names))]


def periods_beside(layout: Layout, locality: str, period: Period, calendar: Calendar) -> tuple[tuple[Period, ...], ...]:
    """The other periods whose submissions bear on `period`, the first to close first: those before it, those after.

    Before: they closed by its cut-off, so that their values may still serve. After: up to the last that shares days
    with it, so that what was sent late is not lost.
    """
    return _beside(tuple(periods_with_submissions(layout, locality)), period, calendar)


@lru_cache(256)
def _beside(sent: tuple[Period, ...], period: Period, calendar: Calendar) -> tuple[tuple[Period, ...], ...]:
    """Localities send for the same periods."""
    others = sorted(sent, key=lambda p: p.newness(calendar))
    cut_off = period.cut_off(calendar)
    before = [p for p in others if p != period and p.cut_off(calendar) <= cut_off]
    after = [p for p in others if p.cut_off(calendar) > cut_off]
    shared = [number for number, p in enumerate(after, start=1) if p.start(calendar) <= cut_off]
    return tuple(before), tuple(after[: max(shared, default=0)])


def files_beside(layout: Layout, locality: str, period: Period, calendar: Calendar) -> dict[Period, list[str]]:
    """The files of `period` and of those beside it, as `submission_files`; every folder is looked into once."""
    sent, place = _sent(layout, locality), f"{layout.submissions}/{locality}"
    before, after = _beside(tuple(p for p, names in sent.items() if any(map(_is_sent, names))), period, calendar)
    found = dict[Period, list[str]]()
    for one in (*before, period, *after):
        found[one] = _kept(layout, f"{place}/{one}", sent.get(one, ()))
    return found


def _sent(layout: Layout, locality: str) -> dict[Period, list[str]]:
    """The names of what lies in the folder of each period."""
    place, found = f"{layout.submissions}/{locality}", dict[Period, list[str]]()
    for name in _names(layout, place):
        with suppress(ValueError):
            found[Period.parse(name)] = _names(layout, f"{place}/{name}")
    return found


def submission_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """The files of a period that a report depends on, evidence too, without those that systems leave beside them."""
    folder = f"{layout.submissions}/{locality}/{period}"
    return list(map(Path, _kept(layout, folder, _names(layout, folder))))


def sent_names(layout: Layout, locality: str, period: Period) -> list[str]:
    """The names of the files that were sent for a period, as `sent_files` gives them."""
    return [name for name in _names(layout, f"{layout.submissions}/{locality}/{period}") if _is_sent(name)]


def sent_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """The files that were sent for a period: all but the answers to questions of the reader, and evidence apart."""
    found = submission_files(layout, locality, period)
    return [path for path in found if path.name != ANSWERS and path.parent.name != EVIDENCE_FOLDER]


def is_kept(name: str) -> bool:
    """Whether a name is of a file that people put there, and not of one that a system leaves beside it."""
    return not name.startswith((".", "~$")) and name.lower() not in _OF_SYSTEMS


def _is_sent(name: str) -> bool:
    return name not in (ANSWERS, EVIDENCE_FOLDER) and is_kept(name)


def _kept(layout: Layout, folder: str, names: Sequence[str]) -> list[str]:
    found = [f"{folder}/{name}" for name in names if is_kept(name) and name != EVIDENCE_FOLDER]
    if EVIDENCE_FOLDER in names:
        place = f"{folder}/{EVIDENCE_FOLDER}"
        found += [f"{place}/{name}" for name in _names(layout, place) if is_kept(name)]
    return found


def _names(layout: Layout, folder: str) -> list[str]:
    """The names in a folder, sorted; [] if there is no such folder. A run over a country asks 20,000 times.

    Raises DataError where the folder may not be read.
    """
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - a third of the time of Path.iterdir
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise DataError("Có thư mục không đọc được:", [no_file(f"{layout.relative(folder)}/", error)]) from error


def read_content(path: Path, *, dated: bool = True) -> bytes:
    """The bytes of a regular file of at most LARGEST, opened without waiting for anybody. Raises FileFaultError.

    `dated`: the name of what is sent may begin with a day, and then with one that can be read.
    """
    refuse_name(path.name, dated=dated)
    try:
        handle = open_ordinary(path)
    except PermissionError as error:
        said = no_file(path.name, error)
        raise FileFaultError(said.rule, said.place, said.message, said.remedy) from error
    except OSError as error:
        message, remedy = "không phải tệp thường", "gửi lại tệp, không dùng liên kết hay thư mục"
        if path.is_dir() and not path.is_symlink():
            message = f"là thư mục; chỉ thư mục {EVIDENCE_FOLDER} (ghi đúng như vậy) cạnh bảng số liệu được đọc"
            remedy = f"minh chứng thì để thẳng trong {EVIDENCE_FOLDER}/; tệp khác thì chuyển ra ngoài, bỏ thư mục"
        raise FileFaultError("not-regular", "tệp", message, remedy) from error
    with os.fdopen(handle, "rb") as opened:
        if os.fstat(handle).st_size > LARGEST:
            raise FileFaultError("size", "tệp", "tệp lớn hơn 20 MB", "chia thành nhiều tệp")
        return opened.read(LARGEST + 1)
