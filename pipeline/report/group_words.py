"""How a group of a plan (nhóm chỉ tiêu) is named on the page, in Word and PDF, and on the printed sheets."""

from __future__ import annotations

import re

from pipeline.completion.records import GroupResult
from pipeline.report.words import Words


def annex_and(group: GroupResult, words: Words) -> str:
    """What stands before the title of a group as a plan prints it: 'Phụ lục 1, II. '."""
    annex = re.fullmatch(r"PL(\d+)", group.annex)
    named = words.text("group.annex", number=annex[1]) if annex else group.annex
    return ", ".join(filter(None, [named, f"{group.no}. "]))


def group_name(group: GroupResult, words: Words) -> str:
    """'Phụ lục 1, II. Hạ tầng số'; without the title where the plan prints none."""
    return f"{annex_and(group, words)}{group.title}".removesuffix(". ")
