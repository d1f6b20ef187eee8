"""The short name of a plan (tên gọi tắt của kế hoạch), and what a report on plans is about."""

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


def subject(completion: Completion) -> str:
    """The key of what a report is about: results, the starting point of plans to come, or none in force."""
    return "results" if completion.in_force else "starting" if completion.starting else "none"


def data_title(completion: Completion, words: Words) -> str:
    """'Xuất phát điểm của kế hoạch chuyển đổi số: Xã Bình Giang, năm 2025': of the workbook and the data package."""
    period = words.period_inside(completion.period)
    return words.text(f"title-{subject(completion)}", locality=completion.locality_name, period=period)
