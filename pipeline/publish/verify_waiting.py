"""Verifying while runs may be under way: a report that is being exchanged is neither old nor new, and no fault."""

from __future__ import annotations

import time

from pipeline.paths import Layout
from pipeline.progress import Say
from pipeline.publish.log import Head, Log
from pipeline.publish.swap import is_locked
from pipeline.publish.verify import Scope, Verified, verify

PATIENCE = 60.0
"""Seconds for which runs under way are waited for."""


def verified(layout: Layout, scope: Scope, head: str, say: Say) -> Verified:
    """As `audit.verify.verify`; what is wrong is looked at again if a run was under way meanwhile.

    Nothing is waited for where nothing is wrong. Raises as that does.
    """
    end = time.monotonic() + PATIENCE
    while True:
        before = _published(layout)
        found = verify(layout, scope, head, say)
        busy = _under_way(layout, scope)
        settled = not busy and _published(layout) == before
        if not found.faults or settled or time.monotonic() > end:
            return found
        if busy:
            say(f"  {busy}: đang có lần chạy, chờ rồi kiểm tra lại…")
            time.sleep(1)


def _published(layout: Layout) -> tuple[Head, bytes]:
    """What every publication changes last: the log, or the record of the site."""
    site = layout.site_record
    return Log(layout.log).chain().head, site.read_bytes() if site.is_file() else b""


def _under_way(layout: Layout, scope: Scope) -> str:
    """A locality of the scope, or the folder of the site, of which a run is under way; '' if there is none."""
    places = [p for p in layout.reports.glob("*") if p.is_dir() and not p.name.startswith(".")]
    folders = [p for p in places if scope.locality in ("", p.name)] + ([layout.reports] if scope == Scope() else [])
    return next((p.name for p in folders if is_locked(p)), "")
