"""JupyterLab as `make lab` starts it, in a checkout of a test's own, for `lab.mjs`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@contextmanager
def jupyterlab(code: Path, root: Path, own: Path, autosave: int) -> Iterator[str]:
    """Inside, JupyterLab runs; gives its address. `own` has the settings of a user, who saves every `autosave` s."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = {"allow_root": True, "open_browser": False, "port": port, "port_retries": 0}
    _write(
        own / "config" / "jupyter_server_config.json",
        {"ServerApp": server, "IdentityProvider": {"token": ""}, "LabApp": {"expose_app_in_browser": True}},
    )
    plugin = own / "settings" / "@jupyterlab" / "docmanager-extension" / "plugin.jupyterlab-settings"
    _write(plugin, {"autosaveInterval": autosave})
    environment = os.environ | {
        "PIPELINE_ROOT": str(root),
        "PYTHONPATH": str(code),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    with (own / "lab.log").open("w") as log:
        lab = subprocess.Popen(
            ["make", "-o", "environment", "lab"],
            cwd=code,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _ready(port, own / "lab.log")
        finally:
            os.killpg(lab.pid, signal.SIGTERM)
            lab.wait(60)


def in_lab(address: str, *notebooks: tuple[str, list[str]], theme: str = "JupyterLab Light") -> dict[str, Any]:
    """Errors and warnings of the cells of each notebook, by path, after these steps."""
    wanted = [{"path": path, "steps": steps} for path, steps in notebooks]
    ran = subprocess.run(
        ["node", "lab.mjs"],
        cwd=HERE,
        input=json.dumps({"base": address, "theme": theme, "notebooks": wanted}),
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _ready(port: int, log: Path) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return f"http://127.0.0.1:{port}"
        time.sleep(0.5)
    raise AssertionError(log.read_text("utf-8"))


def _write(path: Path, settings: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings), "utf-8")
