"""Writing the synthetic country: a project root that `PIPELINE_ROOT` takes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import yaml

from benchmarks.synthetic.catalogue import Catalogue, read_catalogue
from benchmarks.synthetic.files import HABITS, Habit, Written, csv_file, form_file, reported_file
from benchmarks.synthetic.places import MOST_LOCALITIES, Place, commune, provinces
from benchmarks.synthetic.plans import draw_plan
from benchmarks.synthetic.rows import Sent
from benchmarks.synthetic.sent import Office, Report, corrected, observations, published, task_facts
from pipeline.errors import CannotCreateError, UsageError
from pipeline.intake.rows import Kind
from pipeline.paths import Layout
from pipeline.plans.method import Method
from pipeline.plans.periods import Calendar, Period

COPIED = ("concepts.yaml", "headings.yaml", "method.yaml", "sums.yaml")
"""Lists that speak of no locality: taken from the repository as they are."""
FEWEST = 10
_SILENT, _CORRECTING, _PUBLISHING, _LATE = 0.03, 0.10, 0.08, 0.03
_PLANTED = ("locality", "period", "file", "sheet", "line", "rule")
LABEL = """DỮ LIỆU MÔ PHỎNG: mọi địa phương, kế hoạch, số liệu ở đây do chương trình sinh ra để thử, không có thật.
SYNTHETIC DATA: every locality, plan and figure here was generated for testing; none is real.
"""


@dataclass(frozen=True)
class Shape:
    """How much a locality has."""

    indicators: int = 60
    tasks: int = 60
    periods: tuple[str, ...] = ("2025", "2026-Q1", "2026-H1")


@dataclass
class Country:
    """What was written: counts, and every row that was planted to be kept out (`planted.csv`)."""

    localities: int = 0
    silent: int = 0
    rows: int = 0
    files: int = 0
    size: int = 0
    planted: list[dict[str, str]] = field(default_factory=list)

    def write(self, path: Path, content: bytes) -> None:
        """Write one file of the country, with the folders above it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.files += 1
        self.size += len(content)


def make_country(root: Path, localities: int, seed: int = 2026, shape: Shape | None = None) -> Country:
    """Write a whole project root below `root`: lists, a plan for each commune, files for each period.

    A locality depends on the seed and its number alone, not on how many there are. The country is complete once
    `planted.csv` is there. Raises UsageError for sizes that cannot be had, CannotCreateError for a folder in use.
    """
    shape, words = shape or Shape(), read_catalogue()
    periods = _checked(localities, shape, words)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CannotCreateError(f"{root} đã có nội dung: dữ liệu mô phỏng chỉ ghi vào thư mục mới hoặc rỗng.")
    layout, country = Layout(root), Country()
    country.write(root / "MO-PHONG.txt", LABEL.encode())
    places = [commune(number) for number in range(1, localities + 1)]
    _write_lists(layout, country, words, [*provinces(), *places])
    making = _Making(seed, shape, periods, words, _calendar(layout))
    for place in places:
        _write_locality(layout, country, place, making)
    country.write(root / "planted.csv", _table(_PLANTED, country.planted))
    return country


def _checked(localities: int, shape: Shape, words: Catalogue) -> list[Period]:
    limits = (
        ("địa phương", localities, 1, MOST_LOCALITIES),
        ("chỉ tiêu", shape.indicators, FEWEST, words.most_indicators),
        ("nhiệm vụ", shape.tasks, FEWEST, words.most_tasks),
    )
    for what, number, least, most in limits:
        if not least <= number <= most:
            raise UsageError(f"Số {what} phải từ {least} đến {most}, không phải {number}.")
    try:
        return [Period.parse(text) for text in shape.periods]
    except ValueError as error:
        raise UsageError(f"{error}. Ví dụ: 2025,2026-Q1,2026-H1") from error


def _calendar(layout: Layout) -> Calendar:
    return Method.model_validate(yaml.safe_load((layout.raw / "method.yaml").read_text("utf-8"))).calendar_in_use


@dataclass(frozen=True)
class _Making:
    """What the making of all localities shares."""

    seed: int
    shape: Shape
    periods: Sequence[Period]
    words: Catalogue
    calendar: Calendar


def _write_lists(layout: Layout, country: Country, words: Catalogue, places: Sequence[Place]) -> None:
    layout.raw.mkdir(parents=True)
    for name in COPIED:
        country.write(layout.raw / name, (Layout().raw / name).read_bytes())
    agencies = [agency.model_dump(mode="json") for agency in (*words.agencies, *words.coordinating)]
    country.write(layout.raw / "agencies.yaml", f"{_block(agencies)}\n".encode())
    names = ("code", "slug", "name", "full_name", "type", "parent")
    country.write(layout.raw / "localities.csv", _table(names, [place.row for place in places]))


def _write_locality(layout: Layout, country: Country, place: Place, making: _Making) -> None:
    """The plan of one place, and what it sends: nothing at all, or something for almost every period."""
    chance = Random(f"{making.seed}:{place.slug}")  # noqa: S311 - made-up figures
    quality = chance.betavariate(4, 3)
    plan = draw_plan(place, quality, (making.shape.indicators, making.shape.tasks), making.words, chance)
    country.write(layout.plans / place.slug / f"{plan.id}.yaml", _json(plan.document).encode())
    country.localities += 1
    if chance.random() < _SILENT:
        country.silent += 1
        return
    habit = chance.choices([h for h, _ in HABITS], [weight for _, weight in HABITS])[0]
    office = Office(place, quality, chance.random() < 0.35, habit, making.words)
    correcting = chance.random() < _CORRECTING
    for at, period in enumerate(making.periods):
        if chance.random() < _LATE:
            continue
        report = Report(office, plan, period.start(making.calendar), period.cut_off(making.calendar), chance)
        # An office that corrects does so for its last period.
        _write_period(layout, country, report, period, correcting and at == len(making.periods) - 1)


def _write_period(layout: Layout, country: Country, report: Report, period: Period, correcting: bool) -> None:
    folder = layout.submissions / report.office.place.slug / str(period)
    for name, written, tables in _period_files(report, period, correcting):
        country.write(folder / name, written.content)
        for sheet, rows in tables.items():
            country.rows += len(rows)
            country.planted += [
                {
                    "locality": report.office.place.slug,
                    "period": str(period),
                    "file": layout.relative(folder / name),
                    "sheet": sheet,
                    "line": str(line),
                    "rule": row.rule,
                }
                for line, row in zip(written.lines[sheet], rows, strict=True)
                if row.rule
            ]
    if report.chance.random() < _PUBLISHING:
        figures = published(report)
        country.rows += len(figures)
        country.write(folder / "so-lieu-cong-bo.csv", reported_file(figures))


def _period_files(
    report: Report, period: Period, correcting: bool
) -> Iterator[tuple[str, Written, dict[str, list[Sent]]]]:
    """Name, content, and rows per sheet of each file."""
    values, facts = observations(report), task_facts(report)
    groups, habit = report.office.words.groups, report.office.habit
    if habit is Habit.FORM:
        tables = {"Chỉ tiêu": values} | ({"Nhiệm vụ": facts} if facts else {})
        yield "bieu-so-lieu.xlsx", form_file(values, facts, period, report.office.place.full_name), tables
    else:
        yield "chi-tieu.csv", csv_file(values, Kind.OBSERVATIONS, habit, period, groups), {"": values}
        if facts:
            yield "nhiem-vu.csv", csv_file(facts, Kind.TASKS, habit, period, groups), {"": facts}
    if correcting:
        again = corrected(report, values)
        day = report.cut_off + dt.timedelta(days=report.chance.randint(2, 12))
        yield f"{day}-dinh-chinh.csv", csv_file(again, Kind.OBSERVATIONS, habit, period, groups), {"": again}


def _table(names: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(document: dict[str, Any]) -> str:
    """JSON, which is YAML, one row of a plan to a line: a hundred times as fast to write as YAML."""
    parts = [f"{_inline(name)}: {_block(value)}" for name, value in document.items()]
    return "{" + ",\n ".join(parts) + "}\n"


def _block(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(map(_inline, value)) + "]"
    return _inline(value)


def _inline(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
