"""How clauses of plans are cited against each other (điều khoản mâu thuẫn)."""

from __future__ import annotations

import datetime as dt

from pipeline.plans.base import Frozen


class Clause(Frozen):
    """A row of a plan as cited (điều khoản)."""

    code: str
    plan_title: str
    name: str


class Difference(Frozen):
    """One way in which clauses differ: `unit`, `target`, `year`, `wording`, `agency`; `parts`, where a combined row
    asks for more than one of its parts; or, inside one row, `same-number-other-words`, `later-asks-less`. `texts`
    are as printed, in the order of the clauses.
    """

    kind: str
    texts: tuple[str, str]
    due: dt.date | None = None
    stricter: int | None = None
    """Which of the two asks for more: 0, 1, or None where that cannot be said."""


class Conflict(Frozen):
    """Two clauses of one concept and scope that differ, or one that contradicts itself."""

    concept: str
    clauses: tuple[Clause, ...]
    differences: tuple[Difference, ...]
