"""How clauses of plans are cited against each other (điều khoản mâu thuẫn)."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(_Frozen):
    """A row of a plan as cited (điều khoản)."""

    code: str
    plan_title: str
    name: str


class Difference(_Frozen):
    """One way in which clauses differ: `unit`, `target`, `year`, `wording`, `agency`; or, inside one row,
    `same-number-other-words`, `later-asks-less`. `texts` are as printed, in the order of the clauses.
    """

    kind: str
    texts: tuple[str, str]
    due: dt.date | None = None
    stricter: int | None = None
    """Which of the two asks for more: 0, 1, or None where that cannot be said."""


class Conflict(_Frozen):
    """Two clauses of one concept and scope that differ, or one that contradicts itself."""

    concept: str
    clauses: tuple[Clause, ...]
    differences: tuple[Difference, ...]
