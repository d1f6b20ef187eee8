"""Texts and looks of the cells of a workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.styles.cell_style import StyleArray

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""
_LONGEST = 32_767
"""Characters that a cell can have in Excel."""


class CellLooks:
    """Each look of a sheet is set once and then shared: openpyxl compares every one that is set with all others.

    What else is set on a cell that has got its look from here is set on all that have it.
    """

    def __init__(self, attributes: Mapping[str, Mapping[str, object]]) -> None:
        """`attributes` has for each look by name what is to be set on a cell."""
        self._attributes = attributes
        self._known: dict[tuple[str, bool], StyleArray] = {}

    def write(self, cell: Cell, text: str, look: str) -> None:
        """Text that stays text, also what looks like a formula.

        Without the setter of openpyxl, which tries each text for a formula, an error and characters that are gone here.
        """
        cell._value, cell.data_type = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text[:_LONGEST]), "s"
        self.put_on(cell, look, quoted=text[:1] in ("=", "+", "-", "@", "\t", "\r"))

    def put_on(self, cell: Cell, look: str, *, quoted: bool = False) -> None:
        """Give a cell the look of this name; `quoted` marks a text that looks like a formula."""
        if (look, quoted) not in self._known:
            cell._style = copy(cell._style)
            for name, value in {**self._attributes[look], "quotePrefix": quoted}.items():
                setattr(cell, name, value)
            self._known[look, quoted] = cell._style
        cell._style = self._known[look, quoted]
