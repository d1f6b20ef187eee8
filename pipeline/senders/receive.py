"""Step 1 (tiếp nhận số liệu): the files of a locality and period are validated, and their senders answered."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import DataError, Finding, NoInputError
from pipeline.inputs.peers import Peers, published_peers
from pipeline.intake.figure_rules import read_question_rules
from pipeline.intake.follow_ups import follow_ups_ahead
from pipeline.intake.inbox import submission_files
from pipeline.intake.rows import Intake, Validation
from pipeline.intake.validate import validate_period
from pipeline.report import notebook_tables
from pipeline.senders.form import form_of
from pipeline.senders.marked_workbook import marked_workbook
from pipeline.senders.outliers import questions
from pipeline.senders.receipt import SEVERITIES, Receipt, points_csv, receipt_page, receipts, refused_file
from pipeline.steps import Run
from pipeline.whole import read_ordinary

_HEAD = ("tệp", "nhận", "dùng", "loại", "cảnh báo", "để trống")
"""Of the table that `make validate` prints."""


def validate_and_answer(run: Run, today: dt.date) -> Iterator[str]:
    """What `make validate` prints: the points of every file, a table of counts, where the receipts lie.

    And what is asked or answered on a day after `today`, which a report cannot know.
    Raises NoInputError if nothing was sent, and what `receive` raises.
    """
    if not submission_files(run.layout, run.locality.slug, run.period):
        folder = run.layout.relative(run.layout.submissions / run.locality.slug / str(run.period))
        raise NoInputError(f"Chưa có tệp nào trong {folder}/. Biểu mẫu: make template")
    intake = receive(run)
    answered = _receipts(run, intake)
    for receipt in answered:
        for point in (*receipt.critical, *receipt.warned, *receipt.questions):
            said = f"{SEVERITIES[point.severity]}: {point.message} [{point.rule}] → {point.remedy}"
            yield f"{receipt.file}, {point.place}: {said}"
    ahead = follow_ups_ahead(run.layout, run.registry, run.locality.slug, today, run.period)
    yield from (f"Lưu ý: {finding}" for finding in ahead)
    yield from _aligned([_HEAD, *map(_counts, answered)])
    yield notebook_tables.balance(intake)
    yield f"Phiếu tiếp nhận: {run.layout.relative(_folder(run))}/"


def receive(run: Run) -> Intake:
    """Validate the files of a run and write a receipt for each, also where files are refused.

    Raises DataError for refused files, after the receipts of all files are written.
    """
    intake, error = _answered(run, None)
    if error or intake is None:
        raise error or NoInputError("Chưa có tệp nào.")
    return intake


def answer_all(run: Run, error: DataError) -> DataError:
    """Write the receipts of all files that were sent, where `error` stopped a report before they were read.

    Gives the error with what else is wrong with them.
    """
    return _answered(run, error)[1] or error


def _answered(run: Run, error: DataError | None) -> tuple[Intake | None, DataError | None]:
    """What was accepted, and what refused files are refused for; the receipts of both are written.

    The others are judged as if those had not been sent, so that their senders need not wait.
    """
    refused, intake = dict[str, Receipt](), None
    if error:
        refused |= _refusals(run, error.findings)
    while intake is None:
        try:
            without = [file.rpartition("/")[2] for file in refused]
            intake = validate_period(
                run.layout, run.registry, run.locality.slug, run.period, run.known_at, without=without
            )
        except DataError as more:
            error = _joined(error, more)
            found = _refusals(run, error.findings)
            if found.keys() <= refused.keys():
                break  # what is wrong is in no file of theirs
            refused = found
    answers = [*refused.values(), *(_receipts(run, intake) if intake else ())]
    _write(run, answers, intake.validations if intake else ())
    return intake, error


def _receipts(run: Run, intake: Intake) -> list[Receipt]:
    """The receipts, with the questions. What is published has no day on which it became known: `known_at` asks none."""
    rules = read_question_rules(run.layout.expectations)
    peers: Peers = {}
    if run.known_at is None and rules.rules:
        peers = published_peers(run.layout.dataset, run.registry, run.locality, str(run.period))
    return receipts(intake, questions(intake, rules, peers), _lacking(run, intake))


def _lacking(run: Run, intake: Intake) -> dict[str, list[str]]:
    """Of each agency that sent a part, the rows of its form about which nothing came, not even in other files."""
    answered = {value.code for value in intake.observations} | {fact.code for fact in intake.tasks}
    answered |= {row.subject for row in intake.quarantined}
    found = dict[str, list[str]]()
    for agency in sorted({file.part for file in intake.files if file.part}):
        form = form_of(run.registry, run.locality, run.period, (), agency)
        rows = [row for row in form.indicators if row[0] not in form.computed]
        asked = ((row[0], row[1]) for row in (*rows, *form.figures, *form.tasks))
        found[agency] = [f"{code}: {name}" for code, name in asked if code not in answered]
    return found


def _joined(first: DataError | None, more: DataError) -> DataError:
    if first is None:
        return more
    return DataError(str(first).partition("\n")[0], list(dict.fromkeys((*first.findings, *more.findings))))


def _refusals(run: Run, findings: Sequence[Finding]) -> dict[str, Receipt]:
    """The receipts of the submitted files among those that stopped a report, by file."""
    paths = {run.layout.relative(p): p for p in submission_files(run.layout, run.locality.slug, run.period)}
    return {
        file: refused_file(file, _sha256(paths[file]), [f for f in findings if f.file == file])
        for file in dict.fromkeys(f.file for f in findings)
        if file in paths
    }


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
