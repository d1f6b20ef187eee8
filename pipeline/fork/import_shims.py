"""Imports that take a second and are not used here, left out (nhập thừa); libraries that ask where they are."""

from __future__ import annotations

import copy
import gc
import importlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

NOT_USED = (
    # By great_expectations, a second together: a chart of documents that are not made, three rules about distributions.
    "altair",
    "scipy",
    "scipy.stats",
    # By bars of progress, which are off; through it the widgets of notebooks.
    "tqdm.notebook",
)
"""What libraries import, and do not use here."""
_FORMATS = ("isoduration", "rfc3986_validator", "webcolors")
"""What jsonschema imports if it is there, for formats of which no schema of a notebook speaks."""


def without_iri_grammar() -> None:
    """Keep jsonschema, which nbformat and altair import, from building the grammar of international addresses.

    The grammar takes one to two seconds in every process, and no schema of a notebook asks for that format.
    jsonschema works without the package. To be called before the first import of either.
    """
    if "rfc3987_syntax" not in sys.modules:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]


def import_great_expectations() -> None:
    """Import great_expectations without what is `NOT_USED`, and without the grammar of addresses.

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
        with lean(), _fields_copied_once():
            importlib.import_module("great_expectations")
    finally:
        without_process_lock()
        gc.freeze()
        if collects:
            gc.enable()


@contextmanager
def lean() -> Iterator[None]:
    """Inside, what is `NOT_USED` is postponed, and what knows formats is not there."""
    formats = [name for name in _FORMATS if name not in sys.modules]
    sys.modules.update(dict.fromkeys(formats))  # type: ignore[arg-type]
    try:
        with postponed(*NOT_USED):
            yield
    finally:
        for name in (*formats, "tqdm.auto", "tqdm.autonotebook"):  # these have chosen bars of terminals: choose again
            sys.modules.pop(name, None)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Inside, modules that are not loaded yet are replaced by proxies, which load the module at its first use.

    Code that imports a module afterwards gets the real one.
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


@contextmanager
def _fields_copied_once() -> Iterator[None]:
    """Inside, a model of pydantic 1 copies the fields it inherits, not all that they refer to.

    The library copies types, validators and defaults as well, which it only ever replaces: a quarter of the second
    that great_expectations, with 370 such models, takes to import.
    """
    main: Any = importlib.import_module("pydantic.v1.main")
    deep = main.smart_deepcopy
    main.smart_deepcopy = _copied_fields
    try:
        yield
    finally:
        main.smart_deepcopy = deep


def _copied_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied_field(field) for name, field in fields.items()}


def _copied_field(field: Any) -> Any:
    """A copy of a ModelField, with its own of each part that the library changes in place."""
    copied = copy.copy(field)
    copied.field_info = copy.copy(field.field_info)
    copied.field_info.extra = dict(field.field_info.extra)
    copied.class_validators = dict(field.class_validators)
    copied.sub_fields = field.sub_fields and [_copied_field(part) for part in field.sub_fields]
    copied.key_field = field.key_field and _copied_field(field.key_field)
    return copied


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
