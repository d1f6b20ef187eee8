"""Step 1 (tiếp nhận số liệu): the files of a locality and period are validated, and their senders answered."""

from __future__ import annotations

import errno
import hashlib
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import DataError, Finding, NoInputError
from pipeline.intake.inbox import submission_files
from pipeline.intake.rows import Intake, Validation
from pipeline.intake.validate import validate_period
from pipeline.report import notebook_tables
from pipeline.senders.marked_workbook import marked_workbook
from pipeline.senders.receipt import Receipt, points_csv, receipt_page, receipts, refused_file
from pipeline.steps import Run
from pipeline.whole import read_ordinary

_HEAD = ("tệp", "nhận", "dùng", "loại", "cảnh báo", "để trống")
"""Of the table that `make validate` prints."""


def validate_and_answer(run: Run) -> Iterator[str]:
    """What `make validate` prints: the points of every file, a table of counts, where the receipts lie.

    Raises NoInputError if nothing was sent, and what `receive` raises.
    """
    if not submission_files(run.layout, run.locality.slug, run.period):
        folder = run.layout.relative(run.layout.submissions / run.locality.slug / str(run.period))
        raise NoInputError(f"Chưa có tệp nào trong {folder}/. Biểu mẫu: make template")
    intake = receive(run)
    answered = receipts(intake)
    for receipt in answered:
        for point in (*receipt.critical, *receipt.warned):
            mark = "loại" if point.severity == "critical" else "cảnh báo"
            yield f"{receipt.file}, {point.place}: {mark}: {point.message} [{point.rule}] → {point.remedy}"
    yield from _aligned([_HEAD, *map(_counts, answered)])
    yield notebook_tables.balance(intake)
    yield f"Phiếu tiếp nhận: {run.layout.relative(_folder(run))}/"


def receive(run: Run) -> Intake:
    """Validate the files of a run and write a receipt for each, also where files are refused.

    Raises DataError for refused files, after their receipts are written.
    """
    try:
        intake = validate_period(run.layout, run.registry, run.locality.slug, run.period, run.known_at)
    except DataError as error:
        _write(run, _refusals(run, error.findings), ())
        raise
    _write(run, receipts(intake), intake.validations)
    return intake


def _refusals(run: Run, findings: Sequence[Finding]) -> Iterator[Receipt]:
    """Receipts of the submitted files among those that stopped a report."""
    paths = {run.layout.relative(p): p for p in submission_files(run.layout, run.locality.slug, run.period)}
    for file in dict.fromkeys(f.file for f in findings):
        if file in paths:
            yield refused_file(file, _sha256(paths[file]), [f for f in findings if f.file == file])


def _sha256(path: Path) -> str:
    """The hash of a submission; '' for what is no ordinary file."""
    try:
        return hashlib.sha256(read_ordinary(path)).hexdigest()
    except OSError:
        return ""


def _write(run: Run, answers: Iterable[Receipt], validations: Sequence[Validation]) -> None:
    """Write page, list and marked workbook of each receipt, and the results of the suites, as one new folder.

    Those of earlier versions of the files are deleted. Of two that write at once, the later one stays.
    """
    run.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".receipts-", dir=run.work) as place:
        made = Path(place, "receipts")
        made.mkdir()
        _fill(made, run, answers)
        _keep(made, validations)
        _exchange(made, Path(place, "old"), _folder(run))


def _fill(folder: Path, run: Run, answers: Iterable[Receipt]) -> None:
    for receipt in answers:
        (folder / receipt.page_name).write_text(receipt_page(receipt, run.locality, run.period), "utf-8")
        (folder / receipt.beside[0]).write_text(points_csv(receipt), "utf-8-sig")
        for name in receipt.beside[1:]:
            (folder / name).write_bytes(marked_workbook(read_ordinary(run.layout.root / receipt.file), receipt))


def _exchange(made: Path, old: Path, folder: Path) -> None:
    """Put a folder in the place of another one, which goes to `old`; until nobody else has done so in between."""
    for number in itertools.count():
        with suppress(FileNotFoundError):
            folder.rename(f"{old}-{number}")
        try:
            made.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return


def _keep(folder: Path, validations: Sequence[Validation]) -> None:
    """Write the result of Great Expectations for each table, numbered within its file."""
    numbers: dict[str, int] = {}
    for validation in validations:
        name = validation.file.rpartition("/")[2]
        numbers[name] = numbers.get(name, 0) + 1
        (folder / f"{name}.{numbers[name]}.validation.json").write_text(validation.text, "utf-8")


def _folder(run: Run) -> Path:
    return run.work / "receipts"


def _counts(receipt: Receipt) -> tuple[str, ...]:
    numbers = (receipt.received, receipt.accepted, len(receipt.out), len(receipt.warned), receipt.unfilled)
    return (receipt.name, *map(str, numbers))


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        yield "  ".join([first.ljust(widths[0]), *(text.rjust(w) for text, w in zip(rest, widths[1:], strict=True))])
