"""Verifying while runs may be under way: a report that is being exchanged is neither old nor new, and no fault."""

from __future__ import annotations

import time

from pipeline.audit.log import Log
from pipeline.audit.verify import Say, Scope, Verified, verify
from pipeline.execution.publish import is_locked
from pipeline.paths import Layout

PATIENCE = 60.0
"""Seconds for which runs under way are waited for."""


def verified(layout: Layout, scope: Scope, head: str, say: Say) -> Verified:
    """As `audit.verify.verify`; what is wrong is looked at again if a run was under way meanwhile.

    Nothing is waited for where nothing is wrong. Raises as that does.
    """
    found, end = verify(layout, scope, head, say), time.monotonic() + PATIENCE
    while found.faults and time.monotonic() < end:
        busy = _under_way(layout, scope)
        if not busy and Log(layout.log).chain().head == found.chain.head:
            return found
        if busy:
            say(f"  {busy}: đang có lần chạy, chờ rồi kiểm tra lại…")
            time.sleep(1)
        found = verify(layout, scope, head, say)
    return found


def _under_way(layout: Layout, scope: Scope) -> str:
    """A locality of the scope of which a run is under way; '' if there is none."""
    folders = (p for p in layout.reports.glob("*") if p.is_dir() and not p.name.startswith("."))
    return next((p.name for p in folders if scope.locality in ("", p.name) and is_locked(p)), "")
