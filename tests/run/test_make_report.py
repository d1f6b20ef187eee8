import re
import sys

from pipeline.inputs.draft import checkout
from pipeline.run.make_report import Clock, installed


def test_what_a_run_was_is_noted_in_utc_with_its_steps() -> None:
    told: list[str] = []
    clock = Clock(told.append)
    with clock.step("validate", "một"), clock.step("report"):
        pass
    info = clock.info()
    assert told == ["một"]
    assert set(info.seconds) == {"validate", "report"}
    assert all(0 <= seconds < 5 for seconds in info.seconds.values())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", info.started)
    assert info.started <= info.finished
    assert info.python == sys.version
    assert info.commit == checkout().commit
    assert info.user


def test_installed_packages_are_those_that_can_be_imported() -> None:
    from importlib.metadata import version

    assert f"papermill-{version('papermill')}" in installed()
    assert f"pandas-{version('pandas')}" in installed()
