"""Generated reports of a whole country, to test size and time; every one says that it is synthetic."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from pipeline.completion.counts import DatedTasks, Rate, TasksByDeadline
from pipeline.completion.statuses import ABSENT, Status
from pipeline.intake.rows import Basis
from pipeline.plans.models import Direction, Locality
from pipeline.steps import to_json
from tests.factories import exactly
from tests.site.summaries import Summary, SummaryRow, SummaryValue, completion_of, publish

COMMUNES, PROVINCES = 3321, 34
"""As many as in Quyết định 19/2025/QĐ-TTg; the names are invented."""
_SYLLABLES = ("An", "Bình", "Cẩm", "Đông", "Gia", "Hòa", "Khánh", "Lạc", "Mỹ", "Ninh", "Phú", "Quý", "Sơn", "Thịnh")
_STATUSES = (Status.MET, Status.MISSED, Status.LATE, Status.ON_TRACK, Status.UNDECIDABLE, Status.NOT_SUBMITTED)
_WEIGHTS = (45, 12, 10, 12, 3, 18)


def localities(communes: int = COMMUNES, seed: int = 2026, provinces: int = PROVINCES) -> list[Locality]:
    """Provinces without a report of their own, then communes."""
    chance = random.Random(seed)  # noqa: S311 - invented names
    above = [
        Locality(
            code=f"{n:02}", slug=f"tinh-{n:02}", name=f"Mô phỏng {n:02}", full_name=f"Tỉnh Mô phỏng {n:02}", type="Tỉnh"
        )
        for n in range(1, provinces + 1)
    ]
    return above + [_commune(number, chance, provinces) for number in range(communes)]


def _commune(number: int, chance: random.Random, provinces: int) -> Locality:
    kind = chance.choice(("Xã", "Xã", "Xã", "Phường"))
    name = f"{' '.join(chance.sample(_SYLLABLES, 2))} {number}"
    parent = f"{number % provinces + 1:02}"
    return Locality(
        code=f"{number:05}", slug=f"xa-{number:04}", name=name, full_name=f"{kind} {name}", type=kind, parent=parent
    )


def summaries(
    places: Sequence[Locality], concepts: Sequence[str], period: str = "2025", seed: int = 2026, rows: int = 20
) -> Iterator[Summary]:
    """One summary for each commune; the provinces share 30 concepts or `rows`, of which each plan has `rows`."""
    chance = random.Random(seed)  # noqa: S311 - invented figures
    pool = list(concepts)[: max(30, rows)]
    plans = {place.code: sorted(chance.sample(pool, rows)) for place in places if not place.parent}
    names = {place.code: place.full_name for place in places}
    for place in places:
        if place.parent:
            yield _summary(place, names[place.parent], plans[place.parent], period, chance)


def _summary(place: Locality, parent: str, concepts: Sequence[str], period: str, chance: random.Random) -> Summary:
    silent = chance.random() < 0.1
    rows = tuple(_row(place, n, concept, silent, chance) for n, concept in enumerate(concepts, start=1))
    year = int(period[:4])
    return Summary(
        locality=place.slug,
        locality_name=place.full_name,
        locality_code=place.code,
        parent_name=parent,
        synthetic=True,
        period=period,
        start=dt.date(year - 1, 12, 15),
        cut_off=dt.date(year, 12, 14),
        method="2026.3",
        plans_in_force=1,
        rate=Rate(by_status=dict(Counter(row.status for row in rows)), due=0, met_of_due=0, attainment_of=0),
        tasks_by_deadline=_tasks(chance.randint(1, 5)),
        rows=rows,
    )


def _tasks(overdue: int) -> TasksByDeadline:
    return TasksByDeadline(dated=DatedTasks(total=8 + overdue, done=8, due=8 + overdue, done_of_due=8, overdue=overdue))


def _row(place: Locality, number: int, concept: str, silent: bool, chance: random.Random) -> SummaryRow:
    status = Status.NOT_SUBMITTED if silent else chance.choices(_STATUSES, _WEIGHTS)[0]
    return SummaryRow(
        plan=f"{place.slug}-2025",
        label=f"II.{number}",
        concept=concept,
        scope="",
        unit="%",
        direction=Direction.RISING,
        status=status,
        observation=None if status in ABSENT else _value(chance),
    )


def _value(chance: random.Random) -> SummaryValue:
    whole, part = chance.randint(50, 5000), chance.randint(0, 50)
    return SummaryValue(
        value=exactly(str(Decimal(chance.randint(0, 1000)) / 10)),
        as_of=dt.date(2025, 12, 1),
        as_of_stated=True,
        basis=Basis.AT_DATE,
        numerator=Decimal(part),
        denominator=Decimal(whole),
    )


def write_summary(root: Path, summary: Summary, page: str = "") -> Path:
    """Write a report that states just this, with a page beside it if one is given; the summary is for tests to edit."""
    folder = root / "reports" / summary.locality / summary.period
    publish(folder, completion_of(summary))
    (folder / "summary.json").write_text(to_json(summary), "utf-8")
    if page:
        (folder / "index.html").write_text(page, "utf-8")
    return folder


def write_country(
    root: Path, concepts: Sequence[str], communes: int = COMMUNES, seed: int = 2026, provinces: int = PROVINCES
) -> None:
    """Write the list of localities and their reports; `data/raw` must already have the other lists."""
    places = localities(communes, seed, provinces)
    with (root / "data" / "raw" / "localities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(Locality.model_fields), lineterminator="\n")
        writer.writeheader()
        writer.writerows(place.model_dump() for place in places)
    for summary in summaries(places, concepts, seed=seed):
        write_summary(root, summary)
