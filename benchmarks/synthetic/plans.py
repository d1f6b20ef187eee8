"""A synthetic commune and its plan (kế hoạch): the document as the registry reads it, and what becomes of each row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from pipeline.plans.deadlines import DeadlineKind, parse_deadline

Document = dict[str, Any]
ROMAN = ("I", "II", "III", "IV", "V", "VI")
_STAGES = (2025, 2030, 2035, 2040, 2045)
_END_OF_2025 = dt.date(2025, 12, 14)
"""The annual cut-off (Nghị định 09/2019/NĐ-CP, Điều 12)."""
# Common forms several times.
_TARGETS = (*("≥ {low}", "{low}") * 3, "Tối thiểu {low}", "ít nhất {low}", "Phấn đấu ít nhất {low}", "Đạt {low}")
_TARGETS_OF_A_YEAR = (*_TARGETS, "trên {low}", "{low}-{high}", "{low} (2025-2027)")
_DEADLINES = (
    *("Tháng {month}/{year}", "Quý {quarter}/{year}") * 5,
    *("Năm {year}", "{day:02}/{month:02}/{year}", "trước ngày {day}/{month}/{year}") * 2,
    *("6 tháng đầu năm {year}", "Quý I-II/{year}", "Năm {year} và những năm tiếp theo"),
    *("Thường xuyên", "Hằng quý", "Hằng tháng", "theo hướng dẫn của cơ quan cấp trên", ""),
)


@cache
def words() -> Document:
    """The words of plans and submissions: `catalogue.yaml`."""
    document: Document = yaml.safe_load(Path(__file__).with_name("catalogue.yaml").read_text("utf-8"))
    return document


def written(value: float, decimals: int = 1) -> str:
    """A figure as officials write it: 1250.0 → '1.250', 82.5 → '82,5'."""
    text = f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return text.rstrip("0").rstrip(",") if "," in text else text


@dataclass(frozen=True)
class Commune:
    """Commune `number`, from 1; what it does follows from the number, so that few communes show every kind.

    `quality`, 0 to 1, is how well it is run.
    """

    number: int
    quality: float = 0.5

    @property
    def slug(self) -> str:
        """Id in paths."""
        return f"mo-phong-{self.number:05}"

    @property
    def name(self) -> str:
        """Name without the kind of unit."""
        return f"Mô phỏng {self.number:05}"

    @property
    def staged(self) -> bool:
        """Whether its plan runs in stages from 2025 to 2045; the others are for 2026."""
        return self.number % 3 == 0

    @property
    def plan(self) -> str:
        """Id of its plan."""
        return f"{self.slug}-{'2025-2045' if self.staged else '2026'}"


@dataclass(frozen=True)
class Measured:
    """An indicator row and its true value: `start` at the end of 2025, then `pace` a year, in the unit of the row."""

    row: Document
    start: float
    pace: float

    @property
    def share(self) -> bool:
        """Whether the unit is a percentage."""
        return str(self.row["unit"]).startswith("%")

    def value_on(self, day: dt.date, chance: Random) -> float:
        """The value measured on a day, with some noise; shares to two decimals, others whole."""
        years = (day - _END_OF_2025).days / 365
        value = max(self.start + self.pace * years + chance.gauss(0, 0.015 * max(self.start, 1)), 0)
        return round(min(value, 100), 2) if self.share else round(value)


@dataclass(frozen=True)
class Assigned:
    """A task row that somebody reports on, and its true days; a recurring task that starts is never finished."""

    row: Document
    started_on: dt.date | None
    finished_on: dt.date | None
    suspended_on: dt.date | None


@dataclass(frozen=True)
class Plan:
    """A plan and the truth behind its rows."""

    document: Document
    indicators: list[Measured]
    tasks: list[Assigned]


def draw_plan(commune: Commune, indicators: int, tasks: int, chance: Random) -> Plan:
    """The plan of a commune with so many indicators and tasks, and the commitments of the catalogue."""
    measured = _indicators(commune, indicators, chance)
    rows = _task_rows(commune, tasks, chance)
    document = _head(commune) | {"indicators": [m.row for m in measured], "tasks": rows}
    document["amendments"] = [_amendment(document, chance)] if commune.number % 8 == 1 else []
    reported = [row for row in rows if chance.random() > 0.25 * (1.1 - commune.quality)]
    return Plan(document, measured, [_assigned(commune, row, chance) for row in reported])


def label(row: Document) -> str:
    """The row as amendments name it within its plan: 'PL1.II.3', 'IV.2'."""
    return ".".join(filter(None, (row["annex"], row["group"], row["no"])))


def _head(commune: Commune) -> Document:
    first, last, annexes = (2025, 2045, ("PL1", "PL2")) if commune.staged else (2026, 2026, ("",))
    titles = [*zip(ROMAN, words()["groups"], strict=True)]
    years = f"giai đoạn {first}-{last}" if commune.staged else f"năm {first}"
    return {
        "id": commune.plan,
        "locality": commune.slug,
        "title": f"Kế hoạch chuyển đổi số xã {commune.name} {years} (dữ liệu mô phỏng)",
        "number": f"{commune.number}/KH-UBND",
        "date": f"{first}-01-15",
        "issuer": f"Ủy ban nhân dân xã {commune.name}",
        "signatory": "Chủ tịch",
        "years": {"first": first, "last": last},
        "synthetic": True,
        "groups": [
            *({"annex": annex, "no": no, "title": title} for annex in annexes for no, title in titles),
            {"no": "CK", "title": "Cam kết trong phần nhiệm vụ, giải pháp"},
        ],
    }


def _indicators(commune: Commune, count: int, chance: Random) -> list[Measured]:
    """Every concept once in a drawn order, then again for parts of the commune; commitments (cam kết) at the end.

    The last indicator repeats a concept with other targets: a conflict within the plan.
    """
    known = words()["indicators"]
    drawn = [m | {"scope": scope} for scope in ("", *words()["scopes"]) for m in chance.sample(known, len(known))]
    chosen = sorted(drawn[: count - 1], key=lambda measure: int(measure["group"]))
    found = [_measured(commune, measure, str(no), chance) for no, measure in enumerate(chosen, start=1)]
    repeated = chance.choice([m for m in found if m.row["unit"] == "%"])
    row = repeated.row | {"no": str(count), "name": f"{repeated.row['name']} (theo nghị quyết)"}
    row["targets"] = [target | {"text": "≥ 99%"} for target in row["targets"]]
    promises = [m | {"scope": "cam kết", "group": 0} for m in words()["commitments"]]
    promised = [_measured(commune, measure, str(no), chance) for no, measure in enumerate(promises, start=1)]
    return [*found, Measured(row, repeated.start, repeated.pace), *promised]


def _measured(commune: Commune, measure: Document, no: str, chance: Random) -> Measured:
    """A row and its course. Well-run communes move faster; a few rows of any commune go backwards."""
    promise, scope, years = measure["group"] == 0, measure["scope"], _STAGES if commune.staged else (2026,)
    start, bounds = _bounds(commune, measure, chance)
    sign = "%" if measure["unit"].startswith("%") else ""
    texts = [measure["text"]] * len(years) if "text" in measure else _target_texts(bounds, sign, chance)
    row = {
        "annex": "PL1" if commune.staged and not promise else "",
        "group": "CK" if promise else ROMAN[measure["group"] - 1],
        "no": no,
        "kind": "commitment" if promise else "indicator",
        "name": measure["name"] + (f" tại {scope}" if scope and not promise else ""),
        "unit": measure["unit"],
        "direction": measure.get("direction", "rising"),
        "concept": measure["concept"],
        "scope": scope,
        "lead": _leads(chance) if chance.random() < 0.6 else [],
        "targets": [{"year": year, "text": text} for year, text in zip(years, texts, strict=True)],
    }
    if measure.get("yearly"):
        row["targets"] = [{"yearly": True, "text": measure["text"]}]
    elif chance.random() < 0.82:
        row["baseline"] = {"text": f"{written(start)}{sign}", "value": start, "year": years[0] - 1}
        if measure["unit"] == "%" and chance.random() < 0.05:
            half = round((start + bounds[-1]) / 2, 1)
            row["path"] = [{"deadline": "năm 2027" if commune.staged else "Quý II/2026", "value": half}]
    speed = -0.3 if chance.random() < 0.04 else max(chance.gauss(0.5 + 1.5 * commune.quality, 0.6), 0)
    if not commune.staged:
        return Measured(row, start, speed * (bounds[0] - start))
    now = bounds[0] - (bounds[0] - start) * chance.uniform(-0.2, 1 - commune.quality)
    return Measured(row, now, speed * (bounds[1] - now) / 5)


def _bounds(commune: Commune, measure: Document, chance: Random) -> tuple[float, list[float]]:
    """The baseline, and what is to be reached each year: the same for a printed text, else round figures."""
    worst, best = measure["start"]
    start = worst + (best - worst) * (0.6 * chance.random() + 0.4 * commune.quality)
    aim, step = chance.uniform(*measure["aim"]), measure.get("step", 5)
    if "text" in measure:
        return round(start), [aim] * len(_STAGES)
    share = measure["unit"].startswith("%")
    start, far = round(min(start, aim), 1 if share else None), 100 if share and aim > 20 else 2 * aim
    marks = (start + 0.6 * (aim - start), *(aim + (far - aim) * n / 4 for n in range(1, 5)))
    return start, [round(mark / step) * step for mark in (marks if commune.staged else (aim,))]


def _target_texts(bounds: list[float], sign: str, chance: Random) -> list[str]:
    """Printed targets in one form of words; in stages the last may be a dash."""
    form = chance.choice(_TARGETS_OF_A_YEAR if len(bounds) == 1 and sign and 10 < bounds[0] <= 95 else _TARGETS)
    texts = [form.format(low=f"{written(bound)}{sign}", high=f"{written(bound + 5)}{sign}") for bound in bounds]
    return [*texts[:-1], "-"] if len(texts) > 1 and chance.random() < 0.12 else texts


def _leads(chance: Random) -> list[str]:
    """One agency, now and then two."""
    return chance.sample([agency["name"] for agency in words()["agencies"]], 2 if chance.random() < 0.12 else 1)


def _task_rows(commune: Commune, count: int, chance: Random) -> list[Document]:
    """`count` tasks, spread evenly over the groups."""
    groups, rows = words()["tasks"], []
    for at, group in enumerate(groups):
        names = [f"{verb} {thing}" for thing in group["objects"] for verb in group["verbs"]]
        wanted = count // len(groups) + (at < count % len(groups))
        for no, name in enumerate(chance.sample(names, wanted), start=1):
            month = chance.randint(2, 12)
            year = chance.choice((2025, 2026, 2026, 2027, 2030)) if commune.staged else 2026
            day, quarter = chance.randint(1, 28), ROMAN[(month - 1) // 3]
            rows.append(
                {
                    "annex": "PL2" if commune.staged else "",
                    "group": ROMAN[at],
                    "no": str(no),
                    "name": name,
                    "lead": _leads(chance),
                    "coordinating": [chance.choice(words()["coordinating"])["name"]] if chance.random() < 0.5 else [],
                    "deadline": chance.choice(_DEADLINES).format(day=day, month=month, quarter=quarter, year=year),
                    "output": chance.choice(words()["products"]) if chance.random() < 0.4 else "",
                }
            )
    return rows


def _assigned(commune: Commune, row: Document, chance: Random) -> Assigned:
    quality, first = commune.quality, dt.date(2025, 3, 1) if commune.staged else dt.date(2026, 1, 10)
    deadline = parse_deadline(row["deadline"])
    due = deadline.due or first + dt.timedelta(days=300)
    length = max((due - first).days, 20)
    started = first + dt.timedelta(days=int(length * chance.uniform(0, 1.1 - 0.6 * quality)))
    finished = max(due + dt.timedelta(days=int(chance.gauss(30 - 75 * quality, 40))), started + dt.timedelta(days=3))
    suspended = started + dt.timedelta(days=10) if chance.random() < 0.03 else None
    if chance.random() < 0.12 * (1.5 - quality):
        return Assigned(row, None, None, None)
    return Assigned(row, started, None if deadline.kind is DeadlineKind.RECURRING else finished, suspended)


def _amendment(document: Document, chance: Random) -> Document:
    """A document of spring 2026: a target of the stage under way lowered, a deadline moved, a task dropped."""
    year = 2026 if document["years"]["first"] == 2026 else 2030
    targets = [(row, t) for row in document["indicators"] for t in row["targets"] if t.get("year") == year]
    row, target = chance.choice([(row, t) for row, t in targets if row["unit"] == "%" and t["text"] != "-"])
    task = chance.choice([task for task in document["tasks"] if task["deadline"][-4:].isdigit()])
    before = task["deadline"]
    other = chance.choice([other for other in document["tasks"] if other is not task])
    return {
        "document": f"Quyết định số {chance.randint(100, 900)}/QĐ-UBND (mô phỏng)",
        "date": (dt.date(2026, 4, 1) + dt.timedelta(days=chance.randint(0, 60))).isoformat(),
        "reason": "điều chỉnh theo khả năng thực tế",
        "changes": [
            {"indicator": label(row), "target": {"year": year, "before": target["text"], "after": "≥ 30%"}},
            {"task": label(task), "deadline": {"before": before, "after": f"Quý II/{int(before[-4:]) + 1}"}},
            {"task": label(other), "dropped": "đã gộp vào nhiệm vụ của cấp trên"},
        ],
    }
