"""What the documents say about the code is true of the code."""

import importlib
import re
import subprocess
import tomllib
from functools import reduce
from itertools import chain
from pathlib import Path

import grimp
import pytest

from pipeline.completion.statuses import Status
from pipeline.intake.cells import FILE_RULES
from pipeline.intake.figure_rules import read_figure_rules, read_question_rules
from pipeline.intake.validate import read_suites
from pipeline.paths import CODE, Layout
from pipeline.report.words import VIETNAMESE
from pipeline.senders.outliers import QUESTION
from pipeline.senders.receipt import SEVERITIES

DOCUMENTS = [*CODE.glob("*.md"), *(CODE / "docs").rglob("*.md")]
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def _read(name: str) -> str:
    return (CODE / name).read_text("utf-8")


def _rows(text: str, columns: int) -> list[list[str]]:
    """The rows of the tables of that width, without their heads."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    heads = [n - 1 for n, row in enumerate(rows) if set("".join(row)) <= {"-", ":"}]
    return [row for n, row in enumerate(rows) if len(row) == columns and n not in heads and n - 1 not in heads]


def _anchors(path: Path) -> set[str]:
    """Anchors of headings, as git hosts derive them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in _LINK.findall(_CODE.sub("", path.read_text("utf-8"))):
        to = (path.parent / target).resolve() if target else path
        assert to.exists(), target
        assert not anchor or anchor in _anchors(to), f"{target}#{anchor}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    named = chain.from_iterable(
        re.findall(r"^[\s`]*make ([a-z0-9-]+)", code, re.M) for code in _CODE.findall(path.read_text("utf-8"))
    )
    assert {name for name in named if not name.startswith("-")} <= _targets()


def test_the_readme_is_the_same_in_both_languages() -> None:
    """The same commands, of targets that exist, and the same links, to files that exist; each begins with the other."""
    english, vietnamese = _read("README.md"), _read("README.vi.md")
    assert "(README.vi.md)" in english.splitlines()[0]
    assert "(README.md)" in vietnamese.splitlines()[0]
    assert len(_commands(english)) > 5
    assert _commands(english) == _commands(vietnamese)
    assert {command.split()[1] for command in _commands(english)} <= _targets()
    links = set(_LINK.findall(english))
    assert links - {("README.vi.md", "")} == set(_LINK.findall(vietnamese)) - {("README.md", "")}
    assert all((CODE / target).exists() for target, _ in links)
    assert english.count("\n## ") == vietnamese.count("\n## ")
    assert max(text.count("\n") for text in (english, vietnamese)) < 100


def _commands(text: str) -> set[str]:
    """The commands in a text, `make` with its arguments."""
    code = chain.from_iterable(re.findall(r"^[\s`]*(make [a-z][^`#\n]*)", c, re.M) for c in _CODE.findall(text))
    return {command.strip() for command in code}


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):", _read("Makefile"), re.M))


def test_every_name_of_the_glossary_exists() -> None:
    names = re.findall(r"`(pipeline\.[\w.]+)`", _read("docs/glossary.md"))
    assert len(names) > 40
    for name in names:
        assert _found(name), name


def _found(name: str) -> bool:
    """Whether it is a module, or a name in a module or class; fields of records count too."""
    parts = name.split(".")
    for end in range(len(parts), 1, -1):
        try:
            module = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        owners = parts[end:-1] if end < len(parts) else []
        owner = reduce(getattr, owners, module)
        fields = {**getattr(owner, "model_fields", {}), **getattr(owner, "__dataclass_fields__", {})}
        return end == len(parts) or hasattr(owner, parts[-1]) or parts[-1] in fields
    return False


def test_the_intake_guide_quotes_the_rules() -> None:
    folder = Layout().expectations
    suites = (rule for suite in reversed(read_suites(folder)) for rule in suite.rules)
    rules = {rule.id: (SEVERITIES[rule.severity], rule.message) for rule in suites}
    rules |= {rule.rule: (SEVERITIES[rule.severity], rule.message) for rule in read_figure_rules(folder).rules}
    rules |= {rule.rule: (SEVERITIES[QUESTION], rule.message) for rule in read_question_rules(folder).rules}
    guide = _read("docs/intake-guide.md")
    rows = _rows(guide, 5)
    assert len(rows) > 10
    for name, severity, said, *_ in rows:
        word, message = rules[name.strip("`")]
        assert word == severity
        assert message.startswith(said), name
    assert set(re.findall(r"\(`([a-z-]+)`\)", guide)) <= FILE_RULES.keys()


def test_the_reviewer_guide_explains_every_verdict() -> None:
    said = [row[0] for row in _rows(_read("docs/reviewer-guide.md"), 3)]
    assert sorted(said) == sorted(VIETNAMESE.status(status) for status in Status)


def test_the_changelog_has_the_version() -> None:
    version = tomllib.loads(_read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", _read("CHANGELOG.md"), re.M)


def test_every_module_that_the_architecture_names_exists() -> None:
    names = re.findall(r"`((?:\w+/)+\w+\.py|(?:\w+/)+)`", _read("docs/architecture.md"))
    assert len(names) > 20
    for name in names:
        assert (CODE / "pipeline" / name).exists() or (CODE / name).exists(), name


def test_the_drawing_is_that_of_the_imports() -> None:
    """Every arrow is an import, and every import between rooms goes along arrows."""
    arrows = set(re.findall(r"^\s+(\w+) --> (\w+)$", _read("docs/architecture.md"), re.M))
    imports = _imports()
    assert arrows <= imports, "arrows without an import"
    reached = {room: _reached(room, arrows) for room, _ in imports}
    assert not {(room, other) for room, other in imports if other not in reached[room]}, "imports without a way"


def _imports() -> set[tuple[str, str]]:
    graph = grimp.build_graph("pipeline", cache_dir=None)
    pairs = ((user, used) for used in graph.modules for user in graph.find_modules_that_directly_import(used))
    rooms = ((_room(user), _room(used)) for user, used in pairs)
    return {(user, used) for user, used in rooms if user != used}


def _room(module: str) -> str:
    """`python -m pipeline` is the front door, as `cli` is."""
    name = module.split(".")[1]
    return "cli" if name == "__main__" else name


def _reached(room: str, arrows: set[tuple[str, str]]) -> set[str]:
    below = {used for user, used in arrows if user == room}
    return below.union(*(_reached(used, arrows) for used in below))


def test_git_changes_no_line_ends_of_what_is_hashed() -> None:
    files = ["pipeline/cli.py", "data/raw/localities.csv", "notebooks/report.ipynb"]
    asked = ["git", "check-attr", "text", "--", *files]
    told = subprocess.run(asked, cwd=CODE, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [f"{file}: text: unset" for file in files]
