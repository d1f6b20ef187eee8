"""The same bytes in eight surroundings: every published file, the executed notebooks among them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.paths import Layout
from pipeline.publish.manifest import BESIDE
from tests.faults import projects
from tests.faults.again import report_each
from tests.faults.projects import LOCALITIES, LOCALITY
from tests.faults.tally import Tally

NOBODY = 65534


@dataclass(frozen=True)
class Surroundings:
    """What is around the process: variables, and a command in front of it."""

    variables: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()


SURROUNDINGS = {
    "another time zone": Surroundings({"TZ": "America/St_Johns"}),
    "another language": Surroundings({"LC_ALL": "C", "LANG": "vi_VN.UTF-8", "LANGUAGE": "vi"}),
    "another home, with settings": Surroundings({"HOME": "{home}", "XDG_CONFIG_HOME": "{home}/.config"}),
    "another user": Surroundings(
        prefix=("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", "HOME=/nonexistent")
    ),
    "another umask": Surroundings(prefix=("sh", "-c", 'umask 077; exec "$@"', "sh")),
    "another hash seed": Surroundings({"PYTHONHASHSEED": "4242"}),
    "one core": Surroundings(prefix=("taskset", "-c", "0")),
    "stock kernel": Surroundings({"WARM_KERNELS": "0"}),
}


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that any user may enter and write to."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        place = Path(folder)
        place.chmod(0o777)
        yield place


@pytest.fixture(scope="session")
def references(
    published: Path, everything: bool, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """The files of a report as they are, by locality."""
    found = {LOCALITY: _files(published, LOCALITY)}
    for locality in LOCALITIES[1:3] if everything else ():
        root = projects.fresh(tmp_path_factory.mktemp("reference"))
        assert projects.report(root, locality, "2025").returncode == 0
        found[locality] = _files(root, locality)
    return found


def _files(root: Path, locality: str) -> dict[str, str]:
    """All but those that say when, where and by whom."""
    folder = Layout(root).report(locality, "2025")
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in BESIDE)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _settings(home: Path) -> None:
    """Files in a home that would change what a notebook prints and draws, if anybody read them."""
    startup, matplotlib = home / ".ipython" / "profile_default" / "startup", home / ".config" / "matplotlib"
    startup.mkdir(parents=True)
    matplotlib.mkdir(parents=True)
    (startup / "00.py").write_text("import pandas; pandas.set_option('display.max_rows', 1)", "utf-8")
    (matplotlib / "matplotlibrc").write_text("font.size: 31\n", "utf-8")


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_the_same_bytes(
    name: str,
    open_place: Path,
    references: dict[str, dict[str, str]],
    everything: bool,
    tally: Callable[[str, str], Tally],
) -> None:
    around = SURROUNDINGS[name]
    if "setpriv" in around.prefix and os.getuid():
        pytest.skip("only root can become another user")
    _settings(open_place / "home")
    variables = {key: value.format(home=open_place / "home") for key, value in around.variables.items()}
    counted = tally("runs in other surroundings", "every published file the same, byte for byte")
    for locality, reference in references.items():
        roots = [projects.fresh(open_place / f"{locality}-{number}") for number in range(2 if everything else 1)]
        for path in (*roots, *(path for root in roots for path in root.rglob("*"))):
            if "setpriv" in around.prefix:
                shutil.chown(path, NOBODY, NOBODY)
        with counted.case(len(roots)):
            answers = report_each(roots, locality, open_place / f"told-{locality}", around.prefix, **variables)
            assert [code for code, _ in answers] == [0] * len(roots), answers
            for root in roots:
                made = _files(root, locality)
                assert len(reference) >= 13
                assert made == reference, {n for n in made.keys() | reference if made.get(n) != reference.get(n)}
