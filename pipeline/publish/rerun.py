"""Making a recorded run again in an empty place, and comparing every byte (`make audit`).

Code, notebooks, suites, lists, plans and submissions come from the store, the environment from the recorded lock;
nothing of the checkout that asks takes part but the program that installs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import MismatchError, NoInputError, PipelineError, StorageError
from pipeline.inputs.describe import changed_files, describe_inputs, draft_change
from pipeline.inputs.draft import MARK
from pipeline.paths import CODE, Layout
from pipeline.progress import Say
from pipeline.publish.compare_bytes import AS_WRITTEN, Vocabulary, differences_in, differences_of_environment, in_order
from pipeline.publish.log import Log
from pipeline.publish.manifest import Recorded, faults_of, find_run, read_recorded
from pipeline.publish.store import Store
from pipeline.steps import Run
from pipeline.whole import read_ordinary

ELSEWHERE = {
    "TZ": "Pacific/Chatham",
    "LANG": "C",
    "LC_ALL": "C",
    "PYTHONHASHSEED": "random",
    "WARM_KERNELS": "0",
}
"""A time zone, language and hash order that no user has, and the stock kernel instead of a forked one: the bytes must
not depend on them."""
UMASK = 0o077
SECONDS = 1800
"""A report takes seconds, the environment a minute or two."""


@dataclass(frozen=True)
class Audited:
    """The outcome: the run, and what differs, a line each; nothing where every byte is the same."""

    recorded: Recorded
    files: int
    differences: list[str]
    since: list[str]
    """Inputs that have changed since that run; no fault, but they tell why the present report is another one."""


def recorded_run(layout: Layout, locality: str, name: str, run: str) -> Recorded:
    """The run to audit: by its id, or the one published. Raises NoInputError where there is none."""
    folder = find_run(layout, locality, run) if run else layout.report(locality, name)
    if not folder.is_dir():
        asked = f"LOCALITY={locality} PERIOD={name.partition('.')[0]}"
        raise NoInputError(f"Chưa có {layout.relative(folder)}. Lập trước: make report {asked}")
    return read_recorded(folder)


def audit(layout: Layout, recorded: Recorded, say: Say, words: Vocabulary = AS_WRITTEN) -> Audited:
    """Make the recorded run again and compare; what differs is said in `words`.

    Raises MismatchError where an input is gone or changed, for then nothing can be made again; NoInputError where the
    recorded edition of Python is missing here.
    """
    altered = list(faults_of(recorded))
    faults = [f"{layout.relative(recorded.folder)}/{fault}" for fault in altered]
    if not Log(layout.log).mentions(recorded.run):
        faults.append(f"{layout.relative(recorded.folder)}/manifest.json: nhật ký không có lần chạy {recorded.run}")
    with tempfile.TemporaryDirectory(prefix="audit-") as folder:
        place = Path(folder, "project")
        say(f"  lấy {len(recorded.needed)} tệp đầu vào từ kho, kiểm tra mã băm từng tệp…")
        unpack(recorded, Store(layout.store), place)
        python = _interpreter(recorded, place, say)
        say("  lập lại ở nơi trống…")
        made = _run(recorded, python, place)
        differences = faults + list(_differences(recorded, made, altered, words))
    return Audited(recorded, len(recorded.outputs), differences, list(_since(layout, recorded)))


def unpack(recorded: Recorded, store: Store, place: Path) -> None:
    """Put every recorded input at its recorded path below an empty folder. Raises MismatchError."""
    for path, sha256 in recorded.needed.items():
        _write(place / path, store.read(sha256))
    if recorded.draft:
        _write(place / MARK, b"")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


def _interpreter(recorded: Recorded, place: Path, say: Say) -> Path:
    """An interpreter with the recorded packages: this one if they are its own, else one installed in the place."""
    if _stamp() == [recorded.lock, f"python{recorded.python}"]:
        return Path(sys.executable)
    base = _base(recorded.python)
    say("  cài môi trường theo requirements.lock đã ghi (khoảng một phút)…")
    tool = place / "tools" / "environment.py"
    tool.parent.mkdir(exist_ok=True)
    shutil.copyfile(CODE / "tools" / "environment.py", tool)
    answer = _call([base, str(tool)], place, _inherited())
    if answer.returncode:
        raise StorageError(f"Không cài được môi trường đã ghi:\n{answer.stderr.strip()}")
    return place / ".venv" / "bin" / "python"


def _stamp() -> list[str]:
    """Lock and Python of the environment that runs this, as `tools/environment.py` noted them."""
    with suppress(OSError):
        return (Path(sys.prefix) / "installed").read_text("utf-8").split()[:2]
    return []


def _base(version: str) -> str:
    """The plain interpreter of the recorded edition."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return str(getattr(sys, "_base_executable", sys.executable))
    found = shutil.which(f"python{version}")
    if found is None:
        raise NoInputError(
            f"Báo cáo này được lập bằng Python {version}, máy này chưa có. Cài python{version} rồi chạy lại."
        )
    return found


def _run(recorded: Recorded, python: Path, place: Path) -> Path:
    """Call the recorded program with the recorded parameters; gives the folder it published."""
    asked = recorded.parameters
    options = [f"--known-at={asked.get('known_at', '')}", f"--page-lang={asked.get('page_lang', '')}"]
    command = [str(python), "-m", "pipeline", "report", *options, "--", recorded.locality, asked.get("period", "")]
    home = place.parent / "home"
    home.mkdir()
    # PYTHONPATH: what runs in a stock kernel comes from here, too, and not from the checkout of the environment.
    own = {"HOME": str(home), "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]}
    answer = _call(command, place, ELSEWHERE | own, UMASK)
    folder = place / "reports" / recorded.locality / recorded.name
    if answer.returncode or not folder.is_dir():
        lines = answer.stderr.replace(str(place), "").strip().splitlines()[-12:]
        raise MismatchError("Không lập lại được (mã thoát " + f"{answer.returncode}):\n" + "\n".join(lines))
    return folder


def _inherited() -> dict[str, str]:
    """For installing: proxies and indexes as the user has them, but no trace of this interpreter."""
    return {
        k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIPELINE_ROOT")
    }


def _call(
    command: list[str], place: Path, environment: dict[str, str], umask: int = -1
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=place,
            env=environment,
            umask=umask,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MismatchError(f"Lập lại chưa xong sau {SECONDS // 60} phút.") from error


def _differences(recorded: Recorded, made: Path, altered: list[str], words: Vocabulary) -> Iterator[str]:
    """Which files differ from those made again, where, and what else differs that may be the reason."""
    again = read_recorded(made)
    names = {name for name in recorded.outputs.keys() | again.outputs.keys() if _differ(recorded, again, name)}
    names |= {fault.partition(":")[0] for fault in altered} & again.outputs.keys()
    for name in in_order(list(names)):
        before, after = ((folder / name) for folder in (recorded.folder, made))
        if before.is_file() and after.is_file():
            yield from (
                f"{name}: {line}" for line in differences_in(name, read_ordinary(before), read_ordinary(after), words)
            )
        elif name not in again.outputs:
            yield f"{name}: lập lại thì không có tệp này"
        elif name not in recorded.outputs:
            yield f"{name}: lập lại thì có thêm tệp này"
    if again.run != recorded.run:
        yield f"lần chạy: {recorded.run} → {again.run}"
        if again.input_id != recorded.input_id:
            yield f"mã đầu vào: {recorded.input_id} → {again.input_id}"
        yield from differences_of_environment(*(_info(folder) for folder in (recorded.folder, made)))


def _differ(one: Recorded, other: Recorded, name: str) -> bool:
    return one.outputs.get(name) != other.outputs.get(name)


def _info(folder: Path) -> dict[str, Any]:
    try:
        info = json.loads(read_ordinary(folder / "run-info.json"))
    except (OSError, ValueError):
        return {}
    return info if isinstance(info, dict) else {}


def _since(layout: Layout, recorded: Recorded) -> Iterator[str]:
    """How the inputs of today differ from the recorded ones; nothing where they cannot be read."""
    asked = recorded.parameters
    try:
        run = Run.open(recorded.locality, asked.get("period", ""), asked.get("known_at", ""), layout=layout)
        now = describe_inputs(run)
    except (PipelineError, OSError):
        return
    yield from changed_files(recorded.inputs, now.files)
    if now.shared.draft != recorded.draft:
        yield draft_change(recorded.draft, now.shared.draft)
