"""Sign-off (ký duyệt, chấp nhận theo cấp): how far a published report has come, by which office, in one log.

    draft → sent → accepted by the commune → accepted by the city → issued

A level follows the one below it. A report that is returned, with the reason, begins again; the office that took the
last step may take it back, with the reason. Nothing is erased: each is one more line. A province or city has no level
of a commune.

The log is what counts. The file beside the page and the record for later reports are made from it, and held to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.inputs.describe import Inputs
from pipeline.inputs.issued import COMPLETION, ENTRY, TAKEN_BACK, issued_folder
from pipeline.paths import Layout
from pipeline.plans.base import Frozen
from pipeline.plans.models import Locality
from pipeline.progress import short
from pipeline.publish.log import Action, Entry, Log, canonical_line
from pipeline.publish.manifest import GONE, MANIFEST, SIGN_OFF, content_fault, hash_outputs, run_id
from pipeline.whole import NotOrdinaryError, read_ordinary, sync, write_whole


class State(StrEnum):
    """How far a report has come (trạng thái), or what was done about it."""

    DRAFT = "draft"
    SENT = "sent"
    """Sent up for acceptance (đã trình)."""
    CHECKED = "checked"
    """In logs of earlier versions only: where `SENT` is now."""
    RETURNED = "returned"
    """Sent back with a reason (trả lại)."""
    COMMUNE = "accepted-commune"
    """Accepted by the commune, ward or special zone (cấp xã chấp nhận)."""
    CITY = "accepted-city"
    """Accepted by the province or city (cấp tỉnh, thành phố chấp nhận)."""
    ISSUED = "issued"
    TAKEN_BACK = "taken-back"
    """The last step does not hold any more (rút lại); never the state of a report."""


WORDS = {
    State.DRAFT: "dự thảo",
    State.SENT: "đã trình",
    State.CHECKED: "đã kiểm tra",
    State.RETURNED: "bị trả lại",
    State.COMMUNE: "cấp xã đã chấp nhận",
    State.CITY: "cấp tỉnh, thành phố đã chấp nhận",
    State.ISSUED: "đã ban hành",
    State.TAKEN_BACK: "rút lại",
}
_DOING = {State.SENT: "trình", State.COMMUNE: "cấp xã chấp nhận", State.CITY: "cấp tỉnh, thành phố chấp nhận"}
_DOING[State.ISSUED] = "ban hành"
WAY = (State.SENT, State.COMMUNE, State.CITY, State.ISSUED)
"""The levels, from below."""
WITH_REASON = (State.RETURNED, State.TAKEN_BACK)
"""What is done only with a reason."""
_LEVEL = {State.CHECKED: State.SENT}
"""The level of a state of earlier versions."""


def way_of(place: Locality) -> tuple[State, ...]:
    """The levels of a place: a province or city (no parent) has none of a commune."""
    return WAY if place.parent else tuple(state for state in WAY if state is not State.COMMUNE)


class Step(Frozen):
    """One signature: what was done, by which office, at which moment in UTC, and why where a reason is due."""

    state: State
    by: str
    at: str
    reason: str = ""


class SignOff(Frozen):
    """The file sign-off.json beside a page: the run, which is the SHA-256 of its manifest, and who signed it."""

    run: str
    steps: tuple[Step, ...] = ()

    @property
    def standing(self) -> tuple[Step, ...]:
        """The levels that hold, from below: without what was taken back, and from before a return."""
        levels = list[Step]()
        for step in self.steps:
            if step.state is State.RETURNED:
                levels.clear()
            elif step.state is not State.TAKEN_BACK:
                levels.append(step)
            elif levels:
                levels.pop()
        return tuple(levels)

    @property
    def holds(self) -> Step | None:
        """The step that the state rests on: the highest level, or the return; None for a draft."""
        if self.standing:
            return self.standing[-1]
        returned = bool(self.steps) and self.steps[-1].state is State.RETURNED
        return self.steps[-1] if returned else None

    @property
    def by(self) -> str:
        """The office of the step that the state rests on; of a draft that of the last step."""
        return (self.holds or self.steps[-1]).by

    @property
    def state(self) -> State:
        """The state that holds; a draft where nobody has signed, or all was taken back."""
        return self.holds.state if self.holds else State.DRAFT


def sign_off_of(history: Iterable[Entry], run: str) -> SignOff:
    """What the log says of one run, from its entries in their order."""
    mine = (entry for entry in history if entry.action is Action.SIGNED_OFF and entry.run == run)
    return SignOff(run=run, steps=tuple(map(_step, mine)))


def _step(entry: Entry) -> Step:
    return Step(state=State(entry.state), by=entry.by, at=entry.at, reason=entry.detail)


def is_frozen(layout: Layout, folder: Path, inputs: Inputs) -> bool:
    """Whether the report in `folder` is an issued one, whole, of the same data, lists, method and parameters.

    It stays, whatever the program is now: a new version is no reason to put an unsigned page in the place of a signed
    one. Its manifest is read as it is, since it may be of an older edition.
    """
    if not (folder / SIGN_OFF).is_file():
        return False
    try:
        manifest = json.loads(read_ordinary(folder / MANIFEST))
        before, outputs = manifest["inputs"], manifest["outputs"]
        parts = ("submissions", "corrections", "confirmations", "plans")
        given = [f for part in parts for f in before.get(part, ())]
        same_data = _named((*given, *before["shared"]["lists"])) == _named(
            f.model_dump() for files in (*(getattr(inputs, part) for part in parts), inputs.shared.lists) for f in files
        )
        whole = _named(outputs) == _named(f.model_dump() for f in hash_outputs(folder))
        sections = (before.get("extra") or {}).get("switched_on")
        same_sections = sections == (inputs.extra.switched_on.model_dump() if inputs.extra else None)
        same = same_data and same_sections and whole and before["parameters"] == inputs.parameters
    except (OSError, ValueError, KeyError, TypeError):
        return False
    history = Log(layout.log).history(folder.parent.name, folder.name) if same else ()
    return same and sign_off_of(history, run_id(folder)).state is State.ISSUED


def _named(files: Iterable[Mapping[str, object]]) -> dict[object, object]:
    return {file["path"]: file["sha256"] for file in files}


def check_order(now: SignOff, wanted: State, by: str, way: Sequence[State] = WAY) -> None:
    """Raises UsageError, saying the remedy, where the office `by` cannot do what is wanted on this way now."""
    if wanted is State.TAKEN_BACK:
        _check_taking_back(now, by)
    elif wanted is State.RETURNED:
        _check_return(now)
    elif wanted not in way:
        raise UsageError(f"Báo cáo của cấp tỉnh, thành phố không có bước {_DOING[wanted]}. Các bước: {', '.join(way)}.")
    else:
        _check_level(now, wanted, way)


def _check_taking_back(now: SignOff, by: str) -> None:
    if not now.standing:
        raise UsageError(f"Báo cáo này là {WORDS[now.state]}: không có bước nào để rút lại.")
    last = now.standing[-1]
    if last.by != by:
        other = "" if last.state is State.ISSUED else " Cơ quan khác không đồng ý thì trả lại: STATE=returned"
        raise UsageError(
            f"Bước “{WORDS[last.state]}” do {last.by} ký; chỉ nơi ấy rút lại được (viết BY đúng như vậy).{other}"
        )


def _check_return(now: SignOff) -> None:
    if now.state is State.ISSUED:
        raise UsageError("Báo cáo này đã ban hành: nơi ban hành rút lại trước (STATE=taken-back), rồi mới trả lại.")
    if not now.standing:
        raise UsageError(f"Báo cáo này là {WORDS[now.state]}, chưa trình nên chưa trả lại được.")


def _check_level(now: SignOff, wanted: State, way: Sequence[State]) -> None:
    missing = way[way.index(_level(now.state)) + 1 :] if now.standing else way
    if missing[:1] == (wanted,):
        return
    if wanted not in missing:
        last = next((step for step in now.standing if _level(step.state) is wanted), now.standing[-1])
        raise UsageError(f"Báo cáo này {WORDS[last.state]} rồi: {last.by}, {last.at}. Không ký lại.")
    raise UsageError(
        f"Báo cáo này còn là {WORDS[now.state]}; phải {_DOING[missing[0]]} trước khi {_DOING[wanted]}. "
        f"Chạy trước: make sign-off STATE={missing[0]} …"
    )


def _level(state: State) -> State:
    return _LEVEL.get(state, state)


def is_signed_as_logged(layout: Layout, folder: Path, history: Sequence[Entry]) -> bool:
    """Whether sign-off.json and the records of issues match the log; `history` has the entries of this address."""
    path = folder / SIGN_OFF
    there = read_ordinary(path) if path.is_file() else b""
    if there != file_content(sign_off_of(history, run_id(folder))):
        return False
    back = taken_back(history)
    records = ((issued_folder(layout, e.locality, e.name, number), e, number) for number, e in numbered(history))
    return all(
        (place / ENTRY).is_file() and (place / TAKEN_BACK).is_file() == ((e.locality, e.name, number) in back)
        for place, e, number in records
    )


def write_as_logged(layout: Layout, folder: Path, history: Sequence[Entry]) -> None:
    """Write what the log says: sign-off.json beside the page, and the record of each issue. Under the lock."""
    former = layout.former / run_id(folder)
    for place in (folder, *([former] if (former / MANIFEST).is_file() else [])):
        write_sign_off(place, history)
    back = taken_back(history)
    for number, entry in numbered(history):
        place = issued_folder(layout, entry.locality, entry.name, number)
        source = folder if run_id(folder) == entry.run else layout.former / entry.run
        if not place.exists() and (source / COMPLETION).is_file():
            _keep_issue(place, entry, read_ordinary(source / COMPLETION))
        if place.is_dir():
            _keep_taking_back(place / TAKEN_BACK, back.get((entry.locality, entry.name, number)))


def write_sign_off(folder: Path, history: Sequence[Entry]) -> None:
    """The file beside a page, as the log has it."""
    content, path = file_content(sign_off_of(history, run_id(folder))), folder / SIGN_OFF
    if not content:
        path.unlink(missing_ok=True)
    elif not path.is_file() or read_ordinary(path) != content:
        write_whole(path, content)


def _keep_issue(place: Path, entry: Entry, completion: bytes) -> None:
    unfinished = place.with_name(f".new-{place.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    write_whole(unfinished / COMPLETION, completion)
    write_whole(unfinished / ENTRY, canonical_line(entry))
    unfinished.rename(place)
    sync(place.parent)


def _keep_taking_back(path: Path, entry: Entry | None) -> None:
    """Beside the record of an issue, so that what replaces it does not call it issued."""
    if entry is None:
        path.unlink(missing_ok=True)
    elif not path.is_file():
        write_whole(path, canonical_line(entry))


def sign_off_faults(folder: Path, now: SignOff) -> Iterator[str]:
    """Whether the file beside the page says what the log does; '' is expected of a report that nobody signed."""
    path, content = folder / SIGN_OFF, b""
    with suppress(FileNotFoundError):
        try:
            content = read_ordinary(path)
        except NotOrdinaryError as error:
            yield str(error.strerror)
            return
    if content != file_content(now):
        yield GONE if not content else "nội dung khác với nhật ký"


def issue_faults(
    layout: Layout, issues: Iterable[tuple[int, Entry]], back: TakenBack, completions: dict[str, str]
) -> Iterator[str]:
    """Whether the record of every issue is there and untouched; `completions`: SHA-256 of what each run stated."""
    for number, entry in issues:
        folder = issued_folder(layout, entry.locality, entry.name, number)
        wanted = {ENTRY: hashlib.sha256(canonical_line(entry)).hexdigest(), COMPLETION: completions.get(entry.run)}
        if taking_back := back.get((entry.locality, entry.name, number)):
            wanted[TAKEN_BACK] = hashlib.sha256(canonical_line(taking_back)).hexdigest()
        elif os.path.lexists(folder / TAKEN_BACK):
            yield f"{layout.relative(folder / TAKEN_BACK)}: nhật ký không có việc rút lại này"
        for name, sha256 in wanted.items():
            path = folder / name
            fault = content_fault(path, {sha256}) if sha256 else "" if path.is_file() else GONE
            if fault:
                yield f"{layout.relative(folder / name)}: {fault}"


def issues(entries: Iterable[Entry], takes: Callable[[str, str], bool]) -> list[Entry]:
    """All issues of reports at the addresses that are taken."""
    return [entry for entry in entries if _is_issue(entry) and takes(entry.locality, entry.name)]


def numbered(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """All issues of a log with their number at their address."""
    counts: dict[tuple[str, str], int] = {}
    for entry in filter(_is_issue, entries):
        address = entry.locality, entry.name
        counts[address] = counts.get(address, 0) + 1
        yield counts[address], entry


TakenBack = Mapping[tuple[str, str, int], Entry]
"""The lines by which issues were taken back, by locality, name and number of the issue."""


def taken_back(entries: Iterable[Entry]) -> TakenBack:
    """The issues that were taken back (rút lại): nothing is signed above an issue, so the next of its run is of it."""
    found, counts, standing = dict[tuple[str, str, int], Entry](), dict[tuple[str, str], int](), dict[str, int]()
    for entry in entries:
        address = entry.locality, entry.name
        if _is_issue(entry):
            counts[address] = standing[entry.run] = counts.get(address, 0) + 1
        elif entry.action is Action.SIGNED_OFF and entry.state == State.TAKEN_BACK and entry.run in standing:
            found[*address, standing.pop(entry.run)] = entry
    return found


def told_as_taken_back(back: TakenBack) -> Iterator[str]:
    """A sentence for each issue that was taken back: which, by whom, on which day in UTC, and why."""
    for (locality, name, _), entry in back.items():
        yield (
            f"{locality}, {name}: lần ban hành của lần chạy {short(entry.run)} đã rút lại ngày "
            f"{'/'.join(entry.at[:10].split('-')[::-1])} ({entry.by}: {entry.detail})"
        )


def file_content(now: SignOff) -> bytes:
    """The bytes of sign-off.json; none for a report that nobody signed."""
    return f"{now.model_dump_json(indent=2, exclude_defaults=True)}\n".encode() if now.steps else b""


def _is_issue(entry: Entry) -> bool:
    return entry.action is Action.SIGNED_OFF and entry.state == State.ISSUED
