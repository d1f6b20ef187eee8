"""A row as a locality writes it, before it takes the form of a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass
class Sent:
    """One row. `cells` by column of the submission; what is not answered is not there."""

    code: str
    group: str
    no: str
    name: str
    shown: tuple[str, str]
    """What the official form shows beside it: unit and target, or lead and deadline."""
    cells: dict[str, str | dt.date] = field(default_factory=dict)
    rule: str = ""
    """The rule that the row was made to break; empty for a row in order."""
