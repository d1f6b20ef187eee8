"""What is said to a person while work goes on (tiến độ), and how a run is named in it."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

Say = Callable[[str], None]
"""Who works says it; who called decides where it goes."""
_DIGITS = 16
"""`make audit RUN=` takes eight or more."""


def say(text: str) -> None:
    """To standard error: the result alone goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def silent(text: str) -> None:
    """Nowhere."""


def short(identity: str) -> str:
    """The first digits of a run id or an input id."""
    return identity[:_DIGITS]


def unread() -> bool:
    """Whether nobody reads our output any more (`make explain … | head -1`): whoever did has what he wanted.

    What Python would still write there when it ends then goes nowhere.
    """
    output = select.poll()
    output.register(1, 0)
    if not any(event & select.POLLERR for _, event in output.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return True


def printable(name: str) -> str:
    """A name that a file system gave, as a terminal may show it: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)
