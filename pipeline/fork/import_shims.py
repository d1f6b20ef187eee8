"""Imports that take a second and are not used here, left out (nhập thừa); libraries that ask where they are."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


def without_iri_grammar() -> None:
    """Keep jsonschema, which nbformat and altair import, from building the grammar of international addresses.

    The grammar takes one to two seconds in every process, and no schema of a notebook asks for that format.
    jsonschema works without the package. To be called before the first import of either.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def import_great_expectations() -> None:
    """Import great_expectations without altair, scipy and the grammar of addresses, which no suite uses.

    Nothing that is imported is garbage: looking for it takes a tenth of the time, and afterwards 0.25 s now and then.
    """
    # The library logs each metric at INFO and warns about settings we do not use.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    if "great_expectations" in sys.modules:
        return
    without_iri_grammar()
    collects = gc.isenabled()
    gc.disable()
    try:
        with postponed("altair", "scipy", "scipy.stats"):
            importlib.import_module("great_expectations")
    finally:
        gc.freeze()
        if collects:
            gc.enable()


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Inside, modules that are not loaded yet are replaced by proxies, which load the module at its first use.

    Code that imports a module afterwards gets the real one. great_expectations imports altair and scipy, a second
    together, for a chart of documents that are not made and for three expectations about distributions.
    """
    proxies = {name: _Proxy(name) for name in names if name not in sys.modules}
    sys.modules.update(proxies)
    for name, proxy in proxies.items():
        package, _, last = name.rpartition(".")
        if package in proxies:
            setattr(proxies[package], last, proxy)
    try:
        yield
    finally:
        for name, proxy in proxies.items():
            if sys.modules.get(name) is proxy:
                del sys.modules[name]


class _Proxy(ModuleType):
    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:  # importing now would give the proxy itself
            raise AttributeError(f"module {self.__name__!r} is postponed and has no {name!r} yet")
        return getattr(importlib.import_module(self.__name__), name)


def as_wide_as_in_a_kernel() -> None:
    """Have pandas show tables as text in 20 columns.

    pandas asks once, when it is imported, whether it is in a kernel; here it comes before there is one.
    """
    if "pandas" in sys.modules:
        sys.modules["pandas"].set_option("display.max_columns", 20)


def without_process_lock() -> None:
    """Give the progress bars of tqdm a lock of this process, not one shared between processes.

    A shared lock made in a kernel is left behind when the kernel is killed; one made before the fork may stay locked.
    """
    if "tqdm" in sys.modules:
        from tqdm import tqdm

        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0  # no thread that watches bars
