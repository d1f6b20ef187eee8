"""Imports that cost a second and serve nothing here, left out (nhập thừa)."""

from __future__ import annotations

import ctypes
import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


def without_iri_grammar() -> None:
    """Keep jsonschema, which nbformat and altair import, from building the grammar of international addresses.

    It takes one to two seconds of every process, for a format that no schema of a notebook asks to be checked;
    jsonschema does without where the package is missing. To be called before the first import of either.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Inside, a stand-in takes the place of each module that is not loaded yet.

    Who imported it meanwhile has the real one as soon as anything of it is used, who imports it afterwards at once.
    great_expectations imports altair and scipy, a second together, for a chart of documents that are not made and for
    three expectations about distributions.
    """
    put = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(put)
    for name, module in put.items():
        package, _, last = name.rpartition(".")
        if package in put:
            setattr(put[package], last, module)
    try:
        yield
    finally:
        for name, module in put.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:  # not while it stands in: that would be itself
            raise AttributeError(f"module {self.__name__!r} is postponed and has no {name!r} yet")
        return getattr(importlib.import_module(self.__name__), name)


def without_process_lock() -> None:
    """Progress bars of tqdm share a lock between processes; kernels have nothing to share, and are ended at once.

    A semaphore made in a kernel would be left to the tracker, one made before the fork be held by a kernel that died.
    """
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0  # no thread that watches bars


def in_huge_pages() -> None:
    """Ask Linux (6.1 and later) to keep what this process holds in pages of 2 MB; it may decline.

    A fork then copies a table of hundreds of entries in place of tens of thousands, and its end forgets as many.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    for line in Path("/proc/self/maps").read_text("utf-8").splitlines():
        addresses, access, *_, inode = line.split()[:5]
        if access == "rw-p" and inode == "0":
            begin, end = (int(address, 16) for address in addresses.split("-"))
            begin, end = -(-begin // _HUGE) * _HUGE, end // _HUGE * _HUGE
            if begin < end:
                libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_COLLAPSE)


_HUGE = 2 << 20
_MADV_COLLAPSE = 25
