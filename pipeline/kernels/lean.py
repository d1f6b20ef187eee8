"""Imports that cost a second and serve nothing here, left out (nhập thừa)."""

from __future__ import annotations

import sys
import threading


def without_iri_grammar() -> None:
    """Keep jsonschema, which nbformat and altair import, from building the grammar of international addresses.

    It takes one to two seconds of every process, for a format that no schema of a notebook asks to be checked;
    jsonschema does without where the package is missing. To be called before the first import of either.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def without_process_lock() -> None:
    """Progress bars of tqdm share a lock between processes; kernels have nothing to share, and are ended at once.

    A semaphore made in a kernel would be left to the tracker, one made before the fork be held by a kernel that died.
    """
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0  # no thread that watches bars
