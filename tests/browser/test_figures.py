"""Every figure of a page against completion.json beside it, which is read as plain data, not by our own models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.browser.published import NAMES
from tests.browser.shown import Shown

Data = Any
"""What json.loads gives."""

EVERY_PAGE = pytest.mark.parametrize("name", NAMES)
NOTHING = "–"
SIGNS = {">=": "≥ ", ">": "> ", "<=": "≤ ", "=": ""}
WAY = ("starting-point", "on-track", "in-progress", "not-yet-met")
LOOKS = {
    **dict.fromkeys(("met", "baseline-met"), "met"),
    **dict.fromkeys((*WAY, "baseline-below"), "way"),
    **dict.fromkeys(("missed", "breached", "at-risk", "late", "reversed"), "not"),
    **dict.fromkeys(("not-submitted", "not-due", "quarantined", "undecidable", "baseline-unknown"), "absent"),
    **dict.fromkeys(
        (
            "not-applicable",
            "no-stage-target",
            "not-assessable",
            "plan-not-in-force",
            "dropped",
        ),
        "outside",
    ),
}


@dataclass(frozen=True)
class Report:
    """A page, and the data published with it."""

    path: Path

    @cached_property
    def page(self) -> Shown:
        return Shown(self.path)

    @cached_property
    def data(self) -> Data:
        text = self.path.with_name("completion.json").read_text("utf-8")
        return json.loads(text, parse_float=Decimal)

    @cached_property
    def intake(self) -> Data:
        """The record of the rows received; it is kept with the working data, not published."""
        folder = Path("data", "processed", *self.path.parent.parts[-2:])
        return json.loads((self.path.parents[3] / folder / "validated.json").read_text("utf-8"))

    @cached_property
    def in_force(self) -> list[Data]:
        return [plan for plan in self.data["plans"] if plan["state"] == "in-force"]

    @cached_property
    def listed(self) -> list[Data]:
        return [
            plan
            for plan in self.data["plans"]
            if plan["state"] in ("in-force", "expired") or plan["starting_point"] is not None
        ]


@pytest.fixture
def report(published: Mapping[str, Path], name: str) -> Report:
    return Report(published[name])


@EVERY_PAGE
def test_the_met_rate_with_its_bounds(report: Report) -> None:
    rate = report.data["rate"]
    if not report.in_force or not rate["observed"]:
        return  # no rate is taken, and none is shown
    figure, total = report.page.figures()[0], rate["total"]
    bounds = list(dict.fromkeys([rate["met"], rate["met_at_most"]]))
    assert figure.numbers == [_percent(met, total) for met in bounds]
    told = report.page.numbers(figure.below)
    for part in [*bounds, rate["observed"]]:
        assert (part, total) in pairwise(told)
    assert _percent(rate["observed"], total) in told


@EVERY_PAGE
def test_the_tasks(report: Report) -> None:
    kinds = report.data["tasks_by_deadline"]
    if not report.in_force or not any(kind["total"] for kind in kinds.values()):
        return
    figure = report.page.figures()[1 if report.data["rate"]["observed"] else 0]
    assert figure.numbers == [sum(kind["total"] for kind in kinds.values())]
    told = report.page.numbers(figure.below)
    for name, kind in kinds.items():
        if kind["total"] and kind["not_reported"] != kind["total"]:
            assert (kind["in_time" if name == "recurring" else "done"], kind["total"]) in pairwise(told)
        elif kind["total"]:
            assert kind["total"] in told


@EVERY_PAGE
def test_the_rows_received(report: Report) -> None:
    intake = report.intake
    accepted = sum(len(intake[kind]) for kind in ("observations", "tasks", "reported")) + intake["replaced"]
    received = sum(file["rows"] for file in intake["files"])
    assert report.page.received()[:3] == [received, accepted, len(intake["quarantined"])]


@EVERY_PAGE
def test_the_change_since_the_report_before(report: Report) -> None:
    change, rate = report.data["change"], report.data["rate"]
    if not report.in_force or change is None or not change["total_before"] or not rate["observed"]:
        return  # nothing to compare: no figure
    figure = report.page.figures()[-1]
    assert figure.numbers == [abs(rate["met"] - change["met_before"])]  # the sign is a minus, not a hyphen
    told = report.page.numbers(figure.below)
    for kind in ("newly_met", "fell_back", "lost"):
        assert not change[kind] or len(change[kind]) in told


@EVERY_PAGE
def test_the_counts_of_the_legend(report: Report) -> None:
    rate = report.data["rate"]
    rows = [row for plan in report.in_force for row in plan["indicators"] if row["kind"] == "indicator"]
    outside = len(rows) - rate["total"]
    absent = [number for number in (rate["absent"], rate["undecidable"]) if number]
    way = sum(
        rate["by_status"].get(status, 0) for status in ("starting-point", "on-track", "in-progress", "not-yet-met")
    )
    entries = [[rate["met"]], [way], [rate["not_met"] - way], absent]
    expected = [entry for entry in entries if any(entry)]  # what does not occur is not in it
    assert sum(map(sum, expected)) + outside == len(rows)
    if outside:
        repeated = report.data["repeated_rows"]
        expected.append([outside, repeated] if repeated else [outside])
    assert report.page.legend() == (expected if report.in_force else [])


@EVERY_PAGE
def test_the_tally_of_every_group(report: Report) -> None:
    groups = [(plan["state"], group) for plan in report.listed for group in plan["groups"]]
    shown = report.page.headings()
    assert [title for title, _ in shown] == [_heading(group, report.page.language) for _, group in groups]
    assert [numbers for _, numbers in shown] == [
        _tally(group["rate"]) if state == "in-force" and group["rate"]["observed"] else [] for state, group in groups
    ]


@EVERY_PAGE
def test_every_row_is_there_once(report: Report) -> None:
    rows = [row for plan in report.listed for row in plan["indicators"]]
    assert sorted(report.page.rows()) == sorted(_anchor(row) for row in rows)


@EVERY_PAGE
def test_the_cells_of_every_row(report: Report) -> None:
    shown = report.page.rows()
    for row in (row for plan in report.listed for row in plan["indicators"]):
        line, where, unit = shown[_anchor(row)], _anchor(row), row["unit"]
        observation = row["observation"]
        value = _value(observation["value"] if observation else None)
        ended = row["status"] == "plan-not-in-force" and row["past"] and observation and observation["value"]
        if row["latest"] is not None or ended:  # shown with its day
            shown_value = (row["latest"] or observation)["value"]
            assert report.page.numbers(line.value)[0] == _value(shown_value)[1][0], where
            continue
        once = line.baseline == NOTHING and row["status"].startswith("baseline-") and row["baseline"] is not None
        start = line.value if once else line.baseline  # a value that is the baseline itself stands once
        assert _read(report.page, start, unit) == _number("", row["baseline"], 4), where
        assert _read(report.page, line.value, unit) == value, where
        assert _read(report.page, line.target, unit) == _target(row["target"]), where
        assert line.look == LOOKS[row["status"]], where


def _read(page: Shown, cell: str, unit: str) -> tuple[str, list[Decimal]]:
    """The sign and the numbers of a cell, which has a unit unless it has nothing or a level."""
    if cell == NOTHING:
        return "", []
    bare = cell.removesuffix(unit).rstrip() if unit else cell
    sign = next((sign for sign in ("≥ ", "> ", "≤ ", "< ") if bare.startswith(sign)), "")
    numbers = page.numbers(bare)
    said_in_words = bare.strip("0123456789.,–- " + sign) != ""
    assert said_in_words or not unit or bare != cell, f"no unit in “{cell}”"
    return sign, numbers


def _number(sign: str, number: Any, digits: int) -> tuple[str, list[Decimal]]:
    return (sign, [_rounded(Decimal(number), digits)]) if number is not None else ("", [])


def _value(value: Data | None) -> tuple[str, list[Decimal]]:
    if value is None:
        return "", []
    if value["low"] == value["high"]:
        return _number("", value["low"], 4)
    if value["low"] is not None:
        return _number("> " if value["low_open"] else "≥ ", value["low"], 4)
    return _number("< " if value["high_open"] else "≤ ", value["high"], 4)


def _target(target: Data | None) -> tuple[str, list[Decimal]]:
    if target is None or target["comparator"] == "none":
        return "", []
    if target["comparator"] == "in-set":
        return "", [Decimal(level) for level in target["levels"]]
    if target["comparator"] == "range":
        return "", [_rounded(Decimal(target[end]), 2) for end in ("low", "high")]
    return _number(SIGNS[target["comparator"]], target["high" if target["comparator"] == "<=" else "low"], 2)


def _tally(rate: Data) -> list[Decimal]:
    """Met, not met (of them each kind that is behind), undecidable, absent: what is 0 is not said, but for met.

    Where the period has no value, nothing is said to be met.
    """
    kinds = (("missed",), ("breached",), ("late", "reversed"))
    behind = [n for kind in kinds if (n := sum(rate["by_status"].get(status, 0) for status in kind))]
    not_met = [rate["not_met"], *behind] if rate["not_met"] else []
    met = [rate["met"]] if rate["observed"] else []
    return [Decimal(n) for n in [*met, *not_met, *(rate[k] for k in ("undecidable", "absent") if rate[k])]]


def _heading(group: Data, language: str) -> str:
    annex = {"vi": "Phụ lục", "en": "Annex"}[language]
    before = f"{group['annex'].replace('PL', f'{annex} ')}, " if group["annex"] else ""
    return " ".join(f"{before}{group['no']}. {group['title']}".split())


def _anchor(row: Data) -> str:
    """Plan and label; a number such as 2.1 says its group itself."""
    group = "" if row["no"].startswith(f"{row['group']}.") else row["group"]
    return f"{row['plan']}-{'.'.join(filter(None, (row['annex'], group, row['no'])))}"


def _percent(part: int, whole: int) -> Decimal:
    share = Fraction(part * 100, whole)
    return _rounded(Decimal(share.numerator) / Decimal(share.denominator), 1)


def _rounded(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
