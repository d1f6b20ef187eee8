"""The files that a locality has sent (hộp nhận số liệu): for which periods, which files, their bytes."""

from __future__ import annotations

import os
from contextlib import suppress
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
ANSWERS = "tra-loi.yaml"
"""The answers (trả lời) of a locality to questions of the reader, beside its submissions."""
_OF_SYSTEMS = ("thumbs.db", "desktop.ini", "ehthumbs.db")


def newest_period(layout: Layout, locality: str, calendar: Calendar) -> Period | None:
    """The period with submissions that closed last; None for a locality that has sent nothing."""
    return max(periods_with_submissions(layout, locality), key=lambda p: p.newness(calendar), default=None)


def periods_with_submissions(layout: Layout, locality: str) -> list[Period]:
    """The periods for which a locality has sent at least one file."""
    periods = []
    for name in _names(layout, layout.submissions / locality):
        with suppress(ValueError):
            periods.append(Period.parse(name))
    return [period for period in periods if sent_files(layout, locality, period)]


def periods_beside(layout: Layout, locality: str, period: Period, calendar: Calendar) -> tuple[list[Period], ...]:
    """The other periods whose submissions bear on `period`, the first to close first: those before it, those after.

    Before: they closed by its cut-off, so that their values may still serve. After: up to the last that shares days
    with it, so that what was sent late is not lost.
    """
    others = sorted(periods_with_submissions(layout, locality), key=lambda p: p.newness(calendar))
    cut_off = period.cut_off(calendar)
    before = [p for p in others if p != period and p.cut_off(calendar) <= cut_off]
    after = [p for p in others if p.cut_off(calendar) > cut_off]
    shared = [number for number, p in enumerate(after, start=1) if p.start(calendar) <= cut_off]
    return before, after[: max(shared, default=0)]


def submission_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """The files of a period that a report depends on, by name, without those that systems leave beside them."""
    folder = layout.submissions / locality / str(period)
    return [folder / name for name in _submitted(layout, folder)]


def sent_names(layout: Layout, locality: str, period: Period) -> list[str]:
    """The names of the files that were sent for a period, as `sent_files` gives them."""
    names = _submitted(layout, layout.submissions / locality / str(period))
    return [name for name in names if name != ANSWERS]


def sent_files(layout: Layout, locality: str, period: Period) -> list[Path]:
    """The files that were sent for a period: all but the answers to questions of the reader."""
    return [path for path in submission_files(layout, locality, period) if path.name != ANSWERS]


def _submitted(layout: Layout, folder: Path) -> list[str]:
    names = _names(layout, folder)
    return [n for n in names if not n.startswith((".", "~$")) and n.lower() not in _OF_SYSTEMS]


def _names(layout: Layout, folder: Path) -> list[str]:
    """The names in a folder, sorted; [] if there is no such folder. A run over a country asks 20,000 times.

    Raises DataError where the folder may not be read.
    """
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - a third of the time of Path.iterdir
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError as error:
        raise DataError("Có thư mục không đọc được:", [no_file(f"{layout.relative(folder)}/", error)]) from error


def read_content(path: Path) -> bytes:
    """The bytes of a regular file of at most LARGEST, opened without waiting for anybody. Raises FileFaultError."""
    refuse_name(path.name)
    try:
        handle = open_ordinary(path)
    except PermissionError as error:
        said = no_file(path.name, error)
        raise FileFaultError(said.rule, said.place, said.message, said.remedy) from error
    except OSError as error:
        message, remedy = "không phải tệp thường", "gửi lại tệp, không dùng liên kết hay thư mục"
        raise FileFaultError("not-regular", "tệp", message, remedy) from error
    with os.fdopen(handle, "rb") as opened:
        if os.fstat(handle).st_size > LARGEST:
            raise FileFaultError("size", "tệp", "tệp lớn hơn 20 MB", "chia thành nhiều tệp")
        return opened.read(LARGEST + 1)
