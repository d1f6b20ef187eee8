import hashlib
import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.log import START, Action, Chain, Event, Head, Log, read_chain

AT = "2026-05-01T08:00:00Z"


def _event(run: int, **more: object) -> Event:
    return Event.model_validate({"action": Action.PUBLISHED, "locality": "cat-hai", "name": "2025"} | more).model_copy(
        update={"run": f"{run:064x}"}
    )


def _log(folder: Path, lines: int = 5) -> Log:
    log = Log(folder)
    for number in range(1, lines + 1):
        log.append(_event(number), AT)
    return log


def _written(lines: int) -> bytes:
    with TemporaryDirectory() as folder:
        return _log(Path(folder), lines).path.read_bytes()


LINES = _written(6).splitlines(keepends=True)


def test_each_line_is_canonical_and_names_the_one_before(tmp_path: Path) -> None:
    log = _log(tmp_path, 3)
    lines = log.path.read_bytes().splitlines()
    before = START
    for number, line in enumerate(lines, start=1):
        record = json.loads(line)
        assert (record["seq"], record["prev"], record["at"]) == (number, before, AT)
        assert json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() == line
        before = hashlib.sha256(line).hexdigest()
    assert log.chain().head == Head(3, before)
    assert not log.chain().faults


def test_a_group_that_shares_a_folder_can_append(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        log = _log(tmp_path, 1)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in log.path.parent.iterdir()} == {0o664}


def test_without_a_log_there_is_an_empty_chain(tmp_path: Path) -> None:
    assert Log(tmp_path / "log").chain() == Chain()
    assert not Log(tmp_path / "log").mentions("a" * 64)
    assert Log(tmp_path / "log").runs() == set()


@given(st.integers(0, len(LINES) - 2))
def test_a_deleted_line_is_found_at_its_place(place: int) -> None:
    assert f"dòng {place + 1}:" in read_chain(b"".join(LINES[:place] + LINES[place + 1 :])).faults[0]


@given(st.permutations(LINES).filter(lambda lines: lines != LINES))
def test_lines_in_another_order_are_found(lines: list[bytes]) -> None:
    assert read_chain(b"".join(lines)).faults


@given(st.integers(0, len(LINES) - 1), st.data())
def test_a_changed_byte_is_found_or_changes_the_head(place: int, data: st.DataObject) -> None:
    """Within the last line only the head kept elsewhere can tell, where the line is still a proper one."""
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != line[at]))
    changed = read_chain(b"".join([*LINES[:place], line[:at] + bytes([byte]) + line[at + 1 :], *LINES[place + 1 :]]))
    assert changed.faults or (place == len(LINES) - 1 and changed.head != read_chain(b"".join(LINES)).head)


@given(st.integers(0, sum(map(len, LINES)) - 1))
def test_a_log_cut_off_anywhere_no_longer_holds_the_head_kept_elsewhere(length: int) -> None:
    whole = b"".join(LINES)
    head = read_chain(whole).head
    assert read_chain(whole).holds(str(head))
    assert read_chain(whole).holds(head.sha256)
    assert not read_chain(whole[:length]).holds(str(head))


@given(st.integers(0, len(LINES)), st.integers(0, len(LINES) - 1))
def test_a_line_written_in_is_found(place: int, copied: int) -> None:
    assert read_chain(b"".join([*LINES[:place], LINES[copied], *LINES[place:]])).faults


@pytest.mark.parametrize("cut", [1, 5, 10_000])
def test_a_torn_last_line_is_moved_and_told_and_the_chain_goes_on(tmp_path: Path, cut: int) -> None:
    log = _log(tmp_path, 3)
    whole = log.path.read_bytes()
    last = whole.splitlines()[-1]
    rest = last[: -min(cut, len(last) - 1)]
    log.path.write_bytes(whole[: -len(last) - 1] + rest)
    assert "dòng 3" in log.chain().faults[0]
    log.append(_event(4), AT)
    chain = log.chain()
    assert not chain.faults
    assert [entry.action for entry in chain.entries] == ["published", "published", "torn", "published"]
    assert log.torn.read_bytes() == rest + b"\n"
    assert hashlib.sha256(rest).hexdigest() in chain.entries[2].detail


def test_a_line_that_cannot_be_read_does_not_stop_the_log_and_is_found(tmp_path: Path) -> None:
    log = _log(tmp_path, 2)
    log.path.write_bytes(log.path.read_bytes() + b"rubbish\n")
    log.append(_event(4), AT)
    assert log.chain().faults == ("dòng 3: không đọc được",)


def test_lines_are_found_by_words_from_the_end(tmp_path: Path) -> None:
    log = _log(tmp_path, 40)
    log.append(_event(7, action=Action.REPLACED, before=f"{40:064x}"), AT)
    assert log.mentions(f"{40:064x}")
    assert not log.mentions(f"{41:064x}")
    assert [json.loads(line)["seq"] for line in log.lines_with(f"{7:064x}")] == [41, 7]
    assert [json.loads(line)["seq"] for line in log.lines_with(f"{7:064x}", "replaced")] == [41]
    assert log.runs() == {f"{number:064x}" for number in range(1, 41)}


def _append(folder: str, run: int) -> None:
    Log(Path(folder)).append(_event(run), AT)


def test_many_processes_append_to_one_chain(tmp_path: Path) -> None:
    with ProcessPoolExecutor(6, get_context("spawn")) as executor:
        list(executor.map(_append, [str(tmp_path)] * 60, range(60)))
    chain = Log(tmp_path).chain()
    assert not chain.faults
    assert {entry.run for entry in chain.entries} == {f"{run:064x}" for run in range(60)}


def test_one_who_appends_waits_for_another(tmp_path: Path) -> None:
    log = Log(tmp_path)
    with ThreadPoolExecutor(1) as executor:
        with log._locked():
            waiting = executor.submit(_append, str(tmp_path), 1)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        waiting.result(timeout=10)
    assert log.mentions(f"{1:064x}")
