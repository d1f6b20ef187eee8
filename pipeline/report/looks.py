"""How a status looks (cách trình bày đánh giá): one map for the page, its charts, the workbook and the site.

There are five looks. Each has a sign, a fill and a colour, so that it is known without colour, by colour-blind readers
and in black and white: the colours differ in luminance too. What is on its way never looks like what is not met.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pipeline.completion.statuses import Category, Status


class Look(StrEnum):
    """The value is the class in a style sheet, and `--<value>` its variable for the colour there."""

    sign: str
    """A square filled like the one on the page, for where there is text alone."""
    fill: str
    """How a mark is filled, as matplotlib names it: `full`, `left`, `none`."""
    colour: str
    """On white paper; the style sheet has the same, and another for a dark screen. At least 4.5:1 as text."""

    MET = "met", "■", "full", "#0b6256"
    ON_ITS_WAY = "way", "◧", "left", "#2c6dbb"
    """Not met, and nothing says that it will not be in time."""
    NOT_MET = "not", "▨", "none", "#7a1f00"
    """Missed, late, worse than before, or at risk of being late."""
    UNKNOWN = "absent", "▢", "none", "#65717c"
    """No value that decides."""
    NOT_DUE = "outside", "·", "none", "#46525d"
    """Not judged in this period: no target of this stage, not applicable, dropped."""

    def __new__(cls, value: str, sign: str = "", fill: str = "", colour: str = "") -> Self:
        """The member is its value; the other arguments are optional because a look-up has the value alone."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sign, member.fill, member.colour = sign, fill, colour
        return member

    @property
    def word(self) -> str:
        """The key of its word in the catalogue `words`."""
        return f"look.{self}"

    @property
    def tint(self) -> str:
        """The colour thinned for the ground of a cell with black text: a quarter of it on white."""
        parts = [int(self.colour[at : at + 2], 16) for at in (1, 3, 5)]
        return "#" + "".join(f"{255 - (255 - part) // 4:02x}" for part in parts)


_BY_CATEGORY = {
    Category.MET: Look.MET,
    Category.ON_ITS_WAY: Look.ON_ITS_WAY,
    Category.AT_RISK: Look.NOT_MET,
    Category.BEHIND: Look.NOT_MET,
    Category.UNDECIDABLE: Look.UNKNOWN,
    Category.ABSENT: Look.UNKNOWN,
    Category.UNCOUNTED: Look.NOT_DUE,
}
_STARTING = {
    Status.BASELINE_MET: Look.MET,
    Status.BASELINE_BELOW: Look.ON_ITS_WAY,
    Status.BASELINE_UNKNOWN: Look.UNKNOWN,
}
"""Before a plan begins nothing is counted; what is there already (xuất phát điểm) is shown all the same."""


def look(status: Status) -> Look:
    """The look of a status of an indicator; for several together, that of their category is the same."""
    return _STARTING.get(status) or _BY_CATEGORY[status.category]
