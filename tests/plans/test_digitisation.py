"""The registry compared with a second reading of the documents' tables, extracted by program."""

import csv
from pathlib import Path

from pipeline.plans.models import Kind
from pipeline.plans.registry import Registry

CELLS = list(csv.DictReader((Path(__file__).parent / "printed-cells.csv").read_text("utf-8").splitlines()))


def test_every_cell_of_every_indicator_table_is_as_printed(registry: Registry) -> None:
    read: dict[tuple[str, ...], str] = {}
    for plan in registry.plans:
        for row in plan.indicators:
            if row.kind is Kind.INDICATOR:
                place = (plan.id, *row.key)
                read[*place, "baseline"] = row.baseline.text if row.baseline else ""
                read |= {(*place, str(target.year)): target.text for target in row.targets}
    second = {tuple(cell[c] for c in ("plan", "annex", "group", "no", "column")): cell["text"] for cell in CELLS}
    assert len(second) == 2 * (20 + 23) + 23 + 5 * 34
    assert {place: read[place] for place in second} == second


def test_a_baseline_has_the_number_that_its_text_begins_with(registry: Registry) -> None:
    for plan in registry.plans:
        for row in plan.indicators:
            if row.baseline is not None:
                assert row.baseline.value is not None
                leading = row.baseline.text.split("%")[0].replace(",", ".")
                assert float(leading) == float(row.baseline.value), row.key
