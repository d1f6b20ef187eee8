"""A postponed module is loaded when it is used."""

from __future__ import annotations

import subprocess
import sys

from pipeline.paths import CODE as PROJECT

CODE = """
import sys
from pipeline.fork.import_shims import postponed
with postponed("altair", "scipy", "scipy.stats"):
    import great_expectations
    assert not hasattr(sys.modules["altair"], "Chart")
assert {"altair", "scipy", "scipy.stats"}.isdisjoint(sys.modules)
import great_expectations.expectations.core.expect_column_kl_divergence_to_be_less_than as kl
assert round(kl.stats.entropy([0.5, 0.5], [0.25, 0.75]), 3) == 0.144
import altair, scipy.stats
assert altair.Chart and kl.stats.entropy is scipy.stats.entropy
with postponed("altair"):
    assert sys.modules["altair"] is altair
assert sys.modules["altair"] is altair
"""


def test_a_postponed_module_is_the_real_one_once_it_is_used() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_judging_in_the_warm_process_leaves_no_thread_to_a_fork_and_says_nothing() -> None:
    """The library draws its bars with tqdm, disabled or not, and tqdm starts a thread that watches them."""
    code = (  # in the order of pipeline/fork/preload.py
        "import threading, great_expectations\n"
        "from pipeline.fork.import_shims import without_process_lock\nwithout_process_lock()\n"
        "from pipeline.run.rehearsal import rehearse\nrehearse()\n"
        "print([t.name for t in threading.enumerate()])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "['MainThread']"
    assert run.stderr == "", "a notebook would show it"


def test_what_checks_notebooks_builds_no_grammar_of_addresses() -> None:
    """Whichever room comes first: the page, or the notebooks."""
    for room in ("pipeline.senders.receive", "pipeline.run.make_site"):
        code = (
            f"import sys, {room}, nbformat; assert sys.modules['rfc3987_syntax'] is None and 'lark' not in sys.modules"
        )
        ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr


def test_great_expectations_is_imported_alone() -> None:
    code = (
        "import sys, gc\n"
        "from pipeline.fork.import_shims import import_great_expectations\nimport_great_expectations()\n"
        "assert 'great_expectations' in sys.modules and gc.isenabled()\n"
        "assert not {'altair', 'scipy', 'lark'} & set(sys.modules), sorted(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


MODELS = """
import re, sys
from pipeline.fork.import_shims import import_great_expectations
if sys.argv[1:]:
    import_great_expectations()
from great_expectations.compatibility.pydantic import BaseModel
from great_expectations.expectations import registry

def told(field):
    parts = sorted(str(told(part)) for part in field.sub_fields or ())
    own = [validator.func.__qualname__ for validator in field.class_validators.values()]
    return [repr(field), field.alias, repr(field.field_info), len(field.validators or ()), own, parts]

def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)

told_of = [f"{one.__module__} {one.__qualname__} {[*map(told, one.__fields__.values())]}" for one in below(BaseModel)]
for line in sorted(told_of):
    # Which of these equal types typing gives depends on what it has cached: with all copied, too.
    print(re.sub(" at 0x[0-9a-f]+", "", line).replace("Union[int, str]", "Union[str, int]"))
for name in sorted(registry.list_registered_expectation_implementations()):
    print(name, registry.get_expectation_impl(name).schema_json())
"""


def test_models_of_great_expectations_are_what_they_are_where_all_is_copied() -> None:
    def models(*how: str) -> list[str]:
        command = [sys.executable, "-c", MODELS, *how]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()

    stock = models()
    assert len(stock) > 300
    assert models("lean") == stock


def test_a_notebook_has_the_bars_of_notebooks_though_libraries_have_those_of_terminals() -> None:
    code = (
        "import sys, ipykernel.zmqshell\n"
        "from pipeline.fork.import_shims import lean\n"
        "with lean(): import jsonschema, tqdm.auto\n"
        "assert tqdm.auto.notebook_tqdm is tqdm.tqdm and not {'ipywidgets', 'isoduration'} & set(sys.modules)\n"
        "import isoduration, tqdm.auto, tqdm.notebook\n"
        "assert tqdm.auto.notebook_tqdm is tqdm.notebook.tqdm\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
