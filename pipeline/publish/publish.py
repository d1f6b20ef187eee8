"""Publishing with a memory: inputs into the store, the former run into `reports/.runs/`, a line into the log.

The order is store, exchange, keep, log. Wherever a process dies between two of them, `recover` finds it and goes on.
Everything here that writes is called under the lock of the locality.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.errors import BusyError, MismatchError, StorageError, system_message
from pipeline.inputs.describe import Inputs, changed_files, describe_inputs, differences
from pipeline.inputs.extra_sections import lines_of
from pipeline.inputs.hashes import FileHash
from pipeline.inputs.program import read_notebook
from pipeline.paths import CODE, Layout
from pipeline.progress import Say, short
from pipeline.publish.log import Action, Entry, Event, Log
from pipeline.publish.manifest import (
    BESIDE,
    MANIFEST,
    SIGN_OFF,
    Manifest,
    hash_outputs,
    is_up_to_date,
    manifest_of,
    read_manifest,
    read_recorded,
    run_id,
)
from pipeline.publish.sign_off import is_frozen, is_signed_as_logged, write_as_logged, write_sign_off
from pipeline.publish.store import Store
from pipeline.publish.swap import address_of, exchange, leftovers, lock
from pipeline.steps import Run, to_json
from pipeline.whole import UNFINISHED, NotOrdinaryError, read_ordinary, sync

_ATTESTS = (Action.PUBLISHED, Action.REPLACED, Action.REPAIRED, Action.RECOVERED)
"""Entries that say what lies beside the manifest; a later one would make good what was altered meanwhile."""


def is_current(run: Run, inputs: Inputs) -> bool:
    """Whether nothing is to be made: the published report is of these inputs and whole, or it is issued and frozen."""
    return is_up_to_date(run.report, inputs.id) or is_frozen(run.layout, run.report, inputs)


def staleness(run: Run) -> list[str]:
    """What made the published report stale (vì sao phải lập lại), a line each; nothing where it is up to date."""
    try:
        recorded = read_recorded(run.report)
    except MismatchError:
        return ["chưa có báo cáo nào đọc được"]
    inputs = describe_inputs(replace(run, page_lang=recorded.parameters.get("page_lang", "")))
    lines = changed_since(run, inputs)
    if not lines and not is_up_to_date(run.report, inputs.id):
        return ["báo cáo đã công bố không còn như lúc công bố"]
    if lines and is_frozen(run.layout, run.report, inputs):
        return [f"đã ban hành, giữ nguyên; từ đó đến nay (FORCE=1 mới lập lại): {line}" for line in lines]
    return lines


def changed_since(run: Run, inputs: Inputs) -> list[str]:
    """What is otherwise in `inputs` than in those of the published report, a line each. Raises MismatchError."""
    manifest = read_manifest(run.report)
    if manifest:
        return list(differences(manifest.inputs, inputs))
    recorded = read_recorded(run.report)
    return ["lập bằng phiên bản cũ của chương trình", *changed_files(recorded.inputs, inputs.files)]


def publish(run: Run, staged: Path, inputs: Inputs, say: Say) -> None:
    """Publish the report that lies in `staged`, or say that it is the same again.

    Raises MismatchError, and publishes nothing, where a report of the same inputs had other bytes; BusyError where an
    input was changed meanwhile.
    """
    manifest = manifest_of(run.layout, inputs, staged)
    (staged / MANIFEST).write_text(to_json(manifest), "utf-8")
    keep_inputs(run.layout, inputs, manifest.program)
    history = _history(run, run.report)
    _refuse_another_result(run, staged, manifest, history)
    _take_recorded_manifest(run, staged, manifest.input_id, history)
    made, before = run_id(staged), run_id(run.report) if (run.report / MANIFEST).is_file() else ""
    altered = _altered(run.report) if before == made else []
    if before == made and not altered:
        say(f"  lập lại giống từng byte: lần chạy {short(made)}")
        _log(run, Action.REPRODUCED, run.report)
        return
    write_sign_off(staged, history)
    old = exchange(staged, run.report)
    try:
        _remember(run, old, before, altered, say)
    except OSError as error:
        raise StorageError(
            f"Báo cáo mới đã công bố, nhưng chưa ghi xong nhật ký: {system_message(error)}. "
            "Chạy lại lệnh, phần còn lại được làm nốt."
        ) from error


def settle(run: Run, say: Say) -> None:
    """Put right what a killed run left, even where nothing is to be made; not while another run is under way."""
    if not _is_settled(run):
        with suppress(BusyError), lock(run.report.parent):
            recover(run, say)


def recover(run: Run, say: Say) -> None:
    """Finish what a run of this locality that was killed has left half done."""
    folder = run.report
    if swept := Store(run.layout.store).sweep():
        say(f"  {run.layout.relative(run.layout.store)}: dọn {swept} tệp ghi dở của một lần chạy bị ngắt")
    found = leftovers(folder.parent)
    # One that was published comes first: where nothing is published now, it goes back to its place.
    for leftover in sorted(found, key=lambda place: not _was_published(run, place)):
        _clear(run, leftover, say)
    if not (folder / MANIFEST).is_file():
        return
    history = _history(run, folder)
    if not _is_known(run_id(folder), history):
        _log(run, Action.RECOVERED, folder)
    write_as_logged(run.layout, folder, history)


def _is_settled(run: Run) -> bool:
    """Whether no run that was killed left anything, and the log knows what is published. Cheap."""
    folder = run.report
    if leftovers(folder.parent):
        return False
    if not (folder / MANIFEST).is_file():
        return True
    history = _history(run, folder)
    return _is_known(run_id(folder), history) and is_signed_as_logged(run.layout, folder, history)


def _history(run: Run, folder: Path) -> list[Entry]:
    return Log(run.layout.log).history(run.locality.slug, folder.name)


def _is_known(run: str, history: Iterable[Entry]) -> bool:
    return any(run in (entry.run, entry.before) for entry in history)


def keep_inputs(layout: Layout, inputs: Inputs, others: Iterable[FileHash] = ()) -> None:
    """Put every input, and `others` of the program, into the store, but what is there.

    Raises BusyError for one changed meanwhile.
    """
    store = Store(layout.store)
    notebooks = {file.sha256: file.path for file in inputs.program if file.path.endswith(".ipynb")}
    program = (file for file in (*inputs.program, *others) if file.sha256 not in notebooks)
    store.put((layout.root / file.path, file.sha256) for file in inputs.data)
    store.put((CODE / file.path, file.sha256) for file in program)
    store.put_contents((read_notebook(path), sha256) for sha256, path in notebooks.items() if not store.holds(sha256))
    if inputs.extra:
        lines = lines_of(inputs.sections, inputs.parameters["locality"], inputs.parameters["period"])
        store.put_contents([(lines, inputs.extra.switched_on.sha256)])


def _refuse_another_result(run: Run, staged: Path, made: Manifest, history: Iterable[Entry]) -> None:
    for folder in _of_same_inputs(run, made.input_id, history):
        differing = _differing(_outputs(folder), made.outputs)
        if not differing:
            continue
        other = run.work / "differs"
        _copy(staged, other)
        raise MismatchError(
            f"Cùng đầu vào {short(made.input_id)} mà kết quả khác lần chạy {short(run_id(folder))}: "
            f"{', '.join(differing)}.\n"
            "Không công bố gì, báo cáo cũ còn nguyên. "
            f"Kết quả khác được giữ ở {run.layout.relative(other)}; gửi thư mục này cho người bảo trì."
        )


def _of_same_inputs(run: Run, input_id: str, history: Iterable[Entry]) -> Iterator[Path]:
    """The folders of runs with this input id: the published one, and those the log knows."""
    if _manifest(run.report).get("input_id") == input_id:
        yield run.report
    for former in dict.fromkeys(entry.run for entry in history if entry.input_id == input_id):
        folder = run.layout.former / former
        if (folder / MANIFEST).is_file():
            yield folder


def _take_recorded_manifest(run: Run, staged: Path, input_id: str, history: Iterable[Entry]) -> None:
    """Where these inputs gave these files before, it is that run again, whichever files of the program ran it now.

    Only the manifest of a run that the log saw published is taken, and no altered one. Nor is one that this edition
    cannot read: the report would never be up to date.
    """
    published = {entry.run for entry in history if entry.action in (Action.PUBLISHED, Action.REPLACED)}
    for folder in _of_same_inputs(run, input_id, history):
        if run_id(folder) in published and read_manifest(folder):
            shutil.copyfile(folder / MANIFEST, staged / MANIFEST)
            return


def _remember(run: Run, old: Path | None, former: str, altered: list[str], say: Say) -> None:
    """What follows the exchange: the former run is kept, and the log gets its line."""
    if altered and old:
        _move(old, run.work / "altered")
        _log(run, Action.REPAIRED, run.report, detail=", ".join(altered))
        say(f"  đã thay các tệp bị sửa sau khi công bố, bản bị sửa ở {run.layout.relative(run.work / 'altered')}")
        return
    if old:
        _keep(run.layout, old)
        shutil.rmtree(old, ignore_errors=True)
    _log(run, Action.REPLACED if former else Action.PUBLISHED, run.report, former=former)
    say(f"  đã công bố: lần chạy {short(run_id(run.report))}")


def _clear(run: Run, leftover: Path, say: Say) -> None:
    """A whole report that was published once is kept, or put back where none is; the rest is thrown away."""
    address = address_of(leftover)
    was_published = _was_published(run, leftover)
    name = run_id(leftover) if was_published else ""
    where = run.layout.relative(address)
    if was_published and not address.exists():
        leftover.rename(address)
        _log(run, Action.RESTORED, address)
        say(f"  {where}: đặt lại báo cáo mà lần chạy trước bị ngắt chưa kịp thay")
        return
    if was_published:
        _keep(run.layout, leftover)
    if leftover.exists():
        shutil.rmtree(leftover)
    detail = f"{leftover.name}: {'giữ trong .runs' if was_published else 'bỏ, chưa công bố'}"
    event = Event(action=Action.SWEPT, locality=run.locality.slug, name=address.name, run=name, detail=detail)
    Log(run.layout.log).append(event)
    say(f"  {where}: dọn phần còn lại của một lần chạy bị ngắt")


def _keep(layout: Layout, old: Path) -> None:
    """Move a folder that was published to `reports/.runs/<run id>`; the newer of two of one run stays."""
    if not (old / MANIFEST).is_file():
        return
    place = layout.former / run_id(old)
    layout.former.mkdir(parents=True, exist_ok=True)
    if place.exists() and not _altered(old):
        shutil.rmtree(place)
    if not place.exists():
        _rename(old, place)
        sync(layout.former)


def _rename(old: Path, place: Path) -> None:
    """Rename a folder; where the new place is on another disk, copy it whole first."""
    try:
        old.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copied = place.with_name(f"{UNFINISHED}{place.name}")
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(old, copied)
        for path in copied.rglob("*"):
            sync(path)
        copied.rename(place)
        shutil.rmtree(old)


def _log(run: Run, action: Action, folder: Path, former: str = "", detail: str = "") -> None:
    Log(run.layout.log).append(
        Event(
            action=action,
            locality=run.locality.slug,
            name=folder.name,
            run=run_id(folder),
            input_id=str(_manifest(folder).get("input_id", "")),
            before=former,
            beside=_beside(folder) if action in _ATTESTS else {},
            detail=detail,
        )
    )


def _beside(folder: Path) -> dict[str, str]:
    """SHA-256 of what lies beside the manifest, but for the sign-off, which is made from the log itself."""
    paths = ((name, folder / name) for name in BESIDE if name != SIGN_OFF)
    return {name: hashlib.sha256(read_ordinary(path)).hexdigest() for name, path in paths if path.is_file()}


def _was_published(run: Run, leftover: Path) -> bool:
    """Whether a leftover is a whole report that the log knows."""
    whole = (leftover / MANIFEST).is_file() and not _altered(leftover)
    return whole and _is_known(run_id(leftover), _history(run, address_of(leftover)))


def _altered(folder: Path) -> list[str]:
    """Files that are not as the manifest beside them says."""
    return _differing(_outputs(folder), hash_outputs(folder))


def _outputs(folder: Path) -> tuple[FileHash, ...]:
    return tuple(FileHash.model_validate(entry) for entry in _manifest(folder).get("outputs", ()))


def _differing(one: tuple[FileHash, ...], other: tuple[FileHash, ...]) -> list[str]:
    return sorted({file.path for file in set(one) ^ set(other)})


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest in a folder as it is, whichever edition wrote it; empty where there is none that is JSON.

    Raises OSError for a manifest that is there and cannot be read: it may be whole.
    """
    try:
        content = json.loads(read_ordinary(folder / MANIFEST))
    except (FileNotFoundError, NotOrdinaryError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _move(source: Path, target: Path) -> None:
    _copy(source, target)
    shutil.rmtree(source)


def _copy(source: Path, target: Path) -> None:
    """For inspection, and on another disk perhaps."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True, ignore=_special)


def _special(folder: str, names: list[str]) -> list[str]:
    """Pipes and devices, which nobody can copy."""
    paths = {name: Path(folder, name) for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]
