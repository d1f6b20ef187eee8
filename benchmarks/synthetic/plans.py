"""One synthetic plan: the document as the registry reads it, and what will truly have become of its rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.synthetic.amendments import amendments
from benchmarks.synthetic.catalogue import Catalogue, Measure, Promise
from benchmarks.synthetic.numbers import Course, course_towards, written
from benchmarks.synthetic.places import Place
from benchmarks.synthetic.setting import ROMAN, Setting, row_code
from benchmarks.synthetic.targets import STAGES, one_year, staged
from benchmarks.synthetic.tasks import Assigned, assigned_tasks

Document = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """An indicator row: how it is called, its printed target, and the course of its value."""

    code: str
    group: str
    no: str
    name: str
    unit: str
    target: str
    course: Course
    basis: str
    """What stretch of time its figures stand for (cách tính), as the office writes it."""


@dataclass(frozen=True)
class Drawn:
    """A plan and the truth behind it. `staged`: 2025 to 2045; else the year 2026 alone."""

    id: str
    staged: bool
    document: Document
    measured: tuple[Measured, ...]
    tasks: tuple[Assigned, ...]

    @property
    def begins(self) -> dt.date:
        """The day from which the plan is in force."""
        return dt.date(2024 if self.staged else 2025, 12, 15)


def draw_plan(place: Place, quality: float, size: tuple[int, int], words: Catalogue, chance: Random) -> Drawn:
    """A plan of `size` (indicators, tasks) for one place; of three, one has stages. `quality` from 0 to 1."""
    is_staged = chance.random() < 0.35
    plan = f"{place.slug}-{'2025-2045' if is_staged else '2026'}"
    setting = Setting(plan, is_staged, "PL1" if is_staged else "", quality, words, chance)
    rows, measured = _indicators(setting, size[0])
    promises, promised = _commitments(setting, max(1, size[0] // 20))
    tasks, assigned = assigned_tasks(setting, size[1])
    document = _head(place, setting) | {"indicators": [*rows, *promises], "tasks": tasks}
    if chance.random() < 0.12:
        document["amendments"] = amendments(document, chance)
    return Drawn(plan, is_staged, document, (*measured, *promised), tuple(assigned))


def _head(place: Place, setting: Setting) -> Document:
    chance, years = setting.chance, "giai đoạn 2025-2045" if setting.staged else "năm 2026"
    day = dt.date(2025, 2, 3) if setting.staged else dt.date(2026, 1, 5)
    groups = [{"annex": setting.annex, "no": ROMAN[n], "title": t} for n, t in enumerate(setting.words.groups)]
    if setting.annex:
        groups += [group | {"annex": "PL2"} for group in groups]
    return {
        "id": setting.plan,
        "locality": place.slug,
        "title": f"Kế hoạch chuyển đổi số xã {place.name} {years} (dữ liệu mô phỏng)",
        "number": f"{chance.randint(1, 120)}/KH-UBND",
        "date": (day + dt.timedelta(days=chance.randint(0, 24))).isoformat(),
        "issuer": f"Ủy ban nhân dân xã {place.name}",
        "signatory": "Chủ tịch",
        "years": {"first": STAGES[0], "last": STAGES[-1]} if setting.staged else {"first": 2026, "last": 2026},
        "synthetic": True,
        "groups": [*groups, {"no": "CK", "title": "Cam kết trong phần nhiệm vụ, giải pháp"}],
    }


def _indicators(setting: Setting, count: int) -> tuple[list[Document], list[Measured]]:
    """Rows in the order of groups; the last repeats the concept of another row with a higher target."""
    chosen = sorted(_measures(setting, count - 1), key=lambda m: m[0].group)
    chosen.append(setting.chance.choice([m for m in chosen if m[0].unit == "%"]))
    numbers: dict[str, int] = {}
    rows: list[Document] = []
    measured: list[Measured] = []
    for at, (measure, scope) in enumerate(chosen, start=1):
        group = ROMAN[measure.group - 1]
        numbers[group] = numbers.get(group, 0) + 1
        row, course = _indicator(setting, measure, scope, group, str(numbers[group]))
        if at == count:
            row["name"] = f"{row['name']} (chỉ tiêu phấn đấu của đảng bộ)"
            # The clauses of one concept contradict each other; what is measured is one thing.
            course = next(m.course for m, c in zip(measured, chosen, strict=False) if c == (measure, scope))
        rows.append(row)
        measured.append(_measured(setting, row, course))
    return rows, measured


def _measures(setting: Setting, count: int) -> list[tuple[Measure, str]]:
    """Every concept once in a drawn order, then once more for a part of the locality, and so on."""
    chosen: list[tuple[Measure, str]] = []
    for scope in ("", *setting.words.scopes):
        pool = list(setting.words.indicators)
        setting.chance.shuffle(pool)
        chosen += [(measure, scope) for measure in pool]
    return chosen[:count]


def _indicator(setting: Setting, measure: Measure, scope: str, group: str, no: str) -> tuple[Document, Course]:
    chance, unit = setting.chance, measure.unit
    start, aim = _ends(measure, setting)
    name = chance.choice(measure.names) + (f" tại {scope}" if scope else "")
    row: Document = {"group": group, "no": no, "name": name, "unit": unit, "concept": measure.concept}
    row |= {"annex": setting.annex} if setting.annex else {}
    row |= {"direction": "falling"} if measure.falling else {}
    row |= {"scope": scope} if scope else {}
    if chance.random() < 0.82:
        row["baseline"] = _baseline(start, unit, 2024 if setting.staged else 2025)
    if chance.random() < 0.6:
        row["lead"] = setting.leads()
    bounds = _stage_bounds(start, aim, measure)
    row["targets"] = (
        staged(bounds, unit, measure.falling, chance)
        if setting.staged
        else one_year(aim, unit, measure.falling, chance)
    )
    if "baseline" in row and unit.startswith("%") and chance.random() < 0.05:
        row["path"] = _path(start, aim, setting.staged)
    return row, _course(setting, unit, (start, aim), bounds)


def _course(setting: Setting, unit: str, ends: tuple[float, float], bounds: list[float]) -> Course:
    """Well-run localities move faster; a few rows of any locality go backwards."""
    chance = setting.chance
    speed = -0.3 if chance.random() < 0.04 else max(chance.gauss(0.5 + 1.5 * setting.quality, 0.6), 0)
    limits = (0.0, 100.0 if unit.startswith("%") else 3.0 if unit == "cấp độ" else 1e6)
    if not setting.staged:
        return course_towards(unit, ends, 1, speed, limits)
    ahead = bounds[1] if chance.random() < 0.15 else bounds[0]
    near = ahead - (ahead - ends[0]) * chance.uniform(-0.2, 1 - setting.quality)
    return course_towards(unit, (near, bounds[1]), 5, speed, limits)


def _ends(measure: Measure | Promise, setting: Setting) -> tuple[float, float]:
    """Baseline and target; some baselines already fulfil the target."""
    chance = setting.chance
    low, high = measure.start
    share = measure.unit.startswith("%")
    standing = 1 - setting.quality if measure.falling else setting.quality
    start = low + (high - low) * (0.6 * chance.random() + 0.4 * standing)
    aim = chance.uniform(*measure.aim)
    step = _step(measure.unit, aim)
    aim = round(aim / step) * step
    if chance.random() < 0.05 + 0.2 * setting.quality:
        start = aim if chance.random() < 0.5 else (start + 3 * aim) / 4
    return round(start, 1) if share else float(round(start)), aim


def _stage_bounds(start: float, aim: float, measure: Measure) -> list[float]:
    """Bounds of the five stages: most of the way in the first, then towards the end of the range."""
    if measure.unit == "cấp độ":
        return [2.0, 2.0, 3.0, 3.0, 3.0]
    far = 2.0 if measure.falling else 100.0 if measure.unit.startswith("%") and aim > 20 else 2 * aim
    step = _step(measure.unit, aim)
    fulfilled = not measure.falling and start > aim
    first = aim if fulfilled else start + 0.6 * (aim - start)
    return [round(bound / step) * step for bound in (first, *(aim + (far - aim) * n / 4 for n in range(1, 5)))]


def _step(unit: str, size: float) -> float:
    """Plans print round figures."""
    if not unit.startswith("%"):
        return 50.0 if size > 100 else 1.0
    return 5.0 if size > 20 else 0.5


def _baseline(value: float, unit: str, year: int) -> Document:
    return {"text": written(value) + ("%" if unit.startswith("%") else ""), "value": value, "year": year}


def _path(start: float, aim: float, is_staged: bool) -> list[Document]:
    if is_staged:
        return [{"deadline": "năm 2027", "value": round(start + 0.6 * (aim - start), 1)}]
    marks = (("Quý I/2026", 0.15), ("Quý II/2026", 0.4), ("Quý III/2026", 0.7))
    return [{"deadline": text, "value": round(start + part * (aim - start), 1)} for text, part in marks]


def _commitments(setting: Setting, count: int) -> tuple[list[Document], list[Measured]]:
    rows, measured = [], []
    for no, promise in enumerate(setting.words.commitments[:count], start=1):
        target: Document = {"text": promise.text}
        target |= {"yearly": True} if promise.yearly else {"year": 2025 if setting.staged else 2026}
        row: Document = {"group": "CK", "no": str(no), "kind": "commitment", "name": promise.name}
        row |= {"unit": promise.unit, "concept": promise.concept, "scope": "cam kết", "targets": [target]}
        row |= {"direction": "falling"} if promise.falling else {}
        rows.append(row)
        ends = _ends(promise, setting)
        measured.append(_measured(setting, row, _course(setting, promise.unit, ends, [ends[1], ends[1]])))
    return rows, measured


def _measured(setting: Setting, row: Document, course: Course) -> Measured:
    basis = "tại thời điểm" if course.share or not course.whole else "lũy kế"
    stage = next((t for t in row["targets"] if t.get("year") in (None, 2026, 2030)), row["targets"][-1])
    return Measured(
        row_code(setting.plan, row), row["group"], row["no"], row["name"], row["unit"], stage["text"], course, basis
    )
