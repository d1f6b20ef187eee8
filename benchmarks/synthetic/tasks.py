"""Tasks of a synthetic plan, with deadlines of every kind, and what truly became of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.synthetic.setting import ROMAN, Setting, row_code
from pipeline.plans.deadlines import ANY_CALENDAR, DeadlineKind, parse_deadline

_RECURRING = ("Thường xuyên", "Hằng năm", "Hằng quý", "Hằng tháng", "định kỳ hằng quý")
_KINDS = (
    ("month", 26),
    ("quarter", 24),
    ("year", 14),
    ("recurring", 14),
    ("date", 9),
    ("before", 5),
    ("guide", 4),
    ("", 4),
)


@dataclass(frozen=True)
class Assigned:
    """A task and its true course; dates lie in the future until a report reaches them."""

    code: str
    group: str
    no: str
    name: str
    lead: str
    deadline: str
    recurring: bool
    started_on: dt.date | None
    finished_on: dt.date | None
    suspended_on: dt.date | None
    silent: bool
    """Nobody ever reports on it."""


def assigned_tasks(setting: Setting, count: int) -> tuple[list[dict[str, Any]], list[Assigned]]:
    """`count` tasks as plan rows and as what became of them, spread over the groups in turn."""
    words, chance = setting.words, setting.chance
    share = [count // len(words.tasks) + (n < count % len(words.tasks)) for n in range(len(words.tasks))]
    rows: list[dict[str, Any]] = []
    tasks: list[Assigned] = []
    for at, (group, wanted) in enumerate(zip(words.tasks, share, strict=True)):
        for no, name in enumerate(chance.sample(group.names, wanted), start=1):
            row = _row(setting, ROMAN[at], str(no), name)
            rows.append(row)
            tasks.append(_course(setting, row))
    return rows, tasks


def _row(setting: Setting, group: str, no: str, name: str) -> dict[str, Any]:
    words, chance = setting.words, setting.chance
    row: dict[str, Any] = {"annex": "PL2"} if setting.staged else {}
    row |= {"group": group, "no": no, "name": name}
    row["lead"] = [a.name for a in chance.sample(words.agencies, 2 if chance.random() < 0.1 else 1)]
    if chance.random() < 0.5:
        row["coordinating"] = [chance.choice(words.coordinating).name]
    if deadline := _deadline(setting.staged, chance):
        row["deadline"] = deadline
    if chance.random() < 0.4:
        row["output"] = chance.choice(words.products)
    return row


def _deadline(staged: bool, chance: Random) -> str:
    year = chance.choice((2025, 2026, 2026, 2027, 2028, 2030)) if staged else 2026
    month = chance.randint(2, 12)
    match chance.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]:
        case "month":
            return f"Tháng {month}/{year}"
        case "quarter":
            return f"Quý {('I', 'II', 'III', 'IV')[(month - 1) // 3]}/{year}"
        case "year":
            return f"Năm {year}"
        case "recurring":
            return chance.choice(_RECURRING)
        case "date":
            return f"{chance.randint(1, 28):02}/{month:02}/{year}"
        case "before":
            return f"trước ngày {chance.randint(1, 28)}/{month}/{year}"
        case "guide":
            return "theo hướng dẫn của cơ quan cấp trên"
        case _:
            return ""


def _course(setting: Setting, row: dict[str, Any]) -> Assigned:
    quality, chance = setting.quality, setting.chance
    deadline = parse_deadline(row.get("deadline", ""), ANY_CALENDAR)
    first = dt.date(2025, 3, 1) if setting.staged else dt.date(2026, 1, 10)
    due = deadline.due or first + dt.timedelta(days=300)
    length = max((due - first).days, 20)
    started = first + dt.timedelta(days=int(length * chance.uniform(0, 1.1 - 0.6 * quality)))
    finished = due + dt.timedelta(days=int(chance.gauss(30 - 75 * quality, 40)))
    never = chance.random() < 0.12 * (1.5 - quality)
    recurring = deadline.kind is DeadlineKind.RECURRING
    return Assigned(
        code=row_code(setting.plan, row),
        group=row["group"],
        no=row["no"],
        name=row["name"],
        lead="; ".join(row["lead"]),
        deadline=row.get("deadline", ""),
        recurring=recurring,
        started_on=None if never else started,
        finished_on=None if never or recurring else max(finished, started + dt.timedelta(days=3)),
        suspended_on=due - dt.timedelta(days=30) if chance.random() < 0.02 else None,
        silent=chance.random() < 0.25 * (1.1 - quality),
    )
