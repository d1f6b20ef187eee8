"""Imports that cost a second and serve nothing here, left out (nhập thừa)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def without_iri_grammar() -> None:
    """Keep jsonschema, which nbformat and altair import, from building the grammar of international addresses.

    It takes one to two seconds of every process, for a format that no schema of a notebook asks to be checked;
    jsonschema does without where the package is missing. To be called before the first import of either.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


@contextmanager
def without_altair() -> Iterator[None]:
    """Inside, an empty module stands for altair; who imports it afterwards has the real one.

    great_expectations imports it, a fifth of a second, for a chart of one expectation in documents that are not made.
    """
    if "altair" in sys.modules:
        yield
        return
    sys.modules["altair"] = ModuleType("altair")
    try:
        yield
    finally:
        del sys.modules["altair"]


def without_process_lock() -> None:
    """Progress bars of tqdm share a lock between processes; kernels have nothing to share, and are ended at once.

    A semaphore made in a kernel would be left to the tracker, one made before the fork be held by a kernel that died.
    """
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0  # no thread that watches bars
