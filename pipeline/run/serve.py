"""The site on loopback (`make serve`): the published folder, nothing hidden, to this machine alone."""

from __future__ import annotations

import functools
import re
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.errors import BusyError, NoInputError, UsageError
from pipeline.paths import Layout
from pipeline.progress import Say

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
SECONDS = 20
"""A request that is not sent in this time is dropped."""


def known_port(text: str) -> int:
    """'' is 8000. Raises UsageError for anything but a port that an ordinary user may open."""
    if not text:
        return DEFAULT_PORT
    if not re.fullmatch(r"[0-9]{4,5}", text) or not 1024 <= int(text) <= 65535:
        raise UsageError(f"Cổng không hợp lệ: {text[:40]!r}. Viết một số từ 1024 đến 65535, ví dụ PORT=8000.")
    return int(text)


def serve(layout: Layout, port: int, say: Say) -> None:
    """Answer until Ctrl-C. Raises NoInputError where there is no site, BusyError where the port is taken."""
    if not (layout.reports / "index.html").is_file():
        raise NoInputError("Chưa có reports/index.html. Lập trước: make overview")
    handler = functools.partial(_Handler, directory=str(layout.reports))
    try:
        server = ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise BusyError(f"Không mở được cổng {port}: {error.strerror}. Chọn cổng khác: make serve PORT=8001") from error
    server.daemon_threads = True
    with server:
        say(f"http://{HOST}:{port}/ (dừng: Ctrl-C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Đã dừng.")


class _Handler(SimpleHTTPRequestHandler):
    """Files below the folder of reports; hidden ones, listings, and what lies elsewhere do not exist."""

    timeout = SECONDS
    server_version = "reports"
    sys_version = ""

    def send_head(self) -> Any:
        if not self._to_this_machine() or not self._visible():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a person reads the page, not the terminal."""

    def _to_this_machine(self) -> bool:
        """A page elsewhere may have its own name resolved to this address; such a request names that host."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        return host in (HOST, "localhost")

    def _visible(self) -> bool:
        # unquote twice would be another address; a part that is hidden once decoded is refused.
        parts = unquote(urlsplit(self.path).path).split("/")
        if any(part.startswith(".") for part in parts):
            return False
        return Path(self.translate_path(self.path)).resolve().is_relative_to(Path(self.directory).resolve())
