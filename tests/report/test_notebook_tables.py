import pandas as pd
import pytest

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.completion.statuses import Status, TaskStatus
from pipeline.intake.rows import Absence, FileKind
from pipeline.intake.validate import validate_period
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.report import notebook_tables as shown


def _completion(registry: Registry, locality: str, period: str) -> Completion:
    when = Period.parse(period)
    intake = validate_period(Layout(), registry, locality, when)
    return evaluate(registry, registry.locality(locality), when, intake)


def test_rates_are_shown_over_the_counts_they_are_made_of(registry: Registry) -> None:
    assert shown.rates(_completion(registry, "cat-hai", "2025")).rows[0][-2:] == ("0/30", "30/30")
    assert shown.rates(_completion(registry, "binh-giang", "2025")).rows[0][-2:] == ("–", "–")  # not begun


def test_none_of_many_is_zero_and_nothing_over_nothing_is_a_dash(registry: Registry) -> None:
    assert shown.rates(_completion(registry, "hai-phong", "2023")).rows[0][-2] == "0/13"
    assert shown.rates(_completion(registry, "hai-phong", "2025")).rows[0][-2] == "–"


def test_tables_hold_every_row_and_the_sum_of_the_tasks(registry: Registry) -> None:
    completion = _completion(registry, "cat-hai", "2025")
    assert len(shown.indicators(completion).rows) == 10 + 60
    counts = [number for _, number in shown.tasks(completion).rows]
    assert sum(counts[:-1]) == counts[-1] == 38


def test_a_table_is_whole_whatever_the_settings_of_pandas(registry: Registry) -> None:
    table = shown.indicators(_completion(registry, "cat-hai", "2025"))
    longest = max((str(row[2]) for row in table.rows), key=len)
    assert len(longest) > 50
    assert longest.replace("&", "&amp;") in table._repr_html_()
    with pd.option_context("display.max_colwidth", 10, "display.max_columns", 2, "display.width", 40):
        narrow = (table._repr_html_(), repr(table))
    assert narrow == (table._repr_html_(), repr(table))
    assert "tex2jax_ignore" in narrow[0]


def test_text_of_a_sender_stays_text() -> None:
    html = shown.NotebookTable(("a",), [("<script>1</script> $x$",)])._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


@pytest.mark.parametrize("locality", ["bach-long-vi", "binh-giang", "cat-hai", "hai-phong"])
def test_tables_are_in_vietnamese(registry: Registry, locality: str) -> None:
    """No code of a status, a kind or a severity is left for an auditor to guess."""
    when = Period.parse("2025")
    intake = validate_period(Layout(), registry, locality, when)
    completion = evaluate(registry, registry.locality(locality), when, intake)
    tables = [shown.rules(intake)]
    tables += [f(completion) for f in (shown.method, shown.rates, shown.indicators, shown.tasks, shown.differences)]
    codes = {*Status, *TaskStatus, *Absence, *FileKind, "critical", "warning", "info"}
    assert not {cell for table in tables for row in table.rows for cell in row if cell in codes}


def test_only_broken_rules_are_listed_and_the_others_counted(registry: Registry) -> None:
    intake = validate_period(Layout(), registry, "cat-hai", Period.parse("2025"))
    *broken, others = shown.rules(intake).rows
    assert len(broken) == sum(not r.holds for r in intake.results)
    assert others[1] == f"{sum(r.holds for r in intake.results)} quy tắc khác"
