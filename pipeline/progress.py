"""What is said to a person while work goes on (tiến độ), and how a run is named in it."""

from __future__ import annotations

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


def printable(name: str) -> str:
    """A name that a file system gave, as a terminal may show it: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)
