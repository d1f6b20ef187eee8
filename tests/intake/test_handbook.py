from pipeline.intake.faults import FILE_RULES
from pipeline.intake.handbook import rules_document
from pipeline.intake.validate import read_suites
from pipeline.paths import Layout


def test_the_document_is_that_of_the_suites() -> None:
    assert Layout().rules.read_text("utf-8") == rules_document(read_suites(Layout().expectations)), "make rules"


def test_every_rule_has_its_line() -> None:
    lines = rules_document(read_suites(Layout().expectations)).splitlines()
    rules = [rule.id for suite in read_suites(Layout().expectations) for rule in suite.rules]
    assert [line.split("`")[1] for line in lines if line.startswith("| `")] == [*rules, *FILE_RULES]
