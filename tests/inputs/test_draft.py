import json
from pathlib import Path

import pytest

from pipeline.inputs import draft
from pipeline.inputs.describe import ROOTS
from pipeline.inputs.draft import KNOWN, MARK, Checkout, checkout, examine, for_kernels, is_draft
from tests.checkout import commit, committed, git

NOTEBOOK = {"cells": [{"cell_type": "code", "source": ["1"], "metadata": {}, "outputs": [], "id": "a"}]}


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A checkout with everything committed."""
    folder = tmp_path / "code"
    for name in ("pipeline/a.py", "notebooks/a.ipynb", "expectations/a.json", "requirements.lock", "docs/a.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("một\n", "utf-8")
    (folder / "notebooks" / "a.ipynb").write_text(json.dumps(NOTEBOOK), "utf-8")
    return committed(folder)


def test_what_is_committed_is_unchanged(code: Path) -> None:
    found = examine(code)
    assert len(found.commit) == 40
    assert not found.changed
    (code / "docs" / "a.md").write_text("hai\n", "utf-8")
    (code / "pipeline" / "__pycache__").mkdir()
    (code / "pipeline" / "__pycache__" / "a.pyc").write_text("x", "utf-8")
    (code / "pipeline" / "a.py").chmod(0o755)
    assert examine(code) == found


@pytest.mark.parametrize("name", ["pipeline/a.py", "notebooks/a.ipynb", "expectations/a.json", "requirements.lock"])
def test_a_change_is_one_until_it_is_committed(code: Path, name: str) -> None:
    (code / name).write_text("hai\n", "utf-8")
    assert examine(code).changed == {name}
    git(code, "add", ".")
    assert examine(code).changed == {name}
    commit(code)
    assert not examine(code).changed


def test_what_is_staged_and_taken_back_is_unchanged(code: Path) -> None:
    path = code / "pipeline" / "a.py"
    path.write_text("hai\n", "utf-8")
    git(code, "add", ".")
    path.write_text("một\n", "utf-8")
    assert not examine(code).changed


def test_files_that_come_and_go_are_changes(code: Path) -> None:
    (code / "pipeline" / "mới “a”.py").write_text("x", "utf-8")
    (code / "expectations" / "a.json").unlink()
    assert examine(code).changed == {"pipeline/mới “a”.py", "expectations/a.json"}
    git(code, "mv", "pipeline/a.py", "pipeline/b.py")
    assert {"pipeline/a.py", "pipeline/b.py"} < examine(code).changed


def test_a_notebook_that_was_only_run_and_saved_is_unchanged(code: Path) -> None:
    path = code / "notebooks" / "a.ipynb"
    cell = NOTEBOOK["cells"][0] | {"id": "b", "execution_count": 3, "outputs": [{"output_type": "stream"}]}
    path.write_text(json.dumps({"cells": [cell], "metadata": {"kernelspec": {"name": "x"}}}), "utf-8")
    assert not examine(code).changed
    path.write_text(json.dumps({"cells": [cell | {"source": "2"}]}), "utf-8")
    assert examine(code).changed == {"notebooks/a.ipynb"}
    for no_notebook in ("", "[]", '{"cells": [1]}', "\udcff"):
        path.write_bytes(no_notebook.encode("utf-8", "surrogateescape"))
        assert examine(code).changed == {"notebooks/a.ipynb"}


def test_settings_of_the_user_do_not_count(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code / "pipeline" / "a.py").write_text("hai\n", "utf-8")
    before = examine(code)
    settings = code.parent / "gitconfig"
    settings.write_text("[status]\n\tshort = true\n\tbranch = true\n[color]\n\tui = always\n", "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(code.parent / "nowhere"))
    assert examine(code) == before


def test_without_git_a_file_beside_the_package_says_so(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = code / "pipeline"  # a folder inside a checkout is not the checkout of its own
    assert examine(copy) == Checkout()
    (copy / MARK).touch()
    assert examine(copy) == Checkout(changed=frozenset([MARK]))
    monkeypatch.setenv("PATH", str(code / "empty"))
    assert examine(code) == Checkout()


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ("", False),
        ("pipeline/report/page.py", True),
        ("pipeline/report/locale/vi/words.po", True),
        ("pipeline/report/taken_away.py", False),  # who imported it has changed, too
        ("pipeline/report/locale/taken/away.po", True),
        ("pipeline/senders/form_workbook.py", False),
        ("expectations/notes.md", False),
        ("pipeline/publish/publish.py", False),
        ("pipeline/cli.py", False),
        ("pipeline/run/taken_away.py", False),
        ("notebooks/report.ipynb", True),
        ("notebooks/overview.ipynb", False),
        ("expectations/new.json", True),
        ("requirements.lock", True),
        (MARK, True),
        ("pipeline/cli.py\npipeline/report/page.py", True),
    ],
)
def test_a_draft_is_by_what_a_report_depends_on(changed: str, is_one: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KNOWN, changed)
    assert is_draft(*ROOTS) is is_one


def test_a_kernel_hears_of_changes_and_does_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "checkout", lambda: Checkout(changed=frozenset(["requirements.lock", "pipeline/a.py"])))
    given = for_kernels()
    monkeypatch.setattr(draft, "checkout", lambda: pytest.fail("asked"))
    monkeypatch.setenv(KNOWN, given[KNOWN])
    assert is_draft(*ROOTS)
    monkeypatch.setenv(KNOWN, "")
    assert not is_draft(*ROOTS)


def test_git_is_asked_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    first = checkout()
    monkeypatch.setattr(draft, "examine", lambda code: pytest.fail("asked again"))
    assert checkout() is first
