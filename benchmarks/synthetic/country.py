"""Writing the synthetic country: a project root for `PIPELINE_ROOT`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import yaml

from benchmarks.synthetic.files import Table, csv_bytes, form_file, office_file, plain_file
from benchmarks.synthetic.plans import Commune, draw_plan, words
from benchmarks.synthetic.sent import Report, corrected, observations, published, task_facts
from pipeline.errors import CannotCreateError, UsageError
from pipeline.intake.rows import FileKind
from pipeline.paths import Layout
from pipeline.plans.method import Method
from pipeline.plans.periods import Period

COPIED = ("concepts.yaml", "headings.yaml", "method.yaml")
"""Lists that name no locality, taken from the repository."""
FIRST_CODE = 90_001
"""Of communes: the list of Quyết định 19/2025/QĐ-TTg ends below 33000."""
PROVINCE_CODES = (
    *("03", "05", "07", "09", "13", "16", "18", "21", "23", "29", "32", "39", "41", "43", "47", "50", "53"),
    *("55", "57", "59", "61", "63", "65", "69", "71", "73", "76", "78", "81", "85", "88", "90", "97", "98"),
)
"""34, as there are provinces; no codes of 2025 or of Quyết định 124/2004/QĐ-TTg."""
REGIME = {
    "id": "mo-phong",
    "reporter": "locality",
    "every": ["quarter", "half-year", "year"],
    "due": {"after": 7},
    "ground": "Chế độ báo cáo mô phỏng",
}
"""Who owes what: a few correct themselves after the day, most files have no day in their names."""
MOST_LOCALITIES = 9_999
_LABEL = """DỮ LIỆU MÔ PHỎNG: mọi địa phương, kế hoạch, số liệu ở đây do chương trình sinh ra để thử, không có thật.
SYNTHETIC DATA: every locality, plan and figure here was generated for testing; none is real.
"""
_FILES = {FileKind.OBSERVATIONS: "chi-tieu.csv", FileKind.TASKS: "nhiem-vu.csv"}


@dataclass(frozen=True)
class Shape:
    """What each locality has: 10 to 200 indicators, 10 to 110 tasks in its plan, and the periods it reports for."""

    indicators: int = 60
    tasks: int = 60
    periods: tuple[str, ...] = ("2025", "2026-Q1", "2026-H1")


@dataclass
class Country:
    """What was written. `planted` are the rows of `planted.csv`: locality, period, file, sheet, line, rule."""

    localities: int = 0
    silent: int = 0
    rows: int = 0
    planted: list[tuple[str, ...]] = field(default_factory=list)


def make_country(root: Path, localities: int, seed: int = 2026, shape: Shape | None = None) -> Country:
    """Write a project root: lists, a plan for each commune, its files for each period, and last `planted.csv`.

    A commune depends on the seed and its number, not on how many there are.
    Raises UsageError for a number of localities or a period that cannot be, CannotCreateError for a folder in use.
    """
    shape = shape or Shape()
    if not 1 <= localities <= MOST_LOCALITIES:
        raise UsageError(f"Số địa phương phải từ 1 đến {MOST_LOCALITIES}, không phải {localities}.")
    try:
        periods = [Period.parse(text) for text in shape.periods]
    except ValueError as error:
        raise UsageError(f"{error}. Ví dụ: 2025,2026-Q1,2026-H1") from error
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise CannotCreateError(f"{root} đã có nội dung: dữ liệu mô phỏng chỉ ghi vào thư mục mới hoặc rỗng.")
    layout, country = Layout(root), Country()
    _write(root / "MO-PHONG.txt", _LABEL.encode())
    _write_lists(layout, localities)
    calendar = Method.model_validate(yaml.safe_load((layout.raw / "method.yaml").read_text("utf-8"))).calendar_in_use
    for number in range(1, localities + 1):
        chance = Random(f"{seed}:{number}")  # noqa: S311 - made-up figures
        commune = Commune(number, quality=chance.betavariate(4, 3))
        plan = draw_plan(commune, shape.indicators, shape.tasks, chance)
        _write(layout.plans / commune.slug / f"{commune.plan}.yaml", _json(plan.document))
        country.localities += 1
        if number % 30 == 4:
            country.silent += 1
            continue
        for period in periods:
            # A few skip a period.
            if chance.random() < 0.97:
                report = Report(commune, plan, period.start(calendar), period.cut_off(calendar), chance)
                _write_period(layout, country, report, period)
    _write(root / "planted.csv", csv_bytes([("locality", "period", "file", "sheet", "line", "rule"), *country.planted]))
    return country


def _write_lists(layout: Layout, localities: int) -> None:
    for name in COPIED:
        _write(layout.raw / name, (Layout().raw / name).read_bytes())
    _write(layout.raw / "agencies.yaml", _json([*words()["agencies"], *words()["coordinating"]]))
    _write(layout.raw / "regimes.yaml", _json([REGIME]))
    places = [
        (code, f"mo-phong-tinh-{n:02}", f"Mô phỏng {n:02}", f"Tỉnh Mô phỏng {n:02}", "Tỉnh", "")
        for n, code in enumerate(PROVINCE_CODES, start=1)
    ]
    for n in range(localities):
        commune, parent = Commune(n + 1), PROVINCE_CODES[n % len(PROVINCE_CODES)]
        places.append((str(FIRST_CODE + n), commune.slug, commune.name, f"Xã {commune.name}", "Xã", parent))
    _write(layout.raw / "localities.csv", csv_bytes([("code", "slug", "name", "full_name", "type", "parent"), *places]))


def _write_period(layout: Layout, country: Country, report: Report, period: Period) -> None:
    folder = layout.submissions / report.commune.slug / str(period)
    for name, content, tables in _files(report, period):
        _write(folder / name, content)
        for table in tables:
            country.rows += len(table.rows)
            where = (report.commune.slug, str(period), layout.relative(folder / name), table.sheet)
            lines = zip(table.lines, table.rows, strict=False)
            country.planted += [(*where, str(line), row.rule) for line, row in lines if row.rule]
    if report.commune.number % 10 == 3:
        figures = published(report)
        country.rows += len(figures) - 1
        _write(folder / "so-lieu-cong-bo.csv", csv_bytes(figures))


def _files(report: Report, period: Period) -> Iterator[tuple[str, bytes, Sequence[Table]]]:
    """One commune in twenty sends the form, the others CSV of one kind or the other; one in ten corrects itself."""
    number, title = report.commune.number, f"Biểu số liệu {period.label.lower()} (dữ liệu mô phỏng)"
    values, facts = observations(report), task_facts(report)
    tables = {FileKind.OBSERVATIONS: values} | ({FileKind.TASKS: facts} if facts else {})
    if number % 20 == 5:
        yield "bieu-so-lieu.xlsx", *form_file(tables, title)
        return
    for kind, rows in tables.items():
        yield _FILES[kind], *(office_file(rows, kind, title) if number % 2 else plain_file(rows, kind))
    if number % 10 == 2:
        day = report.cut_off + dt.timedelta(days=report.chance.randint(2, 12))
        yield f"{day}-dinh-chinh.csv", *plain_file(corrected(report, values), FileKind.OBSERVATIONS)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _json(document: object) -> bytes:
    """JSON, which is YAML and a hundred times as fast to write; about one row to a line."""
    return f"{json.dumps(document, ensure_ascii=False)}\n".replace("}, {", "},\n {").encode()
