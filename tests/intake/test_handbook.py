import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from pipeline.intake.cells import FILE_RULES
from pipeline.intake.figure_rules import read_figure_rules, read_question_rules
from pipeline.intake.handbook import rules_document, schemas
from pipeline.intake.suites import to_gx
from pipeline.intake.validate import read_suites
from pipeline.paths import Layout

FOLDER = Layout().expectations
SUITES, FIGURES, QUESTIONS = read_suites(FOLDER), read_figure_rules(FOLDER), read_question_rules(FOLDER)


def test_the_document_is_that_of_the_suites() -> None:
    assert Layout().rules.read_text("utf-8") == rules_document(SUITES, FIGURES, QUESTIONS), "make rules"


def test_every_rule_has_its_line() -> None:
    lines = rules_document(SUITES, FIGURES, QUESTIONS).splitlines()
    rules = [rule.id for suite in SUITES for rule in suite.rules]
    rules += [rule.rule for rule in (*FIGURES.rules, *QUESTIONS.rules)]
    assert [line.split("`")[1] for line in lines if line.startswith("| `")] == [*rules, *FILE_RULES]


class _Editor(yaml.SafeLoader):
    """YAML 1.2 as editors read it: dates and the key `no` are texts."""


_Editor.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag.rpartition(":")[2] not in ("timestamp", "bool")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
PLANS = sorted(Layout().plans.glob("*/*.yaml"))


@pytest.mark.parametrize(("name", "schema"), schemas().items())
def test_committed_schemas_match_the_models(name: str, schema: dict) -> None:
    """`make schema` writes them anew."""
    assert json.loads((Layout().schemas / name).read_text("utf-8")) == schema


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_an_editor_that_checks_by_schema_accepts_the_plans(path: Path) -> None:
    document = yaml.load(path.read_text("utf-8"), _Editor)  # noqa: S506 - a SafeLoader
    jsonschema.validate(document, schemas()["plan.schema.json"])


def test_great_expectations_knows_every_argument_of_the_rules() -> None:  # here, since make check runs this file
    for suite in read_suites(Layout().expectations):
        assert to_gx(suite).name == suite.name
