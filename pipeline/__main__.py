"""`python -m pipeline`."""

import os
import sys
from pathlib import Path

_SETTINGS = frozenset({"PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING", "PYTHONDEVMODE", "PYTHONINSPECT"})
"""Of Python, by a user: they change what is published, end a notebook, cannot print Vietnamese, or wait at a prompt."""
_STREAMS = (0, 1, 2)


def start_as_meant() -> None:
    """Start this process again, in UTF-8, where the settings of a user or a closed stream would change what it does."""
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - Path.expanduser raises
        os.environ["HOME"] = os.devnull  # a user of whom the system knows nothing; libraries ask for his folder
    if sys.flags.utf8_mode and not _SETTINGS & os.environ.keys() and not _closed():
        return
    for _ in _closed():  # else the next file to be opened takes the place of the stream
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    environment = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    command = [sys.executable, "-m", "pipeline", *sys.argv[1:]]
    os.execve(sys.executable, command, environment | {"PYTHONUTF8": "1"})  # noqa: S606 - this command again


def _closed() -> list[int]:
    return [stream for stream in _STREAMS if not Path(f"/dev/fd/{stream}").exists()]


if __name__ == "__main__":  # a process forked for a kernel looks this module up without running it
    start_as_meant()
    from pipeline.cli import main

    sys.exit(main())
