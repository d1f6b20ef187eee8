"""`python -m pipeline`."""

import os
import signal
import sys

# Nothing else is imported here before the process is as meant: a folder of the user may stand before every library.
_CODE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib may be the user's
_KEPT = frozenset({"PYTHONUTF8", "PYTHONPATH", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"})
"""Of Python's settings, those that change neither what is imported nor what is published. Others of a user, of this
edition or a later one, replace libraries, end a notebook, cannot print Vietnamese, or wait at a prompt."""
_STREAMS = (0, 1, 2)


def start_as_meant() -> None:
    """Start this process again, in UTF-8, where settings of a user or a closed stream would change what it does."""
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - Path.expanduser raises
        os.environ["HOME"] = os.devnull  # a user of whom the system knows nothing; libraries ask for his folder
    settings = {name for name in os.environ if name.startswith("PYTHON")} - _KEPT
    if sys.flags.utf8_mode and not settings and _imports_as_meant() and not _closed():
        return
    for _ in _closed():  # else the next file to be opened takes the place of the stream
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    environment = {name: value for name, value in os.environ.items() if name not in settings}
    command = [sys.executable, "-P", "-m", "pipeline", *sys.argv[1:]]
    environment |= {"PYTHONUTF8": "1", "PYTHONPATH": _CODE}
    os.execve(sys.executable, command, environment)  # noqa: S606 - this command again


def _imports_as_meant() -> bool:
    """Whether nothing stands before the libraries but the folder of this code: what an audit sets, and it alone."""
    return os.environ.get("PYTHONPATH", _CODE) == _CODE and (sys.flags.safe_path or sys.path[0] == _CODE)


def _closed() -> list[int]:
    return [stream for stream in _STREAMS if not os.path.exists(f"/dev/fd/{stream}")]  # noqa: PTH110 - as above


if __name__ == "__main__":  # a process forked for a kernel looks this module up without running it
    start_as_meant()
    from pipeline.system_limits import go_on_watched

    go_on_watched()
    for number in (signal.SIGTERM, signal.SIGHUP):  # stopped as by Ctrl-C: no temporary folder is left
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    from pipeline.cli import main

    sys.exit(main())
