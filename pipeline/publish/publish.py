"""Publishing with a memory: inputs into the store, the run before into `reports/.runs/`, a line into the log.

The order is store, exchange, keep, log. Wherever a process dies between two of them, `recover` finds it and goes on.
Everything here is called under the lock of the locality.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import MismatchError, StorageError, said
from pipeline.paths import Layout
from pipeline.progress import Say, short
from pipeline.publish.log import Action, Event, Log
from pipeline.publish.manifest import BESIDE, MANIFEST, FileHash, Inputs, hash_outputs, keep_inputs, run_id
from pipeline.publish.run_info import moment
from pipeline.publish.sign_off import FILE as SIGN_OFF
from pipeline.publish.signatures import carry_signature, is_signed_as_logged, settle, write_sign_off
from pipeline.publish.store import Store, sync
from pipeline.publish.swap import address_of, leftovers, publish
from pipeline.steps import Run

_ATTESTS = (Action.PUBLISHED, Action.REPLACED, Action.REPAIRED, Action.RECOVERED)
"""Entries that say what lies beside the manifest; a later one would make good what was altered meanwhile."""


def record(run: Run, staged: Path, inputs: Inputs, say: Say) -> None:
    """Publish what was made, or say that it is the same again.

    Raises MismatchError, and publishes nothing, where a report of the same inputs had other bytes; BusyError where an
    input was changed meanwhile.
    """
    made = run_id(staged)
    keep_inputs(run.layout, inputs)
    _refuse_another_result(run, staged, inputs, made)
    before = run_id(run.report) if (run.report / MANIFEST).is_file() else ""
    altered = list(_altered(run.layout, run.report)) if before == made else []
    if before == made and not altered:
        say(f"  lập lại giống từng byte: lần chạy {short(made)}")
        _tell(run, Action.REPRODUCED, run.report)
        return
    write_sign_off(Log(run.layout.log), staged)
    carry_signature(staged, run.report, run.layout.kept / made)
    old = publish(staged, run.report)
    try:
        _remember(run, old, before, altered, say)
    except OSError as error:
        raise StorageError(
            f"Báo cáo mới đã công bố, nhưng chưa ghi xong nhật ký: {said(error)}. "
            "Chạy lại lệnh, phần còn lại được làm nốt."
        ) from error


def _remember(run: Run, old: Path | None, before: str, altered: list[str], say: Say) -> None:
    """What follows the exchange: the former run is kept, the log is told."""
    if altered and old:
        _move(old, run.work / "altered")
        _tell(run, Action.REPAIRED, run.report, detail=", ".join(altered))
        say(f"  đã thay các tệp bị sửa sau khi công bố, bản bị sửa ở {run.layout.relative(run.work / 'altered')}")
        return
    if old:
        keep(run.layout, old)
        shutil.rmtree(old, ignore_errors=True)
    _tell(run, Action.REPLACED if before else Action.PUBLISHED, run.report, before=before)
    say(f"  đã công bố: lần chạy {short(run_id(run.report))}")


def is_settled(run: Run) -> bool:
    """Whether no run that was killed left anything, and the log knows what is published. Cheap."""
    folder = run.report
    if leftovers(folder.parent):
        return False
    if not (folder / MANIFEST).is_file():
        return True
    return Log(run.layout.log).mentions(run_id(folder)) and is_signed_as_logged(run.layout, folder)


def recover(run: Run, say: Say) -> None:
    """Finish what a run of this locality that was killed has left half done."""
    log, folder = Log(run.layout.log), run.report
    if swept := Store(run.layout.store).sweep():
        say(f"  {run.layout.relative(run.layout.store)}: dọn {swept} tệp ghi dở của một lần chạy bị ngắt")
    found = leftovers(folder.parent)
    # One that was published comes first: where nothing is published now, it goes back to its place.
    for leftover in sorted(found, key=lambda place: not _was_published(run.layout, log, place)):
        _settle(run, log, leftover, say)
    if not (folder / MANIFEST).is_file():
        return
    if not log.mentions(run_id(folder)):
        _tell(run, Action.RECOVERED, folder)
    settle(run.layout, folder)


def keep(layout: Layout, old: Path) -> None:
    """Move a folder that was published to `reports/.runs/<run id>`; the newer of two of one run stays."""
    if not (old / MANIFEST).is_file():
        return
    place = layout.kept / run_id(old)
    layout.kept.mkdir(parents=True, exist_ok=True)
    if place.exists() and not list(_altered(layout, old)):
        shutil.rmtree(place)
    if not place.exists():
        old.rename(place)
        sync(layout.kept)


def _settle(run: Run, log: Log, leftover: Path, say: Say) -> None:
    """A whole report that was published once is kept, or put back where none is; the rest is thrown away."""
    address = address_of(leftover)
    was_published = _was_published(run.layout, log, leftover)
    name = run_id(leftover) if was_published else ""
    where = run.layout.relative(address)
    if was_published and not address.exists():
        leftover.rename(address)
        log.append(_event(run, Action.RESTORED, address), moment())
        say(f"  {where}: đặt lại báo cáo mà lần chạy trước bị ngắt chưa kịp thay")
        return
    if was_published:
        keep(run.layout, leftover)
    if leftover.exists():
        shutil.rmtree(leftover)
    detail = f"{leftover.name}: {'giữ trong .runs' if was_published else 'bỏ, chưa công bố'}"
    event = Event(action=Action.SWEPT, locality=run.locality.slug, name=address.name, run=name, detail=detail)
    log.append(event, moment())
    say(f"  {where}: dọn phần còn lại của một lần chạy bị ngắt")


def _refuse_another_result(run: Run, staged: Path, inputs: Inputs, made: str) -> None:
    for folder in _of_same_inputs(run, inputs.id):
        if run_id(folder) == made:
            continue
        kept = run.work / "differs"
        names = ", ".join(_differing(_outputs(folder), hash_outputs(run.layout, staged)))
        _copy(staged, kept)
        raise MismatchError(
            f"Cùng đầu vào {short(inputs.id)} mà kết quả khác lần chạy {short(run_id(folder))}: {names}.\n"
            "Không công bố gì, báo cáo cũ còn nguyên. "
            f"Kết quả khác được giữ ở {run.layout.relative(kept)}; gửi thư mục này cho người bảo trì."
        )


def _of_same_inputs(run: Run, input_id: str) -> Iterator[Path]:
    """The folders of runs with this input id: the published one, and those the log knows."""
    published = _json(run.report / MANIFEST)
    if published.get("input_id") == input_id:
        yield run.report
    for entry in Log(run.layout.log).entries_with(input_id):
        folder = run.layout.kept / entry.run
        if (folder / MANIFEST).is_file():
            yield folder


def _tell(run: Run, action: Action, folder: Path, before: str = "", detail: str = "") -> None:
    Log(run.layout.log).append(_event(run, action, folder, before, detail), moment())


def _event(run: Run, action: Action, folder: Path, before: str = "", detail: str = "") -> Event:
    return Event(
        action=action,
        locality=run.locality.slug,
        name=folder.name,
        run=run_id(folder),
        input_id=str(_json(folder / MANIFEST).get("input_id", "")),
        before=before,
        beside=_beside(folder) if action in _ATTESTS else {},
        detail=detail,
    )


def _beside(folder: Path) -> dict[str, str]:
    """SHA-256 of what lies beside the manifest, but for the sign-off, which is made from the log itself."""
    paths = ((name, folder / name) for name in BESIDE if name != SIGN_OFF)
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths if path.is_file()}


def _was_published(layout: Layout, log: Log, folder: Path) -> bool:
    """Whether a leftover is a whole report that the log knows."""
    whole = (folder / MANIFEST).is_file() and not list(_altered(layout, folder))
    return whole and log.mentions(run_id(folder))


def _altered(layout: Layout, folder: Path) -> Iterator[str]:
    """Files that are not as the manifest beside them says."""
    yield from _differing(_outputs(folder), hash_outputs(layout, folder))


def _outputs(folder: Path) -> tuple[FileHash, ...]:
    return tuple(FileHash.model_validate(entry) for entry in _json(folder / MANIFEST).get("outputs", ()))


def _differing(one: tuple[FileHash, ...], other: tuple[FileHash, ...]) -> list[str]:
    return sorted({file.path for file in set(one) ^ set(other)})


def _json(path: Path) -> dict[str, Any]:
    """Empty for a file that is not there or no JSON. What cannot be read now may well be whole: raises OSError."""
    try:
        content = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _move(source: Path, target: Path) -> None:
    _copy(source, target)
    shutil.rmtree(source)


def _copy(source: Path, target: Path) -> None:
    """For inspection, and on another disk perhaps."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
