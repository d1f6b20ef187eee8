"""Bring `.venv` in line with `requirements.lock`. Runs on a bare Python; standard library only.

Silent when nothing is to do. An interrupted installation has no stamp, so the next call begins it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed"
OLDEST = (3, 11)


def wanted() -> str:
    """What the stamp of a complete installation says: the lock, the interpreter, the place."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} python{sys.version_info[0]}.{sys.version_info[1]} {ROOT}\n"


def is_current() -> bool:
    """Whether `.venv` was completely installed from this lock, by this Python, at this place."""
    return STAMP.is_file() and STAMP.read_text("utf-8") == wanted() and python().exists()


def python() -> Path:
    """The interpreter of the environment."""
    return VENV / "bin" / "python"


def run(*command: str | Path) -> int:
    """The exit code of a command that sees nothing of another environment."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    return subprocess.call([str(part) for part in command], env=environment | {"VIRTUAL_ENV": str(VENV)})


def requirement(name: str) -> str:
    """The block of one package in the lock: version line and hashes."""
    block = re.search(rf"^{name}==[^\n]*(?:\n[ ]+--hash=[^\n]*)+", LOCK.read_text("utf-8"), re.MULTILINE)
    if block is None:
        raise SystemExit(f"requirements.lock không có gói {name}; hãy chạy: make lock")
    return block.group(0) + "\n"


def install() -> bool:
    """Install the lock exactly, by uv when pip can fetch it, else by pip alone."""
    pip = (python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    bootstrap = VENV / "bootstrap.txt"
    bootstrap.write_text(requirement("uv"), "utf-8")
    if run(*pip, "--requirement", bootstrap) == 0:
        # As pip does. Else every process compiles what it imports where bytecode is not written: half of its imports.
        how = ("--quiet", "--require-hashes", "--compile-bytecode", "--python", python())
        uv = (VENV / "bin" / "uv", "pip", "sync", *how, LOCK)
        if run(*uv) == 0:
            return True
        print("uv không cài được, chuyển sang pip (chậm hơn)…", file=sys.stderr)
    return run(*pip, "--requirement", LOCK) == 0


def make_importable() -> None:
    """Put the project on the interpreter's path without a build backend outside the lock."""
    packages = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    # Relative, since Python reads this file in the encoding of the locale, and a folder may be named in Vietnamese.
    (packages / "pipeline.pth").write_text(os.path.relpath(ROOT, packages) + "\n", "ascii")


def main() -> int:
    """The exit code; nothing is said where nothing is to do."""
    if sys.version_info < OLDEST:
        print(
            f"Cần Python {OLDEST[0]}.{OLDEST[1]} trở lên; máy này có {sys.version.split()[0]}. "
            "Chỉ định bản khác bằng: make PYTHON=python3.12 …",
            file=sys.stderr,
        )
        return 1
    if os.pathsep in str(ROOT):
        print(
            f"Đường dẫn {ROOT} có dấu “{os.pathsep}”, Python không tạo được môi trường ở đó. "
            "Hãy đổi tên thư mục rồi chạy lại.",
            file=sys.stderr,
        )
        return 1
    if is_current():
        return 0
    with (ROOT / ".venv.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_current():
            return 0
        print("Đang cài môi trường từ requirements.lock (một lần, khoảng một phút)…", file=sys.stderr)
        whole = STAMP.is_file()  # without it an installation was interrupted: pip may take half a package for all of it
        STAMP.unlink(missing_ok=True)
        usable = whole and python().exists() and run(python(), "-c", "import pip") == 0
        same = (
            usable and run(python(), "-c", f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})") == 0
        )
        if not same:
            try:
                venv.create(VENV, clear=True, with_pip=True)
            except (OSError, subprocess.CalledProcessError) as error:
                print(
                    f"Không tạo được .venv: {error}\nTrên Debian/Ubuntu hãy cài gói python3-venv rồi chạy lại.",
                    file=sys.stderr,
                )
                return 1
        if not install():
            print(
                "Cài đặt không thành công (mạng, hoặc mã băm không khớp). Chạy lại lệnh để làm tiếp.", file=sys.stderr
            )
            return 1
        make_importable()
        STAMP.write_text(wanted(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
