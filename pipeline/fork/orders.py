"""What the command tells the processes it forks."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Limits:
    """What one process may use, beyond what it holds and has spent already; None sets no limit."""

    memory: int | None = None
    """Bytes of address space."""
    seconds: int | None = None
    """Seconds of processor time."""

    def apply(self) -> None:
        """Hold this process to the limits."""
        if self.memory is not None:
            held = os.sysconf("SC_PAGE_SIZE") * int(Path("/proc/self/statm").read_text("ascii").split()[0])
            hold_to(resource.RLIMIT_AS, held + self.memory, held + self.memory)
        if self.seconds is not None:
            spent = int(time.process_time()) + 1
            # The soft limit sends SIGXCPU, which names the reason; the hard one kills a process that ignores it.
            hold_to(resource.RLIMIT_CPU, spent + self.seconds, spent + self.seconds + 2)


def hold_to(kind: int, soft: int, hard: int) -> None:
    """Set a limit of this process; a lower one that the system already sets (ulimit) stays."""
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


@dataclass(frozen=True)
class Preload:
    """What the warm process loads. It travels in the environment, its only channel then."""

    modules: Sequence[str] = ()
    rehearsal: str = ""
    """A function to call once before the first fork, as "module:function"."""
    later: Sequence[str] = ()
    """What it goes on with after the first fork: modules, and functions that give an iterator over their steps."""

    def put(self) -> None:
        """Store it for the warm process that starts next."""
        os.environ[_PRELOAD] = json.dumps(asdict(self))

    @staticmethod
    def take() -> Preload:
        """What was put, which is then gone; an empty record where there is none."""
        return Preload(**json.loads(os.environ.pop(_PRELOAD, "{}")))


_PRELOAD = "WARM_KERNELS_PRELOAD"
