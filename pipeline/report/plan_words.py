"""The short name of a plan (tên gọi tắt của kế hoạch); its title stands in full where the plans are listed."""

from __future__ import annotations

from pipeline.completion.records import Completion, PlanResult
from pipeline.report.words import Words


def short_title(plan: PlanResult, completion: Completion, words: Words) -> str:
    """'Kế hoạch năm 2025', 'Kế hoạch giai đoạn 2025–2045'; of two plans of the same years the title in full."""
    years = (plan.first_year, plan.last_year)
    if sum((other.first_year, other.last_year) == years for other in completion.plans) > 1:
        return plan.title
    key = "plan.of-year" if plan.first_year == plan.last_year else "plan.of-years"
    return words.text(key, first=str(plan.first_year), last=str(plan.last_year))
