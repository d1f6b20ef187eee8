"""The stock kernel without two of its habits, which serve nobody here and cost a forked process dear."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, ClassVar

from ipykernel import ipkernel
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp


def launch(arguments: list[str]) -> None:
    """Run a kernel in this process until it is told to stop."""
    IPKernelApp.launch_instance(
        argv=arguments, kernel_class=WarmKernel, outstream_class=f"{__name__}.{PromptStream.__name__}"
    )


class _SysWithoutModules:
    """`sys`, as far as a list of modules is not wanted."""

    modules: ClassVar[dict[str, ModuleType]] = {}

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)


class WarmKernel(IPythonKernel):
    """Lists no files of modules. Only the debugger reads them, and to look at thousands is to copy their pages."""

    def __init__(self, **kwargs: Any) -> None:
        module: Any = ipkernel
        module.sys = _SysWithoutModules()
        try:
            super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        finally:
            module.sys = sys


class PromptStream(OutStream):
    """Flushes what was written. The stock kernel flushes six times a cell, and waits for another thread each time."""

    def flush(self) -> None:
        """What is being sent already goes out before anything that is ordered from now on."""
        if self._buffers or self._flush_pending:
            super().flush()  # type: ignore[no-untyped-call]
