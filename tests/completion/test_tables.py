from pipeline.completion import tables
from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.paths import Layout
from pipeline.plans.periods import Period
from pipeline.plans.registry import Registry
from pipeline.validation.intake import validate_period


def _completion(registry: Registry, locality: str, period: str) -> Completion:
    when = Period.parse(period)
    intake = validate_period(Layout(), registry, locality, when)
    return evaluate(registry, registry.locality(locality), when, intake)


def test_rates_are_shown_over_the_counts_they_are_made_of(registry: Registry) -> None:
    shown = tables.rates(_completion(registry, "binh-giang", "2025")).iloc[0]
    assert (shown["cận dưới"], shown["cận trên"]) == ("10/22", "16/22")


def test_none_of_many_is_zero_and_nothing_over_nothing_is_a_dash(registry: Registry) -> None:
    assert tables.rates(_completion(registry, "hai-phong", "2023")).iloc[0]["cận dưới"] == "0/13"
    assert tables.rates(_completion(registry, "hai-phong", "2025")).iloc[0]["cận dưới"] == "–"


def test_tables_hold_every_row_and_the_sum_of_the_tasks(registry: Registry) -> None:
    completion = _completion(registry, "cat-hai", "2025")
    assert len(tables.indicators(completion)) == 10 + 60
    counts = tables.tasks(completion)["số nhiệm vụ"].tolist()
    assert sum(counts[:-1]) == counts[-1] == 76
